"""Whoever asks too often is told when to come back: by address, by account, by key, and nobody else notices."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import attrs
import pytest
from hypothesis import given, strategies as st
from litestar.testing import TestClient

from houtai.application.office import Office
from houtai.domain.ids import new_id
from houtai.domain.refusal import InvalidValue
from houtai.entrypoints.http.app import MODULES, create_app
from houtai.entrypoints.http.problems import Problem
from houtai.entrypoints.http.rates import RATES, Buckets, Gate, Rate, kind_of, rates_of
from tests.access.test_http import Street
from tests.http import jars
from tests.http.test_bad_input import problem
from tests.http_client import Caller, Door

SECOND = 1_000_000_000
SLOW = Rate(60, 3)
HOME, PROXY = "203.0.113.7", "10.0.0.1"


class Hand:
    """A clock that moves when told."""

    def __init__(self) -> None:
        self.now = 10**15

    def __call__(self) -> int:
        return self.now


@given(st.lists(st.integers(0, 5 * SECOND), max_size=60), st.integers(1, 600), st.integers(1, 10))
def test_in_any_time_no_more_go_through_than_the_rate_and_what_may_come_at_once(
    pauses: list[int], a_minute: int, at_once: int
) -> None:
    clock, rate = Hand(), Rate(a_minute, at_once)
    buckets, begun, passed = Buckets(slots=8, clock_ns=clock), clock.now, 0
    for pause in pauses:
        clock.now += pause
        passed += buckets.spend(rate, ("read", "li")) == 0
    assert passed <= at_once + (clock.now - begun) // rate.interval_ns


def test_after_a_pause_the_bucket_is_full_again_and_the_wait_that_was_told_is_enough() -> None:
    clock = Hand()
    buckets = Buckets(clock_ns=clock)
    assert [buckets.spend(SLOW, ("read", "li")) for _ in range(5)] == [0, 0, 0, 1, 1]
    clock.now += SECOND
    assert [buckets.spend(SLOW, ("read", "li")) for _ in range(2)] == [0, 1]
    clock.now += 60 * SECOND
    assert [buckets.spend(SLOW, ("read", "li")) for _ in range(4)] == [0, 0, 0, 1]


def test_a_crowd_over_its_rate_takes_no_memory_and_hardly_hinders_anybody() -> None:
    buckets = Buckets(clock_ns=Hand())
    size = len(buckets._one) + len(buckets._other)
    for stranger in range(5_000):
        for _ in range(4):
            buckets.spend(SLOW, ("address", f"192.0.2.{stranger}"))
    hindered = sum(buckets.spend(SLOW, ("address", f"198.51.100.{honest}")) > 0 for honest in range(1_000))
    assert len(buckets._one) + len(buckets._other) == size
    assert hindered <= 30  # six in a thousand are to be expected


@attrs.define
class Web:
    """The jars behind limits, and a street whose peer a test chooses."""

    street: Street
    client: TestClient[Any]
    door: Door

    def get(self, name: str = "owner", *, key: str = "", path: str = "/v1/jars", **headers: str) -> Any:
        shown = {"x-api-key": key} if key else {"authorization": f"Bearer {name}"}
        return self.client.get(path, headers=shown | {name.replace("_", "-"): text for name, text in headers.items()})


@contextmanager
def web(office: Office, **rates: Rate) -> Iterator[Web]:
    door = Door(office)
    app = create_app(
        office,
        door,
        trusted_proxies=("10.0.0.0/24",),
        modules=(jars.ROUTES,),
        rates={name.replace("_", "-"): rate for name, rate in rates.items()},
    )
    street = Street(app, HOME)
    with TestClient(street) as client:  # type: ignore[type-var]  # an application like any other, only not Litestar's class
        yield Web(street, client, door)


def statuses(*answers: Any) -> list[int]:
    return [answer.status_code for answer in answers]


def test_an_address_that_asks_too_often_is_told_when_to_come_back(memory_office: Office) -> None:
    with web(memory_office, address=SLOW) as house:
        assert statuses(*(house.get() for _ in range(3))) == [200, 200, 200]
        refused = house.get()
        assert problem(refused) == (429, "too-many-requests")
        assert refused.headers["retry-after"] == "1"
        assert (refused.json()["limit"], refused.json()["retry_after_s"]) == ("address", 1)
        house.street.peer = "203.0.113.8"
        assert house.get().status_code == 200


def test_another_forwarded_address_each_time_does_not_help(memory_office: Office) -> None:
    with web(memory_office, address=SLOW) as house:
        answers = [house.get(x_forwarded_for=f"192.0.2.{number}", x_real_ip="192.0.2.9") for number in range(6)]
        assert statuses(*answers) == [200] * 3 + [429] * 3


def test_behind_a_trusted_proxy_each_client_has_a_bucket_of_its_own(memory_office: Office) -> None:
    with web(memory_office, address=SLOW) as house:
        house.street.peer = PROXY
        loud = [house.get(x_forwarded_for=f"192.0.2.{number}, 198.51.100.66") for number in range(5)]
        assert statuses(*loud) == [200] * 3 + [429] * 2
        assert house.get(x_forwarded_for="198.51.100.67").status_code == 200


def test_all_addresses_of_an_ipv6_neighbourhood_share_one(memory_office: Office) -> None:
    with web(memory_office, address=SLOW) as house:
        found = []
        for number in range(5):
            house.street.peer = f"2001:db8::{number:x}"
            found.append(house.get().status_code)
        assert found == [200] * 3 + [429] * 2


def test_an_account_has_one_bucket_from_whatever_address(memory_office: Office) -> None:
    with web(memory_office, read=SLOW) as house:
        house.door.let_in("li", *house.door.people["owner"][1])
        found = []
        for number in range(5):
            house.street.peer = f"192.0.2.{number}"
            found.append(house.get())
        assert statuses(*found) == [200] * 3 + [429] * 2
        assert house.get("li").status_code == 200


def test_a_key_is_stopped_before_its_owner(memory_office: Office) -> None:
    with web(memory_office, read=Rate(60, 6), key_read=SLOW) as house:
        assert statuses(*(house.get(key="key-owner") for _ in range(5))) == [200] * 3 + [429] * 2
        assert statuses(*(house.get() for _ in range(4))) == [200] * 3 + [429]


def test_what_is_forbidden_counts_too_so_that_nobody_fills_the_log(memory_office: Office) -> None:
    with web(memory_office, read=SLOW) as house:
        house.door.let_in("nobody")
        assert statuses(*(house.get("nobody") for _ in range(5))) == [403] * 3 + [429] * 2


def test_reads_and_writes_have_buckets_of_their_own(memory_office: Office) -> None:
    with web(memory_office, write=Rate(60, 1)) as house:
        owner = Caller(house.client, house.door)
        assert statuses(*(owner.post("/jars", {"beans_qty": 1}) for _ in range(2))) == [201, 429]
        assert owner.get("/jars").status_code == 200


def test_what_comes_too_often_is_refused_before_its_body_is_looked_at(memory_office: Office) -> None:
    with web(memory_office, address=Rate(1, 1)) as house:
        house.get()
        assert house.client.post("/v1/jars", content=b" " * 2_000_000).status_code == 429


def test_every_look_at_a_person_and_every_file_is_on_its_own_limit() -> None:
    kinds = {route.name: kind_of(route) for module in MODULES for route in module.all}
    assert {name for name, kind in kinds.items() if kind == "reveal"} == {"post_customer_reveal", "post_order_reveal"}
    assert {"get_product_export", "post_product_import", "get_operation_log_verdict"} <= {
        name for name, kind in kinds.items() if kind == "dear"
    }
    assert (kinds["get_orders"], kinds["post_order"]) == ("read", "write")


def test_limits_are_changed_or_switched_off_by_a_setting() -> None:
    changed = rates_of("write=600/100, dear=off")
    assert changed["write"] == Rate(600, 100)
    assert "dear" not in changed and changed["read"] == RATES["read"]
    assert (rates_of(""), rates_of("off")) == (RATES, {})


@pytest.mark.parametrize("text", ["writes=1/1", "write", "write=5", "write=a/b", "write=0/1", "write=１/1", "write=-1/1"])
def test_a_limit_that_makes_no_sense_is_named(text: str) -> None:
    with pytest.raises(InvalidValue):
        rates_of(text)


def cost_us(requests: int) -> float:
    """Processor time of one request's limits, address and account."""
    gate, route = Gate(RATES), next(route for module in MODULES for route in module.all if route.name == "get_orders")
    callers = [(f"10.0.{number // 256}.{number % 256}", new_id()) for number in range(1_000)]
    begun = time.process_time()
    for number in range(requests):
        address, account = callers[number % 1_000]
        gate.pass_address(route, address)
        gate.pass_caller(route, account, "")
    return (time.process_time() - begun) / requests * 1e6


if __name__ == "__main__":
    print(f"{min(cost_us(20_000) for _ in range(9)):.1f} us a request")  # noqa: T201  # a figure for docs/http.md


@pytest.mark.parametrize("name", ["post_login", "post_shift"])
def test_logins_by_password_and_by_badge_have_a_bucket_of_their_own_before_anything_is_hashed(name: str) -> None:
    gate = Gate({"login": SLOW})
    route = next(route for module in MODULES for route in module.all if route.name == name)
    for _ in range(3):
        gate.pass_address(route, HOME)
    with pytest.raises(Problem) as refused:
        gate.pass_address(route, HOME)
    assert refused.value.members["limit"] == "login"
