"""A page as marks on paper, the same for every printer language; all lengths are tenths of a millimetre from the upper left."""

from __future__ import annotations

import enum

import attrs

from houtai.domain import limits

MAX_SIDE = 20_000  # two metres of paper
_place = limits.between(-MAX_SIDE, MAX_SIDE)
_side = limits.between(1, MAX_SIDE)


class Align(enum.Enum):
    """Where in its box a text stands."""

    LEFT = "left"
    CENTRE = "centre"
    RIGHT = "right"


@attrs.frozen
class Text:
    """Words in a box of width `w`, at most `lines` lines of height `size`; smaller and cut with … where they do not fit.

    With a height `h` they stand in its middle, otherwise they begin at its top.
    """

    x: int = attrs.field(validator=_place)
    y: int = attrs.field(validator=_place)
    w: int = attrs.field(validator=_side)
    size: int = attrs.field(validator=_side)
    text: str
    bold: bool = False
    align: Align = Align.LEFT
    lines: int = attrs.field(default=1, validator=limits.between(1, 50))
    white: bool = False  # on a filled box
    h: int = attrs.field(default=0, validator=limits.between(0, MAX_SIDE))


@attrs.frozen
class Rule:
    """A straight line."""

    x1: int
    y1: int
    x2: int
    y2: int
    width: int = 2
    dashed: bool = False


@attrs.frozen
class Box:
    """A rectangle, filled with black or only its edge of the width."""

    x: int
    y: int
    w: int = attrs.field(validator=_side)
    h: int = attrs.field(validator=_side)
    filled: bool = False
    width: int = 2


@attrs.frozen
class Shape:
    """A filled outline, such as an arrow."""

    points: tuple[tuple[int, int], ...]


@attrs.frozen
class Bars:
    """A Code 128 in the middle of its box, in the widest whole dots that leave its quiet zones free. Draws no text."""

    x: int
    y: int
    w: int = attrs.field(validator=_side)
    h: int = attrs.field(validator=_side)
    data: str


@attrs.frozen
class Qr:
    """A QR code inside a square of this side, in the largest whole dots."""

    x: int
    y: int
    side: int = attrs.field(validator=_side)
    data: str


Mark = Text | Rule | Box | Shape | Bars | Qr


@attrs.frozen
class Page:
    """One page or label: its size and its marks in the order in which they are drawn."""

    width: int = attrs.field(validator=_side)
    height: int = attrs.field(validator=_side)
    marks: tuple[Mark, ...] = ()
