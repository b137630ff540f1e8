"""What stock by location costs the database: a number of statements that does not grow with the lines."""

from __future__ import annotations

from typing import Any

import pytest

from houtai.application.office import Office
from houtai.application.warehouse.move_goods import MoveGoods, MoveLine, move_goods
from houtai.application.warehouse.pick import Leaving, PickWant, Taking
from houtai.domain.act import Act
from houtai.domain.ids import SkuId, new_id
from houtai.domain.warehouse.location import Capacity
from tests.inventory.arrange import order, place, receive, some_skus
from tests.orders.test_statements import counted
from tests.warehouse.arrange import some_location
from tests.warehouse.bins_arrange import Allocating, Depot, allocated, issued, released, some_depot, taken

pytestmark = pytest.mark.breaks("S8", "O1", "O6", "O7-cost")  # there are no orders here, only their ids

FEW, MANY = 3, 30
GROUPS = (slice(0, FEW), slice(FEW, FEW + MANY), slice(FEW + MANY, None))
"""Goods that a warm-up, many lines and few lines are about; each meets places that are new to it."""


def stocked(sql_store: Any, clock: Any) -> tuple[Depot, list[SkuId]]:
    depot = some_depot(Office(sql_store, clock), Act.of_system(clock.now()))
    skus = some_skus(depot.office, depot.act, *(f"TILE-{number:02}" for number in range(MANY + 2 * FEW)))
    receive(depot.office, depot.act, depot.warehouse, *((sku, 50) for sku in skus))
    return depot, skus


def cost(sql_store: Any, deed: Any) -> int:
    with counted(sql_store) as sent:
        deed()
    return len(sent)


def test_thirty_lines_are_received_and_moved_in_as_many_statements_as_three(sql_store: Any, clock: Any) -> None:
    depot, skus = stocked(sql_store, clock)
    limited = some_location(depot.office, depot.act, depot.warehouse, "B-01", capacity=Capacity(max_units_qty=10_000))
    counts: dict[str, list[int]] = {"receive": [], "move": []}
    for group in GROUPS:
        goods = [(sku, 1) for sku in skus[group]]
        counts["receive"].append(cost(sql_store, lambda goods=goods: receive(depot.office, depot.act, depot.warehouse, *goods)))
        moves = tuple(MoveLine(sku, 1, depot.unplaced, limited.id) for sku in skus[group])
        cmd = MoveGoods(new_id(), depot.warehouse, moves)
        counts["move"].append(cost(sql_store, lambda cmd=cmd: depot.office.perform(move_goods, cmd, depot.act)))
    assert {what: (many, few) for what, (_, many, few) in counts.items() if many != few} == {}


def test_thirty_picks_are_promised_taken_sent_out_and_given_back_in_as_many_statements_as_three(
    sql_store: Any, clock: Any
) -> None:
    depot, skus = stocked(sql_store, clock)
    counts: dict[str, list[int]] = {"allocate": [], "take": [], "issue": [], "release": []}

    def measure(what: str, deed: Any, cmd: Any) -> Any:
        with counted(sql_store) as sent:
            answer = depot.office.perform(deed, cmd, depot.act)
        counts[what].append(len(sent))
        return answer

    for group in GROUPS:
        wants = tuple(PickWant(line, sku, depot.warehouse, 2) for line, sku in enumerate(skus[group], start=1))
        reserved = depot.office.perform(place, order(depot.shop.channel, *((sku, 2) for sku in skus[group])), depot.act)
        measure("release", released, measure("allocate", allocated, Allocating(wants)))
        picks = depot.office.perform(allocated, Allocating(wants), depot.act)
        picks = measure("take", taken, tuple(Taking(pick, 2, depot.table.id) for pick in picks))
        by_sku = {one.sku_id: one.id for one in reserved}
        measure("issue", issued, tuple(Leaving(pick, by_sku[pick.bin.sku_id]) for pick in picks))
    assert {what: (many, few) for what, (_, many, few) in counts.items() if many != few} == {}
