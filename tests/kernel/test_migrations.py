"""A migrated database is what the code describes, to the last check and trigger, on both databases."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, text

from houtai.adapters.opening import SchemaMismatch, open_store
from houtai.adapters.sql import migrate
from houtai.adapters.sql.doctor.all_checks import CHECKS
from houtai.adapters.sql.doctor.examine import examine
from houtai.adapters.sql.migrate import current, newest, upgrade
from houtai.adapters.sql.rights import secure
from houtai.adapters.sql.schema import create_all
from houtai.adapters.sql.store import SqlStore
from houtai.application.office import Office
from houtai.entrypoints.condition import Condition
from tests.conftest import StillClock
from tests.orders.shop import Shop
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


LATER = """
from alembic import op

revision = "{revision}"
down_revision = "{before}"


def upgrade() -> None:
    {change}
"""
ADDED = """op.execute("CREATE TABLE wishes (id INTEGER PRIMARY KEY)")
    op.execute("ALTER TABLE orders ADD COLUMN wrapping VARCHAR(40)")"""


def later(folder: Path, monkeypatch: pytest.MonkeyPatch, *revisions: tuple[str, str]) -> None:
    """From here on the code is a later version's: it knows these revisions too, each with its change."""
    if not folder.exists():
        shutil.copytree(migrate.FOLDER, folder)
    before = newest()
    for revision, change in revisions:
        text = LATER.format(revision=revision, before=before, change=change)
        (folder / "versions" / f"{revision}_later.py").write_text(text)
        before = revision
    monkeypatch.setattr(migrate, "FOLDER", folder)


@pytest.fixture
def opened(empty: list[str]) -> Iterator[Callable[[], SqlStore]]:
    """Opens the first of the empty databases, as each process does."""
    with ExitStack() as stack:

        def one_more() -> SqlStore:
            store = stack.enter_context(closing(open_store(empty[0])))
            assert isinstance(store, SqlStore)
            return store

        yield one_more


def test_a_schema_that_only_adds_is_reached_while_the_version_before_goes_on(
    opened: Callable[[], SqlStore], clock: StillClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """F18: the program of before runs on, starts anew and is ready; the one of after works beside it on the same rows."""
    before = opened()
    shop = Shop(Office(before, clock), clock)
    placed = [shop.place(CUP=1)]
    condition, needed = Condition(before, clock), newest()
    with monkeypatch.context() as after:
        later(tmp_path / "later", after, ("0002_0001", ADDED))
        assert upgrade(before.engine) == (needed, "0002_0001")
        shop.office = Office(opened(), clock)
        placed.append(shop.place(CUP=1))
    again = opened()
    for store in (before, again):
        shop.office = Office(store, clock)
        placed.append(shop.place(CUP=1))
        assert [shop.order(order.id).number for order in placed] == [order.number for order in placed]
    assert condition.look().status == "ready"
    assert list(examine(again, CHECKS).broken()) == []


def test_a_schema_that_takes_away_is_refused_to_the_version_before(
    opened: Callable[[], SqlStore], clock: StillClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = opened()
    condition = Condition(before, clock)
    with monkeypatch.context() as after:
        later(tmp_path / "later", after, ("0002_0001", "pass"), ("0003_0002", "pass"))
        upgrade(before.engine)
        opened()
    with pytest.raises(SchemaMismatch, match="0003_0002"):
        opened()
    assert condition.look().status == "not-ready"


@pytest.mark.parametrize(
    ("found", "needed", "good"),
    [
        ("0001", "0001", True),
        ("0002_0001", "0001", True),
        ("0002_0002", "0001", False),
        ("0010_0009", "0009_0002", True),
        ("0010_0009", "0008_0002", False),
        ("0001", "0002_0001", False),  # the database has to be migrated first
        (None, "0001", False),
    ],
)
def test_a_program_suits_the_schemas_from_its_own_to_the_last_that_keeps_it(found: str | None, needed: str, good: bool) -> None:
    assert migrate.suits(found, needed) is good


def test_a_database_of_something_else_is_not_touched(empty: list[str]) -> None:
    store = SqlStore(empty[0])
    with store.engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE theirs (id INTEGER)")
    with pytest.raises(SchemaMismatch):
        open_store(empty[0])
    store.close()
