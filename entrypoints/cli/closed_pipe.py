"""A reader who closed the pipe, such as `head`, is no error: what is left to print goes to nobody."""

from __future__ import annotations

import os
import sys


def print_to_nobody() -> None:
    """From now on stdout takes everything and shows nothing, so that the interpreter's last flush does not fail."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
