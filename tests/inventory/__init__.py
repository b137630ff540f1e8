"""Inventory: the ledger, the promises on it and what channels are told."""
