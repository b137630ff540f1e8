"""A large shop for benchmarks: 100,000 SKUs on sale, priced and in stock, made from one product by the pattern of its rows."""

from __future__ import annotations

import datetime as dt
import random
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import attrs

from houtai.adapters.channels.embedded import EmbeddedChannel
from houtai.adapters.payments.embedded import EmbeddedGateway
from houtai.adapters.sql.store import SqlStore
from houtai.application.catalog.define import DefineCategory, DefineChannel, define_category, define_channel
from houtai.application.catalog.describe import CreateProduct, NewSku, create_product
from houtai.application.catalog.publish import PUSH, AcknowledgeListing, acknowledge_listing
from houtai.application.customers.keep import RegisterCustomer, register_customer
from houtai.application.deliveries import Outside
from houtai.application.inventory.receive import ReceiveOpening, receive_opening
from houtai.application.office import Office
from houtai.application.pricing.promote import DefinePromotion, MovePromotion, PromotionTerms, define_promotion, move_promotion
from houtai.application.pricing.set_prices import SetPrice, SetPrices, set_prices
from houtai.application.pricing.templates import DefineTemplate, MoveTemplate, TemplateTerms, define_template, move_template
from houtai.application.relay import Relay
from houtai.domain.act import Act
from houtai.domain.catalog.listing import Outcome
from houtai.domain.catalog.product import Option
from houtai.domain.customers.customer import Address
from houtai.domain.ids import (
    CategoryId,
    ChannelId,
    CouponTemplateId,
    CustomerId,
    ProductId,
    PromotionId,
    SkuId,
    WarehouseId,
    new_id,
)
from houtai.domain.inventory.adjustment import ReceiptLine
from houtai.domain.pricing.coupons import FixedValue, TemplateState
from houtai.domain.pricing.prices import sheet_id
from houtai.domain.pricing.promotions import AmountOff, RunState
from houtai.domain.pricing.scope import GoodsScope
from tests.bench.bulk import pressing
from tests.bench.databases import Database
from tests.bench.pattern import Pattern, Press, image
from tests.catalog.arrange import approved, drafted, pushed
from tests.inventory.arrange import serve, some_warehouse
from tests.stores import sqlite_store

SKUS_EACH = 50  # variants of one product
UNITS = 1_000_000  # of each SKU: nothing sells out, whatever is measured
SKUS = 100_000
BUYERS = 2_000
BEGIN = dt.datetime.now(dt.UTC).replace(hour=0, minute=0, second=0, microsecond=0) - dt.timedelta(days=400)  # it opened then
YEARS = dt.timedelta(days=2_000)
HOME = Address("王小明", "13812345678", "CN", "浙江", "杭州", "西湖区", "龙井路 1 号 2 幢 301", "310000")
PROVIDER = "embedded"
SECRET = b"between the provider and the shop"


@attrs.define
class SetClock:
    """A clock that stands where it was put, at whole seconds."""

    moment: dt.datetime = BEGIN

    def now(self) -> dt.datetime:
        return self.moment


class Seed:
    """The shop in small, made through use cases: one product in each of two categories, one buyer, a promotion, coupons."""

    def __init__(self, store: SqlStore) -> None:
        self.store, self.clock = store, SetClock()
        self.office = Office(store, self.clock)
        self.channel, self.buyer = ChannelId(new_id()), CustomerId(new_id())
        self.category = {name: CategoryId(new_id()) for name in ("plain", "sale")}
        self.template = CouponTemplateId(new_id())
        self.products: list[tuple[str, str, list[SkuId]]] = []  # category's name, code, SKUs
        self.gateway = EmbeddedGateway(self.clock, secret=SECRET)
        outside = Outside(self.office, {self.gateway.name: self.gateway}, channel=EmbeddedChannel)
        # What channels are told of listings goes nowhere: the channel's answer is given by `add_product`.
        self.relay = Relay(self.office, {**outside.deliverers(), PUSH: lambda _: None}, jitter=lambda _: 0)
        self.office.perform(define_channel, DefineChannel(self.channel, "SHOP", "小店", "CNY"), self.act)
        for name, category in self.category.items():
            self.office.perform(define_category, DefineCategory(category, name.upper(), name), self.act)
        self.warehouse: WarehouseId = some_warehouse(self.office, self.act)
        serve(self.office, self.act, self.channel, self.warehouse)
        self._discounts()
        self.add_buyer(self.buyer)

    @property
    def act(self) -> Act:
        """The house at the clock's moment."""
        return Act.of_system(self.clock.now())

    def _discounts(self) -> None:
        act, until = self.act, self.clock.now() + YEARS
        scope = GoodsScope(categories=(self.category["sale"],))
        promotion = PromotionId(new_id())
        terms = PromotionTerms("活动", AmountOff(500), act.at, until, scope=scope, stackable=True)
        self.office.perform(define_promotion, DefinePromotion(promotion, "SALE", "CNY", terms), act)
        self.office.perform(move_promotion, MovePromotion(promotion, 1, RunState.ACTIVE), act)
        coupons = TemplateTerms(
            "券", FixedValue(1_000), act.at, until, quota_qty=100_000_000, per_customer=1_000_000, stackable=True
        )
        self.office.perform(define_template, DefineTemplate(self.template, "WELCOME", "CNY", coupons), act)
        self.office.perform(move_template, MoveTemplate(self.template, 1, TemplateState.ACTIVE), act)

    def add_buyer(self, buyer: CustomerId) -> None:
        self.office.perform(register_customer, RegisterCustomer(buyer, "王小明", addresses=(HOME,)), self.act)

    def add_product(self, category: str) -> list[SkuId]:
        """A product of 50 SKUs: described, approved, listed, priced and received."""
        code, act, office = f"P{len(self.products):07d}", self.act, self.office
        ids = [SkuId(new_id()) for _ in range(SKUS_EACH)]
        places = [f"{place:02d}" for place in range(SKUS_EACH)]
        skus = [NewSku(sku, f"{code}-{place}", "", (place,), weight_g=200) for sku, place in zip(ids, places, strict=True)]
        product = ProductId(new_id())
        option = Option("款", tuple(places))
        cmd = CreateProduct(product, code, f"茶具 {code}", self.category[category], options=(option,), skus=tuple(skus))
        office.perform(create_product, cmd, act)
        prices = (SetPrice(sku, 2_000 + 100 * place, "CNY") for place, sku in enumerate(ids))
        office.perform(set_prices, SetPrices(tuple(prices)), act)
        listing = pushed(office, act, approved(office, act, drafted(office, act, product, self.channel)))
        outcomes = tuple(Outcome(sku, f"item-{code}-{place}") for sku, place in zip(ids, places, strict=True))
        office.perform(acknowledge_listing, AcknowledgeListing(listing.id, listing.revision, outcomes), act)
        lines = tuple(ReceiptLine(line, sku, UNITS, 500) for line, sku in enumerate(ids, start=1))
        office.perform(receive_opening, ReceiveOpening(new_id(), self.warehouse, lines), act)
        self.relay.run_until_idle()
        self.products.append((category, code, ids))
        return ids


