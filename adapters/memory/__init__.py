"""Every port in dictionaries, transactional: for tests and the first five minutes."""
