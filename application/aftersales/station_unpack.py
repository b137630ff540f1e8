"""The flow of a parcel that comes back: its waybill, every unit in it, then the place; what belongs to nobody is taken down."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import attrs

from houtai.application.aftersales.lock import demand_state
from houtai.application.aftersales.parcels import AssignParcel, TakeDownParcel, assign_parcel, take_down_parcel
from houtai.application.aftersales.returns import CameBack, ReceiveReturn, receive_return
from houtai.application.aftersales.station_label import NOBODYS, RETURNED, LabelReturn, label_return
from houtai.application.aftersales.station_sight import ReturnLine, ReturnsSight, claim_facts
from houtai.application.aftersales.unpacked import Piece, missing_of, sort_pieces, summed
from houtai.application.warehouse.station_sight import Scanned
from houtai.application.warehouse.station_steps import Deed, Step, View, not_now, says, typed_qty
from houtai.domain.aftersales.return_parcel import FoundGoods, ReturnParcel
from houtai.domain.aftersales.state import ClaimState
from houtai.domain.ids import ClaimId, HandlingUnitId, LocationId, ReturnParcelId, SkuId, WarehouseId, derive
from houtai.domain.outbound.checking import SerialToScan
from houtai.domain.refusal import InvalidValue
from houtai.domain.warehouse.codes import Command
from houtai.domain.warehouse.location import Standard, standard_id
from houtai.domain.warehouse.reply import MessageLevel, StationMessage, phrase
from houtai.domain.warehouse.scan import BarcodeNotFound, Confirming, Finer, Match, ScanKind, WrongRecord, choose, confirm
from houtai.domain.warehouse.work import SamePiece

COLUMNS: Final = ("label.product", "label.title", "label.claimed", "label.came", "label.lot")
AWAITED: Final = (ClaimState.AWAITING_RETURN, ClaimState.IN_TRANSIT, ClaimState.RECEIVED)
MAX_WAYBILL: Final = 64
MAX_CONTENTS: Final = 200
NO_WAYBILL: Final = "-"
_NOBODYS_OWN: Final = frozenset({ScanKind.OTHER, ScanKind.GTIN})


@attrs.frozen
class UnpackState:
    """The open parcel: of a claim, or nobody's (`begun` without a claim), and what lay in it, the latest last.

    `emptied` says that nothing is left in it, so that a place is due. `known` is the parcel of nobody that it was taken down as,
    in the version that somebody saw, once its claim is asked for.
    """

    warehouse_id: WarehouseId
    begun: bool = False
    claim_id: ClaimId | None = None
    waybill: str = ""
    pieces: tuple[Piece, ...] = ()
    emptied: bool = False
    pending: Confirming | None = None
    known: tuple[ReturnParcelId, int] | None = None

    @property
    def lot_due(self) -> bool:
        """Whether the lot of what was scanned last has to be said first."""
        return bool(self.pieces) and self.pieces[-1].asks_lot

    def with_last(self, piece: Piece) -> UnpackState:
        """With the latest pieces as these."""
        return attrs.evolve(self, pieces=(*self.pieces[:-1], piece), pending=None)


def begin(warehouse_id: WarehouseId) -> UnpackState:
    """No parcel yet."""
    return UnpackState(warehouse_id)


def step(state: UnpackState, scanned: Scanned, sight: ReturnsSight) -> Step[UnpackState]:
    """Go on. Raises what `choose` raises, SamePiece, SerialToScan, TooManyPieces, InvalidValue for a lot that is none, NotNow."""
    if state.claim_id is not None:
        claim = sight.claim(state.claim_id)
        if claim.state not in AWAITED:
            told = says(MessageLevel.STOP, "claim-over", number=claim.number)
            return Step(attrs.evolve(state, claim_id=None, emptied=False, pending=None), told)
    if state.known is not None and (parcel := sight.nobodys(state.known[0])).version != state.known[1]:
        moved = says(MessageLevel.WARNING, "claim-moved-on", number=parcel.number)
        return Step(begin(state.warehouse_id), moved)
    if scanned.code.command is not None:
        return _command(state, scanned, scanned.code.command, sight)
    if not state.begun:
        return _parcel(state, scanned, sight)
    if state.known is not None and state.claim_id is None:
        return _whose(state, scanned, sight)
    if state.lot_due:
        return _lot(state, state.pieces[-1], scanned, sight)
    if state.emptied:
        return _place(state, scanned, sight)
    return _piece(state, scanned, sight)


def _parcel(state: UnpackState, scanned: Scanned, sight: ReturnsSight) -> Step[UnpackState]:
    """A claim by whatever leads to it; a waybill that leads nowhere is asked about, and then the parcel is nobody's."""
    opened = attrs.evolve(begin(state.warehouse_id), begun=True)
    if any(one.what == "claim" for one in scanned.found):
        match = choose(scanned.code, scanned.found, ("claim",), finer=Finer.DOCUMENT)
        claim = sight.claim(ClaimId(match.key))
        if claim.state in AWAITED:
            told = says(MessageLevel.SUCCESS, "parcel-of", number=claim.number, order=claim.order_number)
            return Step(attrs.evolve(opened, claim_id=claim.id, waybill=claim.waybill), told)
        question = says(MessageLevel.WARNING, "confirm-claim-over", number=claim.number, scanned=scanned.code.shown)
    elif any(one.what == "parcel of nobody" for one in scanned.found):
        match = choose(scanned.code, scanned.found, ("parcel of nobody",), finer=Finer.DOCUMENT)
        return _taken_down_before(opened, sight.nobodys(ReturnParcelId(match.key)), sight)
    else:
        _demand_waybill(scanned)
        question = says(MessageLevel.WARNING, "confirm-nobody", scanned=scanned.code.shown)
    asked = confirm(state.pending, "nobody", scanned.code)
    if asked is not None:
        return Step(attrs.evolve(state, pending=asked), question)
    return Step(attrs.evolve(opened, waybill=scanned.code.text))


