"""The golden cases that orders can hold, by name, on every adapter."""

from __future__ import annotations

import datetime as dt
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import attrs
import pytest

from houtai.application.orders.place import PlaceOrder, place_order
from houtai.domain.inventory.oversell import OversellCause
from houtai.domain.inventory.refusals import OutOfStock
from houtai.domain.orders.order import Order
from houtai.domain.orders.state import OrderState
from houtai.domain.payments.refund import RefundState
from houtai.domain.pricing.coupons import CouponState
from houtai.domain.pricing.refusals import OnlyGifts
from tests.orders.shop import Shop


def test_g1_a_discount_over_the_total_leaves_nothing_to_pay_and_asks_no_provider(shop: Shop) -> None:
    order = shop.place([shop.coupon(99_999)], CUP=1)
    assert (order.discount_minor, order.payable_minor, order.state) == (9990, 0, OrderState.CONFIRMED)
    assert shop.payments(order) == []
    assert shop.reserved("CUP") == 1


def test_g2_an_order_of_gifts_alone_is_refused(shop: Shop) -> None:
    with pytest.raises(OnlyGifts):
        shop.quote(SPOON=1)
    with pytest.raises(OnlyGifts):
        shop.office.perform(place_order, attrs.evolve(shop.wish(CUP=1), basket=shop.basket(SPOON=1)), shop.act)


def test_g3_with_a_full_coupon_the_freight_alone_is_paid_and_comes_back_when_cancelled(shop: Shop) -> None:
    shop.charge_freight(1000)
    order = shop.paid([shop.coupon(99_999)], CUP=1, BOWL=1)
    assert (order.payable_minor, order.freight_minor, order.state) == (1000, 1000, OrderState.CONFIRMED)
    assert [line.freight_minor for line in order.lines] == [600, 400]
    shop.cancel(order)
    assert [refund.amount.minor for refund in shop.refunds(order)] == [1000]


def test_g11_a_coupon_that_expired_while_its_order_stood_comes_back_expired(shop: Shop) -> None:
    coupon = shop.coupon(1000, valid_until=shop.clock.now() + dt.timedelta(hours=1))
    order = shop.paid([coupon], CUP=1)
    assert shop.coupon_of(coupon).state is CouponState.REDEEMED
    shop.clock.advance(hours=2)
    shop.cancel(order)
    assert shop.coupon_of(coupon).state is CouponState.EXPIRED


def test_g15_a_channel_that_collected_a_cent_less_makes_an_exception_with_a_case(shop: Shop) -> None:
    pushed = shop.sold_by_channel(CUP=1)
    short = attrs.evolve(pushed, payments=(attrs.evolve(pushed.payments[0], amount_minor=9989),))
    order = shop.import_order(short)
    assert (order.state, order.paid_minor, order.payable_minor) == (OrderState.EXCEPTION, 9989, 9990)
    assert order.hold is not None
    assert (order.hold.rules, order.hold.queue) == (("channel-amount-differs",), "finance")
    assert shop.cases() == ["channel-amount"]


def test_g16_a_callback_that_comes_twice_pays_once(shop: Shop) -> None:
    order = shop.place(CUP=1)
    assert [shop.capture(order).repeated for _ in range(2)] == [False, True]
    shop.capture(order, event="another event about the same money")
    assert shop.order(order).state is OrderState.CONFIRMED
    assert shop.balance("customer-deposits") == -9990
    assert shop.refunds(order) == []


def test_g16_a_callback_after_expiry_revives_the_order_or_sends_the_money_back(shop: Shop) -> None:
    late, too_late = shop.place(CUP=1), shop.place(BOWL=10)
    assert shop.let_expire() == 2
    shop.place(BOWL=1)
    shop.capture(late)
    shop.capture(too_late)
    assert [shop.order(order).state for order in (late, too_late)] == [OrderState.CONFIRMED, OrderState.EXPIRED]
    assert [refund.amount.minor for refund in shop.refunds(too_late)] == [59900]
    assert (shop.reserved("CUP"), shop.reserved("BOWL")) == (1, 1)


