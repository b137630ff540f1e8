"""Taking orders: quote, place, pay, look at, hold, confirm, cancel, expire; and taking over what channels have sold."""
