"""`houtai migrate`."""

from __future__ import annotations

import rich_click as click

from houtai.entrypoints.cli.options import as_json, database, say


@click.command("migrate")
@database
@as_json
def command(db: str, json_out: bool) -> None:  # noqa: FBT001  # click passes flags by name
    """Bring the database to this version's schema; run it before the new version serves.

    An empty or missing database gets the schema. One that is at a later schema, or holds something else, is left alone.
    """
    before, after = _upgrade(db)
    text = f"schema {after}, as before" if before == after else f"schema {before or 'empty'} → {after}"
    say({"before": before, "after": after}, text, json_out=json_out)


def _upgrade(db: str) -> tuple[str | None, str]:
    from contextlib import closing

    from alembic.util import CommandError

    from houtai.adapters.opening import SchemaMismatch, open_database
    from houtai.adapters.sql import migrate
    from houtai.adapters.sql.faults import translated
    from houtai.entrypoints.cli.house import check_kind, check_lasting, told_plainly

    check_lasting(db)
    check_kind(db)
    with closing(open_database(db)) as store, told_plainly(db), translated():
        before = migrate.current(store.engine)
        if before is None and not migrate.is_empty(store.engine):
            raise SchemaMismatch(found="of something else", needed=migrate.newest())
        try:
            return migrate.upgrade(store.engine)
        except CommandError as unknown:  # a revision that this version does not know: the database is ahead
            raise SchemaMismatch(found=before or "", needed=migrate.newest()) from unknown
