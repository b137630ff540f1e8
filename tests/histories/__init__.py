"""Concurrency checked from the outside: what parallel callers saw, when, and whether it can have been true."""
