"""Transfers through use cases: asked for, reserved, sent, received in parts and too many, called off, and who may do what."""

from __future__ import annotations

from typing import Any

import pytest

from houtai.application.inventory.configure import EditWarehouse, OpenWarehouse, edit_warehouse, open_warehouse
from houtai.application.office import Office
from houtai.application.outbound.arrivals import (
    CancelTransfer,
    ReceivedLine,
    ReceiveTransfer,
    Surplus,
    WriteOffGap,
    cancel_transfer,
    receive_transfer,
    write_off_gap,
)
from houtai.application.outbound.configure import SetDispatch, set_dispatch
from houtai.application.outbound.intercept import InterceptOrder, intercept_order
from houtai.application.outbound.queries import ListOutbound, list_outbound
from houtai.application.outbound.settle import SendWithout, send_without
from houtai.application.outbound.short import ReportShort, report_short
from houtai.application.outbound.transfers import (
    CreateTransfer,
    ReadyTransfer,
    TransferWish,
    create_transfer,
    ready_transfer,
)
from houtai.application.paging import Page
from houtai.application.warehouse.lots import RegisterLot, register_lot
from houtai.application.warehouse.move_goods import MoveGoods, MoveLine, move_goods
from houtai.domain.authority import Dimension, Grant
from houtai.domain.ids import LocationId, TransferId, WarehouseId, new_id
from houtai.domain.inventory.adjustment import AdjustmentState
from houtai.domain.inventory.refusals import OutOfStock, WarehouseClosed
from houtai.domain.inventory.stock import StockState
from houtai.domain.inventory.warehouse import WarehouseState
from houtai.domain.outbound.refusals import MustReturn, StepTooEarly, TooMany
from houtai.domain.outbound.state import OutboundKind, OutboundState
from houtai.domain.outbound.transfer import Gap, GapReason, RoadChoice, TransferState
from houtai.domain.outbound.wave import PickMethod
from houtai.domain.refusal import (
    AlreadyExists,
    CurrencyMismatch,
    Forbidden,
    IllegalMove,
    InvalidValue,
    NotFound,
    VersionConflict,
)
from houtai.domain.warehouse.bin_refusals import CannotPlace
from houtai.domain.warehouse.bins import LotId
from houtai.domain.warehouse.location import LocationKind, Standard, standard_id
from tests.catalog.arrange import another
from tests.conftest import StillClock
from tests.inventory.arrange import some_warehouse, stock_of
from tests.orders.shop import Shop
from tests.orders.test_statements import counted
from tests.outbound.between import Between
from tests.outbound.floor import CARRIERS
from tests.outbound.way import Way
from tests.shipping.dock import SENDER
from tests.warehouse.arrange import some_location


@pytest.fixture
def between(office: Office, clock: StillClock) -> Between:
    return Between(Shop(office, clock))


@pytest.fixture
def memory_between(memory_office: Office, clock: StillClock) -> Between:
    return Between(Shop(memory_office, clock))


def cancel(between: Between, transfer: Any, choice: RoadChoice | None = None, **more: Any) -> Any:
    return between.office.perform(cancel_transfer, CancelTransfer(transfer.id, "not wanted", choice, **more), between.act)


def test_a_ready_transfer_has_its_goods_reserved_and_an_outbound_order(between: Between) -> None:
    ready = between.ready(CUP=4, BOWL=2)
    outbound = between.outbound_of(ready)
    assert (ready.state, between.shop.reserved("CUP"), between.shop.reserved("BOWL")) == (TransferState.READY, 4, 2)
    assert (outbound.kind, outbound.source_number, outbound.receiver.recipient) == (OutboundKind.TRANSFER, ready.number, "后台仓")
    assert [(line.source_line, line.qty) for line in outbound.lines] == [(1, 4), (2, 2)]


def test_what_is_not_there_is_not_reserved_in_part(memory_between: Between) -> None:
    draft = memory_between.draft(CUP=4, BOWL=11)
    with pytest.raises(OutOfStock):
        memory_between.office.perform(ready_transfer, ReadyTransfer(draft.id), memory_between.act)
    assert (memory_between.transfer(draft).state, memory_between.shop.reserved("CUP")) == (TransferState.DRAFT, 0)


def test_units_keep_their_value_to_the_fen_in_whatever_parts_they_arrive(between: Between) -> None:
    between.shop.take_in(None, CUP=1)
    ready = between.ready(CUP=3)
    sent = between.send(ready)
    for _ in range(3):
        sent = between.receive(sent, 1)
    west = stock_of(between.office, between.act, between.shop.sku["CUP"], between.west)
    assert (sent.state, between.books()[1], west.value_minor, west.sellable_qty) == (TransferState.RECEIVED, 0, 1_500, 3)


