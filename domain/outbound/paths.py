"""In which order a picker visits locations: S-shape, combined, and nearest neighbour with 2-opt, on parallel aisles.

The combined method is the dynamic programme per aisle of Roodbergen and de Koster, "Routing methods for warehouses with multiple
cross aisles" (2001), for one block: each aisle is walked through, or entered and left on the same side, whichever is less in all.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Sequence
from itertools import groupby, pairwise
from typing import Final, Protocol

import attrs

from houtai.domain import limits
from houtai.domain.refusal import InvalidValue

MAX_MM = 10_000_000
MAX_STOPS_IMPROVED = 120  # 2-opt looks at every pair of steps; a longer walk keeps the combined order
_mm = limits.between(0, MAX_MM)


@attrs.frozen
class Stop:
    """A place to stand: the aisle it lies in, where the aisle is (`x_mm`), how far from the front (`y_mm`)."""

    code: str
    aisle: int
    x_mm: int = attrs.field(validator=_mm)
    y_mm: int = attrs.field(validator=_mm)


@attrs.frozen
class Floor:
    """Parallel aisles of one length between a front and a back cross aisle. The walk begins and ends at `depot_x_mm` in front."""

    length_mm: int = attrs.field(validator=limits.between(1, MAX_MM))
    depot_x_mm: int = attrs.field(default=0, validator=_mm)

    @property
    def depot(self) -> Stop:
        """Where carts stand: before the front, in no aisle."""
        return Stop("", -1, self.depot_x_mm, 0)

    def apart_mm(self, one: Stop, other: Stop) -> int:
        """The shortest walk between two stops: along the aisle, or round by the nearer cross aisle."""
        if one.aisle == other.aisle:
            return abs(one.y_mm - other.y_mm)
        to_front = one.y_mm + other.y_mm
        return abs(one.x_mm - other.x_mm) + min(to_front, 2 * self.length_mm - to_front)

    def walk_mm(self, stops: Sequence[Stop]) -> int:
        """The whole walk from the depot over these stops and back."""
        return sum(self.apart_mm(one, other) for one, other in pairwise((self.depot, *stops, self.depot)))


@attrs.frozen
class PickPath:
    """Stops in walking order and how far that is, as the method walks it."""

    stops: tuple[Stop, ...]
    length_mm: int


class PathFinder(Protocol):
    """A way to find the order; each stop is visited once, whatever lies there for how many."""

    def __call__(self, stops: Iterable[Stop], floor: Floor) -> PickPath:
        """The order of these stops. Raises InvalidValue for a stop outside of the floor."""


def s_shape(stops: Iterable[Stop], floor: Floor) -> PickPath:
    """Through every aisle that holds a stop, up one and down the next; the last one is left where it was entered if need be."""
    aisles = _by_aisle(stops, floor)
    walked, order, front = _crossing_mm(aisles, floor), list[Stop](), True
    for at, aisle in enumerate(aisles):
        order += aisle if front else aisle[::-1]
        if at == len(aisles) - 1 and front:
            walked += 2 * aisle[-1].y_mm
        else:
            walked += floor.length_mm
            front = not front
    return PickPath(tuple(order), walked)


def combined(stops: Iterable[Stop], floor: Floor) -> PickPath:
    """Each aisle walked through or entered and left on one side, as is shortest in all; never longer than the S-shape."""
    aisles = _by_aisle(stops, floor)
    if not aisles:
        return PickPath((), 0)
    best: dict[bool, tuple[int, tuple[Stop, ...]]] = {True: (0, ())}  # by whether we stand in front
    for aisle in aisles:
        reached: dict[bool, tuple[int, tuple[Stop, ...]]] = {}
        for front, (walked, order) in best.items():
            seen = order + (tuple(aisle) if front else tuple(aisle[::-1]))
            turning = 2 * (aisle[-1].y_mm if front else floor.length_mm - aisle[0].y_mm)
            for side, more in ((not front, floor.length_mm), (front, turning)):
                if side not in reached or walked + more < reached[side][0]:
                    reached[side] = (walked + more, seen)
        best = reached
    walked, order = best[True]
    return PickPath(order, walked + _crossing_mm(aisles, floor))


def shortest(stops: Iterable[Stop], floor: Floor) -> PickPath:
    """Nearest neighbour from the depot and the combined order, both improved by 2-opt; the shorter one.

    Past MAX_STOPS_IMPROVED stops it is the combined order as it is.
    """
    start = combined(stops, floor)
    if len(start.stops) > MAX_STOPS_IMPROVED:
        return start
    tried = (_improved(start.stops, floor), _improved(_nearest(start.stops, floor), floor))
    order = min(tried, key=floor.walk_mm)
    return PickPath(order, floor.walk_mm(order))


class WalkMethod(enum.Enum):
    """How walks are laid out in a warehouse."""

    S_SHAPE = "s-shape"  # what a newcomer walks without a map
    COMBINED = "combined"
    SHORTEST = "shortest"  # 2-opt


PATH_FINDERS: Final[dict[WalkMethod, PathFinder]] = {
    WalkMethod.S_SHAPE: s_shape,
    WalkMethod.COMBINED: combined,
    WalkMethod.SHORTEST: shortest,
}


def _by_aisle(stops: Iterable[Stop], floor: Floor) -> list[list[Stop]]:
    """The stops once each, aisle by aisle from the left, each from front to back."""
    once = {stop.code: stop for stop in stops}
    for stop in once.values():
        if stop.y_mm > floor.length_mm or stop.aisle < 0:
            raise InvalidValue(field="stops", rule=f"{stop.code} lies outside of the floor")
    ordered = sorted(once.values(), key=lambda stop: (stop.x_mm, stop.aisle, stop.y_mm, stop.code))
    return [list(group) for _, group in groupby(ordered, key=lambda stop: (stop.x_mm, stop.aisle))]


def _crossing_mm(aisles: Sequence[Sequence[Stop]], floor: Floor) -> int:
    """The way along the cross aisles: to the first aisle, over to the last, and back to the depot."""
    if not aisles:
        return 0
    first, last = aisles[0][0].x_mm, aisles[-1][0].x_mm
    return abs(floor.depot_x_mm - first) + (last - first) + abs(last - floor.depot_x_mm)


def _nearest(stops: Sequence[Stop], floor: Floor) -> tuple[Stop, ...]:
    """Always to the nearest stop that is left; ties by the order given."""
    left, here, order = list(stops), floor.depot, list[Stop]()
    while left:
        here = min(left, key=lambda stop: floor.apart_mm(here, stop))
        left.remove(here)
        order.append(here)
    return tuple(order)


def _improved(stops: Sequence[Stop], floor: Floor) -> tuple[Stop, ...]:
    """2-opt: turn a stretch of the walk round as long as that shortens it."""
    tour = [floor.depot, *stops, floor.depot]
    apart = [[floor.apart_mm(one, other) for other in tour] for one in tour]
    order = list(range(len(tour)))
    better = True
    while better:
        better = False
        for first in range(1, len(order) - 2):
            before, start = order[first - 1], order[first]
            for last in range(first + 1, len(order) - 1):
                end, after = order[last], order[last + 1]
                if apart[before][end] + apart[start][after] < apart[before][start] + apart[end][after]:
                    order[first : last + 1] = order[first : last + 1][::-1]
                    start, better = order[first], True
    return tuple(tour[at] for at in order[1:-1])
