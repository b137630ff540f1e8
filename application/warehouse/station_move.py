"""The flows of moving goods and of putting away what has come in: from a place, a product or a unit, how many, to a place."""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from houtai.application.warehouse.carry_unit import CarryUnit, carry_unit
from houtai.application.warehouse.move_goods import MoveGoods, MoveLine, move_goods
from houtai.application.warehouse.station_sight import Lying, Scanned, Sight
from houtai.application.warehouse.station_steps import (
    GOODS_COLUMNS,
    Deed,
    Step,
    View,
    goods_rows,
    not_now,
    positive,
    says,
    typed_qty,
)
from houtai.domain.ids import HandlingUnitId, LocationId, SkuId, WarehouseId
from houtai.domain.inventory.stock import StockState
from houtai.domain.warehouse.bins import LotId
from houtai.domain.warehouse.codes import Command
from houtai.domain.warehouse.location import Standard, standard_id
from houtai.domain.warehouse.reply import MessageLevel, phrase
from houtai.domain.warehouse.scan import AmbiguousScan, Confirming, Finer, Match, WrongRecord, choose, confirm
from houtai.domain.warehouse.work import NothingThere, SamePiece, TooManyPieces


@attrs.frozen
class Held:
    """What is in hand: pieces out of one bin of the source. `free_qty` is what may be taken of them."""

    sku_id: SkuId
    sku: str
    unit_id: HandlingUnitId | None
    lot_id: LotId | None
    state: StockState
    qty: int
    free_qty: int
    serials: tuple[str, ...] = ()

    def with_qty(self, qty: int) -> Held:
        """So many pieces. Raises InvalidValue for none, TooManyPieces."""
        if positive(qty) > self.free_qty:
            raise TooManyPieces(wanted_qty=qty, free_qty=self.free_qty)
        return attrs.evolve(self, qty=qty)

    def with_serial(self, serial: str) -> Held:
        """With the number of a piece, where it has one. Raises SamePiece."""
        if serial and serial in self.serials:
            raise SamePiece(serial=serial)
        return attrs.evolve(self, serials=(*self.serials, serial)) if serial else self


@attrs.frozen
class MoveState:
    """Where goods are taken from, and what is in hand: pieces, or a whole unit. `putting_away` begins where all goods wait."""

    warehouse_id: WarehouseId
    putting_away: bool = False
    source_id: LocationId | None = None
    held: Held | None = None
    unit_id: HandlingUnitId | None = None
    pending: Confirming | None = None


def begin(warehouse_id: WarehouseId) -> MoveState:
    """Nothing in hand, no place yet."""
    return MoveState(warehouse_id)


def begin_putting_away(warehouse_id: WarehouseId) -> MoveState:
    """Nothing in hand; the source is the place for what has none."""
    return MoveState(warehouse_id, putting_away=True, source_id=standard_id(warehouse_id, Standard.UNPLACED))


def step(state: MoveState, scanned: Scanned, sight: Sight) -> Step[MoveState]:
    """Go on. Raises what `choose` raises, NotNow, NothingThere, TooManyPieces, SamePiece, InvalidValue for no pieces."""
    if scanned.code.command is not None:
        return _command(state, scanned.code.command)
    if state.unit_id is not None:
        return _put_unit(state, state.unit_id, scanned, sight)
    if state.held is not None:
        return _put(state, state.held, scanned, sight)
    if state.source_id is None:
        return _source(state, scanned, sight)
    return _take(state, state.source_id, scanned, sight)


def _fresh(state: MoveState) -> MoveState:
    return begin_putting_away(state.warehouse_id) if state.putting_away else begin(state.warehouse_id)


def _command(state: MoveState, command: Command) -> Step[MoveState]:
    if command is Command.CANCEL:
        return Step(_fresh(state), says(MessageLevel.INFO, "begun-anew"))
    in_hand = state.held is not None or state.unit_id is not None
    if command is not Command.UNDO or not (in_hand or (state.source_id is not None and not state.putting_away)):
        raise not_now(command)
    back = attrs.evolve(state, held=None, unit_id=None, pending=None) if in_hand else _fresh(state)
    return Step(back, says(MessageLevel.INFO, "taken-back"))


def _source(state: MoveState, scanned: Scanned, sight: Sight) -> Step[MoveState]:
    match = choose(scanned.code, scanned.found, ("location", "unit"))
    if match.what == "unit":
        return Step(attrs.evolve(state, unit_id=HandlingUnitId(match.key)))
    location_id = LocationId(match.key)
    if not sight.lying_in(location_id):
        raise NothingThere(path=match.name)
    return Step(attrs.evolve(state, source_id=location_id))


def _take(state: MoveState, source_id: LocationId, scanned: Scanned, sight: Sight) -> Step[MoveState]:
    match = choose(scanned.code, scanned.found, ("product", "unit"))
    lying = sight.lying_in(source_id)
    if match.what == "unit":
        unit = sight.unit(HandlingUnitId(match.key))
        if unit.location_id != source_id:
            raise _not_here(match, lying)
        return Step(attrs.evolve(state, unit_id=unit.id))
    return Step(attrs.evolve(state, held=_held(match, scanned, lying)))


def _held(match: Match, scanned: Scanned, lying: Sequence[Lying]) -> Held:
    """The pieces that are meant, where the scan leaves no doubt. Loose ones before those in units."""
    here = [one for one in lying if one.sku_id == match.key and (not match.lot or one.lot == match.lot)]
    if not here:
        raise _not_here(match, lying)
    loose = [one for one in here if one.unit_id is None] or here
    if len(loose) > 1:
        finer = Finer.LOT if len({one.lot for one in loose}) > 1 else Finer.PACK
        raise AmbiguousScan(scanned=scanned.code.shown, count=len(loose), finer=finer.value)
    (one,) = loose
    held = Held(one.sku_id, one.sku, one.unit_id, one.lot_id, one.state, 0, one.free_qty)
    return held.with_qty(match.qty).with_serial(_serial(scanned))