def test_goods_are_received_where_they_are_put_and_in_the_state_they_come_in(between: Between) -> None:
    shelf = some_location(between.office, between.act, between.west, "W-01")
    broken = some_location(between.office, between.act, between.west, "D-01", LocationKind.DAMAGED)
    sent = between.sent(CUP=5)
    between.receive(sent, 4, location=shelf.id)
    done = between.receive(sent, 1, location=broken.id, state=StockState.DAMAGED)
    west = stock_of(between.office, between.act, between.shop.sku["CUP"], between.west)
    assert (done.state, west.sellable_qty, west.damaged_qty, west.value_minor) == (TransferState.RECEIVED, 4, 1, 2_500)


def test_damaged_goods_do_not_go_where_goods_are_sold_from_nor_do_samples_come(memory_between: Between) -> None:
    shelf = some_location(memory_between.office, memory_between.act, memory_between.west, "W-01")
    sent = memory_between.sent(CUP=5)
    with pytest.raises(CannotPlace):
        memory_between.receive(sent, 1, location=shelf.id, state=StockState.DAMAGED)
    with pytest.raises(InvalidValue):
        memory_between.receive(sent, 1, state=StockState.SAMPLE)
    with pytest.raises(NotFound):
        memory_between.receive(sent, 1, location=LocationId(new_id()))
    assert memory_between.transfer(sent).outstanding_qty == 5


def test_what_is_too_much_waits_for_somebody_elses_decision(between: Between) -> None:
    sent = between.sent(CUP=5)
    with pytest.raises(TooMany):
        between.receive(sent, 6)
    cup = between.shop.sku["CUP"]
    cmd = ReceiveTransfer(sent.id, (ReceivedLine(1, 5),), (Surplus(cup, 1),))
    done = between.office.perform(receive_transfer, cmd, between.act)
    (asked,) = between.adjustments(between.west)
    assert (done.state, between.on_hand("CUP", between.west)) == (TransferState.RECEIVED, 5)
    assert asked.state is AdjustmentState.REQUESTED
    assert [(line.sku_id, line.state, line.delta_qty) for line in asked.lines] == [(cup, StockState.QUARANTINE, 1)]


def test_nothing_at_all_is_not_received(memory_between: Between) -> None:
    sent = memory_between.sent(CUP=1)
    with pytest.raises(InvalidValue):
        ReceiveTransfer(sent.id)
    with pytest.raises(InvalidValue):
        memory_between.receive(sent, 1, line=2)


def test_nothing_is_received_before_it_left_or_twice(memory_between: Between) -> None:
    ready = memory_between.ready(CUP=2)
    with pytest.raises(StepTooEarly):
        memory_between.receive(ready, 1)
    sent = memory_between.send(ready)
    cmd = ReceiveTransfer(sent.id, (ReceivedLine(1, 1),), expected_version=sent.version)
    memory_between.office.perform(receive_transfer, cmd, memory_between.act)
    with pytest.raises(VersionConflict):
        memory_between.office.perform(receive_transfer, cmd, memory_between.act)


def test_a_lot_travels_with_its_units(between: Between) -> None:
    cup = between.shop.sku["CUP"]
    lots = [LotId(new_id()) for _ in range(2)]
    start = standard_id(between.shop.warehouse, Standard.UNPLACED)
    for number, lot in enumerate(lots):
        between.office.perform(register_lot, RegisterLot(lot, cup, f"LOT{number}"), between.act)
        line = MoveLine(cup, 5, start, between.shelf.id, to_lot_id=lot)
        between.office.perform(move_goods, MoveGoods(new_id(), between.shop.warehouse, (line,)), between.act)
    sent = between.sent(CUP=10)
    with pytest.raises(InvalidValue, match="2 lots"):
        between.receive(sent, 3)
    with pytest.raises(InvalidValue, match="on the road"):
        between.receive(sent, 6, lot=lots[0])
    between.receive(sent, 5, lot=lots[0])
    between.receive(sent, 2)  # only the other lot is left
    assert cancel(between, sent, RoadChoice.RETURN_TO_SOURCE).state is TransferState.RECEIVED
    assert between.lots_at(between.west, cup) == {lots[0]: 5, lots[1]: 2}
    assert between.lots_at(between.shop.warehouse, cup) == {lots[1]: 3}


def test_what_the_carrier_pays_for_is_its_debt_and_not_shrinkage(between: Between) -> None:
    sent = between.sent(CUP=3)
    cmd = WriteOffGap(sent.id, Gap(1, 3, GapReason.DAMAGED, claim=True), sent.version, "the van burnt")
    assert between.office.perform(write_off_gap, cmd, between.act).state is TransferState.RECEIVED
    assert (between.books(), between.shop.balance("carrier-receivable")) == ((28_500, 0, 0), 1_500)


