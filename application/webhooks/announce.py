"""The reaction that tells endpoints of an event: one delivery for each that hears of it, in the transaction of the event itself.

What is told is thin: ids and numbers, no names and no addresses. Whoever wants to know more asks, with rights of their own.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

import attrs

from houtai.application.plain import to_json
from houtai.application.webhooks.ports import ENDPOINT_BY_STATE, WebhooksTx
from houtai.domain.act import Act
from houtai.domain.aftersales.events import ClaimMoved
from houtai.domain.event import Event
from houtai.domain.ids import ChannelId, MerchantId, OrderId, WebhookDeliveryId, derive, uuid7
from houtai.domain.inventory.events import AvailabilityChanged
from houtai.domain.orders.events import (
    OrderCancelled,
    OrderCompleted,
    OrderConfirmed,
    OrderEvent,
    OrderExpired,
    OrderPaid,
    OrderPlaced,
    OrderRefunded,
    OrderShipped,
)
from houtai.domain.orders.order import Order
from houtai.domain.outbound.events import OutboundDelivered
from houtai.domain.outbound.state import OutboundKind
from houtai.domain.payments.events import RefundFailed, RefundSucceeded
from houtai.domain.refusal import AlreadyExists
from houtai.domain.webhooks.delivery import DeliveryState, WebhookDelivery
from houtai.domain.webhooks.endpoint import LISTENING, EndpointState, WebhookEndpoint
from houtai.domain.webhooks.event_type import EventType

SKUS_A_MESSAGE: Final = 100
"""So that a message stays below the 20 kB that the specification asks for."""


@attrs.frozen
class News:
    """What is told of an event, where it happened and whose goods it is about (None: the house's).

    `about` tells two apart that would read alike, such as the version of the order.
    """

    data: Mapping[str, Any]
    channel_id: ChannelId | None
    owners: Collection[MerchantId | None]
    about: str = ""


@attrs.frozen
class Topic:
    """A type, and what makes the news of its event; `tell` runs only where somebody listens, and reads what the deed holds."""

    type: EventType
    tell: Callable[[Any, Any], Sequence[News]]


def notify(tx: WebhooksTx, event: Event, act: Act) -> None:
    """The reaction: write the deliveries of an event. Without an endpoint for its type that is one look at what is kept here."""
    topic = TOPICS[type(event)]
    states = (state.value for state in LISTENING)
    listening = [one for one in tx.webhook_endpoints.by(ENDPOINT_BY_STATE, *states) if topic.type in one.types]
    for news in topic.tell(tx, event) if listening else ():
        hearing = [one for one in listening if one.hears(topic.type, news.channel_id, news.owners)]
        if hearing:
            _write(tx, topic.type, news, hearing, act)


def _write(tx: WebhooksTx, kind: EventType, news: News, hearing: Sequence[WebhookEndpoint], act: Act) -> None:
    body = body_of(kind.value, news.data, act)
    message = _message_id(body, f"{news.about} {act.correlation}", act)
    for endpoint in hearing:
        try:
            tx.webhook_deliveries.add(delivery_of(endpoint, message, kind.value, body, act))
        except AlreadyExists:
            return  # the deed has announced the very same twice


def body_of(kind: str, data: Mapping[str, Any], act: Act) -> str:
    """What is sent: type, moment and data, as the specification recommends."""
    return to_json({"type": kind, "timestamp": act.at.isoformat().replace("+00:00", "Z"), "data": data})


def delivery_of(endpoint: WebhookEndpoint, message: UUID, kind: str, body: str, act: Act) -> WebhookDelivery:
    """A new delivery to this endpoint: due now, or held where it is paused."""
    paused = endpoint.state is EndpointState.PAUSED
    return WebhookDelivery(
        id=WebhookDeliveryId(derive(message, endpoint.id)),
        endpoint_id=endpoint.id,
        message_id=f"msg_{message.hex}",
        type=kind,
        body=body,
        created_at=act.at,
        due_at=None if paused else act.at,
        state=DeliveryState.HELD if paused else DeliveryState.PENDING,
    )


def _message_id(body: str, about: str, act: Act) -> UUID:
    """The same for the same event however often its transaction runs, and in the order of time."""
    return uuid7(act.at, hashlib.blake2b(f"{about}\n{body}".encode(), digest_size=10).digest())


# -- what is told


def _order(tx: WebhooksTx, event: OrderEvent) -> Sequence[News]:
    order = tx.orders.get(event.order_id)
    return (_of_order(order, order.merchants),)


def _shipped(tx: WebhooksTx, event: OrderShipped) -> Sequence[News]:
    """To the owners of what left, not of all that the order holds."""
    order = tx.orders.get(event.order_id)
    left = {seq for seq, _ in event.lines}
    owners = {line.merchant_id for line in order.lines if line.seq in left}
    parcels = {"outbound_id": str(event.outbound_id), "carrier": event.carrier, "waybills": list(event.waybills)}
    return (_of_order(order, owners, **parcels, all_shipped=event.all_shipped),)


def _delivered(tx: WebhooksTx, event: OutboundDelivered) -> Sequence[News]:
    order = tx.orders.find(OrderId(event.source_id)) if event.source_id and event.kind is OutboundKind.SALES else None
    if order is None:
        return ()
    sent = tx.outbound_orders.get(event.outbound_id)  # others may travel in it
    came = {line.source_line for line in sent.lines_of(order.id)}
    owners = {line.merchant_id for line in order.lines if line.seq in came}
    return (_of_order(order, owners, outbound_id=str(event.outbound_id)),)


def _of_order(order: Order, owners: Collection[MerchantId | None], **more: Any) -> News:
    data = {"order_id": str(order.id), "number": order.number, "channel_id": str(order.channel_id)}
    external = {"external_id": order.external_id or None}
    return News({**data, **external, **more}, order.channel_id, owners, about=str(order.version))


def _claim(tx: WebhooksTx, event: ClaimMoved) -> Sequence[News]:
    """Where it stands now; who owns the goods of its order hears of it."""
    order = tx.orders.get(event.order_id)
    claim = tx.claims.get(event.claim_id)
    facts = {"claim_id": str(claim.id), "claim_number": claim.number, "kind": claim.kind.value, "state": event.after.value}
    told = _of_order(order, order.merchants, **facts)
    return (attrs.evolve(told, about=f"{claim.number} {event.version}"),)


def _refund(tx: WebhooksTx, event: RefundSucceeded | RefundFailed) -> Sequence[News]:
    """The amount, and not the provider's words, which may name somebody."""
    payment = tx.payments.get(event.payment_id)
    order = tx.orders.find(event.order_id)
    data = {
        "refund_id": str(event.refund_id),
        "payment_id": str(event.payment_id),
        "order_id": str(event.order_id),
        "amount": {"minor": event.amount_minor, "currency": event.currency},
    }
    return (News(data, payment.channel_id, (), about="" if order is None else str(order.version)),)


def _stock(tx: WebhooksTx, event: AvailabilityChanged) -> Sequence[News]:
    """By owner, since nobody hears of others' goods; how many there are is asked for."""
    by_owner: dict[MerchantId | None, list[dict[str, str]]] = {}
    for sku in tx.skus.many(event.sku_ids).values():
        by_owner.setdefault(sku.merchant_id, []).append({"sku_id": str(sku.id), "code": sku.code})
    return tuple(
        News({"skus": skus[start : start + SKUS_A_MESSAGE]}, None, (owner,))
        for owner, skus in by_owner.items()
        for start in range(0, len(skus), SKUS_A_MESSAGE)
    )


TOPICS: Final[Mapping[type[Event], Topic]] = {
    OrderPlaced: Topic(EventType.ORDER_PLACED, _order),
    OrderPaid: Topic(EventType.ORDER_PAID, _order),
    OrderConfirmed: Topic(EventType.ORDER_CONFIRMED, _order),
    OrderCancelled: Topic(EventType.ORDER_CANCELLED, _order),
    OrderExpired: Topic(EventType.ORDER_EXPIRED, _order),
    OrderShipped: Topic(EventType.ORDER_SHIPPED, _shipped),
    OutboundDelivered: Topic(EventType.ORDER_DELIVERED, _delivered),
    OrderCompleted: Topic(EventType.ORDER_COMPLETED, _order),
    OrderRefunded: Topic(EventType.ORDER_REFUNDED, _order),
    ClaimMoved: Topic(EventType.CLAIM_CHANGED, _claim),
    RefundSucceeded: Topic(EventType.REFUND_SUCCEEDED, _refund),
    RefundFailed: Topic(EventType.REFUND_FAILED, _refund),
    AvailabilityChanged: Topic(EventType.STOCK_CHANGED, _stock),
}
"""What endpoints are told of. Each of these events has `notify` among its reactions."""
