"""Signing by the Standard Webhooks specification 1.0.0: HMAC-SHA256 over id, moment and body, under one key or several."""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import hashlib
import hmac
from collections.abc import Sequence
from typing import Final

PREFIX: Final = "whsec_"
VERSION: Final = "v1"
KEY_BYTES: Final = 32
FEWEST_BYTES, MOST_BYTES = 24, 64
"""A key has 192 to 512 bits."""


def secret_of(key: bytes) -> str:
    """A key as its receiver is given it, ``whsec_…``. Raises ValueError for one that is too short or too long."""
    if not FEWEST_BYTES <= len(key) <= MOST_BYTES:
        message = f"a key has {FEWEST_BYTES} to {MOST_BYTES} bytes"
        raise ValueError(message)
    return PREFIX + base64.b64encode(key).decode()


def key_of(secret: str) -> bytes:
    """The key again. Raises ValueError for what is none."""
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except binascii.Error as error:
        message = "a secret is base64 behind whsec_"
        raise ValueError(message) from error
    secret_of(key)
    return key


def signature(secret: str, message_id: str, at: dt.datetime, body: bytes) -> str:
    """``v1,`` and the signature in base64. The id holds no full stop, so that nothing else is signed alike."""
    assert "." not in message_id, message_id
    signed = b".".join((message_id.encode(), str(seconds(at)).encode(), body))
    return f"{VERSION},{base64.b64encode(hmac.digest(key_of(secret), signed, hashlib.sha256)).decode()}"


def headers_of(secrets: Sequence[str], message_id: str, at: dt.datetime, body: bytes) -> dict[str, str]:
    """The three headers of a request made at `at`; while secrets change, one signature under each."""
    assert secrets, "nothing goes out unsigned"
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(seconds(at)),
        "webhook-signature": " ".join(signature(secret, message_id, at, body) for secret in secrets),
    }


def seconds(at: dt.datetime) -> int:
    """Whole seconds since 1970."""
    return (at - _EPOCH) // dt.timedelta(seconds=1)


_EPOCH: Final = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
