"""The scale: what a parcel should weigh, how far it may differ, and what parcels teach about a SKU's weight (G-32)."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import attrs

from houtai.domain import limits
from houtai.domain.ids import CategoryId, SkuId
from houtai.domain.money import half_up
from houtai.domain.refusal import InvalidValue

LEARN_FROM: Final = 5
"""Parcels of one SKU before their median counts."""
REMEMBERED: Final = 21
_grams = limits.between(0, limits.MAX_WEIGHT_G)


@attrs.frozen
class WeighTolerance:
    """How far a parcel may differ: the greater of so many grams and so many hundredths of a per cent of what is expected."""

    grams: int = attrs.field(default=20, validator=_grams)
    basis_points: int = attrs.field(default=300, validator=limits.between(0, 10_000))

    def allowed_g(self, expected_g: int) -> int:
        """The grams it may differ either way."""
        return max(self.grams, expected_g * self.basis_points // 10_000)


MAX_CATEGORIES: Final = 200


@attrs.frozen
class CategoryTolerance:
    """How far a parcel may differ that holds goods of a category, or of one below it that has no tolerance of its own."""

    category_id: CategoryId
    tolerance: WeighTolerance


def check_tolerances(tolerances: Sequence[CategoryTolerance]) -> None:
    """Raises InvalidValue unless each category is named once."""
    if len({one.category_id for one in tolerances}) < len(tolerances):
        raise InvalidValue(field="category_tolerances", rule="must name each category once")


def allowed_most_g(expected_g: int, tolerances: Iterable[WeighTolerance]) -> int:
    """The grams that a parcel of several goods may differ: what the widest of their tolerances allows."""
    return max(one.allowed_g(expected_g) for one in tolerances)


class WeighVerdict(enum.Enum):
    """What the scale says about a parcel."""

    FITS = "fits"
    TOO_LIGHT = "too-light"  # back to the bench: something is missing
    TOO_HEAVY = "too-heavy"  # back to the bench: something is too many, or wrong
    UNKNOWN = "unknown"  # a weight is missing: nothing is blocked, and the parcel teaches


@attrs.frozen
class ExpectedWeight:
    """What a parcel should weigh; `unknown` are the SKUs whose weight nobody knows."""

    grams: int
    unknown: tuple[SkuId, ...] = ()


@attrs.frozen
class Weighed:
    """A parcel's weight beside what was expected."""

    verdict: WeighVerdict
    weight_g: int
    expected_g: int
    allowed_g: int

    @property
    def blocks(self) -> bool:
        """Whether it goes back to the bench, unless a supervisor says otherwise and why."""
        return self.verdict in (WeighVerdict.TOO_LIGHT, WeighVerdict.TOO_HEAVY)


def expected_weight(contents: Mapping[SkuId, int], unit_g: Mapping[SkuId, int], tare_g: int, filler_g: int = 0) -> ExpectedWeight:
    """Goods, box and filler. A SKU without a weight, or with 0, is unknown and counts nothing."""
    unknown = tuple(sorted(sku for sku in contents if not unit_g.get(sku)))
    goods = sum(qty * unit_g.get(sku, 0) for sku, qty in contents.items())
    return ExpectedWeight(goods + tare_g + filler_g, unknown)


def weigh(weight_g: int, expected: ExpectedWeight, *tolerances: WeighTolerance) -> Weighed:
    """Whether the parcel may go on, by the tolerances of the goods in it; by the usual one where there are none."""
    allowed = allowed_most_g(expected.grams, tolerances or (WeighTolerance(),))
    verdict = WeighVerdict.FITS
    if expected.unknown:
        verdict = WeighVerdict.UNKNOWN
    elif weight_g < expected.grams - allowed:
        verdict = WeighVerdict.TOO_LIGHT
    elif weight_g > expected.grams + allowed:
        verdict = WeighVerdict.TOO_HEAVY
    return Weighed(verdict, weight_g, expected.grams, allowed)


@attrs.frozen
class LearntWeight:
    """What the last parcels of a single SKU say that one unit weighs, newest last; `tare_g` is all that is no goods."""

    samples_g: tuple[int, ...] = attrs.field(default=(), validator=limits.at_most(REMEMBERED))

    def with_parcel(self, weight_g: int, tare_g: int, qty: int) -> LearntWeight:
        """With one more parcel of `qty` units and nothing else; one that weighs no more than its box teaches nothing."""
        goods = weight_g - tare_g
        if goods <= 0 or qty < 1:
            return self
        return LearntWeight((*self.samples_g, max(1, half_up(goods, qty)))[-REMEMBERED:])

    @property
    def unit_g(self) -> int:
        """The median; 0 until LEARN_FROM parcels were weighed."""
        return median_g(self.samples_g) if len(self.samples_g) >= LEARN_FROM else 0


def median_g(samples_g: Sequence[int]) -> int:
    """The middle of them, the mean of the two middle ones rounded half up; ValueError for none."""
    if not samples_g:
        message = "a median needs a sample"
        raise ValueError(message)
    ordered, half = sorted(samples_g), len(samples_g) // 2
    return ordered[half] if len(ordered) % 2 else half_up(ordered[half - 1] + ordered[half], 2)
