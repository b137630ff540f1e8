"""Goods on their way out: outbound orders, routing, waves, picking, check, packing, weighing, hand-over, transfers."""
