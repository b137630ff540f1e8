"""Permission as data on the use case: which verb it needs, in one registry that roles, menus and documents are made from."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from houtai.application.audit import Category

F = TypeVar("F", bound=Callable[..., Any])

VERBS: dict[str, str] = {}
"""Every verb that some use case or query needs, with the first line of its docstring."""


def needs(verb: str) -> Callable[[F], F]:
    """Mark a use case or query with the verb that the office demands before it runs.

    Scope, amounts and maker are demanded inside (`act.demand`), where the record is known.
    """

    def mark(deed: F) -> F:
        deed.__dict__["verb"] = verb
        VERBS.setdefault(verb, (deed.__doc__ or "").split("\n", 1)[0].strip())
        return deed

    return mark


def open_to_anyone(deed: F) -> F:
    """Mark a use case that runs without a login, because it is how one logs in or proves itself by a signature."""
    deed.__dict__["verb"] = None
    return deed


def verb_of(deed: Callable[..., Any]) -> str | None:
    """The verb that a deed needs; None where it is open to anyone. Raises AttributeError where it was not marked."""
    verb: str | None = deed.__dict__["verb"]
    return verb


def logged_as(category: Category | None) -> Callable[[F], F]:
    """Mark a use case whose entry in the operation log belongs to another category, or (None) that is only bookkeeping.

    None is for what changes nothing anybody asked for, such as noting when a session was last seen.
    """

    def mark(deed: F) -> F:
        deed.__dict__["category"] = category
        return deed

    return mark


def category_of(deed: Callable[..., Any]) -> Category | None:
    """The category under which the office logs a deed."""
    category: Category | None = deed.__dict__.get("category", Category.OPERATION)
    return category
