"""Every route of the house, found in its own description: made-up requests, strangers, people without rights."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import httpx
import hypothesis
import pytest
import schemathesis
from schemathesis.checks import load_all_checks

from houtai.adapters.clock import SystemClock
from houtai.adapters.memory.store import MemoryStore
from houtai.application.office import Office
from houtai.domain.authority import Grant
from houtai.entrypoints.http.app import MODULES
from houtai.entrypoints.http.routes import Route
from tests.http import jars
from tests.http.test_bad_input import problem
from tests.http_client import Caller, application, calling, with_owner

load_all_checks()
ALL = (*MODULES, jars.ROUTES)
EXAMPLES = 4  # made-up requests an operation beyond the systematic ones


OFFICE = Office(MemoryStore(), SystemClock())
CONFIG = schemathesis.Config.from_dict(
    {
        "generation": {"with-security-parameters": False, "allow-x00": False, "deterministic": True, "database": "none"},
        "checks": {
            "positive_data_acceptance": {"expected-statuses": ["2xx", 401, 403, 404, 409, 412, 422, 429]},
            "missing_required_header": {"expected-statuses": [400, 428]},
        },
    }
)
APP = application(OFFICE, with_owner(OFFICE), ALL, with_schema=True)


async def app(scope: Any, receive: Any, send: Any) -> None:
    """The house without its start and stop, because every made-up request comes with both."""
    if scope["type"] == "http":
        await APP(scope, receive, send)
        return
    while (message := await receive())["type"] == "lifespan.startup":
        await send({"type": "lifespan.startup.complete"})
    assert message["type"] == "lifespan.shutdown"
    await send({"type": "lifespan.shutdown.complete"})


schema = schemathesis.openapi.from_asgi("/schema/openapi.json", app, config=CONFIG).exclude(path="/v1/jar-breakdowns")


def whole(value: Any) -> Any:
    """JSON Schema takes 1026.0 for an integer, this API does not: made-up integers are written as such."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, dict):
        return {name: whole(member) for name, member in value.items()}
    return [whole(member) for member in value] if isinstance(value, list) else value


@schema.parametrize()
@hypothesis.settings(
    max_examples=EXAMPLES,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=list(hypothesis.HealthCheck),
)
def test_made_up_requests_get_documented_answers(case: Any) -> None:
    if case.meta is not None and case.meta.generation.mode is schemathesis.GenerationMode.POSITIVE:
        case.body = whole(case.body)
        if case.query and case.query.get("cursor"):
            del case.query["cursor"]  # only an earlier page gives one that is right
    case.call_and_validate(headers={"Authorization": "Bearer owner"})


ROUTES = [route for module in ALL for route in module.all]
BY_NAME = [route.name for route in ROUTES]
NOBODY_YET = str(UUID(int=0x7000_8000_0000_0000_0001))


@pytest.fixture(scope="module")
def house() -> Iterator[Caller]:
    """The owner before all routes of the house; nothing that these tests send is done."""
    with calling(Office(MemoryStore(), SystemClock()), ALL) as caller:
        caller.door.let_in("nobody", Grant("nothing.at-all"))
        yield caller


def send(caller: Caller, route: Route, token: str | None, **changes: Any) -> httpx.Response:
    """A call of the route that is right in everything but what a test changes."""
    headers = {"content-type": route.accepts[0] if route.body is not None or route.takes == "file" else ""}
    headers |= {"idempotency-key": "k"} if route.keyed else {}
    headers |= {"if-match": '"1"'} if route.match == "required" else {}
    headers |= {} if token is None else {"authorization": f"Bearer {token}"}
    path = route.path.format_map({name: NOBODY_YET if kind is UUID else "none" for name, kind in route.parts.items()})
    sent: dict[str, Any] = {"headers": {name: value for name, value in headers.items() if value}, **changes}
    sent["headers"] |= changes.pop("more", {})
    sent.pop("more", None)
    return caller.client.request(route.method, path, **sent)


@pytest.mark.parametrize("route", [route for route in ROUTES if not route.public], ids=lambda route: route.name)
def test_a_stranger_gets_no_further_than_the_door(house: Caller, route: Route) -> None:
    assert problem(send(house, route, None)) == (401, "unauthenticated")
    assert problem(send(house, route, "stranger", content=b"{")) == (401, "unauthenticated")


