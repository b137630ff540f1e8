"""The flow of looking at what came back: its claim, then for each unit a grade, what becomes of it, pictures and the place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, TypeVar

import attrs

from houtai.application.aftersales.inspect import STATE_OF, Found, InspectReturn, inspect_return
from houtai.application.aftersales.station_sight import CLAIMS_SHOWN, ReturnLine, ReturnsSight, claim_facts, lies_at
from houtai.application.warehouse.station_sight import Lying, Scanned
from houtai.application.warehouse.station_steps import Deed, Step, View, not_now, says
from houtai.domain.aftersales.claim import MAX_EVIDENCE, Claim, Disposition, Grade
from houtai.domain.aftersales.refusals import ClaimWaits, MoreThanCame
from houtai.domain.aftersales.state import ENDED, ClaimState
from houtai.domain.ids import ClaimId, HandlingUnitId, LocationId, SkuId, WarehouseId
from houtai.domain.inventory.stock import StockState
from houtai.domain.outbound.checking import NotInOrder, SerialToScan
from houtai.domain.refusal import InvalidValue
from houtai.domain.warehouse.bins import LotId
from houtai.domain.warehouse.codes import Command
from houtai.domain.warehouse.location import Standard, standard_id
from houtai.domain.warehouse.reply import MessageLevel, StationMessage, phrase
from houtai.domain.warehouse.scan import AmbiguousScan, Confirming, Finer, Match, choose, confirm
from houtai.domain.warehouse.work import NoSuchChoice, NothingThere, SamePiece

COLUMNS: Final = ("label.product", "label.title", "label.to-inspect", "label.place")
CHOICES: Final = ("label.key", "label.choice")
WAITING: Final = ("label.claim", "label.bought-as", "label.qty")
MAX_PHOTO: Final = 200
T = TypeVar("T", Grade, Disposition)
GRADES: Final = (Grade.AS_NEW, Grade.OPENED, Grade.DAMAGED, Grade.NOT_OURS)
"""By the number that is typed."""
ENDS: Final[Mapping[Grade, tuple[Disposition, ...]]] = {
    Grade.AS_NEW: (Disposition.RESTOCK, Disposition.B_GRADE, Disposition.TO_CUSTOMER),
    Grade.OPENED: (Disposition.B_GRADE, Disposition.RESTOCK, Disposition.REPAIR, Disposition.TO_CUSTOMER),
    Grade.DAMAGED: (
        Disposition.SCRAP,
        Disposition.TO_SUPPLIER,
        Disposition.B_GRADE,
        Disposition.REPAIR,
        Disposition.TO_CUSTOMER,
    ),
    Grade.NOT_OURS: (Disposition.TO_CUSTOMER, Disposition.SCRAP),
}
"""What may become of a unit, the likeliest first. What is damaged or was never ours does not go back on sale here."""
_SHELVED: Final = (Disposition.RESTOCK, Disposition.B_GRADE, Disposition.TO_SUPPLIER)


@attrs.frozen
class Look:
    """Units of one line in hand, from where they were taken, and what is said of them so far.

    `photographed` once nobody has more pictures of them to name.
    """

    line: int
    sku_id: SkuId
    sku: str
    qty: int
    limit_qty: int
    at: LocationId
    path: str
    unit_id: HandlingUnitId | None = None
    lot_id: LotId | None = None
    serials: tuple[str, ...] = ()
    grade: Grade | None = None
    disposition: Disposition | None = None
    photos: tuple[str, ...] = ()
    photographed: bool = False


@attrs.frozen
class InspectState:
    """The claim, the place or unit that somebody takes its goods from, and what is in hand."""

    warehouse_id: WarehouseId
    claim_id: ClaimId | None = None
    place: LocationId | None = None
    unit_id: HandlingUnitId | None = None
    held: Look | None = None
    pending: Confirming | None = None


def begin(warehouse_id: WarehouseId) -> InspectState:
    """No claim yet."""
    return InspectState(warehouse_id)


def step(state: InspectState, scanned: Scanned, sight: ReturnsSight) -> Step[InspectState]:
    """Go on. Raises what `choose` raises, ClaimWaits, NotInOrder, MoreThanCame, ScanThePlace, NoSuchChoice, NotNow."""
    command = scanned.code.command
    if command is Command.CANCEL:
        return Step(begin(state.warehouse_id), says(MessageLevel.INFO, "begun-anew"))
    if state.claim_id is None:
        if command is not None:
            raise not_now(command)
        return _claim(state, scanned, sight)
    claim = sight.claim(state.claim_id)
    if claim.state is not ClaimState.RECEIVED:
        return Step(begin(state.warehouse_id), over(claim))
    if command is Command.UNDO:
        return Step(_undone(state), says(MessageLevel.INFO, "taken-back"))
    if state.held is not None:
        return _answer(state, state.held, scanned, claim, sight)
    if command is not None:
        raise not_now(command)
    return _unit(state, scanned, claim, sight)


def _answer(state: InspectState, held: Look, scanned: Scanned, claim: Claim, sight: ReturnsSight) -> Step[InspectState]:
    """What is due to be said of the units in hand."""
    if held.grade is None:
        return _grade(state, held, scanned, claim, sight)
    if held.disposition is None:
        return _disposition(state, held, held.grade, scanned, claim)
    if not held.photographed:
        return _photo(state, held, scanned, claim)
    return _place(state, held, held.disposition, scanned, claim, sight)


def over(claim: Claim) -> StationMessage:
    """What is said where a claim has moved on under somebody's hands: an alarm where its goods are not wanted any more."""
    unwanted = claim.state in ENDED - {ClaimState.COMPLETED} or claim.outcome in (ClaimState.CANCELLED, ClaimState.REJECTED)
    level = MessageLevel.STOP if unwanted else MessageLevel.WARNING
    return says(level, "claim-over" if unwanted else "claim-moved-on", number=claim.number)


