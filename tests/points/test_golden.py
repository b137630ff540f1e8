"""Golden case of points, on every adapter."""

from __future__ import annotations

from typing import Any

from houtai.domain.aftersales.state import ClaimState
from houtai.domain.money import Money
from houtai.domain.orders.order import Order
from houtai.domain.orders.state import OrderState
from houtai.domain.payments.refund import RefundState
from houtai.domain.points.account import PointsMove
from tests.aftersales.desk import ServiceDesk
from tests.points.purse import MANY, Purse

HALF_IN_POINTS = 7_488  # 30 % of 24960


def partly_in_points(purse: Purse, desk: ServiceDesk, **rules: Any) -> Order:
    """Cup 8918, three bowls 16042 after a coupon; 7488 in points: 3000 that end in ten days, 4488 that do not; shipped."""
    plain = {"most_permille": 300, "adjust_alone_points": MANY, **rules}
    purse.rules(valid_days=10, **plain)
    purse.ask(3_000)
    purse.rules(valid_days=365, **plain)
    purse.ask(5_000)
    order = purse.paid(HALF_IN_POINTS, coupons=[purse.shop.coupon(3_000)], CUP=1, BOWL=3)
    assert purse.lots == [512]
    desk.shipped(order)
    return purse.shop.order(order)


def out(desk: ServiceDesk, order: Order) -> tuple[int, int]:
    """What went back in points and in money, provider and all."""
    desk.pay_out(order)
    points = order.tenders[0].payment_id
    done = [one for one in desk.shop.refunds(order) if one.state is RefundState.SUCCEEDED]
    in_points = sum(one.amount.minor for one in done if one.payment_id == points)
    return in_points, sum(one.amount.minor for one in done) - in_points


def test_g_9_points_pay_a_part_and_some_have_ended_when_the_order_comes_back(purse: Purse, desk: ServiceDesk) -> None:
    order = partly_in_points(purse, desk)
    purse.shop.clock.advance(days=11)
    first = desk.returned(order, BOWL=1)
    assert (first.decided_minor, desk.now(first).state) == (5_347, ClaimState.REFUNDING)
    assert (out(desk, order), purse.lots) == ((1_604, 3_743), [512 + 1_604])
    assert desk.now(first).state is ClaimState.COMPLETED
    desk.returned(order, CUP=1)
    assert (out(desk, order), purse.lots) == ((4_279, 9_986), [512 + 4_279])
    desk.returned(order, BOWL=2)
    assert out(desk, order) == (HALF_IN_POINTS, 24_960 - HALF_IN_POINTS)
    assert (purse.lots, purse.moved(PointsMove.GIVE_BACK), purse.moved(PointsMove.EXPIRE)) == ([5_000], HALF_IN_POINTS, -3_000)
    assert desk.books("points-liability", "points-expired", "refund-payable", "customer-deposits") == {
        "points-liability": -5_000,
        "points-expired": -3_000,
        "refund-payable": 0,
        "customer-deposits": 0,
    }
    assert purse.shop.order(order).state is OrderState.CLOSED_REFUNDED


def test_g_9_points_that_have_ended_meanwhile_get_days_of_grace_where_the_policy_gives_them(
    purse: Purse, desk: ServiceDesk
) -> None:
    order = partly_in_points(purse, desk, grace_days=5)
    purse.shop.clock.advance(days=11)
    desk.returned(order, BOWL=1)
    desk.returned(order, CUP=1, BOWL=2)
    assert (out(desk, order), purse.lots) == ((HALF_IN_POINTS, 24_960 - HALF_IN_POINTS), [3_000, 5_000])
    purse.shop.clock.advance(days=6)
    assert (purse.end(), purse.lots, purse.shop.balance("points-liability")) == (1, [5_000], -5_000)


def test_a_refund_in_points_is_done_at_once_and_no_bank_takes_it_back(purse: Purse, desk: ServiceDesk) -> None:
    purse.ask(9_990)
    order = purse.placed(9_990, rest=False, CUP=1)
    desk.shipped(order)
    claim = desk.returned(order, CUP=1)
    (refund,) = desk.shop.refunds(order)
    assert (refund.state, refund.amount) == (RefundState.SUCCEEDED, Money(9_990, "CNY"))
    assert (desk.now(claim).state, purse.balance) == (ClaimState.COMPLETED, 9_990)
