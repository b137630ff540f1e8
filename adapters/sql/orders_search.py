"""Finding orders on SQL: by what clerks know of them, and by the timers that have run out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Column, ColumnElement, Connection, exists, false, func, select, union

from houtai.adapters.sql.aftersales import claims
from houtai.adapters.sql.faults import translated
from houtai.adapters.sql.keyset import rows_of_page
from houtai.adapters.sql.orders import ORDER_MAPPING
from houtai.adapters.sql.orders_tables import BOUGHT_ALONE, BOUGHT_IN_BUNDLE, order_lines, orders
from houtai.application.orders.ports import OpenOrders, OrderFilter, Timer
from houtai.application.paging import Page, Slice
from houtai.domain.aftersales.state import ENDED as CLAIM_ENDED
from houtai.domain.ids import ChannelId, OrderId, SkuId
from houtai.domain.orders.order import Order
from houtai.domain.orders.policy import digits_of
from houtai.domain.orders.state import ENDED, STOPPED, OrderState

_TIMERS: Final[dict[Timer, tuple[Column[Any], tuple[OrderState, ...]]]] = {
    Timer.PAYMENT: (orders.c.expires_at, (OrderState.PENDING_PAYMENT,)),
    Timer.MERGE_WINDOW: (orders.c.confirm_at, (OrderState.PAID,)),
    Timer.RESERVATION: (orders.c.reserved_until, tuple(STOPPED)),
    Timer.COMPLETION: (orders.c.complete_at, (OrderState.RELEASED,)),
}

_IS_OPEN: Final = claims.c.state.not_in([state.value for state in CLAIM_ENDED])


class OrdersSearch:
    """See `OrdersViews`: what is searched."""

    connection: Connection

    def find_orders(self, page: Page, where: OrderFilter) -> Slice[Order]:
        """See `OrdersViews.find_orders`."""
        statement = select(orders).where(*_conditions(where))
        rows, cursor = rows_of_page(self.connection, statement, (orders.c.id,), page, newest_first=page.newest_first)
        return Slice(tuple(ORDER_MAPPING.build(self.connection, rows)), cursor)

    def orders_due(self, timer: Timer, until: dt.datetime, limit: int) -> list[OrderId]:
        """See `OrdersViews.orders_due`."""
        moment, states = _TIMERS[timer]
        waiting = select(orders.c.id).where(
            moment <= until, moment.is_not(None), orders.c.state.in_([one.value for one in states])
        )
        if timer is Timer.COMPLETION:
            waiting = waiting.where(~exists().where(claims.c.order_id == orders.c.id, _IS_OPEN))
        return list(self.connection.execute(waiting.order_by(moment, orders.c.id).limit(limit)).scalars())


class OpenOrdersLook:
    """See `OrdersTx`: what a deed looks up of orders."""

    _connection: Connection

    def open_orders_for(self, channel_id: ChannelId, sku_ids: Sequence[SkuId], most: int) -> OpenOrders:
        """See `OrdersTx.open_orders_for`."""
        lines = order_lines.c
        alone = select(lines.order_id).where(lines.sku_id.in_(sku_ids), BOUGHT_ALONE)
        in_bundle = select(lines.order_id).where(lines.bundle_sku_id.in_(sku_ids), BOUGHT_IN_BUNDLE)
        wanted = union(alone, in_bundle).subquery()
        ended = [state.value for state in ENDED]
        found = (
            select(orders.c.id, orders.c.number)
            .join(wanted, wanted.c.order_id == orders.c.id)
            .where(orders.c.channel_id == channel_id, orders.c.state.not_in(ended))
        )
        with translated():
            count = self._connection.execute(select(func.count()).select_from(found.subquery())).scalar_one()
            first = self._connection.execute(found.order_by(orders.c.id).limit(most)).all() if count else ()
        return OpenOrders(count, tuple(row.number for row in first))

    def open_claims_on(self, order_id: OrderId) -> int:
        """See `OrdersTx.open_claims_on`."""
        counted = select(func.count()).where(claims.c.order_id == order_id, _IS_OPEN)
        with translated():
            return int(self._connection.execute(counted).scalar_one())


def _conditions(where: OrderFilter) -> list[ColumnElement[bool]]:
    equal = (
        (orders.c.channel_id, where.channel_id),
        (orders.c.customer_id, where.customer_id),
        (orders.c.external_id, where.external_id or None),
        (orders.c.hold_queue, where.queue or None),
    )
    found = [column == value for column, value in equal if value is not None]
    if where.states:
        found.append(orders.c.state.in_(sorted(state.value for state in where.states)))
    if where.customers is not None:
        found.append(orders.c.customer_id.in_(sorted(where.customers)))
    if where.since is not None:
        found.append(orders.c.placed_at >= where.since)
    if where.until is not None:
        found.append(orders.c.placed_at < where.until)
    if where.number_prefix:
        found += _begins(orders.c.number, where.number_prefix)
    if where.phone_tail:
        tail = digits_of(where.phone_tail)[::-1]
        found += _begins(orders.c.phone_reversed, tail) if tail else [false()]
    if where.channels is not None:
        found.append(orders.c.channel_id.in_(sorted(where.channels)))
    for merchants in (where.merchants, None if where.merchant_id is None else frozenset([where.merchant_id])):
        if merchants is not None:
            found.append(_holds_goods_of(merchants))
    return found


def _begins(column: Column[Any], prefix: str) -> list[ColumnElement[bool]]:
    """As a range, which every B-tree serves."""
    return [column >= prefix, column < prefix[:-1] + chr(ord(prefix[-1]) + 1)]


def _holds_goods_of(merchants: frozenset[Any]) -> ColumnElement[bool]:
    return exists().where(order_lines.c.order_id == orders.c.id, order_lines.c.merchant_id.in_(sorted(merchants)))
