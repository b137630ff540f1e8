"""Places of a warehouse: drawn, edited, blocked, retired and found again, on every adapter."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

from houtai.application.house import OF_DOCUMENT
from houtai.application.office import Office
from houtai.application.paging import Page
from houtai.application.permission import needs
from houtai.application.warehouse.locations import (
    BlockLocation,
    EditLocation,
    Properties,
    RestoreLocation,
    RetireLocation,
    block_location,
    edit_location,
    restore_location,
    retire_location,
)
from houtai.application.warehouse.queries import (
    BranchesOf,
    ListLocations,
    list_locations,
    location_branches,
    show_location,
)
from houtai.domain.act import Act
from houtai.domain.authority import Authority, Dimension, Grant
from houtai.domain.catalog.standing import Standing
from houtai.domain.ids import LocationId, WarehouseId, new_id
from houtai.domain.refusal import AlreadyExists, Forbidden, IllegalMove, InvalidValue, NotFound, VersionConflict
from houtai.domain.warehouse.location import (
    ACTIVITIES,
    AbcClass,
    Activity,
    Block,
    Capacity,
    LocationKind,
    MixPolicy,
    Side,
    Standard,
    Walk,
    standard_id,
)
from houtai.domain.warehouse.refusals import StandardPlace
from tests.inventory.arrange import some_warehouse
from tests.warehouse.arrange import some_location


def clerk(system: Act, warehouse: WarehouseId, *verbs: str) -> Act:
    grants = tuple(Grant(verb, {Dimension.WAREHOUSE: frozenset({warehouse})}) for verb in verbs)
    actor = new_id()
    return attrs.evolve(system, actor=actor, authority=Authority(actor, grants), name="clerk")


@needs("tests.lines")
def lines_of(views: Any, query: LocationId, act: Act) -> list[tuple[str, str]]:
    """What the timeline tells of a place."""
    return [(line.event, line.reason) for line in views.timeline.by(OF_DOCUMENT, query)]


def test_a_place_is_stored_whole(office: Office, system: Act) -> None:
    made = some_location(
        office,
        system,
        some_warehouse(office, system),
        "a-03-02-1 ",
        LocationKind.PICK_FACE,
        activities=frozenset({Activity.PICK}),
        mix=MixPolicy.SAME_PRODUCT_LOT,
        capacity=Capacity(500_000, 1_200_000, 40, 1_800),
        walk=Walk(12_500, -300, 3, Side.RIGHT, 77),
        abc=AbcClass.A,
    )
    assert (made.path, made.barcode, made.sellable) == ("A-03-02-1", "L-SH-A-03-02-1", True)
    assert office.ask(show_location, made.id, system) == made


def test_a_place_may_do_what_its_kind_does_where_nobody_said_otherwise(office: Office, system: Act) -> None:
    made = some_location(office, system, some_warehouse(office, system), "QC", LocationKind.QC)
    assert made.activities == ACTIVITIES[LocationKind.QC]


def test_a_path_is_taken_once_in_a_warehouse_and_a_barcode_once_in_the_house(office: Office, system: Act) -> None:
    here, there = some_warehouse(office, system), some_warehouse(office, system, "BJ")
    some_location(office, system, here, "A-1", barcode="L-1")
    some_location(office, system, there, "A-1", barcode="L-2")
    with pytest.raises(AlreadyExists, match="A-1"):
        some_location(office, system, here, "A-1", barcode="L-3")
    with pytest.raises(AlreadyExists, match="L-2"):
        some_location(office, system, here, "A-2", barcode="L-2")


@pytest.mark.parametrize("path", ["", "A--1", "A-1-1-1-1-1", "A 1", "货-1", "A-1-", "X" * 12])
def test_what_is_no_path_is_refused(office: Office, system: Act, path: str) -> None:
    with pytest.raises(InvalidValue):
        some_location(office, system, some_warehouse(office, system), path, barcode="L-1")


@pytest.mark.parametrize("barcode", ["A-1", "H-1", "L-", "L-a", "L-1 2", "L-" + "1" * 47, "L-1\x1d"])
def test_what_is_no_code_of_a_place_is_refused(office: Office, system: Act, barcode: str) -> None:
    with pytest.raises(InvalidValue, match="barcode"):
        some_location(office, system, some_warehouse(office, system), barcode=barcode)


def test_nobody_draws_a_place_where_no_goods_can_lie() -> None:
    with pytest.raises(InvalidValue, match="made by the house"):
        Properties(kind=LocationKind.VIRTUAL)


def test_the_first_place_brings_the_standard_ones_and_nobody_may_touch_those(office: Office, system: Act) -> None:
    warehouse = some_warehouse(office, system)
    some_location(office, system, warehouse)
    found = office.ask(list_locations, ListLocations(warehouse_id=warehouse, page=Page(newest_first=False)), system)
    assert {place.path for place in found.items} == {"A-01-01-1", *(place.value for place in Standard)}
    unplaced = standard_id(warehouse, Standard.UNPLACED)
    deeds: tuple[tuple[Any, Any], ...] = (
        (edit_location, EditLocation(unplaced, 1, Properties())),
        (block_location, BlockLocation(unplaced, 1, Block(goods_in=True, reason="x"))),
        (retire_location, RetireLocation(unplaced, 1)),
    )
    for use_case, cmd in deeds:
        with pytest.raises(StandardPlace):
            office.perform(use_case, cmd, system)


def test_an_edit_rests_on_the_version_that_was_seen(office: Office, system: Act) -> None:
    made = some_location(office, system, some_warehouse(office, system))
    edited = office.perform(edit_location, EditLocation(made.id, 1, Properties(abc=AbcClass.C), "L-NEW"), system)
    assert (edited.abc, edited.barcode, edited.version) == (AbcClass.C, "L-NEW", 2)
    with pytest.raises(VersionConflict):
        office.perform(edit_location, EditLocation(made.id, 1, Properties()), system)


def test_an_edit_takes_no_barcode_of_another_place(office: Office, system: Act) -> None:
    warehouse = some_warehouse(office, system)
    made = some_location(office, system, warehouse)
    other = some_location(office, system, warehouse, "B-1")
    with pytest.raises(AlreadyExists):
        office.perform(edit_location, EditLocation(made.id, 1, Properties(), other.barcode), system)


def test_a_blocked_place_takes_nothing_in_and_says_why(office: Office, system: Act) -> None:
    made = some_location(office, system, some_warehouse(office, system))
    blocked = office.perform(block_location, BlockLocation(made.id, 1, Block(goods_in=True, reason="货架损坏")), system)
    assert (blocked.open_in, blocked.open_out, blocked.block.reason) == (False, True, "货架损坏")
    assert office.ask(show_location, made.id, system) == blocked
    opened = office.perform(block_location, BlockLocation(made.id, 2, Block()), system)
    assert (opened.open_in, opened.open_out) == (True, True)


def test_a_block_has_a_reason_and_an_open_place_has_none() -> None:
    blocks: tuple[dict[str, Any], ...] = ({"goods_in": True}, {"reason": "because"}, {"goods_out": True, "reason": "  "})
    for wrong in blocks:
        with pytest.raises(InvalidValue):
            Block(**wrong)


def test_a_retired_place_keeps_its_path_and_comes_back(office: Office, system: Act) -> None:
    warehouse = some_warehouse(office, system)
    made = some_location(office, system, warehouse)
    retired = office.perform(retire_location, RetireLocation(made.id, 1, "rebuilt"), system)
    assert (retired.state, retired.open_in, retired.open_out) == (Standing.RETIRED, False, False)
    with pytest.raises(AlreadyExists):
        some_location(office, system, warehouse, barcode="L-OTHER")
    with pytest.raises(IllegalMove):
        office.perform(retire_location, RetireLocation(made.id, 2), system)
    assert office.perform(restore_location, RestoreLocation(made.id, 2), system).state is Standing.ACTIVE


def test_places_are_listed_by_path_below_a_beginning(office: Office, system: Act) -> None:
    warehouse = some_warehouse(office, system)
    for path in ("B-01", "A-02-01", "A-01-01", "A-01"):
        some_location(office, system, warehouse, path)
    query = ListLocations(warehouse_id=warehouse, path="a-0", page=Page(limit=2, newest_first=False))
    first = office.ask(list_locations, query, system)
    rest = office.ask(list_locations, attrs.evolve(query, page=Page(2, first.next_cursor, newest_first=False)), system)
    assert [place.path for place in (*first.items, *rest.items)] == ["A-01", "A-01-01", "A-02-01"]


def test_the_tree_counts_what_lies_below_each_branch(office: Office, system: Act) -> None:
    warehouse = some_warehouse(office, system)
    for path in ("A-01-01", "A-01-02", "A-02-01", "B-01"):
        some_location(office, system, warehouse, path)
    gone = some_location(office, system, warehouse, "C-01")
    office.perform(retire_location, RetireLocation(gone.id, 1), system)
    blocked = some_location(office, system, warehouse, "A-01-03")
    office.perform(block_location, BlockLocation(blocked.id, 1, Block(goods_out=True, reason="x")), system)
    zones = office.ask(location_branches, BranchesOf(warehouse), system)
    aisles = office.ask(location_branches, BranchesOf(warehouse, "A"), system)
    drawn = [(one.path, one.locations, one.blocked) for one in zones if one.path in "AB"]
    assert drawn == [("A", 4, 1), ("B", 1, 0)]
    assert [(one.path, one.locations, one.blocked) for one in aisles] == [("A-01", 3, 1), ("A-02", 1, 0)]
    assert office.ask(location_branches, BranchesOf(warehouse, "A-01-01"), system) == ()


def test_a_clerk_of_one_warehouse_draws_and_sees_that_one_only(office: Office, system: Act) -> None:
    here, there = some_warehouse(office, system), some_warehouse(office, system, "BJ")
    mine = clerk(system, here, "warehouse.layout", "warehouse.read")
    made = some_location(office, mine, here)
    other = some_location(office, system, there)
    with pytest.raises(Forbidden):
        some_location(office, mine, there, "B-1")
    with pytest.raises(NotFound):
        office.ask(show_location, other.id, mine)
    with pytest.raises(NotFound):
        office.ask(show_location, LocationId(new_id()), mine)
    seen = office.ask(list_locations, ListLocations(path="A-"), mine)
    assert [place.id for place in seen.items] == [made.id]


def test_the_timeline_tells_who_did_what_to_a_place(office: Office, system: Act) -> None:
    made = some_location(office, system, some_warehouse(office, system))
    office.perform(block_location, BlockLocation(made.id, 1, Block(goods_in=True, reason="broken")), system)
    lines = office.ask(lines_of, made.id, system)
    assert lines == [("defined", ""), ("blocked", "broken")]
