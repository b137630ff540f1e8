"""A notice is believed only with the provider's signature, and only for five minutes (attacks 53 and 54)."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, strategies as st

from houtai.adapters.payments.signature import ID, SIGNATURE, TIMESTAMP, signed_headers, verified_id
from houtai.domain.payments.refusals import NoticeNotGenuine
from tests.conftest import StillClock

SECRET = b"the provider's secret"
NOW = StillClock().now()
RAW = b'{"type": "payment.captured"}'
GOOD = signed_headers(SECRET, "evt_1", NOW, RAW)


def test_a_signed_notice_is_genuine_whatever_the_case_of_its_headers() -> None:
    assert verified_id([SECRET], RAW, {name.title(): value for name, value in GOOD.items()}, NOW) == "evt_1"


def test_the_signature_is_the_one_of_standard_webhooks() -> None:
    import base64
    import hashlib
    import hmac

    signed = b"evt_1." + GOOD[TIMESTAMP].encode() + b"." + RAW
    mine = base64.b64encode(hmac.new(SECRET, signed, hashlib.sha256).digest()).decode()
    assert GOOD[SIGNATURE] == f"v1,{mine}"


def test_a_secret_is_rotated_without_a_gap() -> None:
    assert verified_id([b"the next secret", SECRET], RAW, GOOD, NOW) == "evt_1"
    both = {**GOOD, SIGNATURE: f"v1,bm90aGluZw== {GOOD[SIGNATURE]}"}
    assert verified_id([SECRET], RAW, both, NOW) == "evt_1"


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {name: value for name, value in GOOD.items() if name != SIGNATURE},
        {**GOOD, SIGNATURE: ""},
        {**GOOD, SIGNATURE: "v1,AAAA"},
        {**GOOD, SIGNATURE: "v1,签名"},
        {**GOOD, SIGNATURE: GOOD[SIGNATURE].removeprefix("v1,")},
        {**GOOD, ID: "evt_2"},
        {**GOOD, ID: ""},
        {**GOOD, TIMESTAMP: "1"},
        {**GOOD, TIMESTAMP: "-1"},
        {**GOOD, TIMESTAMP: "now"},
        {**GOOD, TIMESTAMP: "9" * 40},
        {**GOOD, TIMESTAMP: "１７"},
    ],
)
def test_anything_else_is_not(headers: dict[str, str]) -> None:
    with pytest.raises(NoticeNotGenuine):
        verified_id([SECRET], RAW, headers, NOW)


def test_another_merchants_key_is_not_genuine() -> None:
    with pytest.raises(NoticeNotGenuine):
        verified_id([b"another secret"], RAW, GOOD, NOW)


@pytest.mark.parametrize("minutes", [-10, -6, 6, 10])
def test_a_notice_of_another_time_is_not_genuine(minutes: int) -> None:
    with pytest.raises(NoticeNotGenuine):
        verified_id([SECRET], RAW, GOOD, NOW + dt.timedelta(minutes=minutes))


@pytest.mark.parametrize("minutes", [-5, 0, 5])
def test_clocks_may_differ_by_five_minutes(minutes: int) -> None:
    assert verified_id([SECRET], RAW, GOOD, NOW + dt.timedelta(minutes=minutes)) == "evt_1"


@given(st.integers(0, len(RAW) - 1), st.integers(1, 255))
def test_one_changed_byte_is_seen(place: int, change: int) -> None:
    forged = bytearray(RAW)
    forged[place] ^= change
    with pytest.raises(NoticeNotGenuine):
        verified_id([SECRET], bytes(forged), GOOD, NOW)
