"""Who asks: HTTP, terminal and command line, and the container that wires them to the core."""
