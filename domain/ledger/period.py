"""Periods: local months that are open, closed, or locked for good (M15)."""

from __future__ import annotations

import datetime as dt
import enum
import re
from uuid import UUID

import attrs

from houtai.domain.ids import derive
from houtai.domain.ledger.refusals import PeriodClosed
from houtai.domain.moves import Moves, check_move
from houtai.domain.refusal import InvalidValue

_ROOT = UUID(int=0x4C)


class PeriodState(enum.Enum):
    """Whether the period takes postings."""

    OPEN = "open"
    CLOSED = "closed"
    LOCKED = "locked"


MOVES: Moves[PeriodState] = {
    PeriodState.OPEN: {PeriodState.CLOSED},
    PeriodState.CLOSED: {PeriodState.OPEN, PeriodState.LOCKED},
    PeriodState.LOCKED: set(),
}


def _month(_: object, attribute: attrs.Attribute[str], value: str) -> None:
    if not re.fullmatch(r"[0-9]{4}-(0[1-9]|1[0-2])", value):
        raise InvalidValue(field=attribute.name, rule="must be a month, for example 2026-11")


@attrs.frozen
class Period:
    """One local month. A month that nobody has touched is open without a record; `version` 0 is such a one."""

    name: str = attrs.field(validator=_month)
    state: PeriodState = PeriodState.OPEN
    closed_at: dt.datetime | None = None
    version: int = 0

    @property
    def id(self) -> UUID:
        """The same for the same month everywhere."""
        return derive(_ROOT, self.name)

    def moved(self, state: PeriodState, at: dt.datetime) -> Period:
        """The period in another state. Raises IllegalMove."""
        check_move("period", MOVES, self.state, state)
        closed_at = at if state is PeriodState.CLOSED else self.closed_at if state is PeriodState.LOCKED else None
        return attrs.evolve(self, state=state, closed_at=closed_at, version=self.version + 1)

    def demand_open(self) -> None:
        """Refuse with PeriodClosed unless it takes postings."""
        if self.state is not PeriodState.OPEN:
            raise PeriodClosed(period=self.name, state=self.state.value)
