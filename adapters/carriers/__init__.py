"""Carriers: one file each, and the wire that they share."""
