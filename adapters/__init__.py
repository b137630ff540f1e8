"""How it is done: the ports' real ends (memory, SQL, payment gateways, channels, files)."""
