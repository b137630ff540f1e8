"""Webhooks over real lines."""
