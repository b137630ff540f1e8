"""Payments over HTTP: callbacks as providers send them, refunds and cases as clerks handle them."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import attrs
import pytest

from houtai.adapters.payments.embedded import Callback, EmbeddedGateway, Fault
from houtai.application.audit import Category
from houtai.application.office import Office
from houtai.domain.authority import Grant
from houtai.domain.ids import PaymentId, new_id
from houtai.domain.money import Money
from tests.conftest import StillClock
from tests.http_client import Caller, calling
from tests.payments.till import Till


@attrs.frozen
class Shop:
    till: Till
    caller: Caller

    def call(self, callback: Callback, provider: str = "embedded") -> Any:
        path = f"/v1/payment-notices/{provider}"
        return self.caller.client.post(path, content=callback.raw, headers=dict(callback.headers))

    def call_all(self) -> list[Any]:
        return [self.call(callback) for callback in self.till.gateway.callbacks()]

    def paid(self) -> PaymentId:
        payment = self.till.request("20.00")
        self.till.gateway.pay(payment)
        self.call_all()
        return payment

    def refund(self, payment: PaymentId, minor: int) -> Any:
        body = {"payment_id": str(payment), "amount": {"minor": minor, "currency": "CNY"}, "reason": "broken"}
        return self.caller.post("/refunds", body)


@pytest.fixture
def shop(memory_till: Till) -> Iterator[Shop]:
    """The house over HTTP, with the till's own provider."""
    with calling(memory_till.office, gateways={"embedded": memory_till.gateway}) as caller:
        yield Shop(memory_till, caller)


def outcome(response: Any) -> tuple[int, str]:
    return response.status_code, response.json().get("outcome", response.json().get("code"))


def test_a_callback_pays_and_its_duplicate_is_fine(shop: Shop) -> None:
    payment = shop.till.request("20.00")
    shop.till.gateway.pay(payment)
    first, second = (shop.call(callback) for callback in shop.till.gateway.callbacks(copies=2))
    assert (outcome(first), outcome(second)) == ((200, "applied"), (200, "applied"))
    shown = shop.caller.get(f"/payments/{payment}").json()
    assert (shown["state"], shown["captured"]) == ("captured", {"minor": 2000, "currency": "CNY"})


def test_53_without_the_providers_signature_nothing_is_believed_and_the_try_is_logged(shop: Shop) -> None:
    payment = shop.till.request("20.00")
    shop.till.gateway.pay(payment)
    (callback,) = shop.till.gateway.callbacks()
    stranger = EmbeddedGateway(shop.till.clock, secret=b"another merchant's secret")
    forged = [
        Callback(callback.raw, {}),
        Callback(callback.raw.replace(b"2000", b"9999"), callback.headers),
        stranger.signed("evt_1", callback.raw, shop.till.clock.now()),
    ]
    stranger.close()
    assert [outcome(shop.call(one)) for one in forged] == [(401, "payments.notice-not-genuine")] * 3
    assert shop.caller.get(f"/payments/{payment}").json()["state"] == "pending"
    log = refusals(shop.till.office, shop.till.act)
    assert log == ["payments.notice-not-genuine"] * 3


def refusals(office: Office, act: Any) -> list[str]:
    from houtai.application.permission import needs

    @needs("tests.log")
    def told(views: Any, _query: None, _act: object) -> list[str]:
        return [row.entry.outcome for row in views.audit_chain() if row.entry.category is Category.REFUSAL]

    return office.ask(told, None, act)


@pytest.mark.parametrize("minutes", [-10, 6])
def test_54_a_replay_after_ten_minutes_or_a_time_to_come_is_not_believed(shop: Shop, clock: StillClock, minutes: int) -> None:
    payment = shop.till.request("20.00")
    shop.till.gateway.pay(payment)
    (callback,) = shop.till.gateway.callbacks()
    moved = shop.till.gateway.signed(callback.headers["webhook-id"], callback.raw, clock.now() + dt.timedelta(minutes=minutes))
    assert shop.call(moved).status_code == 401


