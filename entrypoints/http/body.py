"""A JSON body, taken strictly: what the route's type does not say is refused by name, and nothing is converted."""

from __future__ import annotations

import json
import typing
from collections.abc import Iterator
from typing import Any, Final, NoReturn, TypeVar

import msgspec

from houtai.entrypoints.http.faults import ORDER, Fault, below, fault_of, missing, plain_type, unknown
from houtai.entrypoints.http.problems import Problem

W = TypeVar("W", bound=msgspec.Struct)

MAX_FAULTS: Final = 50  # a body with more is answered with the first ones
MAX_MEMBERS: Final = 1_000  # of a list that is wrong, so many are looked at


class _DuplicateKey(Exception):
    """An object holds a key twice."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        seen: set[str] = set()
        raise _DuplicateKey(next(key for key, _ in pairs if key in seen or seen.add(key)))  # type: ignore[func-returns-value]  # add gives None
    return found


def _no_constant(name: str) -> NoReturn:
    message = f"{name} is not JSON"
    raise ValueError(message)


class Decoder(typing.Generic[W]):
    """Decodes one type of body. Built once for each route."""

    def __init__(self, wire: type[W]) -> None:
        """`wire` is the route's body type."""
        self._wire = wire
        self._typed = msgspec.json.Decoder(wire)
        self.may_be_absent = not any(field.required for field in msgspec.structs.fields(wire))

    def absent(self) -> W:
        """What stands for no body at all: `{}` where no field is required, else a Problem."""
        if not self.may_be_absent:
            raise Problem.of_fields("invalid-body", {"": "a body is missing"})
        return self.decode(b"{}")

    def decode(self, raw: bytes) -> W:
        """The body, or a Problem that says what is wrong with which fields.

        The text is read twice, because msgspec neither sees duplicate keys nor names more than one fault: first by the
        standard library's scanner (keys, depth, constants), then into the type.
        """
        try:
            text = raw.decode()
        except UnicodeDecodeError as error:
            raise Problem("invalid-encoding") from error
        try:
            loose = json.loads(text, object_pairs_hook=_no_duplicates, parse_constant=_no_constant)
        except _DuplicateKey as error:
            raise Problem("duplicate-key", members={"key": error.key}) from error
        except RecursionError as error:
            raise Problem("too-deep") from error
        except json.JSONDecodeError as error:
            rule = "must not be empty" if not text.strip() else f"is not JSON from character {error.pos} on"
            raise Problem.of_fields("invalid-body", {"": rule}) from error
        except ValueError as error:  # NaN and its like, or an integer too long to be read
            loose = _UNREAD
            reason = str(error)
        try:
            body = self._typed.decode(raw)
        except msgspec.ValidationError as error:
            raise _refused(self._wire, loose, str(error)) from error
        except msgspec.DecodeError as error:
            raise Problem.of_fields("invalid-body", {"": "is not JSON" if loose is not _UNREAD else reason}) from error
        if "\\u0000" in text and any("\x00" in found for found in _texts(loose)):
            raise Problem.of_fields("invalid-body", {"": "must not hold NUL characters"})
        return body


_UNREAD: Any = object()


def _texts(node: Any) -> Iterator[str]:
    """Every text in a decoded document, keys included."""
    match node:
        case str():
            yield node
        case dict():
            for key, value in node.items():
                yield key
                yield from _texts(value)
        case list():
            for member in node:
                yield from _texts(member)


def _refused(wire: Any, loose: Any, message: str) -> Problem:
    """All faults, not only the first."""
    faults = [] if loose is _UNREAD else list(_faults(loose, wire, ""))
    faults = faults or [fault_of(message, "", wire)]
    faults.sort(key=lambda fault: ORDER.index(fault.code))
    return Problem.of_fields(faults[0].code, {fault.field: fault.rule for fault in faults[:MAX_FAULTS]})


def _faults(value: Any, annotation: Any, path: str) -> Iterator[Fault]:
    try:
        msgspec.convert(value, annotation, strict=True)
    except msgspec.ValidationError as error:
        inner = list(_inner_faults(value, plain_type(annotation), path))
        yield from inner or [fault_of(str(error), path, annotation)]


def _inner_faults(value: Any, annotation: Any, path: str) -> Iterator[Fault]:
    if isinstance(value, dict) and isinstance(annotation, type) and issubclass(annotation, msgspec.Struct):
        fields = {field.encode_name: field for field in msgspec.structs.fields(annotation)}
        yield from (unknown(below(path, name)) for name in value if name not in fields)
        for name, field in fields.items():
            if name in value:
                yield from _faults(value[name], field.type, below(path, name))
            elif field.required:
                yield missing(below(path, name))
    elif isinstance(value, list) and typing.get_origin(annotation) in (tuple, list, frozenset):
        member = typing.get_args(annotation)[0]
        for place, item in enumerate(value[:MAX_MEMBERS]):
            yield from _faults(item, member, f"{path}[{place}]")
