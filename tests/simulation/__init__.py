"""A simulation: the whole office driven at random through its use cases, beside a model that must agree after each step."""
