"""Sales channels: one file each."""
