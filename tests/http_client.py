"""A caller over HTTP for every module's tests: real routes, an office in memory, and people with the grants a test gives."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import attrs
import httpx
import pytest
from litestar import Litestar
from litestar.testing import TestClient

from houtai.adapters.passwords import Argon2Passwords
from houtai.adapters.payments.embedded import EmbeddedGateway
from houtai.adapters.printing.press import PrinterPress
from houtai.adapters.totp import PyotpCodes
from houtai.application.access.authenticate import LoggedIn
from houtai.application.access.credentials import Credentials
from houtai.application.office import Office
from houtai.application.warehouse.badge import BadgeDoor
from houtai.application.webhooks.secrets import WebhookSecrets
from houtai.domain.access.refusals import LoginRefused
from houtai.domain.act import Act, Origin
from houtai.domain.authority import SYSTEM_GRANTS, Authority, Grant
from houtai.domain.ids import new_id
from houtai.domain.refusal import Unauthenticated
from houtai.entrypoints.http.app import MODULES, create_app
from houtai.entrypoints.http.desk import House
from houtai.entrypoints.http.routes import Routes
from tests.boxes import a_box

GATEWAY_SECRET = b"a secret for tests, thirty-two b"


@attrs.define
class Door:
    """An authenticator that knows its people by heart: "owner" may do everything, others what `let_in` says."""

    office: Office
    people: dict[str, tuple[UUID, tuple[Grant, ...]]] = attrs.field(factory=lambda: {"owner": (UUID(int=100), SYSTEM_GRANTS)})

    def let_in(self, name: str, *grants: Grant) -> UUID:
        """Somebody with these grants; the id of their account."""
        self.people[name] = (UUID(int=100 + len(self.people)), grants)
        return self.people[name][0]

    def log_in(self, name: str, password: str, code: str, origin: Origin) -> LoggedIn:
        raise LoginRefused

    def act_of_token(self, token: str, origin: Origin, *, with_one_time_password: bool = False) -> Act:
        if token not in self.people:
            raise Unauthenticated
        account, grants = self.people[token]
        return Act(self.office.clock.now(), account, Authority(account, grants), name=token, origin=origin)

    def act_of_api_key(self, secret: str, origin: Origin) -> Act:
        return self.act_of_token(secret.removeprefix("key-"), origin)


@attrs.define
class Caller:
    """Calls routes below /v1 as `name`; POSTs carry a fresh Idempotency-Key unless one is given."""

    client: TestClient[Any]
    door: Door
    name: str = "owner"

    def as_(self, name: str, *grants: Grant) -> Caller:
        """The same address book, somebody else calling."""
        self.door.let_in(name, *grants)
        return attrs.evolve(self, name=name)

    def get(self, path: str, **query: Any) -> httpx.Response:
        return self._call("GET", path, params=query)

    def post(self, path: str, body: Any = None, *, key: str | None = None, version: int | None = None) -> httpx.Response:
        headers = {"idempotency-key": key or str(new_id())}
        return self._call("POST", path, headers=headers, version=version, **({} if body is None else {"json": body}))

    def put(self, path: str, body: Any, *, version: int | None = None) -> httpx.Response:
        return self._call("PUT", path, version=version, json=body)

    def patch(self, path: str, body: Any, *, version: int | None = None) -> httpx.Response:
        return self._call("PATCH", path, version=version, json=body)

    def delete(self, path: str, *, version: int | None = None) -> httpx.Response:
        return self._call("DELETE", path, version=version)

    def upload(self, path: str, content: bytes, media_type: str, **query: Any) -> httpx.Response:
        headers = {"idempotency-key": str(new_id()), "content-type": media_type}
        return self._call("POST", path, headers=headers, content=content, params=query)

    def _call(
        self, method: str, path: str, *, headers: dict[str, str] | None = None, version: int | None = None, **more: Any
    ) -> httpx.Response:
        sent = {"authorization": f"Bearer {self.name}", **(headers or {})}
        if version is not None:
            sent["if-match"] = f'"{version}"'
        response = self.client.request(method, f"/v1{path}", headers=sent, **more)
        assert response.status_code != 500, response.text
        return response


class StandIn:
    """Does as whatever the running test has put in its place."""

    def __init__(self) -> None:
        """Nobody is there yet."""
        self.played_by: Any = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self.played_by, name)

    def __getitem__(self, name: str) -> Any:
        return self.played_by[name]

    def __contains__(self, name: str) -> bool:
        return name in self.played_by

    def __iter__(self) -> Iterator[Any]:
        return iter(self.played_by)

    def __len__(self) -> int:
        return len(self.played_by)

    def __bool__(self) -> bool:
        return True


class Stage:
    """An application that many tests use one after the other: to make one of so many routes takes longer than most of them."""

    def __init__(self) -> None:
        """It runs until `close`."""
        self.parts: dict[str, Any] = {field.name: StandIn() for field in attrs.fields(House)}
        self._client = TestClient(create_app(**self.parts, with_schema=False, strict=True))
        self._client.__enter__()
        self._taken = False

    @contextmanager
    def play(self, **parts: Any) -> Iterator[TestClient[Any]]:
        """A client of it while these are its parts."""
        assert not self._taken, "one test at a time"
        self._taken = True
        for name, part in self.parts.items():
            part.played_by = parts.get(name)
        try:
            yield self._client
        finally:
            self._client.cookies.clear()
            self._taken = False

    def close(self) -> None:
        """End its threads."""
        self._client.__exit__(None, None, None)


@functools.cache
def stage() -> Stage:
    """That of the house's real routes."""
    return Stage()


