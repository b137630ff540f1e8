"""Stock by location on every adapter: put away, moved, promised, picked, sent out, doubted, lost and found."""

from __future__ import annotations

import datetime as dt
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from houtai.application.inventory.adjust import DecideAdjustment, RequestAdjustment, approve_adjustment, request_adjustment
from houtai.application.office import Office
from houtai.application.paging import Page
from houtai.application.warehouse.bin_queries import (
    ListBinMoves,
    ListBins,
    list_bin_moves,
    list_bins,
    lots_of_sku,
    serials_of_bin,
    show_bin,
)
from houtai.application.warehouse.carry_unit import CarryUnit, carry_unit
from houtai.application.warehouse.locations import BlockLocation, block_location
from houtai.application.warehouse.lots import (
    JudgeLot,
    RegisterLot,
    RegisterSerials,
    judge_lot,
    register_lot,
    register_serials,
)
from houtai.application.warehouse.move_goods import MoveGoods, MoveLine, move_goods
from houtai.application.warehouse.pick import Leaving, Taking
from houtai.application.warehouse.suspect import DoubtBin, clear_suspect, mark_suspect
from houtai.application.warehouse.units import MakeUnit, make_unit
from houtai.domain.act import Act
from houtai.domain.authority import Dimension, Grant
from houtai.domain.ids import AdjustmentId, HandlingUnitId, LocationId, SkuId, new_id
from houtai.domain.inventory.adjustment import AdjustmentLine
from houtai.domain.inventory.movement import Reason
from houtai.domain.inventory.refusals import NotReserved, WouldUndercut
from houtai.domain.inventory.stock import StockState
from houtai.domain.refusal import AlreadyExists, IllegalMove, InvalidValue, NotFound, VersionConflict
from houtai.domain.warehouse.bin_refusals import (
    AllBinsPromised,
    BinsShort,
    CannotPlace,
    CannotTake,
    NotAllocated,
    NotInBin,
    SerialElsewhere,
    SerialsNeeded,
    SerialTaken,
)
from houtai.domain.warehouse.bins import BinId, LotId, MoveReason
from houtai.domain.warehouse.handling_unit import UnitKind
from houtai.domain.warehouse.location import Block, Capacity, LocationKind, MixPolicy
from houtai.domain.warehouse.lots import LotState, SerialState
from tests.catalog.arrange import another, some_merchant
from tests.inventory.arrange import order, place, receive, some_skus, some_warehouse
from tests.inventory.invariants import broken
from tests.warehouse.arrange import some_location
from tests.warehouse.bins_arrange import Depot, issued, released, returned, some_depot

pytestmark = pytest.mark.breaks("S8", "S11-line", "O1", "O6", "O7-cost")  # there are no orders here, only their ids


@pytest.fixture
def depot(office: Office, system: Act) -> Depot:
    return some_depot(office, system)


def adjust(depot: Depot, delta_qty: int, to_state: StockState | None = None, state: StockState = StockState.SELLABLE) -> None:
    line = AdjustmentLine(1, depot.tea, state, delta_qty, to_state)
    cmd = RequestAdjustment(AdjustmentId(new_id()), depot.warehouse, Reason.LOSS, (line,))
    depot.office.perform(request_adjustment, cmd, depot.act)
    depot.office.perform(approve_adjustment, DecideAdjustment(cmd.adjustment, 1), another(depot.act))


def tote(depot: Depot, at: Any, barcode: str = "H-TOTE-1") -> HandlingUnitId:
    cmd = MakeUnit(HandlingUnitId(new_id()), depot.warehouse, barcode, UnitKind.TOTE, at.id)
    return depot.office.perform(make_unit, cmd, depot.act).id


def test_what_comes_in_waits_unplaced_and_is_put_away(depot: Depot) -> None:
    assert depot.lies() == {"UNPLACED": 10}
    depot.put_away(6, depot.first)
    assert depot.lies() == {"UNPLACED": 4, "A-01-01-1": 6}
    moves = depot.office.ask(list_bin_moves, ListBinMoves(sku_id=depot.tea), depot.act).items
    assert [(one.reason, one.qty, one.seq) for one in moves] == [(MoveReason.PUT_AWAY, 6, 2), (MoveReason.RECEIVED, 10, 1)]


