"""`houtai migrate`."""

from __future__ import annotations

import attrs
import rich_click as click

from houtai.domain.refusal import Kind, Refusal
from houtai.entrypoints.cli.options import as_json, database, say


@attrs.define(eq=False, slots=False)
class NotTheOwner(Refusal):
    """Only the owner of the tables changes the schema; the program's own login may not."""

    code = "migrate.not-the-owner"
    kind = Kind.FORBIDDEN
    text = "this login may not change the schema, migrate as the owner of the tables: {why}"

    why: str


@click.command("migrate")
@database
@as_json
def command(db: str, json_out: bool) -> None:  # noqa: FBT001  # click passes flags by name
    """Bring the database to this version's schema; run it before the new version serves.

    An empty or missing database gets the schema. One that is at a later schema, or holds something else, is left alone.

    On PostgreSQL run it as the owner of the tables. It makes the group role houtai_app, which may only append to ledgers and
    the operation log; the program logs in as a member of it. What this login may not do is said and left undone.
    """
    before, after, undone = _upgrade(db)
    text = f"schema {after}, as before" if before == after else f"schema {before or 'empty'} → {after}"
    told = "\n".join([text, *(f"not done: {what}" for what in undone)])
    say({"before": before, "after": after, "not_done": list(undone)}, told, json_out=json_out)


def _upgrade(db: str) -> tuple[str | None, str, tuple[str, ...]]:
    from contextlib import closing

    from alembic.util import CommandError
    from sqlalchemy.exc import ProgrammingError

    from houtai.adapters.opening import SchemaMismatch, open_database
    from houtai.adapters.sql import migrate
    from houtai.adapters.sql.faults import translated
    from houtai.adapters.sql.rights import is_not_allowed, secure
    from houtai.entrypoints.cli.house import check_kind, check_lasting, told_plainly

    check_lasting(db)
    check_kind(db)
    with closing(open_database(db)) as store, told_plainly(db), translated():
        before = migrate.current(store.engine)
        if before is None and not migrate.is_empty(store.engine):
            raise SchemaMismatch(found="of something else", needed=migrate.newest())
        try:
            before, after = migrate.upgrade(store.engine)
            return before, after, secure(store.engine)
        except CommandError as unknown:  # a revision that this version does not know: the database is ahead
            raise SchemaMismatch(found=before or "", needed=migrate.newest()) from unknown
        except ProgrammingError as error:
            if not is_not_allowed(error):
                raise
            raise NotTheOwner(why=str(error.orig).splitlines()[0]) from error