def _taken_down_before(opened: UnpackState, parcel: ReturnParcel, sight: ReturnsSight) -> Step[UnpackState]:
    """A parcel of nobody that is here already: what lay in it, until somebody knows whose it is."""
    goods = tuple(Piece(one.sku_id, sight.product(one.sku_id)[0], one.qty) for one in parcel.goods)
    after = attrs.evolve(opened, waybill=parcel.waybill, pieces=goods, known=(parcel.id, parcel.version))
    return Step(after, says(MessageLevel.WARNING, "known-parcel", number=parcel.number))


def _whose(state: UnpackState, scanned: Scanned, sight: ReturnsSight) -> Step[UnpackState]:
    """The claim that a parcel of nobody belongs to after all. Raises ClaimWaits for one that awaits no goods."""
    match = choose(scanned.code, scanned.found, ("claim",), finer=Finer.DOCUMENT)
    claim = sight.claim(ClaimId(match.key))
    demand_state(claim, *AWAITED, missing="no goods are awaited")
    told = says(MessageLevel.SUCCESS, "parcel-of", number=claim.number, order=claim.order_number)
    return Step(attrs.evolve(state, claim_id=claim.id), told)


def _demand_waybill(scanned: Scanned) -> None:
    """Refuse what cannot be the number on a parcel: what the house calls a place, a product, a person."""
    known = [one for one in scanned.found if one.what not in ("order", "stopped-order", "parcel")]
    if known:
        raise WrongRecord(what=known[0].what, scanned=known[0].name, expected_what="claim", expected="waybill")
    if scanned.code.kind not in _NOBODYS_OWN:
        raise BarcodeNotFound(scanned=scanned.code.shown)
    if len(scanned.code.text) > MAX_WAYBILL:
        raise InvalidValue(field="waybill", rule=f"must have {MAX_WAYBILL} signs at most")


def _piece(state: UnpackState, scanned: Scanned, sight: ReturnsSight) -> Step[UnpackState]:
    qty = typed_qty(scanned)
    if qty is not None and state.pieces:
        return _counted(state.with_last(state.pieces[-1].with_qty(qty)), sight)
    match = choose(scanned.code, scanned.found, ("product",))
    serial = "" if scanned.code.gs1 is None else scanned.code.gs1.serial
    if serial and any(one.sku_id == match.key and serial in one.serials for one in state.pieces):
        raise SamePiece(serial=serial)
    stranger = _stranger(state, match, serial, sight)
    lots = sight.lots_of(SkuId(match.key))
    if match.lot and match.lot not in lots:
        raise InvalidValue(field="lot", rule=f"must be a lot of {match.name}")
    held = [one for one in state.pieces if one.sku_id == match.key and (not lots or one.lot == match.lot) and not one.asks_lot]
    rest = tuple(one for one in state.pieces if one not in held[-1:])
    last = held[-1] if held else Piece(SkuId(match.key), match.name, 0, asks_lot=bool(lots) and not match.lot)
    if match.lot and not held:
        last = attrs.evolve(last, lot=match.lot, lot_id=lots[match.lot].id)
    numbered = (*last.serials, serial) if serial and not stranger else last.serials
    last = attrs.evolve(last, serials=numbered).with_qty(last.qty + match.qty)
    after = attrs.evolve(state, pieces=(*rest, last), pending=None)
    if stranger:
        return Step(after, says(MessageLevel.WARNING, "other-serial", goods=match.name, serial=serial))
    return _counted(after, sight)


