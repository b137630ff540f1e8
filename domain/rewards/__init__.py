"""What an order grants its buyer beside the goods, and what of it goes when the goods come back."""
