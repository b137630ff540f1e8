"""The embedded provider keeps the promises that a real one keeps, and breaks the ones that a real one breaks."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from houtai.adapters.payments.embedded import EmbeddedGateway, Fault
from houtai.application.payments.ports import AnswerLost, NothingDone, PaymentGateway
from houtai.domain.ids import PaymentId, RefundId, derive, new_id
from houtai.domain.payments.answer import Standing
from houtai.domain.payments.notice import MAX_NOTICE_BYTES, NoticeKind
from houtai.domain.payments.refusals import NoticeMalformed, NoticeNotGenuine
from tests.conftest import StillClock
from tests.payments.till import SECRET, yuan

PAYMENT = PaymentId(new_id())
REFUND = RefundId(new_id())
KEY = derive(REFUND, "attempt", 1)


@pytest.fixture
def gateway(clock: StillClock) -> Iterator[EmbeddedGateway]:
    """A provider with nothing in its books."""
    made = EmbeddedGateway(clock, secret=SECRET, page="https://pay.test/")
    yield made
    made.close()


def as_port(gateway: EmbeddedGateway) -> PaymentGateway:
    return gateway


def test_a_payment_is_created_once_however_often_it_is_told(gateway: EmbeddedGateway) -> None:
    first = as_port(gateway).create(PAYMENT, yuan("20.00"))
    assert gateway.create(PAYMENT, yuan("20.00")) == first
    assert (first.standing, first.pay_url) == (Standing.PENDING, f"https://pay.test/{PAYMENT}")


def test_what_it_never_heard_of_is_not_known(gateway: EmbeddedGateway) -> None:
    assert gateway.query(PAYMENT).standing is Standing.NOT_KNOWN
    assert gateway.query_refund(PAYMENT, REFUND, 1, KEY).standing is Standing.NOT_KNOWN
    with pytest.raises(LookupError):
        gateway.pay(PAYMENT)


@pytest.mark.parametrize(
    ("fault", "error", "standing"),
    [
        (Fault.UNREACHABLE, NothingDone, Standing.NOT_KNOWN),
        (Fault.LOSE_REQUEST, AnswerLost, Standing.NOT_KNOWN),
        (Fault.LOSE_ANSWER, AnswerLost, Standing.PENDING),
    ],
)
def test_a_fault_happens_once_and_does_what_it_says(
    gateway: EmbeddedGateway, fault: Fault, error: type[Exception], standing: Standing
) -> None:
    gateway.arrange("create", fault)
    with pytest.raises(error):
        gateway.create(PAYMENT, yuan("20.00"))
    assert gateway.query(PAYMENT).standing is standing
    assert gateway.create(PAYMENT, yuan("20.00")).standing is Standing.PENDING


def test_a_refund_goes_out_once_for_each_key_and_never_beyond_the_capture(gateway: EmbeddedGateway) -> None:
    gateway.create(PAYMENT, yuan("20.00"))
    gateway.pay(PAYMENT)
    first = gateway.refund(PAYMENT, REFUND, 1, KEY, yuan("15.00"))
    assert gateway.refund(PAYMENT, REFUND, 1, KEY, yuan("15.00")) == first
    assert gateway.refund(PAYMENT, RefundId(new_id()), 1, new_id(), yuan("5.01")).standing is Standing.FAILED
    assert gateway.money_out(PAYMENT) == 1500


def test_callbacks_come_late_doubled_and_out_of_order_on_demand(gateway: EmbeddedGateway, clock: StillClock) -> None:
    gateway.create(PAYMENT, yuan("20.00"))
    for delay_s in (0, 0, 0, 60):
        gateway.pay(PAYMENT, delay_s=delay_s)
    sent = gateway.callbacks(copies=2, shuffled=random.Random(2))
    ids = [callback.headers["webhook-id"] for callback in sent]
    assert (len(ids), len(set(ids)), ids == sorted(ids)) == (6, 3, False)
    assert gateway.callbacks() == []
    clock.advance(minutes=2)
    assert len(gateway.callbacks()) == 1
    assert len(gateway.callbacks(again=True)) == 4


def test_its_state_survives_in_a_file(clock: StillClock, tmp_path: Path) -> None:
    path = str(tmp_path / "provider.db")
    first = EmbeddedGateway(clock, secret=SECRET, path=path)
    first.create(PAYMENT, yuan("20.00"))
    ref = first.pay(PAYMENT)
    first.close()
    second = EmbeddedGateway(clock, secret=SECRET, path=path)
    answer = second.query(PAYMENT)
    assert (answer.standing, answer.money_ref, answer.amount) == (Standing.DONE, ref, yuan("20.00"))
    assert len(second.callbacks()) == 1
    second.close()


def test_a_notice_is_read_in_our_terms(gateway: EmbeddedGateway, clock: StillClock) -> None:
    gateway.create(PAYMENT, yuan("20.00"))
    ref = gateway.pay(PAYMENT)
    (callback,) = gateway.callbacks()
    notice = gateway.parse_notice(callback.raw, callback.headers, clock.now())
    assert (notice.kind, notice.ours, notice.amount, notice.money_ref) == (NoticeKind.CAPTURED, PAYMENT, yuan("20.00"), ref)
    assert (notice.event_id, notice.recipient, notice.at) == (callback.headers["webhook-id"], "houtai", clock.now())


GOOD = {"type": "payment.captured", "at": "2026-11-22T04:00:00+00:00", "account": "houtai", "data": {"payment": str(PAYMENT)}}


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"\xff\xfe",
        b"[" * 100_000,
        json.dumps({**GOOD, "at": "yesterday"}).encode(),
        json.dumps({**GOOD, "at": "2026-11-22T04:00:00"}).encode(),
        json.dumps({**GOOD, "account": 7}).encode(),
        json.dumps({**GOOD, "data": []}).encode(),
        json.dumps({**GOOD, "data": {"payment": 7}}).encode(),
        json.dumps({**GOOD, "data": {"amount": {"minor": 20.0, "currency": "CNY"}}}).encode(),
        json.dumps({**GOOD, "data": {"amount": {"minor": float("nan"), "currency": "CNY"}}}).encode(),
        json.dumps({**GOOD, "data": {"amount": {"minor": 10**30, "currency": "CNY"}}}).encode(),
        json.dumps({**GOOD, "data": {"amount": {"minor": 2000, "currency": "yuan"}}}).encode(),
        json.dumps({**GOOD, "data": {"money_ref": "x" * 201}}).encode(),
        b'"' + b"x" * MAX_NOTICE_BYTES + b'"',
    ],
)
def test_what_is_signed_and_still_nonsense_is_malformed(gateway: EmbeddedGateway, clock: StillClock, raw: bytes) -> None:
    callback = gateway.signed("evt_1", raw, clock.now())
    with pytest.raises(NoticeMalformed):
        gateway.parse_notice(callback.raw, callback.headers, clock.now())


def test_nonsense_that_is_not_signed_is_not_even_read(gateway: EmbeddedGateway, clock: StillClock) -> None:
    with pytest.raises(NoticeNotGenuine):
        gateway.parse_notice(b"{", {}, clock.now())
