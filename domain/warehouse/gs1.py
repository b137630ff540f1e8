"""GS1 element strings: what lot, expiry, serial and quantity a scanned symbol says (GS1 General Specifications, section 3)."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from typing import Final

import attrs

from houtai.domain.catalog.barcode import check_digit
from houtai.domain.refusal import Kind, Refusal

SEPARATOR: Final = "\x1d"
SYMBOLOGIES: Final = ("]C1", "]d2", "]Q3", "]e0", "]J1")
"""What a scanner puts in front of a GS1 symbol: GS1-128, DataMatrix, QR, DataBar, DotCode."""


@attrs.define(eq=False, slots=False)
class BrokenGs1(Refusal):
    """The symbol claims to be GS1 and is not, from the place that is named."""

    code = "scan.broken-gs1"
    kind = Kind.INVALID
    text = "no GS1 code: {rule} at place {place}"

    rule: str
    place: int


@attrs.frozen
class _Form:
    """How an application identifier's value is written: so many characters at least and at most, digits only or not."""

    low: int
    high: int
    digits: bool = True
    checked: bool = False  # the last digit is a check digit
    date: bool = False

    @property
    def fixed(self) -> bool:
        return self.low == self.high


_KEY, _DATE, _TEXT20, _TEXT30 = _Form(14, 14, checked=True), _Form(6, 6, date=True), _Form(1, 20, False), _Form(1, 30, False)
FORMS: Final[dict[str, _Form]] = {
    "00": _Form(18, 18, checked=True),  # SSCC: a logistic unit
    "01": _KEY,
    "02": _KEY,  # what the unit contains; 37 says how many
    "10": _TEXT20,  # lot
    "11": _DATE,  # produced
    "12": _DATE,
    "13": _DATE,
    "15": _DATE,  # best before
    "16": _DATE,
    "17": _DATE,  # expires
    "20": _Form(2, 2),
    "21": _TEXT20,  # serial
    "22": _TEXT20,
    "30": _Form(1, 8),
    "37": _Form(1, 8),  # how many of 02
    "240": _TEXT30,
    "241": _TEXT30,
    "250": _TEXT30,
    "251": _TEXT30,
    "400": _TEXT30,
    "401": _TEXT30,
    "402": _Form(17, 17, checked=True),
    "403": _TEXT30,
    **{f"41{last}": _Form(13, 13, checked=True) for last in range(8)},
    "420": _TEXT20,
    **{f"310{places}": _Form(6, 6) for places in range(6)},  # net weight in kg with so many places
}
# Values that are fixed in length by their first two digits need no separator behind them.
_CHARACTERS: Final = re.compile(r"[!\"%&'()*+,\-./0-9:;<=>?A-Z_a-z]+")


@attrs.frozen
class Gs1:
    """The elements of a symbol as (application identifier, value), in their order; each identifier once."""

    elements: tuple[tuple[str, str], ...]

    def value(self, identifier: str) -> str:
        """The value of one identifier, empty for none."""
        return dict(self.elements).get(identifier, "")

    @property
    def gtin(self) -> str:
        """The item, or what the logistic unit contains, as 14 digits."""
        return self.value("01") or self.value("02")

    @property
    def sscc(self) -> str:
        """The logistic unit."""
        return self.value("00")

    @property
    def lot(self) -> str:
        """The lot."""
        return self.value("10")

    @property
    def serial(self) -> str:
        """The serial number."""
        return self.value("21")

    @property
    def qty(self) -> int:
        """How many pieces; 0 where the symbol does not say."""
        return int(self.value("37") or self.value("30") or 0)

    def expires_on(self, today: dt.date) -> dt.date | None:
        """The day it expires, else the day it is best before."""
        text = self.value("17") or self.value("15")
        return day_of(text, today) if text else None


def looks_like_gs1(text: str) -> bool:
    """Whether a scanner's text says that it is GS1, or begins like one: an item's or unit's key with a right check digit."""
    if text.startswith(SYMBOLOGIES) or SEPARATOR in text or re.match(r"\([0-9]{2,4}\)", text):
        return True
    key = text[2:16] if text[:2] in ("01", "02") else text[2:20] if text[:2] == "00" else ""
    whole = len(key) == (18 if text[:2] == "00" else 14)
    return whole and key.isascii() and key.isdecimal() and check_digit(key[:-1]) == key[-1]


def parse_gs1(text: str) -> Gs1:
    """The elements of a symbol, separators kept until here. Brackets as printed for people are read too. Raises BrokenGs1."""
    if text.startswith("("):
        return _by_brackets(text)
    at = next((len(mark) for mark in SYMBOLOGIES if text.startswith(mark)), 0)
    found: list[tuple[str, str]] = []
    while at < len(text):
        if text[at] == SEPARATOR:
            at += 1
            continue
        identifier = _identifier(text, at)
        form = FORMS[identifier]
        at += len(identifier)
        end = text.find(SEPARATOR, at)
        rest = text[at:] if end < 0 else text[at:end]
        value = rest[: form.high] if form.fixed else rest
        found.append((identifier, _checked(form, value, at)))
        at += len(value)
    return _once(found)


def _identifier(text: str, at: int) -> str:
    for length in (2, 3, 4):
        if text[at : at + length] in FORMS:
            return text[at : at + length]
    raise BrokenGs1(rule=f"unknown application identifier {text[at : at + 4]!r}", place=at)


def _by_brackets(text: str) -> Gs1:
    found, at = [], 0
    for match in re.finditer(r"\(([0-9]{2,4})\)([^(]*)", text):
        if match.start() != at or match[1] not in FORMS:
            break
        found.append((match[1], _checked(FORMS[match[1]], match[2], match.start(2))))
        at = match.end()
    if at != len(text):
        raise BrokenGs1(rule="unknown application identifier", place=at)
    return _once(found)


def _checked(form: _Form, value: str, place: int) -> str:
    if not form.low <= len(value) <= form.high:
        raise BrokenGs1(rule=f"{form.low} to {form.high} characters are due, {len(value)} are there", place=place)
    if form.digits and not (value.isascii() and value.isdecimal()):
        raise BrokenGs1(rule="digits are due", place=place)
    if _CHARACTERS.fullmatch(value) is None:
        raise BrokenGs1(rule="a sign that GS1 does not have", place=place)
    if form.checked and check_digit(value[:-1]) != value[-1]:
        raise BrokenGs1(rule=f"the check digit must be {check_digit(value[:-1])}", place=place + len(value) - 1)
    if form.date and not (1 <= int(value[2:4]) <= 12 and int(value[4:]) <= 31):
        raise BrokenGs1(rule="a date as YYMMDD is due", place=place)
    return value


def _once(found: list[tuple[str, str]]) -> Gs1:
    """Raises BrokenGs1 for an empty symbol, or one that says two things under one identifier."""
    if not found or len({identifier for identifier, _ in set(found)}) < len(set(found)):
        raise BrokenGs1(rule="nothing, or one identifier with two values", place=0)
    return Gs1(tuple(dict.fromkeys(found)))


def day_of(text: str, today: dt.date) -> dt.date:
    """A YYMMDD date: within fifty years of today, day 00 standing for the month's last. Raises BrokenGs1."""
    year, month, day = int(text[:2]), int(text[2:4]), int(text[4:6])
    full = today.year - today.year % 100 + year
    if full - today.year > 50:
        full -= 100
    elif full - today.year <= -50:
        full += 100
    last = calendar.monthrange(full, month)[1]
    if day > last:
        raise BrokenGs1(rule=f"the month has {last} days", place=4)
    return dt.date(full, month, day or last)
