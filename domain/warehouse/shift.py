"""A shift: somebody logged in at a station by badge, from then until they leave, another one comes, or the session ends."""

from __future__ import annotations

import datetime as dt

import attrs

from houtai.domain import limits
from houtai.domain.ids import SessionId, StaffId, StationId


@attrs.frozen
class Shift:
    """The session at a station. `locked_at` is set while somebody stepped away: then nothing but the PIN or leaving is taken."""

    session_id: SessionId
    staff_id: StaffId
    station_id: StationId
    begun_at: dt.datetime = attrs.field(validator=limits.aware)
    locked_at: dt.datetime | None = None
    ended_at: dt.datetime | None = None

    @property
    def open(self) -> bool:
        """Whether it has not been ended; its login may have run out all the same."""
        return self.ended_at is None

    @property
    def locked(self) -> bool:
        """Whether the station waits for the PIN."""
        return self.locked_at is not None

    def lock(self, at: dt.datetime) -> Shift:
        """Locked; once is enough."""
        return self if self.locked_at is not None else attrs.evolve(self, locked_at=at)

    def unlock(self) -> Shift:
        """After the right PIN."""
        return attrs.evolve(self, locked_at=None)

    def end(self, at: dt.datetime) -> Shift:
        """Ended for good; an ended one stays as it is."""
        return self if self.ended_at is not None else attrs.evolve(self, ended_at=at)
