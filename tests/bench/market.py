"""A large shop for benchmarks: 100,000 SKUs on sale, priced and in stock, made from one product by the pattern of its rows."""

from __future__ import annotations

import datetime as dt
import random
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import attrs

from houtai.adapters.sql.store import SqlStore
from houtai.application.catalog.define import DefineCategory, DefineChannel, define_category, define_channel
from houtai.application.catalog.describe import CreateProduct, NewSku, create_product
from houtai.application.catalog.publish import AcknowledgeListing, acknowledge_listing
from houtai.application.customers.keep import RegisterCustomer, register_customer
from houtai.application.inventory.receive import ReceiveOpening, receive_opening
from houtai.application.office import Office
from houtai.application.pricing.promote import DefinePromotion, MovePromotion, PromotionTerms, define_promotion, move_promotion
from houtai.application.pricing.set_prices import SetPrice, SetPrices, set_prices
from houtai.application.pricing.templates import DefineTemplate, MoveTemplate, TemplateTerms, define_template, move_template
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
from tests.bench.pattern import Image, Pattern, Press, image
from tests.catalog.arrange import approved, drafted, pushed
from tests.inventory.arrange import serve, some_warehouse
from tests.stores import sqlite_store

SKUS_EACH = 50  # variants of one product
UNITS = 1_000_000  # of each SKU: nothing sells out, whatever is measured
SKUS = 100_000
BUYERS = 2_000
BEGIN = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)  # when the shop opened
YEARS = dt.timedelta(days=1_000)
HOME = Address("王小明", "13812345678", "CN", "浙江", "杭州", "西湖区", "龙井路 1 号 2 幢 301", "310000")
PROVIDER = "embedded"


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

    def add_product(self, number: int, category: CategoryId) -> list[SkuId]:
        """A product of 50 SKUs: described, approved, listed, priced and received."""
        code, act, office = f"P{number:07d}", self.act, self.office
        ids = [SkuId(new_id()) for _ in range(SKUS_EACH)]
        places = [f"{place:02d}" for place in range(SKUS_EACH)]
        skus = [NewSku(sku, f"{code}-{place}", "", (place,), weight_g=200) for sku, place in zip(ids, places, strict=True)]
        product = ProductId(new_id())
        option = Option("款", tuple(places))
        cmd = CreateProduct(product, code, f"茶具 {code}", category, options=(option,), skus=tuple(skus))
        office.perform(create_product, cmd, act)
        prices = (SetPrice(sku, 2_000 + 100 * place, "CNY") for place, sku in enumerate(ids))
        office.perform(set_prices, SetPrices(tuple(prices)), act)
        listing = pushed(office, act, approved(office, act, drafted(office, act, product, self.channel)))
        outcomes = tuple(Outcome(sku, f"item-{code}-{place}") for sku, place in zip(ids, places, strict=True))
        office.perform(acknowledge_listing, AcknowledgeListing(listing.id, listing.revision, outcomes), act)
        lines = tuple(ReceiptLine(line, sku, UNITS, 500) for line, sku in enumerate(ids, start=1))
        office.perform(receive_opening, ReceiveOpening(new_id(), self.warehouse, lines), act)
        return ids


@attrs.define
class Market:
    """A filled database and what buyers need to know of it. `skus` lie in the order of their products, 50 each."""

    database: Database
    channel: ChannelId
    warehouse: WarehouseId
    template: CouponTemplateId
    skus: dict[str, list[SkuId]]  # by category: plain, sale
    buyers: list[CustomerId]
    codes: dict[SkuId, str] = attrs.field(factory=dict, repr=False)


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
        before = image(seed.store)
        first = seed.add_product(0, seed.category["plain"])
        with_product = image(seed.store)
        seed.add_buyer(CustomerId(new_id()))
        self.base = image(seed.store)
        self.firsts = first
        given: list[UUID | str] = ["P0000000", seed.category["plain"]]
        sheets: dict[UUID, tuple[UUID, Callable[[UUID], UUID]]] = {sheet_id(sku): (sku, _sheet_of) for sku in first}
        self._product = Pattern(before, with_product, dialect=database.kind, given=given, derived=sheets)
        self._buyer = Pattern(with_product, self.base, dialect=database.kind)

    def market(self, press: Press) -> Market:
        """Repeat them."""
        seed = self.seed
        found = Market(self._database, seed.channel, seed.warehouse, seed.template, {"plain": [], "sale": []}, [seed.buyer])
        found.skus["plain"] += self.firsts
        places = [self._product.fresh[sku.hex] for sku in self.firsts]
        for number in range(1, self._products):
            name = "sale" if number % 3 == 1 else "plain"
            given = {"P0000000": f"P{number:07d}", seed.category["plain"].hex: seed.category[name].hex}
            made = press.repeat(self._product, BEGIN, given)
            found.skus[name] += [SkuId(UUID(made[place])) for place in places]
        (place,) = [self._buyer.fresh[one.hex] for one in _buyers(self.base) if one.hex in self._buyer.fresh]
        for _ in range(1, self._buyers):
            found.buyers.append(CustomerId(UUID(press.repeat(self._buyer, BEGIN, {})[place])))
        return found


def _sheet_of(sku: UUID) -> UUID:
    return sheet_id(SkuId(sku))


def _buyers(base: Image) -> Sequence[UUID]:
    return [row["id"] for row in base["customers"].values()]


def choose(market: Market, name: str, pick: random.Random, lines: int = 3) -> list[SkuId]:
    """Different SKUs of one category."""
    return pick.sample(market.skus[name], lines)


def plain(market: Market) -> dict[str, Any]:
    """What another process needs to know of it."""
    return {"channel": str(market.channel), "buyers": [str(one) for one in market.buyers]}
