"""`houtai demo`."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import rich_click as click
from click.exceptions import Exit

from houtai.entrypoints.cli.exits import BROKEN
from houtai.entrypoints.cli.house import told_plainly
from houtai.entrypoints.cli.options import as_json

DEFAULT_DEMO_DB = "sqlite:///houtai-demo.db"


@click.command("demo")
@click.option(
    "--db", "db", default=DEFAULT_DEMO_DB, show_default=True, help="Where the demo's shop is kept; made anew each time."
)
@as_json
def command(db: str, json_out: bool) -> None:  # noqa: FBT001  # click passes flags by name
    """A small shop, from its first product to its books, told step by step."""
    from houtai.entrypoints.demo.play import play

    with told_plainly(db):
        _make_room(db)
        played = play(db)
    if json_out:
        click.echo(json.dumps(played.as_plain(), ensure_ascii=False, indent=2))
    else:
        from houtai.entrypoints.cli.screen import Screen
        from houtai.entrypoints.demo.show import show

        console = Screen()
        show(played, db, Screen(width=max(console.width, 150) if not console.is_terminal else None))
    if not played.report.ok:
        raise Exit(BROKEN)


def _make_room(db: str) -> None:
    """An empty database for the demo: its own default file is made anew, anything else must be empty by itself."""
    if db == DEFAULT_DEMO_DB:
        for ending in ("", "-wal", "-shm"):
            Path(db.removeprefix("sqlite:///") + ending).unlink(missing_ok=True)
        shutil.rmtree(db.removeprefix("sqlite:///") + "-prints", ignore_errors=True)
        return
    from houtai.adapters.opening import open_database
    from houtai.adapters.sql.faults import translated
    from houtai.adapters.sql.migrate import is_empty
    from houtai.domain.refusal import InvalidValue

    database = open_database(db)
    try:
        with translated():
            empty = is_empty(database.engine)
    finally:
        database.close()
    if not empty:
        raise InvalidValue(field="--db", rule="must be an empty database: the demo writes a shop of its own")
