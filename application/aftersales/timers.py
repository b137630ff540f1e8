"""What time does to claims: nobody is waited for for ever; what is late goes to somebody above, or ends (SM-AS)."""

from __future__ import annotations

import datetime as dt

import attrs

from houtai.application.aftersales.label import is_on_its_way
from houtai.application.aftersales.lock import demand_state, keep_claim, lock_claim, lock_labels
from houtai.application.aftersales.ports import AftersalesTx, AftersalesViews
from houtai.application.aftersales.reship import carry_on
from houtai.application.office import Office
from houtai.application.permission import CHANNEL, MERCHANT, needs
from houtai.domain import limits
from houtai.domain.act import Act, Entry
from houtai.domain.aftersales.claim import Claim
from houtai.domain.aftersales.refusals import ClaimNotDue
from houtai.domain.aftersales.state import ClaimState
from houtai.domain.ids import ClaimId

TIMERS = "aftersales.run-timers"
ARBITRATE = "aftersales.arbitrate"


@attrs.frozen
class ClaimsDue:
    """Up to `limit` claims whose time has run out."""

    until: dt.datetime = attrs.field(validator=limits.aware)
    limit: int = attrs.field(default=100, validator=limits.between(1, 1_000))


@needs(TIMERS)
def claims_due(views: AftersalesViews, query: ClaimsDue, act: Act) -> tuple[ClaimId, ...]:
    """Which claims are due, the earliest first."""
    del act
    return tuple(views.claims_due(query.until, query.limit))


@needs(TIMERS)
def time_out(tx: AftersalesTx, claim_id: ClaimId, act: Act) -> Claim:
    """EXPIRED where goods were awaited, else ESCALATED; one that is so already is reminded of. Raises ClaimNotDue.

    Goods that a carrier has under the house's label are IN_TRANSIT, though nobody told of them.
    """
    known = tx.claims.get(claim_id)
    lock_labels(tx, known)
    tx.orders.lock_one(known.order_id)
    claim = tx.claims.lock_one(claim_id)
    if claim.due_at is None or claim.due_at > act.at:
        raise ClaimNotDue(number=claim.number, state=claim.state.value)
    if claim.state is ClaimState.AWAITING_RETURN and is_on_its_way(tx, claim):
        return keep_claim(tx, claim, claim.moved(ClaimState.IN_TRANSIT, act.at), "on its way by the carrier's word", act)
    if claim.state is ClaimState.AWAITING_RETURN:
        return keep_claim(tx, claim, claim.moved(ClaimState.EXPIRED, act.at), "nothing was sent back in time", act)
    if claim.state is ClaimState.ESCALATED:
        reminded = claim.edited(due_at=act.at + dt.timedelta(hours=24))
        return keep_claim(tx, claim, reminded, "still not settled", act)
    after = claim.moved(ClaimState.ESCALATED, act.at, resumes=claim.state)
    return keep_claim(tx, claim, after, "nobody acted in time", act)


def run_claim_timers(office: Office, limit: int = 100) -> int:
    """Do everything that is due now, up to `limit` claims, each in a transaction of its own; how many went on."""
    act = Act.of_system(office.clock.now(), Entry.TIMER)
    moved = 0
    for claim_id in office.ask(claims_due, ClaimsDue(act.at, limit), act):
        try:
            office.perform(time_out, claim_id, act)
            moved += 1
        except ClaimNotDue:
            continue  # somebody acted, or another worker was here
    return moved


@attrs.frozen
class Escalate:
    """Somebody above has to settle it, and why."""

    claim: ClaimId
    expected_version: int
    reason: str = attrs.field(validator=limits.text(1, 500))


@needs("aftersales.review", along=(CHANNEL, MERCHANT))
def escalate_claim(tx: AftersalesTx, cmd: Escalate, act: Act) -> Claim:
    """ESCALATED: it waits for arbitration. Raises NotFound, VersionConflict, IllegalMove."""
    held = lock_claim(tx, cmd.claim, "aftersales.review", act, cmd.expected_version)
    after = held.claim.moved(ClaimState.ESCALATED, act.at, resumes=held.claim.state)
    return keep_claim(tx, held.claim, after, "escalated", act, reason=cmd.reason)


@attrs.frozen
class Resume:
    """The word of whoever settled it; the claim goes on where it stood, with so many hours for its next step."""

    claim: ClaimId
    expected_version: int
    note: str = attrs.field(validator=limits.text(1, 500))
    hours: int = attrs.field(default=24, validator=limits.between(1, 24 * 60))


@needs(ARBITRATE, along=(CHANNEL, MERCHANT))
def resume_claim(tx: AftersalesTx, cmd: Resume, act: Act) -> Claim:
    """Where it stood before it was escalated, or further where that was done meanwhile.

    Raises NotFound, VersionConflict, ClaimWaits.
    """
    held = lock_claim(tx, cmd.claim, ARBITRATE, act, cmd.expected_version)
    claim = held.claim
    if claim.resumes is None:
        demand_state(claim, missing="it is not escalated")
    assert claim.resumes is not None
    after = claim.moved(claim.resumes, act.at, hours=cmd.hours, resumes=None)
    return carry_on(tx, keep_claim(tx, claim, after, "settled above", act, reason=cmd.note), act)
