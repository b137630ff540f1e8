"""The kernel and the engine."""
