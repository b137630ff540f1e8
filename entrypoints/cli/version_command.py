"""`houtai version`."""

from __future__ import annotations

from importlib.metadata import version

import rich_click as click

from houtai.entrypoints.cli.options import as_json, database, say


@click.command("version")
@database
@as_json
def command(db: str, json_out: bool) -> None:  # noqa: FBT001  # click passes flags by name
    """This version."""
    del db  # every subcommand takes it, so that scripts can pass it always
    number = version("houtai")
    say({"version": number}, f"houtai {number}", json_out=json_out)
