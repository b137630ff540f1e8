"""What is done at the door: logging in, accounts and roles, keys and codes, and reading the log of it all."""