def test_g16_a_callback_after_cancellation_sends_the_money_back(shop: Shop) -> None:
    order = shop.place(CUP=1)
    shop.cancel(order)
    shop.capture(order)
    shop.capture(order)
    assert shop.order(order).state is OrderState.CANCELLED
    assert [(refund.amount.minor, refund.state) for refund in shop.refunds(order)] == [(9990, RefundState.CREATED)]
    assert (shop.balance("customer-deposits"), shop.balance("refund-payable")) == (0, -9990)


def test_g19_of_two_orders_for_the_last_unit_exactly_one_wins(shop: Shop) -> None:
    for _ in range(8):
        wishes = [shop.wish(CUP=10) for _ in range(2)]
        won: list[Order] = []
        lost: list[OutOfStock] = []
        start = threading.Barrier(2)

        def buy(wish: object, won: list[Order] = won, lost: list[OutOfStock] = lost, start: threading.Barrier = start) -> None:
            start.wait()
            try:
                won.append(shop.office.perform(place_order, wish, shop.act))  # type: ignore[arg-type]  # a PlaceOrder
            except OutOfStock as refusal:
                lost.append(refusal)

        buyers = [threading.Thread(target=buy, args=(wish,)) for wish in wishes]
        for buyer in buyers:
            buyer.start()
        for buyer in buyers:
            buyer.join()
        assert (len(won), len(lost), shop.reserved("CUP")) == (1, 1, 10)
        assert [(short.wanted_qty, short.available_qty) for short in lost[0].shortages] == [(10, 0)]
        shop.cancel(won[0])


def test_g19_a_thousand_interleavings_of_two_orders_for_the_last_unit_have_one_winner_each(memory_shop: Shop) -> None:
    shop, wish = memory_shop, memory_shop.wish(CUP=10)
    start = threading.Barrier(2)

    def buy(wish: PlaceOrder) -> Order | None:
        start.wait()
        try:
            return shop.office.perform(place_order, wish, shop.act)
        except OutOfStock:
            return None

    patience = sys.getswitchinterval()
    sys.setswitchinterval(0.000_01)  # so that the two are in each other's way and not one after the other
    try:
        with ThreadPoolExecutor(2) as pool:
            for _ in range(1_000):
                first, second = pool.map(buy, [shop.wish_again(wish) for _ in range(2)])
                won = first or second
                assert won is not None
                assert first is None or second is None
                assert shop.reserved("CUP") == 10
                shop.cancel(won)
    finally:
        sys.setswitchinterval(patience)
    assert shop.reserved("CUP") == 0


def test_g20_a_channel_order_without_stock_is_booked_with_its_shortage_and_cause(shop: Shop) -> None:
    shop.publish("CUP")
    shop.paid(CUP=9)
    order = shop.import_order(shop.sold_by_channel(CUP=2))
    assert (order.state, order.lines[0].shortage_qty) == (OrderState.HOLD, 1)
    assert order.hold is not None
    assert (order.hold.rules, order.hold.queue) == (("shortage-open",), "stock-control")
    assert (shop.balance("channel-clearing"), shop.published("CUP")) == (19980, 0)
    oversell = shop.oversell(order)
    assert (oversell.missing_qty, oversell.owner_queue) == (1, "stock-control")
    assert (oversell.root_cause.cause, oversell.root_cause.figure_qty) == (OversellCause.NOT_DELIVERED, None)


def test_g21_a_soft_hold_that_ends_before_the_order_gives_nothing_and_costs_nothing(shop: Shop) -> None:
    held = shop.hold(CUP=10)
    shop.clock.advance(minutes=16)
    order = shop.place(more={"hold": held}, CUP=10)
    assert (order.state, shop.reserved("CUP")) == (OrderState.PENDING_PAYMENT, 10)
    shop.cancel(order)

    lost = shop.hold(CUP=10)
    shop.clock.advance(minutes=16)
    shop.place(CUP=1)
    with pytest.raises(OutOfStock):
        shop.place(more={"hold": lost}, CUP=10)
