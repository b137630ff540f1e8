"""What is sold: categories, brands, products with their variants, and their listings on sales channels."""
