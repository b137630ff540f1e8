"""Somebody decides about a claim: approved or rejected, then what it gives back, exact and booked (SM-AS, R-5 to R-14)."""

from __future__ import annotations

import attrs

from houtai.application.aftersales.label import send_label
from houtai.application.aftersales.lock import Held, demand_claim, demand_state, keep_claim, lock_claim
from houtai.application.aftersales.money import owe_by_hand, pay_back
from houtai.application.aftersales.policy import policy_for
from houtai.application.aftersales.ports import AftersalesTx
from houtai.application.aftersales.quote import offer_of, past_of, pays, reckon
from houtai.application.aftersales.reship import send_replacement
from houtai.application.ledger.post import post
from houtai.application.orders.cases import close_cases
from houtai.application.orders.give_up import give_up_units
from houtai.application.permission import CHANNEL, MERCHANT, needs
from houtai.application.pricing.claim import give_back
from houtai.application.rewards.withdraw import lock_grants, withdraw
from houtai.application.timeline import write_line
from houtai.domain import limits
from houtai.domain.act import Act
from houtai.domain.aftersales.claim import Claim
from houtai.domain.aftersales.difference import forgone
from houtai.domain.aftersales.given_back import GivenBack, GivenBackEntry, standing
from houtai.domain.aftersales.policy import AftersalesPolicy
from houtai.domain.aftersales.postings import decision_entries
from houtai.domain.aftersales.quote import Quote
from houtai.domain.aftersales.refusals import DecisionDiffers
from houtai.domain.aftersales.state import ClaimState
from houtai.domain.ids import ClaimId, JournalId, derive
from houtai.domain.money import MAX_MINOR
from houtai.domain.orders.events import OrderCancelled, OrderRefunded
from houtai.domain.orders.order import Order
from houtai.domain.orders.state import OrderState
from houtai.domain.orders.tender import TenderState

APPROVE = "aftersales.approve"
DECIDE = "aftersales.decide"
AMOUNT = "refund_minor"
_UNDER_REVIEW = (ClaimState.APPLIED, ClaimState.REVIEWING)


@attrs.frozen
class ApproveClaim:
    """The buyer is right. `seen_minor` is the quote that whoever approves has seen; `freight` their word on the freight."""

    claim: ClaimId
    expected_version: int
    seen_minor: int = attrs.field(validator=limits.between(0, MAX_MINOR))
    freight: bool | None = None
    note: str = attrs.field(default="", validator=limits.text(0, 500))


@needs(APPROVE, along=(CHANNEL, MERCHANT))
def approve_claim(tx: AftersalesTx, cmd: ApproveClaim, act: Act) -> Claim:
    """Goods are awaited, or the money goes back at once where none are, or goods are sent once more.

    Not by whoever made the claim, and up to the limit ``refund_minor``, which also holds for what dearer goods cost more: else
    Forbidden. Raises NotFound, VersionConflict, ClaimWaits, DecisionDiffers where the quote is another by now, and what giving
    units up raises.
    """
    held = lock_claim(tx, cmd.claim, APPROVE, act, cmd.expected_version)
    demand_state(held.claim, *_UNDER_REVIEW, missing="only what is under review is approved")
    claim = attrs.evolve(held.claim, freight=cmd.freight)
    lock_grants(tx, held.order, act)
    offer = reckon(tx, held.order, claim.wish(0), claim.id, claim.id, claim.differences, pays=pays(claim.kind))
    _demand_seen(claim, cmd.seen_minor, offer)
    demand_claim(act, APPROVE, claim, held.order, amounts=_worth(claim, offer), checks=True)
    claim = attrs.evolve(claim, offered_minor=offer.net_minor, approved_minor=offer.owed_minor)
    return approved(tx, attrs.evolve(held, claim=claim), policy_for(tx, held.order.channel_id), act, note=cmd.note)


def approved(tx: AftersalesTx, held: Held, policy: AftersalesPolicy, act: Act, *, note: str = "", by_rule: bool = False) -> Claim:
    """The claim goes on to where its kind leads, up to its `approved_minor`: for callers with a permission or a rule for that."""
    claim = held.claim
    approver = None if by_rule else act.actor
    after = claim.moved(ClaimState.APPROVED, act.at, approved_by=approver)
    after = keep_claim(tx, claim, after, "approved by rule" if by_rule else "approved", act, reason=note)
    if claim.kind.goods_back:
        awaited = after.moved(ClaimState.AWAITING_RETURN, act.at, hours=policy.send_back_hours)
        awaited = keep_claim(tx, after, awaited, "goods awaited", act)
        return send_label(tx, awaited, held.order, policy, act)
    return settle(tx, attrs.evolve(held, claim=after), policy, act)


