"""What lets somebody in is in no answer but the one that hands it out, in no log, in no table and in no file of the database."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

import pyotp
import pytest

from houtai.application.plain import to_json, to_plain
from houtai.entrypoints.http.app import MODULES
from tests.access.door import PASSWORD
from tests.attacks.town import Person, Town, said
from tests.http_client import GATEWAY_SECRET

TYPED = "Kettle-of-Jade-77"  # whatever people type, in whichever field


def bytes_of(town: Town) -> bytes:
    """The database with its log of writes, byte by byte."""
    file = Path(town.store.engine.url.database or "")
    return b"".join(part.read_bytes() for part in file.parent.glob(f"{file.name}*"))


def entries_of(town: Town) -> str:
    with town.store.snapshot() as views:
        return "\n".join(to_json(to_plain(row.entry)) for row in views.audit_chain())


def test_what_people_type_into_wrong_fields_comes_back_nowhere(town: Town, caplog: pytest.LogCaptureFixture) -> None:
    admin, nobody = town.people["admin"], Person(town.client)
    sent: list[tuple[str, dict[str, Any]]] = [
        ("/login", {"name": TYPED, "password": "x"}),
        ("/login", {"name": "reader", "password": TYPED}),
        ("/login", {"name": "reader", "password": [TYPED]}),
        ("/login", {"name": "reader", "password": TYPED * 1_000}),
        ("/login", {"name": "reader", "password": PASSWORD, "code": TYPED, TYPED: 1}),
        ("/me/password", {"present": TYPED, "new": TYPED}),
        ("/me/codes", {"present": TYPED}),
        ("/me/codes/drop", {"present": TYPED}),
        ("/me/codes/confirm", {"code": TYPED}),
    ]
    with caplog.at_level(logging.DEBUG):
        answers = [(nobody if path == "/login" else admin).post(path, body) for path, body in sent]
        answers += [
            Person(town.client, TYPED).get("/me"),
            nobody.send("GET", "/me", headers={"x_api_key": TYPED}),
            nobody.post("/payment-notices/embedded", content=b"{}", headers={"webhook_signature": TYPED}),
        ]
    assert {answer.status_code // 100 for answer in answers} == {4}
    told = [answer.text for answer in answers if f'"field":"{TYPED}"' not in answer.text]  # an unknown field is named as it came
    assert [text for text in told if TYPED in text] == []
    assert TYPED not in caplog.text
    assert TYPED not in entries_of(town)
    assert TYPED.encode() not in bytes_of(town)


def test_what_was_handed_out_lies_nowhere_in_clear(town: Town, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        made = town.people["admin"].post("/accounts", {"name": "keeper", "display_name": "Keeper"}).json()
        first = Person(town.client, town.log_in("keeper", made["one_time_password"]).json()["token"])
        assert first.post("/me/password", {"present": made["one_time_password"], "new": TYPED}).status_code in (200, 204)
        keeper = town.enter("keeper", TYPED)
        enrolment = keeper.post("/me/codes", {"present": TYPED}).json()
        code = pyotp.TOTP(enrolment["secret"]).at(town.clock.now())
        recovery = keeper.post("/me/codes/confirm", {"code": code}).json()["recovery_codes"]
        expires = "2027-01-01T00:00:00Z"
        key = town.people["admin"].post(
            "/me/api-keys", {"name": "scanner", "grants": [{"verb": "orders.read"}], "expires_at": expires}
        )
        assert key.status_code == 201, key.text
    secrets = [made["one_time_password"], first.token, keeper.token, TYPED, enrolment["secret"], *recovery, key.json()["secret"]]
    kept, entries = bytes_of(town), entries_of(town)
    assert b"keeper" in kept and "keeper" in entries  # the right files were looked at
    assert [secret for secret in secrets if secret.encode() in kept] == []
    assert [secret for secret in secrets if secret in entries or secret in caplog.text] == []
    assert GATEWAY_SECRET not in kept


def test_what_is_kept_under_a_key_for_repetitions_holds_no_secret() -> None:
    handing_out = {"secret", "token", "one_time_password", "recovery_codes"}
    kept = {
        route.name: set(getattr(route.answer, "__struct_fields__", ()))
        for module in MODULES
        for route in module.all
        if route.keyed
    }
    assert {name for name, fields in kept.items() if fields & handing_out} == set()


def test_an_error_tells_its_number_and_nothing_of_the_inside(town: Town) -> None:
    answer = town.people["admin"].get("/orders/not-an-id")
    assert said(answer)[0] == 404
    assert set(json.loads(answer.text)) <= {"type", "title", "status", "detail", "code", "instance", "what", "key"}
