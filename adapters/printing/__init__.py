"""Printer languages and the ways to printers: one file each."""
