"""How a buyer's hold becomes an order's reservation, in the transaction that places the order."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import attrs

from houtai.application.inventory.ports import InventoryTx
from houtai.application.inventory.shelf import Shelf
from houtai.domain.ids import ChannelId, CustomerId, HoldId, WarehouseId
from houtai.domain.inventory.allocation import share_held
from houtai.domain.inventory.reservation import HOLD_MOVES, Allotment, Hold, HoldState, Want
from houtai.domain.moves import check_move
from houtai.domain.refusal import NotFound


def lock_hold(tx: InventoryTx, hold_id: HoldId | None, buyer_id: CustomerId | None) -> Hold | None:
    """The hold, locked, if it has not been ended yet. Raises NotFound where it is unknown or another buyer's."""
    if hold_id is None:
        return None
    hold = tx.holds.lock_one(hold_id)
    if buyer_id is not None and hold.buyer_id != buyer_id:
        raise NotFound(what="hold", key=str(hold_id))
    return hold if hold.state is HoldState.LIVE else None


def convert(
    shelf: Shelf,
    hold: Hold | None,
    wants: Sequence[Want],
    warehouses: Sequence[WarehouseId],
    *,
    at: dt.datetime,
    channel_id: ChannelId | None,
    ship_together: bool,
) -> tuple[Allotment, ...] | None:
    """Make the hold's units reserved and share them out over the wants; what the order does not need is free again.

    None where there is no hold, or where it does not cover the whole order (it has ended, holds less, lies outside the pool,
    or in two places for an order that ships together): then all its units are free, for this order first of all.
    """
    if hold is None:
        return None
    live = tuple(line for line in shelf.held if line.live_at(at))
    places = {line.warehouse_id for line in live}
    usable = hold.channel_id == channel_id and places <= set(warehouses) and not (ship_together and len(places) > 1)
    shared = share_held(wants, live) if usable else None
    for line in shelf.held:
        shelf.free(line, HoldState.RELEASED if shared is None else HoldState.CONVERTED)
    if shared is None:
        return None
    allotted, left_over = shared
    for part in left_over:
        shelf.unreserve_part(part, hold.channel_id)
    return allotted


def end_hold(tx: InventoryTx, hold: Hold, state: HoldState, at: dt.datetime) -> Hold:
    """Write how a live hold ended; past its time it has expired, whatever was wanted of it."""
    check_move("hold", HOLD_MOVES, hold.state, state)
    ended = attrs.evolve(hold, state=state if hold.live_at(at) else HoldState.EXPIRED)
    tx.holds.save(ended)
    return ended
