"""Orders over HTTP: quote, place, pay again, look, note, hold, settle, cancel, take over from channels, reveal."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from houtai.application.orders.cancel import CancelOrder, cancel_order
from houtai.application.orders.hold import HoldOrder, ReleaseHold, SettleException, hold_order, release_hold, settle_exception
from houtai.application.orders.note import AddNote, add_note
from houtai.application.orders.pay import PayAgain, pay_again
from houtai.application.orders.place import PlaceOrder, place_order
from houtai.application.orders.policy import GetAuditPolicy, SetAuditPolicy, get_audit_policy, set_audit_policy
from houtai.application.orders.ports import OrderFilter
from houtai.application.orders.queries import ListOrders, list_orders, order_timeline, show_order
from houtai.application.orders.quote import QuoteOrder, quote_order
from houtai.application.orders.reveal import RevealReceiver, reveal_receiver
from houtai.application.orders.take_over import ImportChannelOrder, MatchGoods, import_channel_order, match_goods
from houtai.domain.catalog.refusals import NotOnSale
from houtai.domain.ids import ChannelId, CustomerId, HoldId, MerchantId, OrderId, derive
from houtai.domain.inventory.refusals import OutOfStock
from houtai.domain.ledger.refusals import PeriodClosed
from houtai.domain.orders.policy import RULE_NAMES
from houtai.domain.orders.refusals import ImportDiffers, NothingToPay, NotOnHold, StillShort, StillUnmatched, TendersDiffer
from houtai.domain.orders.state import OrderState
from houtai.domain.outbound.refusals import MustReturn
from houtai.domain.payments.refusals import PaymentDiffers
from houtai.domain.points.refusals import NoPointsHere, PointsNeedCustomer, PointsOverShare, PointsShort
from houtai.domain.pricing import refusals as pricing
from houtai.domain.refusal import IllegalMove, VersionConflict
from houtai.domain.shipping.freight import NotDelivered
from houtai.entrypoints.http import wire
from houtai.entrypoints.http.desk import Desk
from houtai.entrypoints.http.orders_out import (
    AddressOut,
    AuditPolicyOut,
    OrderDetailOut,
    OrderOut,
    OrderRowOut,
    QuoteOut,
    TimelineListOut,
    detail_out,
    order_out,
    policy_out,
    quote_out,
    row_out,
    shown,
    timeline_out,
)
from houtai.entrypoints.http.orders_wire import (
    AddressIn,
    BasketIn,
    ChannelDiscounts,
    ChannelLineIn,
    ChannelPaymentIn,
    Digest,
    ExternalId,
    Region,
    Remark,
    TenderIn,
)
from houtai.entrypoints.http.routes import Routes

ROUTES = Routes("orders", "Orders, from the quote to the confirmed order, and what stands in their way.")

IN_POINTS = (NoPointsHere, PointsNeedCustomer, PointsShort, PointsOverShare)
PRICED = (
    NotOnSale,
    NotDelivered,
    pricing.NotPriced,
    pricing.OnlyGifts,
    pricing.GiftNotForSale,
    pricing.PriceBelowFloor,
    pricing.CouponSpent,
    pricing.CouponNotValidNow,
    pricing.CouponNotApplicable,
    pricing.CouponThresholdNotMet,
    pricing.CouponsDoNotStack,
    pricing.BudgetSpent,
)


class NewQuote(wire.Wire, kw_only=True):
    """A basket, and the region that it would go to."""

    basket: BasketIn
    region: Region = ""


@ROUTES.post("/order-quotes", quote_order, keyed=False, refuses=PRICED)
def post_order_quote(desk: Desk, body: NewQuote) -> QuoteOut:
    """Ask what a basket costs now, freight included, with the trace of its price. Nothing is promised or stored."""
    return quote_out(desk.ask(quote_order, QuoteOrder(body.basket.value(), body.region)))


class NewOrder(wire.Wire, kw_only=True):
    """An order: the basket with the quote that the buyer saw, where it goes, how it is paid.

    `tenders` add up to what is to pay; with nothing to pay they are left out. `hold_id` names the buyer's soft hold.
    """

    basket: BasketIn
    receiver: AddressIn
    quote_digest: Digest
    quoted_minor: wire.Minor
    tenders: Annotated[tuple[TenderIn, ...], Meta(max_length=10)] = ()
    hold_id: wire.Id | None = None
    remark: Remark = ""
    id: wire.Id | None = None


@ROUTES.post(
    "/orders",
    place_order,
    status=201,
    location="/orders/{id}",
    refuses=(*PRICED, pricing.PriceChanged, OutOfStock, TendersDiffer, PaymentDiffers, PeriodClosed, *IN_POINTS),
)
def post_order(desk: Desk, body: NewOrder) -> OrderOut:
    """Place an order: priced once more, coupons locked, stock reserved, payment asked for; whole or not at all."""
    order_id = OrderId(desk.new_id(body.id))
    cmd = PlaceOrder(
        order=order_id,
        basket=body.basket.value(),
        receiver=body.receiver.value(),
        quote_digest=body.quote_digest,
        quoted_minor=body.quoted_minor,
        tenders=tuple(one.value(derive(order_id, "payment", place)) for place, one in enumerate(body.tenders)),
        hold=None if body.hold_id is None else HoldId(body.hold_id),
        remark=body.remark,
    )
    return order_out(desk.perform(place_order, cmd))


class NewTender(wire.Wire):
    """Another payment for what is left to pay."""

    tender: TenderIn


@ROUTES.post(
    "/orders/{order_id}/payments",
    pay_again,
    refuses=(NothingToPay, TendersDiffer, PaymentDiffers, PeriodClosed, *IN_POINTS),
)
def post_order_payment(desk: Desk, order_id: wire.Id, body: NewTender) -> OrderOut:
    """Ask for another payment after one has failed."""
    tender = body.tender.value(desk.new_id())
    return order_out(desk.perform(pay_again, PayAgain(OrderId(order_id), tender)))


class OrderQuery(wire.PageQuery):
    """Which orders to list; all conditions hold."""

    state: OrderState | None = None
    channel_id: wire.Id | None = None
    merchant_id: wire.Id | None = None
    customer_id: wire.Id | None = None
    since: wire.Moment | None = None
    until: wire.Moment | None = None
    external_id: Annotated[str, Meta(max_length=128)] = ""
    number_prefix: Annotated[str, Meta(max_length=40, examples=["SO-20261122"])] = ""
    phone_tail: Annotated[str, Meta(max_length=24, description="The last digits of the receiver's number.")] = ""
    queue: Annotated[str, Meta(max_length=64)] = ""


@ROUTES.get("/orders", list_orders)
def get_orders(desk: Desk, query: OrderQuery) -> wire.Listed[OrderRowOut]:
    """List orders, newest first, receivers masked."""
    where = OrderFilter(
        states=frozenset() if query.state is None else frozenset([query.state]),
        channel_id=None if query.channel_id is None else ChannelId(query.channel_id),
        merchant_id=None if query.merchant_id is None else MerchantId(query.merchant_id),
        customer_id=None if query.customer_id is None else CustomerId(query.customer_id),
        since=query.since,
        until=query.until,
        external_id=query.external_id,
        number_prefix=query.number_prefix,
        phone_tail=query.phone_tail,
        queue=query.queue,
    )
    return wire.listed(desk.ask(list_orders, ListOrders(where, query.page())), row_out)


@ROUTES.get("/orders/{order_id}", show_order)
def get_order(desk: Desk, order_id: wire.Id) -> OrderDetailOut:
    """Look at one order with its lines, discounts and sums."""
    return detail_out(desk.ask(show_order, OrderId(order_id)))


@ROUTES.get("/orders/{order_id}/timeline", order_timeline)
def get_order_timeline(desk: Desk, order_id: wire.Id) -> TimelineListOut:
    """See everything that happened to an order, notes included."""
    return timeline_out(desk.ask(order_timeline, OrderId(order_id)))


class NewNote(wire.Wire):
    """A note for the house; buyers never see it."""

    text: Annotated[str, Meta(min_length=1, max_length=2_000)]


@ROUTES.post("/orders/{order_id}/notes", add_note)
def post_order_note(desk: Desk, order_id: wire.Id, body: NewNote) -> OrderOut:
    """Write a note on an order."""
    return order_out(desk.perform(add_note, AddNote(OrderId(order_id), body.text)))


class Why(wire.Wire):
    """The reason for a deed."""

    reason: wire.Reason


@ROUTES.post(
    "/orders/{order_id}/cancel", cancel_order, match="optional", refuses=(IllegalMove, VersionConflict, MustReturn, PeriodClosed)
)
def post_order_cancel(desk: Desk, order_id: wire.Id, body: Why) -> OrderOut:
    """Cancel an order before it ships: goods and coupons are free again, what was paid goes back whole."""
    cmd = CancelOrder(OrderId(order_id), body.reason, desk.version_if_given)
    return order_out(desk.perform(cancel_order, cmd))


class Stop(wire.Wire):
    """Why an order is held, and who owns it."""

    reason: wire.Reason
    queue: wire.Code = "customer-service"


@ROUTES.post("/orders/{order_id}/hold", hold_order, match="optional", refuses=(IllegalMove, VersionConflict))
def post_order_hold(desk: Desk, order_id: wire.Id, body: Stop) -> OrderOut:
    """Hold a paid order; the queue owns it until its due time."""
    cmd = HoldOrder(OrderId(order_id), body.reason, body.queue, desk.version_if_given)
    return order_out(desk.perform(hold_order, cmd))


@ROUTES.post("/orders/{order_id}/release", release_hold, match="optional", refuses=(NotOnHold, StillShort, VersionConflict))
def post_order_release(desk: Desk, order_id: wire.Id, body: Why) -> OrderOut:
    """Let a held order go on in spite of what was found."""
    cmd = ReleaseHold(OrderId(order_id), body.reason, desk.version_if_given)
    return order_out(desk.perform(release_hold, cmd))


class Resolution(wire.Wire):
    """How an exception was settled."""

    resolution: wire.Reason


@ROUTES.post(
    "/orders/{order_id}/settle-exception",
    settle_exception,
    match="optional",
    refuses=(NotOnHold, StillUnmatched, OutOfStock, VersionConflict),
)
def post_order_settle_exception(desk: Desk, order_id: wire.Id, body: Resolution) -> OrderOut:
    """Settle what did not fit; the audit rules look at the order again."""
    cmd = SettleException(OrderId(order_id), body.resolution, desk.version_if_given)
    return order_out(desk.perform(settle_exception, cmd))


@ROUTES.post("/orders/{order_id}/match-goods", match_goods)
def post_order_match_goods(desk: Desk, order_id: wire.Id) -> OrderOut:
    """Look once more what a channel's unknown goods are, after they were bound to SKUs."""
    return order_out(desk.perform(match_goods, MatchGoods(OrderId(order_id))))