def test_a_loss_is_written_off_within_what_one_may(memory_between: Between) -> None:
    sent = memory_between.sent(CUP=3)
    clerk = another(memory_between.act, grants=(Grant("outbound.write-off", limits={"lost_minor": 1_000}),))
    cmd = WriteOffGap(sent.id, Gap(1, 3, GapReason.LOST), sent.version, "gone")
    with pytest.raises(Forbidden):
        memory_between.office.perform(write_off_gap, cmd, clerk)
    with pytest.raises(VersionConflict):
        memory_between.office.perform(write_off_gap, WriteOffGap(sent.id, Gap(1, 1, GapReason.LOST), 1, "gone"), clerk)
    one = WriteOffGap(sent.id, Gap(1, 2, GapReason.MISCOUNT), sent.version, "two were never put in")
    assert memory_between.office.perform(write_off_gap, one, clerk).outstanding_qty == 1


def test_writing_off_on_the_road_by_cancelling_takes_the_same_right(memory_between: Between) -> None:
    sent = memory_between.sent(CUP=3)
    mover = another(memory_between.act, grants=(Grant("outbound.transfer"),))
    cmd = CancelTransfer(sent.id, "not wanted", RoadChoice.WRITE_OFF)
    with pytest.raises(Forbidden):
        memory_between.office.perform(cancel_transfer, cmd, mover)
    back = CancelTransfer(sent.id, "not wanted", RoadChoice.RETURN_TO_SOURCE)
    assert memory_between.office.perform(cancel_transfer, back, mover).state is TransferState.CANCELLED


@pytest.mark.parametrize("moment", ["ready", "picked", "weighed"])
def test_called_off_before_it_left_nothing_stays_reserved(between: Between, moment: str) -> None:
    ready = between.ready(CUP=4)
    {"ready": lambda _: None, "picked": between.picked_for, "weighed": between.weighed_for}[moment](ready)
    assert cancel(between, ready).state is TransferState.CANCELLED
    outbound = between.outbound_of(ready)
    assert between.shop.reserved("CUP") == 0
    if moment != "ready":
        assert outbound.state is OutboundState.INTERCEPTED
        outbound = between.put_back(outbound, "CUP", 4)
    assert (outbound.state, between.promised(outbound.id)) == (OutboundState.CANCELLED, 0)
    assert between.transfer(ready).state is TransferState.CANCELLED


def test_stopped_by_its_warehouse_it_is_a_draft_again_and_may_go_later(between: Between) -> None:
    ready = between.ready(CUP=4)
    outbound = between.picked_for(ready)
    between.office.perform(intercept_order, InterceptOrder(outbound.id, "the lorry broke down"), between.act)
    assert between.transfer(ready).state is TransferState.READY
    between.put_back(between.outbound_of(ready), "CUP", 4)
    assert (between.transfer(ready).state, between.shop.reserved("CUP")) == (TransferState.DRAFT, 0)
    again = between.office.perform(ready_transfer, ReadyTransfer(ready.id), between.act)
    assert between.send(again).state is TransferState.IN_TRANSIT
    assert between.story(ready) == ["created", "ready", "recalled", "ready", "sent"]


def test_a_draft_is_just_given_up_and_what_is_over_stays_over(memory_between: Between) -> None:
    draft = memory_between.draft(CUP=1)
    with pytest.raises(VersionConflict):
        cancel(memory_between, draft, expected_version=7)
    cancel(memory_between, draft)
    with pytest.raises(IllegalMove):
        cancel(memory_between, draft)
    with pytest.raises(IllegalMove):
        memory_between.office.perform(ready_transfer, ReadyTransfer(draft.id), memory_between.act)


def test_what_left_is_not_stopped_at_the_source_any_more(memory_between: Between) -> None:
    sent = memory_between.sent(CUP=1)
    with pytest.raises(MustReturn):
        stop = InterceptOrder(memory_between.outbound_of(sent).id, "too late")
        memory_between.office.perform(intercept_order, stop, memory_between.act)


def ask(between: Between, **changes: Any) -> Any:
    wish: dict[str, Any] = {
        "transfer": TransferId(new_id()),
        "source": between.shop.warehouse,
        "destination": between.west,
        "lines": (TransferWish(between.shop.sku["CUP"], 1),),
    }
    return between.office.perform(create_transfer, CreateTransfer(**(wish | changes)), between.act)


def test_the_same_transfer_is_not_made_twice(memory_between: Between) -> None:
    made = ask(memory_between)
    with pytest.raises(AlreadyExists):
        ask(memory_between, transfer=made.id)


