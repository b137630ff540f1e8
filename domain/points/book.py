"""An account opened for one deed: points are earned, spent, given back, expired or taken back, row by row, and worth follows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Final
from uuid import UUID

import attrs

from houtai.domain.ids import derive
from houtai.domain.ledger.account import AccountCode, AccountKey, party
from houtai.domain.ledger.journal import Entry
from houtai.domain.points.account import PointsAccount, PointsEntry, PointsLot, PointsLotId, PointsMove, PointsTaken
from houtai.domain.points.policy import PointsPolicy
from houtai.domain.points.refusals import PointsShort

_AGAINST: Final[Mapping[PointsMove, AccountCode]] = {PointsMove.EXPIRE: AccountCode.POINTS_EXPIRED}  # else marketing


@attrs.frozen
class PointsCause:
    """For what document points move, when, by whom and why."""

    document: str
    document_id: UUID
    at: dt.datetime
    actor: UUID
    reason: str = ""


@attrs.define(eq=False)
class PointsBook:
    """A locked account with its lots: all that hold points, and those that points are to come back to.

    What has ended by now is expired first, so that whatever is left can be spent.
    """

    policy: PointsPolicy
    account: PointsAccount
    cause: PointsCause
    lots: dict[PointsLotId, PointsLot]
    new_lots: list[PointsLotId] = attrs.field(factory=list)
    entries: list[PointsEntry] = attrs.field(factory=list)
    _income: dict[AccountCode, int] = attrs.field(factory=dict)

    def __attrs_post_init__(self) -> None:
        self._expire([lot for lot in self._with_points() if lot.expires_at <= self.cause.at])

    # -- what may be done

    def earn(self, lot_id: PointsLotId, points: int, move: PointsMove = PointsMove.EARN) -> None:
        """A new lot with the policy's time to live; what is owed is filled up out of it."""
        expires_at = self.cause.at + dt.timedelta(days=self.policy.valid_days)
        self._enter(move, self._new(lot_id, points, expires_at), points)
        self._settle()

    def redeem(self, points: int) -> tuple[PointsTaken, ...]:
        """Out of the lots that end first. Raises PointsShort."""
        return tuple(PointsTaken(lot_id, n) for lot_id, n in self._take(PointsMove.REDEEM, points))

    def give_back(self, taken: Sequence[PointsTaken], points: int) -> tuple[PointsTaken, ...]:
        """So many of the points that a payment took, the last taken first: as if it had been so much smaller.

        They go into the lots they came from, with their old end. Where that is over they get the policy's days of grace in a
        lot of their own, or a row says that they expired. Answers what is taken now.
        """
        after, rest = list(taken), points
        for place, one in reversed(list(enumerate(taken))):
            back = min(rest, one.out_points)
            if back:
                after[place] = attrs.evolve(one, back_points=one.back_points + back)
                self._put_back(self.lots[one.lot_id], back)
                rest -= back
        assert not rest, "no more comes back than was taken"
        self._settle()
        return tuple(after)

    def claw_back(self, points: int, first: PointsLotId | None = None, *, below_zero: bool) -> int:
        """Take earned points back, out of `first` before the others; how many there were.

        The others are owed where the balance may go `below_zero`, else the caller sees to them. Nobody owes for an erased person.
        """
        there = min(points, self.account.left_points)
        own = self.lots.get(first) if first is not None else None
        begin = min(there, 0 if own is None else own.left_points)
        if own is not None and begin:
            self._enter(PointsMove.CLAW_BACK, own, -begin)
        self._take(PointsMove.CLAW_BACK, there - begin)
        if below_zero and points > there and not self.account.closed:
            self._enter(PointsMove.CLAW_BACK, None, there - points)
        return there

    def lessen(self, points: int) -> None:
        """Take points away by hand. Raises PointsShort."""
        self._take(PointsMove.ADJUST, points)

    def close(self) -> None:
        """The customer is gone: all points expire, nothing is owed any more, and what still comes back expires at once."""
        self._expire(self._with_points())
        if self.account.owed_points:
            self._enter(PointsMove.SETTLE, None, self.account.owed_points)
        self.account = attrs.evolve(self.account, closed=True)

    def postings(self, paid_minor: int = 0) -> tuple[Entry, ...]:
        """The journal that keeps the liability at what the balance is worth.

        `paid_minor` is what payments book on the liability themselves: positive for points that came back, negative for points
        that were spent. Earned points are marketing, expired ones income.
        """
        liability = sum(self._income.values())
        against = dict(self._income)
        against[AccountCode.MARKETING] = against.get(AccountCode.MARKETING, 0) - paid_minor
        whose = party("customer", self.account.customer_id)
        amounts = {AccountKey(AccountCode.POINTS_LIABILITY, whose, self.account.currency): paid_minor - liability}
        amounts |= {AccountKey(code, "", self.account.currency): minor for code, minor in against.items()}
        return tuple(Entry(account, minor) for account, minor in amounts.items() if minor)

    # -- how it is done

    def _with_points(self) -> list[PointsLot]:
        """The lots that hold points, those that end first in front."""
        return sorted((lot for lot in self.lots.values() if lot.left_points), key=lambda lot: (lot.expires_at, lot.id))

    def _new(self, lot_id: PointsLotId, points: int, expires_at: dt.datetime, origin: PointsLot | None = None) -> PointsLot:
        cause, origin_id = self.cause, None if origin is None else origin.id
        account_id = self.account.id
        lot = PointsLot(lot_id, account_id, cause.at, expires_at, cause.document, cause.document_id, points, origin_id=origin_id)
        self.new_lots.append(lot_id)
        self.lots[lot_id] = lot
        return lot

    def _take(self, move: PointsMove, points: int) -> list[tuple[PointsLotId, int]]:
        if points > self.account.left_points:
            raise PointsShort(wanted_points=points, available_points=self.account.left_points)
        taken: list[tuple[PointsLotId, int]] = []
        for lot in self._with_points():
            if part := min(points, lot.left_points):
                self._enter(move, lot, -part)
                taken.append((lot.id, part))
                points -= part
        return taken

    def _put_back(self, lot: PointsLot, points: int) -> None:
        at = self.cause.at
        if self.account.closed or (lot.expires_at <= at and not self.policy.grace_days):
            self._enter(PointsMove.GIVE_BACK, lot, points)
            self._enter(PointsMove.EXPIRE, self.lots[lot.id], -points)
        elif lot.expires_at <= at:
            new = PointsLotId(derive(self.cause.document_id, "grace", lot.id))
            grace = self._new(new, points, at + dt.timedelta(days=self.policy.grace_days), lot)
            self._enter(PointsMove.GIVE_BACK, grace, points)
        else:
            self._enter(PointsMove.GIVE_BACK, lot, points)

    def _expire(self, lots: Iterable[PointsLot]) -> None:
        for lot in lots:
            self._enter(PointsMove.EXPIRE, lot, -lot.left_points)

    def _settle(self) -> None:
        """Points that are there fill up what is owed."""
        for lot in self._with_points():
            if part := min(lot.left_points, self.account.owed_points):
                self._enter(PointsMove.SETTLE, lot, -part)
                self._enter(PointsMove.SETTLE, None, part)

    def _enter(self, move: PointsMove, lot: PointsLot | None, points: int) -> None:
        before = self.policy.worth_minor(self.account.balance_points)
        account = attrs.evolve(self.account, moves=self.account.moves + 1)
        if lot is None:
            account = attrs.evolve(account, owed_points=account.owed_points - points)
        else:
            ended = -points if move is PointsMove.EXPIRE else 0
            self.lots[lot.id] = attrs.evolve(lot, left_points=lot.left_points + points, expired_points=lot.expired_points + ended)
            account = attrs.evolve(account, left_points=account.left_points + points)
        self.account = account
        cause, lot_id = self.cause, None if lot is None else lot.id
        entry = PointsEntry(
            account_id=account.id,
            seq=account.moves,
            move=move,
            lot_id=lot_id,
            points=points,
            at=cause.at,
            document=cause.document,
            document_id=cause.document_id,
            actor=cause.actor,
            reason=cause.reason,
        )
        self.entries.append(entry)
        against = _AGAINST.get(move, AccountCode.MARKETING)
        step = self.policy.worth_minor(account.balance_points) - before
        self._income[against] = self._income.get(against, 0) + step
