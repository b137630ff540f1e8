"""PostgreSQL's own row security behind the queries: it hides what is not a merchant's, and changes no answer that they may have."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import attrs
import pytest
from litestar.testing import TestClient
from sqlalchemy import text

from houtai.adapters.sql.confine import confine
from houtai.adapters.sql.rights import policies
from houtai.adapters.sql.store import SqlStore
from houtai.application.office import Office
from houtai.domain.authority import HOUSE
from tests.conftest import StillClock
from tests.http.bazaar import Bazaar
from tests.http.test_merchant_isolation import (
    FOREIGN_OWNERS,
    LISTS,
    OF_CHANNELS,
    ONE,
    ROUTES,
    XLSX,
    Fair,
    Forms,
    call,
    filled,
    needed,
    told,
)
from tests.http_client import Caller, Door, application
from tests.stores import PostgresServer

ASKED_BY_POST = {"post_order_quote", "post_price_quote", "post_explanation", "post_who_can", "post_scan", "post_put_back_places"}
WRITING_ASKS = [route for route in ROUTES if route.name in ASKED_BY_POST]


class WithoutWall(SqlStore):
    """The same store whose snapshots show everything, as if there were no row security."""

    def snapshot(self, merchants: frozenset[Any] | None = None) -> Any:  # that is the point
        return super().snapshot(None)


@attrs.frozen
class Walled:
    """One bazaar in one database, seen by somebody of merchant A through the wall and without it."""

    fair: Fair
    visitor: Caller
    store: SqlStore


@pytest.fixture(scope="module")
def walled(postgres_server: PostgresServer) -> Iterator[Walled]:
    """The bazaar, made and seen with the program's rights."""
    name = postgres_server.clone()
    clock = StillClock()
    bare, store = (kind(postgres_server.program_url(name)) for kind in (WithoutWall, SqlStore))
    office = Office(bare, clock)
    bazaar = Bazaar(office, clock)
    bazaar.shop.give_spoon()
    grants = bazaar.visitor("A")
    doors = [Door(office), Door(Office(store, clock))]
    with TestClient(application(office, doors[0])) as open_air, TestClient(application(doors[1].office, doors[1])) as inside:
        owner = Caller(open_air, doors[0])
        fair = Fair(bazaar, bare, owner, owner.as_("A", *grants))  # type: ignore[arg-type]  # its store is not asked here
        yield Walled(fair, Caller(inside, doors[1]).as_("A", *grants), store)
    bare.close()
    store.close()
    postgres_server.drop(name)


@pytest.mark.parametrize("owner", ("A", *FOREIGN_OWNERS))
def test_it_changes_no_answer_to_somebody_of_a_merchant(walled: Walled, owner: str) -> None:
    ids, different, fine = walled.fair.ids(owner), {}, []
    for route in (*ONE, *LISTS, *OF_CHANNELS, *WRITING_ASKS):
        asked = needed(walled.fair, route, owner)
        body = None if route.body is None else Forms(ids).of(route.body)
        without = call(walled.fair.visitor, route, filled(route, ids), body, asked)
        behind = call(walled.visitor, route, filled(route, ids), body, asked)
        fine += [route.name] if behind.status_code == 200 else []
        if without.headers["content-type"] == XLSX:
            without, behind = without.status_code, behind.status_code
        elif told(without) != told(behind):
            different[route.name] = (told(without), told(behind))
    assert different == {}
    assert len(fine) > 10


def test_statements_that_ask_for_everything_get_one_merchants_rows(walled: Walled) -> None:
    merchant = walled.fair.bazaar.merchants["A"]
    for table in policies():
        with walled.store.engine.begin() as connection:
            everything = connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()
            confine(connection, [merchant])
            theirs = connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()
            confine(connection, [])
            nobodys = connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()
        assert nobodys == 0, table
        assert theirs < everything or everything == 0, table
    with walled.store.engine.begin() as connection:
        confine(connection, [merchant, HOUSE])
        assert set(connection.execute(text("SELECT code FROM products WHERE code LIKE 'P-_'")).scalars()) == {"P-A"}


def test_of_the_floor_a_merchant_gets_what_is_in_its_own_warehouses_and_its_own_people(walled: Walled) -> None:
    with walled.store.engine.begin() as connection:
        confine(connection, [walled.fair.bazaar.merchants["A"]])

        def shown(column: str, table: str) -> set[str]:
            return set(connection.execute(text(f"SELECT {column} FROM {table}")).scalars())  # names of ours

        assert shown("code", "stations") == {"ST-A"}
        assert shown("badge", "staff") == {"S-A"}
        assert shown("barcode", "handling_units") == {"H-A", "H-WALL-SKU-A", "H-WALL-SKU-A-1"}
        assert {path for path in shown("barcode", "locations") if "A-01" in path} == {"L-W-A-A-01-01-1"}
        assert shown("staff_id", "staff_warehouses") == shown("id", "staff")


SENT = ("outbound_orders", "outbound_lines", "waves", "wave_slots", "pick_runs", "picks", "wave_lanes")
ONCE = (
    "wall_sorts",
    "bench_checks",
    "parcels",
    "parcel_contents",
    "manifests",
    "wave_templates",
    "dispatch_settings",
    "transfers",
    "goods_issues",
    "goods_issue_lines",
)


def test_of_goods_on_their_way_out_a_merchant_gets_its_own_at_every_step(walled: Walled) -> None:
    ids = walled.fair.bazaar.ids["A"]
    with walled.store.engine.begin() as connection:
        confine(connection, [walled.fair.bazaar.merchants["A"]])
        rows = {table: connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one() for table in (*SENT, *ONCE)}
        shown = {
            table: set(map(str, connection.execute(text(f"SELECT id FROM {table}")).scalars()))
            for table in ("parcels", "manifests", "transfers", "goods_issues")
        }
    assert rows == {**dict.fromkeys(SENT, 2), **dict.fromkeys(ONCE, 1)}
    assert shown == {
        "parcels": {ids["parcel_id"]},
        "manifests": {ids["manifest_id"]},
        "transfers": {ids["transfer_id"]},
        "goods_issues": {ids["goods_issue_id"]},
    }
