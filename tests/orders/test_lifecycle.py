"""From quote to confirmed or cancelled, on every adapter: what each step binds, books and frees again."""

from __future__ import annotations

import datetime as dt
import random

import attrs
import pytest

from houtai.application.orders.hold import HoldOrder, ReleaseHold, SettleException, hold_order, release_hold, settle_exception
from houtai.application.orders.pay import PayAgain, pay_again
from houtai.application.orders.place import place_order
from houtai.application.orders.timers import run_due_timers
from houtai.domain.catalog.refusals import NotOnSale
from houtai.domain.customers.customer import Address
from houtai.domain.ids import PaymentId, SkuId, new_id
from houtai.domain.inventory.refusals import OutOfStock
from houtai.domain.money import Money
from houtai.domain.orders.refusals import NothingToPay, NotOnHold, TendersDiffer
from houtai.domain.orders.state import OrderState
from houtai.domain.orders.tender import TenderState, TenderWish
from houtai.domain.pricing.coupons import CouponState
from houtai.domain.pricing.promotions import ReturnPolicy, SpendAndSave, Tier
from houtai.domain.pricing.refusals import BudgetSpent, CouponSpent, PriceChanged
from houtai.domain.refusal import AlreadyExists, IllegalMove, NotFound, VersionConflict
from tests.orders.shop import HOME, PROVIDER, Shop

CASH = 9990


def test_a_placed_order_freezes_what_was_agreed(shop: Shop) -> None:
    shop.charge_freight(1000)
    order = shop.order(shop.place([shop.coupon(3000)], CUP=1, BOWL=3))
    assert [(line.discount_minor, line.paid_minor, line.freight_minor) for line in order.lines] == [
        (1072, 8918, 333),
        (1928, 16042, 667),
    ]
    assert (order.payable_minor, order.state, order.number) == (25960, OrderState.PENDING_PAYMENT, "SO-20261122-000001")
    assert order.expires_at == shop.clock.now() + dt.timedelta(minutes=30)
    assert (order.receiver, order.customer_id, order.currency) == (HOME, shop.buyer, "CNY")


def test_what_is_stored_and_answered_again_is_what_was_agreed(shop: Shop) -> None:
    shop.charge_freight(1000)
    shop.give_spoon(substitutes=(shop.sku["FAN"],))
    shop.promote(SpendAndSave((Tier(10000, 500),)), on_return=ReturnPolicy.REPRICE, stackable=True)
    wish = shop.wish([shop.coupon(3000, stackable=True)], {"remark": "易碎"}, CUP=7, SET=1)
    order = shop.office.perform(place_order, wish, shop.act, key="one wish")
    assert shop.office.perform(place_order, wish, shop.act, key="one wish") == order == shop.order(order)
    assert {line.sku_code: line.shortage_qty for line in order.lines if line.is_gift} == {"SPOON": 0}
    assert {(one.source_type.value, one.on_return.value) for one in order.promotions} >= {
        ("order-promotion", "reprice"),
        ("coupon", "keep"),
    }
    shop.capture(order)
    held = shop.order(order)
    assert (held.state, held.hold is not None and held.hold.rules) == (OrderState.HOLD, ("buyer-remark",))


def test_a_bundle_is_booked_as_its_components(shop: Shop) -> None:
    order = shop.order(shop.place(SET=1))
    assert [(line.sku_code, line.qty, line.paid_minor) for line in order.lines] == [("POT", 1, 12036), ("TRAY", 2, 7864)]
    assert {(line.bundle.code, line.bundle.qty) for line in order.lines if line.bundle} == {("SET", 1)}
    assert (shop.reserved("POT"), shop.reserved("TRAY")) == (1, 2)


def test_a_discount_that_changed_since_the_quote_refuses_the_order_and_leaves_no_trace(shop: Shop) -> None:
    wish = shop.wish(CUP=4)
    shop.promote(SpendAndSave((Tier(30000, 5000),)))
    with pytest.raises(PriceChanged) as refusal:
        shop.office.perform(place_order, wish, shop.act)
    assert (refusal.value.quoted_minor, refusal.value.payable_minor) == (39960, 34960)
    assert shop.reserved("CUP") == 0
    with pytest.raises(NotFound):
        shop.order(wish.order)


