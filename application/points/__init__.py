"""Keeping customers' points."""
