"""The rules of points as properties: rows, lots and balance always agree, and what comes back is what was taken."""

from __future__ import annotations

import datetime as dt
from typing import Any

import attrs
import pytest
from hypothesis import given, strategies as st

from houtai.domain.ids import CustomerId, PaymentId, derive, new_id
from houtai.domain.ledger.account import AccountCode
from houtai.domain.points.account import (
    PointsAccount,
    PointsLotId,
    PointsMove,
    PointsPayment,
    PointsTaken,
    account_id,
)
from houtai.domain.points.book import PointsBook, PointsCause
from houtai.domain.points.policy import PointsPolicy, ShortBalance, policy_id
from houtai.domain.points.refusals import PointsShort

NOW = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
CUSTOMER = CustomerId(new_id())


def policy(**fields: Any) -> PointsPolicy:
    return PointsPolicy(policy_id("CNY"), "CNY", **{"points_per_minor": 1, "valid_days": 10, **fields})


def book(rules: PointsPolicy, *, at: dt.datetime = NOW) -> PointsBook:
    account = PointsAccount(account_id(CUSTOMER, "CNY"), CUSTOMER, "CNY")
    return PointsBook(rules, account, PointsCause("test", new_id(), at, CUSTOMER), {})


def at(before: PointsBook, moment: dt.datetime) -> PointsBook:
    """The same account, opened at another moment."""
    return PointsBook(
        before.policy, before.account, attrs.evolve(before.cause, at=moment, document_id=new_id()), dict(before.lots)
    )


def filled(rules: PointsPolicy, *lots: int) -> PointsBook:
    """A book with lots of so many points, each a day later than the one before."""
    made = book(rules, at=NOW - len(lots) * DAY)
    for place, points in enumerate(lots):
        made = at(made, NOW - (len(lots) - place) * DAY)
        made.earn(PointsLotId(new_id()), points)
    return at(made, NOW)


def lefts(made: PointsBook) -> list[int]:
    return [lot.left_points for lot in sorted(made.lots.values(), key=lambda lot: lot.expires_at)]


def income(made: PointsBook, code: AccountCode, paid_minor: int = 0) -> int:
    return sum(entry.amount_minor for entry in made.postings(paid_minor) if entry.account.code is code)


LOTS = st.lists(st.integers(1, 500), min_size=1, max_size=8)


@given(LOTS, st.data())
def test_points_are_spent_out_of_the_lots_that_end_first(lots: list[int], data: st.DataObject) -> None:
    points = data.draw(st.integers(1, sum(lots)))
    made = filled(policy(), *lots)
    made.redeem(points)
    left = lefts(made)
    first = next(place for place, one in enumerate([*left, 1]) if one)
    assert sum(left) == sum(lots) - points
    assert left[first + 1 :] == lots[first + 1 :]


@given(LOTS, st.data())
def test_what_comes_back_leaves_the_lots_as_if_less_had_been_spent(lots: list[int], data: st.DataObject) -> None:
    points = data.draw(st.integers(1, sum(lots)))
    back = data.draw(st.integers(1, points))
    whole, less = filled(policy(), *lots), filled(policy(), *lots)
    whole.give_back(whole.redeem(points), back)
    less.redeem(points - back)
    assert lefts(whole) == lefts(less)


@given(st.integers(1, 50), st.integers(1, 10_000), st.data())
def test_refunds_in_any_parts_bring_back_exactly_the_points_that_paid(per_minor: int, amount: int, data: st.DataObject) -> None:
    lot = PointsLotId(new_id())
    payment = PointsPayment(
        PaymentId(new_id()), account_id(CUSTOMER, "CNY"), "CNY", amount, (PointsTaken(lot, amount * per_minor),)
    )
    came = 0
    while payment.back_minor < amount:
        part = data.draw(st.integers(1, amount - payment.back_minor))
        points = payment.points_for(part)
        assert points == part * per_minor
        came += points
        taken = (attrs.evolve(payment.taken[0], back_points=came),)
        payment = attrs.evolve(payment, taken=taken, back_minor=payment.back_minor + part)
    assert came == payment.points == payment.back_points


def test_points_that_come_back_after_their_end_are_expired_by_a_row_and_become_income() -> None:
    made = filled(policy(), 100)
    taken = made.redeem(100)
    late = at(made, NOW + 30 * DAY)
    late.give_back(taken, 60)
    assert [(one.move, one.points) for one in late.entries] == [(PointsMove.GIVE_BACK, 60), (PointsMove.EXPIRE, -60)]
    assert late.account.balance_points == 0
    assert income(late, AccountCode.POINTS_EXPIRED, paid_minor=60) == -60
    assert income(late, AccountCode.POINTS_LIABILITY, paid_minor=60) == 60


