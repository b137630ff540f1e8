"""Points: what customers have earned and may pay with."""
