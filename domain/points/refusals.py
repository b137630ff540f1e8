"""The ways in which points say no, with the numbers that a clerk needs."""

from __future__ import annotations

import attrs

from houtai.domain.refusal import Kind, Refusal


@attrs.define(eq=False, slots=False)
class NoPointsHere(Refusal):
    """The house gives and takes no points in this currency."""

    code = "points.none-here"
    text = "there are no points in {currency}"

    currency: str


@attrs.define(eq=False, slots=False)
class PointsShort(Refusal):
    """More points were to be spent than the customer has."""

    code = "points.short"
    text = "{wanted_points} points are needed, {available_points} are there"

    wanted_points: int
    available_points: int


@attrs.define(eq=False, slots=False)
class PointsOverShare(Refusal):
    """More of an order was to be paid in points than the policy allows."""

    code = "points.over-share"
    text = "points may pay {most_minor} {currency} of this order, {wanted_minor} were to be paid"

    wanted_minor: int
    most_minor: int
    currency: str


@attrs.define(eq=False, slots=False)
class PointsNeedCustomer(Refusal):
    """Only a known customer has points."""

    code = "points.need-customer"
    kind = Kind.INVALID
    text = "points need a customer whose they are"


@attrs.define(eq=False, slots=False)
class PointValueFixed(Refusal):
    """What a point is worth stays as it was when the first of them was promised."""

    code = "points.value-fixed"
    text = "a minor unit of {currency} is worth {points_per_minor} points for good"

    currency: str
    points_per_minor: int
