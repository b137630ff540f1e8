"""Soft holds: stock kept for a buyer who is about to pay, for a short time, within a cap, ended by a timer."""

from __future__ import annotations

import attrs

from houtai.application.inventory.convert import end_hold
from houtai.application.inventory.ports import HELD_BY_BUYER, HELD_BY_HOLD, HOLD_DUE, InventoryTx
from houtai.application.inventory.reserve import pool_of, with_codes
from houtai.application.inventory.shelf import Shelf
from houtai.application.permission import CHANNEL, logged_as, needs
from houtai.application.reach import demand_within
from houtai.domain import limits
from houtai.domain.act import Act
from houtai.domain.ids import ChannelId, CustomerId, HoldId
from houtai.domain.inventory.allocation import allot, pool_qty
from houtai.domain.inventory.refusals import HoldCapReached, OutOfStock
from houtai.domain.inventory.reservation import HeldLine, Hold, Holder, HoldState, Want
from houtai.domain.inventory.warehouse import HoldRule
from houtai.domain.refusal import AlreadyExists, NotFound


@attrs.frozen
class HoldStock:
    """Keep these units for the buyer until the channel's rule ends the hold."""

    hold: HoldId
    buyer_id: CustomerId
    channel_id: ChannelId
    wants: tuple[Want, ...] = attrs.field(validator=limits.at_most(limits.MAX_LINES, 1))
    ship_together: bool = False


@needs("inventory.hold", along=(CHANNEL,), own=True)
def hold(tx: InventoryTx, cmd: HoldStock, act: Act) -> Hold:
    """Hold everything or nothing. Raises OutOfStock with every short SKU, and HoldCapReached where the buyer holds enough.

    A hold binds stock like a reservation until it ends; `Hold.expires_at` comes sooner where stock is scarce.
    """
    tx.channels.get(cmd.channel_id)
    demand_within(act, "inventory.hold", "channel", cmd.channel_id, channel=cmd.channel_id, owner=cmd.buyer_id)
    if tx.holds.find(cmd.hold) is not None:
        raise AlreadyExists(what="hold", key=str(cmd.hold))
    pool = tx.channel_warehouses.find(cmd.channel_id)
    rule = pool.holds if pool is not None else HoldRule()
    _check_cap(tx, cmd, rule, act)
    warehouses = pool_of(tx, cmd.channel_id)
    keys = [(want.sku_id, warehouse) for want in cmd.wants for warehouse in warehouses]
    shelf = Shelf.lock(tx, keys, act.at, channel_id=cmd.channel_id)
    reach = shelf.reach(cmd.channel_id)
    allotted, shortages = allot(cmd.wants, reach, warehouses, ship_together=cmd.ship_together)
    if shortages:
        raise OutOfStock(with_codes(tx, shortages))
    taken: dict[object, int] = {}
    for part in allotted:
        taken[part.sku_id] = taken.get(part.sku_id, 0) + part.qty
    left_qty = min(pool_qty(want.sku_id, reach, warehouses) - taken[want.sku_id] for want in cmd.wants)
    made = Hold(cmd.hold, cmd.buyer_id, cmd.channel_id, allotted, act.at, act.at + rule.span(left_qty))
    tx.holds.add(made)
    for line in _lines(made):
        shelf.hold(line)
        tx.held_lines.add(line)
    shelf.write(tx)
    return made


def _check_cap(tx: InventoryTx, cmd: HoldStock, rule: HoldRule, act: Act) -> None:
    """Refuse what would pass the buyer's cap; the buyer's row is locked, so two holds at once cannot pass it together."""
    holder = tx.holders.lock([cmd.buyer_id]).get(cmd.buyer_id)
    lines = tx.held_lines.by(HELD_BY_BUYER, (cmd.buyer_id, HoldState.LIVE.value))
    held_qty = sum(line.qty for line in lines if line.live_at(act.at))
    wanted_qty = sum(want.qty for want in cmd.wants)
    if held_qty + wanted_qty > rule.buyer_cap_qty:
        raise HoldCapReached(held_qty=held_qty, wanted_qty=wanted_qty, cap_qty=rule.buyer_cap_qty)
    if holder is None:
        tx.holders.add(Holder(cmd.buyer_id, 1))
    else:
        tx.holders.save(attrs.evolve(holder, holds=holder.holds + 1))


def _lines(made: Hold) -> list[HeldLine]:
    return [
        HeldLine(
            hold_id=made.id,
            number=number,
            buyer_id=made.buyer_id,
            channel_id=made.channel_id,
            sku_id=part.sku_id,
            warehouse_id=part.warehouse_id,
            qty=part.qty,
            dedicated_qty=part.dedicated_qty,
            expires_at=made.expires_at,
        )
        for number, part in enumerate(made.lines, start=1)
    ]


@attrs.frozen
class ReleaseHeldStock:
    """Give a hold back before its time; with `buyer_id` only if it is that buyer's."""

    hold: HoldId
    buyer_id: CustomerId | None = None


@needs("inventory.hold", along=(CHANNEL,), own=True)
def release_held_stock(tx: InventoryTx, cmd: ReleaseHeldStock, act: Act) -> Hold:
    """Free what the hold binds; the hold as it is then, unchanged if it had ended before. Raises NotFound."""
    found = tx.holds.lock_one(cmd.hold)
    if cmd.buyer_id is not None and found.buyer_id != cmd.buyer_id:
        raise NotFound(what="hold", key=str(cmd.hold))
    demand_within(act, "inventory.hold", "hold", cmd.hold, channel=found.channel_id, owner=found.buyer_id)
    if found.state is not HoldState.LIVE:
        return found
    shelf = Shelf.lock(tx, (), act.at, held=tx.held_lines.by(HELD_BY_HOLD, cmd.hold))
    for line in shelf.held:
        shelf.free(line, HoldState.RELEASED)
    ended = end_hold(tx, found, HoldState.RELEASED, act.at)
    shelf.write(tx)
    return ended


@attrs.frozen
class ExpireHolds:
    """End the holds whose time is over, at most `limit` of them."""

    limit: int = attrs.field(default=200, validator=limits.between(1, 1_000))


@logged_as(None)
@needs("inventory.expire-holds")
def expire_holds(tx: InventoryTx, cmd: ExpireHolds, act: Act) -> int:
    """What the timer does: end what is past its time, so that its units show as free. Returns how many holds ended.

    Decisions do not wait for it: whoever locks a stock clears what has ended there first.
    """
    due = tx.holds.lock_due(HOLD_DUE, act.at, cmd.limit)
    lines = tx.held_lines.by(HELD_BY_HOLD, *(one.id for one in due)) if due else []
    shelf = Shelf.lock(tx, (), act.at, held=lines)
    for line in shelf.held:
        shelf.free(line, HoldState.EXPIRED)
    for one in due:
        end_hold(tx, one, HoldState.EXPIRED, act.at)
    shelf.write(tx)
    return len(due)
