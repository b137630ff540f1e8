"""The doctor reads the database's own catalogue: a guard that was taken away is named, and what cannot be looked at is not called well."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from threading import Barrier
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url

from houtai.adapters.sql import rights
from houtai.adapters.sql.confine import confine
from houtai.adapters.sql.doctor.all_checks import CHECKS
from houtai.adapters.sql.doctor.check import NotRun
from houtai.adapters.sql.doctor.examine import examine
from houtai.adapters.sql.migrate import upgrade
from houtai.adapters.sql.rights import APP, MERCHANT, granted, secure
from houtai.adapters.sql.store import SqlStore
from tests.stores import PROGRAM, PostgresServer, sqlite_store

BY_ID = {check.id: check for check in CHECKS}
GUARDS = [BY_ID[name] for name in ("T1", "A5", "T3", "T3-seen")]

# The check, what takes its guard away, and what the doctor says of it.
TAKEN_AWAY = [
    ("T1", "ALTER TABLE products ALTER merchant_id DROP NOT NULL", "products.merchant_id may be null"),
    (
        "T1",
        "ALTER TABLE skus DROP CONSTRAINT fk_skus_merchant_id_product_id_products",
        "skus (merchant_id, product_id) is not bound to products (merchant_id, id)",
    ),
    (
        "T1",
        "ALTER TABLE order_lines DROP CONSTRAINT fk_order_lines_merchant_id_sku_id_skus",
        "order_lines (merchant_id, sku_id) is not bound to skus (merchant_id, id)",
    ),
    ("A5", f"GRANT UPDATE ON audit_log TO {APP}", f"{APP} may UPDATE audit_log"),
    ("A5", f"GRANT UPDATE (amount_minor) ON entries TO {APP}", f"{APP} may UPDATE entries"),
    ("A5", f"GRANT DELETE ON movements TO {PROGRAM}", f"{PROGRAM} may DELETE movements"),
    ("A5", "GRANT TRUNCATE ON timeline TO PUBLIC", f"{MERCHANT} may TRUNCATE timeline"),
    ("T3", "ALTER TABLE skus DISABLE ROW LEVEL SECURITY", "row security of skus is off"),
    ("T3", "ALTER TABLE skus NO FORCE ROW LEVEL SECURITY", "row security of skus does not hold for its owner"),
    ("T3", "DROP POLICY houtai_merchant ON stocks", "stocks has no policy for merchants"),
    (
        "T3",
        "ALTER POLICY houtai_merchant ON products USING (true)",
        "the policy of products for merchants is not the one that this version makes",
    ),
    ("T3", "CREATE POLICY more ON products USING (true)", "products has a policy more that is not ours"),
    ("T3", "ALTER POLICY houtai_house ON products TO PUBLIC", "the policy of products for the house holds for merchants too"),
    ("T3", f"ALTER ROLE {PROGRAM} BYPASSRLS", f"{PROGRAM} has BYPASSRLS"),
    ("T3", f"ALTER TABLE warehouses OWNER TO {PROGRAM}", f"{PROGRAM} owns warehouses"),
]


@pytest.fixture(scope="module")
def owned(postgres_server: PostgresServer) -> Iterator[SqlStore]:
    """A bare database as its owner sees it; a test rolls back what it does."""
    name = postgres_server.clone()
    store = SqlStore(postgres_server.url(name))
    yield store
    store.close()
    postgres_server.drop(name)


def program_of(store: SqlStore) -> SqlStore:
    """The same database as the program connects."""
    return SqlStore(store.engine.url.set(username=PROGRAM, password=PROGRAM))


def test_a_database_as_it_is_migrated_has_all_guards(owned: SqlStore) -> None:
    assert examine(owned, GUARDS).broken() == ()
    assert [finding.not_run for finding in examine(owned, GUARDS).findings] == [""] * len(GUARDS)


@pytest.mark.parametrize(("check_id", "taken", "said"), TAKEN_AWAY)
def test_the_doctor_names_the_guard_that_was_taken_away(owned: SqlStore, check_id: str, taken: str, said: str) -> None:
    with owned.engine.connect() as connection:
        connection.execute(text(taken))
        assert said in list(BY_ID[check_id].search(connection))
        connection.rollback()


@pytest.mark.parametrize(
    ("was", "instead", "said"),
    [
        (
            "merchant_id CHAR(32) NOT NULL",
            "merchant_id CHAR(32)",
            "skus.merchant_id may be null",
        ),
        (
            "CONSTRAINT fk_skus_merchant_id_product_id_products FOREIGN KEY(merchant_id, product_id) REFERENCES products (merchant_id, id)",
            "CHECK (1)",
            "skus (merchant_id, product_id) is not bound to products (merchant_id, id)",
        ),
    ],
)
def test_on_sqlite_it_names_what_the_tables_lost(sqlite_file: Path, was: str, instead: str, said: str) -> None:
    with closing(sqlite3.connect(sqlite_file)) as raw, raw:
        raw.execute("PRAGMA writable_schema = ON")
        changed = raw.execute("UPDATE sqlite_master SET sql = replace(sql, ?, ?) WHERE name = 'skus'", (was, instead))
        assert changed.rowcount == 1
    assert said in found_on_sqlite(sqlite_file, "T1")


def test_on_sqlite_it_names_the_trigger_that_let_a_ledger_only_grow(sqlite_file: Path) -> None:
    assert found_on_sqlite(sqlite_file, "A5") == []
    with closing(sqlite3.connect(sqlite_file)) as raw, raw:
        raw.execute("DROP TRIGGER audit_log_no_delete")
    assert found_on_sqlite(sqlite_file, "A5") == ["audit_log can be rewritten: its trigger audit_log_no_delete is gone or off"]


@pytest.fixture
def sqlite_file(tmp_path: Path) -> Path:
    """A bare house in a file of its own."""
    with sqlite_store(tmp_path) as store:
        made = str(store.engine.url.database)
    return Path(shutil.copy(made, tmp_path / "house.db"))


def found_on_sqlite(path: Path, check_id: str) -> list[str]:
    store = SqlStore(f"sqlite:///{path}")
    with store.engine.connect() as connection:
        found = list(BY_ID[check_id].search(connection))
    store.close()
    return found


def test_a_view_that_hides_rows_is_not_called_well(owned: SqlStore) -> None:
    with owned.engine.connect() as connection:
        confine(connection, [uuid4()])
        found = list(BY_ID["T3-seen"].search(connection))
    assert f"row security hides rows of products from {MERCHANT}: examine as the owner or as a login in {APP}" in found


def test_a_login_outside_the_group_sees_nothing_and_the_doctor_says_so(owned: SqlStore) -> None:
    with owned.engine.connect() as connection:
        connection.execute(text("CREATE ROLE houtai_test_passer_by"))
        connection.execute(text("GRANT SELECT ON ALL TABLES IN SCHEMA public TO houtai_test_passer_by"))
        connection.execute(text("SET LOCAL ROLE houtai_test_passer_by"))
        found = list(BY_ID["T3-seen"].search(connection))
        assert connection.execute(text("SELECT count(*) FROM products")).scalar() == 0
        connection.rollback()
    assert len(found) > 10


def test_the_doctor_may_be_run_by_the_program(owned: SqlStore) -> None:
    store = program_of(owned)
    assert examine(store, GUARDS).broken() == ()
    store.close()


@pytest.mark.parametrize("table", sorted(name for name, deeds in granted().items() if "UPDATE" not in deeds))
@pytest.mark.parametrize("deed", ["UPDATE {} SET {} = {}", "DELETE FROM {}", "TRUNCATE {}"])
def test_the_program_may_not_rewrite_a_ledger(owned: SqlStore, table: str, deed: str) -> None:
    store = program_of(owned)
    with store.engine.connect() as connection:
        column = connection.execute(
            text("SELECT column_name FROM information_schema.columns WHERE table_name = :name LIMIT 1"), {"name": table}
        ).scalar()
        with pytest.raises(Exception, match="permission denied") as refused:  # the driver's kinds differ by deed
            connection.exec_driver_sql(deed.format(table, column, column))
    assert isinstance(refused.value.__cause__, psycopg.errors.InsufficientPrivilege)
    store.close()


def test_rights_that_were_given_by_hand_are_taken_back_by_migrating(owned: SqlStore) -> None:
    with owned.engine.begin() as connection:
        connection.execute(text(f"GRANT UPDATE, DELETE ON audit_log TO {APP}"))
        connection.execute(text("ALTER TABLE skus DISABLE ROW LEVEL SECURITY"))
    assert secure(owned.engine) == ()
    assert examine(owned, GUARDS).broken() == ()


def test_where_no_role_was_made_the_check_says_that_it_did_not_look(owned: SqlStore) -> None:
    with owned.engine.connect() as connection:
        connection.execute(text(f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {APP}, {MERCHANT}"))
        with pytest.raises(NotRun, match="houtai migrate"):
            list(BY_ID["A5"].search(connection))
        connection.rollback()


def test_where_no_login_is_in_the_group_the_check_says_that_it_did_not_look(owned: SqlStore) -> None:
    with owned.engine.connect() as connection:
        connection.execute(text(f"REVOKE {APP} FROM {PROGRAM}"))
        with pytest.raises(NotRun, match="no login"):
            list(BY_ID["T3"].search(connection))
        connection.rollback()


@pytest.fixture
def fresh_roles(postgres_server: PostgresServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, str]]:
    """Names of both roles that this server does not know yet; roles belong to the whole server."""
    names = [f"houtai_test_{part}_{uuid4().hex[:8]}" for part in ("app", "merchant")]
    for constant, name in zip(("APP", "MERCHANT"), names, strict=True):
        monkeypatch.setattr(rights, constant, name)
    monkeypatch.setattr(rights, "_JOIN", rights._JOIN.replace(APP, names[0]).replace(MERCHANT, names[1]))
    yield names[0], names[1]
    with psycopg.connect(postgres_server.url("postgres"), autocommit=True) as admin:
        for name in names:
            admin.execute(f"DROP ROLE IF EXISTS {name}")


def test_who_may_make_no_roles_migrates_all_the_same_and_is_told(
    postgres_server: PostgresServer, fresh_roles: tuple[str, str]
) -> None:
    name, owner = postgres_server.create(), f"houtai_test_owner_{uuid4().hex[:8]}"
    url = postgres_server.url(name)
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute(f"CREATE ROLE {owner} LOGIN PASSWORD 'x'")
        admin.execute(f"ALTER SCHEMA public OWNER TO {owner}")
    store = SqlStore(make_url(url).set(username=owner, password="x"))
    upgrade(store.engine)
    (told,) = secure(store.engine)
    assert told.startswith(f"the roles {fresh_roles[0]} and {fresh_roles[1]} were not made")
    with store.engine.connect() as connection:
        assert list(BY_ID["T3-seen"].search(connection)) == []
    store.close()
    postgres_server.drop(name)
    with psycopg.connect(postgres_server.url("postgres"), autocommit=True) as admin:
        admin.execute(f"DROP ROLE {owner}")


def test_who_does_not_own_the_tables_changes_no_rights_and_is_told(owned: SqlStore) -> None:
    store = program_of(owned)
    (told,) = secure(store.engine)
    assert told.startswith("grants and row policies are as they were: permission denied")
    assert examine(owned, GUARDS).broken() == ()
    store.close()


def test_databases_of_one_server_can_be_migrated_at_once(postgres_server: PostgresServer, fresh_roles: tuple[str, str]) -> None:
    names = [postgres_server.clone() for _ in range(4)]
    stores = [SqlStore(postgres_server.url(name)) for name in names]
    together = Barrier(len(stores))

    def migrate(store: SqlStore) -> tuple[str, ...]:
        together.wait()
        return secure(store.engine)

    with ThreadPoolExecutor(len(stores)) as pool:
        assert list(pool.map(migrate, stores)) == [()] * len(stores)
    with stores[0].engine.connect() as connection:
        may = text("SELECT has_table_privilege(:app, 'audit_log', 'INSERT'), has_table_privilege(:app, 'audit_log', 'UPDATE')")
        assert connection.execute(may, {"app": fresh_roles[0]}).one() == (True, False)
    for name, store in zip(names, stores, strict=True):
        store.close()
        postgres_server.drop(name)
