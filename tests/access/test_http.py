"""The door over HTTP: logging in, one's own affairs, other people's accounts, and the ways in that must stay shut."""

from __future__ import annotations

import datetime as dt
import statistics
import time
from collections.abc import Iterator, MutableMapping
from typing import Any
from uuid import UUID

import attrs
import pyotp
import pytest
from litestar.testing import TestClient

from houtai.adapters.passwords import Argon2Passwords
from houtai.adapters.totp import PyotpCodes
from houtai.application.access.authenticate import Authenticator
from houtai.application.access.credentials import Credentials
from houtai.domain.access.account import Assignment
from houtai.domain.authority import Grant
from houtai.domain.refusal import Refusal
from houtai.entrypoints.http import access, accounts, operation_log
from houtai.entrypoints.http.app import create_app
from tests.access.door import ELSEWHERE, HOME, PASSWORD, House, origin
from tests.boxes import a_box
from tests.http_client import Caller

PROXY = "10.0.0.1"


@attrs.define
class Street:
    """The application behind connections whose peer a test chooses."""

    app: Any
    peer: str = HOME

    async def __call__(self, scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            scope["client"] = (self.peer, 4711)
        await self.app(scope, receive, send)


@attrs.define
class Web:
    """The house over HTTP."""

    house: House
    street: Street
    client: TestClient[Any]

    def caller(self, token: str = "nobody") -> Caller:
        """Somebody who calls with this token."""
        return Caller(self.client, self.house.door, token)  # type: ignore[arg-type]  # only the token is used

    def enter(self, name: str = "owner") -> Caller:
        """Somebody who has logged in over HTTP."""
        answer = self.login(name)
        assert answer.status_code == 200, answer.text
        return self.caller(answer.json()["token"])

    def login(self, name: str = "owner", password: str = PASSWORD, code: str = "", **headers: str) -> Any:
        """A login as it is sent."""
        body: dict[str, str] = {"name": name, "password": password, "code": code}
        return self.client.post("/v1/login", json=body, headers={name.replace("_", "-"): text for name, text in headers.items()})


@pytest.fixture
def web(house: House) -> Iterator[Web]:
    """The house behind a proxy that is trusted, its real doors open."""
    app = create_app(
        house.office,
        house.door,
        credentials=house.credentials,
        trusted_proxies=("10.0.0.0/24",),
        with_schema=False,
        strict=True,
        modules=(access.ROUTES, accounts.ROUTES, operation_log.ROUTES),
    )
    street = Street(app)
    with TestClient(street) as client:  # type: ignore[type-var]  # an application like any other, only not Litestar's class
        yield Web(house, street, client)


def test_somebody_logs_in_looks_at_themselves_and_logs_out(web: Web) -> None:
    owner = web.enter()
    assert owner.get("/me").json()["name"] == "owner"
    assert owner.post("/logout").status_code == 204
    answer = owner.get("/me")  # attack 30: a token after logout
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")


def test_a_session_from_before_the_login_is_not_taken_over(web: Web) -> None:
    first = web.enter()
    answer = web.client.post(
        "/v1/login", json={"name": "owner", "password": PASSWORD}, headers={"authorization": f"Bearer {first.name}"}
    )
    assert answer.json()["token"] != first.name  # attack 30


def test_people_cannot_make_themselves_administrators(web: Web) -> None:
    web.house.person("li")
    li = web.enter("li")
    bodies: list[dict[str, object]] = [{"role": "admin"}, {"display_name": "Li", "is_admin": True}, {"roles": []}]
    for body in bodies:
        answer = li.patch("/me", body, version=2)
        assert (answer.status_code, answer.json()["code"]) == (400, "unknown-field")  # attack 15
    assert li.patch("/me", {"display_name": "Li Na"}, version=2).json()["display_name"] == "Li Na"


def test_a_role_manager_grants_only_what_they_hold(web: Web) -> None:
    web.house.person("manager", Grant("access.roles.write"), Grant("orders.read"))
    manager = web.enter("manager")
    refused = manager.post("/roles", {"name": "too much", "grants": [{"verb": "payments.refund"}]})
    assert (refused.status_code, refused.json()["code"], refused.json()["verbs"]) == (403, "access.not-held", ["payments.refund"])
    made = manager.post("/roles", {"name": "reads", "grants": [{"verb": "orders.read"}]})
    assert (made.status_code, made.headers["location"]) == (201, f"/v1/roles/{made.json()['id']}")


def test_a_right_taken_away_is_gone_on_the_next_request(web: Web) -> None:
    role = web.house.role("reads", Grant("access.accounts.read"))
    web.house.person("li", roles=(Assignment(role.id),))
    li, owner = web.enter("li"), web.enter()
    assert li.get("/accounts").status_code == 200
    assert owner.patch(f"/roles/{role.id}", {"grants": []}, version=1).status_code == 200
    answer = li.get("/accounts")
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")  # attack 18


def test_a_disabled_accounts_session_is_dead_on_the_next_request(web: Web) -> None:
    li_id = web.house.person("li").id
    li, owner = web.enter("li"), web.enter()
    assert owner.post(f"/accounts/{li_id}/disable", {"reason": "left"}, version=2).json()["state"] == "disabled"
    assert li.get("/me").status_code == 401  # attack 19
    assert owner.post(f"/accounts/{li_id}/disable", {}, version=2).status_code == 412


def test_a_merchants_person_finds_no_platform_account(web: Web) -> None:
    role = web.house.role("reads", Grant("access.accounts.read"))
    web.house.person("seller", merchant_id=UUID(int=71), roles=(Assignment(role.id),))
    seller = web.enter("seller")
    owner_id = web.enter().get("/me").json()["id"]
    hidden, missing = (seller.get(f"/accounts/{one}") for one in (owner_id, UUID(int=404)))
    assert (hidden.status_code, missing.status_code) == (404, 404)
    assert hidden.json()["detail"].replace(owner_id, "x") == missing.json()["detail"].replace(str(UUID(int=404)), "x")
    assert seller.post("/roles", {"name": "x", "grants": []}).status_code == 403  # attack 20


def test_twenty_wrong_passwords_and_then_the_right_one_is_refused_by_name_and_by_address(web: Web) -> None:
    web.house.person("li")
    web.street.peer = ELSEWHERE
    codes = [web.login(password=f"wrong {number}").status_code for number in range(20)]
    right = web.login()
    assert (set(codes), right.status_code, int(right.headers["retry-after"]) > 0) == ({401, 429}, 429, True)  # attack 27
    assert web.login("li").status_code == 429  # the address, for other names too
    web.street.peer = "192.0.2.50"
    assert web.login().status_code == 429  # the name, from other addresses too
    web.street.peer = HOME
    assert web.login().status_code == 200  # and the owner at home comes in


def test_another_forwarded_address_each_time_changes_nothing(web: Web) -> None:
    web.street.peer = ELSEWHERE
    codes = [web.login(password="wrong", x_forwarded_for=f"192.0.2.{number}").status_code for number in range(6)]
    assert codes == [401] * 5 + [429]  # attack 28


def test_behind_the_trusted_proxy_each_client_has_an_address_of_its_own(web: Web) -> None:
    web.street.peer = PROXY
    for number in range(20):
        web.login(f"name{number}", "wrong", x_forwarded_for="198.51.100.66")
    assert web.login("anyone", x_forwarded_for="192.0.2.1, 198.51.100.66").status_code == 429
    assert web.login(x_forwarded_for="198.51.100.67").status_code == 200


def test_an_unknown_and_a_known_name_get_the_same_answer(web: Web) -> None:
    web.house.person("li")
    web.street.peer = ELSEWHERE
    known, unknown = web.login("li", "wrong"), web.login("nobody-here", "wrong")
    assert known.status_code == unknown.status_code == 401
    assert {name: text for name, text in known.json().items() if name != "instance"} == {
        name: text for name, text in unknown.json().items() if name != "instance"
    }  # attack 29


@pytest.mark.parametrize(
    "headers", [{}, {"x_forwarded_for": "192.0.2.9"}, {"x_real_ip": "192.0.2.9", "forwarded": "for=192.0.2.9"}]
)
def test_a_login_from_outside_the_allowed_networks_is_refused_and_logged(web: Web, headers: dict[str, str]) -> None:
    web.house.person("li", networks=("192.0.2.9/32",))
    answer = web.login("li", **headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "access.address-not-allowed")  # attacks 31 and 32
    line = web.enter().get("/operation-log", category="login", outcome="access.address-not-allowed").json()["items"][0]
    assert (line["actor_name"], line["address"]) == ("li", HOME)


def test_a_one_time_password_leads_nowhere_but_to_a_new_one(web: Web) -> None:
    made = web.enter().post("/accounts", {"name": "Li.Na", "display_name": "Li Na"})
    assert (made.status_code, made.json()["name"]) == (201, "li.na")
    answer = web.login("li.na", made.json()["one_time_password"])
    li = web.caller(answer.json()["token"])
    assert (answer.json()["must_change_password"], li.get("/me").status_code) == (True, 200)
    assert li.get("/me/sessions").json()["code"] == "access.password-change-needed"
    body = {"present": made.json()["one_time_password"], "new": "short"}
    assert li.post("/me/password", body).json()["code"] == "access.weak-password"
    assert li.post("/me/password", {**body, "new": PASSWORD}).status_code == 204
    assert li.get("/me/sessions").status_code == 200


def test_a_secret_is_never_stored_for_a_repeated_request(web: Web) -> None:
    owner = web.enter()
    body = {"id": str(UUID(int=55)), "name": "li", "display_name": "Li"}
    assert [owner.post("/accounts", body, key="same").status_code for _ in range(2)] == [201, 409]


def test_sessions_are_listed_and_ended(web: Web) -> None:
    here, there = web.enter(), web.enter()
    sessions = here.get("/me/sessions").json()["items"]
    other = next(one for one in sessions if not one["current"])
    assert here.delete(f"/me/sessions/{other['id']}").status_code == 204
    assert sorted([here.get("/me").status_code, there.get("/me").status_code]) in ([200, 200], [200, 401])
    assert here.post("/me/sessions/end-others").status_code == 200
    assert (here.get("/me").status_code, there.get("/me").status_code) == (200, 401)


def test_a_key_is_issued_used_and_revoked(web: Web) -> None:
    web.house.person("li", Grant("access.accounts.read"))
    li = web.enter("li")
    expires = (web.house.clock.now() + dt.timedelta(days=30)).isoformat()
    refused = li.post("/me/api-keys", {"name": "robot", "grants": [{"verb": "*"}], "expires_at": expires})
    assert refused.json()["code"] == "access.not-held"
    issued = li.post(
        "/me/api-keys", {"name": "robot", "grants": [{"verb": "access.accounts.read"}], "expires_at": expires}
    ).json()
    headers = {"x-api-key": issued["secret"]}
    assert web.client.get("/v1/accounts", headers=headers).status_code == 200
    assert web.client.get("/v1/me", headers=headers).status_code == 403
    assert li.post(f"/me/api-keys/{issued['id']}/revoke").json()["state"] == "revoked"
    assert web.client.get("/v1/accounts", headers=headers).status_code == 401
    assert [key["live"] for key in li.get("/me/api-keys").json()["items"]] == [False]


def test_one_time_codes_are_switched_on_and_asked_for(web: Web) -> None:
    owner = web.enter()
    secret = owner.post("/me/codes", {"present": PASSWORD}).json()["secret"]
    code = pyotp.TOTP(secret).at(web.house.clock.now())
    recovery = owner.post("/me/codes/confirm", {"code": code}).json()["recovery_codes"]
    assert web.login().json()["code"] == "access.code-needed"
    assert web.login(code=code).json()["code"] == "access.login-refused"
    assert web.login(code=recovery[0]).status_code == 200
    assert owner.post("/me/codes/drop", {"present": PASSWORD}).json()["codes_on"] is False


def test_rights_are_explained_and_found(web: Web) -> None:
    li_id = str(web.house.person("li", Grant("payments.refund", limits={"refund_minor": 500})).id)
    owner = web.enter()
    deed = {"verb": "payments.refund", "amounts": [{"name": "refund_minor", "value": 501}]}
    told = owner.post("/explanations", {**deed, "account_id": li_id}).json()
    assert (told["allowed"], told["denial"], told["weighed"][0]["source"]) == (False, "over-limit", "role li's")
    assert [one["name"] for one in owner.post("/who-can", deed).json()["items"]] == ["owner"]
    assert web.enter("li").post("/me/explanations", {"verb": "payments.refund"}).json()["allowed"] is True


def test_a_role_goes_out_as_it_came_in(web: Web) -> None:
    owner = web.enter()
    grant = {
        "verb": "orders.*",
        "within": [{"dimension": "channel", "ids": [str(UUID(int=7))]}, {"dimension": "warehouse", "ids": []}],
        "own_only": True,
        "hidden": ["cost", "phone"],
        "limits": [{"name": "refund_minor", "value": 5}],
        "valid_from": None,
        "valid_until": "2027-01-01T00:00:00Z",
    }
    made = owner.post("/roles", {"name": "odd", "grants": [grant], "networks": ["10.0.0.0/8"]}).json()
    assert owner.get(f"/roles/{made['id']}").json() == {**made, "grants": [grant], "networks": ["10.0.0.0/8"], "version": 1}


def test_roles_and_accounts_are_changed_moved_and_listed(web: Web) -> None:
    owner = web.enter()
    role = owner.post("/roles", {"name": "reads", "grants": [{"verb": "orders.read"}]}).json()
    li_id = str(web.house.person("li").id)
    changed = owner.patch(f"/accounts/{li_id}", {"roles": [{"role_id": role["id"]}], "networks": ["203.0.113.0/24"]}, version=2)
    assert (changed.json()["networks"], changed.headers["etag"]) == (["203.0.113.0/24"], '"3"')
    assert owner.patch(f"/accounts/{li_id}", {"networks": ["203.0.113.9/24"]}, version=3).status_code == 422
    assert owner.post(f"/roles/{role['id']}/retire", version=1).json()["state"] == "retired"
    assert owner.post(f"/roles/{role['id']}/revive", version=2).json()["state"] == "active"
    assert owner.get("/roles", state="active").json()["items"][0]["name"] == "reads"
    assert owner.post(f"/accounts/{li_id}/disable", {}, version=3).status_code == 200
    assert owner.post(f"/accounts/{li_id}/enable", {}, version=4).json()["state"] == "active"
    assert {one["name"] for one in owner.get("/accounts", limit=2).json()["items"]} == {"li", "owner"}
    web.enter("li")
    assert owner.post(f"/accounts/{li_id}/end-sessions").json()["ended"] == 1
    assert len(owner.post(f"/accounts/{li_id}/reset-password", {}).json()["one_time_password"]) == 23
    assert owner.get(f"/accounts/{li_id}/api-keys").json() == {"items": []}
    assert "access.roles.write" in {one["verb"] for one in owner.get("/verbs").json()["items"]}


def test_the_last_administrator_stays(web: Web) -> None:
    owner = web.enter()
    me = owner.get("/me").json()
    answer = owner.post(f"/accounts/{me['id']}/disable", {}, version=me["version"])
    assert (answer.status_code, answer.json()["code"]) == (409, "access.last-administrator")


def test_the_log_is_read_and_proved_and_cannot_be_written(web: Web) -> None:
    owner = web.enter()
    page = owner.get("/operation-log", limit=2).json()
    rest = owner.get("/operation-log", limit=2, cursor=page["next_cursor"]).json()
    assert [line["seq"] for line in (*page["items"], *rest["items"])] == list(
        range(page["items"][0]["seq"], page["items"][0]["seq"] - 4, -1)
    )
    entered = owner.get("/operation-log", deed="open_session", limit=1).json()["items"][0]
    assert (entered["command"]["token_hash"], entered["command"]["idle_s"] > 0) == ("•••", True)
    verdict = owner.get("/operation-log/verdict").json()
    assert (verdict["ok"], verdict["broken"]) == (True, "")
    assert owner.get("/operation-log/verdict", known_seq=verdict["rows"], known_hash=verdict["head_hash"]).json()["ok"]
    halves = [("known_hash", {"known_seq": 1}), ("known_seq", {"known_hash": verdict["head_hash"]})]
    for missing, half in halves:
        refused = owner.get("/operation-log/verdict", **half)
        assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, missing)
    assert owner.delete("/operation-log").status_code == 405  # attack 77


def test_medians_of_known_and_unknown_names_lie_together(house: House) -> None:
    slow = Argon2Passwords(time_cost=1, memory_kib=16_384, lanes=1)
    house.person("li")
    handed = Credentials(house.office, slow, PyotpCodes(a_box())).reset_password(house.enter("li").account.id, house.system())
    assert handed.password
    door = Authenticator(house.office, slow, PyotpCodes(a_box()))
    spent: dict[str, list[float]] = {"li": [], "nobody-here": []}
    for number in range(25):
        for name, times in spent.items():
            started = time.thread_time()  # what else the machine does is nobody's secret
            with pytest.raises(Refusal):
                door.log_in(name, "wrong", "", origin(f"192.0.{number}.1"))
            times.append(time.thread_time() - started)
            house.clock.advance(hours=2)
    known, unknown = (statistics.median(times) for times in spent.values())
    assert abs(known - unknown) < 0.25 * max(known, unknown)  # attack 29
