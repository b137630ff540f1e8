"""The books over HTTP."""

from __future__ import annotations

from typing import Any

from houtai.domain.authority import Grant
from houtai.domain.ids import new_id
from tests.conftest import StillClock
from tests.http_client import Caller

SALE = [
    {"code": "cash", "amount": {"minor": 100, "currency": "CNY"}},
    {"code": "revenue", "amount": {"minor": -100, "currency": "CNY"}, "party": "channel:1"},
]


def write(http_client: Caller, entries: Any = SALE, **more: Any) -> Any:
    return http_client.post("/journals", {"entries": entries, "memo": "test"}, **more)


def test_a_journal_is_written_and_seen(http_client: Caller) -> None:
    made = write(http_client)
    assert (made.status_code, made.json()["period"]) == (201, "2026-11")
    assert http_client.get(made.headers["location"].removeprefix("/v1")).json() == made.json()
    assert http_client.get("/journals", code="revenue", party="channel:1").json()["items"] == [made.json()]
    balances = http_client.get("/account-balances", currency="CNY").json()["items"]
    assert {line["code"]: line["balance"]["minor"] for line in balances} == {"cash": 100, "revenue": -100}


def test_the_same_key_writes_one_journal(http_client: Caller) -> None:
    assert write(http_client, key="k").json() == write(http_client, key="k").json()
    assert len(http_client.get("/journals").json()["items"]) == 1


def test_an_unbalanced_journal_is_refused_with_the_difference(http_client: Caller) -> None:
    refused = write(http_client, [SALE[0], SALE[0]])
    assert (refused.status_code, refused.json()["code"], refused.json()["difference_minor"]) == (422, "ledger.unbalanced", 200)


def test_a_journal_is_reversed_once(http_client: Caller) -> None:
    journal = write(http_client).json()
    made = http_client.post(f"/journals/{journal['id']}/reverse", {"reason": "wrong"})
    assert (made.status_code, made.json()["reverses"]) == (201, journal["id"])
    again = http_client.post(f"/journals/{journal['id']}/reverse", {"reason": "wrong"})
    assert (again.status_code, again.json()["code"]) == (409, "ledger.already-reversed")
    both = http_client.post(f"/journals/{made.json()['id']}/reverse", {"reason": "wrong"})
    assert both.json()["code"] == "ledger.reversal-stands"


def test_a_taken_id_is_refused(http_client: Caller) -> None:
    body = {"entries": SALE, "memo": "test", "id": str(new_id())}
    assert http_client.post("/journals", body).status_code == 201
    other = {**body, "entries": [{**entry, "party": "other"} for entry in SALE]}
    assert http_client.post("/journals", other).json()["code"] == "ledger.journal-differs"


def test_a_statement_and_the_trial_balance_are_told(http_client: Caller) -> None:
    write(http_client)
    write(http_client)
    lines = http_client.get("/account-statements", code="cash", currency="CNY").json()["items"]
    assert [line["balance_after"]["minor"] for line in lines] == [100, 200]
    trial = http_client.get("/trial-balance").json()["lines"]
    assert [(line["code"], line["debit"]["minor"], line["credit"]["minor"]) for line in trial] == [
        ("cash", 200, 0), ("revenue", 0, 200)
    ]  # fmt: skip
    assert http_client.get("/trial-balance", until="2026-11-01T00:00:00Z").json()["lines"] == []


def test_a_month_is_closed_and_opened_again(http_client: Caller, clock: StillClock) -> None:
    early = http_client.post("/accounting-periods/2026-11/close", {})
    assert (early.status_code, early.json()["code"]) == (409, "ledger.period-not-over")
    clock.advance(days=10)
    closed = http_client.post("/accounting-periods/2026-11/close", {"reason": "month end"})
    assert (closed.json()["state"], closed.headers["etag"]) == ("closed", '"1"')
    assert http_client.get("/accounting-periods/2026-11").json() == closed.json()
    assert http_client.post("/accounting-periods/2026-11/close", {}).status_code == 412
    opened = http_client.post("/accounting-periods/2026-11/reopen", {"reason": "late invoice"}, version=1)
    assert opened.json()["state"] == "open"
    assert http_client.post("/accounting-periods/2026-11/lock", {}, version=2).json()["code"] == "illegal-move"
    assert [period["name"] for period in http_client.get("/accounting-periods").json()["items"]] == ["2026-11"]


def test_what_is_no_month_or_out_of_order_is_refused(http_client: Caller) -> None:
    assert http_client.post("/accounting-periods/2026-13/close", {}).status_code == 422
    http_client.post("/accounting-periods/2026-08/close", {})
    assert http_client.post("/accounting-periods/2026-10/close", {}).json()["code"] == "ledger.earlier-period-open"
    http_client.post("/accounting-periods/2026-09/close", {})
    late = http_client.post("/accounting-periods/2026-08/reopen", {}, version=1)
    assert late.json()["code"] == "ledger.later-period-closed"
    assert http_client.get("/accounting-periods/2026-01").status_code == 404


def test_a_closed_month_takes_no_journal(http_client: Caller, clock: StillClock) -> None:
    clock.advance(days=10)
    http_client.post("/accounting-periods/2026-11/close", {})
    clock.advance(days=-10)
    assert write(http_client).json()["code"] == "ledger.period-closed"


def test_currencies_meet_in_the_exchange_account_alone(http_client: Caller) -> None:
    around = [*SALE, *({**entry, "amount": {**entry["amount"], "currency": "USD"}} for entry in SALE)]  # type: ignore[dict-item]
    assert write(http_client, around).json()["code"] == "ledger.exchange-missing"


def test_a_reader_does_not_write(http_client: Caller) -> None:
    reader = http_client.as_("reader", Grant("ledger.read"))
    assert reader.get("/trial-balance").status_code == 200
    assert write(reader).status_code == 403
    assert reader.post("/accounting-periods/2026-10/close", {}).status_code == 403
