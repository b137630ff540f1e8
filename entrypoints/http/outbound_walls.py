"""The sort wall over HTTP, and the lists on paper of a wave."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from msgspec import Meta

from houtai.application.outbound.lists import PrintLists, print_outbound_sheets, print_pick_lists, print_summary
from houtai.application.outbound.queries import show_wall
from houtai.application.outbound.sort import BeginSort, PlaceInSlot, begin_sort, place_in_slot
from houtai.domain.ids import HandlingUnitId, PrinterId, SkuId, WaveId
from houtai.domain.outbound.picking import NotNow
from houtai.domain.outbound.refusals import StepTooEarly
from houtai.domain.outbound.sorting import NoOpenSlot, WallSlot
from houtai.domain.outbound.work import WallSort
from houtai.domain.printing.refusals import PrintedBefore, PrinterCannot
from houtai.domain.warehouse.bin_refusals import CannotPlace, CannotTake, NotInBin, SerialElsewhere, SerialsNeeded
from houtai.domain.warehouse.scan import WrongRecord
from houtai.entrypoints.http import wire
from houtai.entrypoints.http.desk import Desk
from houtai.entrypoints.http.orders_out import shown
from houtai.entrypoints.http.outbound_picks_wire import Serial
from houtai.entrypoints.http.printing_wire import PrintJobOut, PrintJobsOut, job_out, jobs_out
from houtai.entrypoints.http.routes import Routes

ROUTES = Routes("sorting", "The wall where goods that were picked in totals are sorted, and the lists on paper of a wave.")

ON_PAPER = (StepTooEarly, PrinterCannot, PrintedBefore)


class SortStart(wire.Wire):
    """The wall that the wave's goods are sorted at."""

    wall_id: wire.Id


class SlotFill(wire.Wire, kw_only=True):
    """Units of a product that lie in a slot now; its code was scanned."""

    sku_id: wire.Id
    slot: Annotated[str, Meta(min_length=1, max_length=64)]
    qty: wire.Qty = 1
    serials: Annotated[tuple[Serial, ...], Meta(max_length=1_000)] = ()


class WallWishOut(wire.Wire):
    """One line that a slot waits for."""

    line: int
    sku_id: UUID
    qty: int
    placed_qty: int


class WallSlotOut(wire.Wire):
    """A compartment of the wall and the order in it."""

    code: str
    outbound_id: UUID
    full: bool
    wishes: tuple[WallWishOut, ...]


class WallOut(wire.Versioned, kw_only=True):
    """The wall of a wave; `target` is the slot that lights, empty for none."""

    wave_id: UUID
    wall_id: UUID
    open: bool
    done: bool
    target: str
    in_hand_qty: int
    slots: tuple[WallSlotOut, ...]


class SlotFilledOut(wire.Wire):
    """The wall, and the slot that was filled."""

    wall: WallOut
    slot: WallSlotOut


class PaperWish(wire.Wire):
    """Where it is printed; without a printer where the warehouse prints its lists."""

    printer_id: wire.Id | None = None


def wall_out(kept: WallSort) -> WallOut:
    """A wall as it goes out."""
    sorting = kept.sorting
    return WallOut(
        wave_id=kept.wave_id,
        wall_id=kept.wall_id,
        open=kept.open,
        done=sorting.done,
        target=sorting.target,
        in_hand_qty=sorting.in_hand,
        slots=tuple(map(_slot, sorting.slots)),
        version=kept.version,
    )


def _slot(slot: WallSlot) -> WallSlotOut:
    return shown(WallSlotOut, slot)


@ROUTES.post("/waves/{wave_id}/wall", begin_sort, refuses=(StepTooEarly,))
def post_wave_wall(desk: Desk, wave_id: wire.Id, body: SortStart) -> WallOut:
    """Begin to sort a wave's goods at a wall, or go on where it stood."""
    return wall_out(desk.perform(begin_sort, BeginSort(WaveId(wave_id), HandlingUnitId(body.wall_id))))


@ROUTES.get("/waves/{wave_id}/wall", show_wall)
def get_wave_wall(desk: Desk, wave_id: wire.Id) -> WallOut:
    """Look at the wall that a wave is sorted at."""
    return wall_out(desk.ask(show_wall, WaveId(wave_id)))


@ROUTES.post(
    "/waves/{wave_id}/wall/pieces",
    place_in_slot,
    refuses=(
        NoOpenSlot,
        NotNow,
        WrongRecord,
        StepTooEarly,
        NotInBin,
        CannotTake,
        CannotPlace,
        SerialsNeeded,
        SerialElsewhere,
    ),
)
def post_wave_wall_piece(desk: Desk, wave_id: wire.Id, body: SlotFill) -> SlotFilledOut:
    """Put units of a product into the slot that lights for them."""
    done = desk.perform(place_in_slot, PlaceInSlot(WaveId(wave_id), SkuId(body.sku_id), body.slot, body.qty, body.serials))
    return SlotFilledOut(wall_out(done.wall), _slot(done.slot))


@ROUTES.post("/waves/{wave_id}/pick-lists", print_pick_lists, refuses=ON_PAPER)
def post_wave_pick_lists(desk: Desk, wave_id: wire.Id, body: PaperWish) -> PrintJobsOut:
    """Print a pick list for each walk that is not over."""
    return jobs_out(desk.perform(print_pick_lists, _paper(wave_id, body)))


@ROUTES.post("/waves/{wave_id}/summary", print_summary, refuses=ON_PAPER)
def post_wave_summary(desk: Desk, wave_id: wire.Id, body: PaperWish) -> PrintJobOut:
    """Print the wave's goods added up by place, for whoever picks first and sorts then."""
    return job_out(desk.perform(print_summary, _paper(wave_id, body)))


@ROUTES.post("/waves/{wave_id}/outbound-sheets", print_outbound_sheets, refuses=ON_PAPER)
def post_wave_outbound_sheets(desk: Desk, wave_id: wire.Id, body: PaperWish) -> PrintJobsOut:
    """Print what lies in each parcel of the wave, in the order of its slots."""
    return jobs_out(desk.perform(print_outbound_sheets, _paper(wave_id, body)))


def _paper(wave_id: UUID, body: PaperWish) -> PrintLists:
    return PrintLists(WaveId(wave_id), None if body.printer_id is None else PrinterId(body.printer_id))
