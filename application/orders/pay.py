"""Money for orders: what a captured, failed or refunded payment does to its order, whenever it comes and however often."""

from __future__ import annotations

import attrs

from houtai.application.inventory.reserve import release
from houtai.application.orders.audit import audit
from houtai.application.orders.cases import owe_gifts
from houtai.application.orders.points import PointsBill, pay_points
from houtai.application.orders.ports import OrdersTx
from houtai.application.orders.reach import demand_order
from houtai.application.orders.secure import secure_again
from houtai.application.payments.refund import request_refund
from houtai.application.payments.request import request_payment
from houtai.application.permission import CHANNEL, MERCHANT, needs
from houtai.application.pricing.claim import claim_again, redeem
from houtai.application.pricing.ports import ENTRY_BY_ORDER, REDEMPTION_BY_ORDER
from houtai.application.timeline import write_line
from houtai.domain.act import Act
from houtai.domain.ids import OrderId, RefundId, derive
from houtai.domain.inventory.refusals import OutOfStock
from houtai.domain.orders.events import OrderPaid
from houtai.domain.orders.order import Order
from houtai.domain.orders.refusals import NothingToPay, TendersDiffer
from houtai.domain.orders.state import OrderState
from houtai.domain.orders.tender import POINTS, OrderTender, TenderState, TenderWish
from houtai.domain.payments.events import ExcessCaptured, PaymentCaptured, PaymentFailed, RefundFailed, RefundSucceeded
from houtai.domain.pricing.refusals import BudgetSpent, CouponNotApplicable, CouponNotValidNow, CouponSpent


@attrs.frozen
class PayAgain:
    """Another payment for what is left of a pending order, after one failed."""

    order: OrderId
    tender: TenderWish


@needs("orders.place", along=(CHANNEL, MERCHANT), own=True)
def pay_again(tx: OrdersTx, cmd: PayAgain, act: Act) -> Order:
    """Ask for the rest through another payment, or pay it with points at once.

    Raises NothingToPay, TendersDiffer, NotFound, Forbidden, and for points what `place_order` raises.
    """
    order = tx.orders.lock_one(cmd.order)
    demand_order(act, "orders.place", order)
    waiting = sum(one.amount_minor for one in order.tenders if one.state in (TenderState.OPEN, TenderState.CAPTURED))
    rest = order.payable_minor - waiting
    if order.state is not OrderState.PENDING_PAYMENT or rest <= 0 or order.tender(cmd.tender.payment) is not None:
        raise NothingToPay(number=order.number, state=order.state.value, rest_minor=max(0, rest), currency=order.currency)
    amount = rest if cmd.tender.amount_minor is None else cmd.tender.amount_minor
    if amount > rest:
        raise TendersDiffer(tenders_minor=amount, payable_minor=rest, currency=order.currency)
    tender = OrderTender(cmd.tender.payment, cmd.tender.provider, amount)
    if tender.provider == POINTS:
        return _paid_in_points(tx, order, tender, act)
    asked = order.edited(tenders=order.with_tender(tender))
    tx.orders.save(asked)
    details = {"payment": str(tender.payment_id), "amount_minor": amount}
    write_line(tx, act, "order", asked, "payment-asked", before=order.state, details=details)
    ask_for(tx, order, tender, act)
    return asked


def _paid_in_points(tx: OrdersTx, order: Order, tender: OrderTender, act: Act) -> Order:
    """The order with this tender captured; paid if it was the last."""
    bill = PointsBill(order.id, order.channel_id, order.customer_id, order.money(order.payable_minor))
    earlier = (one for one in order.tenders if one.provider == POINTS and one.state is TenderState.CAPTURED)
    (captured,) = pay_points(tx, bill, (tender,), act, before_minor=sum(one.amount_minor for one in earlier))
    return _took(tx, order, captured, act)


def ask_for(tx: OrdersTx, order: Order, tender: OrderTender, act: Act) -> None:
    """Ask the provider for one tender of the order; it hears of it after the commit."""
    request_payment(
        tx,
        payment_id=tender.payment_id,
        order_id=order.id,
        amount=order.money(tender.amount_minor),
        provider=tender.provider,
        act=act,
        channel_id=order.channel_id,
        customer_id=order.customer_id,
    )


def settle_paid(tx: OrdersTx, order: Order, tenders: tuple[OrderTender, ...], act: Act) -> Order:
    """Everything is paid: coupons are used, and the audit rules look at the order. Raises IllegalMove."""
    redeem(tx, order.id, act)
    paid = order.moved(OrderState.PAID, tenders=tenders, paid_at=act.at, expires_at=None)
    tx.orders.save(paid)
    write_line(tx, act, "order", paid, "paid", before=order.state, details={"paid_minor": paid.paid_minor})
    tx.emit(OrderPaid(order.id, order.channel_id))
    return audit(tx, paid, act)


