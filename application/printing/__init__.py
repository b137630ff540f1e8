"""Configure printers and templates, ask for prints, and bring them to paper."""
