"""Keeping the customers."""