def _serial(scanned: Scanned) -> str:
    return "" if scanned.code.gs1 is None else scanned.code.gs1.serial


def _not_here(match: Match, lying: Sequence[Lying]) -> WrongRecord:
    due = ", ".join(dict.fromkeys(one.sku for one in lying)) or "-"
    return WrongRecord(what=match.what, scanned=match.name, expected_what="product", expected=due[:60])


def _put(state: MoveState, held: Held, scanned: Scanned, sight: Sight) -> Step[MoveState]:
    qty = typed_qty(scanned)
    if qty is not None:
        return Step(attrs.evolve(state, held=held.with_qty(qty), pending=None))
    match = choose(scanned.code, scanned.found, ("location", "unit", "product"))
    if match.what == "product":
        if match.key != held.sku_id:
            raise WrongRecord(what="product", scanned=match.name, expected_what="product", expected=held.sku)
        more = held.with_serial(_serial(scanned)).with_qty(held.qty + match.qty)
        return Step(attrs.evolve(state, held=more, pending=None))
    into = None if match.what == "location" else sight.unit(HandlingUnitId(match.key))
    target_id = LocationId(match.key) if into is None else into.location_id
    if target_id is None or (target_id == state.source_id and (None if into is None else into.id) == held.unit_id):
        raise WrongRecord(what=match.what, scanned=match.name, expected_what="location", expected=_other(state, held, sight))
    proposed = _proposed(state, held, sight)
    if proposed and target_id not in [one.location_id for one in proposed]:
        asked = confirm(state.pending, "another place", scanned.code)
        if asked is not None:
            message = says(MessageLevel.WARNING, "confirm-place", path=match.name)
            return Step(attrs.evolve(state, pending=asked), message)
    return _moved(state, held, (target_id, None if into is None else into.id), match.name, scanned)


def _moved(
    state: MoveState, held: Held, target: tuple[LocationId, HandlingUnitId | None], name: str, scanned: Scanned
) -> Step[MoveState]:
    assert state.source_id is not None
    line = MoveLine(
        sku_id=held.sku_id,
        qty=held.qty,
        from_location_id=state.source_id,
        to_location_id=target[0],
        from_unit_id=held.unit_id,
        to_unit_id=target[1],
        lot_id=held.lot_id,
        state=held.state,
        serials=held.serials,
    )
    deed = Deed(move_goods, MoveGoods(scanned.document, state.warehouse_id, (line,)))
    message = says(MessageLevel.SUCCESS, "moved", qty=held.qty, goods=held.sku, path=name)
    return Step(attrs.evolve(state, held=None, pending=None), message, deed)


def _put_unit(state: MoveState, unit_id: HandlingUnitId, scanned: Scanned, sight: Sight) -> Step[MoveState]:
    match = choose(scanned.code, scanned.found, ("location",))
    unit = sight.unit(unit_id)
    if unit.location_id == match.key:
        raise WrongRecord(what="location", scanned=match.name, expected_what="location", expected=f"≠ {match.name}")
    deed = Deed(carry_unit, CarryUnit(scanned.document, unit.id, unit.version, LocationId(match.key)))
    message = says(MessageLevel.SUCCESS, "carried", unit=unit.barcode, path=match.name)
    return Step(attrs.evolve(state, unit_id=None, pending=None), message, deed)


def _proposed(state: MoveState, held: Held, sight: Sight) -> tuple[Lying, ...]:
    """Where the same goods lie for sale already; only what is put away has proposals."""
    if not state.putting_away or held.state is not StockState.SELLABLE:
        return ()
    lying = (one for one in sight.lying_of(held.sku_id) if one.location_id != state.source_id)
    return tuple(one for one in lying if sight.place(one.location_id).sellable)


def _other(state: MoveState, held: Held, sight: Sight) -> str:
    proposed = _proposed(state, held, sight)
    return proposed[0].path if proposed else "L-…"


def show(state: MoveState, sight: Sight) -> View:
    """What to do next, and what lies at the source."""
    if state.unit_id is not None:
        lying = sight.lying_in_unit(state.unit_id)
        return View(phrase("prompt.carry-to", unit=sight.unit(state.unit_id).barcode), "", (), GOODS_COLUMNS, goods_rows(lying))
    if state.source_id is None:
        return View(phrase("prompt.move-from"))
    rows = goods_rows(sight.lying_in(state.source_id))
    held = state.held
    if held is None:
        prompt = "prompt.receive" if state.putting_away else "prompt.move-goods"
        path = "" if state.putting_away else sight.place(state.source_id).path
        return View(phrase(prompt, path=path), "", (), GOODS_COLUMNS, rows)
    proposed = _proposed(state, held, sight)
    facts = (("label.product", " ".join(sight.product(held.sku_id))), ("label.free", str(held.free_qty)))
    if proposed:
        paths = " / ".join(dict.fromkeys(one.path for one in proposed[:3]))
        prompt_to = phrase("prompt.put-away", goods=held.sku, qty=held.qty, proposed=paths)
    else:
        prompt_to = phrase("prompt.move-to", goods=held.sku, qty=held.qty)
    return View(prompt_to, str(held.qty), facts, GOODS_COLUMNS, rows)
