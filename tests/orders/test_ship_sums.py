"""What shipped units bring: exact to the fen however a line is parted, by bearer, and balanced in the books (R-4, R-5, R-13)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import attrs
import pytest
from hypothesis import given, strategies as st

from houtai.domain.ids import CustomerId, MerchantId, PromotionId
from houtai.domain.ledger.journal import Entry, check_entries
from houtai.domain.orders.line import DiscountRow, DiscountSource, GiftLink, OrderLine
from houtai.domain.orders.order import Order
from houtai.domain.orders.shipping import (
    Earned,
    UnitsOut,
    all_shipped,
    borne_by_line,
    completed,
    cost_entries,
    earned,
    part,
    sale_entries,
    ship,
)
from houtai.domain.orders.state import OrderState
from houtai.domain.pricing.bearers import PLATFORM_PAYS, Borne
from houtai.domain.pricing.promotions import GiftReturn
from houtai.domain.refusal import IllegalMove
from tests.orders.make import line, order

MERCHANT = MerchantId(UUID(int=77))
GIFT = GiftLink(PromotionId(UUID(int=5)), "P-1", (1,), 1, 0, 1, 500, GiftReturn.WAIVE, PLATFORM_PAYS)


def released(*lines: OrderLine, **fields: Any) -> Order:
    return order(*lines, state=OrderState.RELEASED, **fields)


def row(seq: int, borne: Borne) -> DiscountRow:
    return DiscountRow(seq, DiscountSource.COUPON, UUID(int=7), borne.total_minor, borne)


def amounts(entries: tuple[Entry, ...]) -> dict[str, int]:
    return {entry.account.sort_key: entry.amount_minor for entry in entries}


@st.composite
def lines_and_partings(draw: st.DrawFn) -> tuple[OrderLine, Borne, list[tuple[bool, int]]]:
    """A line with its discount by bearer, and its units in parts that ship (True) or are cancelled."""
    qty = draw(st.integers(1, 12))
    borne = Borne(*draw(st.tuples(*[st.integers(0, 300)] * 4)))
    gross = borne.total_minor + draw(st.integers(0, 3_000))
    whole = line(qty=qty, gross_minor=gross, discount=borne.total_minor, freight_minor=draw(st.integers(0, 2_000)))
    parts, left = [], qty
    while left:
        step = draw(st.integers(1, left))
        parts.append((draw(st.booleans()), step))
        left -= step
    return whole, borne, parts


def run(whole: OrderLine, borne: Borne, parts: list[tuple[bool, int]]) -> list[Earned]:
    """What each part brings, those that are cancelled as what is owed back for them."""
    found, now = [], whole
    for goes, qty in parts:
        found.append(earned(now, borne, qty))
        field = "shipped_qty" if goes else "cancelled_qty"
        now = attrs.evolve(now, **{field: getattr(now, field) + qty})
    return found


@given(lines_and_partings())
def test_the_parts_of_a_line_bring_exactly_the_line(case: tuple[OrderLine, Borne, list[tuple[bool, int]]]) -> None:
    whole, borne, _ = case
    found = run(*case)
    sums = (
        sum(one.gross_minor for one in found),
        sum(one.paid_minor for one in found),
        sum(one.freight_minor for one in found),
        Borne(*(sum(each) for each in zip(*(attrs.astuple(one.borne) for one in found), strict=True))),
    )
    assert sums == (whole.gross_minor, whole.paid_minor, whole.freight_minor, borne)


@given(lines_and_partings())
def test_no_part_brings_less_than_nothing(case: tuple[OrderLine, Borne, list[tuple[bool, int]]]) -> None:
    lowest = min(min(one.paid_minor, one.freight_minor, *attrs.astuple(one.borne)) for one in run(*case))
    assert lowest >= 0


@given(st.integers(0, 10**9), st.integers(1, 200), st.data())
def test_a_part_is_within_a_fen_of_its_exact_share(amount: int, qty: int, data: st.DataObject) -> None:
    before = data.draw(st.integers(0, qty - 1))
    taken = data.draw(st.integers(1, qty - before))
    assert abs(part(amount, qty, before, taken) * qty - amount * taken) <= qty


@given(lines_and_partings())
def test_every_part_of_a_line_balances_in_the_books(case: tuple[OrderLine, Borne, list[tuple[bool, int]]]) -> None:
    whole, borne, _ = case
    sold = released(whole, discounts=(row(1, borne),) if borne.total_minor else ())
    for one in run(*case):
        check_entries(sale_entries(sold, [one]))


def test_r5_three_units_of_160_42_bring_53_47_53_48_53_47() -> None:
    whole = line(qty=3, gross_minor=17_970, discount=1_928)
    found = run(whole, Borne(platform_minor=1_928), [(True, 1)] * 3)
    assert [one.paid_minor for one in found] == [5_347, 5_348, 5_347]


def test_more_units_than_the_line_still_has_are_never_reckoned() -> None:
    with pytest.raises(AssertionError, match="no more units go"):
        earned(line(qty=3, shipped_qty=1, cancelled_qty=1), Borne(), 2)


def test_discounts_add_up_by_line_and_bearer() -> None:
    rows = [row(1, Borne(1, 2, 3, 4)), row(2, Borne(merchant_minor=5)), row(1, Borne(platform_minor=10))]
    assert borne_by_line(rows) == {1: Borne(11, 2, 3, 4), 2: Borne(merchant_minor=5)}


def test_each_bearer_carries_his_part_of_the_discount_on_his_own_account() -> None:
    borne = Borne(platform_minor=100, merchant_minor=60, supplier_minor=30, channel_minor=10)
    sold = released(line(qty=2, unit=1_000, discount=200, merchant_id=MERCHANT, freight_minor=50), discounts=(row(1, borne),))
    _, brought = ship(sold, [UnitsOut(1, 2)])
    channel, merchant = f"channel:{sold.channel_id}", f"merchant:{MERCHANT}"
    assert amounts(sale_entries(sold, brought)) == {
        f"customer-deposits|{channel}|CNY": 1_850,
        "promotion-platform||CNY": 100,
        f"promotion-merchant|{merchant}|CNY": 60,
        "promotion-supplier||CNY": 30,
        f"promotion-channel|{channel}|CNY": 10,
        f"revenue|{merchant}|CNY": -2_000,
        f"freight-income|{merchant}|CNY": -50,
    }


def test_a_known_buyers_deposit_is_used_up() -> None:
    buyer = CustomerId(UUID(int=3))
    sold = released(line(qty=1, unit=1_000), customer_id=buyer)
    _, brought = ship(sold, [UnitsOut(1, 1)])
    assert amounts(sale_entries(sold, brought)) == {f"customer-deposits|customer:{buyer}|CNY": 1_000, "revenue||CNY": -1_000}


def test_goods_cost_what_they_took_out_of_the_stock_and_gifts_are_marketing() -> None:
    gift = line(2, qty=1, unit=0, gift=GIFT)
    sold = released(line(qty=2, unit=1_000), gift)
    found = cost_entries(sold, [UnitsOut(1, 2, 640, "CNY"), UnitsOut(2, 1, 90, "CNY")])
    assert {currency: amounts(entries) for currency, entries in found.items()} == {
        "CNY": {"cogs||CNY": 640, "inventory||CNY": -730, "marketing||CNY": 90}
    }


def test_goods_valued_in_two_currencies_cost_in_each() -> None:
    found = cost_entries(released(line(qty=2)), [UnitsOut(1, 1, 640, "CNY"), UnitsOut(1, 1, 90, "USD")])
    assert {currency: sum(entry.amount_minor for entry in entries) for currency, entries in found.items()} == {"CNY": 0, "USD": 0}


def test_goods_and_sales_without_value_move_no_money() -> None:
    free = released(line(qty=1, unit=0))
    _, brought = ship(free, [UnitsOut(1, 1, 0, "CNY")])
    assert (sale_entries(free, brought), cost_entries(free, [UnitsOut(1, 1, 0, "CNY")])) == ((), {})


def test_units_of_one_line_from_two_bins_ship_as_one() -> None:
    sold = released(line(qty=3), line(2, qty=1))
    after, brought = ship(sold, [UnitsOut(1, 1), UnitsOut(1, 2)])
    assert [(one.line, one.qty, one.paid_minor) for one in brought] == [(1, 3, 3_000)]
    assert ([one.shipped_qty for one in after.lines], all_shipped(after)) == ([3, 0], False)


def test_an_order_is_all_shipped_when_the_rest_was_given_up() -> None:
    after, _ = ship(released(line(qty=3, cancelled_qty=1)), [UnitsOut(1, 2)])
    assert (all_shipped(after), completed(after).state) == (True, OrderState.COMPLETED)


def test_nothing_is_all_shipped_of_which_nothing_went() -> None:
    assert not all_shipped(released(line(qty=1, cancelled_qty=1)))


@pytest.mark.parametrize("state", [state for state in OrderState if state is not OrderState.RELEASED])
def test_only_a_released_order_ships(state: OrderState) -> None:
    with pytest.raises(IllegalMove):
        ship(order(line(), state=state), [UnitsOut(1, 1)])
