"""Whatever comes back in whatever order: never a fen too many, and everything back is everything that was paid."""

from __future__ import annotations

from uuid import UUID

import attrs
from hypothesis import given, strategies as st

from houtai.domain.aftersales.given_back import GivenBack, Part, standing
from houtai.domain.aftersales.quote import Wish, WishLine, quote
from houtai.domain.aftersales.reason import Reason
from houtai.domain.aftersales.refusals import BundleGoesWhole
from houtai.domain.orders.order import Order
from tests.aftersales.orders import orders

CASE = UUID(int=1000)


@st.composite
def played(draw: st.DrawFn) -> tuple[Order, list[GivenBack]]:
    """An order and the rows of a few cases of any kind."""
    bought, rows = draw(orders()), list[GivenBack]()
    for _ in range(draw(st.integers(0, 6))):
        now = standing(bought.lines, rows)
        lines = []
        for seq, held in now.lines.items():
            if held.kept_qty and draw(st.booleans()):
                qty = draw(st.integers(1, held.kept_qty))
                lines.append(WishLine(seq, qty, unshipped_qty=0 if held.line.shipped_qty else qty))
            elif held.left_minor and draw(st.booleans()):
                lines.append(WishLine(seq, allowance_minor=draw(st.integers(1, held.left_minor))))
        if lines:
            way_back = draw(st.integers(-1_000, 1_000))
            wish = Wish(tuple(lines), draw(st.sampled_from(Reason)), draw(st.sampled_from([None, True, False])), way_back)
            try:
                rows += quote(bought, rows, wish, CASE).rows
            except BundleGoesWhole:
                continue
    return bought, rows


@given(played())
def test_no_case_pays_too_much_and_none_asks_the_buyer_for_money(case: tuple[Order, list[GivenBack]]) -> None:
    bought, rows = case
    now = standing(bought.lines, rows)
    assert 0 <= now.total_minor <= bought.payable_minor
    for held in now.lines.values():
        assert 0 <= held.left_minor <= held.line.paid_minor
        assert 0 <= held.freight_left_minor <= held.line.freight_minor


@given(played())
def test_who_returns_all_the_rest_has_all_that_was_paid_but_for_the_way_back(case: tuple[Order, list[GivenBack]]) -> None:
    bought, rows = case
    now = standing(bought.lines, rows)
    rest = tuple(
        WishLine(seq, held.kept_qty, 0 if held.line.shipped_qty else held.kept_qty)
        for seq, held in now.lines.items()
        if held.kept_qty
    )
    if rest:
        told = quote(bought, rows, Wish(rest, Reason.DEFECTIVE, freight=True), CASE)
        assert told.closes
        assert told.gifts_due == ()
        rows = [*rows, *told.rows]
    after = standing(bought.lines, rows)
    way_back = sum(row.amount_minor for row in rows if row.part is Part.RETURN_FREIGHT)
    goods = sum(held.goods_minor for held in after.lines.values())
    freight = sum(held.freight_minor for held in after.lines.values())
    assert goods == sum(line.paid_minor for line in bought.lines)
    assert sum(after.repriced.values()) == 0
    assert all(held.gift_minor == 0 for held in after.lines.values())
    by_hand = sum(row.amount_minor for row in rows if row.part is Part.BY_HAND)
    assert after.total_minor == goods + freight + way_back + after.carried_minor + by_hand


@given(played())
def test_a_quote_changes_nothing_and_says_the_same_again(case: tuple[Order, list[GivenBack]]) -> None:
    bought, rows = case
    free = {seq: held.kept_qty for seq, held in standing(bought.lines, rows).lines.items() if held.kept_qty}
    wish = Wish(tuple(WishLine(seq, qty) for seq, qty in free.items()) or (WishLine(1, allowance_minor=1),), Reason.DEFECTIVE)
    if free:
        assert attrs.astuple(quote(bought, rows, wish, CASE)) == attrs.astuple(quote(bought, tuple(rows), wish, CASE))
