"""Query parameters and path parts, as strict as bodies: none repeated, none unknown, none out of range."""

from __future__ import annotations

import re
from typing import Any, Final, TypeVar
from urllib.parse import unquote_to_bytes
from uuid import UUID

import msgspec

from houtai.entrypoints.http.faults import fault_of
from houtai.entrypoints.http.problems import Problem

W = TypeVar("W", bound=msgspec.Struct)

MAX_QUERY_BYTES: Final = 8_192
_UUID: Final = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def decode_query(raw: bytes, wire: type[W]) -> W:
    """The query string as `wire`, texts turned into its numbers, ids and moments. Raises Problem, always a 400."""
    if not raw:
        given: dict[str, str] = {}
    elif len(raw) > MAX_QUERY_BYTES:
        raise Problem.of_fields("invalid-parameter", {"": f"the query must have at most {MAX_QUERY_BYTES} bytes"})
    else:
        given = _pairs(raw)
    try:
        return msgspec.convert(given, wire, strict=False)
    except msgspec.ValidationError as error:
        raise _refused(given, wire) from error


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


def _refused(given: dict[str, str], wire: type[msgspec.Struct]) -> Problem:
    fields = {field.encode_name: field for field in msgspec.structs.fields(wire)}
    unknown = {name: "is not a parameter of this route" for name in given if name not in fields}
    if unknown:
        return Problem.of_fields("unknown-parameter", unknown)
    faults: dict[str, str] = {}
    for name, field in fields.items():
        if name not in given:
            if field.required:
                faults[name] = "is missing"
            continue
        try:
            msgspec.convert(given[name], field.type, strict=False)
        except msgspec.ValidationError as error:
            faults[name] = fault_of(str(error), name, field.type).rule
    return Problem.of_fields("invalid-parameter", faults)


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
