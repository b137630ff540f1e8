"""Payments, refunds, notices, cases, and the relay."""