def test_no_more_is_moved_than_is_free_and_a_document_moves_once(depot: Depot) -> None:
    with pytest.raises(NotInBin, match="10 units lie there"):
        depot.put_away(11, depot.first)
    with pytest.raises(NotInBin):
        depot.move(1, depot.first.id, depot.second.id)
    line = MoveLine(depot.tea, 1, depot.unplaced, depot.first.id)
    cmd = MoveGoods(new_id(), depot.warehouse, (line,))
    depot.office.perform(move_goods, cmd, depot.act)
    with pytest.raises(AlreadyExists):
        depot.office.perform(move_goods, cmd, depot.act)
    with pytest.raises(InvalidValue, match="another place"):
        depot.move(1, depot.first.id, depot.first.id)
    assert depot.lies() == {"UNPLACED": 9, "A-01-01-1": 1}


def test_a_place_is_asked_and_names_its_rule(depot: Depot) -> None:
    (cup,) = some_skus(depot.office, depot.act, "CUP")
    receive(depot.office, depot.act, depot.warehouse, (cup, 3))
    small = some_location(depot.office, depot.act, depot.warehouse, "B-01", capacity=Capacity(max_units_qty=5))
    single = some_location(depot.office, depot.act, depot.warehouse, "B-02", mix=MixPolicy.SAME_PRODUCT)
    depot.put_away(5, small)
    depot.put_away(1, single)
    with pytest.raises(CannotPlace, match=r"capacity.*there would be 6"):
        depot.put_away(1, small)
    with pytest.raises(CannotPlace, match="mix"):
        depot.move(1, depot.unplaced, single.id, sku=cup)
    depot.office.perform(block_location, BlockLocation(single.id, 1, Block(goods_out=True, reason="count")), depot.act)
    with pytest.raises(CannotTake, match="count"):
        depot.move(1, single.id, depot.first.id)
    with pytest.raises(NotFound):
        depot.move(1, depot.unplaced, LocationId(depot.tea))  # no such place


def test_a_state_that_changes_on_the_way_changes_the_stock_with_it(depot: Depot) -> None:
    broken_goods = some_location(depot.office, depot.act, depot.warehouse, "D-01", LocationKind.DAMAGED)
    with pytest.raises(CannotPlace, match="state"):
        depot.move(2, depot.unplaced, broken_goods.id)
    depot.move(2, depot.unplaced, broken_goods.id, to_state=StockState.DAMAGED)
    stock = depot.shop.stock(depot.tea)
    assert (stock.sellable_qty, stock.damaged_qty, stock.value_minor) == (8, 2, 5000)
    with pytest.raises(InvalidValue, match="adjustment"):
        depot.move(1, depot.unplaced, depot.first.id, to_state=StockState.SAMPLE)
    depot.office.perform(place, order(depot.shop.channel, (depot.tea, 8)), depot.act)
    with pytest.raises(WouldUndercut):
        depot.move(1, depot.unplaced, broken_goods.id, to_state=StockState.DAMAGED)
    assert broken(depot.office, depot.act, [depot.tea]) == []


def test_a_loss_is_taken_in_a_stated_order_and_never_from_what_is_promised(depot: Depot) -> None:
    depot.put_away(4, depot.second)
    depot.put_away(4, depot.first)
    depot.allocate(3)
    adjust(depot, -3)  # two lie unplaced, then along the paths
    assert depot.lies() == {"A-01-01-1": 3, "A-02-01-1": 4}
    adjust(depot, -4)
    assert sum(depot.lies().values()) == 3
    with pytest.raises(AllBinsPromised, match="0 units are free in the bins, 1 were to go"):
        adjust(depot, -1)
    adjust(depot, 2)
    assert depot.lies()["UNPLACED"] == 2
    assert broken(depot.office, depot.act, [depot.tea]) == []


def test_what_changes_its_state_by_an_adjustment_waits_to_be_carried_away(depot: Depot) -> None:
    depot.put_away(10, depot.first)
    adjust(depot, -3, StockState.DAMAGED)
    assert depot.lies(state=StockState.DAMAGED) == {"UNPLACED": 3}
    assert depot.lies(state=StockState.SELLABLE) == {"A-01-01-1": 7}
    adjust(depot, -3, StockState.SELLABLE, StockState.DAMAGED)
    assert depot.lies() == {"A-01-01-1": 7, "UNPLACED": 3}


