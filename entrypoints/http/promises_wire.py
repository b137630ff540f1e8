"""How promises on stock, published figures and oversells travel over HTTP."""

from __future__ import annotations

import datetime as dt
from typing import Annotated
from uuid import UUID

from msgspec import Meta

from houtai.application.inventory.queries import PublishedView
from houtai.application.inventory.suggest import DAY_S
from houtai.domain.inventory.oversell import Oversell, OversellCause, OversellState
from houtai.domain.inventory.publishing import AtZero, Figure, PausedBy, PolicyState, Publication, PublishPolicy
from houtai.domain.inventory.reservation import Hold, HoldState, Reservation, ReservationState
from houtai.domain.limits import MAX_LINES
from houtai.entrypoints.http import wire
from houtai.entrypoints.http.inventory_wire import LineNumber, Ratio


class WantIn(wire.Wire):
    """So many units of a SKU for a line."""

    line: LineNumber
    sku_id: wire.Id
    qty: wire.Qty


class NewHold(wire.Wire):
    """Units to keep for a buyer who is about to pay."""

    buyer_id: wire.Id
    channel_id: wire.Id
    wants: Annotated[tuple[WantIn, ...], Meta(min_length=1, max_length=MAX_LINES)]
    ship_together: bool = False
    id: wire.Id | None = None


class AllottedOut(wire.Wire):
    """Which warehouse gives what for a line."""

    line: int
    sku_id: UUID
    warehouse_id: UUID
    qty: int


class HoldOut(wire.Wire):
    """A hold; past `expires_at` it binds nothing."""

    id: UUID
    buyer_id: UUID
    channel_id: UUID
    made_at: dt.datetime
    expires_at: dt.datetime
    state: HoldState
    lines: tuple[AllottedOut, ...]


def hold_out(hold: Hold) -> HoldOut:
    """A hold as it goes out."""
    return HoldOut(
        id=hold.id,
        buyer_id=hold.buyer_id,
        channel_id=hold.channel_id,
        made_at=hold.made_at,
        expires_at=hold.expires_at,
        state=hold.state,
        lines=tuple(AllottedOut(part.line, part.sku_id, part.warehouse_id, part.qty) for part in hold.lines),
    )


class ReservationOut(wire.Wire):
    """Units that an order line has, or had, for certain."""

    id: UUID
    order_id: UUID
    line: int
    sku_id: UUID
    warehouse_id: UUID
    qty: int
    dedicated_qty: int
    channel_id: UUID | None
    state: ReservationState
    made_at: dt.datetime
    closed_at: dt.datetime | None


class Reservations(wire.Wire):
    """All reservations of an order, released ones too."""

    items: tuple[ReservationOut, ...]


def reservation_out(reservation: Reservation) -> ReservationOut:
    """A reservation as it goes out."""
    return ReservationOut(**{name: getattr(reservation, name) for name in ReservationOut.__struct_fields__})


class PolicyIn(wire.Wire):
    """How much of the stock a channel is told of; zero at or below `min_publish_qty`.

    `at_zero` says whether a listing with nothing left to sell stays on the shelf.
    """

    ratio_percent: Ratio = 100
    buffer_qty: wire.QtyOrZero = 0
    cap_qty: wire.QtyOrZero | None = None
    min_publish_qty: wire.QtyOrZero = 0
    state: PolicyState = PolicyState.ON
    at_zero: AtZero = AtZero.STAY


class PolicyOut(wire.Versioned):
    """A publishing policy; without a SKU it is that of all without their own."""

    channel_id: UUID
    sku_id: UUID | None
    ratio_percent: int
    buffer_qty: int
    cap_qty: int | None
    min_publish_qty: int
    state: PolicyState
    at_zero: AtZero


def policy_out(policy: PublishPolicy) -> PolicyOut:
    """A policy as it goes out."""
    return PolicyOut(**{name: getattr(policy, name) for name in PolicyOut.__struct_fields__})


class Policies(wire.Wire):
    """All policies of a channel."""

    items: tuple[PolicyOut, ...]


class SuggestQuery(wire.Wire):
    """How late the channel's figures arrive, and how far to look back for the others' sales."""

    latency_s: Annotated[int, Meta(ge=0, le=DAY_S)] = 300
    window_s: Annotated[int, Meta(ge=60, le=30 * DAY_S)] = DAY_S


