"""Points as a tender of an order: captured with the order, as far as they may pay it, never more than the buyer has."""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from houtai.application.orders.ports import OrdersTx
from houtai.application.payments.points import pay_with_points
from houtai.application.points.pay import demand_share
from houtai.domain.act import Act
from houtai.domain.ids import ChannelId, CustomerId, OrderId
from houtai.domain.money import Money
from houtai.domain.orders.tender import POINTS, OrderTender, TenderState


@attrs.frozen
class PointsBill:
    """What points may pay a share of: whose order it is, and what it costs in all."""

    order: OrderId
    channel_id: ChannelId
    customer_id: CustomerId | None
    payable: Money


def pay_points(
    tx: OrdersTx, bill: PointsBill, tenders: Sequence[OrderTender], act: Act, *, before_minor: int = 0
) -> tuple[OrderTender, ...]:
    """The tenders with those in points captured; `before_minor` was paid in points already.

    Call it before coupons and stock are locked. Raises NoPointsHere, PointsNeedCustomer, PointsShort and PointsOverShare.
    """
    wanted_minor = sum(tender.amount_minor for tender in tenders if tender.provider == POINTS)
    if not wanted_minor:
        return tuple(tenders)
    demand_share(tx, Money(before_minor + wanted_minor, bill.payable.currency), bill.payable.minor)
    return tuple(_paid(tx, bill, tender, act) if tender.provider == POINTS else tender for tender in tenders)


def _paid(tx: OrdersTx, bill: PointsBill, tender: OrderTender, act: Act) -> OrderTender:
    pay_with_points(
        tx,
        payment_id=tender.payment_id,
        order_id=bill.order,
        amount=Money(tender.amount_minor, bill.payable.currency),
        act=act,
        channel_id=bill.channel_id,
        customer_id=bill.customer_id,
    )
    return attrs.evolve(tender, state=TenderState.CAPTURED)
