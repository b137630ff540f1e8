"""From a URL to a store that is ready for use: memory://, sqlite:///FILE or postgresql://USER@HOST/NAME."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Final

import attrs

from houtai.application.ports import Store
from houtai.domain.refusal import InvalidValue, Kind, Refusal

if TYPE_CHECKING:
    from houtai.adapters.sql.store import SqlStore

MEMORY: Final = "memory://"


@attrs.define(eq=False, slots=False)
class SchemaMismatch(Refusal):
    """The database is at another version's schema; `houtai migrate` brings it here."""

    code = "schema-mismatch"
    kind = Kind.UNAVAILABLE
    text = "the database is at schema {found}, this version needs {needed}: run `houtai migrate`"

    found: str
    needed: str


def open_store(url: str, *, deadline_s: float | None = None) -> Store:
    """The store behind the URL. An empty database gets the schema; one that does not suit this version raises SchemaMismatch.

    `deadline_s` is how long a transaction on PostgreSQL may take before it loses its connection; None for the usual 20.
    """
    if url == MEMORY:
        from houtai.adapters.memory.store import MemoryStore  # noqa: PLC0415  # only what is asked for is imported

        return MemoryStore()
    with ExitStack() as on_failure:
        store = open_database(url, deadline_s=deadline_s)
        on_failure.callback(store.close)
        _ready(store)
        on_failure.pop_all()
        return store


def open_database(url: str, *, deadline_s: float | None = None) -> SqlStore:
    """The database behind the URL, whatever its schema; InvalidValue for a URL of another kind."""
    from houtai.adapters.sql.store import SqlStore  # noqa: PLC0415  # only what is asked for is imported

    if not url.startswith(("sqlite:///", "postgresql://", "postgresql+psycopg://")):
        raise InvalidValue(field="db", rule="must be memory://, sqlite:///FILE or postgresql://USER@HOST/NAME")
    return SqlStore(url) if deadline_s is None else SqlStore(url, deadline_s=deadline_s)


def _ready(store: SqlStore) -> None:
    from houtai.adapters.sql import migrate  # noqa: PLC0415  # alembic is needed only here
    from houtai.adapters.sql.faults import translated  # noqa: PLC0415  # SQLAlchemy is needed only here
    from houtai.adapters.sql.rights import secure  # noqa: PLC0415

    with translated():
        found, needed = migrate.current(store.engine), migrate.newest()
        if found is None and migrate.is_empty(store.engine):
            migrate.upgrade(store.engine)
            secure(store.engine)
        elif not migrate.suits(found, needed):
            raise SchemaMismatch(found=found or "of something else", needed=needed)
