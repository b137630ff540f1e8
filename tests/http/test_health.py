"""A load balancer learns the truth about the house, in time."""

from __future__ import annotations

import datetime as dt
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import pytest
from litestar.testing import TestClient

from houtai.application.kept import Kept
from houtai.application.office import Office
from houtai.application.ports import StoreUnavailable
from houtai.entrypoints.http import edge, health
from houtai.entrypoints.http.app import Porch, answer_error, create_app
from houtai.entrypoints.http.desk import Desk
from houtai.entrypoints.http.routes import Routes
from tests.http import jars
from tests.http.test_bad_input import problem
from tests.http_client import Caller, Door, calling


class Down:
    """What a store gives whose database is down, perhaps after a while."""

    def __init__(self, after: threading.Event | None = None) -> None:
        self._after = after

    def __enter__(self) -> None:
        if self._after is not None:
            self._after.wait(5)
        raise StoreUnavailable("the database said: password of user houtai is wrong")

    def __exit__(self, *_: object) -> None:
        """Nothing was entered."""


class BrokenStore:
    """A store whose database is down."""

    def __init__(self, after: threading.Event | None = None) -> None:
        self._after = after

    def begin(self) -> Down:
        return Down(self._after)

    def snapshot(self, merchants: frozenset[UUID] | None = None) -> Down:
        assert merchants is None, "nobody asked in a merchant's name"
        return Down(self._after)

    def forget(self, kept: Kept, before: dt.datetime, most: int) -> int:
        raise StoreUnavailable("gone")

    def close(self) -> None:
        """Nothing is open."""


def test_a_living_house_is_live_and_ready_on_every_store(office: Office) -> None:
    with calling(office, ()) as caller:
        assert caller.client.get("/health/live").json() == {"status": "live"}
        assert caller.client.get("/health/ready").json() == {"status": "ready"}


def test_the_version_is_told(jar_client: Caller) -> None:
    answer = jar_client.client.get("/health/version").json()
    assert answer == {"name": "houtai", "version": health.house_version(), "api": "v1"}


def test_a_house_without_its_database_lives_but_is_not_ready(memory_office: Office) -> None:
    office = Office(BrokenStore(), memory_office.clock)
    with calling(office, (jars.ROUTES,)) as caller:
        assert caller.client.get("/health/live").status_code == 200
        for answer in (
            caller.client.get("/health/ready"),
            caller.get("/jars"),
            caller.post("/jars", {"beans_qty": 1}),
        ):
            assert problem(answer) in {(503, "busy"), (503, "unavailable")}
            assert answer.headers["retry-after"] == "5"
            assert "password" not in answer.text


def test_a_database_that_breaks_under_the_door_is_no_error_of_ours(memory_office: Office) -> None:
    class Fallen(Door):
        def act_of_token(self, *args: Any, **kwargs: Any) -> Any:
            raise StoreUnavailable("gone")

    with TestClient(create_app(memory_office, Fallen(memory_office), modules=(jars.ROUTES,))) as client:
        response = client.get("/v1/jars", headers={"authorization": "Bearer owner"})
    assert problem(response) == (503, "unavailable")


def test_a_database_that_hangs_is_not_waited_for(memory_office: Office) -> None:
    let_go = threading.Event()

    office = Office(BrokenStore(let_go), memory_office.clock)
    probe = health.Probe(office, deadline_s=0.05)
    app = Porch(health.routes(probe), exception_handlers={Exception: answer_error}, openapi_config=None, logging_config=None)
    with TestClient(app) as client:
        started = time.monotonic()
        answers = {problem(client.get("/health/ready")) for _ in range(3)}
        took = time.monotonic() - started
        let_go.set()
    assert answers == {(503, "unavailable")}
    assert took < 2


def test_past_its_bound_the_house_says_so_at_once(memory_office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(edge, "MAX_WAITING", 1)
    routes = Routes("pots", "Pots.")
    entered, let_go = threading.Event(), threading.Event()

    @routes.get("/me/pots", None)
    def get_my_pots(desk: Desk) -> None:
        """Wait."""
        entered.set()
        let_go.wait(5)

    with calling(memory_office, (routes,)) as caller, ThreadPoolExecutor(1) as other:
        waiting = other.submit(caller.get, "/me/pots")
        entered.wait(5)
        refused = caller.get("/me/pots")
        let_go.set()
        assert problem(refused) == (503, "busy")
        assert refused.headers["retry-after"] == "5"
        assert waiting.result().status_code == 204