# The answer holds personal data: it is not kept for repetitions, so the route knows no Idempotency-Key.
@ROUTES.post("/orders/{order_id}/reveal", reveal_receiver, keyed=False)
def post_order_reveal(desk: Desk, order_id: wire.Id, body: Why) -> AddressOut:
    """See a receiver in full; who looked and why stays in the operation log."""
    return shown(AddressOut, desk.perform(reveal_receiver, RevealReceiver(OrderId(order_id), body.reason)))


class NewChannelOrder(wire.Wire, kw_only=True):
    """A paid order as its channel sold it: prices, discounts and freight are what the channel charged."""

    channel_id: wire.Id
    external_id: ExternalId
    currency: wire.Currency
    lines: Annotated[tuple[ChannelLineIn, ...], Meta(min_length=1, max_length=1_000)]
    payments: Annotated[tuple[ChannelPaymentIn, ...], Meta(max_length=10)]
    sold_at: wire.Moment
    receiver: AddressIn = AddressIn()
    freight_minor: wire.Minor = 0
    discounts: ChannelDiscounts = ()
    customer_id: wire.Id | None = None
    remark: Remark = ""
    id: wire.Id | None = None


@ROUTES.post("/channel-orders", import_channel_order, status=201, location="/orders/{id}", refuses=(ImportDiffers, PeriodClosed))
def post_channel_order(desk: Desk, body: NewChannelOrder) -> OrderOut:
    """Take over a paid order of a channel. The same push again is the first order, under whatever key."""
    cmd = ImportChannelOrder(
        order=OrderId(desk.new_id(body.id)),
        channel=ChannelId(body.channel_id),
        external_id=body.external_id,
        currency=body.currency,
        lines=tuple(line.value() for line in body.lines),
        payments=tuple(payment.value() for payment in body.payments),
        sold_at=body.sold_at,
        receiver=body.receiver.value(),
        freight_minor=body.freight_minor,
        discounts=tuple(one.value() for one in body.discounts),
        customer=None if body.customer_id is None else CustomerId(body.customer_id),
        remark=body.remark,
    )
    return order_out(desk.perform(import_channel_order, cmd))


