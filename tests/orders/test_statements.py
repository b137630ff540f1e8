"""What placing an order costs the database: a number of statements that does not grow with its lines."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from houtai.application.catalog.describe import CreateProduct, NewSku, create_product
from houtai.application.office import Office
from houtai.application.orders.place import PlaceOrder, place_order
from houtai.application.orders.quote import QuoteOrder, quote_order
from houtai.application.pricing.set_prices import SetPrice, SetPrices, set_prices
from houtai.domain.catalog.product import Option
from houtai.domain.ids import CategoryId, OrderId, PaymentId, ProductId, SkuId, new_id
from houtai.domain.orders.tender import TenderWish
from houtai.domain.pricing.basket import Basket, BasketLine
from tests.catalog.arrange import live, some_category
from tests.inventory.arrange import receive
from tests.orders.shop import HOME, PROVIDER, Shop

MOST = 30


@contextmanager
def counted(store: Any) -> Iterator[list[str]]:
    """The statements that go to the database meanwhile."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        sent.append(statement)

    event.listen(store.engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(store.engine, "before_cursor_execute", note)


def thirty_skus(shop: Shop) -> list[SkuId]:
    codes = [f"TILE-{number:02}" for number in range(30)]
    skus = [NewSku(SkuId(new_id()), code, option_values=(code,), weight_g=100) for code in codes]
    category = some_category(shop.office, shop.act, "TILES")
    cmd = CreateProduct(
        ProductId(new_id()), "TILE", "瓷砖", CategoryId(category), options=(Option("款", tuple(codes)),), skus=tuple(skus)
    )
    shop.office.perform(create_product, cmd, shop.act)
    shop.office.perform(set_prices, SetPrices(tuple(SetPrice(sku.id, 1000, "CNY") for sku in skus)), shop.act)
    live(shop.office, shop.act, cmd.product, shop.channel)
    receive(shop.office, shop.act, shop.warehouse, *((sku.id, 50) for sku in skus))
    return [sku.id for sku in skus]


def wish_of(shop: Shop, skus: list[SkuId]) -> PlaceOrder:
    basket = Basket(shop.channel, tuple(BasketLine(line, sku, 1) for line, sku in enumerate(skus, start=1)), shop.buyer)
    quote = shop.office.ask(quote_order, QuoteOrder(basket, HOME.region), shop.act)
    tender = TenderWish(PaymentId(new_id()), PROVIDER)
    return PlaceOrder(OrderId(new_id()), basket, HOME, quote.digest, quote.payable_minor, (tender,))


def test_thirty_lines_take_as_many_statements_as_three(sql_store: Any, clock: Any) -> None:
    shop = Shop(Office(sql_store, clock), clock)
    skus = thirty_skus(shop)
    shop.give_spoon()
    shop.take_in(SPOON=100)
    shop.office.perform(place_order, wish_of(shop, skus), shop.act)  # what every order reads is known from here on
    counts = []
    for lines in (3, 30):
        wish = wish_of(shop, skus[:lines])
        with counted(sql_store) as sent:
            shop.office.perform(place_order, wish, shop.act)
        counts.append(len(sent))
    assert counts[0] == counts[1], counts
    assert counts[0] <= MOST
