"""What goes out about orders: quotes, lists, details, timelines. Fields are picked by name; receivers come masked already."""

from __future__ import annotations

import datetime as dt
from typing import Any, TypeVar

import msgspec

from houtai.application.orders.queries import OrderRow, OrderView
from houtai.application.plain import to_plain
from houtai.application.timeline import TimelineEntry
from houtai.domain.catalog.sku import ReturnPolicy as BundleReturn
from houtai.domain.orders.line import DiscountSource
from houtai.domain.orders.order import Order
from houtai.domain.orders.policy import AuditPolicy
from houtai.domain.orders.state import OrderState
from houtai.domain.orders.tender import TenderState
from houtai.domain.pricing.promotions import GiftReturn, ReturnPolicy
from houtai.domain.pricing.quote import Quote, Source
from houtai.entrypoints.http import wire

W = TypeVar("W", bound=wire.Wire)


def shown(kind: type[W], record: Any) -> W:
    """The record as this wire type: every field by its name, at any depth."""
    return msgspec.convert(record, kind, from_attributes=True)


class QuoteLineOut(wire.Wire):
    """A line with its price; a bundle stands here as its components."""

    line: int
    basket_line: int
    sku_id: wire.Id
    sku_code: str
    title: str
    qty: int
    unit_minor: int
    gross_minor: int
    discount_minor: int
    paid_minor: int
    bundle_sku_id: wire.Id | None


class QuoteDiscountOut(wire.Wire):
    """One line's part of one discount."""

    line: int
    source_type: Source
    source_id: wire.Id
    amount_minor: int


class GiftOut(wire.Wire):
    """What comes free with the basket."""

    sku_id: wire.Id
    qty: int
    promotion: str


class TraceOut(wire.Wire):
    """One step of the price: what was to pay before it, and what it changed."""

    step: str
    text: str
    before_minor: int
    change_minor: int


class QuoteOut(wire.Wire):
    """What the basket costs now. `digest` and `payable_minor` are what an order has to repeat."""

    digest: str
    currency: str
    goods_minor: int
    discount_minor: int
    freight_minor: int
    payable_minor: int
    lines: tuple[QuoteLineOut, ...]
    discounts: tuple[QuoteDiscountOut, ...]
    gifts: tuple[GiftOut, ...]
    trace: tuple[TraceOut, ...]


def quote_out(quote: Quote) -> QuoteOut:
    """A quote as it goes out."""
    return QuoteOut(
        digest=quote.digest,
        currency=quote.currency,
        goods_minor=quote.goods_minor,
        discount_minor=quote.discount_minor,
        freight_minor=quote.freight_minor,
        payable_minor=quote.payable_minor,
        lines=tuple(shown(QuoteLineOut, line) for line in quote.lines),
        discounts=tuple(shown(QuoteDiscountOut, row) for row in quote.discounts),
        gifts=tuple(GiftOut(gift.sku_id, gift.qty, gift.promotion_code) for gift in quote.gifts),
        trace=tuple(shown(TraceOut, step) for step in quote.trace),
    )


class ReceiverOut(wire.Wire):
    """Who gets the parcel, as far as lists show it."""

    name: str
    phone: str
    address: str


class FindingOut(wire.Wire):
    """One reason why an order stands still."""

    rule: str
    text: str


class HoldOut(wire.Wire):
    """Who owns a stopped order, until when, and why."""

    queue: str
    findings: tuple[FindingOut, ...]
    since: dt.datetime
    due_at: dt.datetime
    reserved_until: dt.datetime | None
    resume: OrderState


class TenderOut(wire.Wire):
    """One payment of the order."""

    payment_id: wire.Id
    provider: str
    amount_minor: int
    state: TenderState


class OrderOut(wire.Versioned, kw_only=True):
    """An order's header after a deed. The buyer pays through the payments of its tenders."""

    id: wire.Id
    number: str
    external_id: str
    channel_id: wire.Id
    customer_id: wire.Id | None
    state: OrderState
    currency: str
    goods_minor: int
    discount_minor: int
    freight_minor: int
    payable_minor: int
    paid_minor: int
    placed_at: dt.datetime
    expires_at: dt.datetime | None
    confirm_at: dt.datetime | None
    tenders: tuple[TenderOut, ...]
    hold: HoldOut | None


def order_out(order: Order) -> OrderOut:
    """An order after a deed."""
    return shown(OrderOut, order)


class OrderRowOut(wire.Versioned, kw_only=True):
    """An order in a list."""

    id: wire.Id
    number: str
    external_id: str
    channel_id: wire.Id
    customer_id: wire.Id | None
    state: OrderState
    placed_at: dt.datetime
    lines: int
    currency: str
    payable_minor: int
    receiver: ReceiverOut
    queue: str
    rules: tuple[str, ...]
    due_at: dt.datetime | None


def row_out(row: OrderRow) -> OrderRowOut:
    """An order in a list."""
    return shown(OrderRowOut, row)


class BundlePartOut(wire.Wire):
    """The bundle that a line is a component of."""

    sku_id: wire.Id
    code: str
    qty: int
    basket_line: int
    on_return: BundleReturn


