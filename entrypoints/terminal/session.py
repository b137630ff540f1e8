"""What a station is at: logging in, its menu, a task, or locked; every scan goes through here, in order and off the screen."""

from __future__ import annotations

import enum
import unicodedata
from collections.abc import Callable
from typing import Final, TypeVar

import attrs

from houtai.application.stations.port import AtDesk, StationPort
from houtai.domain.refusal import Kind, Refusal, Unauthenticated
from houtai.domain.warehouse.codes import Command, command_of
from houtai.domain.warehouse.refusals import NoShift, StationLocked
from houtai.domain.warehouse.reply import MessageLevel, Phrase, StationMessage, phrase, refused
from houtai.domain.warehouse.words import Language
from houtai.domain.warehouse.work import StationPrints, StationScreen, Task

T = TypeVar("T")

COUNTS_ON: Final = frozenset({Task.COUNT, Task.LOOK_UP})
"""Tasks whose next scan means the same whatever the last one was answered: they may wait in a queue."""


class Mode(enum.Enum):
    """What the next scan is for."""

    BADGE = "badge"
    PIN = "pin"
    MENU = "menu"
    TASK = "task"
    LOCKED = "locked"
    LOCKED_PIN = "locked-pin"


@attrs.frozen
class Picture:
    """Everything that the screen shows, in no language yet. `secret` hides what is typed next."""

    mode: Mode
    prompt: Phrase
    keys: str
    language: Language
    task: Task | None = None
    who: str = ""
    station: str = ""
    digits: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    message: StationMessage | None = None
    prints: StationPrints = attrs.field(factory=StationPrints)

    @property
    def secret(self) -> bool:
        """Whether what is typed must not be seen."""
        return self.mode in (Mode.PIN, Mode.LOCKED_PIN)

    @property
    def queues(self) -> bool:
        """Whether a scan may be taken while another one waits for its answer."""
        return self.task in COUNTS_ON or self.mode is not Mode.TASK


_KEYS: Final = {Mode.MENU: "keys.menu", Mode.TASK: "keys.task"}


@attrs.frozen
class Trouble:
    """The house cannot be reached, or does not answer; `scanned` waits."""

    scanned: str


