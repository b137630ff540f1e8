"""Parallel callers of a real office: what they were told, and when, is held against the rows and against every possible order."""

from __future__ import annotations

import itertools
import os
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any
from uuid import UUID

import attrs
import pytest

from houtai.adapters.sql.mapping import Mapping
from houtai.application.house import OF_DOCUMENT
from houtai.application.inventory import ports as inventory
from houtai.application.inventory.configure import EditWarehouse, edit_warehouse
from houtai.application.inventory.queries import find_warehouse
from houtai.application.office import Office
from houtai.application.orders.note import AddNote, add_note
from houtai.application.orders.place import place_order
from houtai.application.orders.ports import OrdersViews
from houtai.application.payments.refund import RefundPayment, refund_payment
from houtai.application.permission import needs
from houtai.application.ports import CommitUnknown
from houtai.application.pricing.ports import REDEMPTION_BY_COUPON
from houtai.domain.act import Act
from houtai.domain.ids import CouponId, OrderId, RefundId, SkuId, WarehouseId, new_id
from houtai.domain.inventory.stock import Stock
from houtai.domain.money import Money
from houtai.domain.pricing.coupons import RedemptionState
from tests.histories.cycles import anomalies
from tests.histories.effects import over, wrong_effects
from tests.histories.linear import counter, linearizable, register
from tests.histories.recording import Call, Came, Deed, Plan, record
from tests.inventory.arrange import order as an_order, place, receive, some_shop, some_skus, some_warehouse, stock_of
from tests.orders.shop import Shop
from tests.stores import PostgresServer, postgres_store

CLIENTS = 5
ROUNDS = 40  # at most, until the callers of a defect have met; the first one or two are enough nearly always
LONGER = int(os.environ.get("HOUTAI_HISTORIES", "1"))  # how many times as many calls; `nox -s histories` makes more


@needs("tests.rows")
def reservations(views: OrdersViews, query: SkuId, act: Act) -> list[tuple[UUID, int]]:
    """Open reservations of a SKU: whose, and how many units."""
    del act
    return [(row.order_id, row.qty) for row in views.reservations.by(inventory.RESERVATION_BY_SKU, (query, "open"))]


@needs("tests.rows")
def notes(views: OrdersViews, query: tuple[OrderId, ...], act: Act) -> dict[OrderId, tuple[str, ...]]:
    """The notes on some orders, all as of one moment, each in their order."""
    del act
    lines = sorted(views.timeline.by(OF_DOCUMENT, *query), key=lambda line: line.version)
    return {key: tuple(one.details["text"] for one in lines if one.document_id == key and one.event == "note") for key in query}


@needs("tests.rows")
def takers(views: OrdersViews, query: CouponId, act: Act) -> list[OrderId]:
    """The orders that have locked a coupon, once for each time."""
    del act
    return [row.order_id for row in views.redemptions.by(REDEMPTION_BY_COUPON, query) if row.state is RedemptionState.LOCKED]


class Lossy:
    """A store of which every third commit gives no answer; every second of those was not made."""

    def __init__(self, store: Any) -> None:
        self._store = store
        self._count = itertools.count(1)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    @contextmanager
    def begin(self, *reach: Any) -> Iterator[Any]:
        with self._store.begin(*reach) as tx:
            yield LossyTx(tx, next(self._count))


class LossyTx:
    """A transaction of that store."""

    def __init__(self, tx: Any, number: int) -> None:
        self._tx = tx
        self._number = number

    def __getattr__(self, name: str) -> Any:
        return getattr(self._tx, name)

    def commit(self) -> None:
        if self._number % 6:
            self._tx.commit()
        if not self._number % 3:
            message = "on demand"
            raise CommitUnknown(message)


# -- stock


