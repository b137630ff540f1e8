"""The stack of discounts, step by step (R-3, R-4, R-11, R-12)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import attrs
import pytest

from houtai.domain.ids import CampaignId, ChannelId, MerchantId
from houtai.domain.pricing.basket import Adjustment
from houtai.domain.pricing.bearers import BearerSplit, Borne
from houtai.domain.pricing.book import Allowance
from houtai.domain.pricing.coupons import FixedValue
from houtai.domain.pricing.promotions import (
    AmountOff,
    FixedPrice,
    GiftReturn,
    LineRule,
    PayForFewer,
    PercentOff,
    ReturnPolicy,
    SpendAndSave,
    Tier,
)
from houtai.domain.pricing.quote import Source, check_unchanged
from houtai.domain.pricing.refusals import NotPriced, PriceBelowFloor, PriceChanged
from houtai.domain.pricing.scope import GoodsScope
from houtai.domain.refusal import InvalidValue, NotFound
from tests.pricing import shop

CAMPAIGN = CampaignId(UUID(int=6000))
SAVE_50 = SpendAndSave((Tier(30000, 5000),))


def test_a_line_without_anything_special_costs_its_list_price() -> None:
    quoted = shop.quote(shop.basket((1, 3)), shop.book({1: 1999}))
    assert (quoted.goods_minor, quoted.discount_minor, quoted.payable_minor) == (5997, 0, 5997)


def test_a_sku_without_a_price_in_the_channels_currency_is_refused_by_its_code() -> None:
    dollars = shop.sheet(1, shop.listed(100, currency="USD"))
    with pytest.raises(NotPriced) as refused:
        shop.quote(shop.basket((1, 1)), shop.book({}, items=[shop.item(1)], sheets=[dollars]))
    assert refused.value.sku_codes == ("SKU-1",)


def test_an_unknown_sku_is_not_found() -> None:
    with pytest.raises(NotFound):
        shop.quote(shop.basket((2, 1)), shop.book({1: 100}))


def test_channel_and_member_price_are_typed_rows_that_the_seller_bears() -> None:
    sheet = shop.sheet(
        1,
        shop.listed(10000),
        shop.listed(9000, channel_id=shop.CHANNEL),
        shop.listed(8500, channel_id=shop.CHANNEL, level="gold"),
    )
    book = shop.book({}, items=[shop.item(1, merchant=shop.MERCHANT)], sheets=[sheet], level="gold")
    quoted = shop.quote(shop.basket((1, 2)), book)
    assert [(row.source_type, row.amount_minor, row.borne) for row in quoted.discounts] == [
        (Source.CHANNEL_PRICE, 2000, Borne(merchant_minor=2000)),
        (Source.MEMBER_PRICE, 1000, Borne(merchant_minor=1000)),
    ]


def test_a_channel_dearer_than_the_list_price_is_no_discount() -> None:
    sheet = shop.sheet(1, shop.listed(10000), shop.listed(11000, channel_id=shop.CHANNEL))
    quoted = shop.quote(shop.basket((1, 1)), shop.book({}, items=[shop.item(1)], sheets=[sheet]))
    assert (quoted.goods_minor, quoted.discounts) == (11000, ())


@pytest.mark.parametrize(
    ("rule", "saving"),
    [
        (PercentOff(1500), 4500),
        (PercentOff(333), 999),
        (AmountOff(700), 2100),
        (AmountOff(20000), 30000),
        (FixedPrice(4900), 15300),
        (FixedPrice(12000), 0),
        (PayForFewer(3, 2), 10000),
        (PayForFewer(4, 3), 0),
    ],
)
def test_a_line_promotion_takes_what_its_rule_says(rule: LineRule, saving: int) -> None:
    book = shop.with_promotions(shop.book({1: 10000}), shop.promotion(rule))
    assert shop.quote(shop.basket((1, 3)), book).discount_minor == saving


def test_of_several_line_promotions_the_best_for_the_buyer_wins_alone() -> None:
    rules = [shop.promotion(PercentOff(1000), 1), shop.promotion(AmountOff(2000), 2), shop.promotion(FixedPrice(9500), 3)]
    quoted = shop.quote(shop.basket((1, 1)), shop.with_promotions(shop.book({1: 10000}), *rules))
    assert [(row.source_id, row.amount_minor) for row in quoted.discounts] == [(rules[1].id, 2000)]


@pytest.mark.parametrize(
    "field",
    [
        {"valid_until": shop.NOW},
        {"valid_from": shop.NOW.replace(minute=1)},
        {"channels": (ChannelId(UUID(int=70)),)},
        {"levels": ("gold",)},
        {"currency": "USD"},
        {"scope": GoodsScope(skus=(shop.sku(2),))},
        {"scope": GoodsScope(merchants=(shop.MERCHANT,))},
        {"scope": GoodsScope(excluded=(shop.sku(1),))},
    ],
)
def test_a_promotion_that_is_not_for_this_time_place_buyer_or_goods_gives_nothing(field: dict[str, Any]) -> None:
    book = shop.with_promotions(shop.book({1: 10000}), shop.promotion(PercentOff(1000), **field))
    assert shop.quote(shop.basket((1, 1)), book).discount_minor == 0


def test_each_step_works_on_what_the_steps_before_leave() -> None:
    held = shop.coupon(shop.percent(1000))
    book = shop.with_coupons(shop.book({1: 40000}), held)
    book = shop.with_promotions(book, shop.promotion(PercentOff(2000), 1), shop.promotion(SAVE_50, 2))
    adjusted = Adjustment(UUID(int=1), 100, "wrapping damaged")
    quoted = shop.quote(shop.basket((1, 1), coupons=shop.use(held), adjustments=(adjusted,)), book)
    assert [(row.source_type, row.amount_minor) for row in quoted.discounts] == [
        (Source.LINE_PROMOTION, 8000),
        (Source.ORDER_PROMOTION, 5000),
        (Source.COUPON, 2700),
        (Source.ADJUSTMENT, 100),
    ]


def test_the_highest_tier_that_is_reached_counts() -> None:
    rule = SpendAndSave((Tier(10000, 500), Tier(20000, 1500), Tier(50000, 6000)))
    book = shop.with_promotions(shop.book({1: 10000}), shop.promotion(rule))
    assert [shop.quote(shop.basket((1, qty)), book).discount_minor for qty in (1, 2, 4, 5)] == [500, 1500, 1500, 6000]


def test_a_repeating_tier_counts_every_multiple() -> None:
    book = shop.with_promotions(shop.book({1: 10000}), shop.promotion(SpendAndSave((Tier(20000, 1500),), repeating=True)))
    assert [shop.quote(shop.basket((1, qty)), book).discount_minor for qty in (1, 3, 6)] == [0, 1500, 4500]


def test_a_threshold_not_reached_is_told_with_what_is_missing() -> None:
    book = shop.with_promotions(shop.book({1: 10000}), shop.promotion(SAVE_50))
    quoted = shop.quote(shop.basket((1, 1)), book)
    assert [skipped.reason for skipped in quoted.not_applied] == ["goods for 100.00 CNY of 300.00 CNY"]


def test_a_promotion_that_does_not_stack_keeps_its_lines_from_others() -> None:
    small = shop.promotion(SpendAndSave((Tier(10000, 300),)), 2, stackable=True)
    book = shop.with_promotions(shop.book({1: 30000}), shop.promotion(SAVE_50, 1), small)
    assert shop.quote(shop.basket((1, 1)), book).discount_minor == 5000


def test_promotions_that_stack_apply_one_after_the_other() -> None:
    rules = [shop.promotion(SAVE_50, 1, stackable=True), shop.promotion(SpendAndSave((Tier(10000, 300),)), 2, stackable=True)]
    book = shop.with_promotions(shop.book({1: 30000}), *rules)
    assert shop.quote(shop.basket((1, 1)), book).discount_minor == 5300


def test_a_higher_priority_goes_before_a_higher_saving() -> None:
    small = shop.promotion(SpendAndSave((Tier(10000, 300),)), 2, priority=5)
    book = shop.with_promotions(shop.book({1: 30000}), shop.promotion(SAVE_50, 1), small)
    assert shop.quote(shop.basket((1, 1)), book).discount_minor == 300


def test_the_return_policy_and_the_rule_are_frozen_on_the_quote() -> None:
    book = shop.with_promotions(shop.book({1: 30000}), shop.promotion(SAVE_50, on_return=ReturnPolicy.REPRICE))
    quoted = shop.quote(shop.basket((1, 1)), book)
    assert [row.on_return for row in quoted.discounts] == [ReturnPolicy.REPRICE]
    assert [(applied.rule, applied.lines) for applied in quoted.applied] == [(SAVE_50, (1,))]


def test_who_bears_a_discount_is_split_to_the_cent_on_every_row() -> None:
    bearers = BearerSplit(platform=33, merchant=33, supplier=33, channel=1)
    rule = shop.promotion(AmountOff(1001), bearers=bearers)
    book = shop.with_promotions(shop.book({1: 10000}, items=[shop.item(1, merchant=shop.MERCHANT)]), rule)
    assert shop.quote(shop.basket((1, 1)), book).discounts[0].borne == Borne(331, 330, 330, 10)


def test_on_own_goods_the_merchants_part_falls_to_the_platform() -> None:
    rule = shop.promotion(AmountOff(1000), bearers=BearerSplit(platform=50, merchant=30, supplier=0, channel=20))
    quoted = shop.quote(shop.basket((1, 1)), shop.with_promotions(shop.book({1: 10000}), rule))
    assert quoted.discounts[0].borne == Borne(platform_minor=800, channel_minor=200)


def test_bearers_must_sum_up_to_a_hundred() -> None:
    with pytest.raises(InvalidValue):
        BearerSplit(platform=50, merchant=30, supplier=0, channel=10)


def test_a_merchants_promotion_leaves_other_goods_alone() -> None:
    rule = shop.promotion(SpendAndSave((Tier(10000, 1000),)), scope=GoodsScope(merchants=(shop.MERCHANT,)))
    items = [shop.item(1, merchant=shop.MERCHANT), shop.item(2, merchant=MerchantId(UUID(int=90)))]
    quoted = shop.quote(shop.basket((1, 1), (2, 1)), shop.with_promotions(shop.book({1: 10000, 2: 10000}, items=items), rule))
    assert shop.paid(quoted) == [9000, 10000]


def test_two_for_one_gift_each_with_its_trigger_and_ratio() -> None:
    rule = shop.gift(3, buy_qty=2, gift_qty=1, value_minor=500, substitutes=(shop.sku(4),), on_return=GiftReturn.DEDUCT)
    quoted = shop.quote(shop.basket((1, 3), (2, 2)), shop.with_promotions(shop.book({1: 1000, 2: 1000}), shop.promotion(rule)))
    (given,) = quoted.gifts
    assert (given.line, given.sku_id, given.qty, given.trigger_lines) == (3, shop.sku(3), 2, (1, 2))
    assert (given.substitutes, given.on_return, quoted.payable_minor) == ((shop.sku(4),), GiftReturn.DEDUCT, 5000)


def test_too_few_units_bring_no_gift() -> None:
    book = shop.with_promotions(shop.book({1: 1000}), shop.promotion(shop.gift(3, buy_qty=2)))
    assert shop.quote(shop.basket((1, 1)), book).gifts == ()


def test_a_gift_for_money_spent_stops_at_its_most() -> None:
    rule = shop.gift(3, buy_qty=0, spend_minor=1000, most_qty=2)
    quoted = shop.quote(shop.basket((1, 5)), shop.with_promotions(shop.book({1: 1000}), shop.promotion(rule)))
    assert [given.qty for given in quoted.gifts] == [2]


def test_a_gift_out_of_stock_gives_way_to_its_substitutes_and_the_rest_is_owed() -> None:
    rule = shop.gift(3, gift_qty=5, substitutes=(shop.sku(4), shop.sku(5)))
    quoted = shop.quote(shop.basket((1, 1)), shop.with_promotions(shop.book({1: 1000}), shop.promotion(rule)))
    available = {shop.sku(3): 1, shop.sku(4): 2, shop.sku(5): -1}
    assert quoted.gifts[0].choose(available) == ({shop.sku(3): 1, shop.sku(4): 2}, 2)


def test_a_bundle_becomes_its_components_with_quantities() -> None:
    bundle = shop.item(9, parts=[(1, 1), (2, 2)])
    quoted = shop.quote(shop.basket((2, 1), (9, 2)), shop.book({1: 15000, 2: 4900, 9: 19900}, items=[bundle]))
    assert [(line.line, line.basket_line, line.sku_id, line.qty) for line in quoted.lines] == [
        (1, 1, shop.sku(2), 1),
        (2, 2, shop.sku(1), 2),
        (3, 2, shop.sku(2), 4),
    ]
    assert quoted.payable_minor == 4900 + 2 * 19900


def test_a_bundle_dearer_than_its_parts_raises_them_and_takes_nothing_off() -> None:
    bundle = shop.item(9, parts=[(1, 1), (2, 1)])
    quoted = shop.quote(shop.basket((9, 1)), shop.book({1: 100, 2: 200, 9: 400}, items=[bundle]))
    assert (shop.paid(quoted), quoted.discounts) == ([133, 267], ())


def test_a_bundle_with_an_unpriced_component_is_refused() -> None:
    bundle = shop.item(9, parts=[(1, 1), (2, 1)])
    with pytest.raises(NotPriced) as refused:
        shop.quote(shop.basket((9, 1)), shop.book({1: 100, 9: 400}, items=[bundle, shop.item(2)]))
    assert refused.value.sku_codes == ("SKU-2",)


def test_line_promotions_leave_the_components_of_a_bundle_alone() -> None:
    bundle = shop.item(9, parts=[(1, 1), (2, 1)])
    book = shop.book({1: 100, 2: 200, 9: 250}, items=[bundle])
    quoted = shop.quote(shop.basket((9, 1)), shop.with_promotions(book, shop.promotion(PercentOff(5000))))
    assert quoted.payable_minor == 250


def test_an_order_promotion_on_a_bundle_reaches_its_components() -> None:
    bundle = shop.item(9, parts=[(1, 1), (2, 1)])
    rule = shop.promotion(SpendAndSave((Tier(200, 25),)), scope=GoodsScope(skus=(shop.sku(9),)))
    quoted = shop.quote(shop.basket((9, 1)), shop.with_promotions(shop.book({1: 100, 2: 200, 9: 250}, items=[bundle]), rule))
    assert quoted.payable_minor == 225


def test_an_adjustment_can_name_one_line() -> None:
    adjusted = Adjustment(UUID(int=1), 300, "scratched", line=2)
    quoted = shop.quote(shop.basket((1, 1), (2, 1), adjustments=(adjusted,)), shop.book({1: 1000, 2: 1000}))
    assert shop.paid(quoted) == [1000, 700]


def _budgeted(book_left: int | None, uses: int | None = None, *, active: bool = True) -> dict[CampaignId, Allowance]:
    return {CAMPAIGN: Allowance("AUTUMN", active=active, left_minor=book_left, left_uses=uses)}


@pytest.mark.parametrize(
    ("allowance", "discount"),
    [
        (_budgeted(None), 5000),
        (_budgeted(5000), 5000),
        (_budgeted(4999), 0),
        (_budgeted(None, 0), 0),
        (_budgeted(None, active=False), 0),
        ({}, 0),
    ],
)
def test_a_promotion_stops_with_its_campaign_and_its_budget(allowance: dict[CampaignId, Allowance], discount: int) -> None:
    book = shop.with_promotions(shop.book({1: 30000}), shop.promotion(SAVE_50, campaign_id=CAMPAIGN))
    quoted = shop.quote(shop.basket((1, 1)), attrs.evolve(book, campaigns=allowance))
    assert quoted.discount_minor == discount
    assert bool(quoted.not_applied) == (discount == 0)


def test_two_promotions_of_one_campaign_share_its_budget_within_a_quote() -> None:
    rules = [shop.promotion(SAVE_50, number, campaign_id=CAMPAIGN, stackable=True) for number in (1, 2)]
    book = attrs.evolve(shop.with_promotions(shop.book({1: 40000}), *rules), campaigns=_budgeted(7000))
    quoted = shop.quote(shop.basket((1, 1)), book)
    assert (quoted.discount_minor, quoted.campaign_amounts) == (5000, {CAMPAIGN: 5000})


def test_gifts_draw_on_the_budget_by_their_declared_value() -> None:
    rule = shop.promotion(shop.gift(3, gift_qty=2, value_minor=900), campaign_id=CAMPAIGN)
    book = attrs.evolve(shop.with_promotions(shop.book({1: 1000}), rule), campaigns=_budgeted(1800))
    assert shop.quote(shop.basket((1, 1)), book).campaign_amounts == {CAMPAIGN: 1800}


def test_a_line_sold_under_its_floor_is_refused_with_the_numbers() -> None:
    book = shop.book({}, items=[shop.item(1)], sheets=[shop.sheet(1, shop.listed(1000), floor=900)])
    book = shop.with_promotions(book, shop.promotion(PercentOff(1100)))
    with pytest.raises(PriceBelowFloor) as refused:
        shop.quote(shop.basket((1, 3)), book)
    assert (refused.value.sku_code, refused.value.unit_minor, refused.value.floor_minor) == ("SKU-1", 890, 900)


def test_a_coupon_can_push_a_line_under_its_floor_too() -> None:
    held = shop.coupon(FixedValue(101))
    book = shop.book({}, items=[shop.item(1)], sheets=[shop.sheet(1, shop.listed(1000), floor=900)])
    with pytest.raises(PriceBelowFloor):
        shop.quote(shop.basket((1, 1), coupons=shop.use(held)), shop.with_coupons(book, held))


def test_what_the_channel_bears_does_not_count_against_the_floor() -> None:
    held = shop.coupon(FixedValue(500), bearers=BearerSplit(platform=0, merchant=0, supplier=0, channel=100))
    book = shop.book({}, items=[shop.item(1)], sheets=[shop.sheet(1, shop.listed(1000), floor=900)])
    assert shop.quote(shop.basket((1, 1), coupons=shop.use(held)), shop.with_coupons(book, held)).payable_minor == 500


def test_a_floor_exception_lets_the_line_pass() -> None:
    book = shop.book({}, items=[shop.item(1)], sheets=[shop.sheet(1, shop.listed(1000), floor=900)])
    book = shop.with_promotions(book, shop.promotion(PercentOff(5000)))
    assert shop.quote(shop.basket((1, 1), below_floor_reason="last of the season"), book).payable_minor == 500


def test_a_price_set_below_the_floor_by_authority_sells_and_no_lower() -> None:
    priced = shop.sheet(1, shop.listed(800, below_floor=True), floor=900)
    book = shop.book({}, items=[shop.item(1)], sheets=[priced])
    assert shop.quote(shop.basket((1, 1)), book).payable_minor == 800
    with pytest.raises(PriceBelowFloor):
        shop.quote(shop.basket((1, 1)), shop.with_promotions(book, shop.promotion(AmountOff(1))))


def test_a_bundle_with_a_floor_of_its_own_is_held_to_that_as_a_whole() -> None:
    bundle = shop.item(9, parts=[(1, 1), (2, 1)])
    sheets = [shop.sheet(1, shop.listed(100), floor=95), shop.sheet(9, shop.listed(250), floor=240)]
    book = shop.book({2: 200}, items=[bundle, shop.item(1)], sheets=sheets)
    assert shop.quote(shop.basket((9, 1)), book).payable_minor == 250
    with pytest.raises(PriceBelowFloor) as refused:
        shop.quote(shop.basket((9, 1)), shop.with_promotions(book, shop.promotion(SpendAndSave((Tier(200, 11),)))))
    assert refused.value.sku_code == "SKU-9"


def test_the_components_of_a_bundle_without_a_floor_are_held_to_theirs() -> None:
    bundle = shop.item(9, parts=[(1, 1), (2, 1)])
    book = shop.book({2: 200, 9: 250}, items=[bundle, shop.item(1)], sheets=[shop.sheet(1, shop.listed(100), floor=95)])
    with pytest.raises(PriceBelowFloor) as refused:
        shop.quote(shop.basket((9, 1)), book)
    assert refused.value.sku_code == "SKU-1"


def test_a_quote_whose_digest_is_known_is_accepted() -> None:
    quoted = shop.quote(shop.basket((1, 1)), shop.book({1: 1000}))
    check_unchanged(quoted, quoted.digest, quoted.payable_minor)


def test_a_changed_price_is_refused_with_the_old_and_the_new_amount() -> None:
    seen = shop.quote(shop.basket((1, 1)), shop.book({1: 1000}))
    now = shop.quote(shop.basket((1, 1)), shop.book({1: 1100}))
    with pytest.raises(PriceChanged) as refused:
        check_unchanged(now, seen.digest, seen.payable_minor)
    assert (refused.value.quoted_minor, refused.value.payable_minor) == (1000, 1100)


def test_the_trace_tells_every_step_with_its_numbers() -> None:
    book = shop.with_promotions(shop.book({1: 20000, 2: 12000}), shop.promotion(SAVE_50))
    quoted = shop.quote(shop.basket((1, 1), (2, 1)), book).with_freight(1000, "1.2 kg")
    assert [(step.step, step.text, step.before_minor, step.change_minor) for step in quoted.trace] == [
        ("list", "2 lines at their prices", 0, 32000),
        ("order-promotion", "PROMO-1 on 320.00 CNY: 50.00 CNY off", 32000, -5000),
        ("freight", "1.2 kg", 27000, 1000),
    ]


@pytest.mark.parametrize(
    "wrong",
    [
        {"lines": ()},
        {"coupons": (shop.use(shop.coupon(FixedValue(1)))[0],) * 2},
        {"adjustments": (Adjustment(UUID(int=1), 1, "why", line=9),)},
    ],
)
def test_a_basket_that_contradicts_itself_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(InvalidValue):
        shop.basket((1, 1), **wrong)


def test_an_order_past_any_book_is_refused() -> None:
    with pytest.raises(InvalidValue):
        shop.quote(shop.basket((1, 2)), shop.book({1: 10**15}))