def _stranger(state: UnpackState, match: Match, serial: str, sight: ReturnsSight) -> bool:
    """Whether the number on the unit is none that was sent for this claim. Raises SerialToScan for one without its number."""
    if state.claim_id is None:
        return False
    sent = sight.serials_sent(sight.claim(state.claim_id)).get(SkuId(match.key), frozenset())
    if sent and not serial:
        raise SerialToScan(sku=match.name)
    return bool(serial) and serial not in sent


def _lot(state: UnpackState, piece: Piece, scanned: Scanned, sight: ReturnsSight) -> Step[UnpackState]:
    """The lot's code as it stands on the goods; typed digits that are no lot are how many pieces there are."""
    lots = sight.lots_of(piece.sku_id)
    text = scanned.code.text if scanned.code.gs1 is None else scanned.code.gs1.lot
    if text in lots:
        return _counted(state.with_last(attrs.evolve(piece, lot=text, lot_id=lots[text].id, asks_lot=False)), sight)
    qty = typed_qty(scanned)
    if qty is not None:
        return Step(state.with_last(piece.with_qty(qty)))
    if scanned.found:
        named = scanned.found[0]
        raise WrongRecord(what=named.what, scanned=named.name, expected_what="lot", expected=piece.sku)
    raise InvalidValue(field="lot", rule=f"must be a lot of {piece.sku}")


def _counted(state: UnpackState, sight: ReturnsSight) -> Step[UnpackState]:
    """What there is to say about the pieces that were counted last."""
    last = state.pieces[-1]
    if state.claim_id is None or last.asks_lot:
        return Step(state)
    claim = sight.claim(state.claim_id)
    lines = sight.lines(claim)
    mine = [one for one in lines if one.sku_id == last.sku_id]
    in_hand = sum(one.qty for one in state.pieces if one.sku_id == last.sku_id)
    _, strange = sort_pieces([one for one in state.pieces if one.sku_id == last.sku_id], mine, sight.with_buyer(claim))
    facts = {"goods": last.sku, "qty": in_hand}
    if strange:
        aside = sum(one.qty for one in strange)
        return Step(state, says(MessageLevel.WARNING, "not-of-claim", goods=last.sku, qty=aside, number=claim.number))
    came = in_hand + sum(one.received_qty for one in mine)
    claimed = sum(one.claimed_qty for one in mine)
    if all(one.gift for one in mine):
        return Step(state, says(MessageLevel.SUCCESS, "gift-came", **facts))
    if not claimed:
        return Step(state, says(MessageLevel.WARNING, "not-claimed", **facts))
    if came > claimed:
        return Step(state, says(MessageLevel.WARNING, "more-than-claimed", **facts, claimed=claimed))
    return Step(state, says(MessageLevel.SUCCESS, "piece-came", **facts, claimed=claimed))


def _emptied(state: UnpackState, scanned: Scanned, sight: ReturnsSight) -> Step[UnpackState]:
    """Nothing is left in the parcel. What differs from what was announced is asked about once."""
    if state.claim_id is None or not state.pieces:
        return _take_down(state, scanned, sight, [FoundGoods(one.sku_id, one.qty) for one in summed(state.pieces)])
    claim = sight.claim(state.claim_id)
    lines = sight.lines(claim)
    mine, strange = sort_pieces(state.pieces, lines, sight.with_buyer(claim))
    if not mine and state.known is not None:
        told = says(MessageLevel.WARNING, "nothing-of-claim", number=claim.number)
        return Step(attrs.evolve(state, claim_id=None, pending=None), told)
    if not mine:
        return _take_down(state, scanned, sight, strange)
    if lacking := missing_of(lines, mine):
        missing = ", ".join(lacking)
        asked = confirm(state.pending, f"missing {missing}", scanned.code)
        if asked is not None:
            return Step(attrs.evolve(state, pending=asked), says(MessageLevel.WARNING, "confirm-missing", goods=missing))
    return Step(attrs.evolve(state, emptied=True, pending=None))


