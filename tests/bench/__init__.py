"""Benchmarks: each script runs alone and prints its figures."""
