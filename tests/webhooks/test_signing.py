"""What goes out is signed so that any receiver's library believes it, and nothing else (Standard Webhooks 1.0.0)."""

from __future__ import annotations

import base64
import datetime as dt

import pytest
from hypothesis import given, strategies as st
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from houtai.domain.webhooks.signing import FEWEST_BYTES, MOST_BYTES, headers_of, key_of, secret_of, signature

# The vector that the specification's reference libraries are tested with.
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
MESSAGE = "msg_p5jXN8AQM9LWM0D4loKWxJek"
AT = dt.datetime.fromtimestamp(1_614_265_330, dt.UTC)
BODY = b'{"test": 2432232314}'
EXPECTED = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="

keys = st.binary(min_size=FEWEST_BYTES, max_size=MOST_BYTES)
ids = st.text("abcdefghijklmnopqrstuvwxyz0123456789_", min_size=1, max_size=64)


def test_the_published_vector_is_met() -> None:
    assert signature(SECRET, MESSAGE, AT, BODY) == EXPECTED
    assert headers_of([SECRET], MESSAGE, AT, BODY) == {
        "webhook-id": MESSAGE,
        "webhook-timestamp": "1614265330",
        "webhook-signature": EXPECTED,
    }


@given(keys, ids, st.text())
def test_the_reference_library_signs_alike_and_verifies(key: bytes, message: str, text: str) -> None:
    text = text.encode("utf-8", "ignore").decode()
    at = dt.datetime.now(dt.UTC)
    oracle = Webhook(secret_of(key))
    headers = headers_of([secret_of(key)], message, at, text.encode())
    assert headers["webhook-signature"] == oracle.sign(message, at, text)
    oracle.verify(text, headers, json_parse=False)


@given(keys, keys, st.binary(max_size=200))
def test_while_secrets_change_either_one_verifies(old: bytes, new: bytes, raw: bytes) -> None:
    at, text = dt.datetime.now(dt.UTC), base64.b64encode(raw).decode()
    headers = headers_of([secret_of(new), secret_of(old)], "msg_1", at, text.encode())
    for key in (old, new):
        Webhook(secret_of(key)).verify(text, headers, json_parse=False)


@given(st.sampled_from(["id", "moment", "body", "key"]))
def test_whatever_is_changed_is_not_believed(what: str) -> None:
    at = dt.datetime.now(dt.UTC)
    headers = headers_of([SECRET], "msg_1", at, BODY)
    headers |= {"id": {"webhook-id": "msg_2"}, "moment": {"webhook-timestamp": str(int(at.timestamp()) - 1)}}.get(what, {})
    body = BODY.replace(b"4", b"5") if what == "body" else BODY
    oracle = Webhook(secret_of(b"x" * 32) if what == "key" else SECRET)
    with pytest.raises(WebhookVerificationError):
        oracle.verify(body, headers)


@given(keys)
def test_a_secret_is_base64_behind_its_prefix(key: bytes) -> None:
    assert secret_of(key).startswith("whsec_")
    assert key_of(secret_of(key)) == key


@pytest.mark.parametrize("secret", ["whsec_", "whsec_c2hvcnQ=", "whsec_not base64!", "whsec_" + "A" * 120])
def test_what_is_no_key_is_refused(secret: str) -> None:
    with pytest.raises(ValueError, match=r"key|base64"):
        key_of(secret)


def test_an_id_with_a_full_stop_could_be_signed_as_something_else() -> None:
    with pytest.raises(AssertionError):
        signature(SECRET, "msg.1", AT, BODY)
