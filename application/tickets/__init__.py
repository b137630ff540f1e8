"""Keeping the conversations with buyers."""
