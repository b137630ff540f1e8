"""Keeping the merchants."""
