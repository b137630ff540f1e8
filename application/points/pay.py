"""Paying with points, and points that come back: for payments and orders, which hold the permission (R-7)."""

from __future__ import annotations

import attrs

from houtai.application.points.book import cause_of, open_book, write_book
from houtai.application.points.policy import policy_of
from houtai.application.points.ports import PointsTx
from houtai.domain.act import Act
from houtai.domain.ids import CustomerId, PaymentId, RefundId
from houtai.domain.money import Money
from houtai.domain.points.account import PointsPayment
from houtai.domain.points.refusals import PointsNeedCustomer, PointsOverShare


def demand_share(tx: PointsTx, amount: Money, payable_minor: int) -> None:
    """Refuse with PointsOverShare what is more of an order than points may pay, with NoPointsHere where there are none."""
    most_minor = policy_of(tx, amount.currency).most_minor(payable_minor)
    if amount.minor > most_minor:
        raise PointsOverShare(wanted_minor=amount.minor, most_minor=most_minor, currency=amount.currency)


def spend_points(tx: PointsTx, payment_id: PaymentId, customer_id: CustomerId | None, amount: Money, act: Act) -> PointsPayment:
    """Take the points that pay this amount, those that end first; the payment's journal books their worth.

    Raises PointsNeedCustomer, NoPointsHere and PointsShort: of two orders that want the same points one gets them.
    """
    if customer_id is None:
        raise PointsNeedCustomer
    book = open_book(tx, customer_id, amount.currency, cause_of(act, "payment", payment_id))
    taken = book.redeem(book.policy.points_of(amount.minor))
    write_book(tx, book, act, paid_minor=-amount.minor)
    payment = PointsPayment(payment_id, book.account.id, amount.currency, amount.minor, taken)
    tx.points_payments.add(payment)
    return payment


def return_points(
    tx: PointsTx, payment_id: PaymentId, customer_id: CustomerId, refund_id: RefundId, amount: Money, reason: str, act: Act
) -> PointsPayment:
    """Give back the points that paid this amount, into the lots they came from; the refund's journal books their worth."""
    known = tx.points_payments.get(payment_id)
    lots = [one.lot_id for one in known.taken]
    book = open_book(tx, customer_id, amount.currency, cause_of(act, "refund", refund_id, reason), lots)
    paid = tx.points_payments.lock_one(payment_id)
    taken = book.give_back(paid.taken, paid.points_for(amount.minor))
    write_book(tx, book, act, paid_minor=amount.minor)
    after = attrs.evolve(paid, taken=taken, back_minor=paid.back_minor + amount.minor)
    tx.points_payments.save(after)
    return after
