"""What can be bought, on every adapter."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

from houtai.application.catalog.describe import MoveSku, move_sku
from houtai.application.catalog.ports import CatalogTx
from houtai.application.catalog.publish import PauseListing, ResumeListing, pause_listing, resume_listing
from houtai.application.catalog.sellable import load_skus, sellable_skus
from houtai.application.merchants.admit import MoveMerchant, move_merchant
from houtai.application.office import Office
from houtai.application.permission import needs
from houtai.domain.act import Act
from houtai.domain.catalog.product import Source
from houtai.domain.catalog.refusals import NotOnSale
from houtai.domain.catalog.sku import Component, Sku
from houtai.domain.catalog.standing import Standing
from houtai.domain.ids import ChannelId, SkuId, new_id
from houtai.domain.merchants.merchant import MerchantState
from houtai.domain.refusal import NotFound
from tests.catalog.arrange import live, new_sku, some_category, some_channel, some_merchant, some_product


@attrs.frozen
class Buy:
    channel: ChannelId
    skus: tuple[SkuId, ...]


@needs("tests.buy")
def buy(tx: CatalogTx, cmd: Buy, _: Act) -> dict[SkuId, Sku]:
    return sellable_skus(tx, cmd.channel, cmd.skus)


@needs("tests.buy")
def load(tx: CatalogTx, cmd: Buy, _: Act) -> dict[SkuId, Sku]:
    return load_skus(tx, cmd.skus)


def test_a_live_sku_can_be_bought_on_its_channel_alone(office: Office, system: Act) -> None:
    channel, other = some_channel(office, system), some_channel(office, system, "OTHER")
    sku = new_sku("CUP")
    live(office, system, some_product(office, system, some_category(office, system), sku), channel)
    assert [found.code for found in office.perform(buy, Buy(channel, (sku.id,)), system).values()] == ["CUP"]
    with pytest.raises(NotOnSale) as refused:
        office.perform(buy, Buy(other, (sku.id,)), system)
    assert refused.value.skus == ("CUP",)


def test_of_a_partial_listing_only_the_taken_skus_sell_and_all_others_are_named(office: Office, system: Act) -> None:
    channel = some_channel(office, system)
    red, blue = new_sku("RED", option_values=("红",)), new_sku("BLUE", option_values=("蓝",))
    from houtai.domain.catalog.product import Option

    product = some_product(office, system, some_category(office, system), red, blue, options=(Option("颜色", ("红", "蓝")),))
    live(office, system, product, channel, blue.id)
    assert list(office.perform(buy, Buy(channel, (red.id,)), system)) == [red.id]
    unknown = SkuId(new_id())
    with pytest.raises(NotOnSale) as refused:
        office.perform(buy, Buy(channel, (red.id, blue.id, unknown)), system)
    assert refused.value.skus == ("BLUE", str(unknown))


def test_a_paused_listing_sells_nothing_until_it_is_resumed(office: Office, system: Act) -> None:
    channel, sku = some_channel(office, system), new_sku("CUP")
    listing = live(office, system, some_product(office, system, some_category(office, system), sku), channel)
    paused = office.perform(pause_listing, PauseListing(listing.id, listing.version, "换季"), system)
    with pytest.raises(NotOnSale):
        office.perform(buy, Buy(channel, (sku.id,)), system)
    office.perform(resume_listing, ResumeListing(paused.id, paused.version), system)
    assert list(office.perform(buy, Buy(channel, (sku.id,)), system)) == [sku.id]


def test_a_suspended_merchants_goods_cannot_be_bought(office: Office, system: Act) -> None:
    channel, merchant, sku = some_channel(office, system), some_merchant(office, system), new_sku("SEAL")
    fields: dict[str, Any] = {"source": Source.MERCHANT, "merchant": merchant}
    live(office, system, some_product(office, system, some_category(office, system), sku, **fields), channel)
    assert list(office.perform(buy, Buy(channel, (sku.id,)), system)) == [sku.id]
    office.perform(move_merchant, MoveMerchant(merchant, 2, MerchantState.SUSPENDED, "欠缴保证金"), system)
    with pytest.raises(NotOnSale):
        office.perform(buy, Buy(channel, (sku.id,)), system)


def test_a_bundle_sells_while_its_components_are_active_and_brings_them_along(office: Office, system: Act) -> None:
    channel, category = some_channel(office, system), some_category(office, system)
    tea, cup = new_sku("TEA"), new_sku("CUP")
    some_product(office, system, category, tea, code="P-TEA")
    some_product(office, system, category, cup, code="P-CUP")
    bundle = new_sku("SET", components=(Component(tea.id, 1), Component(cup.id, 2)))
    live(office, system, some_product(office, system, category, bundle, code="P-SET"), channel)
    assert list(office.perform(buy, Buy(channel, (bundle.id,)), system)) == [bundle.id]
    assert {sku.code for sku in office.perform(load, Buy(channel, (bundle.id,)), system).values()} == {"SET", "TEA", "CUP"}
    office.perform(move_sku, MoveSku(cup.id, 1, Standing.RETIRED), system)
    with pytest.raises(NotOnSale):
        office.perform(buy, Buy(channel, (bundle.id,)), system)


def test_loading_an_unknown_sku_is_not_found(office: Office, system: Act) -> None:
    with pytest.raises(NotFound):
        office.perform(load, Buy(ChannelId(new_id()), (SkuId(new_id()),)), system)
