"""What a group of new orders reads and locks before the first of them is decided: each kind once, in the house's lock order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from houtai.application.catalog.ports import LISTING_BY_PLACE, place
from houtai.application.catalog.sellable import load_skus
from houtai.application.inventory.ahead import ahead_of_reserving
from houtai.application.payments.ahead import payments_of
from houtai.application.points.ports import LOTS_WITH_POINTS
from houtai.application.pricing.ahead import ahead_of_claims
from houtai.application.pricing.ports import REDEMPTION_BY_ORDER
from houtai.domain.ids import ChannelId, SkuId
from houtai.domain.orders.tender import POINTS
from houtai.domain.points.account import account_id
from houtai.domain.pricing.prices import sheet_id

if TYPE_CHECKING:
    from houtai.application.orders.place import PlaceOrder
    from houtai.application.orders.ports import OrdersTx
    from houtai.application.payments.notices import ReceiveNotice
    from houtai.domain.catalog.sku import Sku
    from houtai.domain.pricing.basket import Basket


def ahead_of_placing(tx: OrdersTx, commands: Sequence[PlaceOrder]) -> None:
    """See `grouped`: goods and prices are read, then points, coupons, budgets, holds and stock locked."""
    baskets = [cmd.basket for cmd in commands]
    tx.orders.ahead(cmd.order for cmd in commands)
    tx.customers.ahead({basket.buyer_id for basket in baskets if basket.buyer_id is not None})
    tx.payments.ahead(tender.payment for cmd in commands for tender in cmd.tenders)
    wanted: dict[ChannelId, set[SkuId]] = {}
    for basket in baskets:
        wanted.setdefault(basket.channel_id, set()).update(line.sku_id for line in basket.lines)
    skus = load_skus(tx, sorted({sku_id for of_channel in wanted.values() for sku_id in of_channel}), missing_ok=True)
    tx.listings.ahead_by(
        LISTING_BY_PLACE,
        *{
            place(skus[sku_id].product_id, channel)
            for channel, of_channel in wanted.items()
            for sku_id in of_channel
            if sku_id in skus
        },
    )
    tx.products.ahead({sku.product_id for sku in skus.values()})
    tx.price_sheets.ahead(sheet_id(sku_id) for sku_id in skus)
    _ahead_of_points(tx, [cmd.basket for cmd in commands if any(tender.provider == POINTS for tender in cmd.tenders)])
    gifts = ahead_of_claims(tx, {coupon for basket in baskets for coupon in basket.coupons})
    everything = load_skus(tx, sorted(set(skus) | gifts), missing_ok=True)
    goods = {
        channel: gifts | {part for sku_id in of_channel for part in _parts(everything, sku_id)}
        for channel, of_channel in wanted.items()
    }
    holds = [cmd.hold for cmd in commands if cmd.hold is not None]
    ahead_of_reserving(tx, goods, orders=[cmd.order for cmd in commands], holds=holds)


def _ahead_of_points(tx: OrdersTx, baskets: Sequence[Basket]) -> None:
    """The points of buyers who pay with them: locked before coupons, as everywhere."""
    channels = tx.channels.many({basket.channel_id for basket in baskets})
    accounts = {
        account_id(basket.buyer_id, channels[basket.channel_id].currency)
        for basket in baskets
        if basket.buyer_id is not None and basket.channel_id in channels
    }
    if accounts:
        tx.points_accounts.ahead(accounts, lock=True)
        tx.points_lots.ahead_by(LOTS_WITH_POINTS, *sorted(accounts), lock=True)


def ahead_of_money(tx: OrdersTx, commands: Sequence[ReceiveNotice]) -> None:
    """What the orders behind these notices will need when the money has come: locked themselves, then their coupons."""
    orders = {payment.order_id for payment in tx.payments.many(payments_of(commands)).values()}
    if not orders:
        return
    tx.orders.ahead(orders, lock=True)
    tx.redemptions.ahead_by(REDEMPTION_BY_ORDER, *sorted(orders))
    coupons = {row.coupon_id for row in tx.redemptions.by(REDEMPTION_BY_ORDER, *orders)}
    if coupons:
        tx.coupons.ahead(coupons, lock=True)


def _parts(skus: dict[SkuId, Sku], sku_id: SkuId) -> list[SkuId]:
    sku = skus.get(sku_id)
    return [] if sku is None else [component.sku_id for component in sku.components] or [sku_id]
