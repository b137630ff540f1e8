"""Work at a station: which task somebody is at, how far they have come, and what the station last answered."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Mapping
from typing import Any, Final

import attrs

from houtai.domain import limits
from houtai.domain.ids import StaffId, StationId, StationWorkId, WarehouseId, derive
from houtai.domain.refusal import Kind, Refusal
from houtai.domain.warehouse.reply import SOUNDS, Phrase, Sound, StationMessage
from houtai.domain.warehouse.station import Flow

MAX_SEQ: Final = 2**31 - 1
MAX_QTY_DIGITS: Final = 5
"""So many digits at most are a typed quantity; the shortest product code has eight."""


class Task(enum.Enum):
    """What somebody does at a station, one screen each."""

    MOVE = "move"
    LOOK_UP = "look-up"
    RECEIVE = "receive"  # put away what has come in and has no place yet
    COUNT = "count"
    PICK = "pick"
    SORT = "sort"
    CHECK = "check"  # check and pack
    WEIGH = "weigh"
    HAND_OVER = "hand-over"
    PUT_BACK = "put-back"  # what was stopped goes back to a shelf
    BOOK_IN = "book-in"  # what a supplier brings, into the books and to its place
    UNPACK = "unpack"  # a parcel that a buyer sent back
    INSPECT = "inspect"  # what came out of it, unit by unit
    SEND_BACK = "send-back"  # what of it goes to the buyer again


FLOW_OF: Final[dict[Task, Flow | None]] = {
    Task.MOVE: Flow.MOVE,
    Task.LOOK_UP: None,
    Task.RECEIVE: Flow.RECEIVE,
    Task.COUNT: Flow.COUNT,
    Task.PICK: Flow.PICK,
    Task.SORT: Flow.SORT,
    Task.CHECK: Flow.CHECK,
    Task.WEIGH: Flow.WEIGH,
    Task.HAND_OVER: Flow.HAND_OVER,
    Task.PUT_BACK: Flow.MOVE,
    Task.BOOK_IN: Flow.RECEIVE,
    Task.UNPACK: Flow.UNPACK,
    Task.INSPECT: Flow.INSPECT,
    Task.SEND_BACK: Flow.SEND_BACK,
}
"""Which right each task takes; None for what everybody may do who is logged in at a station. New ones come last: keys stay."""


def tasks_of(flows: frozenset[Flow]) -> tuple[Task, ...]:
    """The tasks that these rights open, in the order of the menu."""
    return tuple(task for task, flow in FLOW_OF.items() if flow is None or flow in flows)


@attrs.define(eq=False, slots=False)
class StaleScan(Refusal):
    """A scan that comes behind a later one, or from a station whose work went on elsewhere; the screen has to be drawn anew."""

    code = "station.stale-scan"
    kind = Kind.STALE
    text = "scan {seq} comes too late: the work is at {last_seq} already"

    seq: int
    last_seq: int


@attrs.define(eq=False, slots=False)
class ScanReused(Refusal):
    """The number of an earlier scan came back with another code."""

    code = "station.scan-reused"
    kind = Kind.STALE
    text = "scan {seq} was another code before"

    seq: int


@attrs.define(eq=False, slots=False)
class NotNow(Refusal):
    """This command means nothing at this step."""

    code = "station.not-now"
    text = "{command} does nothing here"

    command: str


@attrs.define(eq=False, slots=False)
class NothingThere(Refusal):
    """The place is empty, as far as the books know."""

    code = "station.nothing-there"
    text = "nothing lies in {path}"

    path: str


@attrs.define(eq=False, slots=False)
class TooManyPieces(Refusal):
    """More pieces than may be taken there."""

    code = "station.too-many"
    text = "{wanted_qty} are too many: {free_qty} may be taken"

    wanted_qty: int
    free_qty: int


@attrs.define(eq=False, slots=False)
class SamePiece(Refusal):
    """A piece with a number of its own was scanned twice."""

    code = "station.same-piece"
    text = "serial {serial} was scanned already"

    serial: str


@attrs.define(eq=False, slots=False)
class NotCountable(Refusal):
    """Goods of one product lie there in several conditions, which a scan cannot tell apart."""

    code = "station.not-countable"
    text = "{path} holds {sku} in several conditions; it cannot be counted by scans"

    path: str
    sku: str


@attrs.define(eq=False, slots=False)
class NoSuchChoice(Refusal):
    """The number of none of the choices on the screen."""

    code = "station.no-such-choice"
    text = "there is no choice {scanned}"

    scanned: str


@attrs.frozen
class StationPrints:
    """The prints that a station's scans caused. `waiting`: one is on its way; `notices` say what is wrong, the latest first.

    `more` counts the troubles that are not named.
    """

    waiting: bool = False
    notices: tuple[StationMessage, ...] = ()
    more: int = 0


@attrs.frozen
class StationScreen:
    """What a station shows. `columns` are codes of texts, `rows` the list below them; `digits` is shown large.

    `seq` is the number of the scan that this answers; the next one has a higher number.
    """

    task: Task
    seq: int
    prompt: Phrase
    digits: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    message: StationMessage | None = None
    prints: StationPrints = StationPrints()

    @property
    def sound(self) -> Sound:
        """What is heard with it; a print that is not well is heard when it is new, see `StationPrints`."""
        return Sound.SILENT if self.message is None else SOUNDS[self.message.level]


@attrs.frozen
class StationWork:
    """One person's work at one task. `state` is the flow's own, as plain JSON; no row is ever deleted.

    `seq` numbers the scans as the station counts them, `scanned` is a digest of the last code and `answer` the screen that it
    got: the same scan again gets the same answer. So a station that died goes on where it was.
    """

    id: StationWorkId
    staff_id: StaffId
    station_id: StationId
    warehouse_id: WarehouseId
    task: Task
    state: Mapping[str, Any]
    answer: Mapping[str, Any]
    at: dt.datetime = attrs.field(validator=limits.aware)
    seq: int = attrs.field(default=0, validator=limits.between(0, MAX_SEQ))
    scanned: str = ""
    version: int = 1


def work_id(staff: StaffId, task: Task) -> StationWorkId:
    """The id of somebody's work at a task, known without looking it up."""
    return StationWorkId(derive(staff, "station-work", task.value))
