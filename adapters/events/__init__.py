"""Brokers of events: one file each."""
