"""Set prices, run promotions, issue coupons, quote a basket and claim its discounts for an order."""
