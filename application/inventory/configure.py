"""Setting up where goods lie, which warehouses serve a channel, what is set aside, and what is owed elsewhere."""

from __future__ import annotations

from typing import Any, Final

import attrs

from houtai.application.inventory.ports import POOL_BY_STATE, WAREHOUSE_BY_CODE, InventoryTx
from houtai.application.inventory.publish import republish, republish_channel
from houtai.application.inventory.receive import stocked_skus
from houtai.application.inventory.scope import demand_at, demand_channel
from houtai.application.inventory.shelf import Shelf
from houtai.application.inventory.sold_out import look_at_shelves
from houtai.application.permission import CHANNEL, MERCHANT, WAREHOUSE, needs
from houtai.application.reach import demand_within
from houtai.application.timeline import write_line
from houtai.domain import limits
from houtai.domain.act import Act
from houtai.domain.authority import Scope
from houtai.domain.ids import ChannelId, MerchantId, SkuId, WarehouseId
from houtai.domain.inventory.publishing import (
    MAX_RATIO_PERCENT,
    POLICY_MOVES,
    AtZero,
    PolicyState,
    PublishPolicy,
    Unimported,
    policy_id,
)
from houtai.domain.inventory.refusals import FenceTooWide, FrozenTooMuch
from houtai.domain.inventory.reservation import Fence
from houtai.domain.inventory.stock import Stock
from houtai.domain.inventory.warehouse import (
    POOL_MOVES,
    WAREHOUSE_MOVES,
    ChannelWarehouses,
    HoldRule,
    PoolState,
    Warehouse,
    WarehouseState,
)
from houtai.domain.money import Money
from houtai.domain.moves import check_move
from houtai.domain.refusal import AlreadyExists, NotFound, VersionConflict

CONFIGURE: Final = "inventory.configure"
PUBLISH: Final = "inventory.publish"


@attrs.frozen
class OpenWarehouse:
    """A new warehouse; with `merchant_id` it is that merchant's. `currency` is that of its books."""

    warehouse: WarehouseId
    code: str = attrs.field(validator=limits.code)
    name: str = attrs.field(validator=limits.text())
    currency: str = "CNY"
    merchant_id: MerchantId | None = None


@needs(CONFIGURE, along=(WAREHOUSE, MERCHANT))
def open_warehouse(tx: InventoryTx, cmd: OpenWarehouse, act: Act) -> Warehouse:
    """Begin a warehouse. Raises AlreadyExists for a taken code, NotFound for an unknown merchant."""
    Money.zero(cmd.currency)  # refuses what is no currency
    if cmd.merchant_id is not None:
        tx.merchants.get(cmd.merchant_id)
    made = Warehouse(cmd.warehouse, cmd.code, cmd.name, cmd.currency, cmd.merchant_id)
    demand_at(act, CONFIGURE, made)
    if tx.warehouses.find(cmd.warehouse) is not None or tx.warehouses.first(WAREHOUSE_BY_CODE, cmd.code) is not None:
        raise AlreadyExists(what="warehouse", key=cmd.code)
    tx.warehouses.add(made)
    write_line(tx, act, "warehouse", made, "opened", before=None)
    return made


@attrs.frozen
class EditWarehouse:
    """A warehouse's new name, and whether orders may be promised from it."""

    warehouse: WarehouseId
    expected_version: int
    name: str = attrs.field(validator=limits.text())
    state: WarehouseState = WarehouseState.ACTIVE


@needs(CONFIGURE, along=(WAREHOUSE, MERCHANT))
def edit_warehouse(tx: InventoryTx, cmd: EditWarehouse, act: Act) -> Warehouse:
    """Rename, close or reopen. A closed warehouse keeps what it promised and promises nothing more; channels learn of it."""
    found = tx.warehouses.lock_one(cmd.warehouse)
    demand_at(act, CONFIGURE, found)
    _check_version("warehouse", found.code, found.version, cmd.expected_version)
    if cmd.state is not found.state:
        check_move("warehouse", WAREHOUSE_MOVES, found.state, cmd.state)
    edited = attrs.evolve(found, name=cmd.name, state=cmd.state, version=found.version + 1)
    tx.warehouses.save(edited)
    write_line(tx, act, "warehouse", edited, "edited", before=found.state)
    if cmd.state is not found.state:
        for pool in tx.channel_warehouses.by(POOL_BY_STATE, PoolState.OPEN.value):
            if found.id in pool.warehouses:
                republish_channel(tx, pool.channel_id, act)
    return edited