def test_points_that_come_back_after_their_end_get_the_days_of_grace_in_a_lot_of_their_own() -> None:
    made = filled(policy(grace_days=7), 100)
    taken = made.redeem(100)
    late = at(made, NOW + 30 * DAY)
    late.give_back(taken, 60)
    (grace,) = [late.lots[lot_id] for lot_id in late.new_lots]
    assert (grace.left_points, grace.expires_at) == (60, NOW + 37 * DAY)
    assert grace.origin_id == taken[0].lot_id
    assert late.postings(60) == ()


def test_what_has_ended_is_expired_before_anything_else_and_cannot_be_spent() -> None:
    made = at(filled(policy(), 100), NOW + 30 * DAY)
    with pytest.raises(PointsShort, match="1 points are needed, 0 are there"):
        made.redeem(1)


def test_earned_points_that_are_lacking_are_owed_and_filled_up_by_the_next() -> None:
    made = filled(policy(on_short=ShortBalance.NEGATIVE), 30)
    assert made.claw_back(100, below_zero=True) == 30
    assert made.account.balance_points == -70
    assert income(made, AccountCode.POINTS_LIABILITY) == 30
    later = at(made, NOW)
    later.earn(PointsLotId(new_id()), 100)
    assert (later.account.balance_points, later.account.owed_points) == (30, 0)
    assert income(later, AccountCode.MARKETING) == 30


def test_points_that_come_back_fill_up_what_is_owed_without_paying_it_twice() -> None:
    made = filled(policy(), 100)
    taken = made.redeem(100)
    made = at(made, NOW)
    made.claw_back(70, below_zero=True)
    back = at(made, NOW)
    back.give_back(taken, 100)
    assert back.account.balance_points == 30
    assert income(back, AccountCode.POINTS_LIABILITY, paid_minor=100) == 70
    assert income(back, AccountCode.MARKETING, paid_minor=100) == -70


def test_an_erased_customer_has_nothing_and_what_still_comes_back_expires_at_once() -> None:
    made = filled(policy(grace_days=7), 100)
    taken = made.redeem(40)
    gone = at(made, NOW)
    gone.close()
    assert gone.account.balance_points == 0
    back = at(gone, NOW)
    back.give_back(taken, 40)
    assert (back.account.balance_points, back.entries[-1].move) == (0, PointsMove.EXPIRE)


@given(
    st.integers(1, 20),
    st.lists(st.tuples(st.sampled_from(["earn", "redeem", "claw", "time", "back"]), st.integers(1, 300)), max_size=25),
)
def test_balance_rows_lots_and_liability_agree_whatever_happens(per_minor: int, deeds: list[tuple[str, int]]) -> None:
    made = book(policy(points_per_minor=per_minor))
    rows: list[Any] = []
    out: list[tuple[PointsTaken, ...]] = []
    liability = 0
    for deed, size in deeds:
        moment = made.cause.at + (size * dt.timedelta(hours=1) if deed == "time" else dt.timedelta())
        made, paid = at(made, moment), 0
        if deed == "earn":
            made.earn(PointsLotId(new_id()), size)
        elif deed == "claw":
            made.claw_back(size, below_zero=True)
        elif deed == "redeem" and (whole := min(size, made.account.left_points) // per_minor * per_minor):
            out.append(made.redeem(whole))
            paid = -whole // per_minor
        elif deed == "back" and out:
            taken = out.pop()
            paid = sum(one.points for one in taken) // per_minor
            made.give_back(taken, sum(one.points for one in taken))
        rows += made.entries
        liability -= income(made, AccountCode.POINTS_LIABILITY, paid) - paid
        assert sum(entry.amount_minor for entry in made.postings(paid)) == 0
        by_lot = {lot_id: sum(row.points for row in rows if row.lot_id == lot_id) for lot_id in made.lots}
        assert by_lot == {lot_id: lot.left_points for lot_id, lot in made.lots.items()}
        assert sum(row.points for row in rows) == made.account.balance_points
        assert liability == made.policy.worth_minor(made.account.balance_points)
        assert not (made.account.left_points and made.account.owed_points)


def test_a_lot_of_a_refund_is_the_same_one_on_a_retry() -> None:
    made = filled(policy(grace_days=1), 10)
    taken = made.redeem(10)
    late = at(made, NOW + 30 * DAY)
    late.give_back(taken, 10)
    assert late.new_lots == [derive(late.cause.document_id, "grace", taken[0].lot_id)]
