"""A whole flow with planted secrets: whatever happens, the log names nobody and gives nothing away."""

from __future__ import annotations

import datetime as dt
import json
import socket
import time
from pathlib import Path
from typing import Any

import psycopg
import pyotp
import pytest

from houtai.domain.ids import new_id
from houtai.entrypoints.logs import FORMS
from tests.faults.cluster import Cluster
from tests.faults.programs import Api, api
from tests.faults.stall import PASSWORD, Stall, body_of

WRONG = "a-planted-wrong-password"
DSN_PASSWORD = "a-planted-dsn-password"
TOKEN = "a-planted-token-that-is-nobodys"
SEALS = "a-planted-key-that-seals-the-secrets-of-codes"
PERSON, PHONE, STREET = "欧阳植入", "13912345678", "植入路 7 号"
FORGED = "2026-01-01 CRITICAL forged"


def flow(server: Api, stall: Stall) -> list[str]:
    """Everything that handles secrets once; those that the house itself made."""
    server.call("POST", "/v1/login", {"name": "owner", "password": WRONG})
    server.call("POST", "/v1/login", {"name": PERSON, "password": WRONG})
    token = server.token()
    known = {"authorization": f"Bearer {token}"}

    def post(path: str, body: Any, expected: int) -> Any:
        status, _, answer = server.call("POST", path, body, {**known, "idempotency-key": str(new_id())})
        assert status == expected, answer
        return answer

    soon = (dt.datetime.now(dt.UTC) + dt.timedelta(days=30)).isoformat()
    key = post("/v1/me/api-keys", {"name": "till", "grants": [{"verb": "orders.read"}], "expires_at": soon}, 201)["secret"]
    assert server.call("GET", "/v1/orders", None, {"x-api-key": key})[0] == 200
    assert server.call("GET", "/v1/orders", None, {"authorization": f"Bearer {TOKEN}"})[0] == 401
    secret = post("/v1/me/codes", {"present": PASSWORD}, 200)["secret"]
    codes = post("/v1/me/codes/confirm", {"code": pyotp.TOTP(secret).now()}, 200)["recovery_codes"]
    (wish,) = stall.wishes(1)
    receiver = {**body_of(wish)["receiver"], "recipient": PERSON, "phone": PHONE, "street": STREET}
    post("/v1/orders", {**body_of(wish), "receiver": receiver}, 201)
    post("/v1/customers", {"name": PERSON, "phone": PHONE}, 201)
    server.call("GET", f"/v1/customers?phone={PHONE}", None, known)
    server.call("GET", f"/v1/{TOKEN}", None, known)
    server.call("GET", "/v1/orders", None, {**known, "x-correlation-id": FORGED})
    return [token, key, secret, *codes]


def break_it(server: Api, db: str, token: str) -> None:
    """A fault of ours while a person is written, and a database that goes away."""
    known = {"authorization": f"Bearer {token}", "idempotency-key": "broken"}
    with psycopg.connect(db, autocommit=True) as admin:
        admin.execute("ALTER TABLE customers ADD CONSTRAINT planted CHECK (name = 'x') NOT VALID")
        assert server.call("POST", "/v1/customers", {"name": PERSON, "phone": PHONE}, known)[0] == 500
    name = db.rpartition("/")[2]
    with psycopg.connect(db.replace(name, "postgres"), autocommit=True) as admin:
        admin.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false".encode())
        admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = %s", [name]
        )
    assert server.call("GET", "/v1/orders", None, known)[0] == 503


def forge(port: int) -> None:
    """Header lines that end where no line should."""
    for evil in (b"\r", b"\n ", b"\x85", b"\xe2\x80\xa8", b"\x1b[2J"):
        with socket.create_connection(("127.0.0.1", port), timeout=5) as line:
            agent = b"User-Agent: x" + evil + FORGED.encode()
            path = b"/v1/orders/%0d%0a" + FORGED.replace(" ", "%20").encode()
            line.sendall(b"GET " + path + b" HTTP/1.1\r\nHost: x\r\n" + agent + b"\r\nConnection: close\r\n\r\n")
            while line.recv(65_536):
                pass


@pytest.mark.parametrize("form", FORMS)
def test_no_secret_no_person_and_no_forged_line_gets_into_the_log(
    on_postgres: Stall, cluster: Cluster, tmp_path: Path, form: str
) -> None:
    db = on_postgres.url.replace("postgres@", f"postgres:{DSN_PASSWORD}@")
    log = tmp_path / "log"
    with api(db, log, HOUTAI_LOG=form, HOUTAI_SLOW_MS="1", HOUTAI_SECRET_KEY=SEALS) as server:
        made = flow(server, on_postgres)
        forge(server.port)
        break_it(server, on_postgres.url, made[0])
        server.end(15)
    said = log.read_text()
    planted = [PASSWORD, WRONG, SEALS, DSN_PASSWORD, TOKEN, PERSON, PHONE, STREET, FORGED, *made]
    assert [secret for secret in planted if secret in said or json.dumps(secret)[1:-1] in said] == []
    assert "planted" in said, "the constraint that broke is named"
    lines = [line for line in said.splitlines() if line and not line.startswith(("Houtai serves", "    | "))]
    if form == "json":
        told = [json.loads(line) for line in lines]
        failed = [line for line in told if line.get("status") == 500]
        assert [(line["route"], line["method"]) for line in failed] == [("/v1/customers", "POST")]
        assert {"request_id", "correlation_id", "actor_id", "duration_ms"} <= failed[0].keys()
        assert [line["event"] for line in told if line["event"] in ("starts", "stopped")] == ["starts", "stopped"]
    else:
        assert all(time.strptime(line[:19], "%Y-%m-%dT%H:%M:%S") for line in lines)
