"""After the sale: what a buyer may have back, and what each unit, gift and cent that comes or goes does to the rest."""
