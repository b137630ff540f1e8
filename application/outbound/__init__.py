"""Goods on their way out: released orders, waves, picks, the bench, the scale, hand-over and transfers."""
