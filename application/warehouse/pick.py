"""What outbound calls: bins promised to picks, goods taken, put back and sent out, and places doubted where goods are missing.

The caller holds its own documents and has demanded its own verb; it keeps the `Pick`s and hands them in again. Each call takes
a number of statements that does not grow with its lines.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

import attrs

from houtai.application.inventory.issue import Issued, IssueLine, issue_reserved
from houtai.application.inventory.reserve import with_codes
from houtai.application.warehouse.bin_ports import BinsTx
from houtai.application.warehouse.passage import Leg, check_passage, ends_of
from houtai.application.warehouse.racks import Racks
from houtai.application.warehouse.serial_book import SerialBook
from houtai.application.warehouse.standard import ensure_standard
from houtai.domain import limits
from houtai.domain.act import Act
from houtai.domain.ids import HandlingUnitId, LocationId, ReservationId, SkuId, WarehouseId
from houtai.domain.inventory.movement import Reason
from houtai.domain.inventory.refusals import Shortage
from houtai.domain.inventory.stock import StockKey, StockState
from houtai.domain.refusal import InvalidValue
from houtai.domain.warehouse.bin_refusals import BinsShort
from houtai.domain.warehouse.bins import Bin, BinKey, MoveCause, MoveReason
from houtai.domain.warehouse.location import Activity, Standard
from houtai.domain.warehouse.lots import shelf_day
from houtai.domain.warehouse.removal import Candidate, Removal, remove


@attrs.frozen
class PickWant:
    """So many units of a SKU that a line needs from a warehouse."""

    line: int
    sku_id: SkuId
    warehouse_id: WarehouseId
    qty: int = attrs.field(validator=limits.positive_qty)

    @property
    def stock_key(self) -> StockKey:
        """The stock it comes from."""
        return self.sku_id, self.warehouse_id


@attrs.frozen
class Pick:
    """So many units of one bin that are promised to a line; `bin` is where they lie now."""

    line: int
    bin: BinKey
    qty: int = attrs.field(validator=limits.positive_qty)


def allocate(
    tx: BinsTx, wants: Sequence[PickWant], act: Act, *, removal: Removal = Removal.FEFO, most: bool = False
) -> tuple[Pick, ...]:
    """Promise bins to every want, or refuse with BinsShort that names every short SKU; with `most`, what there is.

    Bins are chosen by the strategy and then along the walk, sellable and free ones of lots that are good on the day of the
    act, from places that are open; what waits to be put away comes last.
    """
    racks = Racks.lock_stocks(tx, [want.stock_key for want in wants])
    places = tx.locations.many(one.key.location_id for one in racks.bins.values())
    lots = tx.lots.many(one.key.lot_id for one in racks.bins.values() if one.key.lot_id is not None)
    picks: list[Pick] = []
    missing: dict[SkuId, int] = {}
    for want in wants:
        lying = racks.of(want.stock_key, StockState.SELLABLE)
        lot_of = {one.id: None if one.key.lot_id is None else lots[one.key.lot_id] for one in lying}
        candidates = [Candidate(one, places[one.key.location_id], lot_of[one.id]) for one in lying]
        drawn, short = remove(candidates, want.qty, removal, shelf_day(act.at))
        for part in drawn:
            racks.put(racks.bins[part.bin.id].allocated(part.qty))
            picks.append(Pick(want.line, part.bin.key, part.qty))
        if short:
            missing[want.sku_id] = missing.get(want.sku_id, 0) + short
    if missing and not most:
        raise BinsShort(with_codes(tx, _shortages(wants, missing)))
    racks.write()
    return tuple(picks)


def _shortages(wants: Iterable[PickWant], missing: Mapping[SkuId, int]) -> list[Shortage]:
    wanted: dict[SkuId, int] = {}
    for want in wants:
        wanted[want.sku_id] = wanted.get(want.sku_id, 0) + want.qty
    return [Shortage(sku_id, wanted[sku_id], wanted[sku_id] - short) for sku_id, short in missing.items()]


def release_allocation(tx: BinsTx, picks: Sequence[Pick]) -> None:
    """Give promises back: the units are free again where they lie. Raises NotAllocated."""
    racks = Racks.lock(tx, [pick.bin for pick in picks])
    for pick in picks:
        racks.put(racks.at(pick.bin).released(pick.qty))
    racks.write()


@attrs.frozen
class Taking:
    """So many units of a pick that go to a place, into a handling unit or beside one; `serials` where only some are named."""

    pick: Pick
    qty: int = attrs.field(validator=limits.positive_qty)
    to_location_id: LocationId
    to_unit_id: HandlingUnitId | None = None
    serials: tuple[str, ...] = ()

    @property
    def leg(self) -> Leg:
        """From bin to bin."""
        target = attrs.evolve(self.pick.bin, location_id=self.to_location_id, handling_unit_id=self.to_unit_id)
        return Leg(self.pick.bin, target, self.qty)


def take(tx: BinsTx, takings: Sequence[Taking], act: Act, *, document: str, document_id: UUID) -> tuple[Pick, ...]:
    """Carry promised units on their way: out of the bin into a tote, from the tote to packing or staging.

    They stay promised; the picks that come back say where they lie now, in the order of the takings. Raises NotAllocated,
    CannotTake, CannotPlace, SerialsNeeded, SerialElsewhere, NotFound, InvalidValue for more than the pick has.
    """
    return _carry(tx, takings, act, MoveReason.PICKED, Activity.PICK, (document, document_id))


def put_back(tx: BinsTx, takings: Sequence[Taking], act: Act, *, document: str, document_id: UUID) -> None:
    """Carry units back to a shelf and give their promise back. Raises as `take` does."""
    picks = _carry(tx, takings, act, MoveReason.PUT_BACK, Activity.PUTAWAY, (document, document_id))
    release_allocation(tx, picks)


def _carry(
    tx: BinsTx, takings: Sequence[Taking], act: Act, reason: MoveReason, activity: Activity, document: tuple[str, UUID]
) -> tuple[Pick, ...]:
    legs = [one.leg for one in takings]
    for one, leg in zip(takings, legs, strict=True):
        if one.qty > one.pick.qty or leg.source == leg.target:
            raise InvalidValue(field="qty", rule="must be no more than the pick has, and go to another place")
    check_passage(tx, legs, tx.skus.many(leg.source.sku_id for leg in legs), activity)
    racks = Racks.lock(tx, ends_of(legs))
    book = SerialBook.lock(tx, {leg.source.id for leg in legs})
    for number, (one, leg) in enumerate(zip(takings, legs, strict=True), start=1):
        cause = MoveCause(document[0], document[1], number, reason, act.at, act.actor)
        racks.move(leg.source, leg.target, leg.qty, cause, allocated_qty=leg.qty)
        book.follow(racks.bins[leg.source.id], leg.target.id, one.serials, act.at)
    racks.write()
    book.write(tx)
    return tuple(Pick(one.pick.line, leg.target, leg.qty) for one, leg in zip(takings, legs, strict=True))


@attrs.frozen
class Leaving:
    """Promised units that leave the warehouse for whoever has them reserved; `to` is where they are from then on.

    `reason` is why, in the stock's ledger.
    """

    pick: Pick
    reservation_id: ReservationId
    serials: tuple[str, ...] = ()
    to: Standard = Standard.CUSTOMER
    reason: Reason = Reason.SALE

    @property
    def sent(self) -> bool:
        """Whether they go on the road to another warehouse."""
        return self.to is Standard.TRANSIT


def issue(tx: BinsTx, leavings: Sequence[Leaving], act: Act, *, document: str, document_id: UUID) -> tuple[Issued, ...]:
    """Send goods out: reservation, stock with its value, and bins shrink together, in the order of the lines.

    Returns what they cost for the caller to post (see `issue_reserved`). Raises what that raises, NotAllocated, NotInBin, and
    InvalidValue where the reservation is for other goods.
    """
    wanted = [IssueLine(one.reservation_id, one.pick.qty, one.reason) for one in leavings]
    issued = issue_reserved(tx, wanted, act)
    for one, made in zip(leavings, issued, strict=True):
        if one.pick.bin.stock_key != (made.sku_id, made.warehouse_id) or one.pick.bin.state is not StockState.SELLABLE:
            raise InvalidValue(field="reservation_id", rule="must be for the goods that leave")
    for warehouse_id in dict.fromkeys(one.pick.bin.warehouse_id for one in leavings):
        ensure_standard(tx, warehouse_id, act)
    racks = Racks.lock(tx, [one.pick.bin for one in leavings])
    book = SerialBook.lock(tx, {one.pick.bin.id for one in leavings})
    for number, one in enumerate(leavings, start=1):
        reason = MoveReason.SENT if one.sent else MoveReason.ISSUED
        cause = MoveCause(document, document_id, number, reason, act.at, act.actor)
        racks.go(one.pick.bin, one.to, one.pick.qty, cause, allocated_qty=one.pick.qty)
        book.follow(racks.bins[one.pick.bin.id], None, one.serials, act.at)
    racks.write()
    book.write(tx)
    return issued


def lying_at(tx: BinsTx, keys: Iterable[BinKey]) -> dict[BinKey, Bin]:
    """What lies in these bins now, unlocked; empty ones left out."""
    wanted = {key.id: key for key in keys}
    return {wanted[bin_id]: one for bin_id, one in tx.bins.many(wanted).items() if one.qty}
