"""The attack list by its numbers, from outside: docs/attacks.md says which test holds which row."""
