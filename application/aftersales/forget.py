"""Letting go of a person who was erased: from orders and claims that are over at once, from the others when they are."""

from __future__ import annotations

from houtai.application.aftersales.label import return_parcel
from houtai.application.aftersales.ports import CLAIMS_OF_CUSTOMER, CLAIMS_OF_ORDER, AftersalesTx
from houtai.application.orders.forget import REASON, forget_buyer, is_erased
from houtai.application.orders.ports import ORDER_BY_CUSTOMER
from houtai.application.outbound.forget import forget_receiver
from houtai.application.shipping.forget import forget_senders
from houtai.application.timeline import write_line
from houtai.domain.act import Act
from houtai.domain.aftersales.claim import Claim
from houtai.domain.aftersales.events import ClaimMoved
from houtai.domain.aftersales.state import ENDED
from houtai.domain.customers.events import CustomerErased
from houtai.domain.ids import ClaimId
from houtai.domain.orders.events import OrderEvent
from houtai.domain.orders.order import Order
from houtai.domain.shipping.events import ParcelDelivered, WaybillRefused, WaybillVoided


def on_customer_erased(tx: AftersalesTx, event: CustomerErased, act: Act) -> None:
    """Forget every order and claim of theirs that is over. All of them are locked: none ends unseen meanwhile."""
    orders = tx.orders.lock_by(ORDER_BY_CUSTOMER, event.customer_id)
    claims = tx.claims.lock_by(CLAIMS_OF_CUSTOMER, event.customer_id)
    waiting = {claim.order_id for claim in claims if claim.needs_receiver}
    for order in orders:
        if order.id not in waiting:
            forget_buyer(tx, order, act)
    for claim in claims:
        if not claim.open:
            _forget(tx, claim, act)


def on_order_ended(tx: AftersalesTx, event: OrderEvent, act: Act) -> None:
    """Take the person out of an order that has ended, if its buyer was erased while it was under way."""
    order = tx.orders.lock_one(event.order_id)
    if is_erased(tx, order.customer_id):
        _forget_order(tx, order, act)


def on_claim_ended(tx: AftersalesTx, event: ClaimMoved, act: Act) -> None:
    """Take the person out of a claim that has ended, and of an order that waited for it, if its buyer was erased meanwhile."""
    if event.after in ENDED:
        order = tx.orders.lock_one(event.order_id)
        claim = tx.claims.lock_one(event.claim_id)
        if not claim.open and is_erased(tx, claim.customer_id):
            _forget(tx, claim, act)
            _forget_order(tx, order, act)


def on_label_over(tx: AftersalesTx, event: WaybillVoided | WaybillRefused | ParcelDelivered, act: Act) -> None:
    """A label of a claim that is over is over as well: whoever was to send under it is forgotten now, if they were erased."""
    claim = tx.claims.find(ClaimId(event.parcel_id))
    if claim is not None and not claim.open and is_erased(tx, claim.customer_id):
        _forget_labels(tx, claim, act)


def _forget_order(tx: AftersalesTx, order: Order, act: Act) -> None:
    """Unless a claim may still send goods there, or have them fetched."""
    if not any(claim.needs_receiver for claim in tx.claims.by(CLAIMS_OF_ORDER, order.id)):
        forget_buyer(tx, order, act)


def _forget(tx: AftersalesTx, claim: Claim, act: Act) -> None:
    """Its words, whom its replacement went to, and who sent goods under a label of the house's."""
    forget_receiver(tx, claim.id, REASON, act)
    _forget_labels(tx, claim, act)
    if claim.text or claim.evidence:
        bare = claim.edited(text="", evidence=())
        tx.claims.save(bare)
        write_line(tx, act, "claim", bare, "buyer-erased", before=claim.state, reason=REASON)


def _forget_labels(tx: AftersalesTx, claim: Claim, act: Act) -> None:
    if claim.label:
        came = any(one.received_qty for one in claim.lines)
        forget_senders(tx, [return_parcel(claim.id)], act, came=came)
