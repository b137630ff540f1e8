"""Finding orders in memory: every order is looked at."""

from __future__ import annotations

import datetime as dt
from typing import Any

from houtai.adapters.memory.store import MemoryStore, slice_of
from houtai.application.orders.ports import OrderFilter, Timer, due_moment
from houtai.application.orders.reach import owners_of
from houtai.application.paging import Page, Slice
from houtai.domain.ids import OrderId
from houtai.domain.orders.order import Order
from houtai.domain.orders.policy import digits_of


class OrdersSearch:
    """See `OrdersViews`: what is searched."""

    store: MemoryStore

    def find_orders(self, page: Page, where: OrderFilter) -> Slice[Order]:
        """See `OrdersViews.find_orders`."""
        held: dict[Any, Order] = self.store.shelves["orders"].held
        found = sorted((key for key, order in held.items() if _matches(order, where)), reverse=page.newest_first)
        return slice_of(found, held, page)

    def orders_due(self, timer: Timer, until: dt.datetime, limit: int) -> list[OrderId]:
        """See `OrdersViews.orders_due`."""
        claimed = {one.order_id for one in self.store.shelves["claims"].held.values() if one.open}
        moments = [
            (due_moment(order, timer), order.id)
            for order in self.store.shelves["orders"].held.values()
            if timer is not Timer.COMPLETION or order.id not in claimed
        ]
        return [order_id for _, order_id in sorted((moment, key) for moment, key in moments if moment and moment <= until)][
            :limit
        ]


def _matches(order: Order, where: OrderFilter) -> bool:
    owners = owners_of(order)
    tail = digits_of(where.phone_tail)
    return (
        (not where.states or order.state in where.states)
        and where.channel_id in (None, order.channel_id)
        and where.customer_id in (None, order.customer_id)
        and (where.customers is None or order.customer_id in where.customers)
        and where.external_id in ("", order.external_id)
        and where.queue in ("", order.hold.queue if order.hold is not None else None)
        and (where.since is None or order.placed_at >= where.since)
        and (where.until is None or order.placed_at < where.until)
        and order.number.startswith(where.number_prefix)
        and (not where.phone_tail or (bool(tail) and digits_of(order.receiver.phone).endswith(tail)))
        and (where.channels is None or order.channel_id in where.channels)
        and (where.merchants is None or bool(owners & where.merchants))
        and (where.merchant_id is None or where.merchant_id in owners)
    )
