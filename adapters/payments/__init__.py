"""Payment providers: one file each, and the signatures of their callbacks."""
