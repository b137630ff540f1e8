"""The order by itself: sums that hold to the cent, moves that are legal, tenders that add up."""

from __future__ import annotations

from uuid import UUID

import attrs
import pytest
from hypothesis import given, strategies as st

from houtai.domain.ids import PaymentId, PromotionId
from houtai.domain.moves import terminal
from houtai.domain.orders.line import GiftLink
from houtai.domain.orders.order import born, cancelled, check_sums
from houtai.domain.orders.refusals import TendersDiffer
from houtai.domain.orders.state import BORN, MOVES, NOT_SHIPPED, OrderState
from houtai.domain.orders.tender import TenderState, TenderWish, share
from houtai.domain.pricing.bearers import PLATFORM_PAYS
from houtai.domain.pricing.promotions import GiftReturn
from houtai.domain.refusal import IllegalMove, InvalidValue
from tests.orders.make import line, order, row


def test_goods_less_discounts_plus_freight_is_payable() -> None:
    made = order(line(1, qty=2, unit=500, discount=100, freight_minor=30), line(2, unit=200))
    assert (made.goods_minor, made.discount_minor, made.freight_minor, made.payable_minor) == (1200, 100, 30, 1130)
    assert made.paid_minor == 1130


@given(
    st.lists(
        st.tuples(st.integers(1, 9), st.integers(0, 10**6), st.integers(0, 100), st.integers(0, 5000)), min_size=1, max_size=8
    )
)
def test_the_lines_always_cost_what_the_order_costs(cut: list[tuple[int, int, int, int]]) -> None:
    lines = [
        line(seq, qty=qty, unit=unit, discount=qty * unit * percent // 100, freight_minor=freight)
        for seq, (qty, unit, percent, freight) in enumerate(cut, start=1)
    ]
    made = order(*lines)
    check_sums(made)
    assert made.payable_minor == sum(one.paid_minor + one.freight_minor for one in made.lines)


def test_a_discount_that_its_rows_do_not_add_up_to_is_noticed() -> None:
    with pytest.raises(AssertionError, match="not the sum of its rows"):
        check_sums(order(line(1, discount=100), discounts=(row(1, 99),)))
    with pytest.raises(AssertionError, match="not there"):
        check_sums(order(line(1), discounts=(row(2, 5),)))


def test_a_discount_never_makes_a_line_negative() -> None:
    with pytest.raises(AssertionError, match="M7"):
        line(1, unit=100, discount=101)


@pytest.mark.parametrize(
    "fields",
    [
        {"shipped_qty": 2, "cancelled_qty": 2},
        {"shortage_qty": 4},
        {"shortage_qty": 1, "settled_qty": 2},
        {"shipped_qty": 2, "shortage_qty": 2},
        {"cancelled_qty": -1},
    ],
)
def test_open_shipped_and_cancelled_make_the_whole_line(fields: dict[str, int]) -> None:
    with pytest.raises(AssertionError):
        line(1, qty=3, **fields)


@given(st.sampled_from(OrderState), st.sampled_from(OrderState))
def test_only_the_moves_of_the_table_are_made(here: OrderState, there: OrderState) -> None:
    standing = order(state=here)
    if there in MOVES[here]:
        assert (standing.moved(there).state, standing.moved(there).version) == (there, 2)
    else:
        with pytest.raises(IllegalMove) as refusal:
            standing.moved(there)
        assert refusal.value.legal == tuple(sorted(state.value for state in MOVES[here]))


def test_what_is_over_stays_over_except_for_late_money() -> None:
    assert terminal(MOVES) == {OrderState.CANCELLED, OrderState.COMPLETED, OrderState.CLOSED_REFUNDED}
    assert MOVES[OrderState.EXPIRED] == {OrderState.PAID}
    assert {state for state in OrderState if OrderState.CANCELLED in MOVES[state]} - NOT_SHIPPED == {OrderState.RELEASED}


def test_an_order_is_born_waiting_for_payment_or_paid_on_its_channel() -> None:
    for state in OrderState:
        draft = order(state=OrderState.DRAFT)
        if state in BORN:
            assert (born(draft, state).state, born(draft, state).version) == (state, 1)
        else:
            with pytest.raises(IllegalMove):
                born(draft, state)


def test_a_cancelled_order_has_no_open_units_and_gives_its_money_back() -> None:
    ended = cancelled(order(line(1, qty=3, shortage_qty=1)), OrderState.CANCELLED)
    assert [(one.open_qty, one.cancelled_qty, one.shortage_qty) for one in ended.lines] == [(0, 3, 0)]
    assert ([tender.state for tender in ended.tenders], ended.paid_minor) == ([TenderState.GIVEN_BACK], 0)


def test_an_expired_order_keeps_its_open_units_for_late_money() -> None:
    ended = cancelled(order(line(1, qty=3), state=OrderState.PENDING_PAYMENT), OrderState.EXPIRED)
    assert [one.open_qty for one in ended.lines] == [3]


def wish(number: int, minor: int | None = None) -> TenderWish:
    return TenderWish(PaymentId(UUID(int=number)), "embedded", minor)


def test_tenders_add_up_and_one_may_take_the_rest() -> None:
    assert [one.amount_minor for one in share((wish(1, 300), wish(2)), 1000, "CNY")] == [300, 700]
    assert share((wish(1),), 0, "CNY") == ()


@pytest.mark.parametrize("wishes", [(), (wish(1, 999),), (wish(1, 1001),), (wish(1, 1000), wish(2)), (wish(1, 1100), wish(2))])
def test_tenders_that_do_not_add_up_are_refused(wishes: tuple[TenderWish, ...]) -> None:
    with pytest.raises(TendersDiffer):
        share(wishes, 1000, "CNY")


def test_an_order_past_any_book_is_refused() -> None:
    lines = tuple(line(seq, unit=10**15) for seq in (1, 2))
    with pytest.raises(InvalidValue):
        check_sums(order(*lines, tenders=()))


def test_line_numbers_differ() -> None:
    with pytest.raises(AssertionError, match="line numbers differ"):
        check_sums(order(line(1), line(1)))


def test_a_gift_costs_nothing() -> None:
    with pytest.raises(AssertionError, match="a gift has a price"):
        made = order(line(1))
        check_sums(attrs.evolve(made, lines=(attrs.evolve(made.lines[0], gift=_gift()),)))


def _gift() -> GiftLink:
    return GiftLink(PromotionId(UUID(int=3)), "P", (1,), 1, 0, 1, 0, GiftReturn.WAIVE, PLATFORM_PAYS)