class SuggestionOut(wire.Wire):
    """The least buffer, and what it is made from."""

    sold_by_others_qty: int
    window_s: int
    latency_s: int
    buffer_qty: int


class FenceIn(wire.Wire):
    """Units set aside for one channel, counted anew; 0 takes the fence down."""

    qty: wire.QtyOrZero


class FenceOut(wire.Wire):
    """A fence: how wide it was set, and what is left in it."""

    channel_id: UUID
    sku_id: UUID
    warehouse_id: UUID
    total_qty: int
    left_qty: int


class UnimportedIn(wire.Wire):
    """Units in orders that the channel has shown and that are not booked yet, all in all."""

    qty: wire.QtyOrZero


class UnimportedOut(wire.Wire):
    """What is sold there and not booked yet."""

    channel_id: UUID
    sku_id: UUID
    qty: int


class SkusIn(wire.Wire):
    """Some SKUs."""

    skus: Annotated[tuple[wire.Id, ...], wire.AtLeastOne]


class PublishedQuery(wire.PageQuery):
    """What the channel was told of all SKUs, or of one."""

    sku_id: wire.Id | None = None


class FigureOut(wire.Wire):
    """The arithmetic: clamp(floor(shared * ratio) - buffer + dedicated - unimported, 0, cap), zero up to the minimum."""

    shared_qty: int
    ratio_percent: int
    buffer_qty: int
    dedicated_qty: int
    unimported_qty: int
    cap_qty: int | None
    min_publish_qty: int
    paused: bool
    paused_by: PausedBy | None


def figure_out(figure: Figure) -> FigureOut:
    """A figure as it goes out."""
    return FigureOut(**{name: getattr(figure, name) for name in FigureOut.__struct_fields__})


class PublishedOut(wire.Wire):
    """What a channel was told about a SKU, and why."""

    channel_id: UUID
    sku_id: UUID
    seq: int
    qty: int
    at: dt.datetime
    figure: FigureOut


class PublishedMany(wire.Wire):
    """The figures that went out now; those that did not change are not among them."""

    items: tuple[PublishedOut, ...]


def publication_out(one: Publication) -> PublishedOut:
    """A publication as it goes out."""
    return PublishedOut(one.channel_id, one.sku_id, one.seq, one.qty, one.at, figure_out(one.figure))


def published_out(one: PublishedView) -> PublishedOut:
    """A current figure as it goes out."""
    return publication_out(one.publication)


class OversellQuery(wire.PageQuery):
    """Which oversells; the open ones unless another state is named."""

    state: OversellState = OversellState.OPEN
    channel_id: wire.Id | None = None


class ConsumptionOut(wire.Wire):
    """What took stock since the channel's figure."""

    kind: str
    document_id: UUID
    qty: int
    at: dt.datetime


class OversellOut(wire.Versioned):
    """What a channel sold and was not there. The figure is the last one that the channel had got."""

    id: UUID
    channel_id: UUID
    order_id: UUID
    line: int
    sku_id: UUID
    warehouse_id: UUID | None
    wanted_qty: int
    got_qty: int
    cause: OversellCause
    figure_seq: int | None
    figure_qty: int | None
    figure_at: dt.datetime | None
    last_published_at: dt.datetime | None
    consumed: tuple[ConsumptionOut, ...]
    found_at: dt.datetime
    owner_queue: str
    due_at: dt.datetime
    state: OversellState
    resolution: str


def oversell_out(oversell: Oversell) -> OversellOut:
    """An oversell as it goes out."""
    cause = oversell.root_cause
    own = set(OversellOut.__struct_fields__) - {"consumed", "cause", *FROM_CAUSE}
    return OversellOut(
        cause=cause.cause,
        consumed=tuple(ConsumptionOut(one.kind, one.document_id, one.qty, one.at) for one in cause.consumed),
        **{name: getattr(cause, name) for name in FROM_CAUSE},
        **{name: getattr(oversell, name) for name in own},
    )


FROM_CAUSE = ("figure_seq", "figure_qty", "figure_at", "last_published_at")


class Resolution(wire.Wire):
    """How the shortage was solved without this stock."""

    resolution: wire.Reason
