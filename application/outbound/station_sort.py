"""The flow of sorting (播种): wave, wall, then product × quantity and the slot that lights for it."""

from __future__ import annotations

from typing import Final

import attrs

from houtai.application.outbound.sort import BeginSort, PlacedInSlot, PlaceInSlot, begin_sort, place_in_slot
from houtai.application.outbound.station_sight import OutboundSight, WallSeen
from houtai.application.warehouse.station_sight import Scanned
from houtai.application.warehouse.station_steps import Deed, Step, View, not_now, positive, says, typed_qty
from houtai.domain.ids import HandlingUnitId, OutboundId, SkuId, WarehouseId, WaveId
from houtai.domain.outbound.picking import NotNow
from houtai.domain.outbound.sorting import Sorting
from houtai.domain.warehouse.codes import Command
from houtai.domain.warehouse.reply import MessageLevel, phrase
from houtai.domain.warehouse.scan import WrongRecord, choose
from houtai.domain.warehouse.work import SamePiece

MOST_ROWS: Final = 12
COLUMNS: Final = ("label.slot", "label.product", "label.qty")


@attrs.frozen
class Lit:
    """Pieces of one product in hand, and the slot that they go to."""

    sku_id: SkuId
    sku: str
    slot: str
    outbound_id: OutboundId
    qty: int
    serials: tuple[str, ...] = ()


@attrs.frozen
class SortState:
    """The wave on the wall, and what is in hand."""

    wave_id: WaveId | None = None
    lit: Lit | None = None


def begin(_: WarehouseId) -> SortState:
    """No wave yet."""
    return SortState()


def step(state: SortState, scanned: Scanned, sight: OutboundSight) -> Step[SortState]:
    """Go on. Raises what `choose` raises, NotNow, NoOpenSlot for a surplus piece, WrongRecord for a slot that does not light."""
    wall = None if state.wave_id is None else sight.wall(state.wave_id)
    if scanned.code.command is not None:
        return _command(state, scanned.code.command, wall, sight)
    if state.wave_id is None:
        match = choose(scanned.code, scanned.found, ("wave",))
        return Step(SortState(WaveId(match.key)))
    if wall is None:
        match = choose(scanned.code, scanned.found, ("unit",))
        deed = Deed(begin_sort, BeginSort(state.wave_id, HandlingUnitId(match.key)))
        return Step(SortState(state.wave_id), says(MessageLevel.SUCCESS, "sort-begun"), deed)
    if state.lit is not None:
        return _lit(state, state.lit, scanned, wall, sight)
    return _product(state, scanned, wall, sight)


def _product(state: SortState, scanned: Scanned, wall: WallSeen, sight: OutboundSight) -> Step[SortState]:
    match = choose(scanned.code, scanned.found, ("product",))
    serial = "" if scanned.code.gs1 is None else scanned.code.gs1.serial
    lit = sight.lit(wall.sorting, SkuId(match.key), match.qty)
    return Step(attrs.evolve(state, lit=_in_hand(lit, match.name, (serial,) if serial else ())))


def _in_hand(lit: Sorting, sku: str, serials: tuple[str, ...]) -> Lit:
    assert lit.sku_id is not None, "a slot lights for a product"
    whose = next(slot.outbound_id for slot in lit.slots if slot.code == lit.target)
    return Lit(lit.sku_id, sku, lit.target, whose, lit.in_hand, serials)


