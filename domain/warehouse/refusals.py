"""The ways in which the warehouse says no."""

from __future__ import annotations

import attrs

from houtai.domain.refusal import Kind, Refusal


@attrs.define(eq=False, slots=False)
class DoesNotHold(Refusal):
    """One handling unit cannot stand in the other."""

    code = "warehouse.does-not-hold"
    text = "{parent} cannot hold {child}: {reason}"

    parent: str
    child: str
    reason: str


@attrs.define(eq=False, slots=False)
class NotEmpty(Refusal):
    """Something still lies in what was to be retired or taken apart."""

    code = "warehouse.not-empty"
    text = "{what} {key} is not empty: {content}"

    what: str
    key: str
    content: str


@attrs.define(eq=False, slots=False)
class StandardPlace(Refusal):
    """A place that the house keeps itself cannot be edited, blocked or retired."""

    code = "warehouse.standard-place"
    text = "{path} belongs to every warehouse and stays as it is"

    path: str


@attrs.define(eq=False, slots=False)
class CodeTaken(Refusal):
    """Another location, unit, person or product has this code already; a scan must mean one thing."""

    code = "warehouse.code-taken"
    text = "{barcode} is taken by {holder}"

    barcode: str
    holder: str


@attrs.define(eq=False, slots=False)
class BadgeRefused(Refusal):
    """Badge and PIN do not fit, or fit nobody who may work here now. Says no more than that."""

    code = "warehouse.badge-refused"
    kind = Kind.UNAUTHENTICATED
    text = "badge and PIN do not fit"
