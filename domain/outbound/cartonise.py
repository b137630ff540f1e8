"""Which box, and how the goods lie in it: extreme points after Crainic, Perboli and Tadei (2008), largest piece first.

A proposal for the packer, who scans the box that was really used. Sizes are whole millimetres, weights whole grams.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

import attrs

from houtai.domain import limits
from houtai.domain.money import MAX_MINOR
from houtai.domain.refusal import InvalidValue

MAX_PIECES: Final = 60
_side = limits.between(1, 20_000)
Size = tuple[int, int, int]


@attrs.frozen
class Piece:
    """One unit to be packed. A fragile one carries nothing; liquids stand upright and share a box only with liquids.

    Pieces with different `no_mix` groups, empty for none, never share a box with any other group or with what has none.
    """

    key: int
    length_mm: int = attrs.field(validator=_side)
    width_mm: int = attrs.field(validator=_side)
    height_mm: int = attrs.field(validator=_side)
    weight_g: int = attrs.field(default=0, validator=limits.between(0, limits.MAX_WEIGHT_G))
    fragile: bool = False
    liquid: bool = False
    no_mix: str = ""

    @property
    def volume_mm3(self) -> int:
        """Its volume."""
        return self.length_mm * self.width_mm * self.height_mm

    @property
    def rotations(self) -> tuple[Size, ...]:
        """The ways in which it may lie: six, or two for a liquid."""
        long, wide, high = self.length_mm, self.width_mm, self.height_mm
        upright: list[Size] = [(long, wide, high), (wide, long, high)]
        lying: list[Size] = [(long, high, wide), (high, long, wide), (wide, high, long), (high, wide, long)]
        return tuple(dict.fromkeys(upright if self.liquid else upright + lying))

    @property
    def company(self) -> tuple[bool, str]:
        """What it shares with everything in its box."""
        return self.liquid, self.no_mix


@attrs.frozen
class Box:
    """A box of the catalogue by its inner size, with what it weighs, holds and costs; `filler_g` is its usual void fill."""

    code: str
    length_mm: int = attrs.field(validator=_side)
    width_mm: int = attrs.field(validator=_side)
    height_mm: int = attrs.field(validator=_side)
    max_weight_g: int = attrs.field(validator=limits.between(1, limits.MAX_WEIGHT_G))
    cost_minor: int = attrs.field(default=0, validator=limits.between(0, MAX_MINOR))
    tare_g: int = attrs.field(default=0, validator=limits.between(0, limits.MAX_WEIGHT_G))
    filler_g: int = attrs.field(default=0, validator=limits.between(0, limits.MAX_WEIGHT_G))

    @property
    def size(self) -> Size:
        """Its inner sides."""
        return self.length_mm, self.width_mm, self.height_mm

    @property
    def volume_mm3(self) -> int:
        """Its inner volume."""
        return self.length_mm * self.width_mm * self.height_mm


@attrs.frozen
class Placement:
    """Where a piece lies: its corner nearest to the box's, and its sides as it was turned."""

    piece: Piece
    at: Size
    size: Size

    @property
    def end(self) -> Size:
        """The corner opposite."""
        return self.at[0] + self.size[0], self.at[1] + self.size[1], self.at[2] + self.size[2]

    def overlaps(self, other: Placement) -> bool:
        """Whether the two share any space."""
        return all(self.at[axis] < other.end[axis] and other.at[axis] < self.end[axis] for axis in range(3))

    def shared_base_mm2(self, other: Placement) -> int:
        """How much of the floor both cover."""
        sides = [min(self.end[axis], other.end[axis]) - max(self.at[axis], other.at[axis]) for axis in range(2)]
        return max(0, sides[0]) * max(0, sides[1])

    def over(self, other: Placement) -> bool:
        """Whether it lies higher than the other, on any part of it."""
        return self.at[2] >= other.end[2] and self.shared_base_mm2(other) > 0

    def disturbs(self, other: Placement) -> bool:
        """Whether the two cannot both lie so: in one space, or one over the other that is fragile."""
        pressed = (other.piece.fragile and self.over(other)) or (self.piece.fragile and other.over(self))
        return pressed or self.overlaps(other)


@attrs.frozen
class PackedBox:
    """A box with what lies in it."""

    box: Box
    placements: tuple[Placement, ...]

    @property
    def goods_g(self) -> int:
        """What the pieces weigh."""
        return sum(one.piece.weight_g for one in self.placements)

    @property
    def weight_g(self) -> int:
        """What the parcel should weigh."""
        return self.goods_g + self.box.tare_g + self.box.filler_g


@attrs.frozen
class PackingProposal:
    """Boxes that hold the pieces, and those pieces that fit into no box of the catalogue."""

    boxes: tuple[PackedBox, ...]
    too_large: tuple[Piece, ...]

    @property
    def cost_minor(self) -> int:
        """What the boxes cost."""
        return sum(one.box.cost_minor for one in self.boxes)


