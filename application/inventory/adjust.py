"""Adjusting stock: asked for with a reason, decided by another person, moved by the difference."""

from __future__ import annotations

from typing import Final

import attrs

from houtai.application.inventory.ports import InventoryTx
from houtai.application.inventory.posting import post_change
from houtai.application.inventory.receive import check_cost, is_ours, stocked_skus
from houtai.application.inventory.scope import demand_at
from houtai.application.inventory.shelf import Shelf
from houtai.application.numbers import next_number
from houtai.application.permission import MERCHANT, WAREHOUSE, needs
from houtai.application.timeline import write_line
from houtai.domain import limits
from houtai.domain.act import Act
from houtai.domain.ids import AdjustmentId, WarehouseId
from houtai.domain.inventory.adjustment import ADJUSTMENT_MOVES, Adjustment, AdjustmentLine, AdjustmentState
from houtai.domain.inventory.events import StockAdjusted
from houtai.domain.inventory.movement import FOR_DOCUMENTS, Cause, Movement, Reason, gained_and_lost
from houtai.domain.inventory.warehouse import Warehouse
from houtai.domain.ledger.account import AccountCode
from houtai.domain.moves import check_move
from houtai.domain.refusal import AlreadyExists, InvalidValue, VersionConflict

DOCUMENT: Final = "adjustment"


@attrs.frozen
class RequestAdjustment:
    """Ask for a change of stock in one warehouse, with its reason."""

    adjustment: AdjustmentId
    warehouse_id: WarehouseId
    reason: Reason
    lines: tuple[AdjustmentLine, ...] = attrs.field(validator=limits.at_most(limits.MAX_LINES, 1))
    note: str = attrs.field(default="", validator=limits.text(0, 500))


@needs("inventory.adjust", along=(WAREHOUSE, MERCHANT), own=True)
def request_adjustment(tx: InventoryTx, cmd: RequestAdjustment, act: Act) -> Adjustment:
    """Write the request down; stock does not move yet. Raises NotFound, NotStocked, NotOurGoods."""
    warehouse = tx.warehouses.get(cmd.warehouse_id)
    skus = stocked_skus(tx, [line.sku_id for line in cmd.lines])
    demand_at(act, "inventory.adjust", warehouse, skus.values(), owner=act.actor)
    return ask_adjustment(tx, cmd, act)


def ask_adjustment(tx: InventoryTx, wish: RequestAdjustment, act: Act) -> Adjustment:
    """The same for a module above, which has demanded its own permission."""
    warehouse = tx.warehouses.get(wish.warehouse_id)
    skus = stocked_skus(tx, [line.sku_id for line in wish.lines])
    if wish.reason in FOR_DOCUMENTS:
        raise InvalidValue(field="reason", rule=f"{wish.reason.value} is another document's; an adjustment needs its own reason")
    if tx.adjustments.find(wish.adjustment) is not None:
        raise AlreadyExists(what="adjustment", key=str(wish.adjustment))
    for line in wish.lines:
        check_cost(warehouse, skus[line.sku_id], line.unit_minor)
    adjustment = Adjustment(
        id=wish.adjustment,
        number=next_number(tx, "AD", act.at),
        warehouse_id=wish.warehouse_id,
        reason=wish.reason,
        note=wish.note,
        lines=wish.lines,
        requested_by=act.actor,
        requested_at=act.at,
    )
    tx.adjustments.add(adjustment)
    write_line(tx, act, DOCUMENT, adjustment, "requested", before=None, reason=wish.note)
    return adjustment


@attrs.frozen
class DecideAdjustment:
    """A decision on the adjustment as it stood at `expected_version`."""

    adjustment: AdjustmentId
    expected_version: int
    note: str = attrs.field(default="", validator=limits.text(0, 500))