def _claim(state: InspectState, scanned: Scanned, sight: ReturnsSight) -> Step[InspectState]:
    """A claim by what leads to it, or by a place, a unit or goods that lead to one claim alone."""
    match = choose(scanned.code, scanned.found, ("claim", "location", "unit", "product"), finer=Finer.DOCUMENT)
    if match.what == "claim":
        claim = sight.claim(ClaimId(match.key))
        if claim.state is not ClaimState.RECEIVED or claim.warehouse_id != state.warehouse_id:
            raise ClaimWaits(number=claim.number, state=claim.state.value, missing="nothing of it waits here to be looked at")
        return Step(attrs.evolve(state, claim_id=claim.id))
    goods, named = _goods_meant(match, sight)
    waiting = sight.to_inspect()
    meant = [one for one in waiting if any(line.sku_id in goods and line.waiting_qty for line in sight.lines(one))]
    if not meant:
        raise NothingThere(path=named)
    if len(meant) > 1:
        raise AmbiguousScan(scanned=named, count=len(meant), finer=Finer.DOCUMENT.value)
    found = attrs.evolve(_taken_from(state, match), claim_id=meant[0].id)
    return _unit(found, scanned, meant[0], sight) if match.what == "product" else Step(found)


def _goods_meant(match: Match, sight: ReturnsSight) -> tuple[set[SkuId], str]:
    if match.what == "product":
        return {SkuId(match.key)}, match.name
    lying = sight.lying_in(LocationId(match.key)) if match.what == "location" else sight.lying_in_unit(HandlingUnitId(match.key))
    return {one.sku_id for one in lying if one.state is StockState.RETURN_PENDING}, match.name


def _taken_from(state: InspectState, match: Match) -> InspectState:
    if match.what == "location":
        return attrs.evolve(state, place=LocationId(match.key), unit_id=None)
    if match.what == "unit":
        return attrs.evolve(state, place=None, unit_id=HandlingUnitId(match.key))
    return state


