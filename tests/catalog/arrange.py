"""A small shop of goods for tests, made through use cases; other modules' tests may stand on it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import attrs

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
from houtai.application.catalog.publish import AcknowledgeListing, PushListing, acknowledge_listing, push_listing
from houtai.application.catalog.sellable import load_skus
from houtai.application.merchants.admit import MoveMerchant, RegisterMerchant, move_merchant, register_merchant
from houtai.application.office import Office
from houtai.application.permission import needs
from houtai.application.pricing.set_prices import SetPrice, SetPrices, set_prices
from houtai.domain.act import Act
from houtai.domain.authority import Authority, Dimension, Grant
from houtai.domain.catalog.channel import ChannelRules
from houtai.domain.catalog.listing import Listing, Outcome, Verdict
from houtai.domain.ids import CategoryId, ChannelId, ListingId, MerchantId, ProductId, SkuId, derive, new_id
from houtai.domain.merchants.merchant import MerchantState
from houtai.domain.pricing.prices import sheet_id

REVIEWER = UUID(int=77)


def another(act: Act, actor: UUID = REVIEWER, grants: tuple[Grant, ...] | None = None) -> Act:
    """The same moment, another person; allowed everything unless said otherwise."""
    return attrs.evolve(act, actor=actor, name="somebody else", authority=Authority(actor, grants or act.authority.grants))


def limited(act: Act, *verbs: str, merchant: UUID | None = None, channel: UUID | None = None) -> Act:
    """A person who holds these verbs, within one merchant or channel if given."""
    within: dict[Dimension, frozenset[UUID]] = {}
    if merchant is not None:
        within[Dimension.MERCHANT] = frozenset({merchant})
    if channel is not None:
        within[Dimension.CHANNEL] = frozenset({channel})
    return another(act, UUID(int=78), tuple(Grant(verb, within, source="a role") for verb in verbs))


def some_channel(office: Office, act: Act, code: str = "SHOP", **rules: object) -> ChannelId:
    """A channel in yuan."""
    cmd = DefineChannel(ChannelId(new_id()), code, f"渠道 {code}", "CNY", rules=ChannelRules(**rules))  # type: ignore[arg-type]
    return office.perform(define_channel, cmd, act).id


def some_category(office: Office, act: Act, code: str = "HOME", **fields: object) -> CategoryId:
    """A root category."""
    cmd = DefineCategory(CategoryId(new_id()), code, f"类目 {code}", **fields)  # type: ignore[arg-type]
    return office.perform(define_category, cmd, act).id


def some_merchant(office: Office, act: Act, code: str = "M1") -> MerchantId:
    """A merchant who sells."""
    merchant = office.perform(register_merchant, RegisterMerchant(MerchantId(new_id()), code, f"商家 {code}"), act)
    office.perform(move_merchant, MoveMerchant(merchant.id, merchant.version, MerchantState.ACTIVE), act)
    return merchant.id


def new_sku(code: str, **fields: object) -> NewSku:
    """A SKU to be."""
    return NewSku(SkuId(new_id()), code, **fields)  # type: ignore[arg-type]


def some_product(office: Office, act: Act, category: CategoryId, *skus: NewSku, code: str = "P1", **fields: Any) -> ProductId:
    """A product with these SKUs, or with one called after it."""
    cmd = CreateProduct(
        ProductId(new_id()),
        code,
        fields.pop("title", "保温杯"),
        category,
        skus=skus or (new_sku(f"{code}-1"),),
        **fields,
    )
    return office.perform(create_product, cmd, act).id


def drafted(office: Office, act: Act, product: ProductId, channel: ChannelId, **fields: object) -> Listing:
    """A draft of the product on the channel."""
    return office.perform(draft_listing, DraftListing(ListingId(new_id()), product, channel, **fields), act)  # type: ignore[arg-type]


def approved(office: Office, act: Act, listing: Listing) -> Listing:
    """Submitted by one and approved by another."""
    listing = office.perform(submit_listing, SubmitListing(listing.id, listing.version), act)
    return office.perform(review_listing, ReviewListing(listing.id, listing.version, Verdict.APPROVE), another(act))


@needs("tests.look")
def _unpriced(views: Any, listing: Listing, act: Act) -> tuple[str, list[SkuId]]:
    """The channel's currency, and which SKUs (components among them) have no price sheet yet."""
    content = listing.change.content if listing.change else listing.content
    skus = load_skus(views, content.sku_ids)
    held = views.price_sheets.many(sheet_id(sku_id) for sku_id in skus)
    missing = [sku.id for sku in skus.values() if sheet_id(sku.id) not in held]
    return views.channels.get(listing.channel_id).currency, missing


def pushed(office: Office, act: Act, listing: Listing) -> Listing:
    """On its way to the channel; SKUs that had no price get one of 99.00."""
    currency, missing = office.ask(_unpriced, listing, office.act_of_system())
    if missing:
        prices = tuple(SetPrice(sku_id, 9_900, currency) for sku_id in missing)
        office.perform(set_prices, SetPrices(prices), attrs.evolve(office.act_of_system(), at=act.at))
    return office.perform(push_listing, PushListing(listing.id, listing.version), act)


def item_of(sku_id: SkuId) -> str:
    """What the channel in these tests calls a SKU."""
    return f"item-{derive(sku_id, 'item').hex[-12:]}"


def answered(office: Office, act: Act, listing: Listing, *refused: SkuId) -> Listing:
    """The channel's answer: every SKU taken but these."""
    content = listing.change.content if listing.change else listing.content
    outcomes = tuple(
        Outcome(sku_id, error="类目不符") if sku_id in refused else Outcome(sku_id, item_of(sku_id)) for sku_id in content.sku_ids
    )
    cmd = AcknowledgeListing(listing.id, listing.awaited_revision() or listing.revision, outcomes)
    return office.perform(acknowledge_listing, cmd, act)


def live(office: Office, act: Act, product: ProductId, channel: ChannelId, *refused: SkuId) -> Listing:
    """Drafted, approved, pushed and taken by the channel, all SKUs or all but the refused."""
    return answered(office, act, pushed(office, act, approved(office, act, drafted(office, act, product, channel))), *refused)
