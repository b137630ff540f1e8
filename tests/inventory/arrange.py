"""A small stockroom for tests, made through use cases; other modules' tests may stand on it."""

from __future__ import annotations

import attrs

from houtai.application.inventory.configure import (
    OpenWarehouse,
    SetChannelWarehouses,
    open_warehouse,
    set_channel_warehouses,
)
from houtai.application.inventory.ports import InventoryTx, InventoryViews
from houtai.application.inventory.receive import ReceiveOpening, receive_opening
from houtai.application.inventory.reserve import Want, pool_of, release, reserve, reserve_what_there_is
from houtai.application.office import Office
from houtai.application.permission import needs
from houtai.domain.act import Act
from houtai.domain.catalog.product import Option, Source
from houtai.domain.ids import ChannelId, CustomerId, HoldId, MerchantId, OrderId, SkuId, WarehouseId, new_id
from houtai.domain.inventory.adjustment import OpeningReceipt, ReceiptLine
from houtai.domain.inventory.refusals import Shortage
from houtai.domain.inventory.reservation import Reservation
from houtai.domain.inventory.stock import Stock, StockState
from houtai.domain.inventory.warehouse import HoldRule
from tests.catalog.arrange import new_sku, some_category, some_channel, some_product


def some_skus(office: Office, act: Act, *codes: str, merchant: MerchantId | None = None) -> list[SkuId]:
    """SKUs of one product, in the order of their codes' writing."""
    made = [new_sku(code, option_values=(code,)) for code in codes]
    category = some_category(office, act, f"C-{codes[0]}")
    more = {} if merchant is None else {"merchant": merchant, "source": Source.MERCHANT}
    some_product(office, act, category, *made, code=f"P-{codes[0]}", options=(Option("款式", codes),), **more)
    return [sku.id for sku in made]


def some_warehouse(office: Office, act: Act, code: str = "SH", merchant: MerchantId | None = None) -> WarehouseId:
    """A warehouse with books in yuan."""
    cmd = OpenWarehouse(WarehouseId(new_id()), code, f"仓库 {code}", merchant_id=merchant)
    return office.perform(open_warehouse, cmd, act).id


def serve(office: Office, act: Act, channel: ChannelId, *warehouses: WarehouseId, holds: HoldRule | None = None) -> None:
    """Let these warehouses serve a channel that had none."""
    cmd = SetChannelWarehouses(channel, warehouses, holds=holds or HoldRule())
    office.perform(set_channel_warehouses, cmd, act)


def receive(
    office: Office,
    act: Act,
    warehouse: WarehouseId,
    *goods: tuple[SkuId, int],
    unit_minor: int = 500,
    state: StockState = StockState.SELLABLE,
) -> OpeningReceipt:
    """Units come in."""
    lines = tuple(ReceiptLine(line, sku, qty, unit_minor, state) for line, (sku, qty) in enumerate(goods, start=1))
    return office.perform(receive_opening, ReceiveOpening(new_id(), warehouse, lines), act)


@attrs.frozen
class Shop:
    """One channel, one warehouse, and what they know each other by."""

    office: Office
    act: Act
    channel: ChannelId
    warehouse: WarehouseId

    def stock(self, sku: SkuId, warehouse: WarehouseId | None = None) -> Stock:
        """The stock as it is committed."""
        return stock_of(self.office, self.act, sku, warehouse or self.warehouse)


def some_shop(office: Office, act: Act, holds: HoldRule | None = None) -> Shop:
    """A channel that one warehouse serves."""
    channel, warehouse = some_channel(office, act), some_warehouse(office, act)
    serve(office, act, channel, warehouse, holds=holds)
    return Shop(office, act, channel, warehouse)


@attrs.frozen
class Look:
    """Which record to read."""

    sku: SkuId
    warehouse: WarehouseId


@needs("tests.look")
def _look(views: InventoryViews, request: Look, act: Act) -> Stock:
    return views.stocks.get((request.sku, request.warehouse))


def stock_of(office: Office, act: Act, sku: SkuId, warehouse: WarehouseId) -> Stock:
    """The stock as it is committed."""
    return office.ask(_look, Look(sku, warehouse), act)


@attrs.frozen
class Order:
    """What an order wants, as the orders module would ask for it."""

    channel: ChannelId
    wants: tuple[Want, ...]
    order: OrderId = attrs.field(factory=lambda: OrderId(new_id()))
    hold: HoldId | None = None
    buyer: CustomerId | None = None
    ship_together: bool = False


def order(channel: ChannelId, *goods: tuple[SkuId, int], **more: object) -> Order:
    """An order of these goods, a line each."""
    wants = tuple(Want(line, sku, qty) for line, (sku, qty) in enumerate(goods, start=1))
    return Order(channel, wants, **more)  # type: ignore[arg-type]  # fields by name


@needs("tests.place")
def place(tx: InventoryTx, cmd: Order, act: Act) -> tuple[Reservation, ...]:
    """Reserve as placing an order does."""
    return reserve(
        tx,
        cmd.order,
        cmd.wants,
        pool_of(tx, cmd.channel),
        act,
        hold_id=cmd.hold,
        channel_id=cmd.channel,
        buyer_id=cmd.buyer,
        ship_together=cmd.ship_together,
    )


@needs("tests.book")
def book(tx: InventoryTx, cmd: Order, act: Act) -> tuple[tuple[Reservation, ...], tuple[Shortage, ...]]:
    """Reserve as importing an order does that a channel has sold."""
    pool = pool_of(tx, cmd.channel)
    return reserve_what_there_is(tx, cmd.order, cmd.wants, pool, act, channel_id=cmd.channel)


@needs("tests.cancel")
def cancel(tx: InventoryTx, cmd: OrderId, act: Act) -> tuple[Reservation, ...]:
    """Release as cancelling an order does."""
    return release(tx, cmd, act)