@attrs.frozen
class RejectClaim:
    """The buyer is not right, and why."""

    claim: ClaimId
    expected_version: int
    reason: str = attrs.field(validator=limits.text(1, 500))


@needs(APPROVE, along=(CHANNEL, MERCHANT))
def reject_claim(tx: AftersalesTx, cmd: RejectClaim, act: Act) -> Claim:
    """REJECTED; goods that are here go back to the buyer first. Not by whoever made the claim.

    Raises NotFound, VersionConflict, Forbidden, ClaimWaits once money was decided on.
    """
    held = lock_claim(tx, cmd.claim, APPROVE, act, cmd.expected_version)
    claim = held.claim
    demand_claim(act, APPROVE, claim, held.order, checks=True)
    here = (ClaimState.RECEIVED, ClaimState.INSPECTED)
    demand_state(claim, *_UNDER_REVIEW, *here, ClaimState.ESCALATED, missing="it cannot be rejected any more")
    if claim.stands in (ClaimState.REFUNDING, ClaimState.RESHIPPING):
        demand_state(claim, missing="it was decided, and goods or money are on their way")
    if claim.kept_qty:
        demand_state(claim, missing="units were taken into the stock: decide instead")
    if claim.stands in here and (claim.waiting_qty or claim.back_qty):
        back = {one.line: attrs.evolve(one, back_qty=one.back_qty + one.waiting_qty) for one in claim.lines}
        after = claim.moved(ClaimState.RESHIPPING, act.at, lines=claim.with_lines(back), outcome=ClaimState.REJECTED)
        after = attrs.evolve(after, resumes=None)
        return keep_claim(tx, claim, after, "rejected, goods go back", act, reason=cmd.reason)
    return keep_claim(tx, claim, claim.moved(ClaimState.REJECTED, act.at, resumes=None), "rejected", act, reason=cmd.reason)


@attrs.frozen
class DecideClaim:
    """What was found is worth `seen_minor` to the buyer, as whoever decides has seen it; `freight` is their word on it."""

    claim: ClaimId
    expected_version: int
    seen_minor: int = attrs.field(validator=limits.between(0, MAX_MINOR))
    freight: bool | None = None
    note: str = attrs.field(default="", validator=limits.text(0, 500))


@needs(DECIDE, along=(CHANNEL, MERCHANT))
def decide_claim(tx: AftersalesTx, cmd: DecideClaim, act: Act) -> Claim:
    """The inspected units that stay are paid back, or replaced; the others go back to the buyer.

    Not by whoever made the claim, and up to the limit ``refund_minor``, which also holds for what dearer goods cost more: else
    Forbidden. Raises NotFound, VersionConflict, ClaimWaits, DecisionDiffers.
    """
    held = lock_claim(tx, cmd.claim, DECIDE, act, cmd.expected_version)
    demand_state(held.claim, ClaimState.INSPECTED, missing="only what was inspected is decided")
    claim = attrs.evolve(held.claim, freight=cmd.freight if cmd.freight is not None else held.claim.freight)
    policy = policy_for(tx, held.order.channel_id)
    lock_grants(tx, held.order, act)
    offer = offer_of(tx, claim, held.order, policy)
    _demand_seen(claim, cmd.seen_minor, offer)
    demand_claim(act, DECIDE, claim, held.order, amounts=_worth(claim, offer), checks=True)
    return settle(tx, attrs.evolve(held, claim=claim), policy, act, note=cmd.note)


