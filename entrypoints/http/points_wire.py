"""What points look like over HTTP: policies, what a customer has, the rows behind it, points by hand."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from msgspec import Meta

from houtai.application.points.policy import SetPointsPolicy
from houtai.application.points.queries import PointsStanding
from houtai.domain.points.account import PointsEntry, PointsLot, PointsMove
from houtai.domain.points.adjustment import PointsAdjustment, PointsAdjustmentState
from houtai.domain.points.policy import MAX_PER_MINOR, MAX_POINTS, PointsPolicy, ShortBalance
from houtai.entrypoints.http import wire

Points = Annotated[int, Meta(ge=0, le=MAX_POINTS, description="A count of points.")]
SignedPoints = Annotated[int, Meta(ge=-MAX_POINTS, le=MAX_POINTS, description="Points that come, or with a minus go.")]
PerMinor = Annotated[int, Meta(ge=1, le=MAX_PER_MINOR, description="Points for one minor unit of money; it stays.")]
Permille = Annotated[int, Meta(ge=0, le=1_000, description="Thousandths.")]
Days = Annotated[int, Meta(ge=0, le=3_650)]
ValidDays = Annotated[int, Meta(ge=1, le=3_650)]
Why = Annotated[str, Meta(min_length=2, max_length=500, description="Why; it stays in the rows.")]


class PointsPolicyIn(wire.Wire):
    """What points of a currency are worth, how long they last, how much of an order they may pay."""

    points_per_minor: PerMinor = 1
    valid_days: ValidDays = 365
    most_permille: Permille = 500
    grace_days: Days = 0
    on_short: ShortBalance = ShortBalance.CASH
    adjust_alone_points: Points = 0

    def command(self, version: int, currency: str) -> SetPointsPolicy:
        """As the application takes it."""
        return SetPointsPolicy(
            expected_version=version,
            currency=currency,
            points_per_minor=self.points_per_minor,
            valid_days=self.valid_days,
            most_permille=self.most_permille,
            grace_days=self.grace_days,
            on_short=self.on_short,
            adjust_alone_points=self.adjust_alone_points,
        )


class PointsPolicyOut(wire.Versioned):
    """The rules of a currency's points."""

    currency: str
    points_per_minor: int
    valid_days: int
    most_permille: int
    grace_days: int
    on_short: ShortBalance
    adjust_alone_points: int


class PointsLotOut(wire.Wire):
    """Points that came and end together."""

    id: wire.Id
    left_points: int
    earned_points: int
    earned_at: dt.datetime
    expires_at: dt.datetime
    document: str
    document_id: wire.Id
    origin_id: wire.Id | None


class PointsOut(wire.Wire):
    """What a customer has; `lots` can be spent now, those that end first in front. Below zero points are owed."""

    customer_id: wire.Id
    currency: str
    balance_points: int
    owed_points: int
    worth: wire.Money
    lots: tuple[PointsLotOut, ...]


class PointsEntryOut(wire.Wire):
    """One row: points of a lot that came (positive) or went; without a lot they are owed."""

    seq: int
    move: PointsMove
    points: int
    lot_id: wire.Id | None
    at: dt.datetime
    document: str
    document_id: wire.Id
    actor: wire.Id
    reason: str


class NewPointsAdjustment(wire.Wire):
    """Points for a customer, or with a minus away from them, and why."""

    customer_id: wire.Id
    currency: wire.Currency
    points: SignedPoints
    reason: Why
    id: wire.Id | None = None


class PointsDecision(wire.Wire):
    """What somebody says to points by hand."""

    note: wire.Line = ""


class PointsAdjustmentOut(wire.Versioned):
    """Points by hand; above the policy's bound another person decides about them."""

    id: wire.Id
    customer_id: wire.Id
    currency: str
    points: int
    reason: str
    state: PointsAdjustmentState
    maker: wire.Id
    asked_at: dt.datetime
    decided_by: wire.Id | None
    decided_at: dt.datetime | None


def policy_out(policy: PointsPolicy) -> PointsPolicyOut:
    """As it goes out."""
    return PointsPolicyOut(
        version=policy.version,
        currency=policy.currency,
        points_per_minor=policy.points_per_minor,
        valid_days=policy.valid_days,
        most_permille=policy.most_permille,
        grace_days=policy.grace_days,
        on_short=policy.on_short,
        adjust_alone_points=policy.adjust_alone_points,
    )


def points_out(found: PointsStanding) -> PointsOut:
    """As it goes out."""
    account = found.account
    return PointsOut(
        customer_id=account.customer_id,
        currency=account.currency,
        balance_points=account.balance_points,
        owed_points=account.owed_points,
        worth=wire.Money(found.worth_minor, account.currency),
        lots=tuple(map(_lot_out, found.lots)),
    )


def _lot_out(lot: PointsLot) -> PointsLotOut:
    return PointsLotOut(
        id=lot.id,
        left_points=lot.left_points,
        earned_points=lot.earned_points,
        earned_at=lot.earned_at,
        expires_at=lot.expires_at,
        document=lot.document,
        document_id=lot.document_id,
        origin_id=lot.origin_id,
    )


def entry_out(entry: PointsEntry) -> PointsEntryOut:
    """As it goes out."""
    return PointsEntryOut(
        seq=entry.seq,
        move=entry.move,
        points=entry.points,
        lot_id=entry.lot_id,
        at=entry.at,
        document=entry.document,
        document_id=entry.document_id,
        actor=entry.actor,
        reason=entry.reason,
    )


def adjustment_out(adjustment: PointsAdjustment) -> PointsAdjustmentOut:
    """As it goes out."""
    return PointsAdjustmentOut(
        version=adjustment.version,
        id=adjustment.id,
        customer_id=adjustment.customer_id,
        currency=adjustment.currency,
        points=adjustment.points,
        reason=adjustment.reason,
        state=adjustment.state,
        maker=adjustment.maker,
        asked_at=adjustment.asked_at,
        decided_by=adjustment.decided_by,
        decided_at=adjustment.decided_at,
    )
