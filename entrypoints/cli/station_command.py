"""`houtai station`."""

from __future__ import annotations

import rich_click as click

from houtai.entrypoints.cli.house import open_house
from houtai.entrypoints.cli.options import as_json, database


@click.command("station")
@click.argument("code")
@database
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
def command(code: str, db: str, json_out: bool, english: bool, lock_after: int) -> None:  # noqa: ARG001, FBT001  # main reads --json
    """The station with this CODE (or id) in a terminal: badge and PIN, then scans.

    F10 at the badge prompt ends it; no code that is scanned can.
    """
    from houtai.domain.warehouse.words import Language
    from houtai.entrypoints.terminal.app import StationApp
    from houtai.entrypoints.terminal.opening import desk_of

    with open_house(db) as container:
        port = desk_of(container, code)
        StationApp(port, language=Language.ENGLISH if english else Language.CHINESE, lock_after_s=lock_after).run(mouse=False)
