"""The desk behind every station: the StationPort of this process."""

from __future__ import annotations

from typing import Protocol

from houtai.application.ports import Performer
from houtai.application.stations.port import AtDesk
from houtai.application.stations.prints import show_own_prints
from houtai.application.stations.scans import OpenTask, ScanAt, answer_scan, open_task
from houtai.application.warehouse.badge import BadgeDoor
from houtai.application.warehouse.shifts import OwnWork, end_shift, lock_shift, show_own_work
from houtai.domain.act import Act, Origin
from houtai.domain.ids import StationId
from houtai.domain.warehouse.work import StationPrints, StationScreen, Task, tasks_of


class Tokens(Protocol):
    """The way from a token to an act: see `Authenticator`."""

    def act_of_token(self, token: str, origin: Origin) -> Act:
        """The act of a session's owner, with the rights of this moment. Raises Unauthenticated, AddressNotAllowed."""


class StationDesk:
    """A StationPort in this process, for one station. Safe to share between threads."""

    def __init__(self, office: Performer, door: BadgeDoor, tokens: Tokens, station: StationId, origin: Origin) -> None:
        """Everybody who comes in here works at `station`; `origin` is where the log says that they came from."""
        self._office = office
        self._door = door
        self._tokens = tokens
        self._station = station
        self._origin = origin

    def log_in(self, badge: str, pin: str) -> AtDesk:
        """See `StationPort.log_in`."""
        at_work = self._door.log_in(badge, pin, self._station, self._origin)
        act = self._act(at_work.token)
        here = self._office.ask(show_own_work, OwnWork(), act)
        return AtDesk(at_work.token, act.name, here.station.code, tasks_of(here.flows), here.station.scale)

    def lock(self, token: str) -> None:
        """See `StationPort.lock`."""
        self._office.perform(lock_shift, None, self._act(token))

    def unlock(self, token: str, badge: str, pin: str) -> None:
        """See `StationPort.unlock`."""
        self._door.unlock(badge, pin, self._act(token))

    def leave(self, token: str) -> None:
        """See `StationPort.leave`."""
        self._office.perform(end_shift, None, self._act(token))

    def open_task(self, token: str, task: Task) -> StationScreen:
        """See `StationPort.open_task`."""
        return self._office.perform(open_task, OpenTask(task), self._act(token))

    def scan(self, token: str, task: Task, seq: int, code: str) -> StationScreen:
        """See `StationPort.scan`."""
        return answer_scan(self._office, ScanAt(task, seq, code), self._act(token))

    def look(self, token: str) -> StationPrints:
        """See `StationPort.look`."""
        return self._office.ask(show_own_prints, None, self._act(token))

    def _act(self, token: str) -> Act:
        return self._tokens.act_of_token(token, self._origin)