@attrs.define
class Market:
    """A filled database and what buyers need to know of it. `skus` lie in the order of their products, 50 each."""

    database: Database
    channel: ChannelId
    warehouse: WarehouseId
    template: CouponTemplateId
    buyers: list[CustomerId] = attrs.field(factory=list, repr=False)
    skus: dict[str, list[SkuId]] = attrs.field(factory=lambda: {"plain": [], "sale": []}, repr=False)  # by category
    products: dict[str, list[str]] = attrs.field(factory=lambda: {"plain": [], "sale": []}, repr=False)  # their codes

    def add(self, category: str, code: str, skus: Sequence[SkuId]) -> None:
        """One more product."""
        self.products[category].append(code)
        self.skus[category] += skus


@contextmanager
def seeded() -> Iterator[Seed]:
    """The small shop in a database of its own, to take patterns from."""
    with tempfile.TemporaryDirectory() as folder, sqlite_store(Path(folder)) as store:
        yield Seed(store)


def fill(database: Database, *, skus: int = SKUS, buyers: int = BUYERS) -> Market:
    """Fill the empty database with the large shop; every check of the doctor holds for it."""
    with seeded() as seed:
        grower = Grower(seed, database, skus, buyers)
        with pressing(database, grower.base) as press:
            return grower.market(press)


class Grower:
    """From the small shop to the large one: the patterns of a product and of a buyer, and how often each is repeated."""

    def __init__(self, seed: Seed, database: Database, skus: int, buyers: int) -> None:
        self.seed, self._database = seed, database
        self._products, self._buyers = max(6, skus // SKUS_EACH), buyers
        seed.add_product("sale")  # the first goods of all make the warehouse its places
        before = image(seed.store)
        first = self._firsts = seed.add_product("plain")
        with_product = image(seed.store)
        self._known = [seed.buyer, CustomerId(new_id())]
        seed.add_buyer(self._known[1])
        self.base = image(seed.store)
        given: list[UUID | str] = ["P0000001", seed.category["plain"]]
        sheets: dict[UUID, tuple[UUID, Callable[[UUID], UUID]]] = {sheet_id(sku): (sku, _sheet_of) for sku in first}
        self._product = Pattern(before, with_product, dialect=database.kind, given=given, derived=sheets)
        self._buyer = Pattern(with_product, self.base, dialect=database.kind)

    def market(self, press: Press) -> Market:
        """Repeat them, after what the small shop has."""
        seed = self.seed
        found = Market(self._database, seed.channel, seed.warehouse, seed.template)
        for product in seed.products:
            found.add(*product)
        places = [self._product.fresh[sku.hex] for sku in self._firsts]
        for number in range(len(seed.products), self._products):
            name, code = "sale" if number % 3 == 1 else "plain", f"P{number:07d}"
            made = press.repeat(self._product, BEGIN, {"P0000001": code, seed.category["plain"].hex: seed.category[name].hex})
            found.add(name, code, [SkuId(UUID(made[place])) for place in places])
        (place,) = [self._buyer.fresh[one.hex] for one in self._known if one.hex in self._buyer.fresh]
        found.buyers += self._known
        for _ in range(len(self._known), self._buyers):
            found.buyers.append(CustomerId(UUID(press.repeat(self._buyer, BEGIN, {})[place])))
        return found


def _sheet_of(sku: UUID) -> UUID:
    return sheet_id(SkuId(sku))


def choose(market: Market, name: str, pick: random.Random, lines: int = 3) -> list[SkuId]:
    """Different SKUs of one category."""
    return pick.sample(market.skus[name], lines)
