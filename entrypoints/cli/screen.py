"""The console that subcommands print tables on."""

from __future__ import annotations

from rich.console import Console


class Screen(Console):
    """Tells a closed pipe by its name; rich itself would leave with exit code 1, which here means a broken invariant."""

    def on_broken_pipe(self) -> None:
        """Raise BrokenPipeError, which the program as a whole takes for a good end."""
        self.quiet = True
        raise BrokenPipeError
