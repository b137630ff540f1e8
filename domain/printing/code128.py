"""Code 128 as modules: what each symbol's bars are, so that every printer language draws the same code in whole dots."""

from __future__ import annotations

import re
from typing import Final

import attrs

from houtai.domain.refusal import InvalidValue, Kind, Refusal

QUIET_MODULES: Final = 10
MAX_LENGTH: Final = 48
MIN_DIGITS_FOR_C: Final = 4

# ISO/IEC 15417, table 1: bar and space widths of symbol values 0 to 105; 106 is the stop.
_TABLE: Final = (
    "212222 222122 222221 121223 121322 131222 122213 122312 132212 221213 221312 231212 112232 122132 122231 113222 123122 "
    "123221 223211 221132 221231 213212 223112 312131 311222 321122 321221 312212 322112 322211 212123 212321 232121 111323 "
    "131123 131321 112313 132113 132311 211313 231113 231311 112133 112331 132131 113123 113321 133121 313121 211331 231131 "
    "213113 213311 213131 311123 311321 331121 312113 312311 332111 314111 221411 431111 111224 111422 121124 121421 141122 "
    "141221 112214 112412 122114 122411 142112 142211 241211 221114 413111 241112 134111 111242 121142 121241 114212 124112 "
    "124211 411212 421112 421211 212141 214121 412121 111143 111341 131141 114113 114311 411113 411311 113141 114131 311141 "
    "411131 211412 211214 211232 2331112"
)
_WIDTHS: Final = tuple(_TABLE.split(" "))
_TO_C: Final = 99
_START_B: Final = 104
_START_C: Final = 105
_STOP: Final = 106


@attrs.define(eq=False, slots=False)
class BarcodeTooWide(Refusal):
    """The code does not fit its place in bars of two dots, and thinner ones are not read reliably."""

    code = "printing.barcode-too-wide"
    kind = Kind.INVALID
    text = "{data} needs {needed_dots} dots for its bars, the place has {dots}"

    data: str
    needed_dots: int
    dots: int


@attrs.frozen
class Code128:
    """An encoded text: `digits_from` is where pairs of digits begin (code set C), its length for never."""

    data: str
    digits_from: int

    @property
    def symbols(self) -> tuple[int, ...]:
        """Start, data, check and stop as symbol values."""
        head, tail = self.data[: self.digits_from], self.data[self.digits_from :]
        pairs = [int(tail[place : place + 2]) for place in range(0, len(tail), 2)]
        body = [ord(sign) - 32 for sign in head]
        values = [_START_C, *pairs] if not head else [_START_B, *body, *([_TO_C, *pairs] if pairs else [])]
        check = (values[0] + sum(place * value for place, value in enumerate(values))) % 103
        return (*values, check, _STOP)

    @property
    def widths(self) -> tuple[int, ...]:
        """Bar, space, bar … in modules, from the first bar to the last."""
        return tuple(int(width) for symbol in self.symbols for width in _WIDTHS[symbol])

    @property
    def modules(self) -> int:
        """How many modules it is wide without its quiet zones."""
        return sum(self.widths)

    def dots_a_module(self, dots: int, *, least: int = 2, most: int = 4) -> int:
        """The whole dots of a module in a place of so many dots, quiet zones included. Raises BarcodeTooWide."""
        wide = self.modules + 2 * QUIET_MODULES
        if wide * least > dots:
            raise BarcodeTooWide(data=self.data, needed_dots=wide * least, dots=dots)
        return min(most, dots // wide)


def encode(data: str) -> Code128:
    """The code of a text of printable ASCII; a run of digits at its end goes in pairs. Raises InvalidValue."""
    check_scannable("data", data)
    digits = len(data) - len(data.rstrip("0123456789"))
    pairs = digits - digits % 2
    return Code128(data, len(data) - pairs if pairs >= MIN_DIGITS_FOR_C else len(data))


def check_scannable(field: str, data: str) -> None:
    """Refuse with InvalidValue what cannot be printed as a bar code and read back: all but 1 to 48 printable ASCII signs."""
    if not re.fullmatch(r"[!-~]([ -~]{0,46}[!-~])?", data):
        raise InvalidValue(field=field, rule=f"must be 1 to {MAX_LENGTH} printable ASCII characters without outer spaces")
