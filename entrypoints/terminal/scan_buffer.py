"""The characters of one scan until its end: none is lost, none goes over to the next scan, and what was disturbed is not sent."""

from __future__ import annotations

from typing import Final

import attrs

from houtai.domain.warehouse.gs1 import SEPARATOR
from houtai.domain.warehouse.scan import MAX_SCAN

SHOWN_SEPARATOR: Final = "␝"
ENDS: Final = frozenset("\r\n\t")
"""What scanners send behind a code: enter, line feed or tab, as they are set."""


@attrs.frozen
class Bad:
    """A scan that was not used, with the code of the text that says why."""

    why: str


@attrs.define
class ScanBuffer:
    """What has come of a scan so far."""

    text: str = ""
    spoilt: bool = False
    too_long: bool = False

    def feed(self, sign: str) -> str | Bad | None:
        """One character as the scanner sent it: the finished code, or why it is not used, or None while it goes on."""
        if sign in ENDS:
            return self.end()
        if sign == SEPARATOR or sign.isprintable():
            self.add(sign)
        else:
            self.spoil()
        return None

    def add(self, sign: str) -> None:
        """A character of the code; beyond the longest code nothing is kept, and the scan is not used."""
        if len(self.text) >= MAX_SCAN:
            self.too_long = True
        else:
            self.text += sign

    def spoil(self) -> None:
        """Something came that is in no code: whatever this is, it is not used."""
        self.spoilt = True

    def back(self) -> None:
        """The last character was taken back by hand."""
        self.text = self.text[:-1]

    def end(self) -> str | Bad | None:
        """The end of the scan: its code, why it is not used, or None for nothing at all. The next one begins empty."""
        ended, self.text = self.text, ""
        spoilt, self.spoilt = self.spoilt, False
        too_long, self.too_long = self.too_long, False
        if spoilt:
            return Bad("bad-scan")
        if too_long:
            return Bad("scan-too-long")
        return ended or None

    @property
    def shown(self) -> str:
        """The code as the screen shows it."""
        return self.text.replace(SEPARATOR, SHOWN_SEPARATOR)
