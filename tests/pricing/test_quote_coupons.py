"""Coupons on a quote: which fit, which stack, what they take, and how one that does not is refused."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

import attrs
import pytest

from houtai.domain.ids import CampaignId, ChannelId, CustomerId
from houtai.domain.pricing.book import Allowance
from houtai.domain.pricing.coupons import CouponState, FixedValue
from houtai.domain.pricing.quote import Source
from houtai.domain.pricing.refusals import (
    BudgetSpent,
    CouponNotApplicable,
    CouponNotValidNow,
    CouponsDoNotStack,
    CouponSpent,
    CouponThresholdNotMet,
)
from houtai.domain.pricing.scope import GoodsScope
from houtai.domain.refusal import NotFound
from tests.pricing import shop

BOOK = shop.book({1: 10000, 2: 5000})


def test_a_fixed_coupon_takes_its_amount_off_the_goods_in_scope() -> None:
    held = shop.coupon(FixedValue(1500), scope=GoodsScope(skus=(shop.sku(2),)))
    quoted = shop.quote(shop.basket((1, 1), (2, 1), coupons=shop.use(held)), shop.with_coupons(BOOK, held))
    assert [(row.line, row.source_type, row.source_id, row.amount_minor) for row in quoted.discounts] == [
        (2, Source.COUPON, held.coupon.id, 1500)
    ]


def test_a_percentage_is_rounded_half_up_on_each_line() -> None:
    held = shop.coupon(shop.percent(1000))
    book = shop.with_coupons(shop.book({1: 1005, 2: 994}), held)
    assert shop.paid(shop.quote(shop.basket((1, 1), (2, 1), coupons=shop.use(held)), book)) == [904, 895]


def test_a_percentage_stops_at_its_cap_shared_to_the_cent() -> None:
    held = shop.coupon(shop.percent(5000, cap=1000))
    quoted = shop.quote(shop.basket((1, 1), (2, 1), coupons=shop.use(held)), shop.with_coupons(BOOK, held))
    assert [row.amount_minor for row in quoted.discounts] == [667, 333]


def test_the_threshold_counts_only_goods_in_scope() -> None:
    held = shop.coupon(FixedValue(100), threshold_minor=6000, scope=GoodsScope(skus=(shop.sku(2),)))
    with pytest.raises(CouponThresholdNotMet) as refused:
        shop.quote(shop.basket((1, 1), (2, 1), coupons=shop.use(held)), shop.with_coupons(BOOK, held))
    assert (refused.value.threshold_minor, refused.value.basis_minor) == (6000, 5000)


def test_coupons_that_stack_take_from_what_the_others_leave() -> None:
    fixed, part = shop.coupon(FixedValue(2000), 1, stackable=True), shop.coupon(shop.percent(1000), 2, stackable=True)
    quoted = shop.quote(shop.basket((1, 1), coupons=shop.use(part, fixed)), shop.with_coupons(BOOK, fixed, part))
    assert quoted.coupon_amounts == {fixed.coupon.id: 2000, part.coupon.id: 800}


def test_the_order_in_which_coupons_are_named_changes_nothing() -> None:
    held = [shop.coupon(FixedValue(2000), 1, stackable=True), shop.coupon(shop.percent(1000), 2, stackable=True)]
    book = shop.with_coupons(BOOK, *held)
    one, other = (shop.quote(shop.basket((1, 1), coupons=shop.use(*order)), book) for order in (held, held[::-1]))
    assert one == other


def test_a_coupon_that_does_not_stack_is_refused_beside_another() -> None:
    held = [shop.coupon(FixedValue(2000), 1, stackable=True), shop.coupon(FixedValue(100), 2)]
    with pytest.raises(CouponsDoNotStack):
        shop.quote(shop.basket((1, 1), coupons=shop.use(*held)), shop.with_coupons(BOOK, *held))


@pytest.mark.parametrize(("per_order", "allowed"), [(1, False), (2, True)])
def test_an_order_takes_so_many_coupons_of_one_template(per_order: int, *, allowed: bool) -> None:
    one = shop.coupon(FixedValue(500), stackable=True, per_order=per_order)
    other = attrs.evolve(one, coupon=attrs.evolve(one.coupon, id=shop.use(shop.coupon(FixedValue(1), 2))[0]))
    asked = shop.basket((1, 1), coupons=shop.use(one, other))
    if allowed:
        assert shop.quote(asked, shop.with_coupons(BOOK, one, other)).discount_minor == 1000
    else:
        with pytest.raises(CouponsDoNotStack):
            shop.quote(asked, shop.with_coupons(BOOK, one, other))


def test_a_coupon_after_which_nothing_is_left_refuses_the_next() -> None:
    held = [shop.coupon(FixedValue(20000), 1, stackable=True), shop.coupon(FixedValue(100), 2, stackable=True)]
    with pytest.raises(CouponNotApplicable):
        shop.quote(shop.basket((1, 1), coupons=shop.use(*held)), shop.with_coupons(BOOK, *held))


def test_a_coupon_nobody_knows_is_not_found() -> None:
    with pytest.raises(NotFound):
        shop.quote(shop.basket((1, 1), coupons=shop.use(shop.coupon(FixedValue(1)))), BOOK)


@pytest.mark.parametrize("owner", [None, CustomerId(UUID(int=80))])
def test_somebody_elses_coupon_looks_like_none(owner: CustomerId | None) -> None:
    held = shop.coupon(FixedValue(1))
    held = attrs.evolve(held, coupon=attrs.evolve(held.coupon, customer_id=owner))
    with pytest.raises(NotFound):
        shop.quote(shop.basket((1, 1), coupons=shop.use(held)), shop.with_coupons(BOOK, held))


@pytest.mark.parametrize("buyer", [None])
def test_a_buyer_without_a_name_has_no_coupons(buyer: None) -> None:
    held = shop.coupon(FixedValue(1))
    held = attrs.evolve(held, coupon=attrs.evolve(held.coupon, customer_id=None))
    with pytest.raises(NotFound):
        shop.quote(shop.basket((1, 1), coupons=shop.use(held), buyer_id=buyer), shop.with_coupons(BOOK, held))


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"state": CouponState.LOCKED}, CouponSpent),
        ({"state": CouponState.REDEEMED}, CouponSpent),
        ({"state": CouponState.VOID}, CouponSpent),
        ({"state": CouponState.EXPIRED}, CouponNotValidNow),
        ({"valid_until": shop.NOW}, CouponNotValidNow),
        ({"valid_from": shop.NOW + dt.timedelta(seconds=1)}, CouponNotValidNow),
    ],
)
def test_a_coupon_that_is_used_or_out_of_time_is_refused(change: dict[str, Any], refusal: type[Exception]) -> None:
    held = shop.coupon(FixedValue(1))
    held = attrs.evolve(held, coupon=attrs.evolve(held.coupon, **change))
    with pytest.raises(refusal):
        shop.quote(shop.basket((1, 1), coupons=shop.use(held)), shop.with_coupons(BOOK, held))


@pytest.mark.parametrize(
    "change",
    [
        {"currency": "USD"},
        {"channels": (ChannelId(UUID(int=70)),)},
        {"scope": GoodsScope(skus=(shop.sku(2),))},
        {"campaign_id": CampaignId(UUID(int=6000))},
    ],
)
def test_a_coupon_for_other_goods_places_or_a_stopped_campaign_is_refused(change: dict[str, Any]) -> None:
    held = shop.coupon(FixedValue(1), **change)
    with pytest.raises(CouponNotApplicable):
        shop.quote(shop.basket((1, 1), coupons=shop.use(held)), shop.with_coupons(BOOK, held))


def test_a_percentage_of_next_to_nothing_is_refused_and_not_used_up() -> None:
    held = shop.coupon(shop.percent(100))
    with pytest.raises(CouponNotApplicable):
        shop.quote(shop.basket((1, 1), coupons=shop.use(held)), shop.with_coupons(shop.book({1: 10}), held))


def test_a_coupon_whose_budget_is_spent_is_refused_with_what_is_left() -> None:
    campaign = CampaignId(UUID(int=6000))
    held = shop.coupon(FixedValue(1000), campaign_id=campaign)
    book = attrs.evolve(shop.with_coupons(BOOK, held), campaigns={campaign: Allowance("AUTUMN", left_minor=999)})
    with pytest.raises(BudgetSpent) as refused:
        shop.quote(shop.basket((1, 1), coupons=shop.use(held)), book)
    assert (refused.value.left_minor, refused.value.left_uses) == (999, -1)
