"""The warehouse: layout, equipment, staff, and what lies where."""