class GiftLinkOut(wire.Wire):
    """What a gift came with, and what it is worth when it does not come back."""

    promotion_id: wire.Id
    promotion_code: str
    trigger_lines: tuple[int, ...]
    value_minor: int
    on_return: GiftReturn
    instead_of: wire.Id | None


class CommissionOut(wire.Wire):
    """The version of the merchant's commission rate under which a line was sold, and what it says."""

    version: int
    basis_points: int


class OrderLineOut(wire.Wire):
    """One line with what was agreed on it."""

    seq: int
    sku_id: wire.Id | None
    sku_code: str
    title: str
    external_id: str
    merchant_id: wire.Id | None
    qty: int
    open_qty: int
    shipped_qty: int
    cancelled_qty: int
    shortage_qty: int
    settled_qty: int
    unit_minor: int
    list_minor: int | None
    gross_minor: int
    discount_minor: int
    paid_minor: int
    freight_minor: int
    bundle: BundlePartOut | None
    gift: GiftLinkOut | None
    commission: CommissionOut | None


class BorneOut(wire.Wire):
    """An amount by who bears it."""

    platform_minor: int
    merchant_minor: int
    supplier_minor: int
    channel_minor: int


class OrderDiscountOut(wire.Wire):
    """One line's part of one discount."""

    line: int
    source_type: DiscountSource
    source_id: wire.Id
    name: str
    amount_minor: int
    borne: BorneOut
    on_return: ReturnPolicy


class OrderDetailOut(wire.Versioned, kw_only=True):
    """An order with its lines. Where `whole` is false, lines of other merchants are left out and sums are of those shown."""

    id: wire.Id
    number: str
    external_id: str
    channel_id: wire.Id
    customer_id: wire.Id | None
    state: OrderState
    placed_at: dt.datetime
    currency: str
    receiver: ReceiverOut
    lines: tuple[OrderLineOut, ...]
    discounts: tuple[OrderDiscountOut, ...]
    goods_minor: int
    discount_minor: int
    freight_minor: int
    payable_minor: int
    paid_minor: int
    whole: bool
    tenders: tuple[TenderOut, ...]
    member_level: str
    remark: str
    hold: HoldOut | None
    expires_at: dt.datetime | None
    paid_at: dt.datetime | None
    confirm_at: dt.datetime | None


_OF_ROW = ("id", "number", "external_id", "channel_id", "customer_id", "state", "placed_at", "currency", "version")


def detail_out(view: OrderView) -> OrderDetailOut:
    """An order in full."""
    header: dict[str, Any] = {name: getattr(view.row, name) for name in _OF_ROW}
    parts: dict[str, Any] = {
        "receiver": shown(ReceiverOut, view.row.receiver),
        "lines": tuple(shown(OrderLineOut, line) for line in view.lines),
        "discounts": tuple(shown(OrderDiscountOut, row) for row in view.discounts),
        "tenders": tuple(shown(TenderOut, tender) for tender in view.tenders),
        "hold": None if view.hold is None else shown(HoldOut, view.hold),
    }
    rest: dict[str, Any] = {name: getattr(view, name) for name in OrderDetailOut.__struct_fields__ if name not in header | parts}
    return OrderDetailOut(**header, **parts, **rest)


class TimelineOut(wire.Wire):
    """What happened: who, when, why. The members of `details` depend on the event."""

    version: int
    event: str
    before: str
    after: str
    at: dt.datetime
    actor: wire.Id
    actor_name: str
    reason: str
    details: dict[str, Any]


class TimelineListOut(wire.Wire):
    """Everything that happened to a document, in order."""

    items: tuple[TimelineOut, ...]


def timeline_out(entries: tuple[TimelineEntry, ...]) -> TimelineListOut:
    """A timeline as it goes out."""
    return TimelineListOut(
        tuple(
            TimelineOut(
                version=entry.version,
                event=entry.event,
                before=entry.before,
                after=entry.after,
                at=entry.at,
                actor=entry.actor,
                actor_name=entry.actor_name,
                reason=entry.reason,
                details=to_plain(dict(entry.details)),
            )
            for entry in entries
        )
    )


class AddressOut(wire.Wire):
    """A receiver in full."""

    recipient: str
    phone: str
    country: str
    region: str
    city: str
    district: str
    street: str
    postcode: str


class AuditPolicyOut(wire.Wire, kw_only=True):
    """Which rules look at paid orders, and the time limits. Version 0: nobody has stored a policy for just this place."""

    channel_id: wire.Id | None
    rules: tuple[str, ...]
    amount_over: wire.Money | None
    blocked_phones: tuple[str, ...]
    anomaly_percent: int
    payment_minutes: int
    merge_minutes: int
    hold_hours: int
    reserve_hours: int
    version: int


def policy_out(policy: AuditPolicy) -> AuditPolicyOut:
    """A policy as it goes out."""
    return AuditPolicyOut(
        channel_id=policy.channel_id,
        rules=tuple(sorted(policy.rules)),
        amount_over=None if policy.amount_over is None else wire.Money.of(policy.amount_over),
        blocked_phones=policy.blocked_phones,
        anomaly_percent=policy.anomaly_percent,
        payment_minutes=policy.payment_minutes,
        merge_minutes=policy.merge_minutes,
        hold_hours=policy.hold_hours,
        reserve_hours=policy.reserve_hours,
        version=policy.version,
    )
