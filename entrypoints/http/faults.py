"""What a strict type finds wrong with a value, in the words of this API: field, rule, and the problem that it is."""

from __future__ import annotations

import re
import types
import typing
from collections.abc import Callable
from typing import Any, Final

import attrs

UNKNOWN_FIELD: Final = "unknown-field"
INVALID_BODY: Final = "invalid-body"
OUT_OF_RANGE: Final = "out-of-range"
INVALID_VALUE: Final = "invalid-value"
ORDER: Final = (UNKNOWN_FIELD, INVALID_BODY, OUT_OF_RANGE, INVALID_VALUE)
"""Faults of shape go before faults of range: the first kind that occurs is the problem's code."""


@attrs.frozen
class Fault:
    """One field and the rule that it breaks; `code` is one of ORDER."""

    code: str
    field: str
    rule: str


def below(path: str, name: str) -> str:
    """The path of a field inside another."""
    return f"{path}.{name}" if path else name


_NAMES: Final = {
    "int": "an integer",
    "str": "a text",
    "bool": "true or false",
    "null": "null",
    "object": "an object",
    "array": "a list",
    "float": "a fraction",
    "uuid": "a UUID",
    "datetime": "a moment",
    "date": "a date",
}
_SIDES: Final = {">=": "at least", "<=": "at most", ">": "more than", "<": "less than", "==": "exactly"}


def _named(found: str) -> str:
    return " or ".join(_NAMES.get(name, name) for name in found.split(" | "))


# What msgspec says -> the fault's code and rule. A test shows every one of them with the pinned version.
_SAYINGS: Final[tuple[tuple[re.Pattern[str], str, Callable[[re.Match[str]], str]], ...]] = (
    (re.compile(r"Expected `int` (>=|<=|>|<) (-?\d+)"), OUT_OF_RANGE, lambda said: f"must be {_SIDES[said[1]]} {said[2]}"),
    (re.compile(r"Integer value out of range"), OUT_OF_RANGE, lambda _: "is a number beyond any range"),
    (
        re.compile(r"Expected `str` of length (>=|<=|==) (\d+)"),
        INVALID_VALUE,
        lambda said: f"must have {_SIDES[said[1]]} {said[2]} characters",
    ),
    (
        re.compile(r"Expected `(?:array|object)` of length (>=|<=|==) (\d+)"),
        INVALID_BODY,
        lambda said: f"must have {_SIDES[said[1]]} {said[2]} entries",
    ),
    (re.compile(r"Expected `str` matching regex '(.*)'"), INVALID_VALUE, lambda said: f"must match {said[1]}"),
    (
        re.compile(r"Expected `(.+)`, got `(.+)`"),
        INVALID_BODY,
        lambda said: f"must be {_named(said[1])}, not {_named(said[2])}",
    ),
    (re.compile(r"Invalid UUID"), INVALID_BODY, lambda _: "must be a UUID"),
    (re.compile(r"Invalid RFC3339 encoded datetime"), INVALID_BODY, lambda _: "must be an RFC 3339 moment"),
    (re.compile(r"Invalid RFC3339 encoded date"), INVALID_BODY, lambda _: "must be a date like 2026-11-22"),
    (re.compile(r"Expected `datetime` with a timezone component"), INVALID_BODY, lambda _: "must carry its offset from UTC"),
)
_AT: Final = re.compile(r" - at `(?:key in )?\$?(.*)`$")


def fault_of(message: str, path: str, annotation: Any) -> Fault:
    """The fault that a message of msgspec tells about a value at `path` that should have been `annotation`."""
    at = _AT.search(message)
    said = message[: at.start()] if at else message
    field = _join(path, at[1] if at else "")
    for member, code, rule in (("missing required", INVALID_BODY, "is missing"), ("contains unknown", UNKNOWN_FIELD, _UNKNOWN)):
        if found := re.fullmatch(rf"Object {member} field `(.*)`", said):
            return Fault(code, below(field, found[1]), rule)
    if said.startswith("Invalid enum value"):
        return Fault(INVALID_BODY, field, f"must be one of: {', '.join(_choices(annotation))}")
    for pattern, code, words in _SAYINGS:
        if found := pattern.fullmatch(said):
            return Fault(code, field, words(found))
    return Fault(INVALID_BODY, field, "is not what this field takes")


_UNKNOWN: Final = "is not a field of this body"


def unknown(field: str) -> Fault:
    """A field that the type does not have."""
    return Fault(UNKNOWN_FIELD, field, _UNKNOWN)


def missing(field: str) -> Fault:
    """A field that is not there."""
    return Fault(INVALID_BODY, field, "is missing")


def _join(path: str, tail: str) -> str:
    if not tail:
        return path
    return path + tail if tail.startswith("[") else below(path, tail.lstrip("."))


def plain_type(annotation: Any) -> Any:
    """Without its bounds, and without `None` where it is optional."""
    while typing.get_origin(annotation) is typing.Annotated:
        annotation = typing.get_args(annotation)[0]
    if typing.get_origin(annotation) in (typing.Union, types.UnionType):
        members = [member for member in typing.get_args(annotation) if member is not type(None)]
        return plain_type(members[0]) if len(members) == 1 else annotation
    return annotation


def _choices(annotation: Any) -> list[str]:
    plain = plain_type(annotation)
    if isinstance(plain, type) and hasattr(plain, "__members__"):
        return [str(member.value) for member in plain.__members__.values()]
    return [str(choice) for choice in typing.get_args(plain)] or ["the known values"]
