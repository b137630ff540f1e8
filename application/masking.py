"""Fields that an actor may not see are blanked on the way out, whatever the delivery (field masks of SYS-1)."""

from __future__ import annotations

import copy
from typing import Any, Final, TypeVar

import attrs

T = TypeVar("T")

MASK_KEY: Final = "mask"
"""attrs metadata: ``metadata={MASK_KEY: "phone"}`` names the mask under which grants hide the field."""


def mask(answer: T, hidden: frozenset[str]) -> T:
    """`answer` with every field blanked whose mask name is in `hidden`: texts to bullets, everything else to None.

    A partly shown text (a phone's last digits) is the view's own business; this is the all-or-nothing lid over it.
    """
    return _masked(answer, hidden) if hidden else answer


def _masked(value: Any, hidden: frozenset[str]) -> Any:
    if isinstance(value, (tuple, list)):
        return type(value)(_masked(member, hidden) for member in value)
    if isinstance(value, dict):
        return {key: _masked(member, hidden) for key, member in value.items()}
    if not attrs.has(type(value)):
        return value
    changed = {}
    for field in attrs.fields(type(value)):
        old = getattr(value, field.name)
        new = _blank(old) if field.metadata.get(MASK_KEY) in hidden else _masked(old, hidden)
        if new is not old:
            changed[field.name] = new
    return _changed(value, changed) if changed else value


def _changed(value: Any, fields: dict[str, Any]) -> Any:
    """A copy with other fields, past the validators: a blank is no valid cost, and no record either."""
    blanked = copy.copy(value)
    for name, new in fields.items():
        object.__setattr__(blanked, name, new)
    return blanked


def _blank(value: Any) -> Any:
    return "•••" if isinstance(value, str) else None