@attrs.frozen
class StockGame:
    """Clients who want two units each of one stock, and read what is left."""

    office: Office
    act: Act
    sku: SkuId
    shop: Any
    units: int

    def play(self, office: Office, each: int) -> list[Call]:
        return record([self._plan(office, each) for _ in range(CLIENTS)])

    def _plan(self, office: Office, each: int) -> Plan:
        plan: list[tuple[str, Any, Deed]] = []
        for number in range(each):
            wanted = an_order(self.shop.channel, (self.sku, 2))
            plan.append(("take", (wanted.order, 2), partial(office.perform, place, wanted, self.act)))
            if number % 2:
                plan.append(("read", None, self._left))
        return plan

    def _left(self) -> int:
        return self._stock().available_qty

    def _stock(self) -> Stock:
        return stock_of(self.office, self.act, self.sku, self.shop.warehouse)

    def wrong(self, calls: list[Call]) -> list[str]:
        """What is wrong with the history, and with the rows that it left."""
        rows = self.office.ask(reservations, self.sku, self.act)
        takes = [attrs.evolve(call, about=call.about[0]) for call in calls if call.what == "take"]
        reserved = sum(qty for _, qty in rows)
        found = [*wrong_effects(takes, [order for order, _ in rows]), *over("units", reserved, self.units)]
        if self._stock().reserved_qty != reserved:
            found.append(f"lost: the stock counts {self._stock().reserved_qty} units as reserved, its rows {reserved}")
        if not linearizable(calls, self.units, counter):
            found.append("no order of the calls explains the answers")
        return found


def stock_game(office: Office, act: Act, units: int) -> StockGame:
    return next(stock_games(office, act, units))


def stock_games(office: Office, act: Act, units: int) -> Iterator[StockGame]:
    """One after the other in the same shop, each with goods of its own, so that none sees what another left."""
    shop = some_shop(office, act)
    for number in itertools.count():
        (sku,) = some_skus(office, act, f"CUP{number}")
        receive(office, act, shop.warehouse, (sku, units))
        yield StockGame(office, act, sku, shop, units)


@pytest.mark.breaks("S8")  # reservations without orders
def test_units_of_one_stock_are_given_once_each_in_some_order(sql_store: Any, clock: Any, system: Act) -> None:
    game = stock_game(Office(sql_store, clock), system, 2 * CLIENTS * 2 * LONGER + 1)
    calls = game.play(game.office, 3 * LONGER)
    assert game.wrong(calls) == []
    assert Counter(call.came for call in calls if call.what == "take")[Came.OK] == CLIENTS * 2 * LONGER


@pytest.mark.breaks("S8")  # reservations without orders
def test_lost_answers_are_the_only_ones_of_which_nothing_is_known(sql_store: Any, clock: Any, system: Act) -> None:
    game = stock_game(Office(sql_store, clock), system, 1_000)
    calls = game.play(Office(Lossy(sql_store), clock), 3 * LONGER)
    assert game.wrong(calls) == []
    assert {call.came for call in calls} == {Came.OK, Came.UNKNOWN}


# -- coupons and refunds


def test_a_coupon_is_locked_by_one_order_whoever_comes_at_the_same_time(sql_store: Any, clock: Any) -> None:
    shop = Shop(Office(sql_store, clock), clock, stock=1_000)
    coupons = [shop.coupon() for _ in range(2 * LONGER)]
    wishes = {coupon: [shop.wish([coupon], CUP=1)] for coupon in coupons}
    plans: list[Plan] = []
    for _ in range(CLIENTS):
        mine = [shop.wish_again(wishes[coupon][0]) for coupon in coupons]
        plans.append([("place", wish.order, partial(_place, shop, wish)) for wish in mine])
    calls = record(plans)
    rows = {coupon: shop.office.ask(takers, coupon, shop.act) for coupon in coupons}
    assert list(wrong_effects(calls, [order for taken in rows.values() for order in taken])) == []
    assert [len(taken) for taken in rows.values()] == [1] * len(coupons)
    assert {call.value for call in calls if call.came is Came.REFUSED} == {"pricing.coupon-spent"}


def _place(shop: Shop, wish: Any) -> None:
    shop.office.perform(place_order, wish, shop.act)


def test_refunds_side_by_side_never_come_to_more_than_was_paid(sql_store: Any, clock: Any) -> None:
    shop = Shop(Office(sql_store, clock), clock)
    order = shop.paid(CUP=1)
    payment, paid = order.tenders[0].payment_id, order.payable_minor
    part = paid // 7
    plans: list[Plan] = []
    for _ in range(CLIENTS):
        wanted = [RefundPayment(RefundId(new_id()), payment, Money(part, "CNY"), "goodwill") for _ in range(2)]
        plans.append(
            [("take", (one.refund, part), partial(shop.office.perform, refund_payment, one, shop.act)) for one in wanted]
        )
    calls = record(plans)
    rows = [one.id for one in shop.refunds(order)]
    takes = [attrs.evolve(call, about=call.about[0]) for call in calls]
    assert [*wrong_effects(takes, rows), *over("fen", part * len(rows), paid)] == []
    assert len(rows) == 7
    assert linearizable(calls, paid, counter)


