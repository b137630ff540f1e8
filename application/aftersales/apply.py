"""A buyer wants something put right: the claim is made, taken over, and taken back (SM-AS)."""

from __future__ import annotations

import datetime as dt

import attrs

from houtai.application.aftersales.decide import approved
from houtai.application.aftersales.lock import DOCUMENT, Held, demand_claim, demand_state, keep_claim, lock_claim
from houtai.application.aftersales.policy import policy_for
from houtai.application.aftersales.ports import CLAIM_BY_EXTERNAL, CLAIMS_OF_ORDER, AftersalesTx
from houtai.application.aftersales.quote import APPLY, ClaimWish, checked_lines, pays, reckon
from houtai.application.numbers import next_number
from houtai.application.orders.give_up import lock_under_way
from houtai.application.orders.lock import lock_with_payments
from houtai.application.orders.reach import demand_order
from houtai.application.permission import CHANNEL, MERCHANT, needs
from houtai.application.plain import SECRET
from houtai.application.timeline import write_line
from houtai.domain import limits
from houtai.domain.act import Act
from houtai.domain.aftersales.claim import MAX_EVIDENCE, Claim, ClaimLine
from houtai.domain.aftersales.events import ClaimMoved
from houtai.domain.aftersales.reason import Reason
from houtai.domain.aftersales.refusals import NotEligible
from houtai.domain.aftersales.state import ENDED, WAITS, ClaimKind, ClaimState
from houtai.domain.ids import AccountId, ClaimId, OrderId
from houtai.domain.orders.order import Order
from houtai.domain.refusal import AlreadyExists

PREFIX = "AS"
REVIEW = "aftersales.review"
_CAME_TO_NOTHING = ENDED - {ClaimState.COMPLETED}
_GOES_ON = (ClaimState.INSPECTED, ClaimState.REFUNDING, ClaimState.RESHIPPING)


@attrs.frozen
class ApplyForClaim:
    """What the buyer wants put right, in their words; `evidence` names pictures and papers by reference.

    `external_id` is the channel's own number for it, which stands once on a channel.
    """

    claim: ClaimId
    order: OrderId
    kind: ClaimKind
    reason: Reason
    lines: tuple[ClaimWish, ...] = attrs.field(validator=limits.at_most(limits.MAX_LINES * 60, low=1))
    text: str = attrs.field(default="", validator=limits.text(0, 2_000), metadata={SECRET: True})
    evidence: tuple[str, ...] = attrs.field(default=(), validator=limits.at_most(MAX_EVIDENCE), metadata={SECRET: True})
    external_id: str = attrs.field(default="", validator=limits.text(0, 128))


@needs(APPLY, along=(CHANNEL, MERCHANT), own=True)
def apply_for_claim(tx: AftersalesTx, cmd: ApplyForClaim, act: Act) -> Claim:
    """APPLIED, with the quote as it stands now; approved at once where the policy's rule covers the amount.

    Raises NotFound, AlreadyExists, NotEligible with every reason, MoreThanKept, MoreThanLeft and BundleGoesWhole.
    """
    sent = lock_under_way(tx, cmd.order) if cmd.kind is ClaimKind.REFUND_ONLY else ()
    order = lock_with_payments(tx, cmd.order)
    demand_order(act, APPLY, order)
    if tx.claims.find(cmd.claim) is not None:
        raise AlreadyExists(what="claim", key=str(cmd.claim))
    if cmd.external_id and tx.claims.first(CLAIM_BY_EXTERNAL, (order.channel_id, cmd.external_id)) is not None:
        raise AlreadyExists(what="claim", key=cmd.external_id)
    policy = policy_for(tx, order.channel_id)
    lines, against = checked_lines(tx, order, cmd.kind, cmd.reason, cmd.lines, policy, act.at)
    if against:
        raise NotEligible(number=order.number, objections=against)
    claim = _made(order, cmd, lines, policy.review_hours, act)
    offer = reckon(tx, order, claim.wish(0), claim.id, claim.id, claim.differences, pays=pays(cmd.kind))
    by_rule = pays(cmd.kind) and offer.owed_minor + _approved_by_rule(tx, order) <= policy.auto_approve_minor
    claim = attrs.evolve(claim, offered_minor=offer.net_minor, number=next_number(tx, PREFIX, act.at))
    tx.claims.add(claim)
    write_line(tx, act, DOCUMENT, claim, "applied", before=None, details={"offered_minor": offer.net_minor})
    tx.emit(ClaimMoved(claim.id, order.id, order.channel_id, None, claim.state, claim.version))
    if not by_rule:
        return claim
    claim = attrs.evolve(claim, approved_minor=offer.owed_minor)
    return approved(tx, Held(claim, order, sent), policy, act, by_rule=True)


