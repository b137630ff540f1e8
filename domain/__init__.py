"""What is true: values, aggregates, their rules and refusals. Only the standard library and attrs."""
