"""Work at stations: which flow answers a task, and what its steps bring about. Calls warehouse, outbound and aftersales."""
