"""Units that came back are looked at: a grade and what becomes of each, in the stock, on the shelves and in the books."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import attrs

from houtai.application.aftersales.decide import settle
from houtai.application.aftersales.lock import (
    DOCUMENT,
    Held,
    demand_state,
    demand_version,
    demand_where_they_lie,
    goods_of,
    keep_claim,
)
from houtai.application.aftersales.policy import policy_for
from houtai.application.aftersales.ports import INSPECTIONS_OF, AftersalesTx
from houtai.application.aftersales.quote import offer_of
from houtai.application.inventory.inspected import LookedAt, Loss, sort_out
from houtai.application.inventory.receive import stocked_skus
from houtai.application.inventory.scope import demand_at
from houtai.application.ledger.post import post
from houtai.application.orders.lock import lock_with_payments
from houtai.application.permission import MERCHANT, WAREHOUSE, needs
from houtai.application.warehouse.passage import Leg, check_passage, ends_of
from houtai.application.warehouse.racks import Racks
from houtai.application.warehouse.serial_book import SerialBook
from houtai.domain import limits
from houtai.domain.act import Act
from houtai.domain.aftersales.claim import MAX_EVIDENCE, Claim, Disposition, Grade, Inspection
from houtai.domain.aftersales.difference import forgoes_more
from houtai.domain.aftersales.policy import AftersalesPolicy
from houtai.domain.aftersales.refusals import MoreThanCame
from houtai.domain.aftersales.state import ClaimState
from houtai.domain.catalog.sku import Sku
from houtai.domain.ids import ClaimId, HandlingUnitId, JournalId, LocationId, SkuId, WarehouseId, derive
from houtai.domain.inventory.movement import Reason
from houtai.domain.inventory.stock import StockState
from houtai.domain.ledger.account import AccountCode, AccountKey
from houtai.domain.ledger.journal import Entry
from houtai.domain.orders.order import Order
from houtai.domain.warehouse.bins import BinKey, LotId, MoveCause, MoveReason
from houtai.domain.warehouse.location import Activity, Standard, standard_id

STATE_OF: Mapping[Disposition, StockState | None] = {
    Disposition.RESTOCK: StockState.SELLABLE,
    Disposition.B_GRADE: StockState.B_GRADE,
    Disposition.TO_SUPPLIER: StockState.DAMAGED,
    Disposition.SCRAP: None,
    Disposition.REPAIR: StockState.RETURN_PENDING,
    Disposition.TO_CUSTOMER: StockState.RETURN_PENDING,
}
"""Where a unit lies afterwards; None: nowhere. What goes back to the buyer waits where it is."""


@attrs.frozen
class Found:
    """So many units of a line that are alike: their grade, what becomes of them, and where they are put then.

    `at` is where they lie, None for the place of goods that have none, `at_unit` the tote there that holds them, which they leave
    where `to` says so; `photos` names pictures by reference.
    """

    line: int
    qty: int = attrs.field(validator=limits.positive_qty)
    grade: Grade
    disposition: Disposition
    note: str = attrs.field(default="", validator=limits.text(0, 500))
    photos: tuple[str, ...] = attrs.field(default=(), validator=limits.at_most(MAX_EVIDENCE))
    at: LocationId | None = None
    to: LocationId | None = None
    lot: LotId | None = None
    serials: tuple[str, ...] = attrs.field(default=(), validator=limits.at_most(limits.MAX_LINES))
    at_unit: HandlingUnitId | None = None


@attrs.frozen
class InspectReturn:
    """What was found of a claim's units, as the claim stood at `expected_version`; None: however it stands."""

    claim: ClaimId
    found: tuple[Found, ...] = attrs.field(validator=limits.at_most(limits.MAX_LINES, low=1))
    expected_version: int | None = None


INSPECT = "aftersales.inspect"
INSPECTION = "claim-inspection"
"""The document of stock movements and bin moves, whose lines are the inspections."""


@needs(INSPECT, along=(WAREHOUSE, MERCHANT))
def inspect_return(tx: AftersalesTx, cmd: InspectReturn, act: Act) -> Claim:
    """Each unit is where its disposition says, what it lost is written down (Dr loss, Cr inventory); with the last one INSPECTED.

    Then, where it is worth no more than was approved, in money and in dearer goods, it is decided at once; else a person
    decides. Raises NotFound, VersionConflict, ClaimWaits, NoSuchLine, MoreThanCame, CannotPlace, NotInBin.
    """
    known = tx.claims.get(cmd.claim)
    order = lock_with_payments(tx, known.order_id)
    claim = tx.claims.lock_one(cmd.claim)
    demand_where_they_lie(tx, act, INSPECT, claim, order)
    demand_version(claim, cmd.expected_version)
    demand_state(claim, ClaimState.RECEIVED, missing="there is nothing to look at")
    assert claim.warehouse_id is not None, "goods came to a warehouse"
    warehouse = tx.warehouses.get(claim.warehouse_id)
    skus = stocked_skus(tx, [goods_of(claim, order, one.line) for one in cmd.found])
    demand_at(act, INSPECT, warehouse, skus.values())
    policy = policy_for(tx, order.channel_id)
    after = _with(claim, cmd.found)
    numbered = len(tx.claim_inspections.by(INSPECTIONS_OF, claim.id))
    losses = _put(tx, order, claim, cmd.found, skus, numbered, policy, act)
    _write(tx, claim, cmd.found, losses, numbered, act)
    kept = keep_claim(tx, claim, after, "looked at", act, details={"found": [_told(one) for one in cmd.found]})
    _post(tx, kept, losses, act)
    if kept.waiting_qty:
        return kept
    done = keep_claim(tx, kept, kept.moved(ClaimState.INSPECTED, act.at), "inspected", act)
    offer = offer_of(tx, done, order, policy)
    if offer.owed_minor <= done.approved_minor and not forgoes_more(done):
        return settle(tx, Held(done, order, ()), policy, act, note="as approved")
    return done