def _approved_by_rule(tx: AftersalesTx, order: Order) -> int:
    """What nobody has looked at of the order's earlier claims: a claim in many small ones stays under no bound."""
    claims = tx.claims.by(CLAIMS_OF_ORDER, order.id)
    return sum(claim.approved_minor for claim in claims if claim.approved_by is None and claim.state not in _CAME_TO_NOTHING)


def _made(order: Order, cmd: ApplyForClaim, lines: tuple[ClaimLine, ...], review_hours: int, act: Act) -> Claim:
    wait = WAITS[ClaimState.APPLIED]
    return Claim(
        id=cmd.claim,
        number=PREFIX,
        order_id=order.id,
        order_number=order.number,
        channel_id=order.channel_id,
        customer_id=order.customer_id,
        kind=cmd.kind,
        reason=cmd.reason,
        lines=lines,
        maker=act.actor,
        opened_at=act.at,
        queue=wait.queue,
        next_action=wait.next_action,
        due_at=act.at + dt.timedelta(hours=review_hours),
        text=cmd.text,
        evidence=cmd.evidence,
        external_id=cmd.external_id,
    )


@attrs.frozen
class TakeOver:
    """A person takes the claim over, or gives it to `assignee` of the same queue."""

    claim: ClaimId
    expected_version: int
    assignee: AccountId | None = None


@needs(REVIEW, along=(CHANNEL, MERCHANT))
def take_over_claim(tx: AftersalesTx, cmd: TakeOver, act: Act) -> Claim:
    """REVIEWING where it was APPLIED; the person owns it from now on. Raises NotFound, VersionConflict, ClaimWaits."""
    held = lock_claim(tx, cmd.claim, REVIEW, act, cmd.expected_version)
    claim = held.claim
    if not claim.open:
        demand_state(claim, ClaimState.APPLIED, missing="nobody has to act on it any more")
    whose = cmd.assignee or AccountId(act.actor)
    after = claim.edited(assignee=whose)
    if claim.state is ClaimState.APPLIED:
        hours = policy_for(tx, held.order.channel_id).review_hours
        after = attrs.evolve(claim.moved(ClaimState.REVIEWING, act.at, hours=hours), assignee=whose)
    return keep_claim(tx, claim, after, "taken over", act, details={"assignee": str(whose)})


@attrs.frozen
class CancelClaim:
    """The buyer no longer wants it."""

    claim: ClaimId
    reason: str = attrs.field(validator=limits.text(1, 500))
    expected_version: int | None = None


@needs(APPLY, along=(CHANNEL, MERCHANT), own=True)
def cancel_claim(tx: AftersalesTx, cmd: CancelClaim, act: Act) -> Claim:
    """CANCELLED before anybody took goods for it; those that are here already go back first, unless nothing came.

    Raises NotFound, VersionConflict, IllegalMove, and ClaimWaits once units were taken into the stock or it was decided.
    """
    held = lock_claim(tx, cmd.claim, APPLY, act, cmd.expected_version)
    claim = held.claim
    demand_claim(act, APPLY, claim, held.order)
    if claim.open and (claim.kept_qty or claim.stands in _GOES_ON):
        demand_state(claim, missing="goods were taken for it, or are on their way out: it cannot be taken back any more")
    if claim.stands is ClaimState.RECEIVED:
        back = {one.line: attrs.evolve(one, back_qty=one.back_qty + one.waiting_qty) for one in claim.lines}
        after = claim.moved(
            ClaimState.RESHIPPING, act.at, lines=claim.with_lines(back), outcome=ClaimState.CANCELLED, resumes=None
        )
        return keep_claim(tx, claim, after, "cancelled, goods go back", act, reason=cmd.reason)
    after = claim.moved(ClaimState.CANCELLED, act.at, resumes=None)
    return keep_claim(tx, claim, after, "cancelled", act, reason=cmd.reason)
