"""A listing that open orders rest on stays: archiving it names them, on every adapter."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import event

from houtai.application.catalog.publish import ArchiveListing, archive_listing
from houtai.application.catalog.queries import ListListings, list_listings
from houtai.application.office import Office
from houtai.domain.catalog.listing import Listing, ListingState
from houtai.domain.orders.refusals import ListingNeeded
from tests.orders.shop import Shop


def listing_of(shop: Shop) -> Listing:
    (found,) = shop.office.ask(list_listings, ListListings(channel=shop.channel), shop.act).items
    return found


def archive(shop: Shop) -> Listing:
    listing = listing_of(shop)
    return shop.office.perform(archive_listing, ArchiveListing(listing.id, listing.version), shop.act)


def test_a_listing_is_not_archived_while_open_orders_need_it_and_they_are_named(shop: Shop) -> None:
    orders = [shop.place(CUP=1) for _ in range(7)]
    before = listing_of(shop)
    with pytest.raises(ListingNeeded) as refused:
        archive(shop)
    named = refused.value.numbers
    assert (refused.value.open_count, len(named), len(set(named))) == (7, 5, 5)
    assert set(named) <= {order.number for order in orders}
    assert listing_of(shop) == before


def test_paid_stopped_and_short_orders_need_it_too(shop: Shop) -> None:
    shop.policy(rules=frozenset({"buyer-remark"}))
    stopped = shop.paid(more={"remark": "请包装好"}, BOWL=1)
    short = shop.import_order(shop.sold_by_channel(CUP=12))
    assert (stopped.hold is not None, short.lines[0].shortage_qty) == (True, 2)
    with pytest.raises(ListingNeeded) as refused:
        archive(shop)
    assert set(refused.value.numbers) == {stopped.number, short.number}


def test_a_bundle_is_needed_by_its_own_name(shop: Shop) -> None:
    order = shop.place(SET=1)
    with pytest.raises(ListingNeeded) as refused:
        archive(shop)
    assert refused.value.numbers == (order.number,)


def test_orders_that_have_ended_need_nothing(shop: Shop) -> None:
    shop.cancel(shop.place(CUP=1))
    shop.place(BOWL=1)
    assert shop.let_expire() == 1
    assert archive(shop).state is ListingState.ARCHIVED


def test_what_is_open_is_found_by_an_index(sql_store: Any, clock: Any) -> None:
    shop = Shop(Office(sql_store, clock), clock)
    shop.place(CUP=1)
    sent: list[tuple[str, Any]] = []

    def note(_connection: object, _cursor: object, statement: str, parameters: Any, *_: object) -> None:
        if "count(*)" in statement and "order_lines" in statement:
            sent.append((statement, parameters))

    event.listen(sql_store.engine, "before_cursor_execute", note)
    with pytest.raises(ListingNeeded):
        archive(shop)
    event.remove(sql_store.engine, "before_cursor_execute", note)
    ((statement, parameters),) = sent
    with sql_store.engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            explain = "EXPLAIN QUERY PLAN "
        else:
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
            explain = "EXPLAIN "
        plan = " ".join(str(row) for row in connection.exec_driver_sql(explain + statement, parameters).all())
    assert "ix_order_lines_open_bundle_sku_id" in plan
    assert "ix_order_lines_open_sku_id" in plan or "ix_order_lines_sku_id" in plan  # SQLite has no figures to choose by
    assert "SCAN order_lines" not in plan
    assert "Seq Scan on order_lines" not in plan