class PolicyIn(wire.Wire, kw_only=True):
    """Which rules look at paid orders, with their numbers, and the time limits."""

    rules: Annotated[tuple[wire.Code, ...], wire.Few] = RULE_NAMES
    amount_over: wire.Money | None = None
    blocked_phones: Annotated[tuple[Annotated[str, Meta(max_length=24)], ...], Meta(max_length=10_000)] = ()
    anomaly_percent: Annotated[int, Meta(ge=1, le=100)] = 30
    payment_minutes: Annotated[int, Meta(ge=1, le=43_200)] = 30
    merge_minutes: Annotated[int, Meta(ge=0, le=1_440)] = 0
    hold_hours: Annotated[int, Meta(ge=1, le=1_440)] = 24
    reserve_hours: Annotated[int, Meta(ge=1, le=8_760)] = 72

    def command(self, version: int, channel_id: ChannelId | None) -> SetAuditPolicy:
        """As the command of this version."""
        return SetAuditPolicy(
            expected_version=version,
            channel=channel_id,
            rules=frozenset(self.rules),
            amount_over=None if self.amount_over is None else self.amount_over.value(),
            blocked_phones=self.blocked_phones,
            anomaly_percent=self.anomaly_percent,
            payment_minutes=self.payment_minutes,
            merge_minutes=self.merge_minutes,
            hold_hours=self.hold_hours,
            reserve_hours=self.reserve_hours,
        )


