"""What came or went without anybody saying where: it is put into the warehouse's unplaced place, or taken from the bins."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import attrs

from houtai.application.inventory.doubt import freeze
from houtai.application.warehouse.bin_ports import BinsTx
from houtai.application.warehouse.racks import Racks
from houtai.application.warehouse.serial_book import SerialBook
from houtai.application.warehouse.standard import ensure_standard
from houtai.domain.act import Act
from houtai.domain.catalog.sku import Sku
from houtai.domain.ids import LocationId, SkuId, WarehouseId
from houtai.domain.inventory.adjustment import Adjustment, AdjustmentLine
from houtai.domain.inventory.events import StockAdjusted, StockOpened
from houtai.domain.inventory.stock import StockKey, StockState
from houtai.domain.warehouse.bin_refusals import AllBinsPromised
from houtai.domain.warehouse.bins import Bin, BinKey, MoveCause, MoveReason
from houtai.domain.warehouse.location import Location, Standard, standard_id

RECEIPT = "opening-receipt"
ADJUSTMENT = "adjustment"


def on_stock_opened(tx: BinsTx, event: StockOpened, act: Act) -> None:
    """Goods came in: they wait in the unplaced place until somebody puts them away, where nobody has done so yet."""
    if event.placed:
        return
    receipt = tx.opening_receipts.get(event.receipt_id)
    ensure_standard(tx, event.warehouse_id, act)
    skus = tx.skus.many(line.sku_id for line in receipt.lines)
    targets = [unplaced(event.warehouse_id, skus[line.sku_id], line.state) for line in receipt.lines]
    racks = Racks.lock(tx, targets)
    for line, target in zip(receipt.lines, targets, strict=True):
        cause = MoveCause(RECEIPT, receipt.id, line.line, MoveReason.RECEIVED, act.at, act.actor)
        racks.come(target, Standard.SUPPLIER, line.qty, cause)
    racks.write()


def on_stock_adjusted(tx: BinsTx, event: StockAdjusted, act: Act) -> None:
    """Units were found, lost or changed their state, and nobody said where.

    What is found lies where it was found, as far as that is known and the place is in use; else, and what changed its state, it
    goes to the unplaced place, for somebody to carry it where it belongs. What is lost is taken from the bins in a stated order
    (see `in_order_of_loss`). Raises AllBinsPromised where picks were promised what would have to go.
    """
    adjustment = tx.adjustments.get(event.adjustment_id)
    ensure_standard(tx, event.warehouse_id, act)
    skus = tx.skus.many(line.sku_id for line in adjustment.lines)
    found = tx.locations.many(line.location_id for line in adjustment.lines if line.location_id is not None)
    targets = [_target(adjustment, line, skus, found) for line in adjustment.lines]
    racks = Racks.lock_stocks(tx, [target.stock_key for target in targets], targets)
    lost = [one for line in adjustment.lines for one in racks.of((line.sku_id, event.warehouse_id), line.state)]
    losing = any(line.delta_qty < 0 for line in adjustment.lines)
    places = tx.locations.many(one.key.location_id for one in lost) if losing else {}
    book = SerialBook.lock(tx, [one.id for one in lost]) if losing else SerialBook({})
    thawed: dict[StockKey, int] = {}
    for line, target in zip(adjustment.lines, targets, strict=True):
        reason = MoveReason.ADJUSTED if line.to_state is None else MoveReason.REGRADED
        cause = MoveCause(ADJUSTMENT, adjustment.id, line.line, reason, act.at, act.actor)
        if line.delta_qty > 0:
            racks.come(target, Standard.ADJUSTMENT, line.delta_qty, cause)
        else:
            doubted = _lose(racks, book, line, target, places, cause)
            thawed[target.stock_key] = thawed.get(target.stock_key, 0) - doubted
    racks.write()
    book.write(tx)
    if changes := {key: delta for key, delta in thawed.items() if delta}:
        freeze(tx, changes, act)  # these stocks are locked by the adjustment already


def unplaced(warehouse_id: WarehouseId, sku: Sku, state: StockState) -> BinKey:
    """Where units of a SKU wait that have no place yet."""
    location = standard_id(warehouse_id, Standard.UNPLACED)
    return BinKey(warehouse_id, location, sku.id, state, merchant_id=sku.merchant_id)


def _target(
    adjustment: Adjustment, line: AdjustmentLine, skus: Mapping[SkuId, Sku], found: Mapping[LocationId, Location]
) -> BinKey:
    """Where the units are: at the place where they were found, whatever it would take of what is brought there."""
    key = unplaced(adjustment.warehouse_id, skus[line.sku_id], line.to_state or line.state)
    place = None if line.location_id is None else found.get(line.location_id)
    if place is None or place.warehouse_id != adjustment.warehouse_id or not place.physical or not place.open_in:
        return key
    return attrs.evolve(key, location_id=place.id)


def in_order_of_loss(bins: Iterable[Bin], places: Mapping[LocationId, Location]) -> list[Bin]:
    """In which order units are taken of which nobody said where they were lost.

    First where a picker missed some already, then what has no place yet, then along the places' paths.
    """

    def place(one: Bin) -> tuple[bool, bool, str, int]:
        location = places[one.key.location_id]
        is_unplaced = location.id == standard_id(location.warehouse_id, Standard.UNPLACED)
        return not one.suspect_qty, not is_unplaced, location.path, one.id.int

    return sorted(bins, key=place)


def _lose(
    racks: Racks,
    book: SerialBook,
    line: AdjustmentLine,
    target: BinKey,
    places: Mapping[LocationId, Location],
    cause: MoveCause,
) -> int:
    """Take a line's units from the bins; how many of them were in doubt."""
    wanted_qty, doubted_qty = -line.delta_qty, 0
    bins = in_order_of_loss(racks.of(target.stock_key, line.state), places)
    for one in bins:
        doubted = min(wanted_qty, one.suspect_qty)
        qty = doubted + min(wanted_qty - doubted, one.free_qty)
        if not qty:
            continue
        into = None if line.to_state is None else attrs.evolve(target, lot_id=one.key.lot_id)
        _leave(racks, one, into, qty, doubted, cause)
        book.lose(racks.bins[one.id], None if into is None else into.id, cause.at)
        wanted_qty, doubted_qty = wanted_qty - qty, doubted_qty + doubted
    if wanted_qty:
        raise AllBinsPromised(
            sku_id=line.sku_id,
            state=line.state.value,
            free_qty=-line.delta_qty - wanted_qty,
            wanted_qty=-line.delta_qty,
        )
    return doubted_qty


def _leave(racks: Racks, one: Bin, target: BinKey | None, qty: int, doubted: int, cause: MoveCause) -> None:
    """Out of the books, or into the unplaced place in another state; what was in doubt is not any more."""
    if target is None:
        racks.go(one.key, Standard.ADJUSTMENT, qty, cause, suspect_qty=doubted)
        return
    if doubted:
        racks.put(racks.bins[one.id].undoubted(doubted))
    racks.move(one.key, target, qty, cause)
