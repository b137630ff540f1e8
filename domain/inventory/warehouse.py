"""Warehouses, and which of them serve which channel in what order."""

from __future__ import annotations

import datetime as dt
import enum
from typing import Final
from uuid import UUID

import attrs

from houtai.domain import limits
from houtai.domain.ids import ChannelId, MerchantId, WarehouseId, derive
from houtai.domain.moves import Moves
from houtai.domain.refusal import InvalidValue

MAX_POOL = 100
MAX_HOLD_S = 3_600


class WarehouseState(enum.Enum):
    """Whether goods may be promised from here."""

    ACTIVE = "active"
    CLOSED = "closed"


WAREHOUSE_MOVES: Final[Moves[WarehouseState]] = {
    WarehouseState.ACTIVE: frozenset({WarehouseState.CLOSED}),
    WarehouseState.CLOSED: frozenset({WarehouseState.ACTIVE}),
}


@attrs.frozen
class Warehouse:
    """A place where goods lie. `merchant_id` names whose it is if not the house's own; `currency` is that of its books."""

    id: WarehouseId
    code: str = attrs.field(validator=limits.code)
    name: str = attrs.field(validator=limits.text())
    currency: str = "CNY"
    merchant_id: MerchantId | None = None
    state: WarehouseState = WarehouseState.ACTIVE
    version: int = 1

    @property
    def active(self) -> bool:
        """Whether orders may be promised from here."""
        return self.state is WarehouseState.ACTIVE


class PoolState(enum.Enum):
    """Whether the channel sells from stock at all."""

    OPEN = "open"
    SUSPENDED = "suspended"


POOL_MOVES: Final[Moves[PoolState]] = {
    PoolState.OPEN: frozenset({PoolState.SUSPENDED}),
    PoolState.SUSPENDED: frozenset({PoolState.OPEN}),
}


@attrs.frozen
class HoldRule:
    """How long and how much a buyer may hold before paying: shorter where stock is scarce, so that nobody freezes the shop.

    A hold lasts `scarce_ttl_s` where it leaves fewer than `scarce_below_qty` units of any of its SKUs, else `ttl_s`.
    `buyer_cap_qty` is the most that one buyer may hold at a time, all holds together.
    """

    ttl_s: int = attrs.field(default=900, validator=limits.between(1, MAX_HOLD_S))
    scarce_ttl_s: int = attrs.field(default=300, validator=limits.between(1, MAX_HOLD_S))
    scarce_below_qty: int = attrs.field(default=5, validator=limits.any_qty)
    buyer_cap_qty: int = attrs.field(default=50, validator=limits.any_qty)

    def span(self, left_qty: int) -> dt.timedelta:
        """How long a hold lasts that leaves so many units of its scarcest SKU."""
        return dt.timedelta(seconds=self.scarce_ttl_s if left_qty < self.scarce_below_qty else self.ttl_s)


def _each_once(_: object, __: object, value: tuple[WarehouseId, ...]) -> None:
    if len(set(value)) != len(value):
        raise InvalidValue(field="warehouses", rule="must name each warehouse once")


@attrs.frozen
class ChannelWarehouses:
    """The pool of a channel: its warehouses, nearest to its buyers first, and its rule for holds."""

    channel_id: ChannelId
    warehouses: tuple[WarehouseId, ...] = attrs.field(validator=[limits.at_most(MAX_POOL), _each_once])
    holds: HoldRule = attrs.field(factory=HoldRule)
    state: PoolState = PoolState.OPEN
    version: int = 1

    @property
    def id(self) -> UUID:
        """Its own id beside the channel's: a channel has one pool."""
        return pool_id(self.channel_id)


def pool_id(channel_id: ChannelId) -> UUID:
    """The id of a channel's pool."""
    return derive(channel_id, "warehouses")