def application(office: Office, door: Door, modules: Sequence[Routes] = MODULES, *, with_schema: bool = False) -> Litestar:
    """The application with everything that routes use: cheap passwords, and the embedded payment provider."""
    return create_app(office, door, **parts_of(office), with_schema=with_schema, strict=True, modules=modules)


def parts_of(office: Office) -> dict[str, Any]:
    """What routes use besides the office and its door."""
    gateway = EmbeddedGateway(office.clock, secret=GATEWAY_SECRET)
    return {
        "credentials": credentials_of(office),
        "gateways": {gateway.name: gateway},
        "carriers": {},
        "press": PrinterPress(),
        "badge_door": BadgeDoor(office, cheap_passwords()),
        "webhook_secrets": WebhookSecrets(office, a_box()),
    }


def credentials_of(office: Office) -> Credentials:
    """The flows around passwords, hashed as cheaply as can be."""
    return Credentials(office, cheap_passwords(), PyotpCodes(a_box()))


def cheap_passwords() -> Argon2Passwords:
    """What hashes passwords and PINs in no time."""
    return Argon2Passwords(time_cost=1, memory_kib=8, lanes=1)


def with_owner(office: Office) -> Door:
    """A door whose owner has an account in the house."""
    opened = credentials_of(office).first_start()
    assert opened is not None
    return Door(office, {"owner": (opened.account.id, SYSTEM_GRANTS)})


@contextmanager
def calling(office: Office, modules: Sequence[Routes] = MODULES, *, with_schema: bool = False, **more: Any) -> Iterator[Caller]:
    """The owner calling these routes over this office; `more` are other `parts_of` the application."""
    door = Door(office)
    if modules is MODULES and not with_schema:
        with stage().play(office=office, authenticator=door, **{**parts_of(office), **more}) as client:
            yield Caller(client, door)
    else:
        with TestClient(application(office, door, modules, with_schema=with_schema)) as client:
            yield Caller(client, door)


@pytest.fixture
def http_client(memory_office: Office) -> Iterator[Caller]:
    """The owner calling the house's real routes over an office in memory."""
    with calling(memory_office) as caller:
        yield caller
