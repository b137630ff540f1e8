"""Orders of buyers: what was sold at which price, paid how, held why, and where it stands (SM-SO)."""
