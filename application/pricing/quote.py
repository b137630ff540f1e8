"""Ask what a basket costs: nothing is written, and placing the order later asks the same function."""

from __future__ import annotations

import attrs

from houtai.application.permission import CHANNEL, MERCHANT, needs
from houtai.application.pricing.book import load_book
from houtai.application.pricing.ports import BookSource
from houtai.application.reach import demand_within, looks_beyond
from houtai.domain.act import NOBODY, Act
from houtai.domain.authority import Scope
from houtai.domain.pricing.basket import Basket
from houtai.domain.pricing.price import price
from houtai.domain.pricing.quote import Quote


@attrs.frozen
class GetQuote:
    """What the basket costs now."""

    basket: Basket


@looks_beyond
@needs("pricing.quote", along=(CHANNEL, MERCHANT), own=True)
def get_quote(views: BookSource, query: GetQuote, act: Act) -> Quote:
    """Price the basket by today's book, with the trace of every step; refuses as `price` and `load_book` do."""
    buyer = query.basket.buyer_id or NOBODY
    act.demand("pricing.quote", Scope(channel=query.basket.channel_id, owner=buyer))
    book = load_book(views, query.basket, act.at, act)
    for line in query.basket.lines:
        demand_within(act, "pricing.quote", "sku", line.sku_id, merchant=book.items[line.sku_id].merchant_id, owner=buyer)
    return price(query.basket, book, act.at)
