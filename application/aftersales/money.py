"""Money of claims: one refund a tender, and a claim that is done when each of them is (R-6, R-7, SM-RF)."""

from __future__ import annotations

from houtai.application.aftersales.lock import DOCUMENT, keep_claim
from houtai.application.aftersales.ports import CLAIMS_OF_ORDER, AftersalesTx
from houtai.application.payments.cases import open_case
from houtai.application.payments.ports import OF_ORDER, REFUNDS_OF_ORDER
from houtai.application.payments.refund import open_refund
from houtai.domain.act import Act
from houtai.domain.aftersales.claim import Claim
from houtai.domain.aftersales.given_back import Part
from houtai.domain.aftersales.quote import Quote
from houtai.domain.aftersales.state import ClaimState
from houtai.domain.ids import OrderId, PaymentId, RefundId, derive
from houtai.domain.money import allocate
from houtai.domain.orders.order import Order
from houtai.domain.payments.case import CaseKind
from houtai.domain.payments.events import RefundFailed, RefundSucceeded
from houtai.domain.payments.payment import Payment
from houtai.domain.payments.refund import Refund, RefundState
from houtai.domain.payments.refusals import RefundOverRest

_DONE = frozenset({RefundState.SUCCEEDED, RefundState.MANUAL, RefundState.CANCELLED})


def refund_id(claim: Claim, payment_id: PaymentId) -> RefundId:
    """The one refund that a claim has of a payment, however often it is decided."""
    return RefundId(derive(claim.id, "refund", payment_id))


def pay_back(tx: AftersalesTx, claim: Claim, order: Order, net_minor: int, act: Act) -> tuple[Refund, ...]:
    """The amount over the order's tenders, in proportion to what each of them has left; the caller has locked the payments.

    Raises RefundOverRest where the tenders together have less left (R-6).
    """
    if not net_minor:
        return ()
    payments = [payment for payment in tx.payments.lock_by(OF_ORDER, order.id) if payment.rest.minor > 0]
    shares = shares_of(payments, net_minor, order.currency)
    return tuple(
        open_refund(
            tx,
            payment,
            refund_id=refund_id(claim, payment.id),
            amount=order.money(share),
            reason=f"{claim.number}: {claim.reason.value}",
            act=act,
        )
        for payment, share in zip(payments, shares, strict=True)
        if share
    )


def owe_by_hand(tx: AftersalesTx, claim: Claim, order: Order, found: Quote, act: Act) -> None:
    """A case for finance about what the tenders could not hold; it stays open though the order ends."""
    minor = -found.of(Part.BY_HAND)
    if minor:
        facts = {"claim": claim.number, "order": order.number, "amount": str(order.money(minor))}
        channel_id = order.channel_id
        open_case(tx, CaseKind.OWED_BY_HAND, subject=DOCUMENT, subject_id=claim.id, facts=facts, channel_id=channel_id, act=act)


def shares_of(payments: list[Payment], net_minor: int, currency: str) -> list[int]:
    """Each tender's part of the amount, by what it has left: so whoever gives everything back gives back each tender whole.

    Raises RefundOverRest.
    """
    rests = [payment.rest.minor for payment in payments]
    if net_minor > sum(rests):
        captured = sum(payment.captured_minor for payment in payments)
        raise RefundOverRest(wanted_minor=net_minor, rest_minor=sum(rests), captured_minor=captured, currency=currency)
    return allocate(net_minor, rests, rests)


def on_claim_refunded(tx: AftersalesTx, event: RefundSucceeded, act: Act) -> None:
    """The last of a claim's refunds went out: it is completed, unless goods are still to leave."""
    claim = _claim_behind(tx, event.order_id, event.refund_id)
    if claim is None or claim.state is not ClaimState.REFUNDING or not refunds_done(tx, claim):
        return
    keep_claim(tx, claim, claim.moved(ClaimState.COMPLETED, act.at), "completed", act)


def on_claim_unrefunded(tx: AftersalesTx, event: RefundFailed, act: Act) -> None:
    """A refund did not go out, or the bank took it back after all: the claim waits for its money again, with finance."""
    claim = _claim_behind(tx, event.order_id, event.refund_id)
    if claim is None:
        return
    details = {"refund": str(event.refund_id), "amount_minor": event.amount_minor, "error": event.error}
    after = claim.moved(ClaimState.REFUNDING, act.at) if claim.state is ClaimState.COMPLETED else claim.edited()
    keep_claim(tx, claim, after, "refund failed", act, details=details)


def refunds_done(tx: AftersalesTx, claim: Claim) -> bool:
    """Whether nothing of the claim's money is still to go out."""
    return all(refund.state in _DONE for refund in _refunds(tx, claim))


def _refunds(tx: AftersalesTx, claim: Claim) -> list[Refund]:
    found = tx.refunds.by(REFUNDS_OF_ORDER, claim.order_id)
    return [refund for refund in found if refund.id == refund_id(claim, refund.payment_id)]


def _claim_behind(tx: AftersalesTx, order_id: OrderId, of_refund: RefundId) -> Claim | None:
    """The claim that decided on a refund, locked behind its order; None for a refund of something else."""
    refund = tx.refunds.get(of_refund)
    for known in tx.claims.by(CLAIMS_OF_ORDER, order_id):
        if refund_id(known, refund.payment_id) == of_refund:
            tx.orders.lock_one(order_id)
            return tx.claims.lock_one(known.id)
    return None
