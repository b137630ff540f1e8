"""The station's screen: a field that scans arrive in, a coloured band that answers, a number, a list; no mouse, no dialogs."""

from __future__ import annotations

import enum
import queue
import threading
import time
from collections.abc import Callable
from typing import ClassVar, Final

import attrs
from rich.text import Text
from textual.app import App, ComposeResult
from textual.message import Message
from textual.widgets import Digits, Static

from houtai.application.stations.port import StationPort
from houtai.domain.warehouse.codes import Command
from houtai.domain.warehouse.reply import SOUNDS, MessageLevel, Phrase, Sound, StationMessage, asks, phrase
from houtai.domain.warehouse.words import TEXTS, Language
from houtai.domain.warehouse.work import StationPrints, Task
from houtai.entrypoints.terminal.listing import fit, folded, listed
from houtai.entrypoints.terminal.scan_input import ScanInput
from houtai.entrypoints.terminal.session import Mode, Picture, StationSession, Trouble

SLOW_S: Final = 3
VERY_SLOW_S: Final = 10
RETRY_S: Final = 1.0
LOOK_PENDING_S: Final = 0.2
LOOK_S: Final = 2.0
LOOK_AWAY_S: Final = 5.0
LOOK_FOR_S: Final = 120
"""Prints are looked at every 0.2 s while one is on its way, every 2 s while one is not well, or for two minutes after a scan that
may cause one; every 5 s when nobody answered."""

PRINTING: Final = frozenset({Task.CHECK, Task.HAND_OVER})
"""Tasks whose scans cause prints, some of them later, when a carrier has answered."""

LOCK_AFTER_S: Final = 600
BELL_GAP_S: Final = 0.15
TOLD_PRINTS: Final = 2  # by name at once; each may take two lines
BELLS: Final = {Sound.SILENT: 0, Sound.OK: 1, Sound.ASK: 2, Sound.WRONG: 3, Sound.ALARM: 5}
"""How often the bell rings: a pattern that is told apart without looking."""

SYMBOLS: Final = {
    MessageLevel.SUCCESS: "[+]",
    MessageLevel.INFO: "[i]",
    MessageLevel.WARNING: "[*]",
    MessageLevel.ERROR: "[X]",
    MessageLevel.STOP: "[!]",
}
"""Plain signs: others are one cell wide on one terminal and two on the next."""

MENU_ROWS: Final = 9
"""So many lines of the menu stand below each other, its head among them; 24 lines of a terminal leave room for two more."""

ASKED: Final = "[?]"
"""The sign of a warning that is a question: the same scan again answers it with yes."""

CSS: Final = """
Screen { layout: vertical; overflow: hidden; }
#top { height: 1; background: $panel; }
#band { height: 5; padding: 0 1; background: $primary-darken-2; color: white; text-style: bold; }
#band.success { background: darkgreen; }
#band.warning { background: darkgoldenrod; }
#band.error { background: darkred; }
#band.stop { background: red; }
#prints { height: auto; max-height: 5; padding: 0 1; background: darkred; color: white; text-style: bold; }
#digits { height: 3; padding: 0 1; }
#facts { height: auto; max-height: 3; padding: 0 1; }
#list { height: 1fr; padding: 0 1; }
ScanInput { height: 3; }
ScanInput.spoilt { border: tall red; }
#keys { height: 1; background: $panel; }
"""


class Look(enum.Enum):
    """In the queue of scans: look at the prints."""

    NOW = "now"


class Answered(Message):
    """A scan was answered."""

    def __init__(self, picture: Picture) -> None:
        """What to show now."""
        super().__init__()
        self.picture = picture


class Looked(Message):
    """The prints were looked at."""

    def __init__(self, prints: StationPrints | None) -> None:
        """How they stand; None where nobody could say."""
        super().__init__()
        self.prints = prints


class Troubled(Message):
    """The house cannot be reached."""

    def __init__(self, trouble: Trouble) -> None:
        """What waits for it."""
        super().__init__()
        self.trouble = trouble


