"""A migrated database is what the code describes, to the last check and trigger, on both databases."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, text

from houtai.adapters.opening import SchemaMismatch, open_store
from houtai.adapters.sql.migrate import current, newest, upgrade
from houtai.adapters.sql.rights import secure
from houtai.adapters.sql.schema import create_all
from houtai.adapters.sql.store import SqlStore
from tests.stores import PostgresServer

SQLITE = "SELECT name, type, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' AND name <> 'alembic_version' ORDER BY name"
POSTGRES = """
SELECT 'column', table_name || '.' || column_name, data_type || ' ' || coalesce(character_maximum_length::text, '') || ' ' || is_nullable
FROM information_schema.columns WHERE table_schema = 'public' AND table_name <> 'alembic_version'
UNION ALL SELECT 'constraint', conrelid::regclass || '.' || conname, pg_get_constraintdef(oid)
FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND conrelid::regclass::text <> 'alembic_version'
UNION ALL SELECT 'index', indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename <> 'alembic_version'
UNION ALL SELECT 'trigger', tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
UNION ALL SELECT 'policy', tablename || '.' || policyname, roles::text || cmd || coalesce(qual, '') || coalesce(with_check, '') FROM pg_policies
UNION ALL SELECT 'rights', relname, concat(relrowsecurity, relforcerowsecurity, relacl::text) FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname <> 'alembic_version'
UNION ALL SELECT 'function', proname, prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace
ORDER BY 1, 2, 3
"""


def described(connection: Connection) -> list[tuple[str, ...]]:
    query = SQLITE if connection.dialect.name == "sqlite" else POSTGRES
    return [tuple(row) for row in connection.execute(text(query))]


def _what_is_there(engine: Engine) -> list[tuple[str, ...]]:
    with engine.connect() as connection:
        return described(connection)


@pytest.fixture(params=["sqlite", "postgres"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> list[str]:
    """URLs of two databases with nothing in them."""
    if request.param == "sqlite":
        return [f"sqlite:///{tmp_path / name}.db" for name in ("one", "two")]
    server: PostgresServer = request.getfixturevalue("postgres_server")
    names = [server.create(), server.create()]
    for name in names:
        request.addfinalizer(partial(server.drop, name))
    return [server.url(name) for name in names]


def test_the_revisions_lead_to_what_the_code_describes(empty: list[str]) -> None:
    migrated, made = SqlStore(empty[0]), SqlStore(empty[1])
    upgrade(migrated.engine)
    secure(migrated.engine)
    create_all(made.engine)
    assert _what_is_there(migrated.engine) == _what_is_there(made.engine)
    migrated.close()
    made.close()


def test_migrating_twice_changes_nothing(empty: list[str]) -> None:
    store = SqlStore(empty[0])
    assert upgrade(store.engine) == (None, newest())
    assert upgrade(store.engine) == (newest(), newest())
    store.close()


def test_an_empty_database_gets_the_schema_on_opening(empty: list[str]) -> None:
    store = open_store(empty[0])
    assert isinstance(store, SqlStore)
    assert current(store.engine) == newest()
    store.close()


def test_a_database_of_something_else_is_not_touched(empty: list[str]) -> None:
    store = SqlStore(empty[0])
    with store.engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE theirs (id INTEGER)")
    with pytest.raises(SchemaMismatch):
        open_store(empty[0])
    store.close()
