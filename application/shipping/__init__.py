"""Keep the freight rules and apply them."""
