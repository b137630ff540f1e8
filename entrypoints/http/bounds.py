"""Whether all that a body or query lets in has its limits: checked once, when a route is declared."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from msgspec import inspect

# A node of a type that comes in -> the limits it must have, and what to write instead.
_LIMITS: Final[dict[type[Any], tuple[tuple[str, ...], str]]] = {
    inspect.IntType: (("ge", "le"), "an int needs ge and le: wire.Qty, wire.Minor …"),
    inspect.StrType: (("max_length",), "a text needs max_length: wire.Name, wire.Text …"),
    inspect.DateTimeType: (("tz",), "a moment needs its time zone: wire.Moment"),
    inspect.VarTupleType: (("max_length",), "a list needs max_length: Annotated[tuple[X, ...], wire.Few]"),
    inspect.ListType: (("max_length",), "a list needs max_length: Annotated[tuple[X, ...], wire.Few]"),
    inspect.FrozenSetType: (("max_length",), "a set needs max_length: Annotated[frozenset[X], wire.Few]"),
    inspect.DictType: (("max_length",), "a mapping needs max_length: Annotated[dict[K, V], wire.Few]"),
    inspect.StructType: (("forbid_unknown_fields",), "must derive from wire.Wire"),
}
_NEVER: Final = (inspect.FloatType, inspect.AnyType, inspect.RawType, inspect.BytesType, inspect.CustomType)


class Unbounded(TypeError):
    """A type that comes in from outside leaves a number, text or list without a bound."""


def check_bounds(root: type[Any]) -> None:
    """Raise Unbounded unless every number, text, list and moment inside `root` has its limits.

    A route that takes it would otherwise pass on what no table can hold.
    """
    _check(inspect.type_info(root), root.__name__, set())


def _check(node: Any, path: str, seen: set[type[Any]]) -> None:
    if isinstance(node, _NEVER):
        message = f"{path}: floats, bytes and open types do not come in; use integers, texts or a Wire of its own"
        raise Unbounded(message)
    attributes, advice = _LIMITS.get(type(node), ((), ""))
    if any(getattr(node, attribute) is None or getattr(node, attribute) is False for attribute in attributes):
        message = f"{path}: {advice}"
        raise Unbounded(message)
    for name, inner in _inside(node, seen):
        _check(inner, f"{path}{name}", seen)


def _inside(node: Any, seen: set[type[Any]]) -> Iterator[tuple[str, Any]]:
    """The types that a type is made of; those of a struct once."""
    match node:
        case inspect.Metadata():
            yield "", node.type
        case inspect.StructType() if node.cls not in seen:
            seen.add(node.cls)
            for field in node.fields:
                yield f".{field.name}", field.type
        case inspect.UnionType():
            for member in node.types:
                yield "", member
        case inspect.VarTupleType() | inspect.ListType() | inspect.FrozenSetType():
            yield "[]", node.item_type
        case inspect.DictType():
            yield "{key}", node.key_type
            yield "{}", node.value_type