def _take_down(
    state: UnpackState, scanned: Scanned, sight: ReturnsSight, goods: Sequence[FoundGoods], so_far: StationMessage | None = None
) -> Step[UnpackState]:
    """The parcel, or what is left of it, is written down as nobody's; one with nothing in it only after a question."""
    if not goods:
        asked = confirm(state.pending, "empty", scanned.code)
        if asked is not None:
            return Step(attrs.evolve(state, pending=asked), says(MessageLevel.WARNING, "confirm-empty"))
    note = "" if state.claim_id is None else f"lay in the parcel of {sight.claim(state.claim_id).number}"
    if not goods:
        note = f"{note}, which was empty".removeprefix(", which ") if note else "empty"
    parcel = ReturnParcelId(derive(scanned.document, "nobody"))
    cmd = TakeDownParcel(parcel, state.warehouse_id, state.waybill, tuple(goods), note)

    def told(taken: ReturnParcel) -> Step[UnpackState]:
        came = dict(so_far.phrase.facts) if so_far is not None else {}
        code = "taken-down" if so_far is None else "unpacked-and-more"
        message = says(MessageLevel.WARNING, code, **(came | {"parcel": taken.number}))
        lay_there = [(sight.product(one.sku_id)[0], one.qty) for one in goods]
        return _labelled(state, scanned, (taken.number, NOBODYS), lay_there, Step(begin(state.warehouse_id), message))

    return Step(state, deed=Deed(take_down_parcel, cmd), then=told)


def _place(state: UnpackState, scanned: Scanned, sight: ReturnsSight) -> Step[UnpackState]:
    match = choose(scanned.code, scanned.found, ("location", "unit"))
    if match.what == "location":
        return _receive(state, scanned, sight, LocationId(match.key), None, match.name)
    unit = sight.unit(HandlingUnitId(match.key))
    if unit.location_id is None:
        raise InvalidValue(field="unit", rule="must stand at a place")
    return _receive(state, scanned, sight, unit.location_id, unit.id, match.name)


def _receive(
    state: UnpackState,
    scanned: Scanned,
    sight: ReturnsSight,
    place: LocationId,
    unit: HandlingUnitId | None,
    path: str,
) -> Step[UnpackState]:
    """The goods of the claim are in the stock and at the place; what else lay in the parcel is taken down after that."""
    assert state.claim_id is not None, "a place is asked for where there is a claim"
    claim = sight.claim(state.claim_id)
    mine, strange = sort_pieces(state.pieces, sight.lines(claim), sight.with_buyer(claim))
    if not mine:
        told_of = says(MessageLevel.WARNING, "taken-in-elsewhere", number=claim.number)
        return Step(attrs.evolve(state, emptied=False, pending=None), told_of)
    lines = tuple(CameBack(line, one.qty, place, one.lot_id, one.serials, unit) for line, one in mine)
    deed = Deed(receive_return, ReceiveReturn(claim.id, state.warehouse_id, lines, state.waybill))
    if state.known is not None:
        deed = Deed(assign_parcel, AssignParcel(*state.known, claim.id, lines))

    def told(_: object) -> Step[UnpackState]:
        qty = sum(one.qty for one in lines)
        message = says(MessageLevel.SUCCESS, "unpacked", number=claim.number, qty=qty, path=path)
        done = Step(begin(state.warehouse_id), message)
        if strange:
            done = _take_down(state, scanned, sight, strange, message)
        return _labelled(state, scanned, (claim.number, RETURNED), [(one.sku, one.qty) for _, one in mine], done)

    return Step(state, deed=deed, then=told)


def _labelled(
    state: UnpackState, scanned: Scanned, label: tuple[str, str], goods: Sequence[tuple[str, int]], done: Step[UnpackState]
) -> Step[UnpackState]:
    """The same, once the label of these goods is with the station's printer."""
    number, kind = label
    contents = ", ".join(f"{sku} × {qty}" for sku, qty in goods)[:MAX_CONTENTS]
    cmd = LabelReturn(derive(scanned.document, "label", number), state.warehouse_id, number, kind, contents)
    return Step(done.state, done.message, Deed(label_return, cmd), lambda _: done)


