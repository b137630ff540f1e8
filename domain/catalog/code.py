"""Business codes: what people and files call a product, a SKU, a category, a channel by."""

from __future__ import annotations

from typing import Any

import attrs

from houtai.domain.refusal import InvalidValue

MAX_CODE = 64
SEPARATORS = frozenset(";*")  # they part codes and quantities in one cell of a sheet


def code(_: Any, attribute: attrs.Attribute[Any], value: Any) -> None:
    """A text of 1 to 64 visible characters: no space, no semicolon, no asterisk. Upper and lower case differ."""
    if not isinstance(value, str):
        message = f"{attribute.name} must be a text"
        raise TypeError(message)
    if not 1 <= len(value) <= MAX_CODE:
        raise InvalidValue(field=attribute.name, rule=f"must have 1 to {MAX_CODE} characters")
    if any(sign.isspace() or not sign.isprintable() or sign in SEPARATORS for sign in value):
        raise InvalidValue(field=attribute.name, rule="must not hold spaces, semicolons, asterisks or invisible characters")