def _lit(state: SortState, held: Lit, scanned: Scanned, wall: WallSeen, sight: OutboundSight) -> Step[SortState]:
    """More of the product, how many, or the slot. An order that was stopped rings; the piece is to be scanned anew."""
    order = sight.order(held.outbound_id)
    if order.stopped:
        message = says(MessageLevel.STOP, "sort-stopped", number=order.number, slot=held.slot)
        return Step(attrs.evolve(state, lit=None), message)
    qty = typed_qty(scanned)
    if qty is not None:
        lit = sight.lit(wall.sorting, held.sku_id, positive(qty))
        return Step(attrs.evolve(state, lit=_in_hand(lit, held.sku, held.serials)))
    match = choose(scanned.code, scanned.found, ("unit", "product"), expected=held.slot)
    if match.what == "product":
        return _one_more(state, held, SkuId(match.key), match.qty, scanned, wall, sight)
    if match.name != held.slot:
        raise WrongRecord(what="slot", scanned=match.name, expected_what="slot", expected=held.slot)
    assert state.wave_id is not None, "a slot lights on a wall"
    cmd = PlaceInSlot(state.wave_id, held.sku_id, held.slot, held.qty, held.serials)
    return Step(state, deed=Deed(place_in_slot, cmd), then=_placed)


def _one_more(
    state: SortState, held: Lit, sku_id: SkuId, more: int, scanned: Scanned, wall: WallSeen, sight: OutboundSight
) -> Step[SortState]:
    if sku_id != held.sku_id:
        raise NotNow(deed="a product", due=f"slot {held.slot}")
    serial = "" if scanned.code.gs1 is None else scanned.code.gs1.serial
    if serial and serial in held.serials:
        raise SamePiece(serial=serial)
    lit = sight.lit(wall.sorting, sku_id, held.qty + more)
    return Step(attrs.evolve(state, lit=_in_hand(lit, held.sku, (*held.serials, serial) if serial else held.serials)))


def _placed(answer: PlacedInSlot) -> Step[SortState]:
    state = SortState(answer.wall.wave_id)
    if not answer.wall.sorting.missing:
        return Step(SortState(), says(MessageLevel.SUCCESS, "sort-done"))
    if answer.slot.full:
        return Step(state, says(MessageLevel.SUCCESS, "slot-full", slot=answer.slot.code))
    return Step(state, says(MessageLevel.SUCCESS, "sorted", slot=answer.slot.code))


def _command(state: SortState, command: Command, wall: WallSeen | None, sight: OutboundSight) -> Step[SortState]:
    if command is Command.CANCEL:
        return Step(SortState(), says(MessageLevel.INFO, "begun-anew"))
    if command is Command.UNDO and state.wave_id is not None:
        back = attrs.evolve(state, lit=None) if state.lit is not None else SortState()
        return Step(back, says(MessageLevel.INFO, "taken-back"))
    if command is Command.DONE and wall is not None and state.lit is None:
        missing = sum(qty for _, _, qty in sight.missing(wall.sorting))
        if missing:
            return Step(state, says(MessageLevel.WARNING, "sort-missing", qty=missing))
        return Step(SortState(), says(MessageLevel.SUCCESS, "sort-done"))
    raise not_now(command)


def show(state: SortState, sight: OutboundSight) -> View:
    """The slot that lights, its number large; else what the wall still waits for."""
    if state.wave_id is None:
        return View(phrase("prompt.sort-wave"))
    wall = sight.wall(state.wave_id)
    if wall is None:
        return View(phrase("prompt.wall"), facts=(("label.wave", sight.wave(state.wave_id).number),))
    missing = sight.missing(wall.sorting)
    left = str(sum(qty for _, _, qty in missing))
    facts = (("label.wave", wall.wave.number), ("label.unit", wall.wall), ("label.missing", left))
    if state.lit is not None:
        number = state.lit.slot.removeprefix(f"{wall.wall}-").lstrip("0")
        return View(phrase("prompt.sort-slot", goods=state.lit.sku, qty=state.lit.qty, slot=state.lit.slot), number, facts)
    wanting = {outbound_id for outbound_id, _, _ in missing}
    slots = [slot for slot in wall.sorting.slots if slot.outbound_id in wanting]
    waiting = [(slot.code, wish) for slot in slots for wish in slot.wishes if wish.rest_qty][:MOST_ROWS]
    rows = tuple((code, sight.product(wish.sku_id)[0], str(wish.rest_qty)) for code, wish in waiting)
    return View(phrase("prompt.wall-product"), "", facts, COLUMNS, rows)