def _command(state: UnpackState, scanned: Scanned, command: Command, sight: ReturnsSight) -> Step[UnpackState]:
    if command is Command.CANCEL:
        return Step(begin(state.warehouse_id), says(MessageLevel.INFO, "begun-anew"))
    if command is Command.UNDO and state.begun:
        return Step(_undone(state), says(MessageLevel.INFO, "taken-back"))
    if command is Command.SKIP and state.lot_due:
        return _counted(state.with_last(attrs.evolve(state.pieces[-1], asks_lot=False)), sight)
    if command is Command.DONE and not state.begun:
        asked = confirm(state.pending, "no waybill", scanned.code)
        if asked is not None:
            return Step(attrs.evolve(state, pending=asked), says(MessageLevel.WARNING, "confirm-no-waybill"))
        return Step(attrs.evolve(begin(state.warehouse_id), begun=True))
    if command is Command.DONE and state.emptied:
        waits = standard_id(state.warehouse_id, Standard.UNPLACED)
        return _receive(state, scanned, sight, waits, None, Standard.UNPLACED.value)
    if command is Command.DONE and not state.lot_due and (state.known is None or state.claim_id is not None):
        return _emptied(state, scanned, sight)
    raise not_now(command)


def _undone(state: UnpackState) -> UnpackState:
    if state.emptied:
        return attrs.evolve(state, emptied=False, pending=None)
    if state.pieces:
        return attrs.evolve(state, pieces=state.pieces[:-1], pending=None)
    return begin(state.warehouse_id)


def show(state: UnpackState, sight: ReturnsSight) -> View:
    """What is due, and what was claimed beside what came."""
    if not state.begun:
        return View(phrase("prompt.unpack"))
    facts: tuple[tuple[str, str], ...] = (("label.waybill", state.waybill),) if state.waybill else ()
    lines: tuple[ReturnLine, ...] = ()
    called = state.waybill or NO_WAYBILL
    if state.claim_id is not None:
        claim = sight.claim(state.claim_id)
        lines = sight.lines(claim)
        called = claim.number
        facts = claim_facts(claim)
    digits = str(state.pieces[-1].qty) if state.pieces else ""
    rows = _rows(state.pieces, lines, sight)
    if state.emptied and state.claim_id is not None:
        mine, _ = sort_pieces(state.pieces, lines, sight.with_buyer(sight.claim(state.claim_id)))
        qty = sum(one.qty for _, one in mine)
        return View(phrase("prompt.return-place", qty=qty), str(qty), facts, COLUMNS, rows)
    if state.lot_due:
        return View(phrase("prompt.return-lot", goods=state.pieces[-1].sku), digits, facts, COLUMNS, rows)
    if state.known is not None and state.claim_id is None:
        return View(phrase("prompt.unpack-whose"), "", facts, COLUMNS, rows)
    code = "prompt.unpack-nobody" if state.claim_id is None else "prompt.unpack-goods"
    return View(phrase(code, number=called), digits, facts, COLUMNS, rows)


def _rows(pieces: Sequence[Piece], lines: Sequence[ReturnLine], sight: ReturnsSight) -> tuple[tuple[str, ...], ...]:
    """What was claimed with what came of it, then what else lay in the parcel."""
    came = {one.sku_id: one for one in summed(pieces)}
    rows = []
    claimed: dict[SkuId, tuple[str, str, int, int]] = {}
    for one in lines:
        if one.claimed_qty or one.received_qty:
            _, _, wanted, here = claimed.get(one.sku_id, ("", "", 0, 0))
            claimed[one.sku_id] = one.sku, one.title, wanted + one.claimed_qty, here + one.received_qty
    for sku_id, (sku, title, wanted, here) in claimed.items():
        held = came.pop(sku_id, None)
        rows.append((sku, title, str(wanted), str(here + (held.qty if held else 0)), _lots(pieces, sku_id)))
    rows += [(*sight.product(one.sku_id), "", str(one.qty), _lots(pieces, one.sku_id)) for one in came.values()]
    return tuple(rows)


def _lots(pieces: Sequence[Piece], sku_id: SkuId) -> str:
    return ", ".join(dict.fromkeys(one.lot for one in pieces if one.sku_id == sku_id and one.lot))