def test_55_one_cent_for_an_order_of_two_thousand_opens_a_case_and_does_not_pay(shop: Shop) -> None:
    payment = shop.till.request("2000.00")
    shop.till.gateway.pay(payment, Money(1, "CNY"))
    assert [outcome(response) for response in shop.call_all()] == [(202, "case")]
    assert shop.caller.get(f"/payments/{payment}").json()["state"] == "pending"
    (case,) = shop.caller.get("/cases", state="open").json()["items"]
    assert (case["kind"], case["facts"]["asked"], case["facts"]["reported"]) == ("wrong-amount", "2000.00 CNY", "0.01 CNY")


def test_an_unknown_payment_is_accepted_and_parked_and_its_duplicate_is_fine(shop: Shop) -> None:
    data = {"payment": str(UUID(int=7)), "money_ref": "m", "amount": {"minor": 1, "currency": "CNY"}}
    shop.till.gateway.tell("payment.captured", data)
    first, second = (shop.call(callback) for callback in shop.till.gateway.callbacks(copies=2))
    assert (outcome(first), outcome(second)) == ((202, "parked"), (200, "parked"))


def test_another_recipient_is_a_case(shop: Shop) -> None:
    payment = shop.till.request("20.00")
    data = {"payment": str(payment), "money_ref": "m", "amount": {"minor": 2000, "currency": "CNY"}}
    shop.till.gateway.tell("payment.captured", data, account="another")
    assert [outcome(response) for response in shop.call_all()] == [(202, "case")]


def test_an_unknown_type_is_ignored(shop: Shop) -> None:
    shop.till.gateway.tell("payout.paid", {})
    assert [outcome(response) for response in shop.call_all()] == [(200, "ignored")]


def test_what_is_signed_and_malformed_is_a_bad_request(shop: Shop) -> None:
    now = shop.till.clock.now()
    for raw in (b"{", b"\xff", json.dumps({"type": "payment.captured", "data": {}}).encode()):
        assert outcome(shop.call(shop.till.gateway.signed("evt_x", raw, now))) == (400, "invalid-body")
    shop.till.gateway.tell("payment.captured", {"payment": str(UUID(int=7))})
    assert [outcome(response) for response in shop.call_all()] == [(400, "invalid-body")]


def test_more_than_256_kb_is_too_large(shop: Shop) -> None:
    callback = shop.till.gateway.signed("evt_x", b"x" * 256_001, shop.till.clock.now())
    assert outcome(shop.call(callback)) == (413, "too-large")


def test_a_provider_that_is_none_of_ours_is_not_found(shop: Shop) -> None:
    callback = shop.till.gateway.signed("evt_x", b"{}", shop.till.clock.now())
    assert shop.call(callback, "nobody").status_code == 404


def test_payments_and_their_notices_are_listed(shop: Shop) -> None:
    payment = shop.paid()
    listed = shop.caller.get("/payments", order_id=str(shop.till.order), state="captured", provider="embedded").json()
    assert [one["id"] for one in listed["items"]] == [str(payment)]
    (told,) = shop.caller.get(f"/payments/{payment}/notices").json()["items"]
    assert (told["outcome"], json.loads(told["raw"])["type"]) == ("applied", "payment.captured")


def test_45_a_refund_beyond_the_payment_or_its_rest_is_refused(shop: Shop) -> None:
    payment = shop.paid()
    assert outcome(shop.refund(payment, 2001)) == (422, "payments.refund-over-payment")
    assert outcome(shop.refund(payment, 0)) == (422, "invalid-value")
    assert shop.refund(payment, 1500).status_code == 201
    assert outcome(shop.refund(payment, 501)) == (409, "payments.refund-over-rest")


