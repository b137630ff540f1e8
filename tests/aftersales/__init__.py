"""Tests of what comes back after the sale."""
