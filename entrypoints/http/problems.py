"""Every no over HTTP: one RFC 9457 document, whether the edge, the core or the house's machinery refuses."""

from __future__ import annotations

import datetime as dt
import enum
import logging
import math
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final
from uuid import UUID

import attrs
import msgspec
from litestar.exceptions import HTTPException

from houtai.application.ports import StoreUnavailable
from houtai.domain.refusal import Kind, Refusal

log = logging.getLogger("houtai.http")

MEDIA_TYPE: Final = "application/problem+json"
RETRY_AFTER_S: Final = 5

STATUS: Final[Mapping[Kind, HTTPStatus]] = {
    Kind.INVALID: HTTPStatus.UNPROCESSABLE_ENTITY,
    Kind.UNAUTHENTICATED: HTTPStatus.UNAUTHORIZED,
    Kind.FORBIDDEN: HTTPStatus.FORBIDDEN,
    Kind.NOT_FOUND: HTTPStatus.NOT_FOUND,
    Kind.CONFLICT: HTTPStatus.CONFLICT,
    Kind.STALE: HTTPStatus.PRECONDITION_FAILED,
    Kind.LIMITED: HTTPStatus.TOO_MANY_REQUESTS,
    Kind.UNAVAILABLE: HTTPStatus.SERVICE_UNAVAILABLE,
}

# What the edge itself refuses, before any use case: code -> status and the sentence of its detail.
EDGE: Final[Mapping[str, tuple[int, str]]] = {
    "invalid-body": (400, "the body is not what this route takes; `errors` names each field"),
    "unknown-field": (400, "the body holds fields that this route does not know; `errors` names them"),
    "duplicate-key": (400, "an object in the body holds the same key twice"),
    "invalid-encoding": (400, "the request is not valid UTF-8"),
    "too-deep": (400, "the body is nested too deeply"),
    "invalid-parameter": (400, "a query parameter is not what this route takes; `errors` names it"),
    "unknown-parameter": (400, "the query holds parameters that this route does not know; `errors` names them"),
    "repeated-parameter": (400, "a query parameter is given more than once"),
    "invalid-header": (400, "a header is not what this route takes; `errors` names it"),
    "idempotency-key-required": (400, "a POST carries an Idempotency-Key, so that a lost answer can be asked for again"),
    "idempotency-key-invalid": (400, "Idempotency-Key must be 1 to 255 printable ASCII characters"),
    "invalid-request": (400, "the request is malformed"),
    "no-route": (404, "there is nothing at this address"),
    "not-found": (404, "no such record, or none that you may know of"),
    "method-not-allowed": (405, "this address does not know this method; the Allow header names those it knows"),
    "too-large": (413, "the body is larger than this route takes"),
    "unsupported-media-type": (415, "the body must be sent with one of the content types in `accepts`"),
    "out-of-range": (422, "a number is out of its range; `errors` names the field"),
    "invalid-value": (422, "a value breaks a rule; `errors` names the field"),
    "precondition-required": (428, "an edit carries If-Match with the ETag of the version that it rests on"),
    "too-many-requests": (429, "too many requests; Retry-After says when to ask again, `limit` which limit it was"),
    "internal": (500, "something broke in here; it is logged under this request's id"),
    "unavailable": (503, "the house cannot answer at the moment; nothing was done"),
}

_RESERVED = frozenset({"type", "title", "status", "detail", "instance", "code"})


class Problem(Exception):
    """A no of the edge, by its code in EDGE. `members` go into the document, `headers` onto the answer."""

    def __init__(
        self,
        code: str,
        *,
        detail: str = "",
        members: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """`detail` replaces the code's own sentence."""
        super().__init__(code)
        self.code = code
        self.status, sentence = EDGE[code]
        self.detail = detail or sentence
        self.members = dict(members or {})
        self.headers = dict(headers or {})

    @classmethod
    def of_fields(cls, code: str, faults: Mapping[str, str]) -> Problem:
        """With `errors`: one entry for each field and the rule that it breaks."""
        return cls(code, members={"errors": [{"field": field, "rule": rule} for field, rule in faults.items()]})


@attrs.frozen
class Answer:
    """A problem ready to be sent."""

    status: int
    body: bytes
    headers: Mapping[str, str]


def title_of(code: str) -> str:
    """The code in words: ``inventory.out-of-stock`` is "Out of stock"."""
    return code.rpartition(".")[2].replace("-", " ").capitalize()


def answer_to(error: Exception, request_id: UUID) -> Answer:
    """The document for whatever was raised. What nobody foresaw is logged with the request's id and tells nothing."""
    if isinstance(error, Refusal):
        return _of_refusal(error, request_id)
    problem = _as_problem(error, request_id)
    return _write(request_id, problem.code, problem.status, problem.detail, members=problem.members, headers=problem.headers)


def _of_refusal(refusal: Refusal, request_id: UUID) -> Answer:
    facts = {(f"{name}_" if name in _RESERVED else name): fact for name, fact in refusal.facts().items()}
    status = STATUS[refusal.kind]
    headers: dict[str, str] = {}
    if refusal.kind is Kind.UNAUTHENTICATED:
        headers["www-authenticate"] = 'Bearer realm="houtai"'
    if refusal.kind in (Kind.LIMITED, Kind.UNAVAILABLE):
        headers["retry-after"] = str(facts.get("retry_after_s", RETRY_AFTER_S))
    if refusal.code == "invalid-value":
        facts["errors"] = [{"field": facts["field"], "rule": facts["rule"]}]
    return _write(request_id, refusal.code, status, str(refusal), members=facts, headers=headers)


def _as_problem(error: Exception, request_id: UUID) -> Problem:
    if isinstance(error, Problem):
        return error
    if isinstance(error, StoreUnavailable):
        log.error("request %s: the store is unavailable: %s", request_id, error)
        return Problem("unavailable", headers={"retry-after": str(RETRY_AFTER_S)})
    if isinstance(error, HTTPException):
        known = {400: "invalid-request", 404: "no-route", 405: "method-not-allowed", 413: "too-large"}
        code = known.get(error.status_code)
        if code is not None:
            return Problem(code, headers=error.headers)
    log.error("request %s failed", request_id, exc_info=error)
    return Problem("internal")


def _write(
    request_id: UUID, code: str, status: int, detail: str, *, members: Mapping[str, Any], headers: Mapping[str, str]
) -> Answer:
    document = {
        "type": f"urn:houtai:problem:{code}",
        "title": title_of(code),
        "status": int(status),
        "detail": detail,
        "code": code,
        "instance": request_id.urn,
        **{name: plain(member) for name, member in members.items()},
    }
    return Answer(int(status), msgspec.json.encode(document), {"content-type": MEDIA_TYPE, **headers})


def plain(fact: Any) -> Any:
    """A fact as JSON can say it: ids and moments as text, records as objects, never a float that JSON does not know."""
    match fact:
        case None | bool() | int() | str():
            return fact
        case float():
            return fact if math.isfinite(fact) else str(fact)
        case enum.Enum():
            return plain(fact.value)
        case dt.datetime():
            return fact.isoformat()
        case bytes():
            return f"{len(fact)} bytes"
        case Mapping():
            return {str(plain(key)): plain(value) for key, value in fact.items()}
        case tuple() | list() | set() | frozenset():
            return [plain(member) for member in fact]
        case _ if attrs.has(type(fact)):
            return {field.name: plain(getattr(fact, field.name)) for field in attrs.fields(type(fact))}
        case _:
            return str(fact)
