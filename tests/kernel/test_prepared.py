"""On PostgreSQL the statements by key are parsed and planned once a connection, whatever becomes of the transactions."""

from __future__ import annotations

from typing import Any

import pytest

from houtai.application.catalog.queries import SkusByCode, skus_by_code
from houtai.application.office import Office
from houtai.domain.act import Act
from houtai.domain.warehouse.bin_refusals import NotInBin
from tests.conftest import StillClock
from tests.stores import PostgresServer, postgres_store
from tests.warehouse.bins_arrange import some_depot

KEPT = "SELECT statement FROM pg_prepared_statements"


def kept(store: Any) -> set[str]:
    """What the one connection has prepared."""
    with store.engine.connect() as connection:
        found = {row[0] for row in connection.exec_driver_sql(KEPT)}
        connection.commit()
    return found


def test_neither_a_look_nor_a_refusal_makes_the_driver_forget_what_it_prepared(
    postgres_server: PostgresServer, clock: StillClock
) -> None:
    with postgres_store(postgres_server) as store:
        office = Office(store, clock)
        depot = some_depot(office, Act.of_system(clock.now()))
        depot.put_away(3, depot.first)
        before = kept(store)
        assert {one.split()[0] for one in before} >= {"SELECT", "INSERT", "UPDATE"}
        office.ask(skus_by_code, SkusByCode(("TEA",)), depot.act)
        with pytest.raises(NotInBin):
            depot.move(100, depot.first.id, depot.second.id)
        assert kept(store) >= before


def test_a_transaction_that_was_refused_leaves_no_lock_and_no_row(postgres_server: PostgresServer, clock: StillClock) -> None:
    with postgres_store(postgres_server) as store:
        depot = some_depot(Office(store, clock), Act.of_system(clock.now()))
        depot.put_away(3, depot.first)
        before = depot.bins()
        with pytest.raises(NotInBin):
            depot.move(100, depot.first.id, depot.second.id)
        with store.engine.connect() as connection:
            locks = connection.exec_driver_sql(
                "SELECT count(*) FROM pg_locks JOIN pg_class ON pg_class.oid = relation JOIN pg_database ON pg_database.oid = database"
                " WHERE relname = 'bins' AND datname = current_database()"  # a copied database has the same numbers
            ).scalar_one()
        assert (locks, depot.bins()) == (0, before)
