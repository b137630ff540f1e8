"""Attacks on coupons, discounts, stock and keys by their numbers in the list of attacks, on every adapter."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

import attrs
import pytest

from houtai.adapters.sql.doctor.all_checks import CHECKS
from houtai.adapters.sql.doctor.examine import examine
from houtai.adapters.sql.store import SqlStore
from houtai.application.orders.place import PlaceOrder, place_order
from houtai.domain.inventory.refusals import OutOfStock
from houtai.domain.orders.order import Order
from houtai.domain.orders.state import OrderState
from houtai.domain.pricing.coupons import CouponState
from houtai.domain.pricing.promotions import PercentOff, SpendAndSave, Tier
from houtai.domain.pricing.refusals import BudgetSpent, CouponsDoNotStack, CouponSpent
from houtai.domain.refusal import AlreadyExists, IllegalMove, KeyReused, Refusal
from tests.orders.shop import Shop

AT_ONCE = 16


def placed_at_once(shop: Shop, wishes: Iterable[PlaceOrder]) -> list[Order | Refusal]:
    """What came of each wish."""

    def place(wish: PlaceOrder) -> Order | Refusal:
        try:
            return shop.office.perform(place_order, wish, shop.act)
        except Refusal as refusal:
            return refusal

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(place, wishes))


def kinds(ends: Iterable[Order | Refusal]) -> dict[type, int]:
    """How often each came out."""
    return dict(Counter(type(end) for end in ends))


def check_well(shop: Shop) -> None:
    """Let the doctor look, where there is a database."""
    store = shop.office._store  # the shop's own, on whichever adapter
    if isinstance(store, SqlStore):
        assert examine(store, CHECKS).broken() == ()


def test_attack_40_of_fifty_parallel_uses_of_a_single_use_coupon_one_succeeds(shop: Shop) -> None:
    shop.take_in(CUP=50)
    coupon = shop.coupon()
    wish = shop.wish([coupon], CUP=1)
    ends = placed_at_once(shop, [shop.wish_again(wish) for _ in range(50)])
    assert kinds(ends) == {Order: 1, CouponSpent: 49}
    assert (shop.reserved("CUP"), shop.coupon_of(coupon).state) == (1, CouponState.LOCKED)
    check_well(shop)


def test_attack_42_a_coupon_whose_order_is_cancelled_twice_is_returned_once(shop: Shop) -> None:
    campaign = shop.campaign(uses=2)
    first, second, third = (shop.coupon(1000, campaign_id=campaign.id) for _ in range(3))
    order = shop.paid([first], CUP=1)
    shop.place([second], CUP=1)
    assert shop.coupon_of(first).state is CouponState.REDEEMED
    shop.cancel(order)
    with pytest.raises(IllegalMove):
        shop.cancel(order)
    assert shop.coupon_of(first).state is CouponState.ISSUED
    assert shop.place([first], CUP=1).discount_minor == 1000
    with pytest.raises(BudgetSpent):  # one use came back to the campaign, not two
        shop.place([third], CUP=1)


def test_attack_43_discounts_over_the_whole_price_leave_nothing_to_pay_and_never_less(shop: Shop) -> None:
    shop.promote(PercentOff(10_000))
    quote = shop.quote(CUP=2, BOWL=1)
    assert (quote.payable_minor, quote.discount_minor) == (0, 2 * 9990 + 5990)
    shop.charge_freight(1000)
    assert shop.quote(CUP=1).payable_minor == 1000


def test_attack_43_a_threshold_and_a_coupon_over_the_rest_leave_nothing_to_pay(shop: Shop) -> None:
    shop.promote(SpendAndSave((Tier(5000, 5000),)))
    order = shop.place([shop.coupon(99_999)], CUP=1)
    assert (order.discount_minor, order.payable_minor, order.state) == (9990, 0, OrderState.CONFIRMED)


def test_attack_43_coupons_that_do_not_stack_are_refused_together(shop: Shop) -> None:
    alone, other = shop.coupon(), shop.coupon(stackable=True)
    with pytest.raises(CouponsDoNotStack):
        shop.place([alone, other], CUP=1)
    assert shop.reserved("CUP") == 0


def test_attack_44_of_a_hundred_parallel_orders_for_ten_units_ten_are_taken(shop: Shop) -> None:
    wish = shop.wish(CUP=1)
    ends = placed_at_once(shop, [shop.wish_again(wish) for _ in range(100)])
    assert kinds(ends) == {Order: 10, OutOfStock: 90}
    assert shop.reserved("CUP") == 10
    check_well(shop)


def test_attack_79_the_key_of_one_order_does_not_place_another(shop: Shop) -> None:
    wish = shop.wish(CUP=1)
    first = shop.office.perform(place_order, wish, shop.act, key="checkout-1")
    with pytest.raises(KeyReused):
        shop.office.perform(place_order, shop.wish(BOWL=1), shop.act, key="checkout-1")
    assert shop.office.perform(place_order, wish, shop.act, key="checkout-1") == first
    assert (shop.reserved("CUP"), shop.reserved("BOWL")) == (1, 0)
    with pytest.raises(AlreadyExists):
        shop.office.perform(place_order, attrs.evolve(wish, remark="twice"), shop.act, key="checkout-2")
