"""Houtai, the back office of an e-commerce company: the library's public names (filled in below by module)."""
