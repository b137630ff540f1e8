"""`houtai migrate`."""

from __future__ import annotations

import rich_click as click

from houtai.entrypoints.cli.options import as_json, database, say


@click.command("migrate")
@database
@as_json
def command(db: str, json_out: bool) -> None:  # noqa: FBT001  # click passes flags by name
    """Bring the database to this version's schema; run it before the new version serves."""
    from houtai.adapters.sql.migrate import upgrade
    from houtai.adapters.sql.store import SqlStore

    store = SqlStore(db)
    try:
        before, after = upgrade(store.engine)
    finally:
        store.close()
    text = f"schema {after}, as before" if before == after else f"schema {before or 'empty'} → {after}"
    say({"before": before, "after": after}, text, json_out=json_out)
