"""Tests of what leaves the building."""
