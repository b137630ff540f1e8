"""The exit codes, the same for every subcommand; docs/reference.md promises them."""

from __future__ import annotations

from typing import Final

OK: Final = 0
BROKEN: Final = 1  # the doctor found a broken invariant
WRONG_USE: Final = 2  # unknown command, flag or value; for the doctor also: it could not run
REFUSED: Final = 3  # a rule said no
UNAVAILABLE: Final = 4  # nothing was done; the same call may go through later, or after `houtai migrate`
INTERRUPTED: Final = 130
