"""What happens in the house is told in the transaction that it happens in, to those who asked and may know, and to nobody else."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import attrs
import pytest

from houtai.application.catalog.define import DefineChannel, define_channel
from houtai.application.office import Office
from houtai.application.orders.place import place_order
from houtai.application.orders.timers import run_due_timers
from houtai.application.payments.answers import RecordRefundAnswer, record_refund_answer, submit_refund
from houtai.application.payments.refund import RefundPayment, refund_payment
from houtai.application.reactions import REACTIONS
from houtai.application.webhooks.announce import TOPICS, notify
from houtai.application.webhooks.endpoints import MoveWebhookEndpoint, disable_webhook_endpoint, pause_webhook_endpoint
from houtai.domain.catalog.product import Source
from houtai.domain.ids import ChannelId, MerchantId, RefundId, WebhookEndpointId, new_id
from houtai.domain.inventory.refusals import OutOfStock
from houtai.domain.money import Money
from houtai.domain.orders.order import Order
from houtai.domain.outbound.events import OutboundDelivered
from houtai.domain.payments.answer import GatewayAnswer, Standing
from houtai.domain.webhooks.delivery import DeliveryState, WebhookDelivery
from houtai.domain.webhooks.endpoint import SigningSecret, WebhookEndpoint
from houtai.domain.webhooks.event_type import OF_THE_HOUSE, EventType
from tests.catalog.arrange import live, new_sku, some_category, some_merchant, some_product
from tests.conftest import StillClock
from tests.inventory.arrange import receive
from tests.orders.make import line, order as an_order
from tests.orders.test_ship import arrive
from tests.outbound.arrange import line as outbound_line, order as outbound_order
from tests.outbound.dispatch import Dispatch
from tests.webhooks.hooks import URL, Hooks

OTHER_URL = "https://other.example.com/hook"
EVERYTHING = tuple(EventType)


def told(delivery: WebhookDelivery) -> Any:
    return json.loads(delivery.body)


def refund(hooks: Hooks, order: Order, standing: Standing) -> RefundId:
    """Asked for by hand, told to the provider, answered."""
    asked = RefundPayment(RefundId(new_id()), order.tenders[0].payment_id, Money(100, "CNY"), "a scratch")
    made = hooks.perform(refund_payment, asked)
    hooks.perform(submit_refund, made.id)
    done = standing is Standing.DONE
    answer = GatewayAnswer(standing, hooks.clock.now(), money_ref="m" if done else "", amount=asked.amount if done else None)
    hooks.perform(
        record_refund_answer, RecordRefundAnswer(made.id, made.attempt, attrs.evolve(answer, error="" if done else "no"))
    )
    return asked.refund


def merchants_tea(hooks: Hooks) -> MerchantId:
    """A merchant whose SKU the shop sells as TEA."""
    shop = hooks.shop
    merchant, sku = some_merchant(hooks.office, shop.act, "A"), new_sku("TEA", weight_g=100)
    category = some_category(hooks.office, shop.act, "TEAS")
    product = some_product(hooks.office, shop.act, category, sku, code="P-TEA", merchant=merchant, source=Source.MERCHANT)
    live(hooks.office, shop.act, product, shop.channel)
    receive(hooks.office, shop.act, shop.warehouse, (sku.id, 20), unit_minor=0)
    shop.sku["TEA"] = sku.id
    shop.price("TEA", 3_000)
    return merchant


def test_an_order_from_its_placing_to_its_end_is_told_step_by_step(office: Office, clock: StillClock) -> None:
    hooks = Hooks(office, clock, rules=True)
    endpoint = hooks.endpoint(*EVERYTHING[:-1]).endpoint.id
    dispatch = Dispatch(hooks.shop)
    order = hooks.shop.paid(CUP=1)
    dispatch.shipped(order)
    arrive(dispatch, order)
    clock.advance(days=7)
    run_due_timers(hooks.office)
    kinds = ["order.completed", "order.confirmed", "order.delivered", "order.paid", "order.placed", "order.shipped"]
    assert hooks.types(endpoint) == kinds
    assert {told(one)["data"]["order_id"] for one in hooks.deliveries()} == {str(order.id)}


def test_a_delivery_in_which_others_travel_is_told_to_those_whose_goods_of_this_order_came() -> None:
    merchant = MerchantId(new_id())
    bought = an_order(line(1), line(2, merchant_id=merchant))
    joint = outbound_order(
        attrs.evolve(outbound_line(1), source_line=1, source_id=bought.id),
        attrs.evolve(outbound_line(2), source_line=2, source_id=new_id()),  # of another order that travels with it
    )
    tx = SimpleNamespace(
        orders=SimpleNamespace(find={bought.id: bought}.get),
        outbound_orders=SimpleNamespace(get={joint.id: joint}.__getitem__),
    )
    event = OutboundDelivered(joint.id, joint.number, joint.kind, joint.warehouse_id, bought.id)
    (news,) = TOPICS[OutboundDelivered].tell(tx, event)
    assert news.owners == {None}


def test_an_order_that_ends_early_is_told_as_well(hooks: Hooks) -> None:
    hooks.endpoint(EventType.ORDER_CANCELLED, EventType.ORDER_EXPIRED)
    hooks.shop.cancel(hooks.shop.place(CUP=1))
    hooks.shop.place(CUP=1)
    hooks.shop.let_expire()
    assert hooks.types() == ["order.cancelled", "order.expired"]


@pytest.mark.parametrize(("standing", "kind"), [(Standing.DONE, "refund.succeeded"), (Standing.FAILED, "refund.failed")])
def test_a_refund_is_told_with_its_amount_and_not_with_the_providers_words(hooks: Hooks, standing: Standing, kind: str) -> None:
    hooks.endpoint(*OF_THE_HOUSE)
    order = hooks.shop.paid(CUP=1)
    back = refund(hooks, order, standing)
    (delivery,) = hooks.deliveries()
    assert told(delivery) == {
        "type": kind,
        "timestamp": hooks.clock.now().isoformat().replace("+00:00", "Z"),
        "data": {
            "refund_id": str(back),
            "payment_id": str(order.tenders[0].payment_id),
            "order_id": str(order.id),
            "amount": {"minor": 100, "currency": "CNY"},
        },
    }


def test_nothing_of_the_buyer_leaves_the_house(hooks: Hooks) -> None:
    hooks.endpoint(*EVERYTHING)
    order = hooks.shop.paid(more={"remark": "ring twice"}, CUP=1)
    bodies = " ".join(one.body for one in hooks.deliveries())
    assert order.number in bodies
    receiver = order.receiver
    for secret in (receiver.recipient, receiver.phone, receiver.street, receiver.city, "ring twice", str(hooks.shop.buyer)):
        assert secret not in bodies


def test_stock_that_changes_is_told_by_owner_without_figures(hooks: Hooks) -> None:
    merchant = merchants_tea(hooks)
    house = hooks.endpoint(EventType.STOCK_CHANGED).endpoint.id
    theirs = hooks.endpoint(EventType.STOCK_CHANGED, url=OTHER_URL, merchant=merchant).endpoint.id
    hooks.shop.place(TEA=1, CUP=1)
    skus = {"sku_id": str(hooks.shop.sku["TEA"]), "code": "TEA"}
    assert [told(one)["data"] for one in hooks.deliveries(theirs)] == [{"skus": [skus]}]
    codes = sorted(sku["code"] for one in hooks.deliveries(house) for sku in told(one)["data"]["skus"])
    assert codes == ["CUP", "TEA"]


def test_a_merchant_hears_of_orders_with_its_goods_and_of_no_others(hooks: Hooks) -> None:
    merchant, stranger = merchants_tea(hooks), some_merchant(hooks.office, hooks.act, "B")
    theirs = hooks.endpoint(merchant=merchant).endpoint.id
    others = hooks.endpoint(merchant=stranger).endpoint.id
    hooks.shop.place(CUP=1)
    mixed = hooks.shop.place(CUP=1, TEA=1)
    assert [told(one)["data"]["order_id"] for one in hooks.deliveries(theirs)] == [str(mixed.id)]
    assert hooks.deliveries(others) == []


def test_an_endpoint_of_a_channel_hears_of_that_channel(hooks: Hooks) -> None:
    elsewhere = DefineChannel(ChannelId(new_id()), "MALL", "商城", "CNY")
    hooks.perform(define_channel, elsewhere)
    here, there = (hooks.endpoint(channel=channel).endpoint.id for channel in (hooks.shop.channel, elsewhere.channel))
    hooks.shop.place(CUP=1)
    assert (len(hooks.deliveries(here)), hooks.deliveries(there)) == (1, [])


@pytest.mark.parametrize(
    ("channel", "merchant", "hears"),
    [
        (None, None, True),
        (1, None, True),
        (2, None, False),
        (None, 1, True),
        (None, 2, False),
        (1, 2, False),
        (2, 1, False),
        (1, 1, True),
    ],
)
def test_who_hears(channel: int | None, merchant: int | None, hears: bool) -> None:  # a table
    channels = {number: ChannelId(new_id()) for number in (1, 2)}
    merchants = {number: MerchantId(new_id()) for number in (1, 2)}
    at = StillClock().now()
    endpoint = WebhookEndpoint(
        id=WebhookEndpointId(new_id()),
        url=URL,
        types=(EventType.ORDER_PAID,),
        created_at=at,
        secrets=(SigningSecret("sealed", at),),
        channel_id=None if channel is None else channels[channel],
        merchant_id=None if merchant is None else merchants[merchant],
    )
    assert endpoint.hears(EventType.ORDER_PAID, channels[1], {None, merchants[1]}) is hears
    assert not endpoint.hears(EventType.ORDER_PLACED, channels[1], {None, merchants[1]})


def test_each_endpoint_gets_the_same_message_as_a_delivery_of_its_own(hooks: Hooks) -> None:
    for url in (URL, OTHER_URL):
        hooks.endpoint(url=url)
    hooks.shop.place(CUP=1)
    first, second = hooks.deliveries()
    assert first.message_id == second.message_id
    assert (first.body, first.id != second.id) == (second.body, True)


def test_a_refused_order_tells_nobody(hooks: Hooks) -> None:
    hooks.endpoint(*EVERYTHING)
    wish = hooks.shop.wish(POT=30)
    hooks.shop.hold(POT=30)
    with pytest.raises(OutOfStock):
        hooks.perform(place_order, wish)
    assert "order.placed" not in hooks.types()


def test_the_same_order_asked_for_twice_is_told_once(hooks: Hooks) -> None:
    hooks.endpoint()
    wish = hooks.shop.wish(CUP=1)
    for _ in range(2):
        hooks.office.perform(place_order, wish, hooks.act, key="once")
    assert hooks.types() == ["order.placed"]


def test_a_paused_endpoint_keeps_its_deliveries_and_a_disabled_one_has_none(hooks: Hooks) -> None:
    paused, disabled = (hooks.endpoint(url=url).endpoint.id for url in (URL, OTHER_URL))
    hooks.perform(pause_webhook_endpoint, MoveWebhookEndpoint(paused, "moving house"))
    hooks.perform(disable_webhook_endpoint, MoveWebhookEndpoint(disabled))
    hooks.shop.place(CUP=1)
    assert [(one.endpoint_id, one.state, one.due_at) for one in hooks.deliveries()] == [(paused, DeliveryState.HELD, None)]


def test_what_endpoints_are_told_of_and_the_reactions_agree() -> None:
    assert {event for event, reactions in REACTIONS.items() if notify in reactions} == set(TOPICS)
    assert {topic.type for topic in TOPICS.values()} == set(EventType)
