"""Removal: from which bins units are taken first, by date, by age or by the way."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Iterable, Sequence
from typing import Any

import attrs

from houtai.domain.inventory.stock import StockState
from houtai.domain.warehouse.bins import Bin
from houtai.domain.warehouse.location import Activity, Location
from houtai.domain.warehouse.lots import Lot, shelf_day


class Removal(enum.Enum):
    """What goes out first."""

    FEFO = "fefo"  # what expires first; of goods without a date the oldest
    FIFO = "fifo"  # what came first
    LIFO = "lifo"  # what came last
    NEAREST = "nearest"  # what is first on the walk


@attrs.frozen
class Candidate:
    """A bin with what decides whether and when it is drawn from."""

    bin: Bin
    location: Location
    lot: Lot | None = None

    def eligible(self, day: dt.date) -> bool:
        """Whether a pick may be promised units of it: sellable, free, from an open place, of a lot that is good that day."""
        return (
            self.bin.key.state is StockState.SELLABLE
            and self.bin.free_qty > 0
            and self.location.open_out
            and (self.location.allows(Activity.PICK) or self.location.allows(Activity.CROSS_DOCK))
            and (self.lot is None or self.lot.usable_on(day))
        )

    @property
    def far(self) -> int:
        """0 where pickers go, 1 where goods wait to be put away: those are drawn from when nothing else is left."""
        return 0 if self.location.allows(Activity.PICK) else 1

    @property
    def way(self) -> tuple[Any, ...]:
        """Its turn on the walk; the id at the end makes every order a total one."""
        walk = self.location.walk
        return walk.pick_sequence, walk.aisle, self.location.path, self.bin.id.int


def in_order(candidates: Iterable[Candidate], removal: Removal) -> list[Candidate]:
    """The bins as they are to be drawn from: where pickers go first, then by the strategy, then along the walk.

    Age counts in days, so that goods of one day are taken along the walk. Deterministic, whatever the order given.
    """

    def place(one: Candidate) -> tuple[Any, ...]:
        age = shelf_day(one.bin.since).toordinal()
        expires = dt.date.max if one.lot is None or one.lot.expires_on is None else one.lot.expires_on
        by_strategy: dict[Removal, tuple[Any, ...]] = {
            Removal.FEFO: (expires, age),
            Removal.FIFO: (age,),
            Removal.LIFO: (-age,),
            Removal.NEAREST: (),
        }
        return (one.far, *by_strategy[removal], one.way)

    return sorted(candidates, key=place)


@attrs.frozen
class Drawn:
    """So many units from one bin."""

    bin: Bin
    qty: int


def remove(candidates: Sequence[Candidate], qty: int, removal: Removal, day: dt.date) -> tuple[tuple[Drawn, ...], int]:
    """What to draw from which bin to get `qty` units, and how many are missing.

    Never more than is free, never from a lot that is past its date or not approved, never from a blocked place.
    """
    drawn: list[Drawn] = []
    for one in in_order((one for one in candidates if one.eligible(day)), removal):
        if qty == 0:
            break
        part = min(qty, one.bin.free_qty)
        drawn.append(Drawn(one.bin, part))
        qty -= part
    return tuple(drawn), qty
