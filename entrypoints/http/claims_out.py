"""What goes out about claims, their quotes, parcels of nobody and aftersales policies: fields picked by name, no costs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Annotated
from uuid import UUID

from msgspec import Meta

from houtai.application.aftersales.queries import ClaimDetail
from houtai.application.aftersales.quote import ClaimQuote
from houtai.domain.aftersales.claim import Claim, Disposition, Grade
from houtai.domain.aftersales.difference import forgone
from houtai.domain.aftersales.given_back import Part
from houtai.domain.aftersales.policy import AftersalesPolicy
from houtai.domain.aftersales.quote import Quote
from houtai.domain.aftersales.reason import Reason
from houtai.domain.aftersales.return_parcel import ParcelState, ReturnParcel
from houtai.domain.aftersales.state import ClaimKind, ClaimState
from houtai.domain.rewards.withdrawal import CouponFate
from houtai.entrypoints.http import wire
from houtai.entrypoints.http.orders_out import TimelineOut, shown, timeline_out
from houtai.entrypoints.http.payments_wire import RefundOut, refund_out


class GivenBackOut(wire.Wire):
    """One row of what goes back: of a line (0: of the whole order), negative where it is taken off."""

    line: int
    part: Part
    qty: int
    amount_minor: int
    source: str


class GiftDueOut(wire.Wire):
    """A gift that lost its trigger: so many units should come back, else each is taken off at its worth."""

    line: int
    qty: int
    worth_minor: int


class WithdrawalOut(wire.Wire):
    """What goes of something that the order granted: points, or a coupon; `charged_minor` stands in the rows too."""

    grant_id: UUID
    points: int
    lapsed_points: int
    short_points: int
    coupon: CouponFate
    charged_minor: int


class DifferenceOut(wire.Wire):
    """What the replacements of a line cost more than what they replace, by today's prices; less where it is negative."""

    line: int
    difference_minor: int


class ClaimQuoteOut(wire.Wire):
    """What a claim gives back as it stands; with `objections` it may not be made, and has no rows."""

    order_id: UUID
    order_number: str
    currency: str
    objections: tuple[str, ...]
    net_minor: int
    rows: tuple[GivenBackOut, ...]
    gifts_due: tuple[GiftDueOut, ...]
    closes: Annotated[bool, Meta(description="Whether the buyer keeps nothing of the order, so that its coupons come back.")]
    withdrawals: tuple[WithdrawalOut, ...] = ()
    differences: tuple[DifferenceOut, ...] = ()
    forgone_minor: Annotated[int, Meta(description="What the house gives away with dearer replacements.")] = 0


class ClaimLineOut(wire.Wire):
    """One line of the order in a claim: what is claimed, and of goods that came what was found.

    `difference_minor` is what the claimed units of the replacement cost more when the claim was made, or, negative, less.
    """

    line: int
    qty: int
    unshipped_qty: int
    allowance_minor: int
    sku_id: UUID | None
    replacement_id: UUID | None
    difference_minor: int
    received_qty: int
    kept_qty: int
    back_qty: int
    returned_qty: int
    sent_qty: int


class ClaimOut(wire.Versioned, kw_only=True):
    """A claim. Amounts are in the currency of its order; `decided_minor` is null until somebody decided."""

    id: UUID
    number: str
    order_id: UUID
    order_number: str
    channel_id: UUID
    customer_id: UUID | None
    kind: ClaimKind
    reason: Reason
    state: ClaimState
    text: str
    evidence: tuple[str, ...]
    lines: tuple[ClaimLineOut, ...]
    queue: str
    assignee: UUID | None
    next_action: str
    due_at: dt.datetime | None
    opened_at: dt.datetime
    maker: UUID
    freight: bool | None
    proved_minor: int
    label_minor: int
    offered_minor: int
    approved_by: UUID | None
    approved_minor: int
    decided_minor: int | None
    warehouse_id: UUID | None
    carrier: str
    waybill: str
    outcome: ClaimState | None
    resumes: ClaimState | None
    external_id: str
    label: Annotated[bool, Meta(description="Whether the house asked a carrier for the way back.")]


class ClaimsOut(wire.Wire):
    """Every claim of an order, the earliest first."""

    items: tuple[ClaimOut, ...]


class InspectionOut(wire.Wire):
    """What somebody found of so many units."""

    seq: int
    line: int
    qty: int
    grade: Grade
    disposition: Disposition
    at: dt.datetime
    actor: UUID
    note: str
    photos: tuple[str, ...]


