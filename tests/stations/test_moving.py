"""Moving goods and putting them away by scans: each step, each wrong scan, and what the books say afterwards."""

from __future__ import annotations

from typing import Any

import pytest

from houtai.application.office import Office
from houtai.application.warehouse.queries import show_unit
from houtai.domain.act import Act
from houtai.domain.warehouse.reply import MessageLevel
from houtai.domain.warehouse.work import Task
from tests.inventory.arrange import receive, some_skus
from tests.stations.floor import Floor, said, some_floor, some_tote

FIRST = "L-SH-A-01-01-1"
SECOND = "L-SH-A-02-01-1"
TABLE = "L-SH-P-01"


@pytest.fixture
def floor(memory_office: Office, clock: Any, system: Act) -> Floor:
    """Six pieces of tea on the first shelf, four that wait."""
    made = some_floor(memory_office, clock, system)
    made.depot.put_away(6, made.depot.first)
    made.open(Task.MOVE)
    return made


def test_goods_go_by_four_scans(floor: Floor) -> None:
    screen = floor.scan(FIRST, "TEA", "TEA", SECOND)
    assert said(screen) == "moved"
    assert floor.depot.lies() == {"A-01-01-1": 4, "A-02-01-1": 2, "UNPLACED": 4}


def test_the_quantity_may_be_typed_and_is_shown_large(floor: Floor) -> None:
    assert floor.scan(FIRST, "TEA", "5").digits == "5"
    floor.scan(SECOND)
    assert floor.depot.lies()["A-02-01-1"] == 5


def test_full_width_digits_and_small_letters_are_read_as_they_are_meant(floor: Floor) -> None:
    floor.scan("l-sh-a-01-01-1", "TEA", "\uff13", SECOND)
    assert floor.depot.lies()["A-02-01-1"] == 3


def test_more_than_lies_there_is_refused_by_typing_and_by_scanning(floor: Floor) -> None:
    floor.scan(FIRST, "TEA")
    assert floor.refuses("7") == "station.too-many"
    floor.scan("6")
    assert floor.refuses("TEA") == "station.too-many"
    assert floor.refuses("0") == "invalid-value"


def test_a_wrong_place_and_a_wrong_product_move_nothing(floor: Floor, system: Act) -> None:
    (cup,) = some_skus(floor.office, system, "CUP")
    receive(floor.office, system, floor.depot.warehouse, (cup, 1))
    assert floor.refuses("TEA") == "scan.wrong-record"
    floor.scan(FIRST)
    assert floor.refuses("CUP") == "scan.wrong-record"
    assert floor.refuses(SECOND) == "scan.wrong-record"
    floor.scan("TEA")
    assert floor.refuses("CUP") == "scan.wrong-record"
    assert floor.refuses(FIRST) == "scan.wrong-record"
    assert floor.depot.lies(location_id=floor.depot.first.id) == {"A-01-01-1": 6}


@pytest.mark.parametrize(
    ("scanned", "refusal"),
    [
        ("4711", "scan.not-found"),
        ("6901234567892", "scan.not-found"),
        ("69012345678926901234567892", "scan.not-found"),
        ("L-XX-A-01-01-1", "scan.not-found"),
        ("C-NONSENSE", "scan.not-found"),
        ("C-DONE", "station.not-now"),
        ("]d201\x1d", "scan.broken-gs1"),
        ("\u6761\u7801", "scan.unreadable"),
        ("A" * 200, "scan.not-found"),
        ("A" * 201, "scan.unreadable"),
        ("A\x1bB", "scan.unreadable"),
        ("S-0042", "scan.wrong-record"),
    ],
)
def test_what_is_no_place_leaves_everything_as_it_was(floor: Floor, scanned: str, refusal: str) -> None:
    assert floor.refuses(scanned) == refusal


def test_an_empty_place_is_no_source(floor: Floor) -> None:
    assert floor.refuses(SECOND) == "station.nothing-there"


def test_a_step_is_taken_back_and_another_one_until_the_beginning(floor: Floor) -> None:
    floor.scan(FIRST, "TEA", "3")
    assert said(floor.scan("C-UNDO")) == "taken-back"
    assert floor.scan("C-UNDO").prompt.code == "prompt.move-from"
    assert floor.refuses("C-UNDO") == "station.not-now"


def test_a_whole_tote_goes_with_what_is_in_it(floor: Floor) -> None:
    tote = some_tote(floor)
    floor.depot.move(2, floor.depot.first.id, floor.depot.first.id, to_unit_id=tote.id)
    assert said(floor.scan("H-T1", TABLE)) == "carried"
    assert floor.office.ask(show_unit, tote.id, floor.depot.act).location_id == floor.depot.table.id
    assert floor.depot.lies(location_id=floor.depot.table.id) == {"P-01": 2}


def test_a_tote_that_stands_elsewhere_is_not_taken_from_here(floor: Floor) -> None:
    some_tote(floor)
    floor.depot.put_away(1, floor.depot.second)
    floor.scan(SECOND)
    assert floor.refuses("H-T1") == "scan.wrong-record"


def test_goods_go_into_a_tote(floor: Floor) -> None:
    tote = some_tote(floor)
    floor.scan(FIRST, "TEA", "4", "H-T1")
    assert floor.depot.lies(handling_unit_id=tote.id) == {"A-01-01-1": 4}


def test_what_waits_is_put_away_beside_its_like_or_elsewhere_once_that_is_confirmed(floor: Floor) -> None:
    floor.open(Task.RECEIVE)
    assert floor.scan("TEA", "4").prompt.facts[-1] == ("proposed", "A-01-01-1")
    asked = floor.scan(SECOND)
    assert (said(asked), asked.message and asked.message.level) == ("confirm-place", MessageLevel.WARNING)
    assert floor.depot.lies()["UNPLACED"] == 4
    assert said(floor.scan(SECOND)) == "moved"
    assert floor.depot.lies() == {"A-01-01-1": 6, "A-02-01-1": 4}


def test_only_the_same_code_confirms(floor: Floor) -> None:
    floor.open(Task.RECEIVE)
    floor.scan("TEA", SECOND)
    assert said(floor.scan(TABLE)) == "confirm-place"
    assert floor.refuses("C-YES") == "station.not-now"
    assert floor.depot.lies()["UNPLACED"] == 4


def test_a_place_that_takes_no_goods_says_why_and_the_goods_stay_in_hand(floor: Floor, system: Act) -> None:
    from houtai.domain.warehouse.location import LocationKind
    from tests.warehouse.arrange import some_location

    some_location(floor.office, system, floor.depot.warehouse, "D-01", LocationKind.DAMAGED)
    floor.scan(FIRST, "TEA")
    assert floor.refuses("L-SH-D-01") == "warehouse.cannot-place"
    assert said(floor.scan(SECOND)) == "moved"


def test_goods_that_somebody_else_took_meanwhile_are_not_moved_twice(floor: Floor) -> None:
    floor.scan(FIRST, "TEA", "6")
    floor.depot.move(5, floor.depot.first.id, floor.depot.table.id)
    answer = floor.scan(SECOND)
    assert said(answer) == "warehouse.not-in-bin"
    assert floor.depot.lies() == {"A-01-01-1": 1, "P-01": 5, "UNPLACED": 4}
