"""Faults: what must hold when processes die, lines break, disks fill and clocks jump; see docs/reliability.md."""
