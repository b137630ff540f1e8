"""Files of tables: CSV and xlsx."""