class Weighed(Message):
    """The scale stands still, with something on it; or it cannot be read, and says why."""

    def __init__(self, reading: str, why: str = "") -> None:
        """The line that the scale sent; empty for none."""
        super().__init__()
        self.reading, self.why = reading, why


Scale = Callable[[str, Callable[[], bool]], str]
"""Reads a scale by its address as long as that is wanted: see `scales.read_steady`."""


class StationApp(App[None], inherit_bindings=False):
    """One station. Scans are answered one after the other by one thread, in the order in which they came.

    No key quits, copies or opens anything: bindings are left out whole, because codes can hold control characters.
    """

    CSS = CSS
    ENABLE_COMMAND_PALETTE: ClassVar[bool] = False
    TITLE = "Houtai"

    def __init__(
        self,
        port: StationPort,
        *,
        language: Language = Language.CHINESE,
        lock_after_s: int = LOCK_AFTER_S,
        scale: Scale | None = None,
    ) -> None:
        """`port` is asked from a thread of its own; the station locks itself when nothing was scanned for `lock_after_s`.

        Where it has a scale, `scale` reads it as soon as a weight is asked for; None where weights are typed or scanned.
        """
        super().__init__()
        self._shut = threading.Event()
        self._session = StationSession(port, language, self._wait)
        self._queue: queue.Queue[str | Look | None] = queue.Queue()
        self._lock_after_s = lock_after_s
        self._waiting = 0
        self._sent_at = self._touched_at = self._looked_at = time.monotonic()
        self._looking = self._unseen = False
        self._told: set[StationMessage] = set()
        self._trouble: Trouble | None = None
        self._notice: StationMessage | None = None
        self._scale = scale
        self._at_scale = False
        self.picture = self._session.picture()

    def compose(self) -> ComposeResult:
        """From top to bottom; nothing but the field can have the focus."""
        yield Static(id="top", markup=False)
        yield Static(id="band", markup=False)
        yield Static(id="prints", markup=False)
        yield Digits(id="digits")
        yield Static(id="facts", markup=False)
        yield Static(id="list", markup=False)
        yield ScanInput()
        yield Static(id="keys", markup=False)

    def on_mount(self) -> None:
        """Begin to answer."""
        self.query_one(ScanInput).focus()
        threading.Thread(target=self._answer, name="station", daemon=True).start()
        self.set_interval(0.5, self._look_at_time)
        self.set_interval(LOOK_PENDING_S / 2, self._look_at_prints)
        self._draw()

    def on_unmount(self) -> None:
        """Nothing is answered any more."""
        self._shut.set()
        self._queue.put(None)

    def on_resize(self) -> None:
        """The list has another width."""
        if self.query(ScanInput):  # the first size comes before there is anything to draw
            self._draw()

    def on_scan_input_scanned(self, message: ScanInput.Scanned) -> None:
        """Send it, or say why it is not sent; nothing waits unseen."""
        message.stop()
        self._touched_at = time.monotonic()
        if message.by_key and message.code == Command.LEAVE.barcode and self.picture.mode is Mode.BADGE and not self._waiting:
            self.exit()
        elif self._trouble is not None or (self._waiting and not self.picture.queues):
            shown = "***" if self.picture.secret else message.code[:40]
            self._say(StationMessage(MessageLevel.ERROR, phrase("not-sent", scanned=shown)))
        else:
            self._send(message.code)

    def on_scan_input_rejected(self, message: ScanInput.Rejected) -> None:
        """Tell why a scan was not used."""
        message.stop()
        self._touched_at = time.monotonic()
        self._say(StationMessage(MessageLevel.ERROR, phrase(message.why)))

    def on_answered(self, message: Answered) -> None:
        """Show what a scan has led to."""
        self._waiting -= 1
        self._sent_at = time.monotonic()
        self._trouble = None
        self.picture = message.picture
        self._read_scale()
        said = self.picture.message
        sound = Sound.SILENT if said is None else SOUNDS[said.level]
        self._ring(Sound.WRONG if self._is_news(self.picture.prints) and BELLS[sound] < BELLS[Sound.WRONG] else sound)
        self._draw()

    def on_weighed(self, message: Weighed) -> None:
        """What the scale says counts as a scan, if a weight is still asked for; else what is wrong with it is told once."""
        self._at_scale = False
        if message.why and self._wants_weight():
            self._at_scale = True  # typed from here on, until the next parcel
            self._say(StationMessage(MessageLevel.ERROR, phrase("scale-away", error=message.why[:80])))
        elif message.reading and self._wants_weight() and not self._waiting and self._trouble is None:
            self._touched_at = time.monotonic()
            self._send(message.reading)

    def on_looked(self, message: Looked) -> None:
        """Show what has become of the prints, and ring for what is new; the answer to the last scan stays."""
        self._looking, self._unseen = False, message.prints is None
        self._looked_at = time.monotonic()
        if message.prints is None or self.picture.mode is not Mode.TASK or message.prints == self.picture.prints:
            return
        if self._is_news(message.prints):
            self._ring(Sound.WRONG)
        self.picture = attrs.evolve(self.picture, prints=message.prints)
        self._draw_prints()

    def on_troubled(self, message: Troubled) -> None:
        """Block the station until the house answers again."""
        if self._trouble is None:
            self._ring(Sound.ALARM)
        self._trouble = message.trouble
        self._draw()

    def _send(self, code: str) -> None:
        if not self._waiting:
            self._sent_at = time.monotonic()
        self._notice = None
        self._waiting += 1
        self._queue.put(code)
        self._draw_top()

    def _say(self, message: StationMessage) -> None:
        self._notice = message
        self._ring(SOUNDS[message.level])
        self._draw()

    def _answer(self) -> None:
        """The one thread that asks the house."""
        while (code := self._queue.get()) is not None:
            if isinstance(code, Look):
                self.post_message(Looked(self._session.look()))
            else:
                self.post_message(Answered(self._session.take(code)))

    def _wait(self, trouble: Trouble) -> bool:
        """In the answering thread: tell the screen, and wait before the next try."""
        self.post_message(Troubled(trouble))
        return not self._shut.wait(RETRY_S)

    def _wants_weight(self) -> bool:
        return self.picture.mode is Mode.TASK and self.picture.prompt.code == "prompt.weight"

    def _read_scale(self) -> None:
        """Where a weight is asked for and the station has a scale, read it in a thread of its own until it stands still."""
        if not self._wants_weight():
            self._at_scale = False
        elif self._scale is not None and self._session.scale and not self._at_scale:
            self._at_scale = True
            arguments = (self._scale, self._session.scale)
            threading.Thread(target=self._weigh, args=arguments, name="scale", daemon=True).start()

    def _weigh(self, scale: Scale, address: str) -> None:
        try:
            reading, why = scale(address, lambda: self._at_scale and not self._shut.is_set()), ""
        except OSError as away:
            reading, why = "", str(away)
        if not self._shut.is_set():
            self.post_message(Weighed(reading, why))

    def _look_at_time(self) -> None:
        """Tell of slow answers, and lock a station that somebody left."""
        now = time.monotonic()
        if self._waiting and now - self._sent_at > SLOW_S:
            self._draw_band()
        at_work = self.picture.mode in (Mode.MENU, Mode.TASK)
        if at_work and not self._waiting and now - self._touched_at > self._lock_after_s:
            self._touched_at = now
            self._send(Command.LOCK.barcode)

    def _look_at_prints(self) -> None:
        """Look without a scan, when it is time; never while a scan waits."""
        shown, now = self.picture, time.monotonic()
        if self._looking or self._waiting or shown.mode is not Mode.TASK:
            return
        lately = shown.task in PRINTING and now - self._touched_at < LOOK_FOR_S
        if not (shown.prints.waiting or shown.prints.notices or lately):
            return
        pause_s = LOOK_PENDING_S if shown.prints.waiting and not shown.prints.notices else LOOK_S
        if now - self._looked_at >= (LOOK_AWAY_S if self._unseen else pause_s):
            self._looking = True
            self._queue.put(Look.NOW)

    def _is_news(self, prints: StationPrints) -> bool:
        """Whether something is wrong that was not told before; a print that waits is no news when it is tried in vain again."""
        news = not set(prints.notices) <= self._told
        tried = {one for one in self._told if prints.waiting and one.code == "print-waits"}
        self._told = tried | set(prints.notices)
        return news

    def _ring(self, sound: Sound) -> None:
        for count in range(BELLS[sound]):
            self.set_timer(BELL_GAP_S * count + 0.001, self.bell)

    def _text(self, words: Phrase) -> str:
        return words.text(self.picture.language)

    def _word(self, code: str) -> str:
        """A code as its text, anything else as it is."""
        return TEXTS[code][self.picture.language] if code in TEXTS else code

    def _draw(self) -> None:
        shown, room = self.picture, max(20, self.size.width - 2)
        self._draw_top()
        self._draw_band()
        self._draw_prints()
        self.query_one(Digits).update(shown.digits)
        facts = [f"{self._word(name)}: {self._word(value)}" for name, value in shown.facts]
        self.query_one("#facts", Static).update(Text("\n".join(fit(line, room) for line in facts)))
        rows = [tuple(self._word(name) for name in shown.columns), *(tuple(map(self._word, row)) for row in shown.rows)]
        if shown.mode is Mode.MENU:
            rows = folded(rows, MENU_ROWS)
        self.query_one("#list", Static).update(Text("\n".join(listed(rows, room)) if shown.columns else ""))
        field = self.query_one(ScanInput)
        if field.password != shown.secret:
            field.password = shown.secret
        self.query_one("#keys", Static).update(Text(fit(self._word(shown.keys), self.size.width)))

    def _draw_top(self) -> None:
        shown = self.picture
        task = "" if shown.task is None else self._word(f"task.{shown.task.value}")
        waiting = f"{self._word('label.waiting')} {self._waiting}" if self._waiting else ""
        parts = (part for part in (shown.station, shown.who, task, waiting) if part)
        self.query_one("#top", Static).update(Text(fit(" | ".join(("Houtai", *parts)), self.size.width)))

    def _draw_band(self) -> None:
        message = self._urgent() or self._notice or self.picture.message
        band = self.query_one("#band", Static)
        for level in MessageLevel:
            band.set_class(message is not None and message.level is level, level.value)
        said = ""
        if message is not None:
            sign, word = (ASKED, "level.ask") if asks(message) else (SYMBOLS[message.level], f"level.{message.level.value}")
            said = f"{sign} {self._word(word)}  {self._text(message.phrase)}"
        band.update(Text(f"{said}\n\n> {self._text(self.picture.prompt)}"))

    def _draw_prints(self) -> None:
        """What is wrong with prints, on its own band: the next scan's answer does not cover it."""
        prints = self.picture.prints
        lines = [f"{SYMBOLS[one.level]} {self._text(one.phrase)}" for one in prints.notices[:TOLD_PRINTS]]
        if hidden := len(prints.notices) - len(lines) + prints.more:
            lines.append(self._text(phrase("prints-more", count=hidden)))
        band = self.query_one("#prints", Static)
        band.display = bool(lines)
        band.update(Text("\n".join(lines)))

    def _urgent(self) -> StationMessage | None:
        """What has to be said before anything else: no house, or a slow one."""
        if self._trouble is not None:
            return StationMessage(MessageLevel.STOP, phrase("no-network", scanned=self._trouble.scanned[:40]))
        waited_s = int(time.monotonic() - self._sent_at)
        if not self._waiting or waited_s < SLOW_S:
            return None
        level = MessageLevel.ERROR if waited_s >= VERY_SLOW_S else MessageLevel.WARNING
        return StationMessage(level, phrase("slow-network", seconds=waited_s))
