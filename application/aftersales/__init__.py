"""Aftersales: claims from the wish to the money and goods, and the parcels that come back."""
