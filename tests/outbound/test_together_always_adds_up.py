"""Whatever is split, merged, taken apart and cancelled: units, reservations, goods, discounts and freight add up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import attrs
from hypothesis import given, settings, strategies as st

from houtai.adapters.sql.doctor.all_checks import CHECKS
from houtai.adapters.sql.doctor.examine import examine_through
from houtai.application.office import Office
from houtai.domain.orders.order import Order
from houtai.domain.orders.state import OrderState
from houtai.domain.outbound.refusals import NotMergeable, NotSplittable, StepTooEarly
from houtai.domain.outbound.state import OutboundState
from houtai.domain.outbound.wave import PickMethod
from tests.conftest import StillClock
from tests.orders.shop import Shop
from tests.outbound.together import Together
from tests.stores import memory_store, sqlite_store

CODES = ("CUP", "BOWL", "POT", "TRAY")
ORDERS = 3
FREIGHT = 1_000

baskets = st.lists(
    st.dictionaries(st.sampled_from(CODES), st.integers(1, 2), min_size=1, max_size=3), min_size=ORDERS, max_size=ORDERS
)


@attrs.frozen
class Deed:
    """What somebody does: to which orders, and with which number where one is needed."""

    what: str
    order: int
    other: int
    seed: int


deeds = st.builds(
    Deed,
    st.sampled_from(("split", "merge", "merge all", "undo", "cancel", "whole", "wave")),
    st.integers(0, ORDERS - 1),
    st.integers(0, ORDERS - 1),
    st.integers(0, 10_000),
)


@contextmanager
def floors(adapter: str) -> Iterator[Together]:
    """A fresh house; on SQLite the doctor looks at it at the end."""
    clock = StillClock()
    if adapter == "memory":
        with memory_store() as store:
            yield Together(Shop(Office(store, clock), clock))
        return
    with TemporaryDirectory() as folder, sqlite_store(Path(folder)) as sql:
        yield Together(Shop(Office(sql, clock), clock))
        with sql.engine.connect() as connection:
            assert examine_through(connection, CHECKS).broken() == ()


def parted(order: Order, seed: int) -> list[dict[int, int]]:
    """The order's open units in two parts, by the seed."""
    parts: list[dict[int, int]] = [{}, {}]
    for line in order.lines:
        here = seed % (line.open_qty + 1)
        seed //= 3
        for part, qty in zip(parts, (here, line.open_qty - here), strict=True):
            if qty:
                part[line.seq] = qty
    return [part for part in parts if part]


def do(floor: Together, orders: list[Order], deed: Deed) -> None:
    """The deed, or its refusal: what cannot be done now changes nothing."""
    one, other = floor.shop.order(orders[deed.order]), floor.shop.order(orders[deed.other])
    if one.state is OrderState.CANCELLED:
        return
    try:
        if deed.what == "split":
            shares = floor.split(one, *parted(one, deed.seed)).parts
            assert sum(part.freight_minor for part in shares) == one.freight_minor
            assert sum(part.gross_minor for part in shares) == one.goods_minor
            assert sum(part.discount_minor for part in shares) == one.discount_minor
        elif deed.what == "whole":
            floor.split(one, {line.seq: line.open_qty for line in one.lines})
        elif deed.what == "merge":
            floor.merged(one, other)
        elif deed.what == "merge all":
            floor.merged(*orders)
        elif deed.what == "cancel":
            floor.cancelled(one)
        elif deed.what == "wave":
            fresh = [sent for sent in floor.going(one) if sent.state is OutboundState.NEW]
            if fresh:
                floor.wave(*fresh, method=PickMethod.SINGLE)
        else:
            for sent in floor.going(one):
                if sent.joint:
                    floor.undone(sent)
    except (NotMergeable, NotSplittable, StepTooEarly):
        return


def check(floor: Together, orders: list[Order]) -> None:
    """Every order costs what it cost, and its units are reserved just where a warehouse is to send them."""
    for order in orders:
        now = floor.shop.order(order)
        assert (now.payable_minor, now.freight_minor) == (order.payable_minor, order.freight_minor)
        if now.state is OrderState.CANCELLED:
            assert not floor.reserved_for(order)
            continue
        reserved = floor.reserved_for(order)
        units = Counter[int]()
        for (line, _), qty in reserved.items():
            units[line] += qty
        assert units == {line.seq: line.qty for line in now.lines}
        if now.state is OrderState.RELEASED:
            assert floor.units_of(order) == reserved


def leave(floor: Together, orders: list[Order]) -> None:
    """Everything that is in the house goes to the van."""
    for order in orders:
        if floor.shop.order(order).state is OrderState.CONFIRMED:
            floor.hand_over(order)
    going = {sent.id: sent for order in orders for sent in floor.going(order)}
    fresh = [sent for sent in going.values() if sent.state is OutboundState.NEW]
    if fresh:
        floor.picked(*fresh)
    waved = [sent for sent in going.values() if sent.state is OutboundState.WAVED]
    for sent in waved:
        floor.answer(sent)
    while waved and (left := floor.open_runs()):
        floor.walked(floor.start(floor.new_tote(), run=left[0].id))
    if going:
        floor.leaves(*going.values())


def days(adapter: str, wanted: list[dict[str, int]], done: list[Deed]) -> None:
    with floors(adapter) as floor:
        floor.shop.charge_freight(FREIGHT)
        coupon = [floor.shop.coupon(777)]
        orders = [floor.shop.paid(coupon if place == 0 else (), None, **units) for place, units in enumerate(wanted)]
        for deed in done:
            do(floor, orders, deed)
            check(floor, orders)
        leave(floor, orders)
        kept = [order for order in orders if floor.shop.order(order).state is not OrderState.CANCELLED]
        for order in kept:
            assert all(line.shipped_qty == line.qty for line in floor.shop.order(order).lines)
        assert floor.shop.balance("revenue") == -sum(order.goods_minor for order in kept)
        assert floor.shop.balance("freight-income") == -FREIGHT * len(kept)
        assert floor.shop.balance("customer-deposits") == 0


@settings(max_examples=25)
@given(baskets, st.lists(deeds, max_size=6))
def test_any_splitting_and_merging_conserves_units_money_and_reservations(wanted: list[dict[str, int]], done: list[Deed]) -> None:
    days("memory", wanted, done)
