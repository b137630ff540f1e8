"""Stations: their flows, their desk, and their screen."""