def test_goods_off_the_channel_are_refused(shop: Shop) -> None:
    basket = attrs.evolve(shop.basket(CUP=1), channel_id=shop.channel)
    unknown = attrs.evolve(basket.lines[0], sku_id=SkuId(new_id()))
    with pytest.raises((NotOnSale, NotFound)):
        shop.office.perform(place_order, attrs.evolve(shop.wish(CUP=1), basket=attrs.evolve(basket, lines=(unknown,))), shop.act)


def test_a_refusal_over_stock_gives_coupon_and_budget_back_untouched(shop: Shop) -> None:
    coupon = shop.coupon(1000, campaign_id=shop.campaign(5000).id)
    with pytest.raises(OutOfStock):
        shop.place([coupon], CUP=11)
    assert shop.coupon_of(coupon).state is CouponState.ISSUED
    assert shop.place([coupon], CUP=1).discount_minor == 1000


def test_a_coupon_serves_one_order_at_a_time(shop: Shop) -> None:
    coupon = shop.coupon()
    wishes = [shop.wish([coupon], CUP=1) for _ in range(2)]
    first = shop.office.perform(place_order, wishes[0], shop.act)
    with pytest.raises(CouponSpent):
        shop.office.perform(place_order, wishes[1], shop.act)
    shop.capture(first)
    assert shop.coupon_of(coupon).state is CouponState.REDEEMED
    shop.cancel(first)
    assert shop.coupon_of(coupon).state is CouponState.ISSUED


def test_a_budget_that_is_spent_stops_the_coupon_until_an_order_gives_it_back(shop: Shop) -> None:
    campaign = shop.campaign(1500)
    first, second = shop.coupon(1000, campaign_id=campaign.id), shop.coupon(1000, campaign_id=campaign.id)
    order = shop.place([first], CUP=1)
    with pytest.raises(BudgetSpent):
        shop.place([second], CUP=1)
    shop.let_expire()
    assert shop.place([second], CUP=1).discount_minor == 1000
    assert shop.order(order).state is OrderState.EXPIRED


def test_an_order_is_placed_once_under_its_id(shop: Shop) -> None:
    wish = shop.wish(CUP=1)
    shop.office.perform(place_order, wish, shop.act)
    with pytest.raises(AlreadyExists):
        shop.office.perform(place_order, wish, shop.act)


def test_a_gift_that_is_short_is_owed_and_blocks_nothing(shop: Shop) -> None:
    shop.give_spoon(substitutes=(shop.sku["FAN"],))
    shop.take_in(SPOON=1)  # eleven spoons and ten fans are here
    order = shop.paid(CUP=10)
    other = shop.paid(BOWL=10)
    third = shop.paid(TRAY=4)
    told = [[(line.sku_code, line.qty, line.shortage_qty) for line in one.lines if line.is_gift] for one in (order, other, third)]
    assert told == [[("SPOON", 10, 0)], [("SPOON", 1, 0), ("FAN", 9, 0)], [("SPOON", 3, 3), ("FAN", 1, 0)]]
    assert [one.state for one in (order, other, third)] == [OrderState.CONFIRMED] * 3
    assert shop.cases() == ["gift-owed"]
    shop.cancel(third)
    assert shop.cases() == []


def test_two_tenders_pay_an_order_together(shop: Shop) -> None:
    tenders = (TenderWish(PaymentId(new_id()), PROVIDER, 4000), TenderWish(PaymentId(new_id()), "balance"))
    order = shop.place(more={"tenders": tenders}, CUP=1)
    assert [tender.amount_minor for tender in order.tenders] == [4000, 5990]
    shop.capture(order)
    assert (shop.order(order).state, shop.order(order).paid_minor) == (OrderState.PENDING_PAYMENT, 4000)
    shop.cancel(order)
    assert [refund.amount.minor for refund in shop.refunds(order)] == [4000]
    assert shop.balance("customer-deposits") == 0


