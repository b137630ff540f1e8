"""The ways in which outbound says no, with the numbers that whoever stands at the bench needs."""

from __future__ import annotations

import attrs

from houtai.domain.refusal import Kind, Refusal


@attrs.define(eq=False, slots=False)
class TooMany(Refusal):
    """More units were to take a step than are there for it."""

    code = "outbound.too-many"
    text = "line {line}: {wanted_qty} were to be {step}, {limit_qty} can be"

    line: int
    step: str
    wanted_qty: int
    limit_qty: int


@attrs.define(eq=False, slots=False)
class StepTooEarly(Refusal):
    """The order cannot take this step before what is named is done."""

    code = "outbound.not-ready"
    text = "outbound order {number} cannot be {step}: {missing}"

    number: str
    step: str
    missing: str


@attrs.define(eq=False, slots=False)
class SkillNeeded(Refusal):
    """The walk is for people with a skill that is not written down for this one."""

    code = "outbound.skill-needed"
    text = "wave {number} is walked by people with the skill {skill}"

    number: str
    skill: str


@attrs.define(eq=False, slots=False)
class OtherWaybill(Refusal):
    """The order has a waybill number already; printing again keeps it."""

    code = "outbound.other-waybill"
    text = "outbound order {number} has waybill {waybill}; {wanted} cannot take its place"

    number: str
    waybill: str
    wanted: str


@attrs.define(eq=False, slots=False)
class Intercepted(Refusal):
    """The order was stopped: its goods go to the exception bin, not to the carrier."""

    code = "outbound.intercepted"
    text = "STOP: outbound order {number} is stopped ({reason})"

    number: str
    reason: str


@attrs.define(eq=False, slots=False)
class MustReturn(Refusal):
    """The parcel has left; what left comes back as a return, not by cancelling."""

    code = "outbound.must-return"
    text = "outbound order {number} is {state}: what has left comes back as a return"

    number: str
    state: str


@attrs.define(eq=False, slots=False)
class ParcelsDiffer(Refusal):
    """The parcels do not hold exactly what was checked."""

    code = "outbound.parcels-differ"
    text = "line {line} of outbound order {number}: {packed_qty} in parcels, {checked_qty} checked"

    number: str
    line: int
    packed_qty: int
    checked_qty: int


@attrs.define(eq=False, slots=False)
class ChoiceNeeded(Refusal):
    """Goods are on the road: cancelling needs the word what becomes of them."""

    code = "outbound.choice-needed"
    kind = Kind.INVALID
    text = "transfer {number} has {outstanding_qty} units on the road: say whether they return to the source or are written off"

    number: str
    outstanding_qty: int


@attrs.define(eq=False, slots=False)
class WrongCarrier(Refusal):
    """A parcel of one carrier was put on the manifest of another."""

    code = "outbound.wrong-carrier"
    text = "parcel {parcel} goes with {carrier}, manifest {manifest} is for {expected}"

    parcel: str
    carrier: str
    manifest: str
    expected: str


@attrs.define(eq=False, slots=False)
class NotWeighed(Refusal):
    """A parcel has to be weighed before it is handed over."""

    code = "outbound.not-weighed"
    text = "parcel {parcel} is {state}, not weighed"

    parcel: str
    state: str


@attrs.define(eq=False, slots=False)
class OnManifest(Refusal):
    """The parcel is on a manifest already."""

    code = "outbound.on-manifest"
    text = "parcel {parcel} is on manifest {manifest} already"

    parcel: str
    manifest: str


@attrs.define(eq=False, slots=False)
class CannotRoute(Refusal):
    """No choice of warehouses holds all of it; the lines that lack units are named with how many."""

    code = "outbound.cannot-route"
    text = "no warehouses hold all of it: {missing}"

    missing: tuple[tuple[int, int], ...]


@attrs.define(eq=False, slots=False)
class NotSplittable(Refusal):
    """The order cannot be cut this way."""

    code = "outbound.not-splittable"
    kind = Kind.INVALID
    text = "the order cannot be split so: {reason}"

    reason: str


@attrs.define(eq=False, slots=False)
class NotMergeable(Refusal):
    """These orders do not make one; the first reason is named."""

    code = "outbound.not-mergeable"
    text = "the orders cannot be merged: {reason}"

    reason: str