def _with(claim: Claim, found: Sequence[Found]) -> Claim:
    """The claim with these units looked at. Raises MoreThanCame."""
    lines = {one.line: claim.line(one.line) for one in found}
    for one in found:
        line = lines[one.line]
        if one.qty > line.waiting_qty:
            raise MoreThanCame(number=claim.number, line=one.line, wanted_qty=one.qty, waiting_qty=line.waiting_qty)
        if one.disposition.kept:
            lines[one.line] = attrs.evolve(line, kept_qty=line.kept_qty + one.qty)
        else:
            lines[one.line] = attrs.evolve(line, back_qty=line.back_qty + one.qty)
    return claim.edited(lines=claim.with_lines(lines))


def _put(
    tx: AftersalesTx,
    order: Order,
    claim: Claim,
    found: Sequence[Found],
    skus: Mapping[SkuId, Sku],
    numbered: int,
    policy: AftersalesPolicy,
    act: Act,
) -> list[Loss]:
    """Stock and bins of the units; what each of them lost, 0 for those that stay as they are."""
    assert claim.warehouse_id is not None, "goods came to a warehouse"
    legs = [_leg(claim.warehouse_id, skus[goods_of(claim, order, one.line)], one) for one in found]
    moving = [leg for leg in legs if leg.source != leg.target]
    if moving:
        check_passage(tx, moving, skus, Activity.PUTAWAY)
    units = [
        LookedAt(
            numbered + place,
            leg.source.stock_key,
            one.qty,
            STATE_OF[one.disposition],
            policy.b_grade_percent if one.disposition is Disposition.B_GRADE else 100,
        )
        for place, (one, leg) in enumerate(zip(found, legs, strict=True), start=1)
    ]
    changing = [unit for unit in units if unit.to_state is not StockState.RETURN_PENDING]
    lost = _sort_out(tx, claim, changing, act) if changing else []
    by_line = {unit.line: loss for unit, loss in zip(changing, lost, strict=True)}
    racks = Racks.lock(tx, ends_of(legs))
    book = SerialBook.lock(tx, {leg.source.id for leg in legs})
    for unit, one, leg in zip(units, found, legs, strict=True):
        cause = MoveCause(INSPECTION, claim.id, unit.line, MoveReason.REGRADED, act.at, act.actor)
        if one.disposition is Disposition.SCRAP:
            racks.go(leg.source, Standard.SCRAP, one.qty, attrs.evolve(cause, reason=MoveReason.SCRAPPED))
            book.follow(racks.bins[leg.source.id], None, one.serials, act.at)
        elif leg.source != leg.target:
            racks.move(leg.source, leg.target, one.qty, cause)
            book.follow(racks.bins[leg.source.id], leg.target.id, one.serials, act.at)
        else:
            racks.at(leg.source)
    racks.write()
    book.write(tx)
    return [by_line.get(unit.line, Loss(0, "")) for unit in units]


def _sort_out(tx: AftersalesTx, claim: Claim, units: Sequence[LookedAt], act: Act) -> list[Loss]:
    return sort_out(tx, units, act, document=INSPECTION, document_id=claim.id, reason=Reason.INSPECTION)


def _leg(warehouse_id: WarehouseId, sku: Sku, one: Found) -> Leg:
    """From where the units wait to where they are put; scrap goes nowhere."""
    unplaced = standard_id(warehouse_id, Standard.UNPLACED)
    state = STATE_OF[one.disposition] or StockState.RETURN_PENDING
    place = one.at or unplaced
    source = BinKey(warehouse_id, place, sku.id, StockState.RETURN_PENDING, one.at_unit, one.lot, sku.merchant_id)
    target = attrs.evolve(source, state=state)
    if one.to is not None:
        target = attrs.evolve(target, location_id=one.to, handling_unit_id=None)
    return Leg(source, target, one.qty)


def _write(tx: AftersalesTx, claim: Claim, found: Sequence[Found], losses: Sequence[Loss], numbered: int, act: Act) -> None:
    for seq, (one, loss) in enumerate(zip(found, losses, strict=True), start=numbered + 1):
        tx.claim_inspections.add(
            Inspection(
                claim_id=claim.id,
                seq=seq,
                line=one.line,
                qty=one.qty,
                grade=one.grade,
                disposition=one.disposition,
                at=act.at,
                actor=act.actor,
                note=one.note,
                photos=one.photos,
                loss_minor=loss.minor,
            )
        )


def _post(tx: AftersalesTx, claim: Claim, losses: Sequence[Loss], act: Act) -> None:
    """What the units lost is a write-down."""
    amounts: dict[AccountKey, int] = {}
    for loss in losses:
        for code, minor in ((AccountCode.WRITE_DOWN, loss.minor), (AccountCode.INVENTORY, -loss.minor)):
            if minor:
                account = AccountKey(code, "", loss.currency)
                amounts[account] = amounts.get(account, 0) + minor
    if amounts:
        journal = JournalId(derive(claim.id, "looked-at", claim.version))
        entries = tuple(Entry(account, minor) for account, minor in amounts.items())
        memo = f"inspected: {claim.number}"
        post(tx, id=journal, document=DOCUMENT, document_id=claim.id, entries=entries, memo=memo, act=act)


def _told(one: Found) -> dict[str, object]:
    return {"line": one.line, "qty": one.qty, "grade": one.grade.value, "disposition": one.disposition.value}
