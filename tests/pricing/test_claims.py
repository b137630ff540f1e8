"""Coupons and budgets through the life of an order: taken once, given back once (R-8, M13). Their contract is test_contract.py."""

from __future__ import annotations

import datetime as dt

import attrs
import pytest

from houtai.application.office import Office
from houtai.application.pricing.budget import EditCampaign, edit_campaign
from houtai.application.pricing.issue import ExpireCoupons, VoidCoupon, expire_coupons, void_coupon
from houtai.application.pricing.queries import CouponView, show_campaign, show_coupon
from houtai.domain.act import Act
from houtai.domain.ids import CouponId, OrderId
from houtai.domain.pricing.coupons import CouponState, RedemptionState
from houtai.domain.pricing.promotions import AmountOff, SpendAndSave, Tier
from houtai.domain.pricing.refusals import BudgetSpent, CouponNotValidNow, CouponSpent
from houtai.domain.refusal import IllegalMove, NotFound
from tests.conftest import StillClock
from tests.pricing import market
from tests.pricing.market import LEAF, WANG

DAY = dt.timedelta(days=1)


@pytest.fixture
def office(memory_office: Office) -> Office:
    """These are rules, which no store can change."""
    return memory_office


@pytest.fixture
def held(office: Office, system: Act) -> CouponId:
    """李雷's coupon of 10 yuan."""
    market.open_market(office, system)
    return market.coupon(office, system, market.template(office, system))


def seen(office: Office, system: Act, coupon: CouponId) -> CouponView:
    return office.ask(show_coupon, coupon, system)


def steps(office: Office, system: Act, coupon: CouponId) -> list[RedemptionState]:
    return [use.state for use in seen(office, system, coupon).uses]


def placed(office: Office, system: Act, coupon: CouponId) -> OrderId:
    order = market.order()
    office.perform(market.place, market.Place(order, market.basket((LEAF, 1), coupons=(coupon,))), system)
    return order


def test_placing_locks_the_coupon_and_paying_redeems_it(office: Office, system: Act, held: CouponId) -> None:
    order = placed(office, system, held)
    assert (seen(office, system, held).state, seen(office, system, held).order_id) == (CouponState.LOCKED, order)
    office.perform(market.pay, order, system)
    assert seen(office, system, held).state is CouponState.REDEEMED
    assert [(use.state, use.amount_minor) for use in seen(office, system, held).uses] == [
        (RedemptionState.LOCKED, 1000),
        (RedemptionState.REDEEMED, 1000),
    ]


def test_a_coupon_on_one_order_is_refused_to_the_next(office: Office, system: Act, held: CouponId) -> None:
    placed(office, system, held)
    with pytest.raises(CouponSpent):
        placed(office, system, held)


@pytest.mark.parametrize("paid", [False, True])
def test_a_coupon_of_a_cancelled_order_comes_back_once(office: Office, system: Act, held: CouponId, *, paid: bool) -> None:
    order = placed(office, system, held)
    if paid:
        office.perform(market.pay, order, system)
    before = seen(office, system, held).valid_until
    for _ in range(2):
        office.perform(market.cancel, order, system)
    assert (seen(office, system, held).state, seen(office, system, held).valid_until) == (CouponState.ISSUED, before)
    assert steps(office, system, held).count(RedemptionState.RESTORED) == 1


def test_a_late_second_cancel_does_not_take_the_coupon_from_the_next_order(office: Office, system: Act, held: CouponId) -> None:
    first = placed(office, system, held)
    office.perform(market.cancel, first, system)
    second = placed(office, system, held)
    office.perform(market.cancel, first, system)
    assert (seen(office, system, held).state, seen(office, system, held).order_id) == (CouponState.LOCKED, second)


def test_g_11_a_coupon_that_expired_between_order_and_cancel_does_not_come_back(
    office: Office, system: Act, held: CouponId, clock: StillClock
) -> None:
    order = placed(office, system, held)
    office.perform(market.cancel, order, attrs.evolve(system, at=clock.advance(days=31)))
    assert seen(office, system, held).state is CouponState.EXPIRED


def test_g_11_with_days_of_grace_it_comes_back_for_so_long(office: Office, system: Act, clock: StillClock) -> None:
    market.open_market(office, system)
    held = market.coupon(office, system, market.template(office, system, grace_days=3))
    order = placed(office, system, held)
    later = attrs.evolve(system, at=clock.advance(days=31))
    office.perform(market.cancel, order, later)
    assert (seen(office, later, held).state, seen(office, later, held).valid_until) == (CouponState.ISSUED, later.at + 3 * DAY)


def test_a_coupon_forfeited_with_its_order_never_comes_back(office: Office, system: Act, held: CouponId) -> None:
    order = placed(office, system, held)
    office.perform(market.pay, order, system)
    for deed in (market.complete, market.complete, market.cancel):
        office.perform(deed, order, system)
    assert seen(office, system, held).state is CouponState.REDEEMED
    assert steps(office, system, held).count(RedemptionState.FORFEITED) == 1


