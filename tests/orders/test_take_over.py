"""Orders that channels have sold: booked once and as the channel says, with what does not fit in the open."""

from __future__ import annotations

import threading

import attrs
import pytest

from houtai.application.catalog.publish import AcknowledgeListing, acknowledge_listing
from houtai.application.inventory.settle import CloseOversell, FillOversell, close_oversell, fill_oversell
from houtai.application.orders.hold import ReleaseHold, SettleException, release_hold, settle_exception
from houtai.application.orders.take_over import MatchGoods, match_goods
from houtai.domain.catalog.listing import Outcome
from houtai.domain.ids import SkuId
from houtai.domain.orders.importing import ChannelDiscount, ChannelLine, ChannelPayment
from houtai.domain.orders.order import Order
from houtai.domain.orders.refusals import ImportDiffers, StillShort, StillUnmatched
from houtai.domain.orders.state import OrderState
from houtai.domain.refusal import CurrencyMismatch
from tests.catalog.arrange import approved, drafted, item_of, new_sku, pushed, some_category, some_product
from tests.inventory.arrange import receive
from tests.orders.shop import Shop


def test_a_paid_order_of_a_channel_is_confirmed_and_booked_on_its_account(shop: Shop) -> None:
    pushed_order = shop.sold_by_channel(CUP=2, BOWL=1)
    order = shop.import_order(
        attrs.evolve(
            pushed_order,
            freight_minor=800,
            discounts=(ChannelDiscount("满减", 1000),),
            payments=(ChannelPayment("alipay", 20770), ChannelPayment("platform", 5000, subsidy=True)),
        )
    )
    assert (order.state, order.payable_minor, order.paid_minor) == (OrderState.CONFIRMED, 25770, 25770)
    assert (order.goods_minor, order.discount_minor, order.freight_minor) == (25970, 1000, 800)
    assert [shop.balance(name) for name in ("channel-clearing", "subsidy-receivable", "customer-deposits")] == [
        20770,
        5000,
        -25770,
    ]
    assert (shop.reserved("CUP"), shop.reserved("BOWL")) == (2, 1)
    assert shop.story(order) == ["imported", "confirmed"]


def test_the_same_push_again_changes_nothing(shop: Shop) -> None:
    first = shop.import_order(shop.sold_by_channel(CUP=1))
    again = shop.import_order(attrs.evolve(shop.sold_by_channel(CUP=1), sold_at=shop.clock.now()))
    assert again == shop.order(first)
    assert (shop.reserved("CUP"), shop.balance("channel-clearing")) == (1, 9990)
    with pytest.raises(ImportDiffers):
        shop.import_order(shop.sold_by_channel(CUP=2))


def test_sixteen_pushes_at_once_make_one_order(shop: Shop) -> None:
    answers: list[Order] = []
    pushes = [shop.sold_by_channel(CUP=1) for _ in range(16)]
    callers = [threading.Thread(target=lambda cmd=cmd: answers.append(shop.import_order(cmd))) for cmd in pushes]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    assert (len(answers), len({order.id for order in answers})) == (16, 1)
    assert (shop.reserved("CUP"), shop.balance("customer-deposits")) == (1, -9990)


def test_another_currency_than_the_channels_is_refused(shop: Shop) -> None:
    with pytest.raises(CurrencyMismatch):
        shop.import_order(attrs.evolve(shop.sold_by_channel(CUP=1), currency="USD"))


def test_goods_are_known_by_our_own_code_where_nothing_is_bound(shop: Shop) -> None:
    line = ChannelLine("unbound item", "茶杯", 1, 9990, sku_code="CUP")
    order = shop.import_order(attrs.evolve(shop.sold_by_channel(CUP=1), lines=(line,)))
    assert (order.state, order.lines[0].sku_id, order.lines[0].list_minor) == (OrderState.CONFIRMED, shop.sku["CUP"], 9990)


def test_a_bundle_sold_by_a_channel_is_reserved_by_its_components(shop: Shop) -> None:
    line = ChannelLine(item_of(shop.sku["SET"]), "礼盒", 1, 19900)
    payments = (ChannelPayment("alipay", 19900),)
    order = shop.import_order(attrs.evolve(shop.sold_by_channel(CUP=1), lines=(line,), payments=payments))
    assert [(one.sku_code, one.qty, one.paid_minor) for one in order.lines] == [("POT", 1, 12036), ("TRAY", 2, 7864)]
    assert (shop.reserved("POT"), shop.reserved("TRAY")) == (1, 2)


