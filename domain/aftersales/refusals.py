"""The ways in which aftersales says no, with the numbers that both sides need to see."""

from __future__ import annotations

import attrs

from houtai.domain.refusal import Refusal


@attrs.define(eq=False, slots=False)
class MoreThanKept(Refusal):
    """More units were to go back than the buyer has or is to get, those of other open cases apart."""

    code = "aftersales.more-than-kept"
    text = "line {line}: {wanted_qty} were to go back, {free_qty} can"

    line: int
    wanted_qty: int
    free_qty: int


@attrs.define(eq=False, slots=False)
class MoreThanLeft(Refusal):
    """More money was to be given back for a line than is left of what was paid for it (R-6)."""

    code = "aftersales.more-than-left"
    text = "line {line}: {wanted_minor} were to be given back, {left_minor} are left"

    line: int
    wanted_minor: int
    left_minor: int


@attrs.define(eq=False, slots=False)
class BundleGoesWhole(Refusal):
    """A bundle that was sold to come back whole: `wanted` units of the line do not make whole bundles with the other lines."""

    code = "aftersales.bundle-goes-whole"
    text = "{bundle} comes back whole: line {line} has {wanted_qty} units in the case, {whole_qty} make whole bundles"

    bundle: str
    line: int
    wanted_qty: int
    whole_qty: int


@attrs.define(eq=False, slots=False)
class NoSuchLine(Refusal):
    """The order has no such line."""

    code = "aftersales.no-such-line"
    text = "order {number} has no line {line}"

    number: str
    line: int