def propose(pieces: Sequence[Piece], catalogue: Iterable[Box]) -> PackingProposal:
    """The cheapest single box that holds all that may travel together, else the box that takes most, and so on.

    Raises InvalidValue for more pieces than can be looked at, or two of one key.
    """
    if len(pieces) > MAX_PIECES:
        raise InvalidValue(field="pieces", rule=f"must be at most {MAX_PIECES}")
    if len({piece.key for piece in pieces}) < len(pieces):
        raise InvalidValue(field="pieces", rule="must have keys of their own")
    boxes = sorted(catalogue, key=lambda box: (box.cost_minor, box.volume_mm3, box.code))
    fitting = [piece for piece in pieces if any(_pack([piece], box)[0] for box in boxes)]
    too_large = tuple(piece for piece in pieces if piece not in fitting)
    packed: list[PackedBox] = []
    companies = dict.fromkeys(piece.company for piece in fitting)
    for company in companies:
        left = _largest_first(piece for piece in fitting if piece.company == company)
        while left:
            one, left = _next_box(left, boxes)
            packed.append(one)
    return PackingProposal(tuple(packed), too_large)


def _next_box(pieces: Sequence[Piece], boxes: Sequence[Box]) -> tuple[PackedBox, list[Piece]]:
    """The cheapest box for all of them, else the one that takes the greatest volume of them."""
    volume_mm3, weight_g = sum(piece.volume_mm3 for piece in pieces), sum(piece.weight_g for piece in pieces)
    roomy = [box for box in boxes if box.volume_mm3 >= volume_mm3 and box.max_weight_g >= weight_g]
    for box in roomy:
        placed, left = _pack(pieces, box)
        if not left:
            return PackedBox(box, placed), []
    best: tuple[tuple[Placement, ...], Box] | None = None
    most = 0
    for box in boxes:
        placed, _ = _pack(pieces, box)
        volume = sum(one.piece.volume_mm3 for one in placed)
        if volume > most:
            best, most = (placed, box), volume
    assert best is not None, "every piece fits alone into some box"
    placed, box = best
    keys = {one.piece.key for one in placed}
    return PackedBox(box, placed), [piece for piece in pieces if piece.key not in keys]


def _largest_first(pieces: Iterable[Piece]) -> list[Piece]:
    """By volume, the fragile behind the others so that they come to lie on top."""
    return sorted(pieces, key=lambda piece: (piece.fragile, -piece.volume_mm3, piece.key))


def _pack(pieces: Sequence[Piece], box: Box) -> tuple[tuple[Placement, ...], list[Piece]]:
    """As many of them as fit, one after the other, and those that do not."""
    placed: list[Placement] = []
    points: set[Size] = {(0, 0, 0)}
    left, weight = [], 0
    for piece in pieces:
        found = None if weight + piece.weight_g > box.max_weight_g else _place(piece, box, placed, points)
        if found is None:
            left.append(piece)
            continue
        weight += piece.weight_g
        placed.append(found)
        points = (points - {found.at}) | _new_points(found, placed)
    return tuple(placed), left


def _place(piece: Piece, box: Box, placed: Sequence[Placement], points: Iterable[Size]) -> Placement | None:
    """The lowest, then rearmost, then leftmost free point that holds the piece in any rotation."""
    for point in sorted(points, key=lambda at: (at[2], at[1], at[0])):
        for size in piece.rotations:
            one = Placement(piece, point, size)
            inside = all(one.end[axis] <= box.size[axis] for axis in range(3))
            if inside and not any(one.disturbs(other) for other in placed) and _supported(one, placed):
                return one
    return None


def _supported(one: Placement, placed: Sequence[Placement]) -> bool:
    """Whether it stands on the floor, or on others with at least half of its base."""
    if one.at[2] == 0:
        return True
    area = sum(one.shared_base_mm2(other) for other in placed if other.end[2] == one.at[2])
    return 2 * area >= one.size[0] * one.size[1]


def _new_points(one: Placement, placed: Sequence[Placement]) -> set[Size]:
    """Where further pieces may begin: the three outer corners, each also moved back along another axis as far as it goes."""
    found: set[Size] = set()
    for outer in range(3):
        corner = list(one.at)
        corner[outer] = one.end[outer]
        found.add((corner[0], corner[1], corner[2]))
        for axis in range(3):
            if axis != outer:
                moved = list(corner)
                moved[axis] = _stop_before(corner, axis, placed)
                found.add((moved[0], moved[1], moved[2]))
    return found


def _stop_before(corner: Sequence[int], axis: int, placed: Sequence[Placement]) -> int:
    """How far back along the axis a point can move: to the end of the last piece in its way, else to the wall."""
    ends = [0]
    for other in placed:
        others = [each for each in range(3) if each != axis]
        in_line = all(other.at[each] <= corner[each] < other.end[each] for each in others)
        if in_line and other.end[axis] <= corner[axis]:
            ends.append(other.end[axis])
    return max(ends)
