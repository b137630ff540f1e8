"""The HTTP delivery: every use case under /v1, strict at the edge, with one problem format for every no."""