class StationSession:
    """The state of one station's front. Used by one thread at a time."""

    def __init__(self, port: StationPort, language: Language, wait: Callable[[Trouble], bool]) -> None:
        """`wait` is told of trouble, waits a while, and answers whether to try again (False: the station closes)."""
        self._port = port
        self._language = language
        self._wait = wait
        self._mode = Mode.BADGE
        self._badge = ""
        self._desk: AtDesk | None = None
        self._screen: StationScreen | None = None
        self._message: StationMessage | None = None

    @property
    def scale(self) -> str:
        """The address of the scale beside this station; empty for none, or before anybody has logged in."""
        return "" if self._desk is None else self._desk.scale

    def take(self, code: str) -> Picture:
        """Whatever follows from a scan; refusals are told on the picture."""
        self._message = None
        command = command_of(unicodedata.normalize("NFKC", code).strip().upper())
        try:
            if command is Command.LANGUAGE:
                self._language = Language.ENGLISH if self._language is Language.CHINESE else Language.CHINESE
                self._message = None if self._screen is None else self._screen.message
            elif self._desk is None or self._mode in (Mode.LOCKED, Mode.LOCKED_PIN):
                self._enter(code, command)
            elif command in (Command.LOCK, Command.LEAVE, Command.MENU):
                self._steer(self._desk, command)
            elif self._mode is Mode.MENU:
                self._choose(self._desk, code)
            else:
                self._scan(self._desk, code)
        except (NoShift, Unauthenticated) as ended:
            self._forget(_told(ended))
        except StationLocked as locked:
            self._mode, self._message = Mode.LOCKED, _told(locked)
        except Refusal as refusal:
            self._message = _told(refusal)
        return self.picture()

    def look(self) -> StationPrints | None:
        """How the prints stand now, at a task; None where nobody can say, and then the next scan tells."""
        if self._desk is None or self._screen is None or self._mode is not Mode.TASK:
            return None
        try:
            prints = self._port.look(self._desk.token)
        except Refusal:
            return None
        self._screen = attrs.evolve(self._screen, prints=prints)
        return prints

    def picture(self) -> Picture:
        """The screen as it is."""
        desk, screen = self._desk, self._screen if self._mode is Mode.TASK else None
        shown = Picture(
            self._mode,
            self._prompt(),
            _KEYS.get(self._mode, "keys.login"),
            self._language,
            who="" if desk is None else desk.name,
            station="" if desk is None else desk.station,
            message=self._message,
        )
        if screen is not None:
            return attrs.evolve(
                shown,
                task=screen.task,
                digits=screen.digits,
                facts=screen.facts,
                columns=screen.columns,
                rows=screen.rows,
                prints=screen.prints,
            )
        if self._mode is Mode.MENU and desk is not None:
            rows = tuple((str(number), f"task.{task.value}") for number, task in enumerate(desk.tasks, start=1))
            return attrs.evolve(shown, columns=("label.key", "label.task"), rows=rows)
        return shown

    def _prompt(self) -> Phrase:
        if self._mode is Mode.TASK and self._screen is not None:
            return self._screen.prompt
        if self._mode is Mode.LOCKED:
            return phrase("prompt.locked", name="" if self._desk is None else self._desk.name)
        return phrase({Mode.BADGE: "prompt.badge", Mode.MENU: "prompt.menu"}.get(self._mode, "prompt.pin"))

    def _enter(self, code: str, command: Command | None) -> None:
        """A badge, then a PIN; leaving is possible all the while."""
        if command is Command.LEAVE and self._desk is not None:
            self._steer(self._desk, command)
        elif command is not None:
            self._mode = Mode.BADGE if self._desk is None else Mode.LOCKED
        elif self._mode in (Mode.BADGE, Mode.LOCKED):
            self._badge = unicodedata.normalize("NFKC", code).strip().upper()
            self._mode = Mode.PIN if self._mode is Mode.BADGE else Mode.LOCKED_PIN
        else:
            self._prove(unicodedata.normalize("NFKC", code).strip())

    def _prove(self, pin: str) -> None:
        desk = self._desk
        if desk is None:
            self._mode = Mode.BADGE
            desk = self._safely("", lambda: self._port.log_in(self._badge, pin))
            self._desk, self._mode = desk, Mode.MENU
            self._message = StationMessage(MessageLevel.SUCCESS, phrase("welcome", name=desk.name))
            return
        self._mode, token = Mode.LOCKED, desk.token
        self._safely("", lambda: self._port.unlock(token, self._badge, pin))
        self._mode = Mode.MENU if self._screen is None else Mode.TASK

    def _steer(self, desk: AtDesk, command: Command) -> None:
        """Away from the task: to the menu, to the lock, or out."""
        if command is Command.MENU:
            self._mode, self._screen = Mode.MENU, None
        elif command is Command.LOCK:
            self._safely(command.barcode, lambda: self._port.lock(desk.token))
            self._mode = Mode.LOCKED
        else:
            self._safely(command.barcode, lambda: self._port.leave(desk.token))
            self._forget(StationMessage(MessageLevel.INFO, phrase("good-bye")))

    def _forget(self, message: StationMessage) -> None:
        self._mode, self._desk, self._screen, self._badge, self._message = Mode.BADGE, None, None, "", message

    def _choose(self, desk: AtDesk, code: str) -> None:
        """A task by its number."""
        wanted = unicodedata.normalize("NFKC", code).strip()
        numbered = {str(number): task for number, task in enumerate(desk.tasks, start=1)}
        if wanted not in numbered:
            self._message = StationMessage(MessageLevel.ERROR, phrase("unknown-choice", scanned=wanted[:40]))
            return
        self._open(desk, numbered[wanted])

    def _open(self, desk: AtDesk, task: Task) -> None:
        screen = self._safely(f"task.{task.value}", lambda: self._port.open_task(desk.token, task))
        self._screen, self._mode, self._message = screen, Mode.TASK, screen.message

    def _scan(self, desk: AtDesk, code: str) -> None:
        before = self._screen
        assert before is not None
        try:
            screen = self._safely(code, lambda: self._port.scan(desk.token, before.task, before.seq + 1, code))
        except Refusal as refusal:
            if refusal.kind is not Kind.STALE:
                raise
            self._open(desk, before.task)
            self._message = StationMessage(MessageLevel.ERROR, phrase("drawn-anew"))
            return
        self._screen, self._message = screen, screen.message

    def _safely(self, scanned: str, call: Callable[[], T]) -> T:
        """The answer, asked for again with the same number as long as nobody knows it."""
        while True:
            try:
                return call()
            except Refusal as refusal:
                if refusal.kind is not Kind.UNAVAILABLE or not self._wait(Trouble(scanned)):
                    raise


def _told(refusal: Refusal) -> StationMessage:
    message = refused(None, phrase("prompt.menu"), refusal).message
    assert message is not None
    return message
