"""Every route of the house: strangers, people without rights, wrong bodies, queries, ids, keys, versions and cursors."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import attrs
import pytest
from litestar import Litestar

from houtai.adapters.clock import SystemClock
from houtai.adapters.memory.store import MemoryStore
from houtai.application.office import Office
from houtai.domain.authority import Grant
from houtai.entrypoints.http.app import MODULES
from houtai.entrypoints.http.routes import Route
from tests.http import jars
from tests.http_client import Door, application

ROUTES = [route for module in (*MODULES, jars.ROUTES) for route in module.all]
NOBODY_YET = str(UUID(int=0x7000_8000_0000_0000_0001))
DENIED = (401, "unauthenticated")
NO_QUERY = (400, "invalid-parameter")  # of the few whose query has a field that must be there


@attrs.frozen
class Call:
    """A call of a route that is right in everything but what a test changes."""

    route: Route
    token: str | None = "owner"
    body: bytes | None = None
    query: tuple[tuple[str, str], ...] = ()
    path: str = ""
    headers: Mapping[str, str] = attrs.field(factory=dict)

    def scope(self) -> dict[str, Any]:
        route = self.route
        parts = {name: NOBODY_YET if kind is UUID else "none" for name, kind in route.parts.items()}
        headers = {"host": "house", "content-type": route.accepts[0] if route.body or route.takes == "file" else "text/plain"}
        headers |= {"idempotency-key": "k"} if route.keyed else {}
        headers |= {"if-match": '"1"'} if route.match == "required" else {}
        headers |= {} if self.token is None else {"authorization": f"Bearer {self.token}"}
        headers |= self.headers
        return {
            "type": "http",
            "method": route.method,
            "path": self.path or route.path.format_map(parts),
            "query_string": urlencode(self.query).encode(),
            "headers": [(name.encode(), value.encode()) for name, value in headers.items() if value],
            "client": ("192.0.2.1", 1),
        }


@attrs.frozen
class Answer:
    """What came back."""

    status: int
    document: Any

    @property
    def problem(self) -> tuple[int, str]:
        return self.status, self.document.get("code", "")


def behind_a_door(office: Office) -> Litestar:
    """All routes before this office; "nobody" has no rights."""
    door = Door(office)
    door.let_in("nobody", Grant("nothing.at-all"))
    return application(office, door, (*MODULES, jars.ROUTES))


def answers(app: Litestar, calls: Iterable[Call]) -> dict[str, Answer]:
    """Each call's answer by the route's name, straight from the application, without sockets."""

    async def call(wanted: Call) -> Answer:
        heard: list[dict[str, Any]] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": wanted.body or b"", "more_body": False}

        async def send(message: Any) -> None:
            heard.append(message)

        await app(wanted.scope(), receive, send)  # type: ignore[arg-type]  # a scope as plain as a server's
        content = b"".join(message.get("body", b"") for message in heard[1:])
        return Answer(heard[0]["status"], json.loads(content) if content[:1] == b"{" else {})

    async def all_calls() -> dict[str, Answer]:
        return {wanted.route.name: await call(wanted) for wanted in calls}

    return asyncio.run(all_calls())


@pytest.fixture(scope="module")
def house() -> Litestar:
    """An empty house; nothing that these tests send is done."""
    return behind_a_door(Office(MemoryStore(), SystemClock()))


def others(found: Mapping[str, Answer], *expected: tuple[int, str]) -> dict[str, tuple[int, str]]:
    """The routes that answered something else."""
    return {name: answer.problem for name, answer in found.items() if answer.problem not in expected}


@pytest.mark.parametrize(("token", "body"), [(None, b"{}"), ("stranger", b"{"), ("stranger", b"")])
def test_a_stranger_gets_no_further_than_the_door(house: Litestar, token: str | None, body: bytes) -> None:
    found = answers(house, (Call(route, token, body) for route in ROUTES if not route.public))
    assert others(found, DENIED) == {}


@pytest.mark.parametrize("body", [b"", b"{}", b"{"])
def test_without_the_verb_a_route_is_forbidden_whatever_is_sent(house: Litestar, body: bytes) -> None:
    found = answers(house, (Call(route, "nobody", body) for route in ROUTES if route.verb is not None))
    assert others(found, (403, "forbidden")) == {}


@pytest.mark.parametrize(
    ("body", "headers", "expected"),
    [
        (b'{"is_admin": true}', {}, (400, "unknown-field")),
        (b'{"a": 1, "a": 1}', {}, (400, "duplicate-key")),
        (b"[]", {}, (400, "invalid-body")),
        (b"{", {}, (400, "invalid-body")),
        (b"", {}, (400, "invalid-body")),
        (b'{"\xff": 1}', {}, (400, "invalid-encoding")),
        (b"[" * 100_000, {}, (400, "too-deep")),
        (b"{}", {"content-type": "text/plain"}, (415, "unsupported-media-type")),
        (b"{}", {"content-length": "1000001"}, (413, "too-large")),
    ],
)
def test_every_body_is_strict(house: Litestar, body: bytes, headers: dict[str, str], expected: tuple[int, str]) -> None:
    found = answers(house, (Call(route, body=body, headers=headers) for route in ROUTES if route.body is not None))
    assert others(found, expected) == {}


def test_no_body_at_all_is_an_empty_one_where_no_field_is_required(house: Litestar) -> None:
    taking = [route for route in ROUTES if route.body is not None]
    found = answers(house, (Call(route, headers={"content-type": ""}) for route in taking))
    needed = {route.name for route in taking if not route.decoder or not route.decoder.may_be_absent}
    told = [{"field": "", "rule": "a body is missing"}]
    assert {name for name, answer in found.items() if answer.document.get("errors") == told} == needed
    assert {found[name].problem for name in needed} == {(400, "invalid-body")}
    taken = {route.name for route in taking} - needed
    assert taken
    assert {name: found[name].problem for name in taken if found[name].status in (400, 415)} == {}


def test_every_body_names_the_field_it_does_not_know(house: Litestar) -> None:
    taking = [route for route in ROUTES if route.body is not None]
    found = answers(house, (Call(route, body=b'{"role": "admin"}') for route in taking))
    named = {
        name
        for name, answer in found.items()
        if answer.document["errors"][0] == {"field": "role", "rule": "is not a field of this body"}
    }
    assert named == {route.name for route in taking}


def test_a_route_without_a_body_takes_none(house: Litestar) -> None:
    bare = [route for route in ROUTES if route.body is None and not route.takes]
    assert others(answers(house, (Call(route, body=b"{}") for route in bare)), (400, "invalid-body"), NO_QUERY) == {}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ((("is_admin", "1"),), (400, "unknown-parameter")),
        ((("limit", "1"), ("limit", "1")), (400, "repeated-parameter")),
    ],
)
def test_every_query_is_strict(house: Litestar, query: tuple[tuple[str, str], ...], expected: tuple[int, str]) -> None:
    assert others(answers(house, (Call(route, query=query, body=b"{}") for route in ROUTES)), expected) == {}


def test_every_page_has_its_limit(house: Litestar) -> None:
    lists = [route for route in ROUTES if "limit" in route.query.__struct_fields__]
    found = answers(house, (Call(route, query=(("limit", "1000000000"),)) for route in lists))
    assert others(found, (400, "invalid-parameter")) == {}


def test_every_id_that_is_none_is_not_there(house: Litestar) -> None:
    taking = [route for route in ROUTES if UUID in route.parts.values()]
    paths = {route.name: route.path.format_map(dict.fromkeys(route.parts, "12345678901234567890123")) for route in taking}
    found = answers(house, (Call(route, path=paths[route.name], body=b"{}") for route in taking))
    assert others(found, (404, "not-found")) == {}


def test_every_deed_asks_for_a_key_that_is_one(house: Litestar) -> None:
    found = answers(house, (Call(route, headers={"idempotency-key": "x" * 300}) for route in ROUTES if route.keyed))
    assert others(found, (400, "idempotency-key-invalid")) == {}


def test_every_edit_asks_for_a_version_that_is_one(house: Litestar) -> None:
    found = answers(house, (Call(route, headers={"if-match": "*"}) for route in ROUTES if route.match != "none"))
    assert others(found, (400, "invalid-header")) == {}


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
    lists = [route for route in ROUTES if "cursor" in route.query.__struct_fields__ and route.verb is not None]
    app = behind_a_door(office)
    for text in FOREIGN_CURSORS:
        cursor = base64.urlsafe_b64encode(text.encode()).decode()
        found = answers(app, (Call(route, query=(("cursor", cursor),)) for route in lists))
        broken = {name for name, answer in found.items() if answer.status not in {200, 400, 404, 422}}
        assert (text, broken) == (text, set())


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "POST"])
def test_the_operation_log_is_only_read(house: Litestar, method: str) -> None:
    log = next(route for route in ROUTES if route.path == "/v1/operation-log")
    found = answers(house, [Call(attrs.evolve(log, method=method))])
    assert others(found, (405, "method-not-allowed")) == {}


@pytest.mark.parametrize(
    "path", ["/debug", "/admin", "/v0/orders", "/v2/orders", "/v1", "/metrics", "/.env", "/docs", "/openapi.json"]
)
def test_there_is_no_other_way_in(house: Litestar, path: str) -> None:
    assert others(answers(house, [Call(ROUTES[0], path=path)]), (404, "no-route")) == {}
