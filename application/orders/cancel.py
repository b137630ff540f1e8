"""Ending orders before anything ships: cancelled by somebody, or expired unpaid; everything they bound is free again."""

from __future__ import annotations

import attrs

from houtai.application.inventory.reserve import release
from houtai.application.orders.cases import close_cases
from houtai.application.orders.lock import demand_version, lock_with_payments
from houtai.application.orders.ports import OrdersTx, Timer, due_moment
from houtai.application.orders.reach import demand_order
from houtai.application.outbound.intercept import lock_to_stop
from houtai.application.outbound.part_off import stop_serving
from houtai.application.outbound.serving import orders_of
from houtai.application.payments.refund import request_refund
from houtai.application.payments.request import expire_payments
from houtai.application.permission import CHANNEL, MERCHANT, needs
from houtai.application.ports import TryAgain
from houtai.application.pricing.claim import give_back
from houtai.application.timeline import write_line
from houtai.domain import limits
from houtai.domain.act import Act
from houtai.domain.ids import OrderId, RefundId, derive
from houtai.domain.orders.events import OrderCancelled, OrderExpired
from houtai.domain.orders.order import Order, cancelled
from houtai.domain.orders.refusals import NotDueYet
from houtai.domain.orders.state import NOT_SHIPPED, OrderState
from houtai.domain.orders.tender import TenderState


@attrs.frozen
class CancelOrder:
    """End an order. With `expected_version`, only as the caller saw it."""

    order: OrderId
    reason: str = attrs.field(validator=limits.text(1, 500))
    expected_version: int | None = None


@needs("orders.cancel", along=(CHANNEL, MERCHANT), own=True)
def cancel_order(tx: OrdersTx, cmd: CancelOrder, act: Act) -> Order:
    """End the order: goods, coupons and budgets are free again, every tender goes back whole, freight included (R-8, R-14).

    What a warehouse has of it is stopped in the same transaction, wherever it is in the house; from a parcel that it shares
    with other orders only its units are taken out. The money does not wait for the goods to be back on their shelf. Raises
    NotFound, VersionConflict, IllegalMove for one that is over, MustReturn where a part of it has left, and Forbidden past
    ``refund_minor``.
    """
    sent = lock_to_stop(tx, [one.id for one in orders_of(tx, cmd.order)])  # before its order, as whoever hands them over
    order = lock_with_payments(tx, cmd.order)
    demand_order(act, "orders.cancel", order, amounts={"refund_minor": order.paid_minor})
    demand_version(order, cmd.expected_version)
    if order.state is OrderState.RELEASED:
        if {one.id for one in orders_of(tx, order.id)} != set(sent):
            message = "the order was released meanwhile"
            raise TryAgain(message)
        stop_serving(tx, order.id, sent, cmd.reason[:200], act)
    ended = wind_up(tx, order, OrderState.CANCELLED, cmd.reason, act)
    tx.emit(OrderCancelled(order.id, order.channel_id))
    return ended


@needs("orders.run-timers")
def expire_order(tx: OrdersTx, order_id: OrderId, act: Act) -> Order:
    """End an order that was not paid in time. Raises NotDueYet where it was, or the time is not over."""
    order = lock_with_payments(tx, order_id)
    due = due_moment(order, Timer.PAYMENT)
    if due is None or due > act.at:
        raise NotDueYet(number=order.number, state=order.state.value)
    ended = wind_up(tx, order, OrderState.EXPIRED, "not paid in time", act)
    tx.emit(OrderExpired(order.id, order.channel_id))
    return ended


def wind_up(tx: OrdersTx, order: Order, state: OrderState, reason: str, act: Act) -> Order:
    """Free everything that the order binds and owe back what was paid. The caller has locked its payments, then the order."""
    ended = cancelled(order, state)
    stopped = order.state is OrderState.RELEASED and not any(line.shipped_qty for line in order.lines)
    assert order.state in NOT_SHIPPED or stopped, "nothing of it has left"
    expire_payments(tx, order.id, act)
    for tender in order.tenders:
        if tender.state is TenderState.CAPTURED:
            rest = tx.payments.lock_one(tender.payment_id).rest  # less than the tender where part of it went back before
            refund_id = RefundId(derive(order.id, "refund", tender.payment_id))
            if rest:
                request_refund(tx, refund_id=refund_id, payment_id=tender.payment_id, amount=rest, reason=reason, act=act)
    give_back(tx, order.id, act)
    release(tx, order.id, act)
    close_cases(tx, order.id, f"the order is {state.value}: {reason}", act)
    tx.orders.save(ended)
    write_line(tx, act, "order", ended, state.value, before=order.state, reason=reason, details={"back_minor": order.paid_minor})
    return ended
