"""Where messages of the outbox go: one literal, from topic to deliverer, and the ends outside that they lead to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final, Protocol
from uuid import UUID

import attrs

from houtai.application.catalog.publish import PUSH, AcknowledgeListing, acknowledge_listing
from houtai.application.catalog.shelf import SHELF
from houtai.application.inventory.follow import (
    FOLLOW,
    FollowMerchant,
    MerchantSkus,
    follow_merchant as follow_merchant_now,
    skus_of_merchant,
)
from houtai.application.inventory.publish import TOPIC as STOCK
from houtai.application.inventory.sold_out import LOOK, LookAtShelf, look_at_shelf as look_at_shelf_now
from houtai.application.office import Office
from houtai.application.orders.ship import TOPIC as SHIPMENT
from houtai.application.outbox import Message
from houtai.application.payments.cashier import Cashier
from houtai.application.payments.ports import Gateways, NothingDone
from houtai.application.pricing.tell import TOPIC as PRICE, WHEN_DUE, TellPrices, tell_prices as tell_prices_now
from houtai.application.printing.ports import Press
from houtai.application.printing.request import TOPIC as PRINT
from houtai.application.printing.room import PrintRoom
from houtai.application.printing.track import ASK_TOPIC as ASK_PRINTER
from houtai.application.relay import Deliverer, NotDelivered
from houtai.application.shipping.dispatcher import Dispatcher
from houtai.application.shipping.pool import REFILL
from houtai.application.shipping.ports import CarrierAway, Carriers
from houtai.application.shipping.request import BUY
from houtai.application.shipping.void import VOID
from houtai.application.webhooks.replay import TOPIC as REPLAY, part_of_walk, send_part_again, walk_of
from houtai.domain.act import Act, Entry
from houtai.domain.catalog.listing import Outcome
from houtai.domain.ids import ChannelId, ListingId, MerchantId, PaymentId, PoolId, PrintJobId, RefundId, SkuId, WaybillId
from houtai.domain.printing.job import JobState


class ChannelGateway(Protocol):
    """A sales channel. Every call is idempotent by `message_id`; what it does is absolute, so a repetition does no harm.

    Each raises NotDelivered within a deadline of its own.
    """

    def push_listing(self, message_id: UUID, listing: Mapping[str, Any]) -> tuple[Outcome, ...] | None:
        """Create or change the items at their prices, on or off the shelf; the answer by SKU, None where it comes later."""

    def set_shelf(self, message_id: UUID, shelf: Mapping[str, Any]) -> None:
        """Put items on or off the shelf; with a lower `seq` than before, also in a listing, it is old and changes nothing."""

    def push_stock(self, message_id: UUID, figure: Mapping[str, Any]) -> None:
        """Tell the quantity of one SKU; a figure with a lower `seq` than one before is out of date and changes nothing."""

    def push_price(self, message_id: UUID, price: Mapping[str, Any]) -> None:
        """Tell the price of one SKU; one with a lower `seq` than one before, also in a listing, is old and changes nothing."""

    def push_shipment(self, message_id: UUID, shipment: Mapping[str, Any]) -> None:
        """Tell that units of an order of the channel's left, with which carrier and under which numbers."""


@attrs.frozen
class Outside:
    """The ends that messages lead to: payment providers and carriers by name, and what finds the channel for a channel id."""

    office: Office
    gateways: Gateways
    channel: Callable[[UUID], ChannelGateway]
    carriers: Carriers = attrs.field(factory=dict)
    press: Press | None = None

    def deliverers(self) -> Mapping[str, Deliverer]:
        """The deliverers of every topic on these ends."""
        return {topic: partial(deliver, self) for topic, deliver in DELIVERERS.items()}


def create_payment(outside: Outside, message: Message) -> None:
    """Tell a provider of a payment, asking first where an earlier try may have told it."""
    cashier = Cashier(outside.office, outside.gateways)
    try:
        cashier.create(PaymentId(UUID(message.payload["payment"])), first=message.attempts == 1)
    except NothingDone as away:
        raise NotDelivered(str(away)) from away


def pay_back(outside: Outside, message: Message) -> None:
    """Tell a provider of a refund, asking first where an earlier try may have told it."""
    cashier = Cashier(outside.office, outside.gateways)
    try:
        cashier.refund(RefundId(UUID(message.payload["refund"])), message.payload["attempt"])
    except NothingDone as away:
        raise NotDelivered(str(away)) from away


def push_listing(outside: Outside, message: Message) -> None:
    """Bring a listing to its channel and take the answer in."""
    payload = message.payload
    outcomes = outside.channel(UUID(payload["channel"])).push_listing(message.id, payload)
    if outcomes is not None:
        cmd = AcknowledgeListing(ListingId(UUID(payload["listing"])), payload["revision"], outcomes)
        act = Act.of_system(outside.office.clock.now(), Entry.TIMER)
        outside.office.perform(acknowledge_listing, cmd, act)


def set_shelf(outside: Outside, message: Message) -> None:
    """Put items on or off their channel's shelf."""
    outside.channel(UUID(message.payload["channel"])).set_shelf(message.id, message.payload)


