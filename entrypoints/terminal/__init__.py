"""Stations in a terminal: the screen, the scanner's keys, and the session behind them."""
