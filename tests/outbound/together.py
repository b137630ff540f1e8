"""A floor on which orders of one buyer go out together, and what is known of them, for tests of merging and splitting."""

from __future__ import annotations

from collections import Counter
from typing import Any
from uuid import UUID

import pytest

from houtai.application.inventory.configure import SetChannelWarehouses, set_channel_warehouses
from houtai.application.inventory.ports import RESERVATION_BY_ORDER
from houtai.application.office import Office
from houtai.application.orders.cancel import CancelOrder, cancel_order
from houtai.application.orders.merge import MergedOrders, MergeOrders, UndoMerge, merge_orders, undo_merge
from houtai.application.orders.ports import OrdersViews
from houtai.application.orders.split import LineUnits, SplitOrder, SplitOrdered, SplitPart, split_order
from houtai.application.outbound.serving import orders_of
from houtai.application.outbound.wishes import RunWish
from houtai.application.paging import Page
from houtai.application.permission import needs
from houtai.domain.act import Act
from houtai.domain.ids import OrderId, WarehouseId
from houtai.domain.inventory.reservation import Reservation
from houtai.domain.orders.order import Order
from houtai.domain.outbound.order import OutboundOrder
from houtai.domain.outbound.state import OutboundState
from houtai.domain.outbound.work import PickRun, RunState
from tests.conftest import StillClock
from tests.inventory.arrange import some_warehouse
from tests.orders.shop import Shop
from tests.outbound.way import Way


@needs("tests.read")
def _sent(views: OrdersViews, query: OrderId, act: Act) -> list[OutboundOrder]:
    return orders_of(views, query)


@needs("tests.read")
def _reservations(views: OrdersViews, query: OrderId, act: Act) -> list[Reservation]:
    return views.reservations.by(RESERVATION_BY_ORDER, query)


@needs("tests.read")
def _open_runs(views: OrdersViews, query: WarehouseId, act: Act) -> list[PickRun]:
    return list(views.run_list(RunWish(frozenset({query}), states=frozenset({RunState.OPEN})), Page(100)).items)


class Together(Way):
    """The whole way from the shelf to the van."""

    def merged(self, *orders: Order) -> MergedOrders:
        return self.office.perform(merge_orders, MergeOrders(tuple(order.id for order in orders)), self.act)

    def joint(self, *orders: Order) -> OutboundOrder:
        """The one outbound order of orders that are merged now."""
        (sent,) = self.merged(*orders).outbound
        return sent

    def undone(self, sent: OutboundOrder) -> MergedOrders:
        return self.office.perform(undo_merge, UndoMerge(sent.id, "the buyer wants two parcels"), self.act)

    def split(self, order: Order, *parts: dict[int, int] | tuple[WarehouseId, dict[int, int]], **more: Any) -> SplitOrdered:
        """Each part is units by line, of a named warehouse where one stands before them."""
        made = []
        for part in parts:
            place, units = part if isinstance(part, tuple) else (None, part)
            made.append(SplitPart(tuple(LineUnits(line, qty) for line, qty in units.items()), place))
        cmd = SplitOrder(order.id, tuple(made), "the buyer wants it so", **more)
        return self.office.perform(split_order, cmd, self.act)

    def cancelled(self, order: Order) -> Order:
        return self.office.perform(cancel_order, CancelOrder(order.id, "the buyer changed their mind"), self.act)

    def sent(self, order: Order) -> list[OutboundOrder]:
        """All outbound orders that serve or served the order."""
        return self.office.ask(_sent, order.id, self.act)

    def going(self, order: Order) -> list[OutboundOrder]:
        """Those that are not cancelled."""
        return [one for one in self.sent(order) if one.state is not OutboundState.CANCELLED]

    def walked(self, run: PickRun) -> PickRun:
        """To its end, what is left of it."""
        places = {place.path: place for place in (self.first, self.second)}
        codes = {sku: code for code, sku in self.shop.sku.items()}
        while (line := run.picking.line) is not None:
            run = self.take(run, places[line.location], codes[line.sku_id], line.rest_qty)
        return run

    def open_runs(self) -> list[PickRun]:
        """Walks of the warehouse that are not over."""
        return self.office.ask(_open_runs, self.warehouse, self.act)

    def reserved_for(self, order: Order) -> Counter[tuple[int, UUID]]:
        """Open units by line and warehouse."""
        found = Counter[tuple[int, UUID]]()
        for one in self.office.ask(_reservations, order.id, self.act):
            if one.open:
                found[one.line, one.warehouse_id] += one.qty
        return found

    def units_of(self, order: Order) -> Counter[tuple[int, UUID]]:
        """The order's units by line and warehouse that its outbound orders are to send or have sent."""
        found = Counter[tuple[int, UUID]]()
        for one in self.going(order):
            for line in one.lines_of(order.id):
                found[line.source_line, one.warehouse_id] += line.demand_qty
        return found


@pytest.fixture
def floor(office: Office, clock: StillClock) -> Together:
    """On every adapter."""
    return Together(Shop(office, clock))


@pytest.fixture
def memory_floor(memory_office: Office, clock: StillClock) -> Together:
    """In memory alone."""
    return Together(Shop(memory_office, clock))


def second_warehouse(floor: Together, **units: int) -> WarehouseId:
    """Behind the first in the channel's pool, with these goods."""
    other = some_warehouse(floor.office, floor.act, "BJ")
    floor.office.perform(set_channel_warehouses, SetChannelWarehouses(floor.shop.channel, (floor.warehouse, other), 1), floor.act)
    if units:
        floor.shop.take_in(other, **units)
    return other
