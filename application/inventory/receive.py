"""Stock that comes in without a purchase: the opening of the books, or a simple receipt with its cost."""

from __future__ import annotations

from uuid import UUID

import attrs

from houtai.application.inventory.ports import InventoryTx
from houtai.application.inventory.posting import post_change
from houtai.application.inventory.scope import demand_at
from houtai.application.inventory.shelf import Shelf
from houtai.application.numbers import next_number
from houtai.application.permission import MERCHANT, WAREHOUSE, needs
from houtai.domain import limits
from houtai.domain.act import Act
from houtai.domain.catalog.sku import Sku
from houtai.domain.ids import SkuId, WarehouseId
from houtai.domain.inventory.adjustment import OpeningReceipt, ReceiptLine
from houtai.domain.inventory.events import StockOpened
from houtai.domain.inventory.movement import Cause, Reason, receive
from houtai.domain.inventory.refusals import NotOurGoods, NotStocked, WarehouseClosed
from houtai.domain.inventory.warehouse import Warehouse
from houtai.domain.ledger.account import AccountCode
from houtai.domain.refusal import AlreadyExists, CurrencyMismatch, NotFound

DOCUMENT = "opening-receipt"


@attrs.frozen
class ReceiveOpening:
    """Take these units into the warehouse at their costs, which are in `currency`, the currency of the warehouse's books."""

    receipt: UUID
    warehouse_id: WarehouseId
    lines: tuple[ReceiptLine, ...] = attrs.field(validator=limits.at_most(limits.MAX_LINES, 1))
    currency: str = "CNY"
    note: str = attrs.field(default="", validator=limits.text(0, 500))


@needs("inventory.receive", along=(WAREHOUSE, MERCHANT))
def receive_opening(tx: InventoryTx, cmd: ReceiveOpening, act: Act) -> OpeningReceipt:
    """Book the receipt: a movement a line, the value into the books (debit inventory, credit opening).

    A merchant's goods come in without cost. Raises NotFound, NotStocked for bundles, NotOurGoods, WarehouseClosed,
    CurrencyMismatch, and AlreadyExists where the receipt was booked before.
    """
    skus = stocked_skus(tx, [line.sku_id for line in cmd.lines])
    demand_at(act, "inventory.receive", tx.warehouses.get(cmd.warehouse_id), skus.values())
    return book_receipt(tx, cmd, act)


def book_receipt(tx: InventoryTx, wish: ReceiveOpening, act: Act, *, placed: bool = False) -> OpeningReceipt:
    """The same for a caller that has demanded its own verb; `placed` says that it puts the goods into bins itself, now."""
    warehouse = tx.warehouses.get(wish.warehouse_id)
    skus = stocked_skus(tx, [line.sku_id for line in wish.lines])
    if not warehouse.active:
        raise WarehouseClosed(warehouse_code=warehouse.code)
    if wish.currency != warehouse.currency:
        raise CurrencyMismatch(left=wish.currency, right=warehouse.currency)
    if tx.opening_receipts.find(wish.receipt) is not None:
        raise AlreadyExists(what="opening receipt", key=str(wish.receipt))
    for line in wish.lines:
        check_cost(warehouse, skus[line.sku_id], line.unit_minor)
    shelf = Shelf.lock(tx, [(line.sku_id, warehouse.id) for line in wish.lines], act.at)
    value_minor = 0
    for line in wish.lines:
        stock = shelf.ensure((line.sku_id, warehouse.id), warehouse.currency)
        cause = Cause(DOCUMENT, wish.receipt, line.line, Reason.OPENING, act.at, act.actor)
        moved, movement = receive(stock, line.state, line.qty, line.unit_minor, cause)
        shelf.put(moved, movement)
        value_minor += movement.value_minor
    shelf.write(tx)
    entries = {AccountCode.INVENTORY: value_minor, AccountCode.OPENING: -value_minor}
    post_change(tx, wish.receipt, entries, act, document=DOCUMENT, currency=warehouse.currency)
    receipt = OpeningReceipt(
        id=wish.receipt,
        number=next_number(tx, "RC", act.at),
        warehouse_id=warehouse.id,
        lines=wish.lines,
        currency=warehouse.currency,
        value_minor=value_minor,
        note=wish.note,
        received_by=act.actor,
        received_at=act.at,
    )
    tx.opening_receipts.add(receipt)
    tx.emit(StockOpened(receipt.id, warehouse.id, value_minor, warehouse.currency, placed))
    return receipt


def stocked_skus(tx: InventoryTx, sku_ids: list[SkuId]) -> dict[SkuId, Sku]:
    """The SKUs, each of which can lie on a shelf. Raises NotFound, and NotStocked for a virtual bundle."""
    skus = tx.skus.many(sku_ids)
    for sku_id in sku_ids:
        if sku_id not in skus:
            raise NotFound(what="sku", key=str(sku_id))
        if skus[sku_id].is_bundle:
            raise NotStocked(sku_code=skus[sku_id].code)
    return skus


def check_cost(warehouse: Warehouse, sku: Sku, unit_minor: int | None) -> None:
    """Refuse a cost for goods that are a merchant's: they have no value in the house's books."""
    if unit_minor and not is_ours(warehouse, sku):
        raise NotOurGoods(sku_id=sku.id, warehouse_id=warehouse.id)


def is_ours(warehouse: Warehouse, sku: Sku) -> bool:
    """Whether the house owns the goods, so that they have a value in its books."""
    return warehouse.merchant_id is None and sku.merchant_id is None
