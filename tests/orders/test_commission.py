"""The commission that a line is sold under is cited by its version, and stays whatever is agreed on later (G-35)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import attrs
import pytest

from houtai.application.merchants.commission import SetCommission, list_commissions, set_commission
from houtai.application.merchants.queries import GetMerchant, get_merchant
from houtai.application.orders.queries import show_order
from houtai.application.orders.take_over import MatchGoods, match_goods
from houtai.domain.authority import Authority, Grant
from houtai.domain.catalog.product import Source
from houtai.domain.ids import new_id
from houtai.domain.merchants.commission import CommissionRate
from houtai.domain.orders.line import CitedCommission
from houtai.domain.orders.order import Order
from tests.catalog.arrange import live, new_sku, some_category, some_merchant, some_product
from tests.inventory.arrange import receive
from tests.orders.make import line
from tests.orders.shop import Shop


class Platform:
    """The shop with the goods of a merchant: a fan in a category under another one."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        office, act = shop.office, shop.act
        self.merchant = some_merchant(office, act)
        self.root = some_category(office, act, "ROOT")
        self.category = some_category(office, act, "LEAF", parent=self.root)
        sku = new_sku("SILK", weight_g=100)
        theirs: dict[str, Any] = {"merchant": self.merchant, "source": Source.MERCHANT}
        product = some_product(office, act, self.category, sku, code="SILK", **theirs)
        live(office, act, product, shop.channel)
        receive(office, act, shop.warehouse, (sku.id, 20), unit_minor=0)
        shop.sku["SILK"] = sku.id
        shop.price("SILK", 10_000)

    def rate(self, basis_points: int, **fields: Any) -> CommissionRate:
        office, act = self.shop.office, self.shop.act
        version = office.ask(get_merchant, GetMerchant(self.merchant), act).version
        return office.perform(set_commission, SetCommission(self.merchant, version, basis_points, **fields), act)


@pytest.fixture
def platform(shop: Shop) -> Platform:
    return Platform(shop)


def cited(order: Order) -> dict[str, CitedCommission | None]:
    return {line.sku_code: line.commission for line in order.lines}


def test_g35_a_rate_that_changes_after_the_sale_leaves_the_old_version_cited(platform: Platform) -> None:
    shop = platform.shop
    platform.rate(500)
    before = shop.paid(SILK=1, CUP=1)
    shop.clock.advance(hours=1)
    platform.rate(900)
    after = shop.paid(SILK=1)
    assert cited(shop.order(before)) == {"SILK": CitedCommission(1, 500), "CUP": None}
    assert cited(shop.order(after)) == {"SILK": CitedCommission(2, 900)}
    history = shop.office.ask(list_commissions, platform.merchant, shop.act)
    assert [(rate.version, rate.basis_points) for rate in history] == [(1, 500), (2, 900)]
    shop.cancel(before)
    assert cited(shop.order(before))["SILK"] == CitedCommission(1, 500)


def test_g35_a_channels_sale_cites_the_rate_of_its_own_time(platform: Platform) -> None:
    shop = platform.shop
    platform.rate(500)
    sold_at = shop.clock.now()
    shop.clock.advance(hours=1)
    platform.rate(900)
    plain = shop.sold_by_channel("TM-7", CUP=1)
    silk = attrs.evolve(plain.lines[0], item="", sku_code="SILK")
    order = shop.import_order(attrs.evolve(plain, lines=(silk,), sold_at=sold_at))
    assert cited(order) == {"SILK": CitedCommission(1, 500)}


def test_goods_that_are_known_later_cite_the_rate_of_the_sale(platform: Platform) -> None:
    shop = platform.shop
    platform.rate(500)
    plain = shop.sold_by_channel("TM-7", CUP=1)
    later = attrs.evolve(plain.lines[0], item="", sku_code="LATER")
    order = shop.import_order(attrs.evolve(plain, lines=(later,)))
    assert cited(order) == {"LATER": None}
    shop.clock.advance(hours=1)
    platform.rate(900)
    theirs: dict[str, Any] = {"merchant": platform.merchant, "source": Source.MERCHANT}
    some_product(shop.office, shop.act, platform.category, new_sku("LATER"), code="LATER", **theirs)
    matched = shop.office.perform(match_goods, MatchGoods(order.id), shop.act)
    assert cited(matched) == {"LATER": CitedCommission(1, 500)}


def test_the_category_that_is_nearest_decides(platform: Platform) -> None:
    shop = platform.shop
    platform.rate(500)
    platform.rate(700, category=platform.root)
    assert cited(shop.place(SILK=1))["SILK"] == CitedCommission(2, 700)
    platform.rate(800, category=platform.category)
    platform.rate(100, valid_from=shop.clock.now() + dt.timedelta(days=1), category=platform.category)
    assert cited(shop.place(SILK=1))["SILK"] == CitedCommission(3, 800)


def test_without_a_rate_nothing_is_cited(platform: Platform) -> None:
    assert cited(platform.shop.place(SILK=1)) == {"SILK": None}


def test_a_grant_that_hides_costs_hides_what_was_agreed_with_the_merchant(platform: Platform) -> None:
    shop = platform.shop
    platform.rate(500)
    order = shop.place(SILK=1)
    actor = new_id()
    clerk = attrs.evolve(shop.act, actor=actor, authority=Authority(actor, (Grant("orders.read", hidden=frozenset({"cost"})),)))
    assert shop.office.ask(show_order, order.id, clerk).lines[0].commission is None
    assert shop.office.ask(show_order, order.id, shop.act).lines[0].commission == CitedCommission(1, 500)


def test_the_house_pays_itself_no_commission() -> None:
    with pytest.raises(AssertionError):
        attrs.evolve(line(), commission=CitedCommission(1, 500))
