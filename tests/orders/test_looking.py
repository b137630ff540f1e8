"""Finding and showing orders on every adapter: filters, pages, masks, and who sees what."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

import attrs
import pytest

from houtai.application.audit import Category
from houtai.application.orders.cancel import CancelOrder, cancel_order
from houtai.application.orders.hold import HoldOrder, ReleaseHold, hold_order, release_hold
from houtai.application.orders.note import AddNote, add_note
from houtai.application.orders.place import place_order
from houtai.application.orders.ports import OrderFilter
from houtai.application.orders.queries import ListOrders, OrderRow, list_orders, order_timeline, show_order
from houtai.application.orders.reveal import RevealReceiver, reveal_receiver
from houtai.application.paging import Page
from houtai.domain.act import Act
from houtai.domain.authority import HOUSE, Authority, Dimension, Grant
from houtai.domain.catalog.product import Source
from houtai.domain.customers.customer import Address
from houtai.domain.ids import OrderId, new_id
from houtai.domain.orders.state import OrderState
from houtai.domain.refusal import Forbidden, InvalidValue, NotFound
from tests.catalog.arrange import live, new_sku, some_category, some_merchant, some_product
from tests.inventory.arrange import receive
from tests.orders.shop import HOME, Shop

CLERK = UUID(int=78)


def clerk(shop: Shop, *grants: Grant, actor: UUID = CLERK) -> Act:
    return attrs.evolve(shop.act, actor=actor, name="clerk", authority=Authority(actor, grants))


def found(shop: Shop, act: Act | None = None, page: Page = Page(), **where: Any) -> list[str]:
    rows = shop.office.ask(list_orders, ListOrders(OrderFilter(**where), page), act or shop.act).items
    return sorted((row.number for row in rows), reverse=True)  # two of one millisecond have no order


def test_orders_are_found_by_what_clerks_know_of_them(shop: Shop) -> None:
    first = shop.place(CUP=1)
    other = shop.place(more={"receiver": attrs.evolve(HOME, phone="+86 139-0000-8888")}, BOWL=1)
    shop.clock.advance(days=1)
    sold = shop.import_order(shop.sold_by_channel("TM-7", CUP=1))
    held = shop.office.perform(hold_order, HoldOrder(sold.id, "buyer called", "risk"), shop.act)
    assert found(shop) == [sold.number, other.number, first.number]
    assert found(shop, states=frozenset({OrderState.PENDING_PAYMENT})) == [other.number, first.number]
    assert found(shop, phone_tail="8888") == [other.number]
    assert found(shop, phone_tail="39 0000 8888") == [other.number]
    assert found(shop, phone_tail="13900008887") == []
    assert found(shop, phone_tail="nobody") == []
    assert found(shop, number_prefix="SO-20261122-") == [other.number, first.number]
    assert found(shop, number_prefix=sold.number) == [sold.number]
    assert found(shop, external_id="TM-7", channel_id=shop.channel) == [sold.number]
    assert found(shop, customer_id=shop.buyer) == [other.number, first.number]
    assert found(shop, queue="risk") == [held.number]
    day = dt.timedelta(days=1)
    assert found(shop, since=first.placed_at, until=first.placed_at + day) == [other.number, first.number]
    assert found(shop, merchant_id=new_id()) == []


def test_a_list_is_cut_into_pages_without_loss(shop: Shop) -> None:
    placed = sorted((shop.place(CUP=1) for _ in range(5)), key=lambda order: order.id, reverse=True)
    seen: list[OrderRow] = []
    page = Page(limit=2)
    while True:
        part = shop.office.ask(list_orders, ListOrders(page=page), shop.act)
        seen += part.items
        if not part.has_more:
            break
        page = attrs.evolve(page, cursor=part.next_cursor)
    assert [row.number for row in seen] == [order.number for order in placed]


def test_lists_and_details_show_a_receiver_masked(shop: Shop) -> None:
    order = shop.place(CUP=1)
    receiver = shop.office.ask(show_order, order.id, shop.act).row.receiver
    assert (receiver.name, receiver.phone, receiver.address) == ("王**", "138 **** **78", "浙江 杭州 西湖区 ***")
    blind = clerk(shop, Grant("orders.read", hidden=frozenset({"phone"})))
    assert shop.office.ask(show_order, order.id, blind).row.receiver.phone == "•••"


def test_a_receiver_is_revealed_one_by_one_and_each_look_is_logged(shop: Shop) -> None:
    order = shop.place(CUP=1)
    assert shop.office.perform(reveal_receiver, RevealReceiver(order.id, "courier cannot find it"), shop.act) == HOME
    with pytest.raises(InvalidValue):
        RevealReceiver(order.id, "")
    with pytest.raises(Forbidden):
        shop.office.perform(reveal_receiver, RevealReceiver(order.id, "curious"), clerk(shop, Grant("orders.read")))
    with shop.office._store.snapshot() as views:
        log = views.audit_chain()
    looks = [entry.entry for entry in log if entry.entry.category is Category.DISCLOSURE]
    assert [(look.deed, look.command["reason"]) for look in looks] == [("reveal_receiver", "courier cannot find it")]
    assert "龙井路" not in str([(entry.entry.command, entry.entry.changes) for entry in log])


def test_whoever_may_not_see_a_part_of_a_receiver_is_not_shown_the_whole(shop: Shop) -> None:
    order = shop.place(CUP=1)
    for hidden in ("name", "phone", "address"):
        support = clerk(shop, Grant("orders.reveal", hidden=frozenset({hidden})))
        with pytest.raises(Forbidden, match=f"hides {hidden}") as refused:
            shop.office.perform(reveal_receiver, RevealReceiver(order.id, "courier cannot find it"), support)
        assert refused.value.reason == "hidden"
    priced = clerk(shop, Grant("orders.reveal", hidden=frozenset({"cost"})))
    assert shop.office.perform(reveal_receiver, RevealReceiver(order.id, "courier cannot find it"), priced) == HOME


def test_notes_stand_in_the_timeline_with_author_and_time(shop: Shop) -> None:
    order = shop.place(CUP=1)
    noted = shop.office.perform(add_note, AddNote(order.id, "买家要求周末送"), clerk(shop, Grant("orders.note")))
    entries = shop.office.ask(order_timeline, order.id, shop.act)
    assert [(entry.event, entry.actor_name, entry.version) for entry in entries] == [
        ("placed", "system", 1),
        ("note", "clerk", 2),
    ]
    assert (entries[1].details["text"], noted.version) == ("买家要求周末送", 2)


def test_an_order_of_another_channel_is_as_good_as_none(shop: Shop) -> None:
    order = shop.paid(CUP=1)
    elsewhere = clerk(shop, Grant("orders.*", {Dimension.CHANNEL: frozenset({new_id()})}))
    assert found(shop, elsewhere) == []
    for key in (order.id, new_id()):
        with pytest.raises(NotFound, match=f"no order {key}"):
            shop.office.ask(show_order, OrderId(key), elsewhere)
        with pytest.raises(NotFound, match=f"no order {key}"):
            shop.office.perform(cancel_order, CancelOrder(OrderId(key), "not mine"), elsewhere)


def test_a_merchant_sees_its_own_lines_of_an_order_and_changes_nothing(shop: Shop) -> None:
    merchant = some_merchant(shop.office, shop.act)
    fan = new_sku("SILK-FAN")
    category = some_category(shop.office, shop.act, "FANS")
    product = some_product(shop.office, shop.act, category, fan, code="FANS", merchant=merchant, source=Source.MERCHANT)
    live(shop.office, shop.act, product, shop.channel)
    receive(shop.office, shop.act, shop.warehouse, (fan.id, 5), unit_minor=0)
    shop.sku["SILK-FAN"] = fan.id
    shop.price("SILK-FAN", 3000)
    order = shop.paid((), {"remark": "remark for the house"}, **{"CUP": 1, "SILK-FAN": 2})
    theirs = clerk(shop, Grant("orders.*", {Dimension.MERCHANT: frozenset({merchant})}))
    seen = shop.office.ask(show_order, order.id, theirs)
    assert ([line.sku_code for line in seen.lines], seen.payable_minor, seen.whole) == (["SILK-FAN"], 6000, False)
    assert (seen.remark, seen.tenders, seen.row.lines, found(shop, theirs)) == ("", (), 1, [order.number])
    assert all(not entry.details for entry in shop.office.ask(order_timeline, order.id, theirs))
    with pytest.raises(Forbidden):
        shop.office.perform(cancel_order, CancelOrder(order.id, "mine"), theirs)
    house = clerk(shop, Grant("orders.read", {Dimension.MERCHANT: frozenset({HOUSE})}))
    assert [line.sku_code for line in shop.office.ask(show_order, order.id, house).lines] == ["CUP"]
    assert found(shop, merchant_id=merchant) == [order.number]


def test_a_clerk_cancels_up_to_the_amount_that_may_be_refunded(shop: Shop) -> None:
    order = shop.paid(CUP=2)
    junior = clerk(shop, Grant("orders.cancel", limits={"refund_minor": 19979}))
    with pytest.raises(Forbidden) as refusal:
        shop.office.perform(cancel_order, CancelOrder(order.id, "too much for me"), junior)
    assert refusal.value.reason == "over-limit"
    senior = clerk(shop, Grant("orders.cancel", limits={"refund_minor": 19980}))
    assert shop.office.perform(cancel_order, CancelOrder(order.id, "allowed"), senior).state is OrderState.CANCELLED


def test_a_buyer_places_and_cancels_only_for_itself(shop: Shop) -> None:
    own = tuple(Grant(verb, own_only=True) for verb in ("orders.place", "orders.cancel"))
    buyer = clerk(shop, *own, actor=shop.buyer)
    order = shop.office.perform(place_order, shop.wish(CUP=1), buyer)
    stranger = clerk(shop, *own)
    with pytest.raises(Forbidden):
        shop.office.perform(place_order, shop.wish(CUP=1), stranger)
    with pytest.raises(NotFound):
        shop.office.perform(cancel_order, CancelOrder(order.id, "not mine"), stranger)
    assert shop.office.perform(cancel_order, CancelOrder(order.id, "mine"), buyer).state is OrderState.CANCELLED


def test_an_order_over_the_releasers_limit_stays_on_hold(shop: Shop) -> None:
    order = shop.paid(more={"receiver": Address("王小明", region="浙江")}, CUP=1)
    junior = clerk(shop, Grant("orders.release-hold", limits={"payable_minor": 5000}))
    with pytest.raises(Forbidden):
        shop.office.perform(release_hold, ReleaseHold(order.id, "looks fine"), junior)
    assert shop.order(order).state is OrderState.HOLD
