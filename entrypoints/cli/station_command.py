"""`houtai station`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import rich_click as click
from click import get_current_context
from click.core import ParameterSource

from houtai.domain.refusal import InvalidValue
from houtai.entrypoints.cli.house import open_house
from houtai.entrypoints.cli.options import as_json, database

if TYPE_CHECKING:
    from houtai.application.stations.port import StationPort


@click.command("station")
@click.argument("code")
@database
@click.option("--server", metavar="URL", default="", help="Work over HTTP with the house that is served there, in place of --db.")
@click.option("--plain-http", is_flag=True, help="Allow http:// to another machine: badge, PIN and scans can be read on the way.")
@as_json
@click.option("--english", is_flag=True, help="Begin in English; F2 changes the language.")
@click.option(
    "--lock-after",
    type=click.IntRange(10, 86_400),
    default=600,
    show_default=True,
    metavar="SECONDS",
    help="Lock the station when nothing was scanned for so long.",
)
def command(code: str, db: str, server: str, plain_http: bool, json_out: bool, english: bool, lock_after: int) -> None:  # noqa: ARG001, FBT001  # main reads --json
    """The station with this CODE (or id) in a terminal: badge and PIN, then scans.

    F10 at the badge prompt ends it; no code that is scanned can.
    """
    from houtai.adapters.scales import read_steady
    from houtai.domain.warehouse.words import Language
    from houtai.entrypoints.terminal.app import StationApp

    if server and get_current_context().get_parameter_source("db") is ParameterSource.COMMANDLINE:
        message = "--db and --server are two ways to one house: name one of them"
        raise click.UsageError(message)
    with _over_http(server, code, plain=plain_http) if server else _in_process(db, code) as port:
        language = Language.ENGLISH if english else Language.CHINESE
        StationApp(port, language=language, lock_after_s=lock_after, scale=read_steady).run(mouse=False)


@contextmanager
def _in_process(db: str, code: str) -> Iterator[StationPort]:
    from houtai.entrypoints.garbage import collect_seldom
    from houtai.entrypoints.terminal.opening import desk_of

    with open_house(db) as container:
        desk = desk_of(container, code)
        collect_seldom()
        yield desk


@contextmanager
def _over_http(server: str, code: str, *, plain: bool) -> Iterator[StationPort]:
    from houtai.entrypoints.terminal.opening import station_over_http

    try:
        with station_over_http(server, code, plain=plain) as port:
            yield port
    except InvalidValue as wrong:
        raise click.BadParameter(wrong.rule, param_hint="'--server'") from wrong
