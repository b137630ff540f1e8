"""The books: accounts, journals that balance, and the periods they lie in."""
