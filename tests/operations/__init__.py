"""What operators see of a running house: its log, its figures, its health, its backups."""
