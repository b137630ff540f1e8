"""What a scanner sent: cleaned, bounded, told apart by kind, and the three different ways in which it can be wrong."""

from __future__ import annotations

import enum
import re
import unicodedata
from collections.abc import Sequence
from typing import Any, Final

import attrs

from houtai.domain.catalog.barcode import is_gtin
from houtai.domain.refusal import Kind, Refusal
from houtai.domain.warehouse.codes import Command, Prefix, command_of, prefix_of
from houtai.domain.warehouse.gs1 import SEPARATOR, SYMBOLOGIES, BrokenGs1, Gs1, looks_like_gs1, parse_gs1

MAX_SCAN = 200
_READABLE: Final = re.compile(f"[ -~{SEPARATOR}]+")


@attrs.define(eq=False, slots=False)
class UnreadableScan(Refusal):
    """The characters cannot be a code: nothing of them was used."""

    code = "scan.unreadable"
    kind = Kind.INVALID
    text = "unreadable: {rule}"

    rule: str


@attrs.define(eq=False, slots=False)
class BarcodeNotFound(Refusal):
    """Nothing has this code."""

    code = "scan.not-found"
    kind = Kind.NOT_FOUND
    text = "nothing has the code {scanned}"

    scanned: str


@attrs.define(eq=False, slots=False)
class WrongRecord(Refusal):
    """The code is known, and not what was asked for."""

    code = "scan.wrong-record"
    text = "{what} {scanned} was scanned, {expected_what} {expected} is due"

    what: str
    scanned: str
    expected_what: str
    expected: str


class Finer(enum.Enum):
    """What to scan instead of a code that means several things."""

    PRODUCT = "product"  # several products in the location
    LOT = "lot"
    SERIAL = "serial"
    PACK = "pack"  # several packs of the product
    DOCUMENT = "document"  # several documents under one number


@attrs.define(eq=False, slots=False)
class AmbiguousScan(Refusal):
    """The code means several things here; a finer one decides."""

    code = "scan.ambiguous"
    text = "{scanned} means {count} things here; scan the {finer}"

    scanned: str
    count: int
    finer: str


class ScanKind(enum.Enum):
    """What a code can be known to be before anything is looked up."""

    LOCATION = "location"
    UNIT = "unit"  # a handling unit: pallet, tote, cart slot, parcel
    WAVE = "wave"
    STAFF = "staff"
    COMMAND = "command"
    GS1 = "gs1"
    GTIN = "gtin"
    OTHER = "other"  # a waybill, an order, a house code, a serial: the look-up says


_KINDS: Final = {
    Prefix.LOCATION: ScanKind.LOCATION,
    Prefix.UNIT: ScanKind.UNIT,
    Prefix.WAVE: ScanKind.WAVE,
    Prefix.STAFF: ScanKind.STAFF,
    Prefix.COMMAND: ScanKind.COMMAND,
}


@attrs.frozen
class ScannedCode:
    """A code as it was scanned, cleaned; `gs1` is set for GS1, `command` for a command code."""

    text: str
    kind: ScanKind
    gs1: Gs1 | None = None
    command: Command | None = None

    @property
    def shown(self) -> str:
        """The code as a screen may show it: the separator as a sign."""
        return self.text.replace(SEPARATOR, "␝")

    @property
    def gtins(self) -> tuple[str, ...]:
        """The item's number in every length that catalogues write it in, the longest first; nothing for no item.

        A symbol pads it with zeros to 14 digits, the shelf's barcode has 13, 12 or 8.
        """
        code = self.gs1.gtin if self.gs1 is not None else self.text if self.kind is ScanKind.GTIN else ""
        padded = code.zfill(14)
        return tuple(padded[-length:] for length in (14, 13, 12, 8) if code and not padded[:-length].strip("0"))


def clean(raw: str) -> str:
    """The characters of a scan: full-width ones as plain, no blanks around.

    Raises UnreadableScan for nothing, more than MAX_SCAN characters, control characters but the GS1 separator, or signs that no
    code of ours can hold.
    """
    if len(raw) > MAX_SCAN:
        raise UnreadableScan(rule=f"{len(raw)} characters, {MAX_SCAN} at most; two codes may have run together")
    text = unicodedata.normalize("NFKC", raw).strip(" ")
    if not text.strip(SEPARATOR):
        raise UnreadableScan(rule="nothing was scanned")
    if len(text) > MAX_SCAN or _READABLE.fullmatch(text) is None:
        raise UnreadableScan(rule="it holds signs that no code has")
    return text


def classify(raw: str) -> ScannedCode:
    """What the scan is, by its form alone; our own codes may be typed small.

    Raises UnreadableScan, BrokenGs1, and BarcodeNotFound for an unknown command.
    """
    text = clean(raw)
    own = text.upper()
    prefix = prefix_of(own)
    if prefix is Prefix.COMMAND:
        command = command_of(own)
        if command is None:
            raise BarcodeNotFound(scanned=own)
        return ScannedCode(own, ScanKind.COMMAND, command=command)
    if prefix is not None:
        return ScannedCode(own, _KINDS[prefix])
    if is_gtin(text):
        return ScannedCode(text, ScanKind.GTIN)
    if looks_like_gs1(text):
        return _gs1(text)
    return ScannedCode(text, ScanKind.OTHER)


def _gs1(text: str) -> ScannedCode:
    """GS1 where the scanner or the brackets say so, whatever comes; by its beginning alone only if it can be read to the end."""
    try:
        return ScannedCode(text, ScanKind.GS1, gs1=parse_gs1(text))
    except BrokenGs1:
        if text.startswith((*SYMBOLOGIES, "(")) or SEPARATOR in text:
            raise
        return ScannedCode(text, ScanKind.OTHER)


@attrs.frozen
class Match:
    """A record that a code names: its kind in the trade's words, its key, and how people call it."""

    what: str  # location, unit, product, pack, lot, order, waybill, wave, cart, staff
    key: Any
    name: str
    qty: int = 1  # pieces of a pack
    lot: str = ""


def choose(
    code: ScannedCode, found: Sequence[Match], wanted: Sequence[str], expected: str = "", finer: Finer = Finer.PRODUCT
) -> Match:
    """The one record that is meant, by the kinds wanted here in their order.

    Raises BarcodeNotFound for no record at all, WrongRecord for records of other kinds only, AmbiguousScan for several.
    """
    if not found:
        raise BarcodeNotFound(scanned=code.shown)
    for what in wanted:
        here = [match for match in found if match.what == what]
        if len(here) > 1:
            raise AmbiguousScan(scanned=code.shown, count=len(here), finer=finer.value)
        if here:
            return here[0]
    raise WrongRecord(what=found[0].what, scanned=found[0].name, expected_what=" / ".join(wanted), expected=expected)


@attrs.frozen
class Confirming:
    """A question that the same code answers with yes: it is asked, and only scanning that very code again confirms."""

    question: str
    scanned: str


def confirm(pending: Confirming | None, question: str, code: ScannedCode) -> Confirming | None:
    """None where the code confirms the question that is pending; else the question to ask now, for this code."""
    asked = Confirming(question, code.text)
    return None if pending == asked else asked