def test_a_difference_that_finance_accepts_lets_the_order_go_on(shop: Shop) -> None:
    push = shop.sold_by_channel(CUP=1)
    order = shop.import_order(attrs.evolve(push, payments=(ChannelPayment("alipay", 9000),)))
    assert (order.state, shop.reserved("CUP")) == (OrderState.EXCEPTION, 1)
    settled = shop.office.perform(settle_exception, SettleException(order.id, "a coupon of the channel"), shop.act)
    assert (settled.state, shop.cases()) == (OrderState.CONFIRMED, [])


def test_a_channel_order_that_is_cancelled_leaves_a_refund_to_be_paid_by_the_channel(shop: Shop) -> None:
    order = shop.import_order(shop.sold_by_channel(CUP=1))
    shop.cancel(order)
    assert [refund.amount.minor for refund in shop.refunds(order)] == [9990]
    assert shop.cases() == ["refund-by-hand"]


def test_unknown_goods_are_booked_and_matched_once_they_are_bound(shop: Shop) -> None:
    line = ChannelLine("new-item", "新款茶杯", 2, 5000)
    known = ChannelLine(item_of(shop.sku["BOWL"]), "碗", 1, 5990)
    push = attrs.evolve(shop.sold_by_channel(CUP=1), lines=(known, line), payments=(ChannelPayment("alipay", 15990),))
    order = shop.import_order(push)
    assert order.hold is not None
    assert (order.state, order.hold.queue, order.lines[1].sku_id) == (OrderState.EXCEPTION, "catalog", None)
    assert (shop.reserved("BOWL"), shop.cases(), shop.balance("channel-clearing")) == (1, ["unmatched-goods"], 15990)
    with pytest.raises(StillUnmatched):
        shop.office.perform(settle_exception, SettleException(order.id, "let it go"), shop.act)
    assert shop.office.perform(match_goods, MatchGoods(order.id), shop.act) == shop.order(order)

    new = _listed(shop, "MUG", "new-item")
    matched = shop.office.perform(match_goods, MatchGoods(order.id), shop.act)
    assert (matched.state, matched.lines[1].sku_id, matched.lines[1].sku_code) == (OrderState.CONFIRMED, new, "MUG")
    assert shop.cases() == []


def _listed(shop: Shop, code: str, item: str) -> SkuId:
    """A new product whose SKU the channel calls by this item."""
    office = shop.office
    sku = new_sku(code)
    product = some_product(office, shop.act, some_category(office, shop.act, code), sku, code=f"P-{code}")
    listing = pushed(office, shop.act, approved(office, shop.act, drafted(office, shop.act, product, shop.channel)))
    office.perform(acknowledge_listing, AcknowledgeListing(listing.id, listing.revision, (Outcome(sku.id, item),)), shop.act)
    receive(office, shop.act, shop.warehouse, (sku.id, 5))
    return sku.id


def test_stock_that_comes_lets_an_oversold_order_go_on(shop: Shop) -> None:
    order = shop.import_order(shop.sold_by_channel(CUP=12))
    assert ([line.shortage_qty for line in order.lines], shop.reserved("CUP")) == ([2], 10)
    with pytest.raises(StillShort):
        shop.office.perform(release_hold, ReleaseHold(order.id, "send what is there"), shop.act)
    shop.take_in(CUP=2)
    oversell = shop.oversell(order)
    shop.office.perform(fill_oversell, FillOversell(oversell.id, oversell.version), shop.act)
    filled = shop.order(order)
    assert (filled.state, filled.short_lines(), shop.reserved("CUP")) == (OrderState.CONFIRMED, (), 12)
    assert shop.story(order) == ["imported", "stopped", "filled", "resumed", "confirmed"]


def test_a_shortage_that_is_solved_another_way_lets_the_order_go_on(shop: Shop) -> None:
    order = shop.import_order(shop.sold_by_channel(CUP=11))
    oversell = shop.oversell(order)
    shop.office.perform(close_oversell, CloseOversell(oversell.id, oversell.version, "the maker ships it"), shop.act)
    settled = shop.order(order)
    assert (settled.state, settled.lines[0].shortage_qty, settled.lines[0].settled_qty) == (OrderState.CONFIRMED, 1, 1)


def test_an_oversold_order_that_is_cancelled_owes_no_stock(shop: Shop) -> None:
    order = shop.import_order(shop.sold_by_channel(CUP=11))
    shop.cancel(order)
    assert (shop.oversell(order).state.value, shop.reserved("CUP")) == ("closed", 0)
    assert shop.place(CUP=10).state is OrderState.PENDING_PAYMENT
