"""What delivery is charged, and how it is shared over the lines."""
