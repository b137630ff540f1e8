"""Who is erased is gone from the orders too: from ended ones at once, from others when they end; goods and money stay."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

from houtai.adapters.sql.doctor.examine import examine
from houtai.adapters.sql.doctor.persons import CHECKS
from houtai.adapters.sql.store import SqlStore
from houtai.application.customers.keep import EraseCustomer, RevealCustomer, erase_customer, reveal_customer
from houtai.application.house import OF_DOCUMENT
from houtai.application.orders.place import place_order
from houtai.application.orders.reveal import RevealReceiver, reveal_receiver
from houtai.application.who_saw import ListDisclosures, list_disclosures
from houtai.domain.customers.customer import ERASED_NAME, Address
from houtai.domain.orders.state import OrderState
from houtai.domain.payments.refund import RefundState
from houtai.domain.refusal import NotFound
from tests.orders.shop import HOME, Shop, read_timeline

GONE = Address(ERASED_NAME, "", "CN", "浙江", "杭州")
REMARK = {"remark": "请打 13812345678 找王小明"}


def erase(shop: Shop) -> None:
    shop.office.perform(erase_customer, EraseCustomer(shop.buyer, 1), shop.act)


def doctor_says(shop: Shop) -> list[str]:
    store: Any = shop.office._store
    return [finding.id for finding in examine(store, CHECKS).broken()] if isinstance(store, SqlStore) else []


def test_ended_orders_forget_the_buyer_at_once_and_keep_goods_and_money(shop: Shop) -> None:
    order = shop.paid(CUP=1, more=REMARK)
    ended = shop.cancel(order)
    erase(shop)
    left = shop.order(order)
    assert (left.receiver, left.remark) == (GONE, "")
    assert left == attrs.evolve(ended, receiver=GONE, remark="", version=ended.version + 1)
    assert shop.office.ask(read_timeline, order.id, shop.act)[-1].event == "buyer-erased"
    assert doctor_says(shop) == []


def test_an_order_under_way_keeps_its_receiver_until_it_is_cancelled(shop: Shop) -> None:
    shop.no_rules()
    order = shop.paid(CUP=1)
    erase(shop)
    assert (shop.order(order).receiver, doctor_says(shop)) == (HOME, [])
    shop.cancel(order)
    assert (shop.order(order).receiver, doctor_says(shop)) == (GONE, [])


def test_an_order_that_expires_forgets_the_buyer_and_late_money_goes_back(shop: Shop) -> None:
    order = shop.place(CUP=1)
    erase(shop)
    assert shop.let_expire() == 1
    assert (shop.order(order).state, shop.order(order).receiver) == (OrderState.EXPIRED, GONE)
    shop.capture(order)
    assert shop.order(order).state is OrderState.EXPIRED
    assert [refund.state for refund in shop.refunds(order)] == [RefundState.CREATED]


def test_orders_of_others_are_left_alone(shop: Shop) -> None:
    mine = shop.cancel(shop.import_order(shop.sold_by_channel(CUP=1)))
    erase(shop)
    assert shop.order(mine) == mine


def test_who_was_erased_orders_nothing_more_and_a_channel_sale_is_nobodys(shop: Shop) -> None:
    wish = shop.wish(CUP=1)
    erase(shop)
    with pytest.raises(NotFound, match="customer"):
        shop.office.perform(place_order, wish, shop.act)
    sold = shop.import_order(attrs.evolve(shop.sold_by_channel(CUP=1), customer=shop.buyer))
    assert (sold.customer_id, sold.receiver) == (None, HOME)


def test_neither_log_nor_timeline_ever_held_the_person(shop: Shop) -> None:
    order = shop.paid(CUP=1, more=REMARK)
    shop.policy(blocked_phones=("13812345678",))
    with shop.office._store.snapshot() as views:
        written = str([(row.entry.command, row.entry.changes) for row in views.audit_chain()])
        lines = str([line.details for line in views.timeline.by(OF_DOCUMENT, order.id)])
    assert not [word for word in ("王小明", "13812345678", "138 1234 5678", "龙井路", "请打") if word in written + lines]


def test_a_person_learns_who_saw_them_when_and_why(shop: Shop) -> None:
    order = shop.place(CUP=1)
    shop.office.perform(reveal_customer, RevealCustomer(shop.buyer, "核对收货地址"), shop.act)
    for reason in ("courier cannot find it", "courier cannot find it again"):
        shop.office.perform(reveal_receiver, RevealReceiver(order.id, reason), shop.act)

    def reasons(**wanted: Any) -> list[str]:
        found = shop.office.ask(list_disclosures, ListDisclosures(**wanted), shop.act).items
        return sorted(disclosure.reason for disclosure in found)

    assert reasons(record_id=shop.buyer) == ["核对收货地址"]
    assert reasons(record_id=order.id) == ["courier cannot find it", "courier cannot find it again"]
    assert len(reasons(actor=shop.act.actor)) == 3
    assert reasons(record_id=shop.channel) == []
