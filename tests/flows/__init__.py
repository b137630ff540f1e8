"""Days in the shop."""
