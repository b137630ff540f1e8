"""Signed callbacks in the manner of Standard Webhooks: id, timestamp and body under one HMAC, good for five minutes."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from typing import Final

from houtai.domain.payments.refusals import NoticeNotGenuine

WINDOW: Final = dt.timedelta(minutes=5)
ID: Final = "webhook-id"
TIMESTAMP: Final = "webhook-timestamp"
SIGNATURE: Final = "webhook-signature"


def signed_headers(secret: bytes, event_id: str, at: dt.datetime, raw: bytes) -> dict[str, str]:
    """The three headers for exactly these bytes."""
    timestamp = str(int(at.timestamp()))
    return {ID: event_id, TIMESTAMP: timestamp, SIGNATURE: _signature(secret, event_id, timestamp, raw)}


def verified_id(secrets: Sequence[bytes], raw: bytes, headers: Mapping[str, str], now: dt.datetime) -> str:
    """The event's id, once the signature by any of the secrets and the time, five minutes both ways, are found good.

    Several secrets and several signatures allow rotation. Raises NoticeNotGenuine.
    """
    known = {name.lower(): value for name, value in headers.items()}
    event_id, timestamp, given = (known.get(name, "") for name in (ID, TIMESTAMP, SIGNATURE))
    if not event_id or not is_of_this_moment(timestamp, now):
        raise NoticeNotGenuine
    right = [_signature(secret, event_id, timestamp, raw).encode() for secret in secrets]
    offered = [signature.encode() for signature in given.split(" ") if signature]
    if not any([hmac.compare_digest(mine, theirs) for mine in right for theirs in offered]):  # noqa: C419  # all, always
        raise NoticeNotGenuine
    return event_id


def is_of_this_moment(timestamp: str, now: dt.datetime) -> bool:
    """Whether these seconds since 1970 lie within the window, five minutes both ways; anything but digits does not."""
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
        return False
    return abs(now - dt.datetime.fromtimestamp(int(timestamp), dt.UTC)) <= WINDOW


def _signature(secret: bytes, event_id: str, timestamp: str, raw: bytes) -> str:
    signed = f"{event_id}.{timestamp}.".encode() + raw
    return "v1," + base64.b64encode(hmac.new(secret, signed, hashlib.sha256).digest()).decode()