def test_goods_are_promised_picked_carried_and_sent_out_with_their_cost(depot: Depot) -> None:
    depot.put_away(6, depot.first)
    (reservation,) = depot.office.perform(place, order(depot.shop.channel, (depot.tea, 7)), depot.act)
    picks = depot.allocate(7)
    assert [(one.qty, one.bin.location_id) for one in picks] == [(6, depot.first.id), (1, depot.unplaced)]
    with pytest.raises(BinsShort, match="TEA: 3 of 4"):
        depot.allocate(4)
    unit = tote(depot, depot.table)
    carried = tuple(depot.take(pick, depot.table.id, to_unit_id=unit) for pick in picks)
    assert depot.lies(handling_unit_id=unit) == {"P-01": 7}
    with pytest.raises(NotInBin):
        depot.move(1, depot.table.id, depot.first.id, from_unit_id=unit)
    leaving = tuple(Leaving(pick, reservation.id) for pick in carried)
    assert depot.office.perform(issued, leaving, depot.act) == 3500
    stock = depot.shop.stock(depot.tea)
    assert (stock.sellable_qty, stock.reserved_qty, stock.value_minor) == (3, 0, 1500)
    assert depot.lies() == {"UNPLACED": 3}
    with pytest.raises(IllegalMove):
        depot.office.perform(issued, leaving[:1], depot.act)
    assert broken(depot.office, depot.act, [depot.tea]) == []


def test_a_part_of_a_reservation_goes_out_and_no_more_than_it_has(depot: Depot) -> None:
    (reservation,) = depot.office.perform(place, order(depot.shop.channel, (depot.tea, 5)), depot.act)
    two, six = depot.allocate(2)[0], depot.allocate(6)[0]
    depot.office.perform(issued, (Leaving(two, reservation.id),), depot.act)
    assert (depot.shop.stock(depot.tea).reserved_qty, depot.shop.stock(depot.tea).sellable_qty) == (3, 8)
    with pytest.raises(NotReserved, match="3 units are reserved, 6"):
        depot.office.perform(issued, (Leaving(six, reservation.id),), depot.act)
    with pytest.raises(NotFound):
        depot.office.perform(issued, (Leaving(six, new_id()),), depot.act)  # type: ignore[arg-type]  # no reservation's id
    (cup,) = some_skus(depot.office, depot.act, "CUP")
    receive(depot.office, depot.act, depot.warehouse, (cup, 6))
    (of_cups,) = depot.office.perform(place, order(depot.shop.channel, (cup, 6)), depot.act)
    with pytest.raises(InvalidValue, match="the goods that leave"):
        depot.office.perform(issued, (Leaving(six, of_cups.id),), depot.act)
    assert broken(depot.office, depot.act, [depot.tea, cup]) == []


def test_an_interception_puts_back_and_a_release_frees(depot: Depot) -> None:
    depot.put_away(6, depot.first)
    (pick,) = depot.allocate(4)
    carried = depot.take(pick, depot.table.id)
    with pytest.raises(InvalidValue, match="no more than the pick has"):
        depot.take(carried, depot.first.id, qty=5)
    depot.office.perform(returned, (Taking(carried, 3, depot.second.id),), depot.act)
    assert {one.path: (one.qty, one.free_qty) for one in depot.bins()} == {
        "UNPLACED": (4, 4),
        "A-01-01-1": (2, 2),
        "A-02-01-1": (3, 3),
        "P-01": (1, 0),
    }
    rest = (attrs_evolved(carried, qty=1),)
    depot.office.perform(released, rest, depot.act)
    with pytest.raises(NotAllocated):
        depot.office.perform(released, rest, depot.act)


def attrs_evolved(pick: Any, **changes: Any) -> Any:
    return type(pick)(**{"line": pick.line, "bin": pick.bin, "qty": pick.qty, **changes})


def test_a_doubted_bin_is_neither_picked_nor_sold_until_it_is_counted(depot: Depot) -> None:
    depot.put_away(6, depot.first)
    depot.allocate(2)
    (there,) = depot.bins(location_id=depot.first.id)
    depot.office.perform(mark_suspect, DoubtBin(there.id), depot.act)
    assert (depot.shop.stock(depot.tea).frozen_qty, depot.shop.stock(depot.tea).available_qty) == (4, 6)
    with pytest.raises(BinsShort, match="4 of 5"):
        depot.allocate(5)
    assert [one.id for one in depot.bins(suspect=True)] == [there.id]
    adjust(depot, -1)  # what was lost was lost where it was missed
    assert depot.shop.stock(depot.tea).frozen_qty == 3
    cleared = depot.office.perform(clear_suspect, DoubtBin(there.id), depot.act)
    assert (cleared.qty, cleared.free_qty, depot.shop.stock(depot.tea).frozen_qty) == (5, 3, 0)
    depot.office.perform(clear_suspect, DoubtBin(there.id), depot.act)  # nothing is left to clear
    assert depot.shop.stock(depot.tea).available_qty == 9


