"""How inventory travels over HTTP: its bodies, queries and answers, and how answers are made from records."""

from __future__ import annotations

import datetime as dt
from typing import Annotated
from uuid import UUID

from msgspec import Meta

from houtai.application.inventory.queries import MovementView, StockView
from houtai.domain.inventory.adjustment import Adjustment, AdjustmentState, OpeningReceipt
from houtai.domain.inventory.movement import Reason
from houtai.domain.inventory.publishing import MAX_RATIO_PERCENT
from houtai.domain.inventory.stock import StockState
from houtai.domain.inventory.warehouse import MAX_HOLD_S, ChannelWarehouses, PoolState, Warehouse, WarehouseState
from houtai.domain.limits import MAX_LINES
from houtai.entrypoints.http import wire

LineNumber = Annotated[int, Meta(ge=1, le=MAX_LINES, description="The line's number in its document.")]
HoldSeconds = Annotated[int, Meta(ge=1, le=MAX_HOLD_S)]
Ratio = Annotated[int, Meta(ge=0, le=MAX_RATIO_PERCENT)]
Note = Annotated[str, Meta(max_length=500)]


class NewWarehouse(wire.Wire):
    """A new warehouse."""

    code: wire.Code
    name: wire.Name
    currency: wire.Currency = "CNY"
    merchant_id: wire.Id | None = None
    id: wire.Id | None = None


class WarehouseChange(wire.Wire):
    """A warehouse's name, and whether orders may be promised from it."""

    name: wire.Name
    state: WarehouseState = WarehouseState.ACTIVE


class WarehouseOut(wire.Versioned):
    """A warehouse."""

    id: UUID
    code: str
    name: str
    currency: str
    merchant_id: UUID | None
    state: WarehouseState


def warehouse_out(warehouse: Warehouse) -> WarehouseOut:
    """A warehouse as it goes out."""
    return WarehouseOut(
        id=warehouse.id,
        code=warehouse.code,
        name=warehouse.name,
        currency=warehouse.currency,
        merchant_id=warehouse.merchant_id,
        state=warehouse.state,
        version=warehouse.version,
    )


class HoldRuleIn(wire.Wire):
    """How long and how much one buyer may hold; shorter where a hold leaves fewer than `scarce_below_qty`."""

    ttl_s: HoldSeconds = 900
    scarce_ttl_s: HoldSeconds = 300
    scarce_below_qty: wire.QtyOrZero = 5
    buyer_cap_qty: wire.QtyOrZero = 50


class PoolIn(wire.Wire):
    """The warehouses that serve a channel, nearest to its buyers first."""

    warehouses: Annotated[tuple[wire.Id, ...], Meta(max_length=100)]
    holds: HoldRuleIn = HoldRuleIn()
    state: PoolState = PoolState.OPEN


class PoolOut(wire.Versioned):
    """The pool of a channel."""

    channel_id: UUID
    warehouses: tuple[UUID, ...]
    holds: HoldRuleIn
    state: PoolState


def pool_out(pool: ChannelWarehouses) -> PoolOut:
    """A pool as it goes out."""
    rule = pool.holds
    holds = HoldRuleIn(rule.ttl_s, rule.scarce_ttl_s, rule.scarce_below_qty, rule.buyer_cap_qty)
    return PoolOut(channel_id=pool.channel_id, warehouses=pool.warehouses, holds=holds, state=pool.state, version=pool.version)


class StockQuery(wire.PageQuery):
    """Which stock: of a warehouse, of a SKU, with at most so many units available."""

    warehouse_id: wire.Id | None = None
    sku_id: wire.Id | None = None
    available_at_most: wire.SignedQty | None = None


class StockOut(wire.Wire):
    """The stock of a SKU in a warehouse; `available_qty` = sellable - reserved - held - frozen - safety."""

    sku_id: UUID
    sku_code: str
    sku_title: str
    warehouse_id: UUID
    warehouse_code: str
    sellable_qty: int
    quarantine_qty: int
    damaged_qty: int
    sample_qty: int
    b_grade_qty: int
    return_pending_qty: int
    reserved_qty: int
    held_qty: int
    dedicated_qty: int
    owed_qty: int
    frozen_qty: int
    safety_qty: int
    available_qty: int
    currency: str
    value_minor: int | None


def stock_out(stock: StockView) -> StockOut:
    """A stock as it goes out."""
    return StockOut(**{name: getattr(stock, name) for name in StockOut.__struct_fields__})


class AsideIn(wire.Wire):
    """What is not promised: the safety stock, and what is frozen while it is counted."""

    safety_qty: wire.QtyOrZero
    frozen_qty: wire.QtyOrZero = 0


class AsideOut(wire.Wire):
    """What is set aside, and what is then available."""

    safety_qty: int
    frozen_qty: int
    available_qty: int


