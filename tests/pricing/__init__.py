"""Prices, promotions, coupons and quotes."""