def test_lots_go_out_by_their_date_and_not_while_they_are_held(depot: Depot) -> None:
    lots = [RegisterLot(LotId(new_id()), depot.tea, code, None, day) for code, day in (("B", None), ("A", DAY))]
    for cmd in lots:
        depot.office.perform(register_lot, cmd, depot.act)
    with pytest.raises(AlreadyExists):
        depot.office.perform(register_lot, RegisterLot(LotId(new_id()), depot.tea, "A"), depot.act)
    depot.move(4, depot.unplaced, depot.first.id, to_lot_id=lots[0].lot)
    depot.move(4, depot.unplaced, depot.second.id, to_lot_id=lots[1].lot)
    (pick,) = depot.allocate(1)
    assert pick.bin.lot_id == lots[1].lot
    judged = depot.office.perform(judge_lot, JudgeLot(lots[1].lot, 1, LotState.RECALLED, "glass"), depot.act)
    assert [one.code for one in depot.office.ask(lots_of_sku, depot.tea, depot.act)] == ["A", "B"]
    with pytest.raises(BinsShort, match="6 of 7"):
        depot.allocate(7)
    with pytest.raises(IllegalMove):
        depot.office.perform(judge_lot, JudgeLot(judged.id, 2, LotState.APPROVED, "fine"), depot.act)
    with pytest.raises(VersionConflict):
        depot.office.perform(judge_lot, JudgeLot(judged.id, 1, LotState.APPROVED, "fine"), depot.act)
    with pytest.raises(InvalidValue, match="to_lot_id"):
        depot.move(1, depot.first.id, depot.second.id, lot_id=lots[0].lot, to_lot_id=lots[1].lot)


DAY = dt.date(2026, 11, 22)


def test_serials_follow_their_units(depot: Depot) -> None:
    (waiting,) = depot.bins()
    depot.office.perform(register_serials, RegisterSerials(waiting.id, tuple(f"S{n}" for n in range(9))), depot.act)
    with pytest.raises(NotInBin):
        depot.office.perform(register_serials, RegisterSerials(waiting.id, ("X", "Y")), depot.act)
    with pytest.raises(SerialTaken):
        depot.office.perform(register_serials, RegisterSerials(waiting.id, ("S1",)), depot.act)
    with pytest.raises(SerialsNeeded, match="9 serials would be left for 8"):
        depot.put_away(2, depot.first)
    with pytest.raises(SerialElsewhere):
        depot.move(2, depot.unplaced, depot.first.id, serials=("S1", "ZZ"))
    depot.move(2, depot.unplaced, depot.first.id, serials=("S1", "S4"))
    (there,) = depot.bins(location_id=depot.first.id)
    found = depot.office.ask(serials_of_bin, there.id, depot.act)
    assert [(one.code, one.state) for one in found] == [("S1", SerialState.STORED), ("S4", SerialState.STORED)]
    depot.move(2, depot.first.id, depot.second.id)  # all that lies there, so nobody has to say which
    adjust(depot, -8)
    (left,) = depot.bins()
    assert [one.code for one in depot.office.ask(serials_of_bin, left.id, depot.act)] == ["S1", "S4"]


def test_a_unit_goes_with_everything_in_it(depot: Depot) -> None:
    unit = tote(depot, depot.first)
    depot.put_away(6, depot.first)
    depot.move(5, depot.first.id, depot.first.id, to_unit_id=unit)
    (pick, *_) = depot.allocate(6)
    moved = depot.office.perform(carry_unit, CarryUnit(new_id(), unit, 1, depot.table.id), depot.act)
    assert (moved.location_id, depot.lies(handling_unit_id=unit)) == (depot.table.id, {"P-01": 5})
    assert sum(one.allocated_qty for one in depot.bins()) == 6
    with pytest.raises(CannotPlace, match="stands somewhere else"):
        depot.move(1, depot.unplaced, depot.first.id, to_unit_id=unit)
    with pytest.raises(VersionConflict):
        depot.office.perform(carry_unit, CarryUnit(new_id(), unit, 1, depot.first.id), depot.act)
    with pytest.raises(InvalidValue, match="another place"):
        depot.office.perform(carry_unit, CarryUnit(new_id(), unit, 2, depot.table.id), depot.act)
    assert pick.qty > 0


