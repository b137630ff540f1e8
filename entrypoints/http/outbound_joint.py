"""Orders that go out together, and orders that are split by hand, over HTTP."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from msgspec import Meta

from houtai.application.orders.merge import MergedOrders, MergeOrders, UndoMerge, merge_orders, undo_merge
from houtai.application.orders.merging import MergeProposal, ProposeMerges, propose_merges
from houtai.application.orders.split import MAX_SPLIT, LineUnits, PartOut, SplitOrder, SplitPart, split_order
from houtai.domain.ids import ChannelId, CustomerId, OrderId, OutboundId, WarehouseId
from houtai.domain.inventory.refusals import OutOfStock
from houtai.domain.limits import MAX_LINES
from houtai.domain.orders.order import Order
from houtai.domain.outbound.joint import MAX_TOGETHER
from houtai.domain.outbound.refusals import NotMergeable, NotSplittable, StepTooEarly
from houtai.domain.refusal import IllegalMove
from houtai.entrypoints.http import outbound_wire as forms, wire
from houtai.entrypoints.http.desk import Desk
from houtai.entrypoints.http.routes import Routes

ROUTES = Routes("parcels-of-orders", "Orders of one buyer that go out together, and orders that go out in parts named by hand.")


class MergeQuery(wire.Wire, kw_only=True):
    """Of which channel, or of which buyer alone."""

    channel_id: wire.Id | None = None
    customer_id: wire.Id | None = None


class OrdersMerge(forms.ReleaseWish, kw_only=True):
    """Which orders go out together."""

    order_ids: Annotated[tuple[wire.Id, ...], Meta(min_length=2, max_length=MAX_TOGETHER)]


class MergeEnd(wire.Wire):
    """Why they go out by themselves after all."""

    reason: forms.StopReason


class LineUnitsIn(wire.Wire):
    """So many units of a line of the order."""

    line: Annotated[int, Meta(ge=1, le=MAX_LINES * 60)]
    qty: wire.Qty


class SplitPartIn(wire.Wire, kw_only=True):
    """What goes as one; without a warehouse from where it is reserved."""

    units: Annotated[tuple[LineUnitsIn, ...], Meta(min_length=1, max_length=MAX_LINES)]
    warehouse_id: wire.Id | None = None


class OrderSplit(forms.ReleaseWish, kw_only=True):
    """All units of the order in parts; with `apart`, what belongs together may travel apart. One part puts it together again."""

    parts: Annotated[tuple[SplitPartIn, ...], Meta(min_length=1, max_length=MAX_SPLIT)]
    reason: forms.StopReason
    apart: bool = False


class ApartOut(wire.Wire):
    """An order of the same buyer and place that cannot go with the others, and why."""

    order_id: UUID
    number: str
    reason: str


class MergeProposalOut(wire.Wire):
    """Orders that may go out together, the earliest first, and those that may not."""

    order_ids: tuple[UUID, ...]
    numbers: tuple[str, ...]
    apart: tuple[ApartOut, ...]


class MergeProposalsOut(wire.Wire):
    """What there is to merge now."""

    items: tuple[MergeProposalOut, ...]


class OrderStandingOut(wire.Versioned, kw_only=True):
    """An order after a deed."""

    id: UUID
    number: str
    state: str


class MergedOrdersOut(wire.Wire):
    """The orders as they are now, and what each warehouse sends of them."""

    orders: tuple[OrderStandingOut, ...]
    outbound: tuple[forms.OutboundOut, ...]


class SplitPartOut(wire.Wire, kw_only=True):
    """A part, and its share of what the buyer pays; over all parts they add up to the order's."""

    outbound: forms.OutboundOut
    gross: wire.Money
    discount: wire.Money
    freight: wire.Money


class SplitOrderOut(wire.Wire):
    """The order as it is now, and its parts in the order in which they were named."""

    order: OrderStandingOut
    parts: tuple[SplitPartOut, ...]


@ROUTES.get("/merge-proposals", propose_merges)
def get_merge_proposals(desk: Desk, query: MergeQuery) -> MergeProposalsOut:
    """See which open orders of one buyer and place may go out together, and why others may not."""
    asked = ProposeMerges(
        None if query.channel_id is None else ChannelId(query.channel_id),
        None if query.customer_id is None else CustomerId(query.customer_id),
    )
    return MergeProposalsOut(tuple(map(_proposal, desk.ask(propose_merges, asked))))


@ROUTES.post("/merged-orders", merge_orders, status=201, refuses=(NotMergeable, StepTooEarly, OutOfStock, IllegalMove))
def post_merged_orders(desk: Desk, body: OrdersMerge) -> MergedOrdersOut:
    """Give orders of one buyer to the warehouses together: they share parcels, and each keeps its own money."""
    cmd = MergeOrders(tuple(OrderId(one) for one in body.order_ids), body.priority, forms.in_utc(body.ship_by))
    return _merged(desk.perform(merge_orders, cmd))


@ROUTES.post("/outbound-orders/{outbound_id}/take-apart", undo_merge, refuses=(StepTooEarly,))
def post_outbound_take_apart(desk: Desk, outbound_id: wire.Id, body: MergeEnd) -> MergedOrdersOut:
    """Let the orders of a joint outbound order go out by themselves, as long as it is in no wave."""
    return _merged(desk.perform(undo_merge, UndoMerge(OutboundId(outbound_id), body.reason)))


@ROUTES.post(
    "/orders/{order_id}/split",
    split_order,
    status=201,
    match="optional",
    refuses=(NotSplittable, StepTooEarly, OutOfStock, IllegalMove),
)
def post_order_split(desk: Desk, order_id: wire.Id, body: OrderSplit) -> SplitOrderOut:
    """Give an order to the warehouses in parts named by hand; one that is in no wave yet is split anew."""
    parts = tuple(
        SplitPart(
            tuple(LineUnits(one.line, one.qty) for one in part.units),
            None if part.warehouse_id is None else WarehouseId(part.warehouse_id),
        )
        for part in body.parts
    )
    cmd = SplitOrder(
        order=OrderId(order_id),
        parts=parts,
        reason=body.reason,
        apart=body.apart,
        expected_version=desk.version_if_given,
        priority=body.priority,
        ship_by=forms.in_utc(body.ship_by),
    )
    done = desk.perform(split_order, cmd)
    return SplitOrderOut(_standing(done.order), tuple(_part(done.order, part) for part in done.parts))


def _proposal(found: MergeProposal) -> MergeProposalOut:
    apart = tuple(ApartOut(one.order, one.number, one.reason) for one in found.apart)
    return MergeProposalOut(tuple(found.orders), found.numbers, apart)


def _merged(done: MergedOrders) -> MergedOrdersOut:
    return MergedOrdersOut(tuple(map(_standing, done.orders)), tuple(map(forms.outbound_out, done.outbound)))


def _standing(order: Order) -> OrderStandingOut:
    return OrderStandingOut(id=order.id, number=order.number, state=order.state.value, version=order.version)


def _part(order: Order, part: PartOut) -> SplitPartOut:
    return SplitPartOut(
        outbound=forms.outbound_out(part.outbound),
        gross=wire.Money(part.gross_minor, order.currency),
        discount=wire.Money(part.discount_minor, order.currency),
        freight=wire.Money(part.freight_minor, order.currency),
    )
