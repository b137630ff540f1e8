"""What the owner of an oversell does: fill it from stock that came, or close it when it was solved another way."""

from __future__ import annotations

import attrs

from houtai.application.inventory.oversell import owe_no_more, settle, write_settled
from houtai.application.inventory.ports import InventoryTx
from houtai.application.inventory.reserve import add_reservations, pool_of, with_codes
from houtai.application.inventory.shelf import Shelf
from houtai.application.permission import CHANNEL, needs
from houtai.application.reach import demand_within
from houtai.domain import limits
from houtai.domain.act import Act
from houtai.domain.inventory.allocation import allot
from houtai.domain.inventory.oversell import OVERSELL_MOVES, Oversell, OversellId, OversellState
from houtai.domain.inventory.refusals import OutOfStock
from houtai.domain.inventory.reservation import Want
from houtai.domain.moves import check_move
from houtai.domain.refusal import VersionConflict

VERB = "inventory.settle-oversell"


@attrs.frozen
class FillOversell:
    """Reserve what the order is owed, from stock that is there now."""

    oversell: OversellId
    expected_version: int


@needs(VERB, along=(CHANNEL,))
def fill_oversell(tx: InventoryTx, cmd: FillOversell, act: Act) -> Oversell:
    """Give the order what it is still owed, whole. Raises OutOfStock, IllegalMove, VersionConflict, NotFound."""
    found = tx.oversells.get(cmd.oversell)
    demand_within(act, VERB, "oversell", cmd.oversell, channel=found.channel_id)
    warehouses = pool_of(tx, found.channel_id)
    owing = [found.stock_key] if found.stock_key is not None else []
    keys = [(found.sku_id, warehouse) for warehouse in warehouses] + owing
    shelf = Shelf.lock(tx, keys, act.at, channel_id=found.channel_id)
    oversell = _locked(tx, cmd.oversell, cmd.expected_version, OversellState.FILLED)
    owe_no_more(shelf, oversell)
    wants = [Want(oversell.line, oversell.sku_id, oversell.missing_qty)]
    allotted, shortages = allot(wants, shelf.reach(oversell.channel_id), warehouses)
    if shortages:
        raise OutOfStock(with_codes(tx, shortages))
    for allotment in allotted:
        shelf.reserve(allotment, oversell.channel_id)
    shelf.write(tx)
    add_reservations(tx, oversell.order_id, allotted, oversell.channel_id, act)
    return write_settled(tx, oversell, act, state=OversellState.FILLED, resolution="filled from stock")


@attrs.frozen
class CloseOversell:
    """Say how the shortage was solved without this stock: substituted, shipped by the maker, agreed to cancel."""

    oversell: OversellId
    expected_version: int
    resolution: str = attrs.field(validator=limits.text(1, 500))


@needs(VERB, along=(CHANNEL,))
def close_oversell(tx: InventoryTx, cmd: CloseOversell, act: Act) -> Oversell:
    """End the case; its units are owed no more. Raises IllegalMove, VersionConflict, NotFound."""
    found = tx.oversells.get(cmd.oversell)
    demand_within(act, VERB, "oversell", cmd.oversell, channel=found.channel_id)
    shelf = Shelf.lock(tx, [found.stock_key] if found.stock_key is not None else [], act.at)
    oversell = _locked(tx, cmd.oversell, cmd.expected_version, OversellState.CLOSED)
    settled = settle(tx, shelf, oversell, act, state=OversellState.CLOSED, resolution=cmd.resolution)
    shelf.write(tx)
    return settled


def _locked(tx: InventoryTx, oversell_id: OversellId, expected_version: int, wanted: OversellState) -> Oversell:
    oversell = tx.oversells.lock_one(oversell_id)
    if oversell.version != expected_version:
        raise VersionConflict(
            what="oversell",
            key=str(oversell_id),
            expected_version=expected_version,
            current_version=oversell.version,
        )
    check_move("oversell", OVERSELL_MOVES, oversell.state, wanted)
    return oversell
