"""Webhooks: endpoints and their secrets, deliveries written with the event and sent after it, replay by hand."""
