"""Signatures and words as the carriers publish them."""

from __future__ import annotations

import base64
import datetime as dt
import json
from urllib.parse import urlencode

import pytest
from hypothesis import given, strategies as st

from houtai.adapters.carriers.kuaidi100 import Kuaidi100, Kuaidi100Account
from houtai.adapters.carriers.sf_express import SfAccount, SfExpress, java_encoded, simple_md5, standard_md5
from houtai.adapters.carriers.wire import post_form
from houtai.application.shipping.ports import CarrierAway
from houtai.domain.shipping.refusals import PushMalformed, PushNotGenuine
from houtai.domain.shipping.tracking import TrackState
from tests.conftest import StillClock
from tests.shipping import fakes
from tests.shipping.dock import SHIPMENT
from tests.shipping.kits import kuaidi100, sf


def test_the_published_vector_of_sf() -> None:
    message = '{"language":"zh-CN","orderId":"QIAO-20200618-004"}'
    digest = standard_md5(message, "12312334453453", "fjcg5PGKaNpPSHFAZ4QsCOkV71R3zVci")
    assert digest == "IIKJtuLVzoFTu4kHI8M8vA=="


@pytest.mark.parametrize(
    ("text", "encoded"),
    [
        ("a b", "a+b"),
        ("*", "*"),
        ("~", "%7E"),
        ("a-b_c.d", "a-b_c.d"),
        ("+", "%2B"),
        ("丰", "%E4%B8%B0"),
        ("'()!", "%27%28%29%21"),
    ],
)
def test_text_is_encoded_as_javas_urlencoder_does(text: str, encoded: str) -> None:
    assert java_encoded(text) == encoded


@given(st.text(max_size=30))
def test_the_simple_signature_is_the_standard_one_of_text_that_needs_no_encoding(text: str) -> None:
    plain = "".join(sign for sign in text if sign.isascii() and sign.isalnum())
    assert simple_md5(plain, "1", "k") == standard_md5(plain, "1", "k")
    assert len(base64.b64decode(standard_md5(text, "1", "k"))) == 16


@pytest.mark.parametrize("minutes", [-6, 6])
def test_a_push_of_sf_of_another_time_is_not_believed(clock: StillClock, minutes: int) -> None:
    made = sf(clock)
    now = clock.now()
    headers, raw = made.pushed("SF1", now)
    made.close()
    with pytest.raises(PushNotGenuine):
        made.carrier.parse_push(headers, raw, now + dt.timedelta(minutes=minutes))


@pytest.mark.parametrize("message", ["{", "[]", '{"Body": {}}', '{"Body": {"WaybillRoute": [{"mailno": "1"}]}}'])
def test_what_sf_signed_and_nobody_can_read_is_malformed(clock: StillClock, message: str) -> None:
    carrier = SfExpress(SfAccount("P", "word"), clock)
    stamp = str(int(clock.now().timestamp() * 1000))
    raw = urlencode({"msgData": message, "timestamp": stamp, "msgDigest": standard_md5(message, stamp, "word")}).encode()
    with pytest.raises(PushMalformed):
        carrier.parse_push({}, raw, clock.now())


@pytest.mark.parametrize("param", ["{", "[]", '{"lastResult": {"nu": "1", "data": [{"time": "yesterday"}]}}'])
def test_what_kuaidi100_signed_and_nobody_can_read_is_malformed(clock: StillClock, param: str) -> None:
    carrier = Kuaidi100(Kuaidi100Account("k", "s", "c", "yuantong", "salt", "https://x"), clock)
    raw = urlencode({"param": param, "sign": fakes.md5_upper(param + "salt")}).encode()
    with pytest.raises(PushMalformed):
        carrier.parse_push({}, raw, clock.now())


@pytest.mark.parametrize(
    ("code", "state"),
    [
        ("0", TrackState.IN_TRANSIT),
        ("1", TrackState.PICKED_UP),
        ("103", TrackState.PICKED_UP),
        ("1002", TrackState.IN_TRANSIT),
        ("501", TrackState.OUT_FOR_DELIVERY),
        ("301", TrackState.DELIVERED),
        ("401", TrackState.RETURNED),
        ("6", TrackState.RETURNING),
        ("14", TrackState.RETURNING),
        ("203", TrackState.EXCEPTION),
        ("13", TrackState.IN_TRANSIT),
    ],
)
def test_the_codes_of_kuaidi100_in_our_words(clock: StillClock, code: str, state: TrackState) -> None:
    carrier = Kuaidi100(Kuaidi100Account("k", "s", "c", "yuantong", "salt", "https://x"), clock)
    line = {"time": "2026-11-22 12:00:00", "context": "x", "statusCode": code}
    param = json.dumps({"lastResult": {"nu": "1", "data": [line]}})
    raw = urlencode({"param": param, "sign": fakes.md5_upper(param + "salt")}).encode()
    (event,) = carrier.parse_push({}, raw, clock.now())
    assert (event.state, event.at) == (state, dt.datetime(2026, 11, 22, 4, tzinfo=dt.UTC))


def test_a_subscription_names_the_key_and_the_salt(clock: StillClock) -> None:
    made = kuaidi100(clock)
    assert isinstance(made.carrier, Kuaidi100)
    made.carrier.subscribe(SHIPMENT, "YT1")
    stranger = Kuaidi100(Kuaidi100Account("k", "s", "c", "x", "salt", "https://x", poll_url=f"{made.fake.url}/poll"), clock)  # type: ignore[union-attr]  # it has a fake
    with pytest.raises(CarrierAway):
        stranger.subscribe(SHIPMENT, "YT1")
    made.close()


def test_a_request_under_a_wrong_secret_has_done_nothing(clock: StillClock) -> None:
    made = sf(clock)
    assert made.fake is not None
    stranger = SfExpress(SfAccount(fakes.PARTNER, "another", url=made.fake.url), clock)
    with pytest.raises(CarrierAway):
        stranger.track(SHIPMENT, "SF1")
    made.close()
    assert made.fake.forged == 1


def test_nothing_is_sent_in_the_clear_but_to_the_own_machine() -> None:
    with pytest.raises(CarrierAway, match="https"):
        post_form("http://bspgw.sf-express.com/std/service", {}, 1)