def test_places_and_their_history_come_in_pages(depot: Depot) -> None:
    skus: list[SkuId] = some_skus(depot.office, depot.act, "X", "Y", "Z")
    receive(depot.office, depot.act, depot.warehouse, *((sku, 2) for sku in skus))
    depot.put_away(3, depot.first)
    seen, cursor = [], ""
    while True:
        page = depot.office.ask(list_bins, ListBins(Page(limit=2, cursor=cursor)), depot.act)
        seen += [one.id for one in page.items]
        if not page.has_more:
            break
        cursor = page.next_cursor
    assert len(seen) == len(set(seen)) == 5
    assert depot.office.ask(show_bin, seen[0], depot.act).id == seen[0]
    first = depot.office.ask(list_bin_moves, ListBinMoves(Page(limit=3), location_id=depot.unplaced), depot.act)
    rest = depot.office.ask(list_bin_moves, ListBinMoves(Page(3, first.next_cursor), location_id=depot.unplaced), depot.act)
    assert (len(first.items), len(rest.items), rest.has_more) == (3, 2, False)
    assert depot.office.ask(list_bin_moves, ListBinMoves(document_id=new_id()), depot.act).items == ()
    depot.move(3, depot.first.id, depot.second.id)
    with pytest.raises(NotFound):
        depot.office.ask(show_bin, BinId(new_id()), depot.act)


def test_two_pickers_are_not_promised_the_same_pieces(sql_store: Any, clock: Any) -> None:
    depot = some_depot(Office(sql_store, clock), Act.of_system(clock.now()))
    start = threading.Barrier(2)

    def promise() -> bool:
        start.wait(10)
        try:
            return bool(depot.allocate(6))
        except BinsShort:
            return False

    with ThreadPoolExecutor(2) as pool:
        assert sorted(one.result(60) for one in [pool.submit(promise) for _ in range(2)]) == [False, True]
    assert [one.allocated_qty for one in depot.bins()] == [6]


def test_a_merchant_sees_its_own_goods_in_its_own_warehouse_alone(office: Office, system: Act, depot: Depot) -> None:
    merchant = some_merchant(office, system)
    (theirs,) = some_skus(office, system, "MUG", merchant=merchant)
    own = some_warehouse(office, system, "THEIRS", merchant)
    for warehouse in (own, depot.warehouse):
        receive(office, system, warehouse, (theirs, 3), unit_minor=0)
    grant = Grant("warehouse.read", {Dimension.MERCHANT: frozenset({merchant})})
    act = another(system, grants=(grant,))
    (seen,) = office.ask(list_bins, ListBins(), act).items
    assert (seen.warehouse_id, seen.qty, seen.merchant_id) == (own, 3, merchant)
    assert len(office.ask(list_bin_moves, ListBinMoves(), act).items) == 1
    for hidden in depot.bins(warehouse_id=depot.warehouse):
        with pytest.raises(NotFound):
            office.ask(show_bin, hidden.id, act)


def test_the_ledger_of_places_cannot_be_rewritten(sql_store: Any, clock: Any) -> None:
    some_depot(Office(sql_store, clock), Act.of_system(clock.now()))
    for statement in ("DELETE FROM bin_moves", "UPDATE bin_moves SET qty = 9"):
        with pytest.raises(DBAPIError, match="append-only"), sql_store.engine.begin() as connection:
            connection.execute(text(statement))


@pytest.mark.parametrize("change", ["qty = -1", "qty = 0", "allocated_qty = 11", "suspect_qty = -1", "filled = 0"])
def test_the_table_itself_refuses_what_cannot_lie_there(sql_store: Any, clock: Any, change: str) -> None:
    some_depot(Office(sql_store, clock), Act.of_system(clock.now()))
    with pytest.raises(DBAPIError), sql_store.engine.begin() as connection:
        connection.execute(text(f"UPDATE bins SET {change}"))  # the test's own words
