"""What of an order's grants goes when so much of it is given back, and what that takes off the refund (R-7, R-9). Pure."""

from __future__ import annotations

import enum
from collections.abc import Sequence

import attrs

from houtai.domain.points.policy import PointsPolicy, ShortBalance
from houtai.domain.rewards.grant import GrantId, GrantState, OrderGrant
from houtai.domain.rewards.rule import WhenUsed


class CouponFate(enum.Enum):
    """What becomes of a granted coupon."""

    NONE = "none"  # it is about points
    VOID = "void"  # not used: it cannot be any more
    CHARGED = "charged"
    LET_GO = "let-go"


@attrs.frozen
class GrantStanding:
    """A grant as it stands: of points how many of them ended unspent, of a coupon whether it was `used` and what that saved."""

    grant: OrderGrant
    used: bool = False
    face_minor: int = 0
    expired_points: int = 0


@attrs.frozen
class Withdrawal:
    """One grant's step: points out of what is pending or there, those that had ended, those that lack, and what is charged."""

    grant_id: GrantId
    pending: bool
    points: int = 0
    lapsed_points: int = 0
    short_points: int = 0
    coupon: CouponFate = CouponFate.NONE
    charged_minor: int = 0


@attrs.frozen
class Granted:
    """What an order granted, as it stands now, with what its buyer can spend of their points: all that a quote needs of it."""

    standings: tuple[GrantStanding, ...] = ()
    policy: PointsPolicy | None = None
    available_points: int = 0

    def going(self, back_minor: int, *, closes: bool) -> tuple[Withdrawal, ...]:
        """See `withdrawals`."""
        return withdrawals(self.standings, self.policy, self.available_points, back_minor, closes=closes)


def withdrawals(
    standings: Sequence[GrantStanding], policy: PointsPolicy | None, available_points: int, back_minor: int, *, closes: bool
) -> tuple[Withdrawal, ...]:
    """The steps once `back_minor` of the order's price is given back in all; `closes` where the buyer keeps nothing.

    `available_points` is what the customer can spend now: what the refund itself brings back in points is not touched. Without
    a policy there were never any points.
    """
    steps = []
    for one in standings:
        grant = one.grant
        if grant.over:
            continue
        if grant.points:
            points = grant.to_go(back_minor, closes=closes)
            if not points:
                continue
            step = _of_points(one, points, policy, available_points)
            available_points -= 0 if step.pending else step.points
            steps.append(step)
        elif not grant.keeps_coupon(back_minor, closes=closes):
            steps.append(_of_coupon(one))
    return tuple(steps)


def _of_points(one: GrantStanding, points: int, policy: PointsPolicy | None, available_points: int) -> Withdrawal:
    grant = one.grant
    if grant.state is GrantState.PENDING:
        return Withdrawal(grant.id, pending=True, points=points)
    lapsed = max(0, min(points, one.expired_points - grant.lapsed_points))
    there = max(0, min(points - lapsed, available_points))
    short = points - lapsed - there
    charged = policy.worth_minor(short) if policy is not None and policy.on_short is ShortBalance.CASH else 0
    return Withdrawal(grant.id, False, there, lapsed, short, charged_minor=charged)


def _of_coupon(one: GrantStanding) -> Withdrawal:
    pending = one.grant.state is GrantState.PENDING
    if pending or not one.used:
        return Withdrawal(one.grant.id, pending=pending, coupon=CouponFate.VOID)
    if one.grant.when_used is WhenUsed.LET_GO:
        return Withdrawal(one.grant.id, pending=False, coupon=CouponFate.LET_GO)
    return Withdrawal(one.grant.id, pending=False, coupon=CouponFate.CHARGED, charged_minor=one.face_minor)