def settle(tx: AftersalesTx, held: Held, policy: AftersalesPolicy, act: Act, *, note: str = "") -> Claim:
    """DECIDED, and at once on its way: money, goods, or done. The caller holds the locks and has the permission.

    Points and coupons before stock, stock before the books: as orders lock. Raises ClaimWaits where units have left that were
    to stay.
    """
    claim, order = held.claim, held.order
    _demand_here(claim, order)
    lock_grants(tx, order, act)
    found = offer_of(tx, claim, order, policy)
    unshipped = {one.line: one.unshipped_qty for one in claim.lines if one.unshipped_qty}
    before = standing(order.lines, past_of(tx, order.id))
    if found.closes:
        give_back(tx, order.id, act)
    withdraw(tx, found.withdrawals, "claim", claim.id, f"given back: {claim.number}", act)
    after = give_up_units(tx, order, unshipped, held.sent, claim.number, act) if unshipped else order.edited()
    decided = claim.moved(ClaimState.DECIDED, act.at, decided_minor=found.net_minor)
    details = {"decided_minor": found.net_minor, "rows": [_told(row) for row in found.rows]}
    decided = keep_claim(tx, claim, decided, "decided", act, reason=note, details=details)
    for seq, row in enumerate(found.rows, start=1):
        tx.given_back.add(GivenBackEntry(order.id, seq, act.at, row))
    if entries := decision_entries(order, before, found.rows, unshipped):
        journal = JournalId(derive(claim.id, "decided"))
        post(tx, id=journal, document="claim", document_id=claim.id, entries=entries, memo=f"decided: {claim.number}", act=act)
    refunds = pay_back(tx, decided, order, found.net_minor, act)
    owe_by_hand(tx, decided, order, found, act)
    if found.rows or unshipped:
        _keep_order(tx, order, after, found, claim, act)
    return _onwards(tx, decided, order, act, refunds=bool(refunds))


def _demand_here(claim: Claim, order: Order) -> None:
    """Units that were not to be sent may have left between the wish and the word: then they have to come back first."""
    left = {line.seq: line.open_qty for line in order.lines}
    for one in claim.lines:
        if one.unshipped_qty > left.get(one.line, 0):
            missing = f"{left.get(one.line, 0)} units of line {one.line} have not left, not {one.unshipped_qty}: reject it"
            demand_state(claim, missing=missing)


def _onwards(tx: AftersalesTx, claim: Claim, order: Order, act: Act, *, refunds: bool) -> Claim:
    """Where a decided claim waits: for goods that are to leave, for money on its way, or for nothing."""
    if claim.to_send or claim.to_go_back:
        after = claim.moved(ClaimState.RESHIPPING, act.at, outcome=ClaimState.COMPLETED)
        after = keep_claim(tx, claim, after, "goods go out", act)
        return send_replacement(tx, after, order, act) if after.to_send else after
    if refunds:
        return keep_claim(tx, claim, claim.moved(ClaimState.REFUNDING, act.at), "money goes back", act)
    return keep_claim(tx, claim, claim.moved(ClaimState.COMPLETED, act.at), "completed", act)


def _keep_order(tx: AftersalesTx, before: Order, after: Order, found: Quote, claim: Claim, act: Act) -> None:
    """The order's own line about it; an order of which nothing is kept is over."""
    details = {"claim": claim.number, "back_minor": found.net_minor}
    ended = _ended(before, after) if found.closes else None
    if ended is None:
        tx.orders.save(after)
        write_line(tx, act, "order", after, "given back", before=before.state, reason=claim.reason.value, details=details)
        return
    tx.orders.save(ended)
    write_line(tx, act, "order", ended, ended.state.value, before=before.state, reason=claim.reason.value, details=details)
    close_cases(tx, before.id, f"the order is {ended.state.value}: {claim.number}", act)
    event = OrderCancelled if ended.state is OrderState.CANCELLED else OrderRefunded
    tx.emit(event(ended.id, ended.channel_id))


def _ended(before: Order, after: Order) -> Order | None:
    """CANCELLED where nothing of it ever left, CLOSED_REFUNDED where it came back; None for one that was completed."""
    if before.state is OrderState.COMPLETED or any(line.open_qty for line in after.lines):
        return None
    shipped = any(line.shipped_qty for line in after.lines)
    tenders = after.tenders_as(TenderState.GIVEN_BACK, where=TenderState.CAPTURED)
    state = OrderState.CLOSED_REFUNDED if shipped else OrderState.CANCELLED
    return before.moved(state, lines=after.lines, tenders=tenders, confirm_at=None, complete_at=None, hold=None)


def _worth(claim: Claim, offer: Quote) -> dict[str, int]:
    """What a person's limit is held against: the money that goes back, and what the house forgoes with dearer goods."""
    return {AMOUNT: offer.owed_minor + forgone(claim.differences)}


def _demand_seen(claim: Claim, seen_minor: int, offer: Quote) -> None:
    if offer.net_minor != seen_minor:
        raise DecisionDiffers(number=claim.number, seen_minor=seen_minor, now_minor=offer.net_minor)


def _told(row: GivenBack) -> dict[str, object]:
    """A row as the timeline shows it."""
    amounts = {"line": row.line, "qty": row.qty, "amount_minor": row.amount_minor}
    return {**amounts, "part": row.part.value, "source": row.source}
