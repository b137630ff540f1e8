"""Who sells through the house besides the house itself."""