def _unit(state: InspectState, scanned: Scanned, claim: Claim, sight: ReturnsSight) -> Step[InspectState]:
    match = choose(scanned.code, scanned.found, ("product", "location", "unit"), expected=claim.number)
    if match.what != "product":
        return Step(_taken_from(state, match))
    line = _line(sight.lines(claim), match, claim)
    lies = lies_at(sight, line.sku_id, state.place, state.unit_id)
    held = Look(
        line=line.line,
        sku_id=line.sku_id,
        sku=line.sku,
        qty=0,
        limit_qty=min(line.waiting_qty, lies.free_qty),
        at=lies.location_id,
        path=lies.path,
        unit_id=lies.unit_id,
        lot_id=lies.lot_id,
    )
    return _more(state, held, match, scanned, claim, sight)


def _line(lines: tuple[ReturnLine, ...], match: Match, claim: Claim) -> ReturnLine:
    mine = [one for one in lines if one.sku_id == match.key]
    if not mine:
        raise NotInOrder(sku=match.name, number=claim.number)
    waiting = [one for one in mine if one.waiting_qty]
    if not waiting:
        raise MoreThanCame(number=claim.number, line=mine[0].line, wanted_qty=match.qty, waiting_qty=0)
    return waiting[0]


def _more(
    state: InspectState, held: Look, match: Match, scanned: Scanned, claim: Claim, sight: ReturnsSight
) -> Step[InspectState]:
    """One more unit in hand; one whose number was not sent is told, and looked at without it."""
    qty = held.qty + match.qty
    if qty > held.limit_qty:
        raise MoreThanCame(number=claim.number, line=held.line, wanted_qty=qty, waiting_qty=held.limit_qty)
    serial = "" if scanned.code.gs1 is None else scanned.code.gs1.serial
    if serial and serial in held.serials:
        raise SamePiece(serial=serial)
    sent = sight.serials_sent(claim).get(held.sku_id, frozenset())
    if sent and not serial:
        raise SerialToScan(sku=held.sku)
    stranger = bool(serial) and serial not in sent
    serials = (*held.serials, serial) if serial and not stranger else held.serials
    after = attrs.evolve(state, held=attrs.evolve(held, qty=qty, serials=serials), pending=None)
    if stranger:
        return Step(after, says(MessageLevel.WARNING, "other-serial", goods=held.sku, serial=serial))
    return Step(after)


def _grade(state: InspectState, held: Look, scanned: Scanned, claim: Claim, sight: ReturnsSight) -> Step[InspectState]:
    chosen = _chosen(scanned, GRADES, {one: Command(one.value.upper()) for one in GRADES})
    if chosen is not None:
        return Step(attrs.evolve(state, held=attrs.evolve(held, grade=chosen), pending=None))
    match = choose(scanned.code, scanned.found, ("product",), expected=held.sku)
    if match.key != held.sku_id:
        raise NotInOrder(sku=match.name, number=held.sku)
    return _more(state, held, match, scanned, claim, sight)


def _disposition(state: InspectState, held: Look, grade: Grade, scanned: Scanned, claim: Claim) -> Step[InspectState]:
    ends = ENDS[grade]
    chosen = _chosen(scanned, ends, {one: Command(one.value.upper()) for one in Disposition})
    if chosen is None:
        raise NoSuchChoice(scanned=scanned.code.shown)
    after = attrs.evolve(held, disposition=chosen, photographed=grade is Grade.AS_NEW)
    return _when_known(attrs.evolve(state, held=after, pending=None), after, claim)


def _chosen(scanned: Scanned, choices: tuple[T, ...], commands: Mapping[T, Command]) -> T | None:
    """What was chosen by its number or its command; None for a code that is none of them. Raises NoSuchChoice, NotNow."""
    command, text = scanned.code.command, scanned.code.text
    if command is not None:
        named = next((one for one in commands if commands[one] is command), None)
        if named is None:
            raise not_now(command)
        if named not in choices:
            raise NoSuchChoice(scanned=command.barcode)
        return named
    if not text.isdigit() or len(text) > 2:
        return None
    if not 1 <= int(text) <= len(choices):
        raise NoSuchChoice(scanned=text)
    return choices[int(text) - 1]


