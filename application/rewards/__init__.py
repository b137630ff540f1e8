"""Keeping what orders grant."""
