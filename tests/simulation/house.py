"""The house that is simulated: what it sells and to whom, opened through use cases under ids that are the same each time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from houtai.adapters.carriers.embedded import EmbeddedCarrier
from houtai.adapters.channels.embedded import EmbeddedChannel
from houtai.adapters.payments.embedded import EmbeddedGateway
from houtai.application.catalog.define import DefineCategory, DefineChannel, define_category, define_channel
from houtai.application.catalog.describe import CreateProduct, NewSku, create_product
from houtai.application.catalog.offer import (
    DraftListing,
    ReviewListing,
    SubmitListing,
    draft_listing,
    review_listing,
    submit_listing,
)
from houtai.application.catalog.publish import PushListing, push_listing
from houtai.application.customers.keep import RegisterCustomer, register_customer
from houtai.application.deliveries import Outside
from houtai.application.inventory.configure import (
    OpenWarehouse,
    SetChannelWarehouses,
    SetPublishPolicy,
    open_warehouse,
    set_channel_warehouses,
    set_publish_policy,
)
from houtai.application.inventory.publish import PublishStock, publish_stock
from houtai.application.office import Office
from houtai.application.payments.cashier import Cashier
from houtai.application.pricing.set_prices import SetPrice, SetPrices, set_prices
from houtai.application.relay import Relay
from houtai.application.shipping.dispatcher import Dispatcher
from houtai.application.shipping.freight import DefineFreightRule, define_freight_rule
from houtai.domain.act import Act
from houtai.domain.catalog.listing import Verdict
from houtai.domain.catalog.product import Option
from houtai.domain.catalog.sku import Component
from houtai.domain.customers.customer import Address
from houtai.domain.ids import (
    CategoryId,
    ChannelId,
    CustomerId,
    ListingId,
    ProductId,
    SkuId,
    WarehouseId,
    derive,
)
from houtai.domain.shipping.freight import FreightRuleId, FreightTerms
from tests.catalog.arrange import another
from tests.simulation.floor import CARRIERS, PaperPress, draw_floor
from tests.simulation.ground import fresh
from tests.simulation.weather import Weather

ROOT: Final = UUID("01900000-0000-7000-8000-000000000000")
OPENED: Final = dt.datetime(2026, 11, 22, 4, 0, tzinfo=dt.UTC)
SECRET: Final = b"between the provider and the house"
HOME: Final = Address("王小明", "138 1234 5678", "CN", "浙江", "杭州", "西湖区", "龙井路 1 号 2 幢 301", "310000")

PRICES: Final = {"CUP": 9990, "BOWL": 5990, "POT": 15000, "TRAY": 4900, "SET": 19900}
COSTS: Final = {"CUP": 3100, "BOWL": 1700, "POT": 5200, "TRAY": 1300, "SPOON": 90}
PRODUCTS: Final = {"CUPS": ("CUP", "SPOON"), "BOWLS": ("BOWL",), "POTS": ("POT", "TRAY", "SET")}
PARTS: Final = {"SET": {"POT": 1, "TRAY": 2}}
SHOWN: Final = ("CUP", "BOWL", "POT")
FREIGHT_MINOR, FREE_FROM_MINOR = 1000, 30000


def an_id(*names: object) -> UUID:
    """The same id for the same names, in every run."""
    return derive(ROOT, *names)


SKUS: Final = {code: SkuId(an_id("sku", code)) for codes in PRODUCTS.values() for code in codes}
CODES: Final = {sku_id: code for code, sku_id in SKUS.items()}
CHANNEL: Final = ChannelId(an_id("channel"))
OTHER_CHANNEL: Final = ChannelId(an_id("other channel"))
PLACES: Final = (WarehouseId(an_id("near")), WarehouseId(an_id("far")))
BUYERS: Final = (CustomerId(an_id("buyer", 1)), CustomerId(an_id("buyer", 2)))
LISTINGS: Final = {product: ListingId(an_id("listing", product)) for product in PRODUCTS}


class Wrist:
    """A watch: the true time runs on, the watch may be off by some seconds."""

    def __init__(self) -> None:
        """Right, at the opening."""
        self.true = OPENED
        self.off = dt.timedelta()

    def now(self) -> dt.datetime:
        """What the watch shows; never before the opening."""
        return max(self.true + self.off, OPENED)


class TrueTime:
    """The time at the provider, whose clock is right."""

    def __init__(self, wrist: Wrist) -> None:
        """The true time of that watch."""
        self._wrist = wrist

    def now(self) -> dt.datetime:
        """It never goes back."""
        return self._wrist.true


class House:
    """An office on a store, and the world around it; `restart` is the process dying and coming up again."""

    def __init__(self, kind: str) -> None:
        """A freshly opened house: in memory, on SQLite or on PostgreSQL."""
        self.kind = kind
        self.wrist = Wrist()
        self.gateway = EmbeddedGateway(TrueTime(self.wrist), secret=SECRET)
        self.channel = EmbeddedChannel(CHANNEL)
        self.carriers = {name: EmbeddedCarrier(TrueTime(self.wrist), secret=SECRET, name=name) for name in CARRIERS}
        self.press = PaperPress()
        self.ground = fresh(kind, _open)
        self.weather = Weather(self.ground.connect())
        self._start()
        self.relay.run_until_idle()

    def _start(self) -> None:
        self.office = Office(self.weather, self.wrist, pause=lambda _: None)
        gateways = {self.gateway.name: self.gateway}
        outside = Outside(self.office, gateways, channel=self._channel, carriers=self.carriers, press=self.press)
        self.relay = Relay(self.office, outside.deliverers(), jitter=lambda _: 0)
        self.cashier = Cashier(self.office, gateways)
        self.dispatcher = Dispatcher(self.office, self.carriers)

    def _channel(self, channel: UUID) -> EmbeddedChannel:
        assert channel == CHANNEL, channel
        return self.channel

    @property
    def store(self) -> Any:
        """The process's store, without its weather."""
        return self.weather.store

    @property
    def inspected(self) -> Any:
        """What is in the store, seen from outside of the process."""
        return self.ground.inspected

    @property
    def act(self) -> Act:
        """The house at the moment that its clock shows."""
        return Act.of_system(self.wrist.now())

    def restart(self) -> None:
        """Everything that was in the process is gone, its connections too; what is in the store is there."""
        self.store.close()
        self.weather = Weather(self.ground.connect())
        self._start()

    def close(self) -> None:
        """Give back what was opened."""
        self.store.close()
        self.gateway.close()
        for carrier in self.carriers.values():
            carrier.close()


