"""Goods go from one place to another: put away, moved, put into and out of handling units, or into another state."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from uuid import UUID

import attrs

from houtai.application.inventory.doubt import StateChange, change_states
from houtai.application.inventory.receive import stocked_skus
from houtai.application.inventory.scope import demand_at
from houtai.application.permission import MERCHANT, WAREHOUSE, needs, needs_inside
from houtai.application.warehouse.bin_ports import BIN_MOVE_BY_DOCUMENT, BinsTx
from houtai.application.warehouse.passage import Leg, check_passage, ends_of
from houtai.application.warehouse.racks import Racks
from houtai.application.warehouse.serial_book import SerialBook
from houtai.domain import limits
from houtai.domain.act import Act
from houtai.domain.catalog.sku import Sku
from houtai.domain.ids import HandlingUnitId, LocationId, SkuId, WarehouseId
from houtai.domain.inventory.movement import Reason
from houtai.domain.inventory.stock import StockState
from houtai.domain.refusal import AlreadyExists, InvalidValue
from houtai.domain.warehouse.bins import BinKey, LotId, MoveCause, MoveReason
from houtai.domain.warehouse.location import Activity, Standard, standard_id

DOCUMENT: Final = "bin-move"
MOVE: Final = "warehouse.move-goods"
REGRADE: Final = needs_inside(
    "warehouse.regrade", "Put goods into another state while they are moved.", along=(WAREHOUSE, MERCHANT)
)


@attrs.frozen
class MoveLine:
    """So many units from one place to another, within a warehouse.

    `to_state` is named where the state changes on the way; `to_lot_id` where goods without a lot get theirs. `serials` names
    the units that go, where only some of those with serials do.
    """

    sku_id: SkuId
    qty: int = attrs.field(validator=limits.positive_qty)
    from_location_id: LocationId
    to_location_id: LocationId
    from_unit_id: HandlingUnitId | None = None
    to_unit_id: HandlingUnitId | None = None
    lot_id: LotId | None = None
    to_lot_id: LotId | None = None
    state: StockState = StockState.SELLABLE
    to_state: StockState | None = None
    serials: tuple[str, ...] = attrs.field(default=(), validator=limits.at_most(limits.MAX_LINES))

    def __attrs_post_init__(self) -> None:
        if self.lot_id is not None and self.to_lot_id not in (None, self.lot_id):
            raise InvalidValue(field="to_lot_id", rule="names the lot of goods that have none yet; a lot is not changed")
        if len(self.serials) > self.qty or len(set(self.serials)) != len(self.serials):
            raise InvalidValue(field="serials", rule="must name each unit once, and no more units than go")

    def leg(self, warehouse_id: WarehouseId, sku: Sku) -> Leg:
        """From bin to bin. Raises InvalidValue for a move that goes nowhere."""
        source = BinKey(warehouse_id, self.from_location_id, sku.id, self.state, self.from_unit_id, self.lot_id, sku.merchant_id)
        target = BinKey(
            warehouse_id,
            self.to_location_id,
            sku.id,
            self.to_state or self.state,
            self.to_unit_id,
            self.to_lot_id or self.lot_id,
            sku.merchant_id,
        )
        if source == target:
            raise InvalidValue(field="to_location_id", rule="must be another place, or another state, lot or handling unit")
        return Leg(source, target, self.qty)


@attrs.frozen
class MoveGoods:
    """Move these goods, all or nothing. `move` is the id of the document behind the moves."""

    move: UUID
    warehouse_id: WarehouseId
    lines: tuple[MoveLine, ...] = attrs.field(validator=limits.at_most(limits.MAX_LINES, 1))


@attrs.frozen
class Moved:
    """What was moved: each line with its bins."""

    move: UUID
    legs: tuple[Leg, ...]


@needs(MOVE, along=(WAREHOUSE, MERCHANT))
def move_goods(tx: BinsTx, cmd: MoveGoods, act: Act) -> Moved:
    """Move free units between places; a state that changes on the way changes the stock and its ledger with it.

    Raises NotFound, CannotTake and CannotPlace with the rule, NotInBin with the numbers, SerialsNeeded, SerialElsewhere,
    AlreadyExists for a document that was moved before; where the state changes also Forbidden without the verb for it,
    WouldUndercut for promised units, InvalidValue for samples.
    """
    warehouse = tx.warehouses.get(cmd.warehouse_id)
    skus = stocked_skus(tx, [line.sku_id for line in cmd.lines])
    demand_at(act, MOVE, warehouse, skus.values())
    legs = [line.leg(warehouse.id, skus[line.sku_id]) for line in cmd.lines]
    if any(leg.source.state is not leg.target.state for leg in legs):
        demand_at(act, REGRADE, warehouse, skus.values())
    if tx.bin_moves.by(BIN_MOVE_BY_DOCUMENT, cmd.move):
        raise AlreadyExists(what="bin move", key=str(cmd.move))
    check_passage(tx, legs, skus, Activity.PUTAWAY)
    _regrade(tx, cmd.move, legs, act)
    racks = Racks.lock(tx, ends_of(legs))
    book = SerialBook.lock(tx, {leg.source.id for leg in legs})
    for number, (line, leg) in enumerate(zip(cmd.lines, legs, strict=True), start=1):
        cause = MoveCause(DOCUMENT, cmd.move, number, reason_of(leg), act.at, act.actor)
        racks.move(leg.source, leg.target, leg.qty, cause)
        book.follow(racks.bins[leg.source.id], leg.target.id, line.serials, act.at)
    racks.write()
    book.write(tx)
    return Moved(cmd.move, tuple(legs))


def reason_of(leg: Leg) -> MoveReason:
    """What a move is called: out of the unplaced place it is a putaway, into another state a regrading."""
    if leg.source.state is not leg.target.state:
        return MoveReason.REGRADED
    unplaced = standard_id(leg.source.warehouse_id, Standard.UNPLACED)
    return MoveReason.PUT_AWAY if leg.source.location_id == unplaced else MoveReason.MOVED


def _regrade(tx: BinsTx, document_id: UUID, legs: Sequence[Leg], act: Act) -> None:
    """Tell inventory of the states that change, line by line."""
    changes = [
        StateChange(number, leg.source.stock_key, leg.source.state, leg.target.state, leg.qty)
        for number, leg in enumerate(legs, start=1)
        if leg.source.state is not leg.target.state
    ]
    if changes:
        change_states(tx, changes, act, document=DOCUMENT, document_id=document_id, reason=Reason.REGRADE)
