"""Permission as data on the use case: its verb, and along which axes its records lie, for roles, menus and documents."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, TypeVar

import attrs

from houtai.application.audit import Category
from houtai.domain.act import Act
from houtai.domain.authority import WHOLE_HOUSE, Dimension, Extent

F = TypeVar("F", bound=Callable[..., Any])

CHANNEL: Final = Dimension.CHANNEL
WAREHOUSE: Final = Dimension.WAREHOUSE
MERCHANT: Final = Dimension.MERCHANT
EVERY_AXIS: Final = frozenset(Dimension)

VERBS: dict[str, str] = {}
"""Every verb that some use case or query needs, with the first line of its docstring."""

EXTENTS: dict[str, dict[str, Extent]] = {}
"""By verb and then by the deed's name: along which axes the records of every deed lie."""

_SAID_BY: dict[str, str] = {}
_INNER: dict[str, Extent] = {}


def needs(
    verb: str, *, along: Iterable[Dimension] = (), regardless: Iterable[Dimension] = (), own: bool = False
) -> Callable[[F], F]:
    """Mark a use case or query with the verb that the office demands before it runs, and say what a narrowed grant does there.

    `along` names the axes on which the record has a value; the deed demands it once the record is known (`act.demand`,
    `demand_within`), a list filters by it (`act.authority.reach`). `own` says the same of grants that reach only the actor's
    own records: the scope then names the owner. `regardless` names the axes on which narrowing means nothing here, such as
    channels for the list of brands. On every axis that is not named the deed is the whole house's: a grant that is narrowed
    there does not reach it. Amounts and maker are demanded inside.
    """

    def mark(deed: F) -> F:
        deed.__dict__["extent"] = _extent(along, regardless, own=own)
        deed.__dict__["verb"] = verb
        place = f"{deed.__module__}.{deed.__name__}"
        if place <= _SAID_BY.get(verb, place):  # of several deeds the same one speaks, in whatever order they are imported
            _SAID_BY[verb] = place
            VERBS[verb] = (deed.__doc__ or "").split("\n", 1)[0].strip()
        EXTENTS.setdefault(verb, {})[deed.__name__] = extent_of(deed)
        return deed

    return mark


def needs_inside(verb: str, purpose: str, *, along: Iterable[Dimension] = ()) -> str:
    """Register a verb that no deed needs as such, but that some demand inside for a part of what they do; answers the verb."""
    VERBS.setdefault(verb, purpose)
    _INNER[verb] = EXTENTS.setdefault(verb, {})[purpose] = _extent(along, (), own=False)
    return verb


def _extent(along: Iterable[Dimension], regardless: Iterable[Dimension], *, own: bool) -> Extent:
    extent = Extent(frozenset(along), frozenset(regardless), own)
    if both := extent.along & extent.regardless:
        text = f"a deed cannot lie along {min(axis.value for axis in both)} and regardless of it"
        raise TypeError(text)
    return extent


def open_to_anyone(deed: F) -> F:
    """Mark a use case that runs without a login, because it is how one logs in or proves itself by a signature."""
    deed.__dict__["verb"] = None
    return deed


def verb_of(deed: Callable[..., Any]) -> str | None:
    """The verb that a deed needs; None where it is open to anyone. Raises TypeError for anything that was not marked."""
    if "verb" not in getattr(deed, "__dict__", {}) or not callable(deed):
        name: str = getattr(deed, "__name__", None) or repr(deed)
        raise TypeError(name + " is not a use case or query")
    verb: str | None = deed.__dict__["verb"]
    return verb


def extent_of(deed: Callable[..., Any]) -> Extent:
    """Along which axes a deed's records lie; the whole house's where it did not say."""
    extent: Extent = deed.__dict__.get("extent", WHOLE_HOUSE)
    return extent


def before(deed: Callable[..., Any], act: Act) -> Act:
    """The act as the deed sees it: its authority knows along which axes the deed's records lie."""
    verb = verb_of(deed)
    if verb is None:
        return act
    extents: Mapping[str, Extent] = {**_INNER, verb: extent_of(deed)}
    return attrs.evolve(act, authority=act.authority.over(extents))


def logged_as(category: Category | None) -> Callable[[F], F]:
    """Mark a use case whose entry in the operation log belongs to another category, or (None) that is only bookkeeping.

    None is for what changes nothing anybody asked for, such as noting when a session was last seen, and for timers that find
    nothing to do: one that moves a document is logged all the same.
    """

    def mark(deed: F) -> F:
        deed.__dict__["category"] = category
        return deed

    return mark


def category_of(deed: Callable[..., Any]) -> Category | None:
    """The category under which the office logs a deed."""
    category: Category | None = deed.__dict__.get("category", Category.OPERATION)
    return category
