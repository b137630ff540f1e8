"""A route that is declared wrongly is an error when its module is imported, and the error says what to do."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Annotated, Any
from uuid import UUID

import msgspec
import pytest

from houtai.application.office import Office
from houtai.domain.refusal import IllegalMove
from houtai.entrypoints.http import wire
from houtai.entrypoints.http.app import MODULES, routes_by_path
from houtai.entrypoints.http.bounds import Unbounded, check_bounds
from houtai.entrypoints.http.desk import Desk, Upload
from houtai.entrypoints.http.problems import EDGE, STATUS, Problem, plain
from houtai.entrypoints.http.routes import Routes
from tests.http.jars import CountOut, Filling, JarFull, find_jar, make_jar
from tests.http_client import calling


class Open(msgspec.Struct):
    beans_qty: wire.Qty


class Nested(wire.Wire):
    inner: Annotated[tuple[Open, ...], wire.Few]


def of(kind: Any) -> type[Any]:
    return msgspec.defstruct("Body", [("field", kind)], bases=(wire.Wire,), frozen=True)


@pytest.mark.parametrize(
    ("kind", "advice"),
    [
        (int, "an int needs ge and le"),
        (Annotated[int, msgspec.Meta(ge=0)], "an int needs ge and le"),
        (str, "a text needs max_length"),
        (dt.datetime, "a moment needs its time zone"),
        (tuple[wire.Qty, ...], "a list needs max_length"),
        (list[wire.Qty], "a list needs max_length"),
        (Annotated[tuple[int, ...], wire.Few], r"field\[\]: an int needs ge and le"),
        (Annotated[dict[str, wire.Qty], wire.Few], "{key}: a text needs max_length"),
        (dict[wire.Code, wire.Qty], "a mapping needs max_length"),
        (float, "floats"),
        (Any, "open types"),
        (bytes, "bytes"),
        (Open | None, "must derive from wire.Wire"),
        (Nested, r"inner\[\]: must derive from wire.Wire"),
    ],
)
def test_what_comes_in_has_its_limits(kind: Any, advice: str) -> None:
    with pytest.raises(Unbounded, match=advice):
        check_bounds(of(kind))


@pytest.mark.parametrize(
    "kind", [wire.Qty, wire.Name | None, wire.Name | msgspec.UnsetType, UUID, bool, wire.Money, wire.Moment, dt.date]
)
def test_what_has_its_limits_may_come_in(kind: Any) -> None:
    check_bounds(of(kind))


def test_a_type_that_holds_itself_is_looked_at_once() -> None:
    check_bounds(Branch)


class Branch(wire.Wire):
    branches: Annotated[tuple[Branch, ...], wire.Few] = ()


def no_docstring(desk: Desk) -> CountOut: ...  # type: ignore[empty-body]  # never called


def no_desk(jar_id: UUID) -> CountOut:  # type: ignore[empty-body]  # never called
    """A route."""


def no_answer(desk: Desk):  # type: ignore[no-untyped-def]  # noqa: ANN201  # the mistake to be found
    """A route."""


def other_parts(desk: Desk, pot_id: UUID) -> CountOut:  # type: ignore[empty-body]  # never called
    """A route."""


def wrong_file(desk: Desk, jar_id: UUID, file: bytes) -> CountOut:  # type: ignore[empty-body]  # never called
    """A route."""


@pytest.mark.parametrize(
    ("function", "advice"),
    [
        (no_docstring, "needs a docstring"),
        (no_desk, "first parameter `desk: Desk`"),
        (no_answer, "a return type"),
        (other_parts, r"the path has \['jar_id'\]"),
        (wrong_file, "`file` must be Upload"),
    ],
)
def test_a_function_that_is_no_route_is_refused(function: Callable[..., Any], advice: str) -> None:
    with pytest.raises(TypeError, match=advice):
        Routes("pots", "Pots.").get("/pots/{jar_id}", find_jar)(function)


def test_a_use_case_without_a_permission_is_no_route() -> None:
    def unmarked(tx: Any, cmd: Any, act: Any) -> None: ...

    with pytest.raises(TypeError, match="unmarked is not a use case or query"):
        Routes("pots", "Pots.").get("/pots/{jar_id}", unmarked)(get_pot)


def get_pot(desk: Desk, jar_id: UUID) -> CountOut:
    """Look into a pot."""
    return CountOut(jar_id.int)


def test_an_example_that_the_route_would_refuse_is_a_mistake() -> None:
    def post_pot(desk: Desk, body: Filling) -> CountOut:
        """Fill a pot."""
        return CountOut(body.beans_qty)

    with pytest.raises(Problem, match="out-of-range"):
        Routes("pots", "Pots.").post("/pots", make_jar, example={"beans_qty": 0})(post_pot)


def test_a_refusal_that_a_route_does_not_declare_fails_its_tests(memory_office: Office) -> None:
    routes = Routes("pots", "Pots.")

    @routes.post("/pots", make_jar, refuses=(JarFull,))
    def post_pot(desk: Desk) -> CountOut:
        """Break a rule that nobody was told of."""
        raise IllegalMove(what="pot", current="full", wanted="fuller", legal=())

    with calling(memory_office, (routes,)) as caller, pytest.raises(AssertionError, match="internal"):
        caller.post("/pots")


def test_routes_without_a_use_case_still_ask_who_it_is(memory_office: Office) -> None:
    routes = Routes("pots", "Pots.")

    @routes.get("/me/pots", None)
    def get_my_pots(desk: Desk) -> CountOut:
        """Count what is mine."""
        return CountOut(desk.act.actor.int)

    with calling(memory_office, (routes,)) as caller:
        assert caller.client.get("/v1/me/pots").status_code == 401
        assert caller.get("/me/pots").json() == {"bytes_qty": 100}


@pytest.mark.parametrize("path", ["/pots/{jar_id}", "/pots/{pot_id}"])
def test_an_address_belongs_to_one_route(path: str) -> None:
    first, second = Routes("pots", "Pots."), Routes("pans", "Pans.")
    first.get("/pots/{jar_id}", find_jar)(get_pot)

    def get_pan(desk: Desk, pot_id: UUID) -> CountOut:
        """Look into a pan."""
        return CountOut(pot_id.int)

    second.get(path, find_jar)(get_pan if "pot_id" in path else get_pot)
    with pytest.raises(ValueError, match="one route a method"):
        routes_by_path((first, second))


def test_every_kind_of_refusal_has_its_status() -> None:
    from houtai.domain.refusal import Kind  # only here

    assert set(STATUS) == set(Kind)
    assert {status for status, _ in EDGE.values()} <= {400, 404, 405, 413, 415, 422, 428, 429, 500, 503}


def test_facts_are_told_as_plain_json() -> None:
    facts = {
        "id": UUID(int=1),
        "at": dt.datetime(2026, 11, 22, tzinfo=dt.UTC),
        "set": frozenset({1}),
        "nested": ({"a": Upload(b"", "text/csv")},),
        "float": float("nan"),
        "fraction": 0.5,
        "none": None,
    }
    assert plain(facts) == {
        "id": "00000000-0000-0000-0000-000000000001",
        "at": "2026-11-22T00:00:00+00:00",
        "set": [1],
        "nested": [{"a": {"content": "0 bytes", "media_type": "text/csv"}}],
        "float": "nan",
        "fraction": 0.5,
        "none": None,
    }


def test_every_route_of_the_house_says_what_it_needs() -> None:
    open_routes = {route.name for module in MODULES for route in module.all if route.verb is None and not route.public}
    assert {name for name in open_routes if not name.split("_", 1)[1].startswith(("me", "my", "own"))} == set()
