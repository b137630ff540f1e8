"""Two API processes and one relay on one PostgreSQL: they keep nothing of their own, so they may be as many as there is load for."""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psycopg

from houtai.application.orders.place import PlaceOrder
from tests.faults.program import Answered
from tests.faults.programs import Api, api, relay
from tests.faults.stall import Stall, body_of, place, verdict

ORDERS = 60
CALLERS = 8
IDLE_S = 60


def placed(server: Api, token: str, wish: PlaceOrder) -> Answered:
    headers = {"authorization": f"Bearer {token}", "idempotency-key": str(wish.order)}
    return server.call("POST", "/v1/orders", body_of(wish), headers)


def through_both(apis: Sequence[Api], token: str, wanted: Sequence[PlaceOrder]) -> list[tuple[Answered, Answered]]:
    """Each order is sent to both processes at once, as by a client that lost its patience, under one key."""
    with ThreadPoolExecutor(CALLERS) as callers, ThreadPoolExecutor(CALLERS) as others:

        def twice(wish: PlaceOrder) -> tuple[Answered, Answered]:
            other = others.submit(placed, apis[1], token, wish)
            return placed(apis[0], token, wish), other.result()

        return list(callers.map(twice, wanted))


def outbox(db: str) -> list[tuple[str, int]]:
    with psycopg.connect(db) as connection:
        return connection.execute("SELECT state, attempts FROM outbox").fetchall()


def delivered(db: str) -> list[tuple[str, int]]:
    """The outbox once nothing waits in it."""
    until = time.monotonic() + IDLE_S
    while any(state == "pending" for state, _ in outbox(db)) and time.monotonic() < until:
        time.sleep(0.2)
    return outbox(db)


def test_load_through_two_processes_does_everything_once(on_postgres: Stall, tmp_path: Path) -> None:
    wanted = on_postgres.wishes(ORDERS)
    db = on_postgres.url
    with api(db, tmp_path / "a") as first, api(db, tmp_path / "b") as second, relay(db, tmp_path / "relay"):
        answers = through_both((first, second), first.token(), wanted)
        messages = delivered(db)
        stopped = [first.end(15), second.end(15)]
    assert {(mine[0], other[0]) for mine, other in answers} == {(201, 201)}
    assert all(mine[2] == other[2] for mine, other in answers), "both told the same of one order"
    numbers = sorted(int(mine[2]["number"].rpartition("-")[2]) for mine, _ in answers)
    assert numbers == list(range(numbers[0], numbers[0] + ORDERS)), "no number twice, and none left out"
    found = verdict(db, wanted, [wish.order for wish in wanted])
    assert (found.orders, found.holds) == (ORDERS, True), found
    assert len(messages) >= ORDERS
    assert set(messages) == {("delivered", 1)}, "each message went out once"
    assert stopped == [0, 0]


def test_a_price_that_one_process_sets_is_the_other_ones_next_answer(on_postgres: Stall, tmp_path: Path) -> None:
    cup = str(on_postgres.shop.sku["CUP"])
    basket = {"channel_id": str(on_postgres.shop.channel), "lines": [{"sku_id": cup, "qty": 1}]}

    def price(server: Api, headers: dict[str, str]) -> Any:
        return server.call("POST", "/v1/price-quotes", basket, headers)[2]["goods_minor"]

    with api(on_postgres.url, tmp_path / "a") as first, api(on_postgres.url, tmp_path / "b") as second:
        known = {"authorization": f"Bearer {first.token()}"}
        (wish,) = on_postgres.wishes(1)
        assert placed(second, known["authorization"].removeprefix("Bearer "), wish)[0] == 201, (
            "the price is kept there from now on"
        )
        seen = []
        for minor in range(5_001, 5_021):
            sheet = {"amount": {"minor": minor, "currency": "CNY"}}
            headers = {**known, "idempotency-key": f"price-{minor}"}
            assert first.call("POST", f"/v1/skus/{cup}/prices", sheet, headers)[0] == 200
            seen.append(price(second, known))
        stale = placed(second, known["authorization"].removeprefix("Bearer "), on_postgres.wishes(1)[0])
    assert seen == list(range(5_001, 5_021))
    assert (stale[0], stale[2]["code"]) == (409, "pricing.price-changed"), "a deed sees it too, not only a question"


def test_the_relay_alone_delivers_and_stops_in_order(on_postgres: Stall, tmp_path: Path) -> None:
    with on_postgres.office() as office:
        place(office, on_postgres.wishes(1)[0])
    with relay(on_postgres.url, tmp_path / "relay"):
        messages = delivered(on_postgres.url)
    assert set(messages) == {("delivered", 1)}
    said = (tmp_path / "relay").read_text()
    assert '"event": "stopped"' in said
    assert "Traceback" not in said
