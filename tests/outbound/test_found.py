"""Found units lie where they were found, on every adapter, and may be promised from there at once."""

from __future__ import annotations

from typing import Any

import pytest

from houtai.application.inventory.adjust import DecideAdjustment, RequestAdjustment, approve_adjustment, request_adjustment
from houtai.application.office import Office
from houtai.application.warehouse.locations import RetireLocation, retire_location
from houtai.domain.ids import AdjustmentId, LocationId, new_id
from houtai.domain.inventory.adjustment import AdjustmentLine
from houtai.domain.inventory.movement import Reason
from houtai.domain.inventory.stock import StockState
from houtai.domain.refusal import InvalidValue
from tests.catalog.arrange import another
from tests.conftest import StillClock
from tests.inventory.arrange import some_warehouse
from tests.orders.shop import Shop
from tests.outbound.floor import Floor
from tests.warehouse.arrange import some_location


@pytest.fixture
def floor(office: Office, clock: StillClock) -> Floor:
    return Floor(Shop(office, clock))


def find(floor: Floor, place: LocationId | None, **line: Any) -> None:
    found = AdjustmentLine(1, floor.shop.sku["CUP"], StockState.SELLABLE, 2, location_id=place, **line)
    wish = RequestAdjustment(AdjustmentId(new_id()), floor.warehouse, Reason.FOUND, (found,))
    asked = floor.office.perform(request_adjustment, wish, floor.act)
    floor.office.perform(approve_adjustment, DecideAdjustment(asked.id, asked.version), another(floor.act))


def test_found_units_lie_where_they_were_found(floor: Floor) -> None:
    find(floor, floor.second.id)
    assert floor.lies("CUP") == {"A-01-01-1": (10, 10), "B-01-01-1": (2, 2)}


def test_without_a_place_or_in_one_that_is_not_in_use_they_wait_to_be_put_away(floor: Floor) -> None:
    gone = floor.place("C-01")
    floor.office.perform(retire_location, RetireLocation(gone.id, gone.version), floor.act)
    far = some_location(floor.office, floor.act, some_warehouse(floor.office, floor.act, "WE"), "W-01")
    for place in (None, gone.id, far.id):
        find(floor, place)
    assert floor.lies("CUP") == {"A-01-01-1": (10, 10), "UNPLACED": (6, 6)}


@pytest.mark.parametrize("line", [{"delta_qty": -1}, {"delta_qty": -1, "to_state": StockState.DAMAGED}])
def test_only_found_units_have_a_place_where_they_were_found(line: dict[str, Any]) -> None:
    with pytest.raises(InvalidValue):
        AdjustmentLine(1, new_id(), StockState.SELLABLE, location_id=LocationId(new_id()), **line)  # type: ignore[arg-type]  # any id
