"""Money as integer minor units with a currency, and the one way to apportion it (R-1, R-2)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Self

import attrs

from houtai.domain.refusal import CurrencyMismatch, InvalidValue

MAX_MINOR = 10**15  # ten trillion yuan in fen: past any book, and far inside a 64-bit integer

# Decimal places of the currencies that differ from the usual two (ISO 4217).
_WITHOUT_PLACES = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF"
_THREE_PLACES = "BHD IQD JOD KWD LYD OMR TND"
_PLACES = dict.fromkeys(_WITHOUT_PLACES.split(), 0) | dict.fromkeys(_THREE_PLACES.split(), 3)

_DECIMAL = re.compile(r"[+-]?[0-9]{1,16}(\.[0-9]{1,9})?", re.ASCII)


_CODES = """
    AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLP CNY
    COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR
    IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR
    MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD
    SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VES VND VUV WST XAF XCD XOF
    XPF YER ZAR ZMW ZWG
"""
CURRENCIES = frozenset(_CODES.split())
"""The currencies of ISO 4217 in which trade is done; RMB is not one of them, CNY is."""


def whole(value: object, name: str) -> int:
    """`value` as an integer; TypeError for anything else, bool and float included (R-1)."""
    if isinstance(value, bool) or not isinstance(value, int):
        message = f"{name} must be an integer, not {type(value).__name__}"
        raise TypeError(message)
    return value


def _minor(_: object, __: object, value: int) -> None:
    if abs(whole(value, "minor")) > MAX_MINOR:
        raise InvalidValue(field="minor", rule=f"must lie within ±{MAX_MINOR}")


def _currency(_: object, __: object, value: str) -> None:
    if value not in CURRENCIES:
        raise InvalidValue(field="currency", rule="must be a three-letter ISO 4217 code")


@attrs.frozen(order=False)
class Money:
    """An exact amount. `minor` counts the smallest unit (fen, cent); arithmetic across currencies is refused."""

    minor: int = attrs.field(validator=_minor)
    currency: str = attrs.field(validator=_currency)

    @classmethod
    def zero(cls, currency: str) -> Self:
        """Nothing, in this currency."""
        return cls(0, currency)

    @classmethod
    def of(cls, text: str, currency: str) -> Self:
        """From a decimal text (``"19.99"``); ValueError for any other, and where the currency has no such fraction.

        Only plain digits are read: no exponent, no NaN, no thousands, no digits of other scripts.
        """
        if not _DECIMAL.fullmatch(text):
            message = f"{text[:40]!r} is not an amount"
            raise ValueError(message)
        scaled = Decimal(text).scaleb(_PLACES.get(currency, 2))
        if scaled != scaled.to_integral_value():
            message = f"{text!r} has a fraction that {currency} does not know"
            raise ValueError(message)
        return cls(int(scaled), currency)

    @classmethod
    def total(cls, amounts: Iterable[Money], currency: str) -> Money:
        """The sum, zero of `currency` for none."""
        result = Money(0, currency)
        for amount in amounts:
            result += amount
        return result

    def _same(self, other: object) -> None:
        if not isinstance(other, Money):
            message = f"money and {type(other).__name__} do not add up"
            raise TypeError(message)
        if self.currency != other.currency:
            raise CurrencyMismatch(left=self.currency, right=other.currency)

    def __add__(self, other: Money) -> Money:
        self._same(other)
        return Money(self.minor + other.minor, self.currency)

    def __sub__(self, other: Money) -> Money:
        self._same(other)
        return Money(self.minor - other.minor, self.currency)

    def __neg__(self) -> Money:
        return Money(-self.minor, self.currency)

    def __mul__(self, times: int) -> Money:
        return Money(self.minor * whole(times, "factor"), self.currency)

    def __lt__(self, other: Money) -> bool:
        self._same(other)
        return self.minor < other.minor

    def __le__(self, other: Money) -> bool:
        self._same(other)
        return self.minor <= other.minor

    def __bool__(self) -> bool:
        return self.minor != 0

    def part(self, numerator: int, denominator: int) -> Money:
        """The fraction of it, half up away from zero: the named rounding point of R-1."""
        return Money(half_up(self.minor * whole(numerator, "numerator"), denominator), self.currency)

    def allocate(self, weights: Sequence[int], caps: Sequence[int] | None = None) -> list[Money]:
        """Shares by `weights` that sum up to this amount exactly, or to the sum of `caps` where that is less (R-2)."""
        return [Money(share, self.currency) for share in allocate(self.minor, weights, caps)]

    def __str__(self) -> str:
        places = _PLACES.get(self.currency, 2)
        if places == 0:
            return f"{self.minor} {self.currency}"
        sign = "-" if self.minor < 0 else ""
        major, rest = divmod(abs(self.minor), 10**places)
        return f"{sign}{major}.{rest:0{places}d} {self.currency}"


def half_up(numerator: int, denominator: int) -> int:
    """The quotient rounded to the nearest integer, halves away from zero. Integers only."""
    if denominator <= 0:
        message = "denominator must be positive"
        raise ValueError(message)
    sign = -1 if numerator < 0 else 1
    return sign * ((2 * abs(numerator) + denominator) // (2 * denominator))


def allocate(amount: int, weights: Sequence[int], caps: Sequence[int] | None = None) -> list[int]:
    """Split `amount` over `weights` by largest remainder, no share above its cap (R-2).

    The shares sum up to `amount` exactly, or to ``sum(caps)`` where that is less; a weight of 0 gets 0; ties go to the
    earlier line. Overflow past a cap is shared again over the lines that have room. A negative amount is mirrored.

    Raises ValueError where `amount` is not zero and no line with weight exists, or for a negative weight or cap.
    """
    if amount < 0:
        return [-share for share in allocate(-amount, weights, caps)]
    if any(weight < 0 for weight in weights) or (caps is not None and any(cap < 0 for cap in caps)):
        message = "weights and caps must not be negative"
        raise ValueError(message)
    if amount == 0:
        return [0] * len(weights)
    if not any(weights):
        message = "an amount needs at least one line with weight"
        raise ValueError(message)
    limits = [amount] * len(weights) if caps is None else list(caps)
    limits = [limit if weight else 0 for limit, weight in zip(limits, weights, strict=True)]
    rest = min(amount, sum(limits))
    shares = [0] * len(weights)
    open_lines = [line for line, limit in enumerate(limits) if limit]
    while rest:
        step = _largest_remainder(rest, [weights[line] for line in open_lines])
        for line, share in zip(open_lines, step, strict=True):
            taken = min(share, limits[line] - shares[line])
            shares[line] += taken
            rest -= taken
        open_lines = [line for line in open_lines if shares[line] < limits[line]]
    return shares


def _largest_remainder(amount: int, weights: Sequence[int]) -> list[int]:
    """Floor shares, then one unit each to the largest fractions; ties to the earlier line."""
    total = sum(weights)
    shares = [amount * weight // total for weight in weights]
    by_fraction = sorted(range(len(weights)), key=lambda line: (-(amount * weights[line] % total), line))
    for line in by_fraction[: amount - sum(shares)]:
        shares[line] += 1
    return shares
