"""How walks travel over HTTP: what is to be scanned next, the lines, and what pickers say."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from msgspec import Meta

from houtai.application.outbound.short import ShortReported
from houtai.domain.outbound.picking import PickLine, PickStep
from houtai.domain.outbound.short_pick import ShortChoice
from houtai.domain.outbound.work import PickRun, RunState
from houtai.domain.warehouse.codes import MAX_CODE
from houtai.entrypoints.http import wire
from houtai.entrypoints.http.orders_out import shown
from houtai.entrypoints.http.outbound_waves_wire import PickRunRowOut, run_row_out

Path = Annotated[str, Meta(min_length=1, max_length=60, description="The place's path.", examples=["A-03-02-1"])]
Lot = Annotated[str, Meta(max_length=64)]
Serial = Annotated[str, Meta(min_length=1, max_length=MAX_CODE)]


class WalkStart(wire.Wire, kw_only=True):
    """Who goes where: with which cart or tote; without `run_id` on the own open walk, else on the most urgent free one."""

    warehouse_id: wire.Id
    unit_id: wire.Id
    run_id: wire.Id | None = None


class PickIn(wire.Wire, kw_only=True):
    """So many units taken at a place; `slot` is the code of the cart's slot that they lie in, empty for the tote."""

    location: Path
    sku_id: wire.Id
    qty: wire.Qty = 1
    lot: Lot = ""
    slot: Lot = ""
    serials: Annotated[tuple[Serial, ...], Meta(max_length=1_000)] = ()


class ShortIn(wire.Wire):
    """The place that holds no more."""

    location: Path


class ZeroCheckIn(wire.Wire):
    """Whether the place is empty."""

    empty: bool


class PickRunQuery(wire.PageQuery):
    """Which walks."""

    warehouse_id: wire.Id | None = None
    wave_id: wire.Id | None = None
    state: RunState | None = None


class PickShareOut(wire.Wire):
    """So many units of a line for one line of an outbound order."""

    outbound_id: UUID
    line: int
    qty: int


class PickLineOut(wire.Wire):
    """So many of a SKU out of one place; an empty `slot` need not be scanned, an empty `lot` means any."""

    number: int
    sequence: int
    location: str
    zone: str
    sku_id: UUID
    sku_code: str
    lot: str
    slot: str
    qty: int
    picked_qty: int
    rest_qty: int
    shares: tuple[PickShareOut, ...]


class AskedPlaceOut(wire.Wire):
    """The stock that the zero check is about."""

    location: str
    sku_id: UUID
    lot: str


class PickRunOut(PickRunRowOut, kw_only=True):
    """A walk: `step` is what is to be scanned next, `queue` the numbers of the lines that are left, the present one first."""

    step: PickStep
    here: str
    in_hand_qty: int
    asked: AskedPlaceOut | None
    queue: tuple[int, ...]
    picks: tuple[PickLineOut, ...]


class OwnWalksOut(wire.Wire):
    """The walks that somebody has taken on and not finished."""

    items: tuple[PickRunOut, ...]


class MissingOut(wire.Wire):
    """Units of an order's line that are nowhere, and what can become of them."""

    outbound_id: UUID
    line: int
    qty: int
    choices: tuple[ShortChoice, ...]


class ShortReportedOut(wire.Wire):
    """The walk as it goes on, and the units that are nowhere in the warehouse."""

    run: PickRunOut
    missing: tuple[MissingOut, ...]


def run_out(run: PickRun) -> PickRunOut:
    """A walk with its lines."""
    row, picking = run_row_out(run), run.picking
    return PickRunOut(
        **{name: getattr(row, name) for name in PickRunRowOut.__struct_fields__},
        step=picking.step,
        here=picking.here,
        in_hand_qty=picking.in_hand,
        asked=None if picking.asked is None else AskedPlaceOut(*picking.asked),
        queue=picking.queue,
        picks=tuple(map(_line, picking.lines)),
    )


def _line(line: PickLine) -> PickLineOut:
    return shown(PickLineOut, line)


def short_out(done: ShortReported) -> ShortReportedOut:
    """A short pick's outcome."""
    missing = (MissingOut(one.share.outbound_id, one.share.line, one.share.qty, one.choices) for one in done.missing)
    return ShortReportedOut(run_out(done.run), tuple(missing))
