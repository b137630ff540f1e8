"""How a refund is split over an order's tenders: by what each has left, held against shares that were frozen line by line (R-7)."""

from __future__ import annotations

import datetime as dt

from hypothesis import given, strategies as st

from houtai.application.aftersales.money import shares_of
from houtai.domain.ids import OrderId, PaymentId, new_id
from houtai.domain.money import Money, allocate
from houtai.domain.payments.payment import Payment, Tender

AT = dt.datetime(2026, 11, 22, 4, tzinfo=dt.UTC)
TENDERS = st.lists(st.integers(1, 50_000), min_size=1, max_size=5)


def paid(*amounts: int) -> list[Payment]:
    """One captured payment for each tender."""
    order = OrderId(new_id())
    asked = (
        Payment(PaymentId(new_id()), order, None, None, Tender.GATEWAY, "embedded", Money(minor, "CNY"), AT) for minor in amounts
    )
    return [payment.captured("in", AT) for payment in asked]


def refunded(payments: list[Payment], minor: int) -> list[Payment]:
    """After a refund of so much, split as claims split it."""
    shares = shares_of(payments, minor, "CNY")
    pairs = zip(payments, shares, strict=True)
    return [payment.with_refund(Money(share, "CNY")) if share else payment for payment, share in pairs]


def frozen(tenders: list[int], lines: list[int]) -> list[list[int]]:
    """Each tender allocated to the lines as it would be at payment."""
    return [allocate(tender, lines, lines) for tender in tenders]


@given(TENDERS, st.data())
def test_refunds_in_any_parts_give_every_tender_back_whole_and_never_more(tenders: list[int], data: st.DataObject) -> None:
    payments, left = paid(*tenders), sum(tenders)
    for last in (False,) * data.draw(st.integers(0, 7)) + (True,):
        if not left:
            break
        part = left if last else data.draw(st.integers(1, left))
        payments = refunded(payments, part)
        left -= part
        assert sum(payment.rest.minor for payment in payments) == left
    assert [payment.refund_minor for payment in payments] == tenders


@given(TENDERS, st.data())
def test_after_each_refund_every_tender_is_within_one_fen_a_refund_of_its_exact_part(
    tenders: list[int], data: st.DataObject
) -> None:
    payments, whole, back, times = paid(*tenders), sum(tenders), 0, 0
    while back < whole and times < 12:
        part = data.draw(st.integers(1, whole - back))
        payments, back, times = refunded(payments, part), back + part, times + 1
        for payment, tender in zip(payments, tenders, strict=True):
            assert abs(payment.refund_minor * whole - back * tender) < times * whole


@given(TENDERS, st.data())
def test_a_line_that_comes_back_first_differs_from_its_frozen_shares_by_a_fen_a_tender_at_most(
    tenders: list[int], data: st.DataObject
) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(1, sum(tenders)), max_size=4, unique=True)))
    lines = [high - low for low, high in zip([0, *cuts], [*cuts, sum(tenders)], strict=True) if high > low]
    of_first = [shares[0] for shares in frozen(tenders, lines)]
    now = [payment.refund_minor for payment in refunded(paid(*tenders), lines[0])]
    assert sum(now) == lines[0]
    assert all(abs(left - right) <= 1 for left, right in zip(now, of_first, strict=True))


def test_frozen_shares_pay_a_line_more_than_it_cost_where_each_tender_is_rounded_by_itself() -> None:
    lines, tenders = [1, 1, 1], [1, 2]
    assert [sum(shares) for shares in zip(*frozen(tenders, lines), strict=True)] == [2, 1, 0]
