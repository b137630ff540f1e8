"""The flow of a simple delivery at the dock: its paper, product × quantity, lot and expiry where there are lots, the place."""

from __future__ import annotations

import datetime as dt
from typing import Final

import attrs

from houtai.application.warehouse.book_in import BookIn, book_in
from houtai.application.warehouse.station_sight import Scanned, Sight
from houtai.application.warehouse.station_steps import Deed, Step, View, not_now, positive, says, typed_qty
from houtai.domain import limits
from houtai.domain.ids import HandlingUnitId, LocationId, SkuId, WarehouseId
from houtai.domain.inventory.adjustment import OpeningReceipt
from houtai.domain.refusal import InvalidValue
from houtai.domain.warehouse.codes import Command
from houtai.domain.warehouse.location import Standard, standard_id
from houtai.domain.warehouse.reply import MessageLevel, phrase
from houtai.domain.warehouse.scan import Match, ScanKind, WrongRecord, choose
from houtai.domain.warehouse.work import SamePiece, TooManyPieces

COLUMNS: Final = ("label.product", "label.title", "label.lot", "label.qty", "label.place")
SHOWN: Final = 8
"""So many of the lines that came in last are on the screen."""
MAX_LOT: Final = 64
_DATE: Final = "%Y%m%d"


@attrs.frozen
class InHand:
    """Pieces that came. `lots` says that such goods have lots: then `lot` has to be known; `dated` once its expiry is."""

    sku_id: SkuId
    sku: str
    qty: int
    lots: bool = False
    lot: str = ""
    expires_on: dt.date | None = None
    dated: bool = False
    serials: tuple[str, ...] = ()

    def with_qty(self, qty: int) -> InHand:
        """So many pieces. Raises InvalidValue for none, or fewer than have been scanned by their numbers; TooManyPieces."""
        if positive(qty) > limits.MAX_QTY:
            raise TooManyPieces(wanted_qty=qty, free_qty=limits.MAX_QTY)
        if qty < len(self.serials):
            raise InvalidValue(field="qty", rule=f"must be {len(self.serials)} at least: so many serials were scanned")
        return attrs.evolve(self, qty=qty)

    @property
    def asks(self) -> str:
        """What has to be known before the place: the lot, its expiry, or nothing more."""
        if self.lots and not self.lot:
            return "lot"
        return "expiry" if self.lot and not self.dated else ""


@attrs.frozen
class CameIn:
    """A line that was booked."""

    sku_id: SkuId
    lot: str
    qty: int
    path: str


@attrs.frozen
class BookInState:
    """The delivery's paper (`begun` also without one), what is in hand, and what of it was booked, the latest first."""

    warehouse_id: WarehouseId
    begun: bool = False
    note: str = ""
    held: InHand | None = None
    booked: tuple[CameIn, ...] = ()
    lines: int = 0
    pieces: int = 0


def begin(warehouse_id: WarehouseId) -> BookInState:
    """No delivery yet."""
    return BookInState(warehouse_id)


def step(state: BookInState, scanned: Scanned, sight: Sight) -> Step[BookInState]:
    """Go on. Raises what `choose` raises, NotNow, SamePiece, TooManyPieces, InvalidValue for a lot or date that is none."""
    if scanned.code.command is not None:
        return _command(state, scanned, scanned.code.command)
    if state.held is None:
        return _arrived(state, scanned, sight)
    if state.held.asks == "lot":
        return _lot(state, state.held, scanned, sight)
    if state.held.asks == "expiry":
        return _expiry(state, state.held, scanned)
    return _place(state, state.held, scanned, sight)


def _arrived(state: BookInState, scanned: Scanned, sight: Sight) -> Step[BookInState]:
    """A product; before the first one the number of the delivery, which names nothing that the house knows."""
    if not state.begun and not scanned.found and scanned.code.kind is ScanKind.OTHER:
        return Step(attrs.evolve(state, begun=True, note=scanned.code.text))
    match = choose(scanned.code, scanned.found, ("product",))
    held = _labelled(InHand(SkuId(match.key), match.name, 0), match, scanned, sight)
    return Step(attrs.evolve(state, begun=True, held=held))


def _labelled(held: InHand, match: Match, scanned: Scanned, sight: Sight) -> InHand:
    """With the pieces, serial, lot and expiry that the symbol says."""
    known = sight.lots_of(held.sku_id)
    gs1 = scanned.code.gs1
    expires_on = None if gs1 is None else gs1.expires_on(sight.today)
    serial = "" if gs1 is None else gs1.serial
    if serial and serial in held.serials:
        raise SamePiece(serial=serial)
    if held.lot and match.lot and match.lot != held.lot:
        raise WrongRecord(what="lot", scanned=match.lot, expected_what="lot", expected=held.lot)
    lot = held.lot or match.lot
    found = attrs.evolve(
        held,
        lots=bool(known),
        lot=lot,
        expires_on=held.expires_on or (None if lot in known else expires_on),
        dated=held.dated or lot in known or expires_on is not None,
        serials=(*held.serials, serial) if serial else held.serials,
    )
    return found.with_qty(held.qty + match.qty)


