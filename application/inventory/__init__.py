"""Inventory's use cases: receive, adjust, hold, reserve, release, publish, and explain every number."""
