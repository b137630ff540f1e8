"""A claim has its thread with the buyer: their words, what becomes of it, and what the house notes about it (module 2.8)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final
from uuid import UUID

from houtai.application.aftersales.ports import AftersalesTx
from houtai.application.orders.reach import owners_of
from houtai.application.tickets.thread import add_message, lead_thread, open_thread, settle_thread
from houtai.domain.act import SYSTEM, Act
from houtai.domain.aftersales.claim import Claim
from houtai.domain.aftersales.events import ClaimMoved
from houtai.domain.aftersales.state import ClaimState
from houtai.domain.authority import HOUSE
from houtai.domain.ids import MerchantId, MessageId, derive
from houtai.domain.orders.order import Order
from houtai.domain.tickets.message import Author
from houtai.domain.tickets.refusals import TicketTooLong

SUBJECT: Final = "claim"
SENT_NO_WORDS: Final = "(no words)"


def on_claim_moved(tx: AftersalesTx, event: ClaimMoved, act: Act) -> None:
    """Tell the thread of it, which a new claim opens; the last move says who has the thread now, or settles it.

    A thread that takes no more messages is told nothing: a claim does not stand still for it.
    """
    claim, order = tx.claims.get(event.claim_id), tx.orders.get(event.order_id)
    if event.before is None:
        _open(tx, claim, order, act)
    else:
        _tell(tx, claim, order, event, act)
    if event.after is not claim.state:
        return  # it has moved on in the same deed
    if claim.open:
        assert claim.due_at is not None, "an open claim is due"
        lead_thread(
            tx,
            SUBJECT,
            claim.id,
            queue=claim.queue,
            assignee=claim.assignee,
            next_action=claim.next_action,
            due_at=claim.due_at,
            act=act,
        )
    else:
        settle_thread(tx, SUBJECT, claim.id, act)


def _open(tx: AftersalesTx, claim: Claim, order: Order, act: Act) -> None:
    """Whose all goods of the order are, theirs is the thread; else it is the house's."""
    owners = owners_of(order)
    open_thread(
        tx,
        SUBJECT,
        claim.id,
        title=f"{claim.number}: {claim.kind.value}, {claim.reason.value}",
        channel_id=claim.channel_id,
        act=act,
        customer_id=claim.customer_id,
        order_id=order.id,
        merchant_id=MerchantId(next(iter(owners))) if len(owners) == 1 and HOUSE not in owners else None,
    )
    add_message(
        tx,
        SUBJECT,
        claim.id,
        message_id=MessageId(derive(claim.id, "words")),
        author=Author.BUYER,
        text=claim.text or SENT_NO_WORDS,
        attachments=claim.evidence,
        act=act,
    )


def _tell(tx: AftersalesTx, claim: Claim, order: Order, event: ClaimMoved, act: Act) -> None:
    word = _PUBLIC.get(event.after)
    text = _NOTES.get(event.after, "") if word is None else word(claim, order, event)
    if not text:
        return
    by_the_house = act.actor not in (claim.maker, claim.customer_id, SYSTEM)
    author = Author.INTERNAL if word is None else Author.AGENT if by_the_house else Author.SYSTEM
    _say(tx, claim, author, text, MessageId(derive(claim.id, "told", event.version)), act)


def tell_buyer(tx: AftersalesTx, claim: Claim, text: str, about: UUID, act: Act) -> None:
    """Let the house say something on the claim's thread that is no move of the claim; `about` makes it one message."""
    _say(tx, claim, Author.SYSTEM, text, MessageId(derive(claim.id, "told about", about)), act)


def _say(tx: AftersalesTx, claim: Claim, author: Author, text: str, message_id: MessageId, act: Act) -> None:
    try:
        add_message(tx, SUBJECT, claim.id, message_id=message_id, author=author, text=f"{claim.number}: {text}", act=act)
    except TicketTooLong:
        return  # its timeline has all of it


def _approved(claim: Claim, order: Order, event: ClaimMoved) -> str:
    del order, event
    until = "" if claim.due_at is None else f" until {claim.due_at:%Y-%m-%d}"
    return f"approved. Please send the goods back{until} and tell us the waybill."


def _decided(claim: Claim, order: Order, event: ClaimMoved) -> str:
    del event
    if not claim.decided_minor:
        return "approved."
    return f"approved. You get back {order.money(claim.decided_minor)}."


def _ended(what: str) -> Callable[[Claim, Order, ClaimMoved], str]:
    def told(claim: Claim, order: Order, event: ClaimMoved) -> str:
        del claim, order
        return f"{what}: {event.reason}" if event.reason else f"{what}."

    return told


def _plain(what: str) -> Callable[[Claim, Order, ClaimMoved], str]:
    def told(claim: Claim, order: Order, event: ClaimMoved) -> str:
        del claim, order, event
        return what

    return told


_S = ClaimState
_PUBLIC: Final[Mapping[ClaimState, Callable[[Claim, Order, ClaimMoved], str]]] = {
    _S.AWAITING_RETURN: _approved,
    _S.RECEIVED: _plain("your goods have come, and somebody looks at them."),
    _S.DECIDED: _decided,
    _S.RESHIPPING: _plain("goods go out to you."),
    _S.COMPLETED: _plain("done."),
    _S.REJECTED: _ended("rejected"),
    _S.CANCELLED: _ended("taken back"),
    _S.EXPIRED: _plain("closed, since no goods came back in time."),
}
"""What the buyer is to know."""

_NOTES: Final[Mapping[ClaimState, str]] = {
    _S.REVIEWING: "under review.",
    _S.IN_TRANSIT: "the goods are on their way here.",
    _S.INSPECTED: "the goods were looked at; what they are worth to the buyer is to be decided.",
    _S.REFUNDING: "money goes back.",
    _S.ESCALATED: "escalated: somebody above settles it.",
}
"""What only the house sees."""
