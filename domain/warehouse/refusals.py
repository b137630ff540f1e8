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
class PlaceClosed(Refusal):
    """Nothing may be put there now."""

    code = "warehouse.place-closed"
    text = "nothing goes into {path}: {reason}"

    path: str
    reason: str


@attrs.define(eq=False, slots=False)
class StandardPlace(Refusal):
    """A place that the house keeps itself cannot be edited, blocked or retired."""

    code = "warehouse.standard-place"
    text = "{path} belongs to every warehouse and stays as it is"

    path: str


@attrs.define(eq=False, slots=False)
class BadgeRefused(Refusal):
    """Badge and PIN do not fit, or fit nobody who may work here now. Says no more than that."""

    code = "warehouse.badge-refused"
    kind = Kind.UNAUTHENTICATED
    text = "badge and PIN do not fit"


@attrs.define(eq=False, slots=False)
class StationLocked(Refusal):
    """The station waits for the PIN of whoever is logged in."""

    code = "warehouse.station-locked"
    kind = Kind.FORBIDDEN
    text = "the station is locked; unlock it with your PIN"


@attrs.define(eq=False, slots=False)
class NoShift(Refusal):
    """This login is not one at a station, or it has ended."""

    code = "warehouse.no-shift"
    kind = Kind.FORBIDDEN
    text = "not logged in at a station"


@attrs.define(eq=False, slots=False)
class FlowNotAllowed(Refusal):
    """The station is not for this work, or the person does not do it here."""

    code = "warehouse.flow-not-allowed"
    kind = Kind.FORBIDDEN
    text = "{flow} is not done by you at station {station}"

    flow: str
    station: str
