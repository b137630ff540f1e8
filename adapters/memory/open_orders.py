"""Open orders in memory, as a deed looks them up: every order is looked at."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from houtai.application.orders.ports import OpenOrders
from houtai.domain.aftersales.claim import Claim
from houtai.domain.ids import ChannelId, OrderId, SkuId
from houtai.domain.orders.order import Order
from houtai.domain.orders.state import ENDED

if TYPE_CHECKING:
    from houtai.adapters.memory.store import MemoryStore


class OpenOrdersLook:
    """See `OrdersTx`: what a deed looks up of orders."""

    _store: MemoryStore

    def open_orders_for(self, channel_id: ChannelId, sku_ids: Sequence[SkuId], most: int) -> OpenOrders:
        """See `OrdersTx.open_orders_for`."""
        wanted = set(sku_ids)
        held: dict[Any, Order] = self._store.shelves["orders"].held
        found = [
            order
            for _, order in sorted(held.items())
            if order.channel_id == channel_id
            and order.state not in ENDED
            and any(line.open_qty and (line.bundle.sku_id if line.bundle else line.sku_id) in wanted for line in order.lines)
        ]
        return OpenOrders(len(found), tuple(order.number for order in found[:most]))

    def open_claims_on(self, order_id: OrderId) -> int:
        """See `OrdersTx.open_claims_on`."""
        held: dict[Any, Claim] = self._store.shelves["claims"].held
        return sum(claim.open for claim in held.values() if claim.order_id == order_id)
