"""Permission as data on the use case: which verb it needs, in one registry that roles, menus and documents are made from."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from houtai.application.audit import Category
from houtai.domain.authority import HOUSE, Scope

F = TypeVar("F", bound=Callable[..., Any])

VERBS: dict[str, str] = {}
"""Every verb that some use case or query needs, with the first line of its docstring."""

_SAID_BY: dict[str, str] = {}

EVERYWHERE = Scope(channel=HOUSE, warehouse=HOUSE, merchant=HOUSE, supplier=HOUSE)


def needs(verb: str, *, house: bool = False, everywhere: bool = False) -> Callable[[F], F]:
    """Mark a use case or query with the verb that the office demands before it runs.

    `house` says that it touches what no merchant owns, whichever record it is about: a grant that is narrowed to merchants
    does not reach it. `everywhere` says that it touches the whole house at once, such as its books or its log: a grant that is
    narrowed on any axis does not reach it. Any other scope, amounts and maker are demanded inside (`act.demand`), where the
    record is known.
    """

    def mark(deed: F) -> F:
        deed.__dict__["verb"] = verb
        deed.__dict__["scope"] = EVERYWHERE if everywhere else Scope(merchant=HOUSE) if house else Scope()
        place = f"{deed.__module__}.{deed.__name__}"
        if place <= _SAID_BY.get(verb, place):  # of several deeds the same one speaks, in whatever order they are imported
            _SAID_BY[verb] = place
            VERBS[verb] = (deed.__doc__ or "").split("\n", 1)[0].strip()
        return deed

    return mark


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


def scope_of(deed: Callable[..., Any]) -> Scope:
    """What a deed reaches whichever record it is about: the house, or nothing that could be told beforehand."""
    scope: Scope = deed.__dict__.get("scope", Scope())
    return scope


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
