"""HTTP as callers meet it: the strict edge on routes of its own, and every module's routes."""