def _lot(state: BookInState, held: InHand, scanned: Scanned, sight: Sight) -> Step[BookInState]:
    """The lot's code as the package has it; a code that names something else here is a wrong scan."""
    gs1 = scanned.code.gs1
    if gs1 is not None and gs1.lot:
        match = choose(scanned.code, scanned.found, ("product",), expected=held.sku)
        if match.key != held.sku_id:
            raise WrongRecord(what="product", scanned=match.name, expected_what="product", expected=held.sku)
        again = _labelled(attrs.evolve(held, qty=max(0, held.qty - match.qty)), match, scanned, sight)
        return Step(attrs.evolve(state, held=again))
    if scanned.found or scanned.code.kind not in (ScanKind.OTHER, ScanKind.GTIN):
        named = scanned.found[0] if scanned.found else Match(scanned.code.kind.value, None, scanned.code.shown)
        raise WrongRecord(what=named.what, scanned=named.name, expected_what="lot", expected=held.sku)
    lot = scanned.code.text
    _check_code(lot)
    return Step(attrs.evolve(state, held=attrs.evolve(held, lot=lot, dated=lot in sight.lots_of(held.sku_id))))


def _check_code(lot: str) -> None:
    """Raises InvalidValue for what cannot be a lot's code."""
    if not 1 <= len(lot) <= MAX_LOT or not lot.isascii():
        raise InvalidValue(field="lot", rule=f"must be 1 to {MAX_LOT} plain signs")


def _expiry(state: BookInState, held: InHand, scanned: Scanned) -> Step[BookInState]:
    text = scanned.code.text
    try:
        day = dt.datetime.strptime(text, _DATE).replace(tzinfo=dt.UTC).date() if len(text) == 8 and text.isdigit() else None
    except ValueError:
        day = None
    if day is None:
        raise InvalidValue(field="expires_on", rule="must be a day as YYYYMMDD")
    return Step(attrs.evolve(state, held=attrs.evolve(held, expires_on=day, dated=True)))


def _place(state: BookInState, held: InHand, scanned: Scanned, sight: Sight) -> Step[BookInState]:
    qty = typed_qty(scanned)
    if qty is not None:
        return Step(attrs.evolve(state, held=held.with_qty(qty)))
    match = choose(scanned.code, scanned.found, ("location", "unit", "product"), expected=held.sku)
    if match.what == "product":
        if match.key != held.sku_id:
            raise WrongRecord(what="product", scanned=match.name, expected_what="product", expected=held.sku)
        return Step(attrs.evolve(state, held=_labelled(held, match, scanned, sight)))
    if match.what == "location":
        return _book(state, held, scanned, LocationId(match.key), None, match.name)
    unit = sight.unit(HandlingUnitId(match.key))
    if unit.location_id is None:
        raise InvalidValue(field="unit", rule="must stand at a place")
    return _book(state, held, scanned, unit.location_id, unit.id, match.name)


def _book(
    state: BookInState, held: InHand, scanned: Scanned, place: LocationId, unit: HandlingUnitId | None, path: str
) -> Step[BookInState]:
    wish = BookIn(
        receipt=scanned.document,
        warehouse_id=state.warehouse_id,
        sku_id=held.sku_id,
        qty=held.qty,
        location_id=place,
        unit_id=unit,
        lot=held.lot,
        expires_on=held.expires_on,
        serials=held.serials,
        note=state.note,
    )
    booked = (CameIn(held.sku_id, held.lot, held.qty, path), *state.booked)[:SHOWN]
    went_on = attrs.evolve(state, held=None, booked=booked, lines=state.lines + 1, pieces=state.pieces + held.qty)

    def told(receipt: OpeningReceipt) -> Step[BookInState]:
        facts = {"qty": held.qty, "goods": held.sku, "path": path, "number": receipt.number}
        return Step(went_on, says(MessageLevel.SUCCESS, "booked-in", **facts))

    return Step(went_on, deed=Deed(book_in, wish), then=told)


def _command(state: BookInState, scanned: Scanned, command: Command) -> Step[BookInState]:
    held = state.held
    if command is Command.CANCEL:
        return Step(begin(state.warehouse_id), says(MessageLevel.INFO, "begun-anew"))
    if command is Command.UNDO and held is not None:
        return Step(attrs.evolve(state, held=None), says(MessageLevel.INFO, "taken-back"))
    if command is Command.UNDO and state.begun and not state.lines:
        return Step(begin(state.warehouse_id), says(MessageLevel.INFO, "taken-back"))
    if command is Command.SKIP and held is not None and held.asks == "expiry":
        return Step(attrs.evolve(state, held=attrs.evolve(held, dated=True)))
    if command is Command.DONE and held is not None and not held.asks:
        waits = standard_id(state.warehouse_id, Standard.UNPLACED)
        return _book(state, held, scanned, waits, None, Standard.UNPLACED.value)
    if command is Command.DONE and held is None:
        if not state.begun:
            return Step(attrs.evolve(state, begun=True))
        message = says(MessageLevel.SUCCESS, "delivery-done", kinds=state.lines, qty=state.pieces)
        return Step(begin(state.warehouse_id), message)
    raise not_now(command)


def show(state: BookInState, sight: Sight) -> View:
    """What is due next, and what of this delivery has come in."""
    if not state.begun:
        return View(phrase("prompt.delivery"))
    rows = tuple((*sight.product(one.sku_id), one.lot, str(one.qty), one.path) for one in state.booked)
    facts = (("label.delivery", state.note),) if state.note else ()
    held = state.held
    if held is None:
        return View(phrase("prompt.arrived"), str(state.pieces) if state.lines else "", facts, COLUMNS, rows)
    facts = (*facts, ("label.product", " ".join(sight.product(held.sku_id))))
    if held.lot:
        facts = (*facts, ("label.lot", held.lot))
    if held.expires_on is not None:
        facts = (*facts, ("label.expiry", held.expires_on.isoformat()))
    prompts = {
        "lot": phrase("prompt.lot", goods=held.sku),
        "expiry": phrase("prompt.expiry", lot=held.lot),
        "": phrase("prompt.book-in", goods=held.sku, qty=held.qty),
    }
    return View(prompts[held.asks], str(held.qty), facts, COLUMNS, rows)
