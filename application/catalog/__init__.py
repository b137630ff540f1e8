"""Keeping the catalogue: master data, products, listings, imports and search."""
