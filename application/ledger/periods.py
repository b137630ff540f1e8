"""Closing the months: in order, after their last day, and opened again only from the latest backwards (M15)."""

from __future__ import annotations

import attrs

from houtai.application.ledger.ports import BY_STATE, LedgerTx
from houtai.application.ledger.post import period_of
from houtai.application.permission import needs
from houtai.application.timeline import write_line
from houtai.domain import limits
from houtai.domain.act import Act
from houtai.domain.ledger.period import Period, PeriodState
from houtai.domain.ledger.refusals import EarlierPeriodOpen, LaterPeriodClosed, PeriodNotOver
from houtai.domain.refusal import VersionConflict


@attrs.frozen
class MovePeriod:
    """Close, open again or lock the month `period`, as the caller saw it at `expected_version` (0: untouched so far)."""

    period: str
    expected_version: int = attrs.field(validator=limits.between(0, limits.MAX_QTY))
    reason: str = attrs.field(default="", validator=limits.text(0, 500))


@needs("ledger.close-period")
def close_period(tx: LedgerTx, cmd: MovePeriod, act: Act) -> Period:
    """Close a month. Raises PeriodNotOver, EarlierPeriodOpen, IllegalMove and VersionConflict.

    The closed months have no gap: apart from the very first, a month is closed next to one that is closed already.
    """
    current = period_of(act.at)
    wanted = Period(cmd.period)
    if wanted.name >= current:
        raise PeriodNotOver(period=wanted.name, current=current)
    held = tx.periods.lock([wanted.name]).get(wanted.name)
    shut = {period.name for period in tx.periods.by(BY_STATE, PeriodState.CLOSED.value, PeriodState.LOCKED.value)}
    before, after = neighbours(wanted.name)
    if shut and not shut & {before, after, wanted.name}:
        raise EarlierPeriodOpen(period=wanted.name, earlier=before)
    return _move(tx, held, cmd, PeriodState.CLOSED, act)


@needs("ledger.reopen-period")
def reopen_period(tx: LedgerTx, cmd: MovePeriod, act: Act) -> Period:
    """Open a closed month again. Raises LaterPeriodClosed, IllegalMove (a locked one stays so), VersionConflict."""
    wanted = Period(cmd.period)
    _, after = neighbours(wanted.name)
    held = tx.periods.lock([wanted.name, after])
    later = held.get(after)
    if later is not None and later.state is not PeriodState.OPEN:
        raise LaterPeriodClosed(period=wanted.name, later=after)
    return _move(tx, held.get(wanted.name), cmd, PeriodState.OPEN, act)


@needs("ledger.lock-period")
def lock_period(tx: LedgerTx, cmd: MovePeriod, act: Act) -> Period:
    """Lock a closed month for good. Raises IllegalMove and VersionConflict."""
    wanted = Period(cmd.period)
    return _move(tx, tx.periods.lock([wanted.name]).get(wanted.name), cmd, PeriodState.LOCKED, act)


def neighbours(name: str) -> tuple[str, str]:
    """The months before and after, ``("2026-10", "2026-12")`` for ``2026-11``."""
    year, month = map(int, name.split("-"))
    months = year * 12 + month - 1
    before, after = divmod(months - 1, 12), divmod(months + 1, 12)
    return f"{before[0]:04d}-{before[1] + 1:02d}", f"{after[0]:04d}-{after[1] + 1:02d}"


def _move(tx: LedgerTx, stored: Period | None, cmd: MovePeriod, state: PeriodState, act: Act) -> Period:
    period = stored or Period(cmd.period)
    if period.version != cmd.expected_version:
        raise VersionConflict(
            what="period", key=period.name, expected_version=cmd.expected_version, current_version=period.version
        )
    moved = period.moved(state, act.at)
    if stored is None:
        tx.periods.add(moved)
    else:
        tx.periods.save(moved)
    write_line(tx, act, "period", moved, state.value, before=period.state if stored else None, reason=cmd.reason)
    return moved
