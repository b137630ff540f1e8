"""The headers that this API reads and writes, each checked before anything rests on it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final
from uuid import UUID

from houtai.entrypoints.http.problems import Problem

IDEMPOTENCY_KEY_PATTERN: Final = "^[!-~]([ -~]{0,253}[!-~])?$"
IF_MATCH_PATTERN: Final = '^"(0|[1-9][0-9]{0,9})"$'
_IDEMPOTENCY_KEY: Final = re.compile(IDEMPOTENCY_KEY_PATTERN)
_IF_MATCH: Final = re.compile(IF_MATCH_PATTERN)
_UUID: Final = re.compile(rb"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")

# Headers that mean one thing only: sent twice, nobody can say which one was meant.
_SINGLE: Final = frozenset(
    {b"authorization", b"x-api-key", b"content-type", b"idempotency-key", b"if-match", b"x-correlation-id"}
)

API_SECURITY: Final[Mapping[str, str]] = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "cache-control": "no-store",
}
PAGE_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def read_headers(raw: Iterable[tuple[bytes, bytes]]) -> dict[bytes, str]:
    """Names in lower case to values. Raises Problem where one that must be single comes twice."""
    found: dict[bytes, str] = {}
    for name, value in raw:
        if name in found and name in _SINGLE:
            field = name.decode("latin-1")
            raise Problem.of_fields("invalid-header", {field: "must be given once"})
        text = value.decode("latin-1")
        found[name] = f"{found[name]}, {text}" if name in found else text
    if b"content-length" in found and b"transfer-encoding" in found:
        raise Problem("invalid-request", detail="two lengths for one body", headers={"connection": "close"})
    return found


def idempotency_key(found: Mapping[bytes, str], *, required: bool) -> str | None:
    """The caller's key, or None where it is optional and absent."""
    key = found.get(b"idempotency-key")
    if key is None:
        if required:
            raise Problem("idempotency-key-required")
        return None
    if _IDEMPOTENCY_KEY.match(key) is None:
        raise Problem("idempotency-key-invalid")
    return key


def expected_version(found: Mapping[bytes, str], *, required: bool) -> int | None:
    """The version that an edit rests on, from If-Match; one strong tag as ETag gave it, no list and no ``*``."""
    tag = found.get(b"if-match")
    if tag is None:
        if required:
            raise Problem("precondition-required")
        return None
    if _IF_MATCH.match(tag) is None:
        raise Problem.of_fields("invalid-header", {"if-match": 'must be one ETag of this record, such as "3"'})
    return int(tag[1:-1])


def correlation(found: Mapping[bytes, str], request_id: UUID) -> UUID:
    """What ties this request to others: the caller's X-Correlation-Id, or the request's own id."""
    given = found.get(b"x-correlation-id")
    if given is None:
        return request_id
    if not is_uuid(given.encode("latin-1")):
        raise Problem.of_fields("invalid-header", {"x-correlation-id": "must be a UUID"})
    return UUID(given)


def is_uuid(text: bytes) -> bool:
    """Whether a header's value is a UUID as this API writes them."""
    return _UUID.fullmatch(text) is not None


def check_content_type(found: Mapping[bytes, str], accepted: tuple[str, ...]) -> str:
    """The media type of the body; 415 unless it is one of `accepted`, in UTF-8 where it names a character set."""
    media, _, parameters = found.get(b"content-type", "").partition(";")
    media = media.strip().lower()
    charset = parameters.strip().lower().replace('"', "")
    if media not in accepted or (charset.startswith("charset=") and charset != "charset=utf-8"):
        raise Problem("unsupported-media-type", members={"accepts": list(accepted)})
    return media
