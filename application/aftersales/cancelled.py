"""An order is cancelled after claims gave something of it back: the rest goes back too, and nobody waits for it any more."""

from __future__ import annotations

from uuid import UUID

import attrs

from houtai.application.aftersales.lock import keep_claim
from houtai.application.aftersales.ports import CLAIMS_OF_ORDER, AftersalesTx
from houtai.application.aftersales.quote import past_of
from houtai.application.ledger.post import post
from houtai.domain.act import Act
from houtai.domain.aftersales.given_back import GivenBack, GivenBackEntry, standing
from houtai.domain.aftersales.postings import decision_entries
from houtai.domain.aftersales.quote import Wish, WishLine, quote
from houtai.domain.aftersales.reason import Reason
from houtai.domain.aftersales.state import ClaimState
from houtai.domain.ids import JournalId, OrderId, derive
from houtai.domain.orders.events import OrderCancelled
from houtai.domain.orders.order import Order


def on_order_cancelled(tx: AftersalesTx, event: OrderCancelled, act: Act) -> None:
    """Claims that nobody has decided are over, and what earlier ones took off the buyer's money is theirs again.

    Whoever cancels pays back all that is left of the payments; the rows and the books of claims say so here.
    """
    for known in tx.claims.by(CLAIMS_OF_ORDER, event.order_id):
        if known.undecided and known.stands in (ClaimState.APPLIED, ClaimState.REVIEWING):
            claim = tx.claims.lock_one(known.id)
            over = claim.moved(ClaimState.CANCELLED, act.at, resumes=None)
            keep_claim(tx, claim, over, "cancelled with its order", act)
    past = past_of(tx, event.order_id)
    if past:
        _give_back_the_rest(tx, tx.orders.lock_one(event.order_id), past, act)


def _give_back_the_rest(tx: AftersalesTx, order: Order, past: list[GivenBack], act: Act) -> None:
    gone = {seq: one.gone_qty for seq, one in standing(order.lines, past).lines.items()}
    before = attrs.evolve(order, lines=tuple(attrs.evolve(line, cancelled_qty=gone[line.seq]) for line in order.lines))
    kept = {line.seq: line.open_qty for line in before.lines if line.open_qty}
    if not kept:
        return
    case_id = _cancellation(order.id)
    wish = Wish(tuple(WishLine(seq, qty, qty) for seq, qty in kept.items()), Reason.NOT_WANTED)
    found = quote(before, past, wish, case_id, forgiven=True)
    for seq, row in enumerate(found.rows, start=1):
        tx.given_back.add(GivenBackEntry(order.id, seq, act.at, row))
    if entries := decision_entries(before, standing(before.lines, past), found.rows, kept):
        journal = JournalId(derive(case_id, "decided"))
        memo = f"cancelled after claims: {order.number}"
        post(tx, id=journal, document="order", document_id=order.id, entries=entries, memo=memo, act=act)


def _cancellation(order_id: OrderId) -> UUID:
    """What the rows of a cancellation name as their case."""
    return derive(order_id, "cancelled")
