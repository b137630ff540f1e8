"""What people look at all day in a shop with a history: lists, searches, stock, one order with its timeline."""

from __future__ import annotations

import datetime as dt
import random
import time
from collections.abc import Callable

import attrs

from houtai.application.catalog.search import SearchProducts, SearchSkus, search_products, search_skus
from houtai.application.customers.queries import GetCustomer, get_customer
from houtai.application.inventory.queries import (
    ListMovements,
    ListStock,
    ReservationsOfOrder,
    list_movements,
    list_stock,
    reservations_of_order,
)
from houtai.application.office import Office
from houtai.application.orders.ports import OrderFilter
from houtai.application.orders.queries import ListOrders, list_orders, order_timeline, show_order
from houtai.application.paging import Page
from houtai.application.payments.queries import ListCases, ListPayments, list_cases, list_payments
from houtai.domain.act import Act
from houtai.domain.ids import OrderId
from houtai.domain.orders.state import OrderState
from tests.bench.market import Market

PAGE = Page()  # as every door asks for it


@attrs.define
class Scene:
    """Where somebody looks: the shop and some of its orders, chosen anew for each look."""

    market: Market
    orders: list[OrderId] = attrs.field(repr=False)
    pick: random.Random = attrs.field(factory=lambda: random.Random(3), repr=False)
    cursor: str = ""  # of the second page

    @property
    def order(self) -> OrderId:
        """One of the orders."""
        return self.pick.choice(self.orders)

    def number(self, act: Act) -> str:
        """How the numbers of some day of the last year begin."""
        return f"SO-{act.at - dt.timedelta(days=self.pick.randrange(1, 365)):%Y%m%d}-0000"


Look = Callable[[Office, Scene, Act], object]


def _orders(office: Office, act: Act, where: OrderFilter) -> object:
    return office.ask(list_orders, ListOrders(where, PAGE), act)


def _second_page(office: Office, scene: Scene, act: Act) -> object:
    where = OrderFilter(channel_id=scene.market.channel)
    if not scene.cursor:
        scene.cursor = office.ask(list_orders, ListOrders(where, PAGE), act).next_cursor
    return office.ask(list_orders, ListOrders(where, attrs.evolve(PAGE, cursor=scene.cursor)), act)


LOOKS: dict[str, Look] = {
    "orders, newest first": lambda office, scene, act: _orders(office, act, OrderFilter()),
    "orders of a channel": lambda office, scene, act: _orders(office, act, OrderFilter(channel_id=scene.market.channel)),
    "orders of a channel, second page": _second_page,
    "orders that are confirmed": lambda office, scene, act: _orders(
        office, act, OrderFilter(states=frozenset([OrderState.CONFIRMED]))
    ),
    "orders of a channel on hold": lambda office, scene, act: _orders(
        office, act, OrderFilter(channel_id=scene.market.channel, states=frozenset([OrderState.HOLD]))
    ),
    "orders of a buyer": lambda office, scene, act: _orders(
        office, act, OrderFilter(customer_id=scene.pick.choice(scene.market.buyers))
    ),
    "orders by number": lambda office, scene, act: _orders(office, act, OrderFilter(number_prefix=scene.number(act))),
    "orders by the end of a phone number": lambda office, scene, act: _orders(
        office, act, OrderFilter(phone_tail=f"{scene.pick.randrange(10**6):06d}")
    ),
    "one order": lambda office, scene, act: office.ask(show_order, scene.order, act),
    "an order's timeline": lambda office, scene, act: office.ask(order_timeline, scene.order, act),
    "an order's reservations": lambda office, scene, act: office.ask(
        reservations_of_order, ReservationsOfOrder(scene.order), act
    ),
    "SKUs by a word": lambda office, scene, act: office.ask(search_skus, SearchSkus("茶具", PAGE), act),
    "SKUs by the beginning of a code": lambda office, scene, act: office.ask(
        search_skus, SearchSkus(scene.pick.choice(scene.market.products["plain"])[:7], PAGE), act
    ),
    "products by a word": lambda office, scene, act: office.ask(search_products, SearchProducts("茶具", PAGE), act),
    "stock of a warehouse": lambda office, scene, act: office.ask(
        list_stock, ListStock(PAGE, warehouse_id=scene.market.warehouse), act
    ),
    "stock of a SKU": lambda office, scene, act: office.ask(
        list_stock, ListStock(PAGE, sku_id=scene.pick.choice(scene.market.skus["plain"])), act
    ),
    "movements of a SKU": lambda office, scene, act: office.ask(
        list_movements, ListMovements(scene.pick.choice(scene.market.skus["plain"]), page=PAGE), act
    ),
    "payments": lambda office, scene, act: office.ask(list_payments, ListPayments(PAGE), act),
    "open cases": lambda office, scene, act: office.ask(list_cases, ListCases(PAGE), act),
    "a buyer": lambda office, scene, act: office.ask(get_customer, GetCustomer(scene.pick.choice(scene.market.buyers)), act),
}


def looked(office: Office, scene: Scene, rounds: int) -> dict[str, list[float]]:
    """Milliseconds of every look, so many rounds of all of them; one before the clock runs."""
    millis: dict[str, list[float]] = {name: [] for name in LOOKS}
    for number in range(rounds + 1):
        for name, look in LOOKS.items():
            act = office.act_of_system()
            started = time.perf_counter()
            look(office, scene, act)
            if number:
                millis[name].append((time.perf_counter() - started) * 1_000)
    return millis
