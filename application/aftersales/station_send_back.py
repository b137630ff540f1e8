"""The flow of goods that go back to the buyer: their claim, each unit, the carrier, and the waybill of the parcel."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import attrs

from houtai.application.aftersales.reship import GoingBack, SendBack, send_goods_back
from houtai.application.aftersales.station_inspect import over, waiting_view
from houtai.application.aftersales.station_sight import ReturnLine, ReturnsSight, claim_facts, lies_at
from houtai.application.warehouse.station_sight import Lying, Scanned
from houtai.application.warehouse.station_steps import Deed, Step, View, not_now, positive, says, typed_qty
from houtai.domain.aftersales.claim import Claim
from houtai.domain.aftersales.refusals import ClaimWaits, MoreThanCame
from houtai.domain.aftersales.state import ClaimState
from houtai.domain.ids import ClaimId, HandlingUnitId, LocationId, SkuId, WarehouseId
from houtai.domain.outbound.checking import NotInOrder
from houtai.domain.refusal import InvalidValue
from houtai.domain.warehouse.codes import Command
from houtai.domain.warehouse.reply import MessageLevel, phrase
from houtai.domain.warehouse.scan import BarcodeNotFound, Confirming, Finer, Match, ScanKind, WrongRecord, choose, confirm
from houtai.domain.warehouse.work import SamePiece

COLUMNS: Final = ("label.product", "label.title", "label.to-send", "label.in-hand")
MAX_WAYBILL: Final = 64


@attrs.frozen
class SendBackState:
    """The claim, the place or unit that its goods are taken from, what is in the parcel, and who carries it.

    `packed` says that the parcel is closed, so that carrier and waybill are due.
    """

    warehouse_id: WarehouseId
    claim_id: ClaimId | None = None
    place: LocationId | None = None
    unit_id: HandlingUnitId | None = None
    inside: tuple[GoingBack, ...] = ()
    packed: bool = False
    carrier: str = ""
    pending: Confirming | None = None


def begin(warehouse_id: WarehouseId) -> SendBackState:
    """No claim yet."""
    return SendBackState(warehouse_id)


def step(state: SendBackState, scanned: Scanned, sight: ReturnsSight) -> Step[SendBackState]:
    """Go on. Raises what `choose` raises, ClaimWaits, NotInOrder, MoreThanCame, ScanThePlace, NotNow."""
    if state.claim_id is None:
        return _claim(state, scanned, sight)
    claim = sight.claim(state.claim_id)
    if claim.state is not ClaimState.RESHIPPING or not claim.to_go_back:
        return Step(begin(state.warehouse_id), over(claim))
    if scanned.code.command is not None:
        return _command(state, scanned, scanned.code.command, claim)
    if not state.packed:
        return _unit(state, scanned, claim, sight)
    if not state.carrier:
        match = choose(scanned.code, scanned.found, ("carrier",))
        return Step(attrs.evolve(state, carrier=match.name))
    return _waybill(state, scanned, claim)


def _claim(state: SendBackState, scanned: Scanned, sight: ReturnsSight) -> Step[SendBackState]:
    if scanned.code.command is Command.CANCEL:
        return Step(begin(state.warehouse_id), says(MessageLevel.INFO, "begun-anew"))
    if scanned.code.command is not None:
        raise not_now(scanned.code.command)
    match = choose(scanned.code, scanned.found, ("claim",), finer=Finer.DOCUMENT)
    claim = sight.claim(ClaimId(match.key))
    if claim.state is not ClaimState.RESHIPPING or claim.warehouse_id != state.warehouse_id or not claim.to_go_back:
        raise ClaimWaits(number=claim.number, state=claim.state.value, missing="nothing of it goes back to the buyer from here")
    return Step(attrs.evolve(state, claim_id=claim.id))


def _unit(state: SendBackState, scanned: Scanned, claim: Claim, sight: ReturnsSight) -> Step[SendBackState]:
    qty = typed_qty(scanned)
    if qty is not None and state.inside and not state.inside[-1].serials:
        last = attrs.evolve(state.inside[-1], qty=positive(qty))
        return _inside(attrs.evolve(state, inside=(*state.inside[:-1], last)), last, claim)
    match = choose(scanned.code, scanned.found, ("product", "location", "unit"), expected=claim.number)
    if match.what == "location":
        return Step(attrs.evolve(state, place=LocationId(match.key), unit_id=None))
    if match.what == "unit":
        return Step(attrs.evolve(state, place=None, unit_id=HandlingUnitId(match.key)))
    line = _line(state, sight.lines(claim), match, claim)
    lies = lies_at(sight, SkuId(match.key), state.place, state.unit_id)
    return _one_more(state, line, lies, match, scanned, claim)


def _line(state: SendBackState, lines: Sequence[ReturnLine], match: Match, claim: Claim) -> ReturnLine:
    mine = [one for one in lines if one.sku_id == match.key]
    if not mine:
        raise NotInOrder(sku=match.name, number=claim.number)
    open_lines = [one for one in mine if one.back_qty > _in_hand(state, one.line)]
    if not open_lines:
        named = mine[0]
        wanted = _in_hand(state, named.line) + match.qty
        raise MoreThanCame(number=claim.number, line=named.line, wanted_qty=wanted, waiting_qty=named.back_qty)
    return open_lines[0]


def _one_more(
    state: SendBackState, line: ReturnLine, lies: Lying, match: Match, scanned: Scanned, claim: Claim
) -> Step[SendBackState]:
    serial = "" if scanned.code.gs1 is None else scanned.code.gs1.serial
    if serial and any(serial in one.serials for one in state.inside):
        raise SamePiece(serial=serial)
    made = GoingBack(line.line, match.qty, lies.location_id, lies.lot_id, (serial,) if serial else (), lies.unit_id)
    like = [one for one in state.inside if attrs.evolve(one, qty=1, serials=()) == attrs.evolve(made, qty=1, serials=())]
    if like:
        made = attrs.evolve(made, qty=like[0].qty + made.qty, serials=(*like[0].serials, *made.serials))
    rest = tuple(one for one in state.inside if one not in like)
    return _inside(attrs.evolve(state, inside=(*rest, made)), made, claim)


def _inside(state: SendBackState, last: GoingBack, claim: Claim) -> Step[SendBackState]:
    """With the last one all of them are in the parcel."""
    one = claim.line(last.line)
    wanted = _in_hand(state, last.line)
    if wanted > one.back_qty - one.returned_qty:
        raise MoreThanCame(number=claim.number, line=last.line, wanted_qty=wanted, waiting_qty=one.back_qty - one.returned_qty)
    whole = sum(one.qty for one in state.inside) == claim.to_go_back
    return Step(attrs.evolve(state, packed=whole, pending=None))


def _in_hand(state: SendBackState, line: int) -> int:
    return sum(one.qty for one in state.inside if one.line == line)


def _waybill(state: SendBackState, scanned: Scanned, claim: Claim) -> Step[SendBackState]:
    """The number on the new label: nothing that the house knows already."""
    if scanned.found:
        raise WrongRecord(what=scanned.found[0].what, scanned=scanned.found[0].name, expected_what="waybill", expected="waybill")
    if scanned.code.kind not in (ScanKind.OTHER, ScanKind.GTIN):
        raise BarcodeNotFound(scanned=scanned.code.shown)
    if len(scanned.code.text) > MAX_WAYBILL:
        raise InvalidValue(field="waybill", rule=f"must have {MAX_WAYBILL} signs at most")
    cmd = SendBack(claim.id, state.inside, state.carrier, scanned.code.text)

    def told(after: Claim) -> Step[SendBackState]:
        qty = sum(one.qty for one in state.inside)
        code = "back-in-part" if after.to_go_back else "gone-back"
        message = says(MessageLevel.SUCCESS, code, number=after.number, qty=qty, rest=after.to_go_back)
        return Step(begin(state.warehouse_id), message)

    return Step(state, deed=Deed(send_goods_back, cmd), then=told)


def _command(state: SendBackState, scanned: Scanned, command: Command, claim: Claim) -> Step[SendBackState]:
    if command is Command.CANCEL:
        return Step(begin(state.warehouse_id), says(MessageLevel.INFO, "begun-anew"))
    if command is Command.UNDO:
        return Step(_undone(state), says(MessageLevel.INFO, "taken-back"))
    if command is Command.DONE and state.inside and not state.packed:
        rest = claim.to_go_back - sum(one.qty for one in state.inside)
        asked = confirm(state.pending, f"{rest} stay", scanned.code)
        if asked is not None:
            return Step(attrs.evolve(state, pending=asked), says(MessageLevel.WARNING, "confirm-part-back", rest=rest))
        return Step(attrs.evolve(state, packed=True, pending=None))
    raise not_now(command)


def _undone(state: SendBackState) -> SendBackState:
    if state.carrier:
        return attrs.evolve(state, carrier="")
    if state.inside:
        return attrs.evolve(state, inside=state.inside[:-1], packed=False, pending=None)
    return begin(state.warehouse_id)


def show(state: SendBackState, sight: ReturnsSight) -> View:
    """What goes back, and how much of it is in the parcel."""
    if state.claim_id is None:
        return waiting_view("prompt.send-back", sight.to_send_back())
    claim = sight.claim(state.claim_id)
    facts = claim_facts(claim)
    rows = tuple(
        (one.sku, one.title, str(one.back_qty), str(_in_hand(state, one.line))) for one in sight.lines(claim) if one.back_qty
    )
    digits = str(sum(one.qty for one in state.inside)) if state.inside else ""
    if not state.packed:
        return View(phrase("prompt.send-back-unit", number=claim.number), digits, facts, COLUMNS, rows)
    if not state.carrier:
        return View(phrase("prompt.send-back-carrier", carriers=", ".join(sight.carriers())), digits, facts, COLUMNS, rows)
    facts = (*facts, ("label.carrier", state.carrier))
    return View(phrase("prompt.send-back-waybill", carrier=state.carrier), digits, facts, COLUMNS, rows)
