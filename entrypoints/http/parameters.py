"""Query parameters and path parts, as strict as bodies: none repeated, none unknown, none out of range."""

from __future__ import annotations

import re
import types
from typing import Any, Final, Generic, TypeVar, Union, get_args, get_origin
from urllib.parse import unquote_to_bytes
from uuid import UUID

import msgspec

from houtai.entrypoints.http.faults import fault_of, plain_type
from houtai.entrypoints.http.problems import Problem

W = TypeVar("W", bound=msgspec.Struct)

MAX_QUERY_BYTES: Final = 8_192
_UUID: Final = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


class QueryDecoder(Generic[W]):
    """Decodes one route's query string. Built once for each route."""

    def __init__(self, wire: type[W]) -> None:
        """`wire` has scalar fields only. Raises TypeError for others."""
        self._wire = wire
        self._kinds = {field.encode_name: _scalar(field.type) for field in msgspec.structs.fields(wire)}
        self._names = {field.encode_name: field.name for field in msgspec.structs.fields(wire)}
        self._required = [field.encode_name for field in msgspec.structs.fields(wire) if field.required]

    def decode(self, raw: bytes) -> W:
        """The query as the route wants it. Raises Problem, always a 400."""
        if not raw and not self._required:
            return self._wire()
        if len(raw) > MAX_QUERY_BYTES:
            raise Problem.of_fields("invalid-parameter", {"": f"the query must have at most {MAX_QUERY_BYTES} bytes"})
        given = _pairs(raw)
        unknown = {name: "is not a parameter of this route" for name in given if name not in self._kinds}
        if unknown:
            raise Problem.of_fields("unknown-parameter", unknown)
        faults = {name: "is missing" for name in self._required if name not in given}
        values: dict[str, Any] = {}
        for name, text in given.items():
            kind, lax = self._kinds[name]
            try:
                values[self._names[name]] = msgspec.convert(text, kind, strict=not lax)
            except msgspec.ValidationError as error:
                faults[name] = fault_of(str(error), name, kind).rule
        if faults:
            raise Problem.of_fields("invalid-parameter", faults)
        return self._wire(**values)


def _scalar(annotation: Any) -> tuple[Any, bool]:
    """A field's type without None, and whether a text has to be turned into it.

    Only numbers and switches are: a lax reading would also take ``0.5`` for a moment and ``null`` for nothing.
    """
    inner = annotation
    if get_origin(annotation) in (Union, types.UnionType):
        inner = next(member for member in get_args(annotation) if member is not type(None))
    plain = plain_type(annotation)
    if get_origin(plain) in (tuple, list, dict, frozenset, Union, types.UnionType):
        message = f"a query parameter is one value, not {annotation}"
        raise TypeError(message)
    return inner, plain in (int, bool)


def _pairs(raw: bytes) -> dict[str, str]:
    given: dict[str, str] = {}
    for pair in raw.split(b"&"):
        if not pair:
            continue
        name, _, value = (_text(part) for part in pair.replace(b"+", b" ").partition(b"="))
        if name in given:
            raise Problem("repeated-parameter", members={"parameter": name})
        if "\x00" in name or "\x00" in value:
            raise Problem.of_fields("invalid-parameter", {name.replace("\x00", ""): "must not hold NUL characters"})
        given[name] = value
    return given


def _text(part: bytes) -> str:
    try:
        return unquote_to_bytes(part).decode()
    except UnicodeDecodeError as error:
        raise Problem("invalid-encoding") from error


def path_part(raw: str, annotation: Any) -> Any:
    """One part of the path as the route wants it; what cannot be one is not there: 404."""
    if annotation is UUID:
        if _UUID.fullmatch(raw) is None:
            raise Problem("not-found")
        return UUID(raw)
    if "\x00" in raw:
        raise Problem("not-found")
    try:
        return msgspec.convert(raw, annotation, strict=False)
    except msgspec.ValidationError as error:
        raise Problem("not-found") from error