class MovementQuery(wire.PageQuery):
    """Which movements: of one warehouse, or of all, one after the other."""

    warehouse_id: wire.Id | None = None


class MovementOut(wire.Wire):
    """A line of the stock ledger; `seq` is its place in that of this SKU and warehouse."""

    sku_id: UUID
    warehouse_id: UUID
    seq: int
    document: str
    document_id: UUID
    line: int
    state: str
    delta_qty: int
    balance_after_qty: int
    reason: str
    at: dt.datetime
    actor: UUID
    currency: str
    value_minor: int | None
    unit_minor: int | None


def movement_out(movement: MovementView) -> MovementOut:
    """A movement as it goes out."""
    return MovementOut(**{name: getattr(movement, name) for name in MovementOut.__struct_fields__})


class ReceiptLineIn(wire.Wire):
    """Units that come in at this cost each."""

    sku_id: wire.Id
    qty: wire.Qty
    unit_minor: wire.Minor
    state: StockState = StockState.SELLABLE


class NewReceipt(wire.Wire):
    """Stock that comes in without a purchase; costs in the currency of the warehouse."""

    warehouse_id: wire.Id
    lines: Annotated[tuple[ReceiptLineIn, ...], Meta(min_length=1, max_length=MAX_LINES)]
    currency: wire.Currency = "CNY"
    note: Note = ""
    id: wire.Id | None = None


class ReceiptLineOut(wire.Wire):
    """A line of a receipt; its cost is null where it is hidden."""

    line: int
    sku_id: UUID
    qty: int
    unit_minor: int | None
    state: StockState


class ReceiptOut(wire.Wire):
    """An opening receipt; its value is null where it is hidden."""

    id: UUID
    number: str
    warehouse_id: UUID
    currency: str
    value_minor: int | None
    note: str
    received_by: UUID
    received_at: dt.datetime
    lines: tuple[ReceiptLineOut, ...]


def receipt_out(receipt: OpeningReceipt) -> ReceiptOut:
    """A receipt as it goes out."""
    return ReceiptOut(
        id=receipt.id,
        number=receipt.number,
        warehouse_id=receipt.warehouse_id,
        currency=receipt.currency,
        value_minor=receipt.value_minor,
        note=receipt.note,
        received_by=receipt.received_by,
        received_at=receipt.received_at,
        lines=tuple(ReceiptLineOut(one.line, one.sku_id, one.qty, one.unit_minor, one.state) for one in receipt.lines),
    )


class AdjustmentLineIn(wire.Wire):
    """Units that come (+) or go (-) in a state; with `to_state` those that go turn up there."""

    sku_id: wire.Id
    delta_qty: wire.SignedQty
    state: StockState = StockState.SELLABLE
    to_state: StockState | None = None
    unit_minor: wire.Minor | None = None


class NewAdjustment(wire.Wire):
    """A request to change stock; somebody else approves it."""

    warehouse_id: wire.Id
    reason: Reason
    lines: Annotated[tuple[AdjustmentLineIn, ...], Meta(min_length=1, max_length=MAX_LINES)]
    note: Note = ""
    id: wire.Id | None = None


class AdjustmentQuery(wire.PageQuery):
    """Which adjustments."""

    state: AdjustmentState | None = None
    warehouse_id: wire.Id | None = None


class Decision(wire.Wire):
    """A word on the decision."""

    note: Note = ""


class AdjustmentLineOut(wire.Wire):
    """A line of an adjustment."""

    line: int
    sku_id: UUID
    state: StockState
    delta_qty: int
    to_state: StockState | None
    unit_minor: int | None


class AdjustmentOut(wire.Versioned):
    """An adjustment; `adjust_qty` is its size for approval limits."""

    id: UUID
    number: str
    warehouse_id: UUID
    reason: Reason
    note: str
    state: AdjustmentState
    adjust_qty: int
    requested_by: UUID
    requested_at: dt.datetime
    decided_by: UUID | None
    decided_at: dt.datetime | None
    lines: tuple[AdjustmentLineOut, ...]


def adjustment_out(adjustment: Adjustment) -> AdjustmentOut:
    """An adjustment as it goes out."""
    return AdjustmentOut(
        id=adjustment.id,
        number=adjustment.number,
        warehouse_id=adjustment.warehouse_id,
        reason=adjustment.reason,
        note=adjustment.note,
        state=adjustment.state,
        adjust_qty=adjustment.adjust_qty,
        requested_by=adjustment.requested_by,
        requested_at=adjustment.requested_at,
        decided_by=adjustment.decided_by,
        decided_at=adjustment.decided_at,
        version=adjustment.version,
        lines=tuple(
            AdjustmentLineOut(one.line, one.sku_id, one.state, one.delta_qty, one.to_state, one.unit_minor)
            for one in adjustment.lines
        ),
    )
