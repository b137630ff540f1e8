"""Tests by module; contracts run on every adapter."""
