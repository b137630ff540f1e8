"""What the house keeps of a merchant's sales: rates by version, each for good, the most specific one in force (MER-4)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Final
from uuid import UUID

import attrs

from houtai.domain import limits
from houtai.domain.ids import CategoryId, MerchantId

WHOLE: Final = 10_000
"""Basis points that make up all of it."""

RateKey = tuple[UUID, int]


@attrs.frozen
class CommissionRate:
    """One rate of one merchant, from a moment on, until a later version for the same category takes its place.

    `category_id` None is for all goods without a rate of their own. A version is never changed: what was sold under it cites it.
    """

    merchant_id: MerchantId
    version: int = attrs.field(validator=limits.between(1, limits.MAX_QTY))
    basis_points: int = attrs.field(validator=limits.between(0, WHOLE))
    valid_from: dt.datetime = attrs.field(validator=limits.aware)
    set_at: dt.datetime = attrs.field(validator=limits.aware)
    category_id: CategoryId | None = None

    @property
    def key(self) -> RateKey:
        """What an order line cites it by."""
        return self.merchant_id, self.version


def rate_in_force(rates: Iterable[CommissionRate], path: Sequence[CategoryId], at: dt.datetime) -> CommissionRate | None:
    """The rate of one merchant for goods of a category at a moment; `path` is the category and those above it, nearest first.

    The nearest category with a rate of its own wins, there the one that came into force last. None where there is no rate.
    """
    begun = [rate for rate in rates if rate.valid_from <= at]
    for place in (*path, None):
        own = [rate for rate in begun if rate.category_id == place]
        if own:
            return max(own, key=lambda rate: (rate.valid_from, rate.version))
    return None
