"""The doctor: every invariant as a query for the rows that break it, run in one snapshot."""
