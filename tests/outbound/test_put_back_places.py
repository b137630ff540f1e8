"""Where stopped goods go back to, on every adapter: the place that they came from, else where the same goods lie."""

from __future__ import annotations

from typing import Any

import pytest

from houtai.application.office import Office
from houtai.application.outbound.intercept import InterceptOrder, PutBack, intercept_order, put_back_goods
from houtai.application.outbound.put_back_places import ProposePlaces, PutBackPlace, WhyHere, propose_places
from houtai.application.warehouse.locations import BlockLocation, block_location
from houtai.domain.authority import Dimension, Grant
from houtai.domain.ids import new_id
from houtai.domain.outbound.order import OutboundOrder
from houtai.domain.outbound.refusals import StepTooEarly
from houtai.domain.outbound.state import OutboundState
from houtai.domain.refusal import Forbidden, NotFound
from houtai.domain.warehouse.location import Block, Capacity, LocationKind
from tests.catalog.arrange import another
from tests.conftest import StillClock
from tests.orders.shop import Shop
from tests.outbound.way import Way
from tests.warehouse.arrange import some_location


@pytest.fixture
def way(office: Office, clock: StillClock) -> Way:
    return Way(Shop(office, clock))


@pytest.fixture
def memory_way(memory_office: Office, clock: StillClock) -> Way:
    return Way(Shop(memory_office, clock))


def stopped(way: Way, **units: int) -> OutboundOrder:
    order = way.released(**units)
    way.picked(order)
    return way.office.perform(intercept_order, InterceptOrder(order.id, "refund"), way.act)


def proposed(way: Way, order: OutboundOrder, code: str, **more: Any) -> tuple[PutBackPlace, ...]:
    return way.office.ask(propose_places, ProposePlaces(order.id, way.shop.sku[code]), more.get("act", way.act))


def test_goods_go_back_to_where_they_came_from_and_then_to_where_the_same_lie(way: Way) -> None:
    face = some_location(way.office, way.act, way.warehouse, "F-01", LocationKind.PICK_FACE)
    way.shop.take_in(None, CUP=2)
    order = stopped(way, CUP=2)
    way.put_away(face, CUP=2)
    found = proposed(way, order, "CUP")
    assert [(one.path, one.why) for one in found] == [("A-01-01-1", WhyHere.CAME_FROM), ("F-01", WhyHere.SAME_GOODS)]
    back = PutBack(order.id, way.shop.sku["CUP"], 2, found[0].location_id)
    assert way.office.perform(put_back_goods, back, way.act).state is OutboundState.CANCELLED


def test_a_place_that_would_not_take_them_is_not_proposed(way: Way) -> None:
    small = some_location(way.office, way.act, way.warehouse, "S-01", capacity=Capacity(max_units_qty=3))
    way.shop.take_in(None, CUP=2)
    order = stopped(way, CUP=2)
    way.put_away(small, CUP=2)
    block = BlockLocation(way.first.id, way.first.version, Block(goods_in=True, reason="full"))
    way.office.perform(block_location, block, way.act)
    assert proposed(way, order, "CUP") == ()


def test_only_what_is_off_the_shelf_of_a_stopped_order_has_a_way_back(memory_way: Way) -> None:
    fine = memory_way.released(CUP=1)
    with pytest.raises(StepTooEarly):
        proposed(memory_way, fine, "CUP")
    order = stopped(memory_way, BOWL=1)
    with pytest.raises(NotFound):
        proposed(memory_way, order, "CUP")


def test_the_way_back_in_another_warehouse_is_out_of_reach(memory_way: Way) -> None:
    order = stopped(memory_way, CUP=1)
    grants = (Grant("outbound.put-back", {Dimension.WAREHOUSE: frozenset({new_id()})}),)
    with pytest.raises(Forbidden):
        proposed(memory_way, order, "CUP", act=another(memory_way.act, grants=grants))