@needs("inventory.approve-adjustment", along=(WAREHOUSE, MERCHANT))
def approve_adjustment(tx: InventoryTx, cmd: DecideAdjustment, act: Act) -> Adjustment:
    """Approve and post: every line moves stock by its difference, and the books follow (shrinkage, count gain).

    The approver is not the one who asked, and its limit ``adjust_qty`` covers all units touched: else Forbidden. Raises
    WouldUndercut with the numbers where promised units would go, NotEnoughOnHand, CostNeeded, IllegalMove, VersionConflict.
    """
    adjustment, warehouse = _locked(tx, cmd)
    amounts = {"adjust_qty": adjustment.adjust_qty}
    demand_at(act, "inventory.approve-adjustment", warehouse, amounts=amounts, maker=adjustment.requested_by)
    _check(adjustment, cmd, AdjustmentState.POSTED)
    shelf = Shelf.lock(tx, [(line.sku_id, warehouse.id) for line in adjustment.lines], act.at)
    movements = _apply(tx, shelf, warehouse, adjustment, act)
    shelf.write(tx)
    gained, lost = gained_and_lost(movements)
    entries = {
        AccountCode.INVENTORY: gained - lost,
        AccountCode.SHRINKAGE: lost,
        AccountCode.COUNT_GAIN: -gained,
    }
    post_change(tx, adjustment.id, entries, act, document=DOCUMENT, currency=warehouse.currency)
    tx.emit(StockAdjusted(adjustment.id, warehouse.id, gained, lost, warehouse.currency))
    return _decided(tx, adjustment, AdjustmentState.POSTED, cmd.note, act)


@needs("inventory.approve-adjustment", along=(WAREHOUSE, MERCHANT))
def reject_adjustment(tx: InventoryTx, cmd: DecideAdjustment, act: Act) -> Adjustment:
    """Refuse the request; stock stays. Raises IllegalMove, VersionConflict, and Forbidden to the one who asked."""
    adjustment, warehouse = _locked(tx, cmd)
    demand_at(act, "inventory.approve-adjustment", warehouse, maker=adjustment.requested_by)
    _check(adjustment, cmd, AdjustmentState.REJECTED)
    return _decided(tx, adjustment, AdjustmentState.REJECTED, cmd.note, act)


@needs("inventory.adjust", along=(WAREHOUSE, MERCHANT), own=True)
def withdraw_adjustment(tx: InventoryTx, cmd: DecideAdjustment, act: Act) -> Adjustment:
    """Take a request back before it is decided. Raises IllegalMove, VersionConflict."""
    adjustment, warehouse = _locked(tx, cmd)
    demand_at(act, "inventory.adjust", warehouse, owner=adjustment.requested_by)
    _check(adjustment, cmd, AdjustmentState.WITHDRAWN)
    return _decided(tx, adjustment, AdjustmentState.WITHDRAWN, cmd.note, act)


def _locked(tx: InventoryTx, cmd: DecideAdjustment) -> tuple[Adjustment, Warehouse]:
    adjustment = tx.adjustments.lock_one(cmd.adjustment)
    return adjustment, tx.warehouses.get(adjustment.warehouse_id)


def _check(adjustment: Adjustment, cmd: DecideAdjustment, state: AdjustmentState) -> None:
    """Refuse a decision on another version, or where none is open any more."""
    if adjustment.version != cmd.expected_version:
        raise VersionConflict(
            what=DOCUMENT,
            key=adjustment.number,
            expected_version=cmd.expected_version,
            current_version=adjustment.version,
        )
    check_move(DOCUMENT, ADJUSTMENT_MOVES, adjustment.state, state)


def _apply(tx: InventoryTx, shelf: Shelf, warehouse: Warehouse, adjustment: Adjustment, act: Act) -> list[Movement]:
    """Move every line on the shelf; a merchant's goods move without value."""
    skus = stocked_skus(tx, [line.sku_id for line in adjustment.lines])
    made: list[Movement] = []
    for line in adjustment.lines:
        costed = line if is_ours(warehouse, skus[line.sku_id]) else attrs.evolve(line, unit_minor=0)
        stock = shelf.ensure((line.sku_id, warehouse.id), warehouse.currency)
        cause = Cause(DOCUMENT, adjustment.id, line.line, adjustment.reason, act.at, act.actor)
        moved, movements = costed.apply(stock, cause)
        shelf.put(moved, *movements)
        made += movements
    return made


def _decided(tx: InventoryTx, adjustment: Adjustment, state: AdjustmentState, note: str, act: Act) -> Adjustment:
    decided = attrs.evolve(adjustment, state=state, decided_by=act.actor, decided_at=act.at, version=adjustment.version + 1)
    tx.adjustments.save(decided)
    write_line(tx, act, DOCUMENT, decided, state.value, before=adjustment.state, reason=note)
    return decided