@attrs.frozen
class SetChannelWarehouses:
    """The pool of a channel from now on; `expected_version` is 0 where it had none."""

    channel_id: ChannelId
    warehouses: tuple[WarehouseId, ...]
    expected_version: int = 0
    holds: HoldRule = attrs.field(factory=HoldRule)
    state: PoolState = PoolState.OPEN


@needs(CONFIGURE, along=(CHANNEL, WAREHOUSE))
def set_channel_warehouses(tx: InventoryTx, cmd: SetChannelWarehouses, act: Act) -> ChannelWarehouses:
    """Say which warehouses serve the channel, in which order, and how long its buyers may hold. Channels learn of it.

    Raises NotFound for an unknown channel or warehouse, VersionConflict.
    """
    tx.channels.get(cmd.channel_id)
    demand_within(act, CONFIGURE, "channel", cmd.channel_id, channel=cmd.channel_id)
    known = tx.warehouses.many(cmd.warehouses)
    for warehouse in cmd.warehouses:
        if warehouse not in known:
            raise NotFound(what="warehouse", key=str(warehouse))
    found = tx.channel_warehouses.lock([cmd.channel_id]).get(cmd.channel_id)
    pool = ChannelWarehouses(cmd.channel_id, cmd.warehouses, cmd.holds, cmd.state, cmd.expected_version + 1)
    for one in (pool,) if found is None else (found, pool):
        demand_channel(act, CONFIGURE, cmd.channel_id, one)
    _put(tx, tx.channel_warehouses, "channel pool", found, pool, act, moves=POOL_MOVES)
    republish_channel(tx, cmd.channel_id, act)
    return pool


@attrs.frozen
class SetPublishPolicy:
    """How much of a SKU (of all without their own policy, for None) the channel is told; `expected_version` 0 for a new one."""

    channel_id: ChannelId
    sku_id: SkuId | None = None
    expected_version: int = 0
    ratio_percent: int = attrs.field(default=100, validator=limits.between(0, MAX_RATIO_PERCENT))
    buffer_qty: int = attrs.field(default=0, validator=limits.any_qty)
    cap_qty: int | None = attrs.field(default=None, validator=attrs.validators.optional(limits.any_qty))
    min_publish_qty: int = attrs.field(default=0, validator=limits.any_qty)
    state: PolicyState = PolicyState.ON
    at_zero: AtZero = AtZero.STAY


@needs(PUBLISH, along=(CHANNEL, WAREHOUSE))
def set_publish_policy(tx: InventoryTx, cmd: SetPublishPolicy, act: Act) -> PublishPolicy:
    """Set the policy and tell the channel every figure that changes by it; listings go off and on the shelf after the commit.

    Raises NotFound, VersionConflict.
    """
    tx.channels.get(cmd.channel_id)
    demand_channel(act, PUBLISH, cmd.channel_id, tx.channel_warehouses.find(cmd.channel_id))
    if cmd.sku_id is not None:
        tx.skus.get(cmd.sku_id)
    key = policy_id(cmd.channel_id, cmd.sku_id)
    found = tx.publish_policies.lock([key]).get(key)
    policy = PublishPolicy(
        channel_id=cmd.channel_id,
        sku_id=cmd.sku_id,
        ratio_percent=cmd.ratio_percent,
        buffer_qty=cmd.buffer_qty,
        cap_qty=cmd.cap_qty,
        min_publish_qty=cmd.min_publish_qty,
        state=cmd.state,
        at_zero=cmd.at_zero,
        version=cmd.expected_version + 1,
    )
    _put(tx, tx.publish_policies, "publish policy", found, policy, act, moves=POLICY_MOVES)
    if cmd.sku_id is None:
        republish_channel(tx, cmd.channel_id, act)
    else:
        republish(tx, [cmd.sku_id], act)
    if policy.at_zero is not (AtZero.STAY if found is None else found.at_zero):
        look_at_shelves(tx, policy, act)
    return policy


@attrs.frozen
class SetFence:
    """Ring-fence so many units of a SKU in a warehouse for one channel, beginning anew; 0 takes the fence down."""

    channel_id: ChannelId
    sku_id: SkuId
    warehouse_id: WarehouseId
    qty: int = attrs.field(validator=limits.any_qty)


