"""What an order would cost: goods that are on sale, priced, with freight. The same sum is made again when it is placed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import attrs

from houtai.application.catalog.sellable import SaleSource, load_skus, sellable_skus
from houtai.application.orders.ports import OrdersViews
from houtai.application.orders.reach import scope_at
from houtai.application.permission import CHANNEL, MERCHANT, needs
from houtai.application.pricing.book import load_book
from houtai.application.pricing.ports import BookSource, Known
from houtai.application.reach import demand_within, looks_beyond
from houtai.application.shipping.freight import freight_of
from houtai.application.shipping.ports import FreightSource
from houtai.domain import limits
from houtai.domain.act import Act
from houtai.domain.catalog.sku import Sku
from houtai.domain.ids import SkuId
from houtai.domain.pricing.basket import Basket
from houtai.domain.pricing.price import price
from houtai.domain.pricing.quote import Quote
from houtai.domain.shipping.freight import FreightLine, chargeable_weight_g


class OfferSource(SaleSource, BookSource, FreightSource, Protocol):
    """What an offer is read from: a transaction when an order is placed, a snapshot when somebody only asks."""

    @property
    def skus(self) -> Known[SkuId, Sku]:
        """What is bought, with its components."""


@attrs.frozen
class Offer:
    """A quote with freight, its shares by line (R-13), and every SKU that the basket touches, bundles included."""

    quote: Quote
    freight_by_line: Mapping[int, int]
    skus: Mapping[SkuId, Sku]


@attrs.frozen
class QuoteOrder:
    """A basket, and the region that it would go to."""

    basket: Basket
    region: str = attrs.field(default="", validator=limits.text(0, 60))


@looks_beyond
@needs("orders.quote", along=(CHANNEL, MERCHANT), own=True)
def quote_order(views: OrdersViews, query: QuoteOrder, act: Act) -> Quote:
    """What the basket costs now, freight included, with its trace; nothing is promised or written.

    Raises NotOnSale, NotDelivered, NotFound, and what `price` raises.
    """
    act.demand("orders.quote", scope_at(query.basket.channel_id, query.basket.buyer_id))
    return offer_for(views, query.basket, query.region, act, verb="orders.quote").quote


def offer_for(source: OfferSource, basket: Basket, region: str, act: Act, *, verb: str) -> Offer:
    """The offer as it stands at this moment; a handful of statements, however many lines it has.

    Goods of a merchant that the actor's `verb` does not reach are answered with NotFound, like unknown ones.
    """
    wanted = [line.sku_id for line in basket.lines]
    skus = load_skus(source, wanted)
    for owner, sku_id in {skus[sku_id].merchant_id: sku_id for sku_id in reversed(wanted)}.items():
        demand_within(act, verb, "sku", sku_id, merchant=owner, channel=basket.channel_id, owner=basket.buyer_id)
    sellable_skus(source, basket.channel_id, [sku_id for sku_id in wanted if not skus[sku_id].gift_only])
    quote = price(basket, load_book(source, basket, act.at, act), act.at)
    weighed = [FreightLine(one.line, _weight_g(skus[one.sku_id]) * one.qty, one.paid_minor) for one in quote.lines]
    freight = freight_of(source, basket.channel_id, region, weighed, quote.currency)
    return Offer(quote.with_freight(freight.total_minor, freight.text), freight.by_line, skus)


def _weight_g(sku: Sku) -> int:
    return chargeable_weight_g(sku.weight_g, sku.length_mm, sku.width_mm, sku.height_mm)
