"""Keeping warehouses: layout, equipment, staff, and what lies where."""
