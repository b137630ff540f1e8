"""Letting go of a person who was erased: of words and labels of claims that are over, and of the others when they are."""

from __future__ import annotations

from typing import Final

from houtai.application.aftersales.label import return_parcel
from houtai.application.aftersales.ports import CLAIMS_OF_CUSTOMER, AftersalesTx
from houtai.application.outbound.forget import forget_receiver
from houtai.application.shipping.forget import forget_senders
from houtai.application.timeline import write_line
from houtai.domain.act import Act
from houtai.domain.aftersales.claim import Claim
from houtai.domain.aftersales.events import ClaimMoved
from houtai.domain.aftersales.state import ENDED
from houtai.domain.customers.customer import CustomerState
from houtai.domain.customers.events import CustomerErased
from houtai.domain.ids import ClaimId
from houtai.domain.shipping.events import ParcelDelivered, WaybillRefused, WaybillVoided

REASON: Final = "the buyer was erased"


def on_customer_erased(tx: AftersalesTx, event: CustomerErased, act: Act) -> None:
    """Forget every claim of theirs that is over. All of them are locked: none ends unseen meanwhile."""
    for claim in tx.claims.lock_by(CLAIMS_OF_CUSTOMER, event.customer_id):
        if not claim.open:
            _forget(tx, claim, act)


def on_claim_ended(tx: AftersalesTx, event: ClaimMoved, act: Act) -> None:
    """Take the person out of a claim that has ended, if its buyer was erased while it was under way."""
    if event.after in ENDED:
        claim = tx.claims.lock_one(event.claim_id)
        if not claim.open and _is_erased(tx, claim):
            _forget(tx, claim, act)


def on_label_over(tx: AftersalesTx, event: WaybillVoided | WaybillRefused | ParcelDelivered, act: Act) -> None:
    """A label of a claim that is over is over as well: whoever was to send under it is forgotten now, if they were erased."""
    claim = tx.claims.find(ClaimId(event.parcel_id))
    if claim is not None and not claim.open and _is_erased(tx, claim):
        _forget_labels(tx, claim, act)


def _is_erased(tx: AftersalesTx, claim: Claim) -> bool:
    buyer = None if claim.customer_id is None else tx.customers.find(claim.customer_id)
    return buyer is not None and buyer.state is CustomerState.ERASED


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
