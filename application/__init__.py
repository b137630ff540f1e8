"""What is done: use cases, the ports they need, and the reactions that one deed causes in other modules."""
