"""The whole house as an attacker meets it: real accounts and doors, merchants A and B, readers, a storekeeper, an accountant."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import attrs
import httpx
from litestar.testing import TestClient

from houtai.adapters.payments.embedded import EmbeddedGateway
from houtai.adapters.sql.doctor.all_checks import CHECKS
from houtai.adapters.sql.doctor.examine import examine
from houtai.adapters.sql.store import SqlStore
from houtai.application.audit import Category
from houtai.application.office import Office
from houtai.application.permission import VERBS
from houtai.application.warehouse.badge import BadgeDoor
from houtai.domain.authority import Grant
from houtai.domain.ids import new_id
from houtai.entrypoints.http.app import create_app
from tests.access.door import HOME, PASSWORD, House, open_house
from tests.access.test_http import Street
from tests.conftest import StillClock
from tests.http.bazaar import Bazaar
from tests.http_client import GATEWAY_SECRET, cheap_passwords

MISSING = "01934f6e-1c00-7000-8000-00000000dead"
TRACES = ("Traceback", 'File "', ".py", "sqlalchemy", "msgspec", "sqlite3", "psycopg")
READS = tuple(Grant(verb) for verb in VERBS if verb.endswith((".read", ".explain", ".read-outbox")) or verb == "access.own")


@attrs.define
class Person:
    """Somebody at the door with a credential; every answer is looked at before it is handed on."""

    client: Any
    token: str = ""

    def send(
        self, method: str, path: str, body: Any = None, *, key: str = "", version: int | None = None, **more: Any
    ) -> httpx.Response:
        headers: dict[str, str] = {name.replace("_", "-"): text for name, text in more.pop("headers", {}).items()}
        headers |= {"authorization": f"Bearer {self.token}"} if self.token else {}
        headers |= {"idempotency-key": key or str(new_id())} if method == "POST" else {}
        headers |= {"if-match": f'"{version}"'} if version is not None else {}
        sent = more if body is None else {**more, "json": body}
        return sound(self.client.request(method, f"/v1{path}", headers=headers, **sent))

    def get(self, path: str, **query: Any) -> httpx.Response:
        return self.send("GET", path, params=query)

    def post(self, path: str, body: Any = None, **more: Any) -> httpx.Response:
        return self.send("POST", path, body, **more)


def sound(response: httpx.Response) -> httpx.Response:
    """The same answer, once it is seen to be ours: no failure, and a no is a problem that tells nothing of the inside."""
    assert response.status_code < 500 or response.status_code == 503, response.text
    assert response.headers["x-content-type-options"] == "nosniff"
    if response.status_code >= 400:
        assert response.headers["content-type"] == "application/problem+json", response.text
        assert response.json()["status"] == response.status_code
        assert [trace for trace in TRACES if trace in response.text] == []
    return response


def said(response: httpx.Response) -> tuple[int, str]:
    """Status and code."""
    return response.status_code, response.json().get("code", "")


@attrs.define
class Town:
    """The house, what everybody has in it, and its street."""

    store: SqlStore
    office: Office
    clock: StillClock
    house: House
    bazaar: Bazaar
    street: Street
    client: TestClient[Any]
    people: dict[str, Person] = attrs.field(factory=dict)

    def enter(self, name: str, password: str = PASSWORD) -> Person:
        """Somebody who has just logged in over HTTP."""
        answer = self.log_in(name, password)
        assert answer.status_code == 200, answer.text
        return Person(self.client, answer.json()["token"])

    def log_in(self, name: str, password: str = PASSWORD, **headers: str) -> httpx.Response:
        body = {"name": name, "password": password}
        return Person(self.client).post("/login", body, headers=headers)

    @property
    def ids_of_b(self) -> dict[str, str]:
        return self.bazaar.ids["B"]

    def seq(self) -> int:
        with self.store.snapshot() as views:
            return views.audit_head()

    def logged(self, since: int) -> list[tuple[str, str, str]]:
        """Refusals in the operation log behind `since`: whose, of which deed, with which outcome."""
        with self.store.snapshot() as views:
            entries = [row.entry for row in views.audit_chain(after_seq=since)]
        return [
            (one.actor_name, one.deed, one.outcome)
            for one in entries
            if one.category is not Category.OPERATION and one.outcome != "done"
        ]

    def check(self) -> None:
        """Every promise of the house holds."""
        assert examine(self.store, CHECKS).broken() == ()


@contextmanager
def open_town(store: SqlStore, clock: StillClock) -> Iterator[Town]:
    """A town on its first day."""
    office = Office(store, clock)
    house = open_house(office, clock)
    bazaar = Bazaar(office, clock)
    for name, merchant in bazaar.merchants.items():
        house.person(f"of-{name.lower()}", Grant("*"), merchant_id=merchant)
    house.person("reader", *READS)
    house.person("storekeeper", Grant("inventory.*"), Grant("orders.read"))
    house.person("accountant", Grant("ledger.*"), Grant("payments.*"), Grant("cases.*"))
    house.person("support", Grant("customers.read"), Grant("orders.read"))
    gateway = EmbeddedGateway(clock, secret=GATEWAY_SECRET)
    app = create_app(
        office,
        house.door,
        credentials=house.credentials,
        gateways={gateway.name: gateway},
        trusted_proxies=("10.0.0.0/24",),
        with_schema=False,
        strict=True,
        badge_door=BadgeDoor(office, cheap_passwords()),
    )
    street = Street(app, HOME)
    with TestClient(street) as client:  # type: ignore[type-var]  # an application like any other, only not Litestar's class
        town = Town(store, office, clock, house, bazaar, street, client)
        names = {"A": "of-a", "B": "of-b", "R": "reader", "W": "storekeeper", "F": "accountant", "S": "support", "admin": "owner"}
        town.people.update({letter: town.enter(name) for letter, name in names.items()})
        yield town
    gateway.close()