# -- edits


def edits(office: Office, act: Act, each: int, code: str = "SH") -> tuple[list[Call], WarehouseId]:
    """Clients who read a record and write it back changed, each at the versions that it would have without the others."""
    warehouse = some_warehouse(office, act, code)

    def read() -> tuple[int, str]:
        found = office.ask(find_warehouse, warehouse, act)
        return found.version, found.name

    plans: list[Plan] = []
    for client in range(CLIENTS):
        plan: list[tuple[str, Any, Deed]] = []
        for number in range(each):
            expected, name = 1 + number, f"{client}.{number}"
            cmd = EditWarehouse(warehouse, expected, name)
            plan += [("read", None, read), ("edit", (expected, name), partial(office.perform, edit_warehouse, cmd, act))]
        plans.append(plan)
    return record(plans), warehouse


def test_edits_of_one_record_have_happened_in_some_order(sql_store: Any, clock: Any, system: Act) -> None:
    office = Office(sql_store, clock)
    calls, warehouse = edits(office, system, 4)
    assert linearizable(calls, (1, "仓库 SH"), register)
    done = sum(call.came is Came.OK for call in calls if call.what == "edit")
    assert office.ask(find_warehouse, warehouse, system).version == 1 + done


# -- lists


def test_notes_on_orders_are_appended_and_read_in_one_order(sql_store: Any, clock: Any) -> None:
    shop = Shop(Office(sql_store, clock), clock)
    orders = tuple(shop.place(CUP=1).id for _ in range(2))
    plans: list[Plan] = []
    for client in range(CLIENTS):
        plan: list[tuple[str, Any, Deed]] = []
        for number in range(4 * LONGER):
            order, text = orders[(client + number) % 2], f"{client}.{number}"
            plan.append(("append", (order, text), partial(_note, shop, order, text)))
            plan.append(("read", None, partial(_notes, shop, orders)))
        plans.append(plan)
    calls = record(plans)
    at_last = shop.office.ask(notes, orders, shop.act)
    assert list(anomalies(calls, at_last)) == []
    assert sum(map(len, at_last.values())) == sum(call.came is Came.OK for call in calls if call.what == "append")


def _notes(shop: Shop, orders: tuple[OrderId, ...]) -> dict[OrderId, tuple[str, ...]]:
    return shop.office.ask(notes, orders, shop.act)


def _note(shop: Shop, order: OrderId, text: str) -> None:
    shop.office.perform(add_note, AddNote(order, text), shop.act)


# -- defects that were put in


def test_a_store_that_does_not_lock_is_found_out(
    postgres_server: PostgresServer, clock: Any, system: Act, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetch = Mapping.fetch
    with postgres_store(postgres_server) as store:
        games = itertools.islice(stock_games(Office(store, clock), system, 21), ROUNDS)
        monkeypatch.setattr(Mapping, "fetch", lambda self, connection, keys, **_: fetch(self, connection, keys, lock=False))
        assert any(game.wrong(game.play(game.office, 4)) for game in games), "nobody noticed"


def test_an_office_that_reads_the_version_again_is_found_out(
    sql_store: Any, clock: Any, system: Act, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = Office(sql_store, clock)
    perform = Office.perform

    def forgiving(self: Office, deed: Any, cmd: Any, act: Act, **more: Any) -> Any:
        if isinstance(cmd, EditWarehouse):
            cmd = attrs.evolve(cmd, expected_version=self.ask(find_warehouse, cmd.warehouse, act).version)
        return perform(self, deed, cmd, act, **more)

    monkeypatch.setattr(Office, "perform", forgiving)
    played = ((edits(office, system, 3, f"W{number}")[0], (1, f"仓库 W{number}")) for number in range(ROUNDS))
    assert not all(linearizable(calls, first, register) for calls, first in played), "nobody noticed"