def test_a_refund_is_made_followed_and_listed(shop: Shop) -> None:
    payment = shop.paid()
    made = shop.refund(payment, 500)
    assert (made.json()["state"], made.headers["etag"]) == ("created", '"1"')
    shop.till.relay.run_until_idle()
    shown = shop.caller.get(made.headers["location"].removeprefix("/v1")).json()
    assert shown["state"] == "succeeded"
    assert shop.caller.get("/refunds", payment_id=str(payment), order_id=str(shop.till.order)).json()["items"] == [shown]


def test_a_refused_refund_is_tried_again_settled_by_another_or_cancelled(shop: Shop) -> None:
    payment = shop.paid()
    shop.till.gateway.arrange("refund", Fault.REFUSE, Fault.REFUSE, Fault.REFUSE)
    first, second = (shop.refund(payment, 500).json()["id"] for _ in range(2))
    shop.till.relay.run_until_idle()
    retried = shop.caller.post(f"/refunds/{first}/retry", {"reason": "again"}, version=3)
    assert (retried.json()["state"], retried.json()["attempt"]) == ("created", 2)
    shop.till.relay.run_until_idle()
    mine = shop.caller.post(f"/refunds/{first}/settle", {"reason": "bank transfer"}, version=6)
    assert (mine.status_code, mine.json()["reason"]) == (403, "same-person")
    colleague = shop.caller.as_("colleague", Grant("payments.*"))
    assert colleague.post(f"/refunds/{first}/settle", {"reason": "bank transfer"}, version=6).json()["state"] == "manual"
    assert shop.caller.post(f"/refunds/{second}/cancel", {"reason": "kept"}, version=3).json()["state"] == "cancelled"
    again = shop.caller.post(f"/refunds/{second}/cancel", {"reason": "kept"}, version=4)
    assert again.json()["code"] == "illegal-move"


def test_a_refund_under_a_taken_id_is_refused(shop: Shop) -> None:
    payment, taken = shop.paid(), str(new_id())
    for minor, status in ((500, 201), (600, 409)):
        amount = {"minor": minor, "currency": "CNY"}
        body = {"payment_id": str(payment), "amount": amount, "reason": "broken", "id": taken}
        assert shop.caller.post("/refunds", body).status_code == status


def test_a_case_is_assigned_and_resolved(shop: Shop) -> None:
    payment = shop.till.request("20.00")
    shop.till.gateway.pay(payment, Money(1, "CNY"))
    shop.call_all()
    (case,) = shop.caller.get("/cases", subject_id=str(payment), kind="wrong-amount", queue="finance").json()["items"]
    body = {"queue": "finance", "next_action": "call the bank", "due_at": "2026-11-25T00:00:00Z"}
    assigned = shop.caller.post(f"/cases/{case['id']}/assign", body, version=1)
    assert assigned.json()["next_action"] == "call the bank"
    resolved = shop.caller.post(f"/cases/{case['id']}/resolve", {"resolution": "refunded by the bank"}, version=2)
    assert (resolved.json()["state"], shop.caller.get(f"/cases/{case['id']}").json()) == ("resolved", resolved.json())
    assert shop.caller.post(f"/cases/{case['id']}/resolve", {"resolution": "x"}, version=3).json()["code"] == "illegal-move"


def test_a_message_that_was_given_up_is_tried_again(shop: Shop, clock: StillClock) -> None:
    shop.till.gateway.arrange("create", *[Fault.UNREACHABLE] * 10)
    shop.till.request("20.00")
    for _ in range(12):
        clock.advance(hours=2)
        shop.till.relay.run_until_idle()
    (message,) = shop.caller.get("/outbox-messages", state="given-up").json()["items"]
    again = shop.caller.post(f"/outbox-messages/{message['id']}/redeliver")
    assert (again.json()["state"], again.json()["attempts"]) == ("pending", 0)
    refused = shop.caller.post(f"/outbox-messages/{message['id']}/redeliver")
    assert refused.json()["code"] == "illegal-move"