def test_tenders_that_do_not_add_up_are_refused(shop: Shop) -> None:
    with pytest.raises(TendersDiffer):
        shop.place(more={"tenders": (TenderWish(PaymentId(new_id()), PROVIDER, 1),)}, CUP=1)


def test_a_second_payment_beside_the_first_goes_back(shop: Shop) -> None:
    order = shop.place(CUP=1)
    shop.decline(order)
    tender = TenderWish(PaymentId(new_id()), PROVIDER)
    asked = shop.office.perform(pay_again, PayAgain(order.id, tender), shop.act)
    with pytest.raises(NothingToPay):
        shop.office.perform(pay_again, PayAgain(order.id, TenderWish(PaymentId(new_id()), PROVIDER)), shop.act)
    shop.capture(asked, tender=1)
    shop.capture(asked, tender=0)  # the first one came through after all
    assert [one.state for one in shop.order(order).tenders] == [TenderState.GIVEN_BACK, TenderState.CAPTURED]
    assert shop.balance("customer-deposits") == -CASH


def test_one_payment_that_comes_in_twice_goes_back_once(shop: Shop) -> None:
    order = shop.paid(CUP=1)
    shop.capture(order, event="second charge", ref="other money")
    assert [refund.reason for refund in shop.refunds(order)] == ["paid twice"]
    assert (shop.order(order).state, shop.story(order)[-1]) == (OrderState.CONFIRMED, "paid-twice")


def test_a_wrong_amount_is_a_case_and_never_a_payment(shop: Shop) -> None:
    order = shop.place(CUP=1)
    shop.capture(order, minor=1)
    assert shop.order(order).state is OrderState.PENDING_PAYMENT
    assert shop.cases() == ["wrong-amount"]


def test_a_cancelled_order_frees_everything_and_owes_the_money_back(shop: Shop) -> None:
    coupon = shop.coupon()
    order = shop.paid([coupon], CUP=2)
    ended = shop.cancel(order)
    assert (ended.state, shop.reserved("CUP"), shop.coupon_of(coupon).state) == (OrderState.CANCELLED, 0, CouponState.ISSUED)
    assert [refund.amount.minor for refund in shop.refunds(order)] == [18980]
    assert (shop.balance("customer-deposits"), shop.balance("refund-payable"), shop.balance("cash")) == (0, -18980, 18980)
    with pytest.raises(IllegalMove):
        shop.cancel(order)
    assert len(shop.refunds(order)) == 1


def test_an_order_expires_alone_when_its_time_is_over(shop: Shop) -> None:
    coupon = shop.coupon()
    order, paid = shop.place([coupon], CUP=1), shop.paid(BOWL=1)
    shop.clock.advance(minutes=29)
    assert run_due_timers(shop.office) == 0
    assert shop.let_expire() == 1
    assert shop.let_expire() == 0
    assert (shop.order(order).state, shop.order(paid).state) == (OrderState.EXPIRED, OrderState.CONFIRMED)
    assert (shop.reserved("CUP"), shop.coupon_of(coupon).state) == (0, CouponState.ISSUED)
    assert [payment.state.value for payment in shop.payments(order)] == ["expired"]


def test_late_money_takes_goods_and_coupon_once_more(shop: Shop) -> None:
    coupon = shop.coupon()
    order = shop.place([coupon], CUP=1)
    shop.let_expire()
    shop.capture(order)
    assert shop.order(order).state is OrderState.CONFIRMED
    assert (shop.reserved("CUP"), shop.coupon_of(coupon).state) == (1, CouponState.REDEEMED)


def test_late_money_goes_back_where_the_coupon_serves_another_order(shop: Shop) -> None:
    coupon = shop.coupon()
    order = shop.place([coupon], CUP=1)
    shop.let_expire()
    shop.place([coupon], BOWL=1)
    shop.capture(order)
    assert (shop.order(order).state, shop.reserved("CUP")) == (OrderState.EXPIRED, 0)
    assert [refund.amount.minor for refund in shop.refunds(order)] == [8990]