def _open(store: Any) -> None:
    open_house(Office(store, Wrist()))


def open_house(office: Office) -> None:
    """Goods, prices, warehouses, buyers and listings on their way to the channel; no stock yet."""
    act = office.act_of_system()
    for channel, code in ((CHANNEL, "SHOP"), (OTHER_CHANNEL, "FAIR")):
        office.perform(define_channel, DefineChannel(channel, code, f"渠道 {code}", "CNY"), act)
    for place, code in zip(PLACES, ("NEAR", "FAR"), strict=True):
        office.perform(open_warehouse, OpenWarehouse(place, code, f"仓库 {code}"), act)
    office.perform(set_channel_warehouses, SetChannelWarehouses(CHANNEL, PLACES), act)
    for place, code in zip(PLACES, ("NEAR", "FAR"), strict=True):
        draw_floor(office, place, code)
    for number, buyer in enumerate(BUYERS, start=1):
        office.perform(register_customer, RegisterCustomer(buyer, f"王小{number}", addresses=(HOME,)), act)
    category = CategoryId(an_id("category"))
    office.perform(define_category, DefineCategory(category, "TEA", "茶具"), act)
    for product, codes in PRODUCTS.items():
        _sell(office, act, category, product, codes)
    terms = FreightTerms(100_000, FREIGHT_MINOR, 1_000, 0, free_from_minor=FREE_FROM_MINOR)
    office.perform(define_freight_rule, DefineFreightRule(FreightRuleId(an_id("freight")), CHANNEL, terms), act)
    office.perform(set_publish_policy, SetPublishPolicy(CHANNEL), act)
    office.perform(publish_stock, PublishStock(CHANNEL, tuple(SKUS[code] for code in SHOWN)), act)


def _sell(office: Office, act: Act, category: CategoryId, code: str, codes: Sequence[str]) -> None:
    product, listing = ProductId(an_id("product", code)), LISTINGS[code]
    made = tuple(_new_sku(one, several=len(codes) > 1) for one in codes)
    options = (Option("款", tuple(codes)),) if len(codes) > 1 else ()
    office.perform(create_product, CreateProduct(product, code, "茶具", category, options=options, skus=made), act)
    prices = tuple(SetPrice(SKUS[one], PRICES[one], "CNY") for one in codes if one in PRICES)
    if prices:
        office.perform(set_prices, SetPrices(prices), act)
    drafted = office.perform(draft_listing, DraftListing(listing, product, CHANNEL), act)
    submitted = office.perform(submit_listing, SubmitListing(listing, drafted.version), act)
    reviewed = office.perform(review_listing, ReviewListing(listing, submitted.version, Verdict.APPROVE), another(act))
    office.perform(push_listing, PushListing(listing, reviewed.version), act)


def _new_sku(code: str, *, several: bool) -> NewSku:
    parts = tuple(Component(SKUS[part], qty) for part, qty in PARTS.get(code, {}).items())
    values = (code,) if several else ()
    return NewSku(SKUS[code], code, f"茶具 {code}", values, weight_g=200, gift_only=code == "SPOON", components=parts)
