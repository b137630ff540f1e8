"""Getting paid and paying back, with providers that repeat themselves, fall silent and make mistakes."""