class ClaimDetailOut(wire.Versioned, kw_only=True):
    """A claim with all that hangs on it; `quote` is what a decision now would give back, null once it is decided or over."""

    claim: ClaimOut
    currency: str
    ticket_id: Annotated[UUID, Meta(description="Of the ticket with which the claim's thread begins.")]
    quote: ClaimQuoteOut | None
    given_back: tuple[GivenBackOut, ...]
    refunds: tuple[RefundOut, ...]
    inspections: tuple[InspectionOut, ...]
    timeline: tuple[TimelineOut, ...]


class FoundGoodsOut(wire.Wire):
    """So many units of a SKU."""

    sku_id: UUID
    qty: int


class ReturnParcelOut(wire.Versioned, kw_only=True):
    """A parcel that came without a claim; while it is unknown, its goods are in no stock."""

    id: UUID
    number: str
    warehouse_id: UUID
    waybill: str
    came_at: dt.datetime
    goods: tuple[FoundGoodsOut, ...]
    note: str
    state: ParcelState
    queue: str
    next_action: str
    due_at: dt.datetime | None
    claim_id: UUID | None


class AftersalesPolicyOut(wire.Versioned, kw_only=True):
    """The rules that hold for claims. Version 0: nobody has stored a policy for just this place."""

    channel_id: UUID | None
    return_days: int
    quality_days: int
    price_days: int
    review_hours: int
    send_back_hours: int
    inspect_hours: int
    auto_approve_minor: int
    freight_cap_minor: int
    b_grade_percent: int
    warehouse_id: UUID | None
    return_label: bool


class AftersalesPoliciesOut(wire.Wire):
    """Every policy that somebody stored, the house's first."""

    items: tuple[AftersalesPolicyOut, ...]


def asked_out(found: ClaimQuote) -> ClaimQuoteOut:
    """A quote that was asked for, as it goes out."""
    if found.quote is None:
        return ClaimQuoteOut(found.order, found.order_number, found.currency, found.objections, 0, (), (), closes=False)
    return _quote_out(found.quote, found.order, found.order_number, found.currency, found.differences)


def _quote_out(found: Quote, order_id: UUID, number: str, currency: str, differences: Mapping[int, int]) -> ClaimQuoteOut:
    return ClaimQuoteOut(
        order_id=order_id,
        order_number=number,
        currency=currency,
        objections=(),
        net_minor=found.net_minor,
        rows=tuple(shown(GivenBackOut, row) for row in found.rows),
        gifts_due=tuple(shown(GiftDueOut, gift) for gift in found.gifts_due),
        closes=found.closes,
        withdrawals=tuple(shown(WithdrawalOut, step) for step in found.withdrawals),
        differences=tuple(DifferenceOut(line, minor) for line, minor in differences.items()),
        forgone_minor=forgone(differences),
    )


def claim_out(claim: Claim) -> ClaimOut:
    """A claim as it goes out, without what its goods cost."""
    parts = {"lines", "evidence"}
    plain = {name: getattr(claim, name) for name in ClaimOut.__struct_fields__ if name not in parts}
    return ClaimOut(**plain, lines=tuple(shown(ClaimLineOut, line) for line in claim.lines), evidence=claim.evidence or ())


def detail_out(found: ClaimDetail) -> ClaimDetailOut:
    """A claim in full, as it goes out."""
    claim, quote = found.claim, None
    if found.quote is not None:
        quote = _quote_out(found.quote, claim.order_id, claim.order_number, found.currency, claim.differences)
    return ClaimDetailOut(
        version=claim.version,
        claim=claim_out(claim),
        currency=found.currency,
        ticket_id=found.ticket_id,
        quote=quote,
        given_back=tuple(shown(GivenBackOut, row) for row in found.given_back),
        refunds=tuple(map(refund_out, found.refunds)),
        inspections=tuple(shown(InspectionOut, one) for one in found.inspections),
        timeline=timeline_out(found.timeline).items,
    )


def parcel_out(parcel: ReturnParcel) -> ReturnParcelOut:
    """A parcel of nobody as it goes out."""
    plain = {name: getattr(parcel, name) for name in ReturnParcelOut.__struct_fields__ if name != "goods"}
    return ReturnParcelOut(**plain, goods=tuple(shown(FoundGoodsOut, one) for one in parcel.goods))


def policy_out(policy: AftersalesPolicy) -> AftersalesPolicyOut:
    """A policy as it goes out."""
    return shown(AftersalesPolicyOut, policy)
