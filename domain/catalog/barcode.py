"""Barcodes: GTIN with its check digit, or a code of the house."""

from __future__ import annotations

import enum
import re

import attrs

from houtai.domain import limits
from houtai.domain.refusal import InvalidValue

_HOUSE_CODE = re.compile(r"[0-9A-Za-z][0-9A-Za-z._/-]{0,47}")


class BarcodeKind(enum.Enum):
    """What the code claims to be. The first three are GTINs, and their last digit is checked."""

    EAN = "ean"  # 8 or 13 digits
    UPC = "upc"  # 12 digits
    CASE = "gtin-14"  # 14 digits, for outer packs
    HOUSE = "house"  # printed by ourselves or a supplier: no check digit


_DIGITS = {BarcodeKind.EAN: {8, 13}, BarcodeKind.UPC: {12}, BarcodeKind.CASE: {14}}
_KIND_OF_LENGTH = {8: BarcodeKind.EAN, 13: BarcodeKind.EAN, 12: BarcodeKind.UPC, 14: BarcodeKind.CASE}


def check_digit(body: str) -> str:
    """The last digit of the GTIN that begins with `body` (GS1: weights 3 and 1 from the right)."""
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(body)))
    return str(-total % 10)


def is_gtin(code: str) -> bool:
    """Whether it has a GTIN's length and its check digit."""
    return code.isascii() and code.isdecimal() and len(code) in _KIND_OF_LENGTH and check_digit(code[:-1]) == code[-1]


def kind_of(code: str) -> BarcodeKind:
    """What a bare code claims to be: digits of a GTIN's length claim to be one, anything else is a house code."""
    if code.isascii() and code.isdecimal():
        return _KIND_OF_LENGTH.get(len(code), BarcodeKind.HOUSE)
    return BarcodeKind.HOUSE


@attrs.frozen
class Barcode:
    """A code on a pack of `pack_qty` pieces. Raises InvalidValue where a GTIN's length or check digit is wrong."""

    code: str
    pack_qty: int = attrs.field(default=1, validator=limits.between(1, 100_000))
    kind: BarcodeKind = attrs.field()

    @kind.default
    def _claimed(self) -> BarcodeKind:
        return kind_of(self.code)

    def __attrs_post_init__(self) -> None:
        if _HOUSE_CODE.fullmatch(self.code) is None:
            raise InvalidValue(field="barcode", rule="must have 1 to 48 letters, digits, dots, dashes or slashes")
        if self.kind is BarcodeKind.HOUSE:
            return
        if not (self.code.isdecimal() and len(self.code) in _DIGITS[self.kind]):
            raise InvalidValue(field="barcode", rule=f"{self.code} is no {self.kind.value.upper()}")
        if not is_gtin(self.code):
            raise InvalidValue(field="barcode", rule=f"{self.code} must end in {check_digit(self.code[:-1])}, its check digit")
