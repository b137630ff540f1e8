"""The bounds that every value has, as attrs validators which name the field and the rule."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Sized
from typing import Any

import attrs

from houtai.domain.money import whole
from houtai.domain.refusal import InvalidValue

MAX_QTY = 2**31 - 1
MAX_WEIGHT_G = 100_000_000
MAX_LINES = 1_000
MAX_TEXT = 2_000

_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")  # all but tab and line break; half surrogates too

Validator = Callable[[Any, "attrs.Attribute[Any]", Any], None]


def between(low: int, high: int) -> Validator:
    """An integer of `low` to `high`, both included; TypeError for a float or a bool."""

    def check(_: Any, attribute: attrs.Attribute[Any], value: Any) -> None:
        if not low <= whole(value, attribute.name) <= high:
            raise InvalidValue(field=attribute.name, rule=f"must lie between {low} and {high}")

    return check


positive_qty = between(1, MAX_QTY)
any_qty = between(0, MAX_QTY)
signed_qty = between(-MAX_QTY, MAX_QTY)


def text(low: int = 1, high: int = 200) -> Validator:
    """A text of `low` to `high` characters without control characters (line breaks and tabs excepted)."""

    def check(_: Any, attribute: attrs.Attribute[Any], value: Any) -> None:
        if not isinstance(value, str):
            message = f"{attribute.name} must be a text"
            raise TypeError(message)
        if not low <= len(value) <= high:
            raise InvalidValue(field=attribute.name, rule=f"must have {low} to {high} characters")
        if _CONTROL.search(value):
            raise InvalidValue(field=attribute.name, rule="must not hold control characters")

    return check


code = text(1, 64)


def at_most(count: int, low: int = 0) -> Validator:
    """A collection of `low` to `count` members."""

    def check(_: Any, attribute: attrs.Attribute[Any], value: Sized) -> None:
        if not low <= len(value) <= count:
            raise InvalidValue(field=attribute.name, rule=f"must have {low} to {count} entries")

    return check


def aware(_: Any, attribute: attrs.Attribute[Any], value: dt.datetime) -> None:
    """A moment with a time zone; ValueError for a naive one, which means a different instant on every machine."""
    if value.tzinfo is None:
        message = f"{attribute.name} must carry a time zone"
        raise ValueError(message)
