"""Money of buyers: payments, what providers tell about them, refunds, and the cases that people have to settle."""
