"""A day in the shop, as a storekeeper would tell it: what is sold, paid, held, taken back, and what stock and money say."""

from __future__ import annotations

from houtai.application.inventory.settle import FillOversell, fill_oversell
from houtai.application.orders.hold import ReleaseHold, release_hold
from houtai.application.orders.note import AddNote, add_note
from houtai.domain.orders.state import OrderState
from houtai.domain.pricing.coupons import CouponState
from tests.flows.street import Street


def test_a_buyer_orders_pays_and_the_order_goes_on_to_the_warehouse(street: Street) -> None:
    shop = street.shop
    shop.charge_freight(1000)
    shop.give_spoon()
    coupon = shop.coupon(3000)

    # The buyer looks at the basket, holds the goods while paying, and orders.
    quote = shop.quote([coupon], CUP=1, BOWL=3)
    assert (quote.payable_minor, [line.paid_minor for line in quote.lines]) == (25960, [8918, 16042])
    held = shop.hold(CUP=1, BOWL=3)
    order = shop.place([coupon], more={"hold": held}, CUP=1, BOWL=3)
    assert (shop.reserved("CUP"), shop.reserved("BOWL"), shop.reserved("SPOON")) == (1, 3, 4)

    # The provider tells us of the money three times over; it counts once.
    paid = street.buyer_pays(order, copies=3)
    assert (paid.state, paid.paid_minor) == (OrderState.CONFIRMED, 25960)
    assert (shop.balance("cash"), shop.balance("customer-deposits")) == (25960, -25960)
    assert shop.coupon_of(coupon).state is CouponState.REDEEMED
    assert shop.story(order) == ["placed", "paid", "confirmed"]


def test_a_remark_is_read_before_the_order_goes_on(street: Street) -> None:
    shop = street.shop
    order = street.buyer_pays(shop.place(more={"remark": "麻烦写张贺卡"}, CUP=1))
    assert order.hold is not None
    assert (order.state, order.hold.queue) == (OrderState.HOLD, "customer-service")
    shop.office.perform(add_note, AddNote(order.id, "贺卡已写"), shop.act)
    released = shop.office.perform(release_hold, ReleaseHold(order.id, "card is in the box"), shop.act)
    assert released.state is OrderState.CONFIRMED
    assert shop.story(order) == ["placed", "paid", "stopped", "note", "confirmed"]


def test_a_buyer_who_changes_their_mind_gets_everything_back(street: Street) -> None:
    shop = street.shop
    shop.charge_freight(1000)
    shop.give_spoon()
    coupon = shop.coupon(3000)
    order = street.buyer_pays(shop.place([coupon], CUP=2))
    shop.cancel(order)
    street.messages_go_round()  # the refund goes to the provider, its answer comes back
    assert [(one.amount.minor, one.state.value) for one in shop.refunds(order)] == [(17980, "succeeded")]
    assert street.gateway.money_out(order.tenders[0].payment_id) == 17980
    assert [shop.balance(name) for name in ("cash", "customer-deposits", "refund-payable")] == [0, 0, 0]
    assert (shop.reserved("CUP"), shop.reserved("SPOON"), shop.coupon_of(coupon).state) == (0, 0, CouponState.ISSUED)
    assert shop.story(order) == ["placed", "paid", "confirmed", "cancelled", "refunded"]


def test_two_buyers_want_the_last_cups_and_the_slower_one_pays_too_late(street: Street) -> None:
    shop = street.shop
    slow = shop.place(CUP=10)
    street.messages_go_round()  # the provider shows the slow buyer where to pay
    street.minutes_pass(31)
    quick = street.buyer_pays(shop.place(CUP=10))
    late = street.buyer_pays(slow)
    assert (quick.state, late.state, shop.reserved("CUP")) == (OrderState.CONFIRMED, OrderState.EXPIRED, 10)
    assert street.gateway.money_out(slow.tenders[0].payment_id) == 99900
    assert [shop.balance(name) for name in ("cash", "customer-deposits", "refund-payable")] == [99900, -99900, 0]
    assert shop.story(slow) == ["placed", "expired", "money-returned", "refunded"]


def test_a_channel_sells_what_is_not_there_and_the_goods_come_in(street: Street) -> None:
    shop = street.shop
    shop.publish("CUP")
    street.messages_go_round()
    assert street.shown("CUP") == 10

    order = shop.import_order(shop.sold_by_channel(CUP=12))
    street.messages_go_round()
    assert (order.state, order.short_lines()[0].shortage_qty, street.shown("CUP")) == (OrderState.HOLD, 2, 0)

    shop.take_in(CUP=5)
    oversell = shop.oversell(order)
    shop.office.perform(fill_oversell, FillOversell(oversell.id, oversell.version), shop.act)
    street.messages_go_round()
    assert (shop.order(order).state, shop.reserved("CUP"), street.shown("CUP")) == (OrderState.CONFIRMED, 12, 3)