def _photo(state: InspectState, held: Look, scanned: Scanned, claim: Claim) -> Step[InspectState]:
    """What a picture of the units is called, as the camera or the phone shows it; done where there are no more."""
    if scanned.code.command is Command.DONE:
        after = attrs.evolve(held, photographed=True)
        return _when_known(attrs.evolve(state, held=after), after, claim)
    if scanned.code.command is not None:
        raise not_now(scanned.code.command)
    if len(held.photos) >= MAX_EVIDENCE or len(scanned.code.text) > MAX_PHOTO:
        raise InvalidValue(field="photos", rule=f"must be at most {MAX_EVIDENCE}, of {MAX_PHOTO} signs at most")
    after = attrs.evolve(held, photos=(*held.photos, scanned.code.text))
    return Step(attrs.evolve(state, held=after), says(MessageLevel.SUCCESS, "photo-noted", count=len(after.photos)))


def _when_known(state: InspectState, held: Look, claim: Claim) -> Step[InspectState]:
    """On to the place for what is put somewhere, and done for what is not."""
    if not held.photographed or held.disposition in _SHELVED:
        return Step(state)
    return _done(state, held, claim, None)


def _place(
    state: InspectState, held: Look, disposition: Disposition, scanned: Scanned, claim: Claim, sight: ReturnsSight
) -> Step[InspectState]:
    """Where they are put now; another place than where their like lies is confirmed by scanning it again.

    Without one they stay where they lay; those that go back on sale wait with what is to be put away.
    """
    if scanned.code.command is Command.DONE:
        waits = disposition is Disposition.RESTOCK and not sight.place(held.at).sellable
        return _done(state, held, claim, standard_id(state.warehouse_id, Standard.UNPLACED) if waits else None)
    if scanned.code.command is not None:
        raise not_now(scanned.code.command)
    match = choose(scanned.code, scanned.found, ("location",), expected=held.sku)
    proposed = _proposed(held, disposition, sight)
    if proposed and match.key not in {one.location_id for one in proposed}:
        asked = confirm(state.pending, f"{held.sku_id} to {match.key}", scanned.code)
        if asked is not None:
            return Step(attrs.evolve(state, pending=asked), says(MessageLevel.WARNING, "confirm-place", path=match.name))
    return _done(state, held, claim, LocationId(match.key))


def _proposed(held: Look, disposition: Disposition, sight: ReturnsSight) -> tuple[Lying, ...]:
    """Where the same goods lie in the state that these will have: for what goes back on sale, where it is sold from."""
    wanted = STATE_OF[disposition]
    like = [one for one in sight.lying_of(held.sku_id) if one.state is wanted and one.free_qty and one.unit_id is None]
    if disposition is Disposition.RESTOCK:
        like = [one for one in like if sight.place(one.location_id).sellable]
    return tuple(like)


def _done(state: InspectState, held: Look, claim: Claim, to: LocationId | None) -> Step[InspectState]:
    assert held.grade is not None, "it was said"
    assert held.disposition is not None, "it was said"
    found = Found(
        line=held.line,
        qty=held.qty,
        grade=held.grade,
        disposition=held.disposition,
        photos=held.photos,
        at=held.at,
        to=to,
        lot=held.lot_id,
        serials=held.serials,
        at_unit=held.unit_id,
    )
    cmd = InspectReturn(claim.id, (found,))

    def told(after: Claim) -> Step[InspectState]:
        facts = {"number": after.number, "goods": held.sku, "qty": held.qty}
        if after.waiting_qty:
            went_on = attrs.evolve(state, held=None, pending=None)
            return Step(went_on, says(MessageLevel.SUCCESS, "looked-at", **facts, rest=after.waiting_qty))
        code = _ENDS_IN.get(after.state, "inspected-done")
        level = MessageLevel.WARNING if after.state is ClaimState.INSPECTED else MessageLevel.SUCCESS
        return Step(begin(state.warehouse_id), says(level, code, **facts))

    return Step(state, deed=Deed(inspect_return, cmd), then=told)