def on_payment_captured(tx: OrdersTx, event: PaymentCaptured, act: Act) -> None:
    """A payment came in. It completes the order, or part of it; what nobody waits for any more goes back whole.

    Each payment counts once, whatever is repeated, and in any order with expiry and cancellation (F8).
    """
    order = tx.orders.lock([event.order_id]).get(event.order_id)
    if order is None:
        return
    tender = order.tender(event.payment_id) or OrderTender(
        event.payment_id, tx.payments.get(event.payment_id).provider, event.amount_minor, TenderState.FAILED
    )
    if tender.state in (TenderState.CAPTURED, TenderState.GIVEN_BACK):
        return
    tenders = order.with_tender(attrs.evolve(tender, state=TenderState.CAPTURED))
    came = order.paid_minor + tender.amount_minor
    if order.state is OrderState.PENDING_PAYMENT and came <= order.payable_minor:
        _took(tx, order, attrs.evolve(tender, state=TenderState.CAPTURED), act)
    elif _may_revive(order, came) and (revived := _revived(tx, order, act)):
        settle_paid(tx, revived, tenders, act)
        owe_gifts(tx, revived, act)
    else:
        _give_back(tx, order, tender, act)


def _took(tx: OrdersTx, order: Order, captured: OrderTender, act: Act) -> Order:
    """A pending order with this tender in: part of it is paid, or all."""
    tenders, came = order.with_tender(captured), order.paid_minor + captured.amount_minor
    if came == order.payable_minor:
        return settle_paid(tx, order, tenders, act)
    part = order.edited(tenders=tenders)
    tx.orders.save(part)
    details = {"paid_minor": came, "rest_minor": order.payable_minor - came}
    write_line(tx, act, "order", part, "part-paid", before=order.state, details=details)
    return part


def _may_revive(order: Order, came_minor: int) -> bool:
    """Whether late money is all that an expired order lacks; where its buyer was erased, nobody could be sent anything."""
    return order.state is OrderState.EXPIRED and came_minor == order.payable_minor and not order.forgotten


def _revived(tx: OrdersTx, order: Order, act: Act) -> Order | None:
    """The expired order with its goods, coupons and budgets taken once more; None where something of it is gone.

    Coupons and budgets are locked before the stock, as everywhere, and claimed after it.
    """
    coupons = {row.coupon_id for row in tx.redemptions.by(REDEMPTION_BY_ORDER, order.id)}
    campaigns = {entry.campaign_id for entry in tx.budget_entries.by(ENTRY_BY_ORDER, order.id)}
    if coupons:
        tx.coupons.lock(coupons)
    if campaigns:
        tx.budgets.lock(campaigns)
    try:
        lines = secure_again(tx, order, act)
    except OutOfStock:
        return None
    try:
        claim_again(tx, order.id, order.customer_id, act)
    except (CouponSpent, CouponNotValidNow, CouponNotApplicable, BudgetSpent):
        release(tx, order.id, act)
        return None
    return attrs.evolve(order, lines=lines)


def _give_back(tx: OrdersTx, order: Order, tender: OrderTender, act: Act) -> None:
    """Refund a payment that no order waits for: after a cancellation, too late, or beside another one for the same."""
    reason = f"paid when the order was {order.state.value}"
    refund_id = RefundId(derive(order.id, "refund", tender.payment_id))
    amount = order.money(tender.amount_minor)
    request_refund(tx, refund_id=refund_id, payment_id=tender.payment_id, amount=amount, reason=reason, act=act)
    returned = order.edited(tenders=order.with_tender(attrs.evolve(tender, state=TenderState.GIVEN_BACK)))
    tx.orders.save(returned)
    details = {"payment": str(tender.payment_id), "amount_minor": tender.amount_minor}
    write_line(tx, act, "order", returned, "money-returned", before=order.state, reason=reason, details=details)


def on_payment_failed(tx: OrdersTx, event: PaymentFailed, act: Act) -> None:
    """The buyer may try another payment until the order expires."""
    order = tx.orders.lock([event.order_id]).get(event.order_id)
    tender = None if order is None else order.tender(event.payment_id)
    if order is None or tender is None or tender.state is not TenderState.OPEN:
        return
    failed = order.edited(tenders=order.with_tender(attrs.evolve(tender, state=TenderState.FAILED)))
    tx.orders.save(failed)
    details = {"payment": str(event.payment_id), "error": event.error}
    write_line(tx, act, "order", failed, "payment-failed", before=order.state, details=details)


def on_excess_captured(tx: OrdersTx, event: ExcessCaptured, act: Act) -> None:
    """One payment came in twice; the excess is on its way back, and the order's timeline says so."""
    _tell(tx, event.order_id, "paid-twice", {"refund": str(event.refund_id), "amount_minor": event.amount_minor}, act)


def on_refund_succeeded(tx: OrdersTx, event: RefundSucceeded, act: Act) -> None:
    """Money went back; the order's timeline says so."""
    _tell(tx, event.order_id, "refunded", {"refund": str(event.refund_id), "amount_minor": event.amount_minor}, act)


def on_refund_failed(tx: OrdersTx, event: RefundFailed, act: Act) -> None:
    """Money did not go back yet, a case is open; the order's timeline says so."""
    details = {"refund": str(event.refund_id), "amount_minor": event.amount_minor, "error": event.error}
    _tell(tx, event.order_id, "refund-failed", details, act)


def _tell(tx: OrdersTx, order_id: OrderId, event: str, details: dict[str, object], act: Act) -> None:
    order = tx.orders.lock([order_id]).get(order_id)
    if order is not None:
        told = order.edited()
        tx.orders.save(told)
        write_line(tx, act, "order", told, event, before=order.state, details=details)
