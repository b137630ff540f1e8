"""Contract of pricing on every adapter: what is stored comes back, a refusal leaves no trace, and a race has one winner (F15)."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import attrs
import pytest

from houtai.application.office import Office
from houtai.application.paging import Page
from houtai.application.permission import needs
from houtai.application.pricing.issue import ClaimCoupon, ExpireCoupons, MakeCodes, claim_coupon, expire_coupons, make_codes
from houtai.application.pricing.ports import PricingTx
from houtai.application.pricing.queries import (
    ListCoupons,
    ListPriceChanges,
    ListPromotions,
    ShowPrices,
    list_coupons,
    list_price_changes,
    list_promotions,
    show_campaign,
    show_coupon,
    show_prices,
    show_promotion,
    show_template,
)
from houtai.application.pricing.quote import GetQuote, get_quote
from houtai.application.pricing.set_prices import SetFloor, SetPrice, set_floor, set_price
from houtai.domain.act import Act
from houtai.domain.ids import CouponId, new_id
from houtai.domain.pricing.bearers import BearerSplit
from houtai.domain.pricing.coupons import CouponState, PercentValue, RedemptionState
from houtai.domain.pricing.prices import Floor
from houtai.domain.pricing.promotions import (
    AmountOff,
    BuyAndGet,
    FixedPrice,
    GiftReturn,
    PayForFewer,
    PercentOff,
    Rule,
    RunState,
    SpendAndSave,
    Tier,
)
from houtai.domain.pricing.scope import GoodsScope
from houtai.domain.refusal import Refusal
from tests.conftest import StillClock
from tests.pricing import market
from tests.pricing.market import CHANNEL, FAN, LEAF, LI, POT, SAMPLE, SET, TEA, WANG

RULES: list[Rule] = [
    PercentOff(1500),
    AmountOff(500),
    FixedPrice(4900),
    PayForFewer(3, 2),
    SpendAndSave((Tier(20000, 1500), Tier(30000, 5000)), repeating=True),
    BuyAndGet(SAMPLE, gift_qty=2, buy_qty=3, substitutes=(POT,), value_minor=500, on_return=GiftReturn.DEDUCT),
]


def race(deeds: list[Callable[[], object]]) -> list[str]:
    """Do all of them at once; what became of each."""
    start = threading.Barrier(len(deeds))
    outcomes: list[str] = []

    def run(deed: Callable[[], object]) -> None:
        start.wait()
        try:
            deed()
            outcomes.append("done")
        except Refusal as refusal:
            outcomes.append(refusal.code)

    threads = [threading.Thread(target=run, args=(deed,)) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(outcomes)


def test_two_orders_at_once_with_one_coupon_and_exactly_one_gets_it(office: Office, system: Act) -> None:
    market.open_market(office, system)
    held = market.coupon(office, system, market.template(office, system))
    wanted = [market.Place(market.order(), market.basket((LEAF, 1), coupons=(held,))) for _ in range(4)]
    outcomes = race([lambda one=one: office.perform(market.place, one, system) for one in wanted])  # type: ignore[misc]
    assert outcomes == ["done", *["pricing.coupon-spent"] * 3]


def test_two_orders_at_once_for_the_last_of_a_budget_and_exactly_one_gets_it(office: Office, system: Act) -> None:
    market.open_market(office, system)
    running = market.campaign(office, system, 1999)
    of = market.template(office, system, campaign_id=running.id, per_customer=4)
    wanted = [
        market.Place(market.order(), market.basket((POT, 1), coupons=(market.coupon(office, system, of),))) for _ in range(4)
    ]
    outcomes = race([lambda one=one: office.perform(market.place, one, system) for one in wanted])  # type: ignore[misc]
    assert outcomes == ["done", *["pricing.budget-spent"] * 3]
    assert office.ask(show_campaign, running.id, system).spent_minor == 1000


def test_every_kind_of_promotion_is_stored_whole(office: Office, system: Act) -> None:
    market.open_market(office, system)
    running = market.campaign(office, system, 5000)
    terms: dict[str, Any] = {
        "scope": GoodsScope(categories=(TEA,), excluded=(SET,)),
        "channels": (CHANNEL,),
        "levels": ("gold", "black"),
        "priority": -3,
        "stackable": True,
        "bearers": BearerSplit(platform=50, merchant=30, supplier=10, channel=10),
        "campaign_id": running.id,
    }
    made = [market.promote(office, system, rule, f"P{number}", **terms) for number, rule in enumerate(RULES)]
    assert [office.ask(show_promotion, one.id, system) for one in made] == made
    page = office.ask(list_promotions, ListPromotions(RunState.ACTIVE, Page(limit=4, newest_first=False)), system)
    assert (list(page.items), page.has_more) == (sorted(made, key=lambda one: one.id)[:4], True)


def test_templates_and_coupons_are_stored_whole(office: Office, system: Act) -> None:
    market.open_market(office, system)
    value = PercentValue(PercentOff(1200), cap_minor=5000)
    of = market.template(
        office, system, value=value, valid_days=7, claim_code="茶叶节", threshold_minor=100, stackable=True, per_order=2
    )
    held = market.coupon(office, system, of)
    assert office.ask(show_template, of.id, system).template == of
    assert [one.id for one in office.ask(list_coupons, ListCoupons(of.id, LI, CouponState.ISSUED), system).items] == [held]


def test_prices_floor_and_their_history_are_stored_whole(office: Office, system: Act) -> None:
    market.open_market(office, system)
    sheet = office.perform(set_price, SetPrice(LEAF, 8800, "CNY", CHANNEL, "gold", valid_until=system.at + market.MONTH), system)
    sheet = office.perform(set_floor, SetFloor(LEAF, "CNY", 8000, sheet.version), system)
    assert office.ask(show_prices, ShowPrices(LEAF), system) == sheet
    assert sheet.floors == (Floor("CNY", 8000),)
    history = office.ask(list_price_changes, ListPriceChanges(LEAF), system).items
    assert sorted((one.version, one.what, one.before_minor, one.after_minor) for one in history) == [
        (1, "price", None, 9990),
        (2, "price", None, 8800),
        (3, "floor", None, 8000),
    ]


def test_a_quote_outside_and_inside_of_a_transaction_is_the_same(office: Office, system: Act) -> None:
    market.open_market(office, system)
    market.promote(office, system, SpendAndSave((Tier(20000, 1500),)), scope=GoodsScope(categories=(market.FOOD,)))
    market.promote(office, system, BuyAndGet(SAMPLE, buy_qty=1), "GIFT", scope=GoodsScope(skus=(LEAF,)))
    held = market.coupon(office, system, market.template(office, system))
    basket = market.basket((LEAF, 1), (SET, 1), (FAN, 2), coupons=(held,))
    asked = office.ask(get_quote, GetQuote(basket), system)
    placed = office.perform(market.place, market.Place(market.order(), basket), system)
    assert (asked, asked.digest) == (placed, placed.digest)
    assert asked.payable_minor == 9990 + 19900 + 6000 - 1500 - 1000


def test_a_coupon_through_lock_use_and_return(office: Office, system: Act) -> None:
    market.open_market(office, system)
    running = market.campaign(office, system, 5000)
    held = market.coupon(office, system, market.template(office, system, campaign_id=running.id))
    order = market.order()
    office.perform(market.place, market.Place(order, market.basket((LEAF, 1), coupons=(held,))), system)
    office.perform(market.pay, order, system)
    assert office.ask(show_campaign, running.id, system).spent_minor == 1000
    for _ in range(2):
        office.perform(market.cancel, order, system)
    view = office.ask(show_coupon, held, system)
    assert (view.state, view.order_id) == (CouponState.ISSUED, None)
    assert [use.state for use in view.uses] == [RedemptionState.LOCKED, RedemptionState.REDEEMED, RedemptionState.RESTORED]
    assert office.ask(show_campaign, running.id, system).spent_minor == 0


@needs("orders.place")
def place_and_fail(tx: PricingTx, cmd: market.Place, act: Act) -> None:
    """Everything is taken, and then something above refuses."""
    market.place(tx, cmd, act)
    raise Refusal


def test_a_refusal_after_the_claim_rolls_coupon_and_budget_back(office: Office, system: Act) -> None:
    market.open_market(office, system)
    running = market.campaign(office, system, 5000)
    held = market.coupon(office, system, market.template(office, system, campaign_id=running.id))
    with pytest.raises(Refusal):
        office.perform(place_and_fail, market.Place(market.order(), market.basket((LEAF, 1), coupons=(held,))), system)
    view = office.ask(show_coupon, held, system)
    assert (view.state, view.uses, view.version) == (CouponState.ISSUED, (), 1)
    assert office.ask(show_campaign, running.id, system).spent_uses == 0


def test_a_code_that_two_claim_at_once_goes_to_one(office: Office, system: Act) -> None:
    market.open_market(office, system)
    of = market.template(office, system)
    code = office.perform(make_codes, MakeCodes(of.id, new_id(), 1), system)[0].code
    claims = [ClaimCoupon(code, customer, CouponId(new_id())) for customer in (LI, WANG)]
    outcomes = race([lambda one=one: office.perform(claim_coupon, one, system) for one in claims])  # type: ignore[misc]
    assert outcomes == ["done", "pricing.coupon-spent"]


@pytest.mark.parametrize(("quota", "per_customer", "refusal"), [(2, 9, "pricing.quota-spent"), (9, 2, "pricing.customer-limit")])
def test_neither_quota_nor_customer_limit_is_passed_by_claims_at_once(
    office: Office, system: Act, quota: int, per_customer: int, refusal: str
) -> None:
    market.open_market(office, system)
    of = market.template(office, system, quota_qty=quota, per_customer=per_customer, claim_code="GIMME")
    claims = [ClaimCoupon("gimme", LI, CouponId(new_id())) for _ in range(5)]
    outcomes = race([lambda one=one: office.perform(claim_coupon, one, system) for one in claims])  # type: ignore[misc]
    assert outcomes == [*["done"] * 2, *[refusal] * 3]
    assert len(office.ask(list_coupons, ListCoupons(of.id), system).items) == 2


def test_the_timer_closes_what_is_over_and_nothing_else(office: Office, system: Act, clock: StillClock) -> None:
    market.open_market(office, system)
    short, long = (market.template(office, system, f"T{days}", valid_days=days) for days in (1, 20))
    held = [market.coupon(office, system, one) for one in (short, long)]
    later = attrs.evolve(system, at=clock.advance(days=2))
    assert office.perform(expire_coupons, ExpireCoupons(), later) == 1
    assert [office.ask(show_coupon, one, later).state for one in held] == [CouponState.EXPIRED, CouponState.ISSUED]
