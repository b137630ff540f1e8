"""The worked numbers and golden cases that a quote alone can hold."""

from __future__ import annotations

import pytest

from houtai.domain.pricing.coupons import FixedValue
from houtai.domain.pricing.promotions import SpendAndSave, Tier
from houtai.domain.pricing.quote import Source
from houtai.domain.pricing.refusals import GiftNotForSale, OnlyGifts
from houtai.domain.pricing.units import KeptLine, keep_shares, refund_of_units, reprice_refund
from tests.pricing import shop

SPEND_300_SAVE_50 = SpendAndSave((Tier(30000, 5000),))


def test_coupon_3000_over_9990_and_3_at_5990_and_a_gift_is_shared_1072_1928_0() -> None:
    held = shop.coupon(FixedValue(3000))
    book = shop.with_coupons(shop.book({1: 9990, 2: 5990}), held)
    quoted = shop.quote(
        shop.basket((1, 1), (2, 3), coupons=shop.use(held)), shop.with_promotions(book, shop.promotion(shop.gift(3)))
    )
    assert [row.amount_minor for row in quoted.discounts] == [1072, 1928]
    assert (shop.paid(quoted), quoted.payable_minor, len(quoted.gifts)) == ([8918, 16042], 24960, 1)


def test_the_units_of_16042_refunded_one_by_one_are_5347_5348_5347() -> None:
    given: list[int] = []
    for refunded in range(3):
        given.append(refund_of_units(16042, 3, refunded, sum(given), 1))
    assert given == [5347, 5348, 5347]


def test_bundle_19900_over_15000_and_2_at_4900_and_a_gift_is_12036_7864_0() -> None:
    bundle = shop.item(9, parts=[(1, 1), (2, 2), (3, 1)])
    book = shop.book({1: 15000, 2: 4900, 9: 19900}, items=[bundle, shop.item(3, gift=True)])
    quoted = shop.quote(shop.basket((9, 1)), book)
    assert shop.paid(quoted) == [12036, 7864, 0]
    assert {row.source_type for row in quoted.discounts} == {Source.BUNDLE_PRICE}


def test_spend_300_save_50_on_20000_and_12000_is_shared_3125_1875() -> None:
    book = shop.with_promotions(shop.book({1: 20000, 2: 12000}), shop.promotion(SPEND_300_SAVE_50))
    quoted = shop.quote(shop.basket((1, 1), (2, 1)), book)
    assert [row.amount_minor for row in quoted.discounts] == [3125, 1875]


def test_returning_the_12000_line_refunds_10125_when_shares_are_kept() -> None:
    shares = keep_shares(SPEND_300_SAVE_50, [20000, 12000])
    assert refund_of_units(12000 - shares[1], 1, 0, 0, 1) == 10125


def test_returning_the_12000_line_refunds_7000_when_what_is_kept_is_priced_again() -> None:
    lines = [KeptLine(1, 20000, 1, 1), KeptLine(2, 12000, 1, 0)]
    assert reprice_refund(lines, SPEND_300_SAVE_50, paid_minor=27000, refunded_minor=0) == 7000


def test_g_1_a_discount_above_the_order_clips_to_what_is_there_and_leaves_nothing_to_pay() -> None:
    held = shop.coupon(FixedValue(50000))
    quoted = shop.quote(shop.basket((1, 2), coupons=shop.use(held)), shop.with_coupons(shop.book({1: 9990}), held))
    assert (quoted.payable_minor, quoted.discount_minor) == (0, 19980)
    assert [applied.clipped_minor for applied in quoted.applied] == [50000 - 19980]


def test_g_2_an_order_of_only_gifts_is_refused() -> None:
    book = shop.book({1: 9990}, items=[shop.item(3, gift=True)])
    with pytest.raises(OnlyGifts):
        shop.quote(shop.basket((3, 1)), book)


def test_g_2_an_order_in_which_nothing_has_a_price_is_refused() -> None:
    with pytest.raises(OnlyGifts):
        shop.quote(shop.basket((1, 2)), shop.book({1: 0}))


def test_a_gift_beside_goods_cannot_be_ordered_by_itself() -> None:
    book = shop.book({1: 9990}, items=[shop.item(3, gift=True)])
    with pytest.raises(GiftNotForSale):
        shop.quote(shop.basket((1, 1), (3, 1)), book)


def test_g_3_a_coupon_for_everything_leaves_the_freight_to_pay() -> None:
    held = shop.coupon(shop.percent(10_000))
    quoted = shop.quote(shop.basket((1, 1), coupons=shop.use(held)), shop.with_coupons(shop.book({1: 9990}), held))
    assert (quoted.payable_minor, quoted.with_freight(1000).payable_minor) == (0, 1000)