_ENDS_IN: Final = {
    ClaimState.INSPECTED: "inspected-waits",
    ClaimState.REFUNDING: "inspected-pays",
    ClaimState.RESHIPPING: "inspected-sends",
}


def _undone(state: InspectState) -> InspectState:
    """One answer back; then the unit, then the claim."""
    held = state.held
    if held is None:
        return begin(state.warehouse_id)
    if held.photographed and held.photos:
        return attrs.evolve(state, held=attrs.evolve(held, photographed=False, photos=()), pending=None)
    if held.disposition is not None:
        return attrs.evolve(state, held=attrs.evolve(held, disposition=None, photographed=False, photos=()), pending=None)
    if held.grade is not None:
        return attrs.evolve(state, held=attrs.evolve(held, grade=None), pending=None)
    return attrs.evolve(state, held=None, pending=None)


def show(state: InspectState, sight: ReturnsSight) -> View:
    """What waits, what is in hand, and what can be said of it."""
    if state.claim_id is None:
        return waiting_view("prompt.inspect", sight.to_inspect())
    claim = sight.claim(state.claim_id)
    facts = claim_facts(claim)
    held = state.held
    if held is None:
        rows = tuple(
            (one.sku, one.title, str(one.waiting_qty), _where(sight, one)) for one in sight.lines(claim) if one.waiting_qty
        )
        return View(phrase("prompt.inspect-unit", number=claim.number), str(claim.waiting_qty), facts, COLUMNS, rows)
    product, digits = ("label.product", " ".join(sight.product(held.sku_id))), str(held.qty)
    facts = (facts[0], product)
    if held.grade is None:
        return View(phrase("prompt.grade", goods=held.sku), digits, facts, CHOICES, _keys("grade", GRADES))
    facts = (*facts, ("label.grade", f"grade.{held.grade.value}"))
    if held.disposition is None:
        choices = _keys("end", ENDS[held.grade])
        return View(phrase("prompt.disposition", goods=held.sku), digits, facts, CHOICES, choices)
    facts = (product, facts[-1], ("label.end", f"end.{held.disposition.value}"))
    if not held.photographed:
        return View(phrase("prompt.photo", goods=held.sku), str(len(held.photos)), facts)
    paths = " / ".join(dict.fromkeys(one.path for one in _proposed(held, held.disposition, sight)[:3]))
    if paths:
        return View(phrase("prompt.inspected-to", goods=held.sku, qty=held.qty, proposed=paths), digits, facts)
    return View(phrase("prompt.inspected-anywhere", goods=held.sku, qty=held.qty, path=held.path), digits, facts)


def waiting_view(prompt: str, claims: tuple[Claim, ...]) -> View:
    """The claims that wait, the one that is due first on top."""
    rows = tuple((one.number, one.order_number, str(one.waiting_qty or one.to_go_back)) for one in claims[:CLAIMS_SHOWN])
    return View(phrase(prompt), str(len(claims)) if claims else "", (), WAITING if rows else (), rows)


def _keys(of: str, choices: tuple[Grade, ...] | tuple[Disposition, ...]) -> tuple[tuple[str, str], ...]:
    return tuple((str(number), f"{of}.{one.value}") for number, one in enumerate(choices, start=1))


def _where(sight: ReturnsSight, one: ReturnLine) -> str:
    lying = [there for there in sight.lying_of(one.sku_id) if there.state is StockState.RETURN_PENDING]
    return ", ".join(dict.fromkeys(f"{there.path} {there.unit}".strip() for there in lying))
