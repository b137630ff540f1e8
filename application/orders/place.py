"""Placing an order: quote unchanged, coupons locked, stock reserved, payment asked for, all in one transaction or not at all."""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from houtai.application.catalog.sellable import load_skus
from houtai.application.group import grouped
from houtai.application.numbers import next_number
from houtai.application.orders.ahead import ahead_of_placing
from houtai.application.orders.audit import policy_for
from houtai.application.orders.cases import owe_gifts
from houtai.application.orders.commission import cite_commissions
from houtai.application.orders.pay import ask_for, settle_paid
from houtai.application.orders.points import PointsBill, pay_points
from houtai.application.orders.ports import OrdersTx
from houtai.application.orders.quote import Offer, offer_for
from houtai.application.orders.reach import scope_at
from houtai.application.orders.secure import secure
from houtai.application.permission import CHANNEL, MERCHANT, needs
from houtai.application.plain import SECRET
from houtai.application.pricing.claim import claim_discounts
from houtai.application.timeline import write_line
from houtai.domain import limits
from houtai.domain.act import Act
from houtai.domain.authority import HOUSE
from houtai.domain.customers.customer import Address, CustomerState
from houtai.domain.ids import CustomerId, HoldId, OrderId, SkuId
from houtai.domain.money import MAX_MINOR, Money
from houtai.domain.orders import placing
from houtai.domain.orders.events import OrderPlaced
from houtai.domain.orders.line import OrderLine
from houtai.domain.orders.order import Order, born
from houtai.domain.orders.state import OrderState
from houtai.domain.orders.tender import MAX_TENDERS, OrderTender, TenderState, TenderWish, share
from houtai.domain.pricing.basket import Basket
from houtai.domain.pricing.quote import check_unchanged
from houtai.domain.refusal import AlreadyExists, InvalidValue, NotFound

_PERSONAL = {SECRET: True}


def _several(_: object, __: object, tenders: tuple[TenderWish, ...]) -> None:
    if len(tenders) > MAX_TENDERS or len({one.payment for one in tenders}) != len(tenders):
        raise InvalidValue(field="tenders", rule=f"must be at most {MAX_TENDERS} different payments")
    if sum(one.amount_minor is None for one in tenders) > 1:
        raise InvalidValue(field="tenders", rule="only one can take the rest")


@attrs.frozen
class PlaceOrder:
    """What the buyer saw and wants: the basket, the digest and amount of its quote, how it will be paid, where it goes.

    `hold` is the buyer's soft hold on the goods, if there is one; one that has ended gives nothing and costs nothing.
    """

    order: OrderId
    basket: Basket
    receiver: Address = attrs.field(metadata=_PERSONAL)
    quote_digest: str = attrs.field(validator=limits.text(0, 64))
    quoted_minor: int = attrs.field(validator=limits.between(0, MAX_MINOR))
    tenders: tuple[TenderWish, ...] = attrs.field(default=(), validator=_several)
    hold: HoldId | None = None
    remark: str = attrs.field(default="", validator=limits.text(0, 500), metadata=_PERSONAL)


@grouped(ahead_of_placing)
@needs("orders.place", along=(CHANNEL, MERCHANT), own=True)
def place_order(tx: OrdersTx, cmd: PlaceOrder, act: Act) -> Order:
    """Take the order whole, or refuse it and leave no trace.

    Raises PriceChanged, OutOfStock, CouponSpent, CouponNotValidNow, BudgetSpent, NotOnSale, OnlyGifts, NotDelivered,
    TendersDiffer, NoPointsHere, PointsNeedCustomer, PointsShort, PointsOverShare, AlreadyExists, NotFound, Forbidden. What points
    pay is paid at once; nothing to pay, or nothing beside points, means that no payment is asked for.
    """
    basket = cmd.basket
    act.demand("orders.place", scope_at(basket.channel_id, basket.buyer_id))
    if tx.orders.find(cmd.order) is not None:
        raise AlreadyExists(what="order", key=str(cmd.order))
    _demand_known(tx, basket.buyer_id)
    offer = offer_for(tx, basket, cmd.receiver.region, act, verb="orders.place")
    quote = offer.quote
    check_unchanged(quote, cmd.quote_digest, cmd.quoted_minor)
    for merchant in {line.merchant_id or HOUSE for line in quote.lines}:
        act.demand("orders.place", scope_at(basket.channel_id, basket.buyer_id, merchant))
    tenders = share(cmd.tenders, quote.payable_minor, quote.currency)
    bill = PointsBill(cmd.order, quote.channel_id, basket.buyer_id, Money(quote.payable_minor, quote.currency))
    tenders = pay_points(tx, bill, tenders, act)
    claim_discounts(tx, quote, cmd.order, basket.buyer_id, act)
    lines = cite_commissions(tx, _take_stock(tx, cmd, offer, act), act.at)
    order = born(_draft(tx, cmd, offer, lines, tenders, act), OrderState.PENDING_PAYMENT)
    tx.orders.add(order)
    write_line(tx, act, "order", order, "placed", before=None, details={"payable_minor": order.payable_minor})
    tx.emit(OrderPlaced(order.id, order.channel_id))
    owe_gifts(tx, order, act)
    for tender in tenders:
        if tender.state is TenderState.OPEN:
            ask_for(tx, order, tender, act)
    return order if order.paid_minor < order.payable_minor else settle_paid(tx, order, order.tenders, act)


def _demand_known(tx: OrdersTx, buyer_id: CustomerId | None) -> None:
    """Refuse with NotFound a buyer who was erased: nobody knows any more who that is."""
    buyer = None if buyer_id is None else tx.customers.find(buyer_id)
    if buyer is not None and buyer.state is CustomerState.ERASED:
        raise NotFound(what="customer", key=str(buyer_id))


def _take_stock(tx: OrdersTx, cmd: PlaceOrder, offer: Offer, act: Act) -> tuple[OrderLine, ...]:
    """The order's lines with their stock reserved, gifts as far as they are there."""
    quote = offer.quote
    sold = placing.sold_lines(quote, offer.freight_by_line, offer.skus)
    candidates = {sku_id for gift in quote.gifts for sku_id in (gift.sku_id, *gift.substitutes)}
    skus = load_skus(tx, sorted(candidates)) if candidates else {}

    def choose(available: Mapping[SkuId, int]) -> tuple[OrderLine, ...]:
        return placing.gift_lines(quote, available, skus)

    gifts = secure(
        tx,
        cmd.order,
        sold,
        candidates,
        choose,
        act,
        channel_id=quote.channel_id,
        buyer_id=quote.buyer_id,
        hold_id=cmd.hold,
    )
    return (*sold, *gifts)


def _draft(
    tx: OrdersTx, cmd: PlaceOrder, offer: Offer, lines: tuple[OrderLine, ...], tenders: tuple[OrderTender, ...], act: Act
) -> Order:
    quote = offer.quote
    buyer = None if quote.buyer_id is None else tx.customers.find(quote.buyer_id)
    return Order(
        id=cmd.order,
        channel_id=quote.channel_id,
        currency=quote.currency,
        placed_at=act.at,
        lines=lines,
        receiver=cmd.receiver,
        discounts=placing.discount_rows(quote),
        promotions=placing.promotions(quote),
        tenders=tenders,
        customer_id=quote.buyer_id,
        member_level="" if buyer is None else buyer.member_level,
        remark=cmd.remark,
        quote_digest=quote.digest,
        expires_at=policy_for(tx, quote.channel_id).expires_at(act.at),
        number=next_number(tx, "SO", act.at),  # last: its counter stays locked until the commit
    )
