"""What every subcommand takes: which database, and plain or JSON output."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Final, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])

DEFAULT_DB: Final = "sqlite:///houtai.db"


def database(command: F) -> F:
    """`--db URL`, or HOUTAI_DB."""
    return click.option(
        "--db",
        "db",
        envvar="HOUTAI_DB",
        default=DEFAULT_DB,
        show_default=True,
        show_envvar=True,
        help="sqlite:///FILE or postgresql://USER@HOST/NAME; a password belongs into PGPASSFILE, not here.",
    )(command)


def as_json(command: F) -> F:
    """`--json`."""
    return click.option("--json", "json_out", is_flag=True, help="One JSON document instead of text.")(command)


def say(answer: Any, text: str, *, json_out: bool) -> None:
    """Print the answer in the form that was asked for."""
    click.echo(json.dumps(answer, ensure_ascii=False, indent=2) if json_out else text)
