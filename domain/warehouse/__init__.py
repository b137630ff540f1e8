"""How a warehouse is laid out and equipped, who works there, and what lies in which of its places."""
