"""The command line, by its own front."""
