"""Keeping the books: posting, reversing, closing periods, and reading them."""
