"""The port between a station's screen and the house: log in, take up a task, scan; in this process or over HTTP."""

from __future__ import annotations

from typing import Protocol

import attrs

from houtai.domain.warehouse.work import StationPrints, StationScreen, Task


@attrs.frozen
class AtDesk:
    """Somebody logged in at a station: the token that opens it, their name, what they may do there, the scale beside it."""

    token: str = attrs.field(repr=False)
    name: str
    station: str
    tasks: tuple[Task, ...]
    scale: str = ""


class StationPort(Protocol):
    """What a station asks the house. Every call may raise Busy or OutcomeUnknown; then the same call is safe to repeat."""

    def log_in(self, badge: str, pin: str) -> AtDesk:
        """Begin a shift. Raises BadgeRefused, TooManyTries, AddressNotAllowed."""

    def lock(self, token: str) -> None:
        """Lock the station until its PIN is given. Raises NoShift, Unauthenticated."""

    def unlock(self, token: str, badge: str, pin: str) -> None:
        """Go on after a lock. Raises BadgeRefused, TooManyTries, NoShift, Unauthenticated."""

    def leave(self, token: str) -> None:
        """End the shift. Raises NoShift, Unauthenticated."""

    def open_task(self, token: str, task: Task) -> StationScreen:
        """Take up a task where it was left. Raises NoShift, StationLocked, FlowNotAllowed, Unauthenticated."""

    def scan(self, token: str, task: Task, seq: int, code: str) -> StationScreen:
        """Answer one scan; the same number and code get the same answer. What is refused is answered on the screen.

        `seq` is higher than that of the screen before. Raises StaleScan and ScanReused where the screen has to be drawn anew,
        and what `open_task` raises.
        """

    def look(self, token: str) -> StationPrints:
        """How the prints that this station caused stand, without a scan. Raises NoShift, StationLocked, Unauthenticated."""
