"""What every subcommand takes: which database, and plain or JSON output."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Final, TypeVar
from urllib.parse import urlsplit

import click
from click.core import ParameterSource

F = TypeVar("F", bound=Callable[..., Any])

DEFAULT_DB: Final = "sqlite:///houtai.db"
MEMORY: Final = "memory://"
SQLITE: Final = "sqlite:///"
KINDS: Final = (MEMORY, SQLITE, "postgresql://", "postgresql+psycopg://")


def database(command: F) -> F:
    """`--db URL`, or HOUTAI_DB."""
    return click.option(
        "--db",
        "db",
        metavar="URL",
        envvar="HOUTAI_DB",
        default=DEFAULT_DB,
        show_default=True,
        show_envvar=True,
        callback=_checked,
        help="sqlite:///FILE or postgresql://USER@HOST/NAME. A password stands in HOUTAI_DB or PGPASSFILE, never here.",
    )(command)


def as_json(command: F) -> F:
    """`--json`."""
    return click.option("--json", "json_out", is_flag=True, help="One JSON document instead of text; errors too.")(command)


def say(answer: Any, text: str, *, json_out: bool) -> None:
    """Print the answer in the form that was asked for."""
    click.echo(to_json(answer) if json_out else text)


def to_json(answer: Any) -> str:
    """Readable JSON, Chinese left as it is."""
    return json.dumps(answer, ensure_ascii=False, indent=2)


def without_password(url: str) -> str:
    """A database's URL as it may be shown."""
    password = _password(url)
    return url if not password else url.replace(f":{password}@", ":•••@", 1)


def _checked(ctx: click.Context, parameter: click.Parameter, url: str) -> str:
    if not url.startswith(KINDS):
        raise click.BadParameter("must be sqlite:///FILE or postgresql://USER@HOST/NAME", ctx, parameter)
    if url.startswith(SQLITE) and url.removeprefix(SQLITE).partition("?")[0] in ("", ":memory:"):
        raise click.BadParameter("must name a file: sqlite:///houtai.db, or sqlite:////var/lib/houtai.db", ctx, parameter)
    if _password(url) and ctx.get_parameter_source("db") is ParameterSource.COMMANDLINE:
        message = "holds a password, which everybody on this machine can read there; put it into HOUTAI_DB or PGPASSFILE"
        raise click.BadParameter(message, ctx, parameter)
    return url


def _password(url: str) -> str | None:
    try:
        return urlsplit(url).password
    except ValueError as error:  # a bracket without its partner
        raise click.BadParameter("is no URL", param_hint="'--db'") from error