def test_both_ends_are_open_of_one_owner_and_one_currency(memory_between: Between) -> None:
    office, act = memory_between.office, memory_between.act
    with pytest.raises(InvalidValue):
        ask(memory_between, destination=memory_between.shop.warehouse)
    with pytest.raises(NotFound):
        ask(memory_between, destination=WarehouseId(new_id()))
    abroad = OpenWarehouse(WarehouseId(new_id()), "US", "abroad", currency="USD")
    office.perform(open_warehouse, abroad, act)
    with pytest.raises(CurrencyMismatch):
        ask(memory_between, destination=abroad.warehouse)


def test_a_closed_warehouse_sends_and_takes_in_no_transfer(memory_between: Between) -> None:
    closed = EditWarehouse(memory_between.west, 1, "closed", WarehouseState.CLOSED)
    memory_between.office.perform(edit_warehouse, closed, memory_between.act)
    with pytest.raises(WarehouseClosed):
        ask(memory_between)


def test_without_an_address_a_transfer_is_not_sent(memory_between: Between) -> None:
    office, act = memory_between.office, memory_between.act
    bare = OpenWarehouse(WarehouseId(new_id()), "NO", "nowhere")
    office.perform(open_warehouse, bare, act)
    made = ask(memory_between, destination=bare.warehouse)
    with pytest.raises(StepTooEarly, match="address"):
        office.perform(ready_transfer, ReadyTransfer(made.id), act)


def test_whoever_works_at_the_source_sends_and_whoever_works_at_the_destination_receives(memory_between: Between) -> None:
    def clerk(warehouse: WarehouseId) -> Any:
        within = {Dimension.WAREHOUSE: frozenset({warehouse})}
        return another(memory_between.act, grants=(Grant("outbound.*", within),))

    source, destination = clerk(memory_between.shop.warehouse), clerk(memory_between.west)
    draft = memory_between.draft(CUP=1)
    with pytest.raises(Forbidden):
        memory_between.office.perform(ready_transfer, ReadyTransfer(draft.id), destination)
    memory_between.office.perform(ready_transfer, ReadyTransfer(draft.id), source)
    sent = memory_between.send(draft)
    cmd = ReceiveTransfer(sent.id, (ReceivedLine(1, 1),))
    with pytest.raises(Forbidden):
        memory_between.office.perform(receive_transfer, cmd, source)
    assert memory_between.office.perform(receive_transfer, cmd, destination).state is TransferState.RECEIVED


def test_the_statements_of_a_transfer_do_not_grow_with_its_lines(sql_store: Any, clock: StillClock) -> None:
    between = Between(Shop(Office(sql_store, clock), clock))
    counts, four = [], {"CUP": 1, "BOWL": 1, "POT": 1, "TRAY": 1}
    known = between.sent(**four)  # so that everything is known there
    between.office.perform(
        receive_transfer, ReceiveTransfer(known.id, tuple(ReceivedLine(seq, 1) for seq in (1, 2, 3, 4))), between.act
    )
    for units in ({"CUP": 1}, four):
        draft = between.draft(**units)
        with counted(sql_store) as ready:
            between.office.perform(ready_transfer, ReadyTransfer(draft.id), between.act)
        sent = between.send(draft)
        lines = tuple(ReceivedLine(line.seq, 1) for line in sent.lines)
        with counted(sql_store) as received:
            between.office.perform(receive_transfer, ReceiveTransfer(sent.id, lines), between.act)
        counts.append((len(ready), len(received)))
    assert counts[1][0] <= counts[0][0]
    assert counts[1][1] <= counts[0][1]


def test_a_transfer_goes_without_what_is_missing(way: Way) -> None:
    west = some_warehouse(way.office, way.act, "WE")
    settings = SetDispatch(warehouse=west, expected_version=0, sender=SENDER, carriers=CARRIERS)
    way.office.perform(set_dispatch, settings, way.act)
    made = CreateTransfer(TransferId(new_id()), way.warehouse, west, (TransferWish(way.shop.sku["CUP"], 3),))
    way.office.perform(create_transfer, made, way.act)
    way.office.perform(ready_transfer, ReadyTransfer(made.transfer), way.act)
    (row,) = way.office.ask(list_outbound, ListOutbound(Page(), source=made.transfer), way.act).items
    way.printed(row.order, method=PickMethod.SINGLE)
    run = way.start(way.new_tote())
    way.take(run, way.first, "CUP", 2)
    way.office.perform(report_short, ReportShort(run.id, way.first.path), way.act)
    kept = way.office.perform(send_without, SendWithout(row.order.id, "one is missing"), way.act)
    assert (kept.state, way.shop.cases()) == (OutboundState.PICKED, [])
    way.leaves(row.order)
    cmd = ReceiveTransfer(made.transfer, (ReceivedLine(1, 2),))
    assert way.office.perform(receive_transfer, cmd, way.act).state is TransferState.RECEIVED
    assert way.shop.reserved("CUP") == 0


@pytest.fixture
def way(office: Office, clock: StillClock) -> Way:
    return Way(Shop(office, clock))
