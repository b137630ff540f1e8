"""What travels about stations: coming in, shifts, scans, and screens with their words in both languages."""

from __future__ import annotations

import datetime as dt
from typing import Annotated
from uuid import UUID

from msgspec import Meta

from houtai.application.warehouse.shifts import AtStation
from houtai.domain.warehouse.reply import MessageLevel, Phrase, Sound, StationMessage
from houtai.domain.warehouse.shift import Shift
from houtai.domain.warehouse.station import Flow
from houtai.domain.warehouse.words import Language
from houtai.domain.warehouse.work import MAX_SEQ, StationPrints, StationScreen, Task, tasks_of
from houtai.entrypoints.http import wire
from houtai.entrypoints.http.warehouse_floor_wire import StationOut, ordered_flows, station_out

Badge = Annotated[str, Meta(max_length=100)]
Pin = Annotated[str, Meta(max_length=100)]
Scan = Annotated[str, Meta(max_length=20_000, description="As it was scanned; more than 200 signs are answered as unreadable.")]


class BadgeIn(wire.Wire):
    """A badge held out, the PIN, and the station by its code, or by its id where two warehouses use one code."""

    badge: Badge
    pin: Pin
    station: wire.Code


class UnlockIn(wire.Wire):
    """The own badge and PIN again."""

    badge: Badge
    pin: Pin


class ShiftOut(wire.Wire):
    """A shift: who is logged in at which station, and since when it is locked."""

    session_id: UUID
    staff_id: UUID
    station_id: UUID
    begun_at: dt.datetime
    locked_at: dt.datetime | None
    ended_at: dt.datetime | None


def shift_out(shift: Shift) -> ShiftOut:
    """A shift as it goes out."""
    return ShiftOut(**{name: getattr(shift, name) for name in ShiftOut.__struct_fields__})


class OwnShiftOut(wire.Wire):
    """Where one is logged in, under which name, and what one may do there."""

    shift: ShiftOut
    station: StationOut
    badge: str
    name: str
    flows: tuple[Flow, ...]
    tasks: tuple[Task, ...]


def own_shift_out(found: AtStation, name: str) -> OwnShiftOut:
    """Somebody at work as it goes out."""
    return OwnShiftOut(
        shift_out(found.shift),
        station_out(found.station),
        found.person.badge,
        name,
        ordered_flows(found.flows),
        tasks_of(found.flows),
    )


class ShiftBegunOut(wire.Wire):
    """A session's token, which is shown here once and never again; it goes into `Authorization: Bearer`."""

    token: str
    shift: ShiftOut
    own: OwnShiftOut


class TaskIn(wire.Wire):
    """Which task to take up."""

    task: Task


class ScanIn(wire.Wire):
    """One scan at a task that was taken up.

    `seq` is higher than that of the screen before; the same number with the same code gets the same answer.
    """

    task: Task
    seq: Annotated[int, Meta(ge=1, le=MAX_SEQ, description="The number of the scan, in place of an Idempotency-Key.")]
    code: Scan


class PhraseOut(wire.Wire):
    """A text: its code and values for programs, and the words in Chinese and English."""

    code: str
    facts: dict[str, str]
    zh: str
    en: str


def phrase_out(phrase: Phrase) -> PhraseOut:
    """A text as it goes out."""
    return PhraseOut(phrase.code, dict(phrase.facts), phrase.text(Language.CHINESE), phrase.text(Language.ENGLISH))


class StationMessageOut(wire.Wire):
    """What just happened, and how it is meant."""

    level: MessageLevel
    phrase: PhraseOut


class FactOut(wire.Wire):
    """One line above the list; `label` is the code of a text."""

    label: str
    value: str


class PrintsOut(wire.Wire):
    """The prints that the station's scans caused: whether one is on its way, and what is wrong, the latest first."""

    waiting: bool
    notices: tuple[StationMessageOut, ...]
    more: int


def prints_out(prints: StationPrints) -> PrintsOut:
    """Prints as they go out."""
    return PrintsOut(prints.waiting, tuple(map(_message_out, prints.notices)), prints.more)


class ScreenOut(wire.Wire):
    """What a station shows. `columns`, labels and some cells are codes of texts; `digits` is shown large."""

    task: Task
    seq: int
    prompt: PhraseOut
    digits: str
    facts: tuple[FactOut, ...]
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    message: StationMessageOut | None
    sound: Sound
    prints: PrintsOut


def screen_out(screen: StationScreen) -> ScreenOut:
    """A screen as it goes out."""
    return ScreenOut(
        task=screen.task,
        seq=screen.seq,
        prompt=phrase_out(screen.prompt),
        digits=screen.digits,
        facts=tuple(FactOut(label, value) for label, value in screen.facts),
        columns=screen.columns,
        rows=screen.rows,
        message=None if screen.message is None else _message_out(screen.message),
        sound=screen.sound,
        prints=prints_out(screen.prints),
    )


def _message_out(message: StationMessage) -> StationMessageOut:
    return StationMessageOut(message.level, phrase_out(message.phrase))
