"""Waves on every adapter: planned, released with their bins, labels and walks, undone; and what stays out, by name."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

from houtai.application.catalog.describe import EditSku, edit_sku
from houtai.application.catalog.queries import GetSku, get_sku
from houtai.application.office import Office
from houtai.application.outbound.configure import SetTemplate, set_template
from houtai.application.outbound.labels import PrintLabels, ask_again, print_labels
from houtai.application.outbound.plan import usual_method
from houtai.application.outbound.queries import ListWaves, list_waves, show_dispatch, show_wave
from houtai.application.outbound.waves import ReleaseWave, UndoWave, release_wave, undo_wave
from houtai.application.paging import Page
from houtai.application.warehouse.locations import BlockLocation, block_location
from houtai.domain.ids import WarehouseId, WaveId, WaveTemplateId, new_id
from houtai.domain.outbound.paths import WalkMethod
from houtai.domain.outbound.planning import BasketShape, LeftReason, WaveCapacity, WaveTemplate
from houtai.domain.outbound.refusals import StepTooEarly
from houtai.domain.outbound.state import OutboundState
from houtai.domain.outbound.wave import PickMethod, WaveState
from houtai.domain.outbound.work import PickState, RunState
from houtai.domain.refusal import Forbidden, IllegalMove, InvalidValue, NotFound, VersionConflict
from houtai.domain.shipping.answer import CarrierAnswer, Standing as Answer
from houtai.domain.shipping.waybill import WaybillState
from houtai.domain.warehouse.location import Block, Walk
from tests.conftest import StillClock
from tests.orders.shop import Shop
from tests.orders.test_statements import counted
from tests.outbound.floor import Floor
from tests.warehouse.arrange import some_location


@pytest.fixture
def floor(office: Office, clock: StillClock) -> Floor:
    return Floor(Shop(office, clock))


@pytest.fixture
def memory_floor(memory_office: Office, clock: StillClock) -> Floor:
    return Floor(Shop(memory_office, clock))


def undo(floor: Floor, wave: WaveId) -> Any:
    return floor.office.perform(undo_wave, UndoWave(wave, "the carrier does not come today"), floor.act)


def test_new_orders_are_planned_by_shape_and_one_without_a_template_says_why(floor: Floor) -> None:
    one, many = floor.released(CUP=1), floor.released(CUP=1, POT=1)
    plan = floor.plan()
    assert {wave.shape: [order.outbound_id for order in wave.orders] for wave in plan.waves} == {
        BasketShape.SINGLE: [one.id],
        BasketShape.MIXED: [many.id],
    }
    template = WaveTemplate("single", shapes=frozenset({BasketShape.SINGLE}), capacity=WaveCapacity(orders=5))
    cmd = SetTemplate(
        id=WaveTemplateId(new_id()), expected_version=0, warehouse=floor.warehouse, template=template, method=PickMethod.SINGLE
    )
    floor.office.perform(set_template, cmd, floor.act)
    plan = floor.plan()
    assert [wave.template for wave in plan.waves] == ["single"]
    assert [(left.outbound_id, left.reason) for left in plan.left] == [(many.id, LeftReason.NO_TEMPLATE)]
    with pytest.raises(VersionConflict):
        floor.office.perform(set_template, cmd, floor.act)
    assert [one.template.name for one in floor.office.ask(show_dispatch, floor.warehouse, floor.act).templates] == ["single"]


def test_no_wave_takes_more_room_than_its_template_allows(floor: Floor) -> None:
    cups, pot = floor.released(CUP=2, BOWL=1), floor.released(CUP=1, POT=1)
    cup = floor.office.ask(get_sku, GetSku(floor.shop.sku["CUP"]), floor.act)
    sized = EditSku(cup.id, cup.version, weight_g=300, length_mm=101, width_mm=100, height_mm=100)  # 1,010 cubic centimetres
    floor.office.perform(edit_sku, sized, floor.act)

    def planned(volume_cm3: int, version: int) -> tuple[list[list[Any]], list[tuple[Any, LeftReason]]]:
        template = WaveTemplate("by room", capacity=WaveCapacity(volume_cm3=volume_cm3))
        cmd = SetTemplate(
            id=room, expected_version=version, warehouse=floor.warehouse, template=template, method=PickMethod.CLUSTER
        )
        floor.office.perform(set_template, cmd, floor.act)
        plan = floor.plan()
        return [[one.outbound_id for one in wave.orders] for wave in plan.waves], [
            (left.outbound_id, left.reason) for left in plan.left
        ]

    room = WaveTemplateId(new_id())
    assert planned(3_030, 0) == ([[cups.id, pot.id]], [])
    assert planned(3_029, 1) == ([[cups.id], [pot.id]], [])
    assert planned(2_019, 2) == ([[pot.id]], [(cups.id, LeftReason.TOO_LARGE)])


def test_a_wave_binds_every_unit_to_a_bin_and_lays_out_one_walk_with_slots(floor: Floor) -> None:
    first, second = floor.released(CUP=2, POT=1), floor.released(CUP=1)
    made = floor.wave(first, second)
    assert made.left_out == ()
    assert made.wave.state is WaveState.RELEASED
    (run,) = made.runs
    assert [(line.location, line.sku_code, line.qty, line.slot) for line in run.picking.lines] == [
        ("A-01-01-1", "CUP", 2, "1"),
        ("A-01-01-1", "CUP", 1, "2"),
        ("B-01-01-1", "POT", 1, "1"),
    ]
    assert floor.lies("CUP") == {"A-01-01-1": (10, 7)}
    detail = floor.detail(first)
    assert (detail.order.state, detail.order.slot) == (OutboundState.WAVED, 1)
    assert [(row.qty, row.state, row.run_id) for row in detail.picks] == [
        (2, PickState.PROMISED, run.id),
        (1, PickState.PROMISED, run.id),
    ]
    shown = floor.office.ask(show_wave, made.wave.id, floor.act)
    assert (shown.wave, shown.runs) == (made.wave, made.runs)
    assert floor.office.ask(list_waves, ListWaves(Page(), floor.warehouse), floor.act).items == (made.wave,)


def test_the_same_wave_again_is_the_same_wave(floor: Floor) -> None:
    sent = floor.released(CUP=1)
    cmd = ReleaseWave(WaveId(new_id()), floor.warehouse, (sent.id,))
    once = floor.office.perform(release_wave, cmd, floor.act)
    assert floor.office.perform(release_wave, cmd, floor.act).wave == once.wave
    assert floor.lies("CUP") == {"A-01-01-1": (10, 9)}


def test_totals_that_are_sorted_later_and_walks_by_order_and_by_zone(memory_floor: Floor) -> None:
    floor = memory_floor
    orders = [floor.released(CUP=1, POT=1), floor.released(CUP=2)]
    for method, walks in (
        (PickMethod.THEN_SORT, [[("CUP", 3, ""), ("POT", 1, "")]]),
        (PickMethod.SINGLE, [[("CUP", 1, ""), ("POT", 1, "")], [("CUP", 2, "")]]),
        (PickMethod.ZONE, [[("CUP", 1, "1"), ("CUP", 2, "2")], [("POT", 1, "1")]]),
    ):
        made = floor.wave(*orders, method=method)
        found = [[(line.sku_code, line.qty, line.slot) for line in run.picking.lines] for run in made.runs]
        assert found == walks
        undo(floor, made.wave.id)


@pytest.mark.parametrize(
    ("method", "walked"),
    [
        (WalkMethod.S_SHAPE, ["C-01", "D-02", "D-01", "E-01"]),  # up the first aisle, down the second, up the third
        (WalkMethod.COMBINED, ["C-01", "D-01", "D-02", "E-01"]),
        (WalkMethod.SHORTEST, ["C-01", "D-01", "D-02", "E-01"]),
    ],
)
def test_walks_are_laid_out_as_the_warehouse_says(memory_floor: Floor, method: WalkMethod, walked: list[str]) -> None:
    """The first stop lies in front: only an S walks through its aisle to the back, and comes to the second from there."""
    floor = memory_floor
    drawn = (("C-01", 1, 0, "CUP"), ("D-01", 2, 0, "BOWL"), ("D-02", 2, 500, "POT"), ("E-01", 3, 20_000, "TRAY"))
    for path, aisle, y_mm, goods in drawn:
        walk = Walk(x_mm=3_000 * aisle, y_mm=y_mm, aisle=aisle)
        place = some_location(floor.office, floor.act, floor.warehouse, path, walk=walk)
        start = floor.first if goods in ("CUP", "BOWL") else floor.second
        floor.move(start, place, **{goods: 10})
    floor.dispatch(1, label_printer=floor.printer, walk=method)
    made = floor.wave(floor.released(CUP=1, BOWL=1, POT=1, TRAY=1))
    (run,) = made.runs
    assert [line.location for line in sorted(run.picking.lines, key=lambda line: line.sequence)] == walked


def test_an_order_that_lacks_a_bin_stays_out_by_name_and_its_other_goods_are_free_again(floor: Floor) -> None:
    good, short = floor.released(CUP=1), floor.released(CUP=1, TRAY=1)
    floor.office.perform(*_block(floor))
    made = floor.wave(good, short)
    assert made.wave.orders == {good.id}
    (left,) = made.left_out
    assert (left.outbound_id, left.short) == (short.id, (("TRAY", 1),))
    assert floor.now(short).state is OutboundState.NEW
    assert floor.lies("CUP") == {"A-01-01-1": (10, 9)}


def _block(floor: Floor) -> tuple[Any, Any, Any]:
    """Nothing may be taken from the second shelf."""
    return block_location, BlockLocation(floor.second.id, 1, Block(goods_out=True, reason="the rack is bent")), floor.act


def test_a_wave_of_nothing_but_orders_that_are_elsewhere_is_refused(floor: Floor) -> None:
    sent = floor.released(CUP=1)
    floor.wave(sent)
    with pytest.raises(StepTooEarly, match="waved"):
        floor.wave(sent)


def test_waves_are_refused_for_other_warehouses_unknown_settings_and_baskets_that_do_not_fit(memory_floor: Floor) -> None:
    floor = memory_floor
    sent = floor.released(CUP=2)
    with pytest.raises(InvalidValue, match="one piece"):
        floor.wave(sent, shape=BasketShape.SINGLE)
    with pytest.raises(InvalidValue, match="once"):
        floor.wave(sent, sent)
    with pytest.raises(NotFound):
        cmd = ReleaseWave(WaveId(new_id()), floor.warehouse, (sent.id,))
        floor.office.perform(release_wave, attrs.evolve(cmd, warehouse=WarehouseId(new_id())), floor.act)
    with pytest.raises(Forbidden):
        floor.office.perform(release_wave, cmd, floor.stranger("outbound.plan", warehouse=new_id()))
    assert floor.now(sent).state is OutboundState.NEW


def test_the_label_is_printed_when_the_carrier_gives_its_number_and_once_only(floor: Floor) -> None:
    sent = floor.released(CUP=1)
    floor.wave(sent)
    (waybill,) = floor.waybills(sent)
    assert (waybill.carrier, waybill.state, waybill.shipment.weight_g) == ("embedded", WaybillState.REQUESTED, 300)
    floor.answer(sent)
    floor.answer(sent)
    now = floor.now(sent)
    assert (now.state, now.waybill, now.carrier) == (OutboundState.PRINTED, f"HT{sent.id.hex[-10:].upper()}", "embedded")
    (job,) = floor.jobs()
    assert job.subject == now.waybill


def test_a_carrier_that_refuses_is_passed_over_for_the_next_until_none_is_left(floor: Floor) -> None:
    sent = floor.released(CUP=1)
    floor.wave(sent)
    refused = CarrierAnswer(Answer.REFUSED, error="no service there")
    floor.answer(sent, refused)
    for _ in range(2):
        floor.office.perform(ask_again, sent.id, floor.act)
        assert [one.carrier for one in floor.waybills(sent)] == ["embedded", "second"]
    floor.answer(sent, refused)
    floor.office.perform(ask_again, sent.id, floor.act)
    assert [one.state for one in floor.waybills(sent)] == [WaybillState.REFUSED, WaybillState.REFUSED]
    assert floor.now(sent).state is OutboundState.WAVED


def test_labels_without_a_printer_of_their_own_are_printed_on_the_one_that_is_named(floor: Floor) -> None:
    floor.dispatch(expected_version=1)
    sent, waiting = floor.released(CUP=1), floor.released(CUP=1)
    made = floor.wave(sent, waiting)
    floor.answer(sent)
    assert (floor.now(sent).state, floor.jobs()) == (OutboundState.WAVED, [])
    cmd = PrintLabels(made.wave.id, floor.printer)
    assert [order.id for order in floor.office.perform(print_labels, cmd, floor.act)] == [sent.id]
    assert floor.office.perform(print_labels, cmd, floor.act) == ()
    assert (len(floor.jobs()), floor.now(waiting).state) == (1, OutboundState.WAVED)


def test_an_undone_wave_frees_its_bins_and_its_orders_keep_their_numbers(floor: Floor) -> None:
    sent, other = floor.released(CUP=2), floor.released(BOWL=1)
    made = floor.printed(sent, other)
    number = floor.now(sent).waybill
    assert undo(floor, made.wave.id).state is WaveState.CANCELLED
    assert floor.lies("CUP") == {"A-01-01-1": (10, 10)}
    detail = floor.detail(sent)
    assert (detail.order.state, detail.order.waybill, detail.order.wave_id) == (OutboundState.NEW, number, None)
    assert {row.state for row in detail.picks} == {PickState.FREED}
    assert {run.state for run in floor.runs(made)} == {RunState.CANCELLED}
    again = floor.wave(sent)
    assert floor.now(sent).state is OutboundState.PRINTED
    assert (len(floor.waybills(sent)), len(floor.jobs())) == (1, 2)
    assert [row.number for row in floor.detail(sent).picks] == [1, 2]
    assert again.wave.number != made.wave.number


def test_a_wave_that_somebody_picks_is_not_undone(floor: Floor) -> None:
    made = floor.printed(floor.released(CUP=1))
    floor.start(floor.cart())
    with pytest.raises(IllegalMove):
        undo(floor, made.wave.id)


def test_one_piece_waves_wait_for_the_scan_with_their_labels(floor: Floor) -> None:
    sent = floor.released(CUP=1)
    made = floor.wave(sent, shape=BasketShape.SINGLE, method=usual_method(BasketShape.SINGLE))
    floor.answer(sent)
    now = floor.now(sent)
    assert (now.state, now.label_after_scan, bool(now.waybill)) == (OutboundState.WAVED, True, True)
    assert floor.jobs() == []
    assert [line.slot for line in made.runs[0].picking.lines] == [""]


FEW, MANY = 1, 4


def test_four_orders_are_waved_in_as_many_statements_as_one(sql_store: Any, clock: StillClock) -> None:
    floor = Floor(Shop(Office(sql_store, clock), clock))
    counts = []
    for size in (FEW, MANY, FEW):  # where goods lie is known after the first wave of them
        orders = [floor.released(POT=1) for _ in range(size)]
        with counted(sql_store) as sent:
            floor.wave(*orders)
        counts.append(len(sent))
    assert counts[1] == counts[2]