@ROUTES.get("/audit-policy", get_audit_policy)
def get_audit_policy_of_house(desk: Desk) -> AuditPolicyOut:
    """See the audit policy of all channels that have none of their own."""
    return policy_out(desk.ask(get_audit_policy, GetAuditPolicy()))


@ROUTES.put("/audit-policy", set_audit_policy, match="optional", refuses=(VersionConflict,))
def put_audit_policy_of_house(desk: Desk, body: PolicyIn) -> AuditPolicyOut:
    """Set the audit policy of all channels that have none of their own; the first one without If-Match."""
    return policy_out(desk.perform(set_audit_policy, body.command(desk.version_if_given or 0, None)))


@ROUTES.get("/channels/{channel_id}/audit-policy", get_audit_policy)
def get_audit_policy_of_channel(desk: Desk, channel_id: wire.Id) -> AuditPolicyOut:
    """See the audit policy that holds on a channel."""
    return policy_out(desk.ask(get_audit_policy, GetAuditPolicy(ChannelId(channel_id))))


@ROUTES.put("/channels/{channel_id}/audit-policy", set_audit_policy, match="optional", refuses=(VersionConflict,))
def put_audit_policy_of_channel(desk: Desk, channel_id: wire.Id, body: PolicyIn) -> AuditPolicyOut:
    """Set a channel's own audit policy; the first one without If-Match."""
    return policy_out(desk.perform(set_audit_policy, body.command(desk.version_if_given or 0, ChannelId(channel_id))))
