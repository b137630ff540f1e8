"""Points by hand, with a reason: a few at once, more when a second person agrees."""

from __future__ import annotations

from typing import Final

import attrs

from houtai.application.permission import needs
from houtai.application.points.book import cause_of, open_book, write_book
from houtai.application.points.earn import lot_for
from houtai.application.points.policy import policy_of
from houtai.application.points.ports import PointsTx
from houtai.application.timeline import write_line
from houtai.domain import limits
from houtai.domain.act import Act
from houtai.domain.customers.customer import CustomerState
from houtai.domain.ids import CustomerId
from houtai.domain.points.account import PointsMove
from houtai.domain.points.adjustment import PointsAdjustment, PointsAdjustmentId, PointsAdjustmentState
from houtai.domain.refusal import AlreadyExists, NotFound, VersionConflict

ADJUST: Final = "points.adjust"
APPROVE: Final = "points.approve-adjustment"
DOCUMENT: Final = "points-adjustment"
AMOUNT: Final = "points"


@attrs.frozen
class AdjustPoints:
    """So many points for a customer (+) or away from them (-), and why."""

    adjustment: PointsAdjustmentId
    customer: CustomerId
    currency: str
    points: int
    reason: str


@needs(ADJUST)
def adjust_points(tx: PointsTx, cmd: AdjustPoints, act: Act) -> PointsAdjustment:
    """POSTED at once up to the policy's `adjust_alone_points`, REQUESTED above: then another person decides.

    Raises NotFound, NoPointsHere, AlreadyExists, InvalidValue, PointsShort, and Forbidden past the actor's limit for ``points``.
    """
    act.demand(ADJUST, amounts={AMOUNT: abs(cmd.points)})
    customer = tx.customers.find(cmd.customer)
    if customer is None or customer.state is CustomerState.ERASED:
        raise NotFound(what="customer", key=str(cmd.customer))
    policy = policy_of(tx, cmd.currency)
    if tx.points_adjustments.find(cmd.adjustment) is not None:
        raise AlreadyExists(what="points adjustment", key=str(cmd.adjustment))
    asked = PointsAdjustment(cmd.adjustment, cmd.customer, cmd.currency, cmd.points, cmd.reason, act.actor, act.at)
    tx.points_adjustments.add(asked)
    write_line(tx, act, DOCUMENT, asked, "requested", before=None, reason=cmd.reason)
    if abs(asked.points) > policy.adjust_alone_points:
        return asked
    return _posted(tx, asked, "within what one person may do", act)


@attrs.frozen
class DecidePointsAdjustment:
    """A decision on what was asked for, as it stood at `expected_version`."""

    adjustment: PointsAdjustmentId
    expected_version: int
    note: str = attrs.field(default="", validator=limits.text(0, 500))


@needs(APPROVE)
def approve_points_adjustment(tx: PointsTx, cmd: DecidePointsAdjustment, act: Act) -> PointsAdjustment:
    """POSTED: the points move. Not by whoever asked, and up to the limit for ``points``: else Forbidden.

    Raises NotFound, VersionConflict, IllegalMove, and PointsShort where fewer are there than are to go.
    """
    asked = _locked(tx, cmd, act)
    if tx.customers.get(asked.customer_id).state is CustomerState.ERASED:
        raise NotFound(what="customer", key=str(asked.customer_id))
    return _posted(tx, asked, cmd.note, act)


@needs(APPROVE)
def reject_points_adjustment(tx: PointsTx, cmd: DecidePointsAdjustment, act: Act) -> PointsAdjustment:
    """REJECTED: nothing moves. Not by whoever asked. Raises NotFound, VersionConflict, IllegalMove, Forbidden."""
    return _decided(tx, _locked(tx, cmd, act), PointsAdjustmentState.REJECTED, cmd.note, act)


def _locked(tx: PointsTx, cmd: DecidePointsAdjustment, act: Act) -> PointsAdjustment:
    asked = tx.points_adjustments.lock_one(cmd.adjustment)
    act.demand(APPROVE, amounts={AMOUNT: abs(asked.points)}, maker=asked.maker)
    if asked.version != cmd.expected_version:
        raise VersionConflict(
            what="points adjustment",
            key=str(asked.id),
            expected_version=cmd.expected_version,
            current_version=asked.version,
        )
    return asked


def _posted(tx: PointsTx, asked: PointsAdjustment, note: str, act: Act) -> PointsAdjustment:
    decided = asked.decided(PointsAdjustmentState.POSTED, act.actor, act.at)
    book = open_book(tx, asked.customer_id, asked.currency, cause_of(act, DOCUMENT, asked.id, asked.reason))
    if asked.points > 0:
        book.earn(lot_for(asked.id), asked.points, PointsMove.ADJUST)
    else:
        book.lessen(-asked.points)
    write_book(tx, book, act)
    return _keep(tx, asked, decided, note, act)


def _decided(tx: PointsTx, asked: PointsAdjustment, state: PointsAdjustmentState, note: str, act: Act) -> PointsAdjustment:
    return _keep(tx, asked, asked.decided(state, act.actor, act.at), note, act)


def _keep(tx: PointsTx, before: PointsAdjustment, after: PointsAdjustment, note: str, act: Act) -> PointsAdjustment:
    tx.points_adjustments.save(after)
    write_line(tx, act, DOCUMENT, after, after.state.value, before=before.state, reason=note)
    return after