@pytest.mark.parametrize("seed", range(3))
def test_duplicates_in_any_order_leave_the_same_end(shop: Shop, seed: int) -> None:
    order = shop.place(CUP=1)
    shop.cancel(order)
    told = ["a", "a", "b", "b", "a"]
    random.Random(seed).shuffle(told)
    for event in told:
        shop.capture(order, event=event)
    assert (shop.order(order).state, len(shop.refunds(order))) == (OrderState.CANCELLED, 1)
    assert shop.balance("refund-payable") == -CASH


def test_a_remark_holds_the_order_until_somebody_has_read_it(shop: Shop) -> None:
    order = shop.paid(more={"remark": "请用礼盒"}, CUP=1)
    assert order.hold is not None
    assert (order.state, order.hold.rules, order.hold.queue) == (OrderState.HOLD, ("buyer-remark",), "customer-service")
    released = shop.office.perform(release_hold, ReleaseHold(order.id, "gift box added"), shop.act)
    assert (released.state, released.hold, shop.reserved("CUP")) == (OrderState.CONFIRMED, None, 1)
    assert shop.story(order) == ["placed", "paid", "stopped", "confirmed"]
    with pytest.raises(NotOnHold):
        shop.office.perform(release_hold, ReleaseHold(order.id, "again"), shop.act)


def test_a_stored_policy_says_what_is_looked_at(shop: Shop) -> None:
    shop.policy(rules={"amount-over-threshold", "address-incomplete"}, amount_over=Money(10000, "CNY"))
    cheap = shop.paid(more={"remark": "read by nobody"}, CUP=1)
    dear = shop.paid(CUP=2)
    nowhere = shop.paid(more={"receiver": Address("王小明", region="浙江")}, CUP=1)
    rules = [one.hold.rules if one.hold else () for one in (cheap, dear, nowhere)]
    assert rules == [(), ("amount-over-threshold",), ("address-incomplete",)]
    assert {cheap.audit_version, dear.audit_version} == {1}
    with pytest.raises(VersionConflict):
        shop.policy()


def test_a_merge_window_keeps_the_order_open_for_its_time(shop: Shop) -> None:
    shop.policy(merge_minutes=10)
    order = shop.paid(CUP=1)
    assert (order.state, order.confirm_at) == (OrderState.PAID, shop.clock.now() + dt.timedelta(minutes=10))
    held = shop.office.perform(hold_order, HoldOrder(order.id, "buyer called"), shop.act)
    assert shop.office.perform(release_hold, ReleaseHold(held.id, "done"), shop.act).state is OrderState.PAID
    shop.clock.advance(minutes=10)
    assert run_due_timers(shop.office) == 1
    assert shop.order(order).state is OrderState.CONFIRMED


def test_an_order_held_for_too_long_loses_its_goods_to_stock_control(shop: Shop) -> None:
    order = shop.paid(CUP=10)
    shop.office.perform(hold_order, HoldOrder(order.id, "buyer called", "risk"), shop.act)
    shop.clock.advance(hours=73)
    assert run_due_timers(shop.office) == 1
    lapsed = shop.order(order)
    assert lapsed.hold is not None
    assert (lapsed.state, lapsed.hold.rules, lapsed.hold.queue) == (
        OrderState.EXCEPTION,
        ("by-hand", "reservation-lapsed"),
        "stock-control",
    )
    assert (shop.reserved("CUP"), shop.cases()) == (0, ["reservation-lapsed"])

    other = shop.place(CUP=1)
    settle = SettleException(order.id, "reserved once more")
    with pytest.raises(OutOfStock):
        shop.office.perform(settle_exception, settle, shop.act)
    shop.cancel(other)
    assert shop.office.perform(settle_exception, settle, shop.act).state is OrderState.CONFIRMED
    assert (shop.reserved("CUP"), shop.cases(), shop.order(order).short_lines()) == (10, [], ())


def test_only_an_order_that_is_paid_can_be_held(shop: Shop) -> None:
    with pytest.raises(IllegalMove):
        shop.office.perform(hold_order, HoldOrder(shop.place(CUP=1).id, "too early"), shop.act)
