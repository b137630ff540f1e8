"""What things cost: prices, promotions, campaigns, coupons, and the one pure function that adds them up."""
