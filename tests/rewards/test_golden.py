"""Golden case of what orders grant, on every adapter."""

from __future__ import annotations

from typing import Any

from houtai.domain.aftersales.given_back import Part
from houtai.domain.aftersales.reason import Reason
from houtai.domain.aftersales.state import ClaimState
from houtai.domain.orders.order import Order
from houtai.domain.pricing.coupons import CouponState
from houtai.domain.rewards.grant import GrantState
from houtai.domain.rewards.rule import Usable, WhenUsed
from tests.aftersales.desk import REFUND
from tests.rewards.counter import Rewards

FACE = 1_000


def with_coupon(rewards: Rewards, **fields: Any) -> Order:
    """Two cups for 19980 that grant a coupon over 1000 from 15000 on, at once; shipped."""
    rule = {"threshold_minor": 15_000, "usable": Usable.AT_PAYMENT, **fields}
    rewards.rule(template=rewards.template(FACE).id, **rule)
    order = rewards.shop.paid(CUP=2)
    rewards.desk.shipped(order)
    return rewards.shop.order(order)


def test_g_10_a_granted_coupon_that_was_used_is_taken_off_the_refund_of_its_order(rewards: Rewards) -> None:
    order = with_coupon(rewards)
    used = rewards.shop.paid([rewards.coupon_id(order)], BOWL=1)
    assert used.payable_minor == 4_990
    claim = rewards.desk.returned(order, CUP=2)
    assert (claim.decided_minor, rewards.desk.owed(order)) == (19_980 - FACE, [19_980 - FACE])
    grant = rewards.grant(order)
    assert (grant.state, grant.charged_minor, rewards.coupon(order).state) == (GrantState.CHARGED, FACE, CouponState.REDEEMED)
    rows = {row.part: row.amount_minor for row in rewards.desk.detail(claim).given_back}
    assert rows == {Part.GOODS: 19_980, Part.GRANTED_COUPON: -FACE}
    rewards.desk.pay_out(order)
    assert rewards.desk.now(claim).state is ClaimState.COMPLETED
    assert rewards.desk.books("marketing", "refund-payable") == {"marketing": -FACE, "refund-payable": 0}


def test_g_10_a_granted_coupon_that_was_not_used_is_void_and_the_refund_is_whole(rewards: Rewards) -> None:
    order = with_coupon(rewards)
    claim = rewards.desk.returned(order, CUP=2)
    assert claim.decided_minor == 19_980
    assert (rewards.grant(order).state, rewards.coupon(order).state) == (GrantState.WITHDRAWN, CouponState.VOID)


def test_g_10_in_two_halves_the_coupon_is_taken_off_once_with_the_half_that_undercuts_its_threshold(rewards: Rewards) -> None:
    order = with_coupon(rewards)
    rewards.shop.paid([rewards.coupon_id(order)], BOWL=1)
    first = rewards.desk.returned(order, CUP=1)
    second = rewards.desk.returned(order, CUP=1)
    assert (first.decided_minor, second.decided_minor) == (9_990 - FACE, 9_990)
    assert sum(rewards.desk.owed(order)) == 19_980 - FACE


def test_g_10_in_two_halves_a_coupon_without_a_threshold_goes_with_the_last_one(rewards: Rewards) -> None:
    order = with_coupon(rewards, threshold_minor=0)
    rewards.shop.paid([rewards.coupon_id(order)], BOWL=1)
    first = rewards.desk.returned(order, CUP=1)
    assert (first.decided_minor, rewards.grant(order).state) == (9_990, GrantState.CONFIRMED)
    second = rewards.desk.returned(order, CUP=1)
    assert (second.decided_minor, rewards.grant(order).state) == (9_990 - FACE, GrantState.CHARGED)


def test_g_10_a_used_coupon_is_let_go_where_the_rule_says_so_and_its_grant_says_it_was(rewards: Rewards) -> None:
    order = with_coupon(rewards, when_used=WhenUsed.LET_GO)
    rewards.shop.paid([rewards.coupon_id(order)], BOWL=1)
    claim = rewards.desk.returned(order, CUP=2)
    assert (claim.decided_minor, rewards.grant(order).state) == (19_980, GrantState.LET_GO)


def test_g_10_a_coupon_whose_second_order_was_given_back_whole_counts_as_unused(rewards: Rewards) -> None:
    order = with_coupon(rewards)
    second = rewards.shop.paid([rewards.coupon_id(order)], BOWL=1)
    rewards.desk.refunded(second, REFUND, Reason.NOT_WANTED, BOWL=1)
    claim = rewards.desk.returned(order, CUP=2)
    assert (claim.decided_minor, rewards.coupon(order).state) == (19_980, CouponState.VOID)


def test_g_10_what_is_only_promised_is_never_issued_when_the_order_comes_back(rewards: Rewards) -> None:
    order = with_coupon(rewards, usable=Usable.AT_CLOSE)
    rewards.desk.returned(order, CUP=2)
    assert (rewards.grant(order).state, rewards.grant(order).coupon_id) == (GrantState.WITHDRAWN, None)
