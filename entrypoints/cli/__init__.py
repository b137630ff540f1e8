"""The command line: `houtai demo | serve | doctor | migrate | user | import | export | openapi | version`."""