@pytest.mark.parametrize("route", [route for route in ROUTES if route.verb is not None], ids=lambda route: route.name)
def test_without_the_verb_a_route_is_forbidden_whatever_is_sent(house: Caller, route: Route) -> None:
    assert problem(send(house, route, "nobody", content=b"{}" if route.body is not None else b"")) == (403, "forbidden")


@pytest.mark.parametrize("route", [route for route in ROUTES if route.body is not None], ids=lambda route: route.name)
def test_every_body_is_strict(house: Caller, route: Route) -> None:
    unknown = send(house, route, "owner", content=b'{"is_admin": true}')
    assert problem(unknown) == (400, "unknown-field")
    assert {"field": "is_admin", "rule": "is not a field of this body"} in unknown.json()["errors"]
    assert problem(send(house, route, "owner", content=b'{"a": 1, "a": 1}')) == (400, "duplicate-key")
    assert problem(send(house, route, "owner", content=b"{}", more={"content-type": "text/plain"}))[0] == 415
    assert problem(send(house, route, "owner", content=b" " * 1_000_001))[0] == 413


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
def test_every_query_is_strict(house: Caller, route: Route) -> None:
    assert problem(send(house, route, "owner", params={"is_admin": "1"}))[0] in {400, 403}
    if route.method == "GET":
        assert problem(send(house, route, "owner", params={"is_admin": "1"})) == (400, "unknown-parameter")
        assert problem(send(house, route, "owner", params=[("limit", "1"), ("limit", "1")])) == (400, "repeated-parameter")


@pytest.mark.parametrize("route", [route for route in ROUTES if UUID in route.parts.values()], ids=lambda route: route.name)
def test_every_id_that_is_none_is_not_there(house: Caller, route: Route) -> None:
    path = route.path.format_map(dict.fromkeys(route.parts, "12345678901234567890123"))
    headers = {"authorization": "Bearer owner", "idempotency-key": "k", "if-match": '"1"', "content-type": route.accepts[0]}
    assert problem(house.client.request(route.method, path, headers=headers, content=b"{}" if route.body else b""))[0] == 404


@pytest.mark.parametrize("route", [route for route in ROUTES if route.keyed], ids=lambda route: route.name)
def test_every_deed_asks_for_a_key(house: Caller, route: Route) -> None:
    assert problem(send(house, route, "owner", more={"idempotency-key": "x" * 300})) == (400, "idempotency-key-invalid")


@pytest.mark.parametrize("route", [route for route in ROUTES if route.match == "required"], ids=lambda route: route.name)
def test_every_edit_asks_for_a_version(house: Caller, route: Route) -> None:
    response = send(house, route, "owner", content=b"{}", more={"if-match": "*"})
    assert problem(response) == (400, "invalid-header")


FOREIGN_CURSORS = (
    "x",
    "\x00",
    "ü",
    "0" * 300,
    NOBODY_YET,
    "9" * 30,
    "a\x1fb",
    "null",
    '"x"',
    "[]",
    '["x"]',
    "[1, 2, 3]",
    '[{"a": 1}]',
    "{}",
)


def test_a_cursor_from_somewhere_else_breaks_no_list(office: Office) -> None:
    lists = [route for route in ROUTES if "cursor" in route.query.__struct_fields__ and not route.parts]
    with calling(office, ALL) as caller:
        for route in lists:
            for text in FOREIGN_CURSORS:
                cursor = base64.urlsafe_b64encode(text.encode()).decode()
                assert send(caller, route, "owner", params={"cursor": cursor}).status_code in {200, 400, 422}, (route.name, text)


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "POST"])
def test_the_operation_log_is_only_read(house: Caller, method: str) -> None:
    assert problem(house.client.request(method, "/v1/operation-log")) == (405, "method-not-allowed")


@pytest.mark.parametrize(
    "path", ["/debug", "/admin", "/v0/orders", "/v2/orders", "/v1", "/metrics", "/.env", "/docs", "/openapi.json"]
)
def test_there_is_no_other_way_in(house: Caller, path: str) -> None:
    assert problem(house.client.get(path, headers={"authorization": "Bearer owner"})) == (404, "no-route")
