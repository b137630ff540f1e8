"""Webhooks: who hears of what happens in the house, signed and repeated by the Standard Webhooks specification."""
