"""Counting a place: what was found there is compared with the books, and a difference asks for an adjustment."""

from __future__ import annotations

from typing import Final
from uuid import UUID

import attrs

from houtai.application.inventory.adjust import RequestAdjustment, request_adjustment
from houtai.application.inventory.doubt import freeze
from houtai.application.inventory.receive import stocked_skus
from houtai.application.inventory.scope import demand_at
from houtai.application.permission import MERCHANT, WAREHOUSE, before, needs
from houtai.application.warehouse.bin_ports import BIN_BY_LOCATION, FILLED, BinsTx
from houtai.application.warehouse.racks import Racks
from houtai.application.warehouse.wanted_counts import answer_wanted
from houtai.domain import limits
from houtai.domain.act import Act
from houtai.domain.ids import AdjustmentId, LocationId, SkuId
from houtai.domain.inventory.adjustment import AdjustmentLine
from houtai.domain.inventory.movement import Reason
from houtai.domain.inventory.stock import StockKey, StockState
from houtai.domain.refusal import InvalidValue, NotFound
from houtai.domain.warehouse.bins import Bin
from houtai.domain.warehouse.location import Activity, Location
from houtai.domain.warehouse.placing import ONLY_STATE
from houtai.domain.warehouse.work import NotCountable

COUNT: Final = "warehouse.count"


@attrs.frozen
class Counted:
    """Pieces of one product that were found; none is an answer too."""

    sku_id: SkuId
    qty: int = attrs.field(validator=limits.any_qty)


@attrs.frozen
class CountPlace:
    """All that was found in one place; a product that is not named was not found. `count` becomes the adjustment's id."""

    count: UUID
    location_id: LocationId
    found: tuple[Counted, ...] = attrs.field(validator=limits.at_most(limits.MAX_LINES))

    def __attrs_post_init__(self) -> None:
        if len({one.sku_id for one in self.found}) != len(self.found):
            raise InvalidValue(field="found", rule="must name each product once")


@attrs.frozen
class CountOutcome:
    """Whether the books agree, and else the number of the adjustment that was asked for."""

    location_id: LocationId
    path: str
    adjustment: str = ""

    @property
    def agrees(self) -> bool:
        """Whether nothing has to be adjusted."""
        return not self.adjustment


@needs(COUNT, along=(WAREHOUSE, MERCHANT))
def count_place(tx: BinsTx, cmd: CountPlace, act: Act) -> CountOutcome:
    """Compare with the books as they are at this moment, under lock. What is missing is in doubt until it is decided.

    Whatever was wanted to be counted in this place is answered by it, in the same transaction.
    Pieces that were doubted there before and have been found may be sold again. Raises NotFound, NotStocked, CannotTake where
    a place is not counted, NotCountable for a product in several conditions, Forbidden without the right to ask for
    adjustments where there is a difference.
    """
    place = tx.locations.lock([cmd.location_id]).get(cmd.location_id)
    if place is None:
        raise NotFound(what="location", key=str(cmd.location_id))
    warehouse = tx.warehouses.get(place.warehouse_id)
    counted = {one.sku_id: one.qty for one in cmd.found}
    lying = {one.key.sku_id for one in tx.bins.by(BIN_BY_LOCATION, (place.id, FILLED))}
    skus = stocked_skus(tx, sorted({*counted, *lying}))
    demand_at(act, COUNT, warehouse, skus.values())
    if not place.allows(Activity.CYCLE_COUNT):
        raise InvalidValue(field="location_id", rule="must be a place that may be counted")
    keys = sorted((sku_id, warehouse.id) for sku_id in skus)
    tx.stocks.lock(keys)
    racks = Racks.lock_stocks(tx, keys)
    lines: list[AdjustmentLine] = []
    for key in keys:
        there = [one for one in racks.of(key) if one.key.location_id == place.id]
        state = _state_of(place, there, skus[key[0]].code)
        delta_qty = counted.get(key[0], 0) - sum(one.qty for one in there)
        _doubt(racks, there, max(0, -delta_qty))
        if delta_qty:
            lines.append(AdjustmentLine(len(lines) + 1, key[0], state, delta_qty))
    _write(tx, racks, keys, place, act)
    answer_wanted(tx, place, cmd.count, act)
    if not lines:
        confirmed_at = act.at if place.counted_at is None else max(act.at, place.counted_at)
        tx.locations.save(attrs.evolve(place, counted_at=confirmed_at))
        return CountOutcome(place.id, place.path)
    wish = RequestAdjustment(
        AdjustmentId(cmd.count), warehouse.id, Reason.COUNT_DIFFERENCE, tuple(lines), f"count of {place.path}"
    )
    return CountOutcome(place.id, place.path, request_adjustment(tx, wish, before(request_adjustment, act)).number)


def _state_of(place: Location, there: list[Bin], sku: str) -> StockState:
    """The one condition of a product there; of one that the books do not know there, what the place is for."""
    states = {one.key.state for one in there}
    if len(states) > 1:
        raise NotCountable(path=place.path, sku=sku)
    return next(iter(states), ONLY_STATE.get(place.kind, StockState.SELLABLE))


def _doubt(racks: Racks, there: list[Bin], missing_qty: int) -> None:
    """As many pieces in doubt as are missing, and no more; what picks were promised stays promised."""
    for one in there:
        suspect_qty = min(missing_qty, one.qty - one.allocated_qty)
        missing_qty -= suspect_qty
        racks.put(attrs.evolve(one, suspect_qty=suspect_qty))


def _write(tx: BinsTx, racks: Racks, keys: list[StockKey], place: Location, act: Act) -> None:
    """Write the doubts, and freeze or thaw as much stock that is for sale."""
    before = tx.bins.many(racks.bins)
    changes: dict[StockKey, int] = {}
    for one in racks.bins.values():
        here = one.key.location_id == place.id and one.key.state is StockState.SELLABLE and one.qty
        if here and (delta := one.suspect_qty - before[one.id].suspect_qty):
            changes[one.key.stock_key] = changes.get(one.key.stock_key, 0) + delta
    racks.write()
    if changes:
        freeze(tx, {key: changes[key] for key in keys if key in changes}, act)
