"""The field that scans arrive in: it takes every key itself, in order, so that no scan is lost, merged or half-filled."""

from __future__ import annotations

from typing import Final

from textual import events
from textual.message import Message
from textual.timer import Timer
from textual.widgets import Input

from houtai.domain.warehouse.codes import Command
from houtai.domain.warehouse.gs1 import SEPARATOR
from houtai.entrypoints.terminal.scan_buffer import Bad, ScanBuffer

SEPARATOR_KEY: Final = "ctrl+right_square_bracket"  # how a terminal names the GS1 separator
END_KEYS: Final = frozenset({"enter", "ctrl+m", "ctrl+j", "tab"})
SPOILT_END_KEYS: Final = frozenset({"alt+enter", "alt+tab", "alt+ctrl+j"})  # an escape in front of the end of a scan
HIDDEN_ESCAPE: Final = "circumflex_accent"
"""An escape that begins no sequence arrives as this sign, so that no code can be trusted that holds it; labels do not."""

KEYS: Final = {
    "f2": Command.LANGUAGE,
    "f3": Command.DONE,
    "f4": Command.UNDO,
    "f5": Command.SKIP,
    "f6": Command.CANCEL,
    "f7": Command.SHORT,
    "f8": Command.LOCK,
    "f9": Command.MENU,
    "f10": Command.LEAVE,
}
ALONE_S: Final = 0.08
"""A function key counts when nothing follows it for this long: one that is hidden in a code is followed by its end."""


class ScanInput(Input):
    """One line for scans and typing. Only whole codes leave it, as `Scanned`, or as `Rejected` with the reason.

    The end of a scan is taken here, in the order of keys: as a binding it would bubble to the app and come back behind the
    next scan's first characters, and the two would merge.
    """

    class Scanned(Message):
        """A whole code, or the code of a command behind a function key."""

        def __init__(self, code: str, *, by_key: bool = False) -> None:
            """`code` as it was scanned, GS1 separators included; `by_key` for a function key."""
            super().__init__()
            self.code = code
            self.by_key = by_key

    class Rejected(Message):
        """A scan that was not used; `why` is the code of a text."""

        def __init__(self, why: str) -> None:
            """`why` is told to whoever scanned."""
            super().__init__()
            self.why = why

    def __init__(self) -> None:
        """Empty, and never marked as a whole."""
        super().__init__(select_on_focus=False)
        self.buffer = ScanBuffer()
        self._key_alone: Timer | None = None
        self._key: Command | None = None

    async def _on_key(self, event: events.Key) -> None:
        event.stop()
        event.prevent_default()
        key = event.key
        if self._key is not None:  # a key that something follows at once was part of a code
            self._forget_key()
            self.buffer.spoil()
        if key in END_KEYS:
            self._finish(self.buffer.end())
        elif key in SPOILT_END_KEYS:
            self.buffer.spoil()
            self._finish(self.buffer.end())
        elif key == SEPARATOR_KEY:
            self.buffer.add(SEPARATOR)
        elif key == "backspace":
            self.buffer.back()
        elif key in KEYS and not self.buffer.text and not self.buffer.spoilt:
            self._key = KEYS[key]
            self._key_alone = self.set_timer(ALONE_S, self._press)
        elif event.is_printable and event.character is not None and key != HIDDEN_ESCAPE and not key.startswith("alt+"):
            self.buffer.add(event.character)
        else:
            self.buffer.spoil()
        self._show()

    def _on_paste(self, event: events.Paste) -> None:
        event.stop()
        event.prevent_default()
        if self._key is not None:
            self._forget_key()
            self.buffer.spoil()
        for sign in event.text:
            self._finish(self.buffer.feed(sign))
        self._show()

    def _finish(self, ended: str | Bad | None) -> None:
        if isinstance(ended, Bad):
            self.post_message(self.Rejected(ended.why))
        elif ended is not None:
            self.post_message(self.Scanned(ended))

    def _press(self) -> None:
        """The function key stood alone."""
        pressed = self._key
        self._forget_key()
        if pressed is not None:
            self.post_message(self.Scanned(pressed.barcode, by_key=True))

    def _forget_key(self) -> None:
        if self._key_alone is not None:
            self._key_alone.stop()
        self._key, self._key_alone = None, None

    def _show(self) -> None:
        self.value = self.buffer.shown
        self.cursor_position = len(self.value)
        self.set_class(self.buffer.spoilt, "spoilt")