@needs(PUBLISH, along=(CHANNEL, WAREHOUSE))
def set_fence(tx: InventoryTx, cmd: SetFence, act: Act) -> Fence:
    """Set stock aside for a channel: nobody else is promised it. Raises FenceTooWide past what is available, NotFound."""
    tx.channels.get(cmd.channel_id)
    demand_within(act, PUBLISH, "channel", cmd.channel_id, channel=cmd.channel_id)
    warehouse = tx.warehouses.get(cmd.warehouse_id)
    act.demand(PUBLISH, Scope(channel=cmd.channel_id, warehouse=warehouse.id))
    stocked_skus(tx, [cmd.sku_id])
    shelf = Shelf.lock(tx, [(cmd.sku_id, cmd.warehouse_id)], act.at, channel_id=cmd.channel_id)
    stock = shelf.ensure((cmd.sku_id, cmd.warehouse_id), warehouse.currency)
    fence = Fence(cmd.channel_id, cmd.sku_id, cmd.warehouse_id, cmd.qty, cmd.qty)
    others_qty = stock.dedicated_qty - shelf.fenced_qty(tx, fence.key)
    if cmd.qty and others_qty + cmd.qty > stock.available_qty:
        raise FenceTooWide(
            sku_id=cmd.sku_id,
            warehouse_id=cmd.warehouse_id,
            wanted_qty=cmd.qty,
            available_qty=stock.available_qty,
            others_qty=others_qty,
        )
    shelf.set_fence(fence)
    shelf.write(tx)
    return fence


@attrs.frozen
class SetAside:
    """What of a SKU in a warehouse is not promised: the safety stock, and what is frozen while it is counted."""

    sku_id: SkuId
    warehouse_id: WarehouseId
    safety_qty: int = attrs.field(validator=limits.any_qty)
    frozen_qty: int = attrs.field(default=0, validator=limits.any_qty)


@needs("inventory.set-aside", along=(WAREHOUSE, MERCHANT))
def set_aside(tx: InventoryTx, cmd: SetAside, act: Act) -> Stock:
    """Set both figures anew. Safety may be more than lies here; raises FrozenTooMuch where promised units would be frozen."""
    warehouse = tx.warehouses.get(cmd.warehouse_id)
    demand_at(act, "inventory.set-aside", warehouse, stocked_skus(tx, [cmd.sku_id]).values())
    shelf = Shelf.lock(tx, [(cmd.sku_id, cmd.warehouse_id)], act.at)
    stock = shelf.ensure((cmd.sku_id, cmd.warehouse_id), warehouse.currency)
    if cmd.frozen_qty > stock.uncommitted_qty:
        raise FrozenTooMuch(
            sku_id=cmd.sku_id,
            warehouse_id=cmd.warehouse_id,
            wanted_qty=cmd.frozen_qty,
            free_qty=stock.uncommitted_qty,
        )
    changed = shelf.change(stock.key, safety_qty=cmd.safety_qty, frozen_qty=cmd.frozen_qty)
    shelf.write(tx)
    return changed


@attrs.frozen
class NoteUnimported:
    """So many units of a SKU stand in orders that the channel has shown and that are not booked yet, all in all."""

    channel_id: ChannelId
    sku_id: SkuId
    qty: int = attrs.field(validator=limits.any_qty)


@needs(PUBLISH, along=(CHANNEL,))
def note_unimported(tx: InventoryTx, cmd: NoteUnimported, act: Act) -> Unimported:
    """Take the figure over into what the channel is told, so that units sold there are not offered there again."""
    tx.channels.get(cmd.channel_id)
    demand_within(act, PUBLISH, "channel", cmd.channel_id, channel=cmd.channel_id)
    tx.skus.get(cmd.sku_id)
    row = Unimported(cmd.channel_id, cmd.sku_id, cmd.qty)
    if row.key in tx.unimported.lock([row.key]):
        tx.unimported.save(row)
    else:
        tx.unimported.add(row)
    republish(tx, [cmd.sku_id], act)
    return row


def _put(tx: InventoryTx, rows: Any, what: str, found: Any, wanted: Any, act: Act, *, moves: Any) -> None:
    """Add or save a versioned setting with its line in the timeline."""
    current = 0 if found is None else found.version
    _check_version(what, wanted.id, current, wanted.version - 1)
    if found is None:
        rows.add(wanted)
    else:
        if found.state is not wanted.state:
            check_move(what, moves, found.state, wanted.state)
        rows.save(wanted)
    write_line(tx, act, what, wanted, "set", before=None if found is None else found.state)


def _check_version(what: str, key: object, current: int, expected: int) -> None:
    if current != expected:
        raise VersionConflict(what=what, key=str(key), expected_version=expected, current_version=current)
