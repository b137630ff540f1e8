"""Inventory: what lies where in which state, who may have it, and what each channel may be told."""
