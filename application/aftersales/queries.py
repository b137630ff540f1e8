"""What people see of claims: the lists they work through, one claim with everything about it, the parcels of nobody."""

from __future__ import annotations

import attrs

from houtai.application.aftersales.lock import demand_claim, demand_parcel
from houtai.application.aftersales.money import refund_id
from houtai.application.aftersales.policy import policy_for
from houtai.application.aftersales.ports import (
    CLAIMS_OF_ORDER,
    GIVEN_BACK_OF,
    INSPECTIONS_OF,
    AftersalesViews,
    ClaimFilter,
    ParcelFilter,
)
from houtai.application.aftersales.quote import offer_of
from houtai.application.aftersales.returns import RECEIVE
from houtai.application.aftersales.thread import SUBJECT
from houtai.application.house import OF_DOCUMENT
from houtai.application.orders.reach import demand_order, scopes_of
from houtai.application.paging import Page, Slice
from houtai.application.payments.ports import REFUNDS_OF_ORDER
from houtai.application.permission import CHANNEL, MERCHANT, WAREHOUSE, needs
from houtai.application.tickets.thread import thread_id
from houtai.application.timeline import TimelineEntry
from houtai.domain.act import Act
from houtai.domain.aftersales.claim import Claim, Inspection
from houtai.domain.aftersales.given_back import GivenBack
from houtai.domain.aftersales.quote import Quote
from houtai.domain.aftersales.return_parcel import ReturnParcel
from houtai.domain.authority import Dimension
from houtai.domain.ids import ClaimId, CustomerId, OrderId, ReturnParcelId, TicketId, WarehouseId
from houtai.domain.payments.refund import Refund

READ = "aftersales.read"


@attrs.frozen
class ClaimDetail:
    """A claim and all that hangs on it; `quote` is what a decision now would give back, None once it is decided or over.

    `ticket_id` is the ticket with which its thread begins; it may go on in another one.
    """

    claim: Claim
    currency: str
    ticket_id: TicketId
    quote: Quote | None
    given_back: tuple[GivenBack, ...]
    refunds: tuple[Refund, ...]
    inspections: tuple[Inspection, ...]
    timeline: tuple[TimelineEntry, ...]


@needs(READ, along=(CHANNEL, MERCHANT), own=True)
def show_claim(views: AftersalesViews, query: ClaimId, act: Act) -> ClaimDetail:
    """Everything about one claim. Raises NotFound.

    Whoever reaches their own alone sees what happened and what was found, not what staff noted about it.
    """
    claim = views.claims.get(query)
    order = views.orders.get(claim.order_id)
    demand_claim(act, READ, claim, order)
    rows = [entry.row for entry in views.given_back.by(GIVEN_BACK_OF, order.id) if entry.row.case_id == claim.id]
    refunds = [one for one in views.refunds.by(REFUNDS_OF_ORDER, order.id) if one.id == refund_id(claim, one.payment_id)]
    inspections = sorted(views.claim_inspections.by(INSPECTIONS_OF, claim.id), key=lambda one: one.seq)
    timeline = sorted(views.timeline.by(OF_DOCUMENT, claim.id), key=lambda entry: entry.version)
    if act.authority.owners(READ, at=act.at) is not None:
        inspections = [attrs.evolve(one, note="") for one in inspections]
        timeline = [attrs.evolve(entry, actor_name="", reason="", details={}) for entry in timeline]
    return ClaimDetail(
        claim=claim,
        currency=order.currency,
        ticket_id=thread_id(SUBJECT, claim.id),
        quote=offer_of(views, claim, order, policy_for(views, order.channel_id)) if claim.undecided else None,
        given_back=tuple(rows),
        refunds=tuple(refunds),
        inspections=tuple(inspections),
        timeline=tuple(timeline),
    )


@attrs.frozen
class ListClaims:
    """Which claims, newest first."""

    page: Page = attrs.field(factory=Page)
    where: ClaimFilter = attrs.field(factory=ClaimFilter)


@needs(READ, along=(CHANNEL, MERCHANT), own=True)
def list_claims(views: AftersalesViews, query: ListClaims, act: Act) -> Slice[Claim]:
    """Claims on orders that are whole within the actor's reach."""
    where = filter_within(act, READ, query.where)
    if where is None:
        return Slice(())
    found = views.find_claims(query.page, where)
    orders = views.orders.many({claim.order_id for claim in found.items})
    seen = (claim for claim in found.items if all(act.may(READ, scope) for scope in scopes_of(orders[claim.order_id])))
    return Slice(tuple(seen), found.next_cursor)


def filter_within(act: Act, verb: str, where: ClaimFilter) -> ClaimFilter | None:
    """The filter, no wider than the actor's reach; None where nothing can be found."""
    owners = act.authority.owners(verb, at=act.at)
    if owners is not None:
        if not owners or where.customer_id not in (None, *owners):
            return None
        where = attrs.evolve(where, customer_id=CustomerId(min(owners)))
    channels = act.authority.reach(verb, Dimension.CHANNEL, at=act.at)
    return attrs.evolve(where, channels=channels, merchants=act.authority.reach(verb, Dimension.MERCHANT, at=act.at))


@needs(READ, along=(CHANNEL, MERCHANT), own=True)
def claims_of_order(views: AftersalesViews, query: OrderId, act: Act) -> tuple[Claim, ...]:
    """All claims of an order, the earliest first. Raises NotFound."""
    demand_order(act, READ, views.orders.get(query))
    return tuple(sorted(views.claims.by(CLAIMS_OF_ORDER, query), key=lambda claim: claim.id))


@attrs.frozen
class ListReturnParcels:
    """Which parcels, newest first; `open` only those that nobody has assigned yet."""

    page: Page = attrs.field(factory=Page)
    warehouse: WarehouseId | None = None
    open: bool = False


@needs(RECEIVE, along=(WAREHOUSE,))
def list_return_parcels(views: AftersalesViews, query: ListReturnParcels, act: Act) -> Slice[ReturnParcel]:
    """Parcels without a claim at the warehouses within the actor's reach."""
    reached = act.authority.reach(RECEIVE, Dimension.WAREHOUSE, at=act.at)
    where = None if reached is None else frozenset(WarehouseId(one) for one in reached)
    if query.warehouse is not None:
        where = frozenset({query.warehouse}) & (where if where is not None else {query.warehouse})
    return Slice((), "") if where == frozenset() else views.find_return_parcels(query.page, ParcelFilter(where, query.open))


@needs(RECEIVE, along=(WAREHOUSE, MERCHANT))
def show_return_parcel(views: AftersalesViews, query: ReturnParcelId, act: Act) -> ReturnParcel:
    """One parcel. Raises NotFound."""
    parcel = views.return_parcels.get(query)
    skus = views.skus.many(one.sku_id for one in parcel.goods)
    demand_parcel(act, RECEIVE, parcel, views.warehouses.get(parcel.warehouse_id), skus.values())
    return parcel
