"""A simple delivery at the dock: goods come into the books, with their lot and serials, and to their place, in one deed."""

from __future__ import annotations

import datetime as dt
from typing import Final
from uuid import UUID

import attrs

from houtai.application.inventory.receive import DOCUMENT, ReceiveOpening, book_receipt, is_ours, stocked_skus
from houtai.application.inventory.scope import demand_at
from houtai.application.permission import MERCHANT, WAREHOUSE, before, needs
from houtai.application.timeline import write_line
from houtai.application.warehouse.bin_ports import LOT_BY_CODE, LOT_BY_SKU, BinsTx
from houtai.application.warehouse.lots import RegisterSerials, register_serials
from houtai.application.warehouse.racks import Racks
from houtai.application.warehouse.road import Coming, check_arrival
from houtai.domain import limits
from houtai.domain.act import Act
from houtai.domain.catalog.sku import Sku
from houtai.domain.ids import HandlingUnitId, LocationId, SkuId, WarehouseId, derive
from houtai.domain.inventory.adjustment import OpeningReceipt, ReceiptLine
from houtai.domain.inventory.refusals import CostNeeded
from houtai.domain.inventory.stock import StockState
from houtai.domain.inventory.warehouse import Warehouse
from houtai.domain.money import half_up
from houtai.domain.refusal import InvalidValue
from houtai.domain.warehouse.bins import BinKey, LotId, MoveCause, MoveReason
from houtai.domain.warehouse.location import Standard
from houtai.domain.warehouse.lots import Lot, shelf_day


@attrs.frozen
class BookIn:
    """So many units of a SKU that stand at a place now. `note` is the number on the delivery's paper, empty for none.

    `lot` is the code on the package; one that nobody knew is registered with its `expires_on`. `serials` are of units that have
    numbers of their own.
    """

    receipt: UUID
    warehouse_id: WarehouseId
    sku_id: SkuId
    qty: int = attrs.field(validator=limits.positive_qty)
    location_id: LocationId
    unit_id: HandlingUnitId | None = None
    lot: str = ""
    expires_on: dt.date | None = None
    serials: tuple[str, ...] = attrs.field(default=(), validator=limits.at_most(limits.MAX_LINES))
    note: str = attrs.field(default="", validator=limits.text(0, 500))

    def __attrs_post_init__(self) -> None:
        if len(self.serials) > self.qty or len(set(self.serials)) != len(self.serials):
            raise InvalidValue(field="serials", rule="must name each unit once, and no more units than came")
        if self.expires_on is not None and not self.lot:
            raise InvalidValue(field="expires_on", rule="belongs to a lot, which has to be named")


BOOK_IN: Final = "warehouse.book-in"


@needs(BOOK_IN, along=(WAREHOUSE, MERCHANT))
def book_in(tx: BinsTx, cmd: BookIn, act: Act) -> OpeningReceipt:
    """Book the receipt at what such units cost last, for sale, where they stand. Goods that are told apart by lots have one.

    Nobody at the dock is told or asked for a cost. Raises NotFound, NotStocked, WarehouseClosed, AlreadyExists, CannotPlace,
    SerialTaken, CostNeeded where no cost is known yet, Forbidden for serials without the right to move goods, and InvalidValue
    for a lot that is missing, has expired, or is known with another date.
    """
    warehouse = tx.warehouses.get(cmd.warehouse_id)
    sku = stocked_skus(tx, [cmd.sku_id])[cmd.sku_id]
    demand_at(act, BOOK_IN, warehouse, [sku])
    target = BinKey(
        warehouse.id, cmd.location_id, sku.id, StockState.SELLABLE, cmd.unit_id, _lot(tx, cmd, sku, act), sku.merchant_id
    )
    check_arrival(tx, [Coming(1, target, cmd.qty)], act)
    line = ReceiptLine(1, sku.id, cmd.qty, _known_cost(tx, warehouse, sku))
    wish = ReceiveOpening(cmd.receipt, warehouse.id, (line,), warehouse.currency, cmd.note)
    receipt = book_receipt(tx, wish, act, placed=True)
    racks = Racks.lock(tx, [target])
    cause = MoveCause(DOCUMENT, receipt.id, 1, MoveReason.RECEIVED, act.at, act.actor)
    racks.come(target, Standard.SUPPLIER, cmd.qty, cause)
    racks.write()
    if cmd.serials:
        register_serials(tx, RegisterSerials(target.id, cmd.serials), before(register_serials, act))
    return receipt


def _lot(tx: BinsTx, cmd: BookIn, sku: Sku, act: Act) -> LotId | None:
    """The lot that the package names, registered now where nobody knew it. Raises InvalidValue."""
    if not cmd.lot:
        if tx.lots.by(LOT_BY_SKU, sku.id):
            raise InvalidValue(field="lot", rule=f"must be named: {sku.code} is told apart by lots")
        return None
    known = tx.lots.first(LOT_BY_CODE, (sku.id, cmd.lot))
    if known is not None and cmd.expires_on not in (None, known.expires_on):
        raise InvalidValue(field="expires_on", rule=f"must be that of lot {known.code}, {known.expires_on or 'none'}")
    lot = known or Lot(LotId(derive(cmd.receipt, "lot")), sku.id, cmd.lot, None, cmd.expires_on)
    if lot.expired_on(shelf_day(act.at)):
        raise InvalidValue(field="expires_on", rule=f"must not be over: lot {lot.code} expired on {lot.expires_on}")
    if known is None:
        tx.lots.add(lot)
        write_line(tx, act, "lot", lot, "registered", before=None)
    return lot.id


def _known_cost(tx: BinsTx, warehouse: Warehouse, sku: Sku) -> int:
    """What a unit cost when its like came last, else what those that lie there are worth; nothing for a merchant's goods."""
    if not is_ours(warehouse, sku):
        return 0
    stock = tx.stocks.lock([(sku.id, warehouse.id)]).get((sku.id, warehouse.id))
    if stock is not None and stock.last_unit_minor is not None:
        return stock.last_unit_minor
    if stock is None or not stock.valued_qty:
        raise CostNeeded(sku_id=sku.id, warehouse_id=warehouse.id)
    return half_up(stock.value_minor, stock.valued_qty)