def test_claiming_twice_for_one_order_is_one_claim(office: Office, system: Act, held: CouponId) -> None:
    order = placed(office, system, held)
    office.perform(market.pay, order, system)
    again = market.Place(order, market.basket((LEAF, 1), coupons=(held,)))
    office.perform(market.pay_late, again, system)
    assert steps(office, system, held) == [RedemptionState.LOCKED, RedemptionState.REDEEMED]


def test_an_order_paid_late_takes_its_coupon_and_budget_once_more(office: Office, system: Act) -> None:
    market.open_market(office, system)
    running = market.campaign(office, system, 2000)
    held = market.coupon(office, system, market.template(office, system, campaign_id=running.id))
    wanted = market.Place(placed(office, system, held), market.basket((LEAF, 1)))
    office.perform(market.cancel, wanted.order, system)
    office.perform(market.pay_late, wanted, system)
    assert (seen(office, system, held).state, seen(office, system, held).order_id) == (CouponState.REDEEMED, wanted.order)
    assert office.ask(show_campaign, running.id, system).spent_minor == 1000


def test_an_order_paid_late_is_refused_a_coupon_that_went_elsewhere(office: Office, system: Act, held: CouponId) -> None:
    wanted = market.Place(placed(office, system, held), market.basket((LEAF, 1)))
    office.perform(market.cancel, wanted.order, system)
    placed(office, system, held)
    with pytest.raises(CouponSpent):
        office.perform(market.pay_late, wanted, system)


def test_somebody_elses_coupon_is_not_found(office: Office, system: Act, held: CouponId) -> None:
    basket = market.basket((LEAF, 1), coupons=(held,), buyer_id=WANG)
    with pytest.raises(NotFound):
        office.perform(market.place, market.Place(market.order(), basket), system)


def test_a_coupon_is_closed_when_its_time_is_over(office: Office, system: Act, held: CouponId, clock: StillClock) -> None:
    later = attrs.evolve(system, at=clock.advance(days=30))
    assert [office.perform(expire_coupons, ExpireCoupons(), act) for act in (system, later, later)] == [0, 1, 0]
    assert seen(office, later, held).state is CouponState.EXPIRED


def test_a_voided_coupon_is_refused(office: Office, system: Act, held: CouponId) -> None:
    office.perform(void_coupon, VoidCoupon(held, 1, "issued by mistake"), system)
    with pytest.raises(CouponSpent):
        placed(office, system, held)


def test_a_coupon_that_an_order_holds_cannot_be_voided(office: Office, system: Act, held: CouponId) -> None:
    placed(office, system, held)
    with pytest.raises(IllegalMove):
        office.perform(void_coupon, VoidCoupon(held, 2, "too late"), system)


def test_a_coupon_not_valid_any_more_is_refused_at_placement(
    office: Office, system: Act, held: CouponId, clock: StillClock
) -> None:
    with pytest.raises(CouponNotValidNow):
        placed(office, attrs.evolve(system, at=clock.advance(days=30)), held)


def test_a_refused_budget_leaves_the_coupon_free(office: Office, system: Act) -> None:
    market.open_market(office, system)
    small = market.campaign(office, system, 999)
    held = market.coupon(office, system, market.template(office, system, campaign_id=small.id))
    with pytest.raises(BudgetSpent):
        placed(office, system, held)
    assert (seen(office, system, held).state, seen(office, system, held).uses) == (CouponState.ISSUED, ())


def test_a_budget_is_drawn_at_placement_and_comes_back_with_the_order_once(office: Office, system: Act) -> None:
    market.open_market(office, system)
    running = market.campaign(office, system, 5000, 3)
    market.promote(office, system, SpendAndSave((Tier(9000, 1000),)), campaign_id=running.id)
    order = market.order()
    office.perform(market.place, market.Place(order, market.basket((LEAF, 1))), system)
    view = office.ask(show_campaign, running.id, system)
    assert (view.spent_minor, view.spent_uses) == (1000, 1)
    for _ in range(2):
        office.perform(market.cancel, order, system)
    view = office.ask(show_campaign, running.id, system)
    assert (view.spent_minor, view.spent_uses) == (0, 0)


def test_a_promotion_ends_with_its_budget_and_goes_on_when_it_is_raised(office: Office, system: Act) -> None:
    market.open_market(office, system)
    running = market.campaign(office, system, 1000)
    market.promote(office, system, AmountOff(600), campaign_id=running.id)
    wanted = [market.Place(market.order(), market.basket((LEAF, 1))) for _ in range(3)]
    first, second = (office.perform(market.place, one, system).discount_minor for one in wanted[:2])
    office.perform(edit_campaign, EditCampaign(running.id, 2, "双十一", 2000), system)
    third = office.perform(market.place, wanted[2], system).discount_minor
    assert (first, second, third) == (600, 0, 600)
