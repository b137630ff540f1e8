"""Racks: the bins that are known are locked alone, those of a whole stock together; both write the same."""

from __future__ import annotations

import attrs
import pytest

from houtai.application.office import Office
from houtai.application.warehouse.racks import Racks
from houtai.domain.ids import new_id
from houtai.domain.warehouse.bin_refusals import NotInBin
from houtai.domain.warehouse.bins import BinKey, MoveCause, MoveReason
from tests.conftest import StillClock
from tests.orders.shop import Shop
from tests.outbound.floor import Floor


@pytest.fixture
def floor(office: Office, clock: StillClock) -> Floor:
    made = Floor(Shop(office, clock))
    made.move(made.first, made.aisle, CUP=4)
    return made


def keys(floor: Floor) -> tuple[BinKey, BinKey, BinKey]:
    """The cups' bins on the first shelf and in the aisle, and one on the second shelf that there never was."""
    first, aisle, second = (
        BinKey(floor.warehouse, place.id, floor.shop.sku["CUP"]) for place in (floor.first, floor.aisle, floor.second)
    )
    return first, aisle, second


def test_known_bins_are_locked_alone_and_a_new_one_is_empty(floor: Floor) -> None:
    first, aisle, second = keys(floor)
    with floor.office._store.begin() as tx:
        racks = Racks.lock(tx, [first, second])
        assert {one.key: one.qty for one in racks.bins.values()} == {first: 6, second: 0}
        for missing in (aisle, second):
            with pytest.raises(NotInBin):
                racks.at(missing)
        with pytest.raises(AssertionError, match="only some bins"):
            racks.of(first.stock_key)


def test_a_whole_stock_is_every_bin_that_holds_some(floor: Floor) -> None:
    first, aisle, second = keys(floor)
    with floor.office._store.begin() as tx:
        racks = Racks.lock_stocks(tx, [first.stock_key], [second])
        lying = {one.key: one.qty for one in racks.of(first.stock_key)}
    assert (lying[first], lying[aisle], second in lying) == (6, 4, False)


@pytest.mark.parametrize("emptied_before", [False, True])
def test_what_known_bins_become_is_what_is_written(floor: Floor, emptied_before: bool) -> None:  # a case
    first, aisle, second = keys(floor)
    if emptied_before:  # the bin is there with nothing in it
        floor.move(floor.first, floor.second, CUP=1)
        floor.move(floor.second, floor.first, CUP=1)
    with floor.office._store.begin() as tx:
        racks = Racks.lock(tx, [first, aisle, second])
        cause = MoveCause("test", new_id(), 1, MoveReason.MOVED, floor.act.at, floor.act.actor)
        racks.move(first, second, 2, cause)
        racks.move(aisle, second, 4, attrs.evolve(cause, line=2))
        racks.write()
        tx.commit()
    assert {path: qty for path, (qty, _) in floor.lies("CUP").items()} == {"A-01-01-1": 4, "B-01-01-1": 6}
