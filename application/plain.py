"""Values as plain JSON and back: for idempotency answers, the operation log, outbox payloads and files."""

from __future__ import annotations

import datetime as dt
import enum
import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

import attrs
import cattrs
from cattrs.preconf.json import make_converter

MASK: Final = "•••"
SECRET: Final = "secret"  # noqa: S105  # a name of metadata, not a password
"""attrs metadata: a field marked ``metadata={SECRET: True}`` never reaches a log."""


def _converter() -> cattrs.Converter:
    converter = make_converter()
    converter.register_unstructure_hook(UUID, str)
    converter.register_structure_hook(UUID, lambda value, _: value if isinstance(value, UUID) else UUID(value))
    converter.register_unstructure_hook(dt.datetime, lambda value: value.astimezone(dt.UTC).isoformat())
    converter.register_structure_hook(dt.datetime, lambda value, _: dt.datetime.fromisoformat(value))
    converter.register_unstructure_hook(Decimal, str)
    converter.register_structure_hook(Decimal, lambda value, _: Decimal(value))
    return converter


CONVERTER: Final = _converter()


def to_plain(value: Any) -> Any:
    """`value` as JSON types: attrs classes as objects, ids and moments as text, enums by value."""
    return CONVERTER.unstructure(value)


def from_plain(value: Any, kind: Any) -> Any:
    """The value of type `kind` that `to_plain` was given."""
    return CONVERTER.structure(value, kind)


def without_secrets(cmd: Any) -> dict[str, Any]:
    """A command as plain JSON for the log, with secret fields masked at any depth."""
    plain = _shown(cmd)
    return plain if isinstance(plain, dict) else {"value": plain}


_AS_IT_IS: Final = frozenset({str, int, bool})


_FIELDS: Final[dict[type, tuple[tuple[str, bool], ...] | None]] = {}


def _names(kind: type) -> tuple[tuple[str, bool], ...] | None:
    """The fields of an attrs class, each with whether it is secret; None for any other type."""
    if kind not in _FIELDS:
        fields = attrs.fields(kind) if attrs.has(kind) else None
        _FIELDS[kind] = None if fields is None else tuple((field.name, bool(field.metadata.get(SECRET))) for field in fields)
    return _FIELDS[kind]


def _shown(value: Any) -> Any:
    if value is None or type(value) in _AS_IT_IS:
        return value
    if type(value) is UUID:
        return str(value)
    if (names := _names(type(value))) is not None:
        return {name: MASK if secret else _shown(getattr(value, name)) for name, secret in names}
    if isinstance(value, Mapping):
        return {str(_shown(key)): _shown(member) for key, member in value.items()}
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, (tuple, list)):
        return [_shown(member) for member in value]
    if isinstance(value, (set, frozenset)):
        return sorted((_shown(member) for member in value), key=str)
    if isinstance(value, bytes):
        return f"{len(value)} bytes"
    return value if value is None or isinstance(value, (str, int, bool)) else to_plain(value)


# json.dumps with options makes an encoder for every call.
_ENCODE: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_ENCODE_SORTED: Final = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


def to_json(value: Any) -> str:
    """Plain JSON as text, Chinese left readable."""
    return _ENCODE(value)


def to_sorted_json(value: Any) -> str:
    """Plain JSON as the one text that equal values have, for whatever is hashed."""
    return _ENCODE_SORTED(value)