def push_stock(outside: Outside, message: Message) -> None:
    """Bring a new quantity to its channel."""
    outside.channel(UUID(message.payload["channel_id"])).push_stock(message.id, message.payload)


def push_price(outside: Outside, message: Message) -> None:
    """Bring a new price to its channel."""
    outside.channel(UUID(message.payload["channel_id"])).push_price(message.id, message.payload)


def tell_prices(outside: Outside, message: Message) -> None:
    """A price begins or ends now: have the channels told."""
    skus = tuple(SkuId(UUID(one)) for one in message.payload["skus"])
    outside.office.perform(tell_prices_now, TellPrices(skus), Act.of_system(outside.office.clock.now(), Entry.TIMER))


def look_at_shelf(outside: Outside, message: Message) -> None:
    """Judge whether listings are sold out on their channel."""
    skus = tuple(SkuId(UUID(one)) for one in message.payload["skus"])
    cmd = LookAtShelf(ChannelId(UUID(message.payload["channel_id"])), skus)
    outside.office.perform(look_at_shelf_now, cmd, Act.of_system(outside.office.clock.now(), Entry.TIMER))


def follow_merchant(outside: Outside, message: Message) -> None:
    """Bring the next part of a merchant's goods to where the merchant stands."""
    merchant, act = MerchantId(UUID(message.payload["merchant"])), Act.of_system(outside.office.clock.now(), Entry.TIMER)
    part = outside.office.ask(skus_of_merchant, MerchantSkus(merchant, message.payload["cursor"]), act)
    cmd = FollowMerchant(merchant, message.payload["walk"], part.items, part.next_cursor)
    outside.office.perform(follow_merchant_now, cmd, act)


def push_shipment(outside: Outside, message: Message) -> None:
    """Tell a channel that units of its order left."""
    outside.channel(UUID(message.payload["channel"])).push_shipment(message.id, message.payload)


def buy_waybill(outside: Outside, message: Message) -> None:
    """Tell a carrier of a waybill, asking first where an earlier try may have told it."""
    dispatcher = Dispatcher(outside.office, outside.carriers)
    try:
        dispatcher.buy(WaybillId(UUID(message.payload["waybill"])), first=message.attempts == 1)
    except CarrierAway as away:
        raise NotDelivered(str(away)) from away


def void_waybill(outside: Outside, message: Message) -> None:
    """Tell a carrier that a waybill is to be undone, asking first where an earlier try may have told it."""
    dispatcher = Dispatcher(outside.office, outside.carriers)
    try:
        dispatcher.void(WaybillId(UUID(message.payload["waybill"])), first=message.attempts == 1)
    except CarrierAway as away:
        raise NotDelivered(str(away)) from away


def refill_pool(outside: Outside, message: Message) -> None:
    """Get a block of waybill numbers from a carrier."""
    try:
        Dispatcher(outside.office, outside.carriers).refill(PoolId(UUID(message.payload["pool"])), message.payload["block"])
    except CarrierAway as away:
        raise NotDelivered(str(away)) from away


def replay_webhooks(outside: Outside, message: Message) -> None:
    """Have the next part of an endpoint's deliveries sent again."""
    act = Act.of_system(outside.office.clock.now(), Entry.TIMER)
    part = outside.office.ask(part_of_walk, walk_of(message), act)
    outside.office.perform(send_part_again, part, act)


def print_job(outside: Outside, message: Message) -> None:
    """Bring a print job to its printer; later again while the printer is away or another process sends it."""
    job = _print_room(outside).deliver(PrintJobId(UUID(message.payload["job"])))
    if job.state in (JobState.QUEUED, JobState.SENT) and job.rounds == message.payload["round"]:
        raise NotDelivered(job.last_error or "it is on its way")


def ask_printer(outside: Outside, message: Message) -> None:
    """Ask a printer about a job that it accepted, until it is on paper or known not to be."""
    job = _print_room(outside).ask(PrintJobId(UUID(message.payload["job"])))
    if job.state is JobState.ACCEPTED and job.attempt == message.payload["attempt"]:
        raise NotDelivered(job.last_error or "the printer has not finished")


def _print_room(outside: Outside) -> PrintRoom:
    if outside.press is None:
        message = "this house has no press"
        raise NotDelivered(message)
    return PrintRoom(outside.office, outside.press)


DELIVERERS: Final[Mapping[str, Callable[[Outside, Message], None]]] = {
    "payments.create": create_payment,
    "payments.refund": pay_back,
    BUY: buy_waybill,
    VOID: void_waybill,
    REFILL: refill_pool,
    PRINT: print_job,
    ASK_PRINTER: ask_printer,
    PUSH: push_listing,
    SHELF: set_shelf,
    STOCK: push_stock,
    PRICE: push_price,
    WHEN_DUE: tell_prices,
    LOOK: look_at_shelf,
    FOLLOW: follow_merchant,
    SHIPMENT: push_shipment,
    REPLAY: replay_webhooks,
}
