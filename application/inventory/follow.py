"""Merchants who stop and start selling: their listings go off and on the shelf, their stock is told as zero and again (SM-MA).

A merchant may have many goods: the walk over them goes in parts, each a transaction and a message of its own. Every part goes
by what the merchant may do at that moment, so two walks at once end the same.
"""

from __future__ import annotations

from typing import Final

import attrs

from houtai.application.catalog.ports import LISTING_BY_PRODUCT, SKU_BY_MERCHANT
from houtai.application.catalog.shelf import hold_or_let_go, why_merchant_cannot_sell
from houtai.application.inventory.ports import InventoryTx, InventoryViews
from houtai.application.inventory.publish import republish
from houtai.application.outbox import Message
from houtai.application.paging import MAX_LIMIT, Page, Slice
from houtai.application.permission import needs
from houtai.domain import limits
from houtai.domain.act import Act
from houtai.domain.catalog.listing import PauseCause
from houtai.domain.ids import MerchantId, SkuId, derive
from houtai.domain.inventory.publishing import Publication
from houtai.domain.merchants.events import MerchantMoved

FOLLOW: Final = "inventory.follow-merchant"
PART: Final = MAX_LIMIT


@attrs.frozen
class MerchantSkus:
    """The part of a merchant's SKUs behind `cursor`, from the beginning where it is empty."""

    merchant: MerchantId
    cursor: str = ""


@attrs.frozen
class FollowMerchant:
    """Bring these SKUs of the merchant to where it stands; `walk` and `next_cursor` name the part after them, if there is one."""

    merchant: MerchantId
    walk: int
    skus: tuple[SkuId, ...] = attrs.field(validator=limits.at_most(MAX_LIMIT))
    next_cursor: str = attrs.field(default="", validator=limits.text(0, 400))


def merchant_moved(tx: InventoryTx, event: MerchantMoved, act: Act) -> None:
    """The reaction to a merchant who may sell now or may not: the walk over its goods begins after the commit."""
    _go_on(tx, event.merchant_id, event.version, "", act)


@needs("house.deliver")
def skus_of_merchant(views: InventoryViews, query: MerchantSkus, act: Act) -> Slice[SkuId]:
    """The next part in the order of their ids."""
    del act
    found = views.skus.page(Page(PART, query.cursor, newest_first=False), {SKU_BY_MERCHANT: query.merchant})
    return Slice(tuple(sku.id for sku in found.items), found.next_cursor)


@needs("house.deliver")
def follow_merchant(tx: InventoryTx, cmd: FollowMerchant, act: Act) -> tuple[Publication, ...]:
    """Take the listings of these SKUs off the shelf, or back where only the merchant held them; tell every figure that changes.

    Orders that hold these goods are left alone: they still ship.
    """
    skus = tx.skus.many(cmd.skus)
    products = sorted({sku.product_id for sku in skus.values()})
    for listing in tx.listings.lock_by(LISTING_BY_PRODUCT, *products) if products else ():
        hold_or_let_go(tx, act, listing, PauseCause.MERCHANT, why_merchant_cannot_sell(tx, listing))
    if cmd.next_cursor:
        _go_on(tx, cmd.merchant, cmd.walk, cmd.next_cursor, act)
    return republish(tx, skus, act) if skus else ()


def _go_on(tx: InventoryTx, merchant: MerchantId, walk: int, cursor: str, act: Act) -> None:
    message_id = derive(merchant, "follow", walk, cursor)
    if tx.outbox.find(message_id) is None:  # a part that is delivered twice goes on once
        payload = {"merchant": str(merchant), "walk": walk, "cursor": cursor}
        tx.outbox.add(Message(message_id, FOLLOW, payload, act.at, act.at))
