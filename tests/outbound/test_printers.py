"""Which printer a label comes out of: the station's where somebody scanned, else the warehouse's; never another warehouse's."""

from __future__ import annotations

import attrs
import pytest

from houtai.application.office import Office
from houtai.application.outbound.labels import PrintLabels, print_labels
from houtai.application.printing.configure import AddPrinter, EditPrinter, add_printer, edit_printer
from houtai.domain.ids import OutboundId, PrinterId, WarehouseId, new_id
from houtai.domain.outbound.order import OutboundOrder
from houtai.domain.outbound.parcel import ParcelState
from houtai.domain.outbound.planning import BasketShape
from houtai.domain.outbound.state import OutboundState
from houtai.domain.outbound.wave import PickMethod
from houtai.domain.printing.documents import DocumentKind
from houtai.domain.printing.printer import PrinterConfiguration, PrinterState
from houtai.domain.refusal import NotFound
from houtai.domain.shipping.answer import CarrierAnswer, Standing
from houtai.domain.shipping.parcel import Label, LabelFormat
from houtai.domain.warehouse.work import Task
from tests.conftest import StillClock
from tests.inventory.arrange import some_warehouse
from tests.outbound.test_lists import SHEETS
from tests.printing.room import LABELS
from tests.stations.shipping import BOX, Dock, Worker

LABEL = DocumentKind.EXPRESS_WAYBILL.value


@pytest.fixture
def dock(office: Office, clock: StillClock) -> Dock:
    made = Dock(office, clock)
    made.box(BOX)
    return made


def printer(
    dock: Dock, code: str, warehouse: WarehouseId | None = None, configuration: PrinterConfiguration = LABELS
) -> PrinterId:
    made = PrinterId(new_id())
    cmd = AddPrinter(made, code, "面单机", warehouse or dock.warehouse, configuration)
    dock.office.perform(add_printer, cmd, dock.act)
    return made


def lane(dock: Dock, picker: Worker, *orders: OutboundOrder, numbers: bool = True) -> str:
    """The fast lane with these orders picked, with their numbers or while the carrier still owes them; the wave to scan."""
    released = dock.printed if numbers else dock.wave
    made = released(*orders, shape=BasketShape.SINGLE, method=PickMethod.THEN_SORT)
    dock.walk(picker, f"H-LANE{made.wave.number[-4:]}")
    return made.wave.number


def printed_on(dock: Dock, order: OutboundOrder) -> list[PrinterId]:
    return [job.printer_id for job in dock.jobs() if job.subject == dock.waybill(order)]


def test_two_benches_do_not_share_a_printer_and_one_without_its_own_prints_on_the_warehouses(dock: Dock) -> None:
    mine, theirs = printer(dock, "BENCH-1"), printer(dock, "BENCH-2")
    benches = [dock.worker("li", printers={LABEL: mine}), dock.worker("sun", printers={LABEL: theirs}), dock.worker("wu")]
    orders = [dock.released(CUP=1) for _ in benches]
    wave = lane(dock, benches[0], *orders)
    for worker in benches:
        worker.open(Task.CHECK)
        worker.scan(wave, "CUP")
    assert [printed_on(dock, order) for order in orders] == [[mine], [theirs], [dock.printer]]


def test_a_number_that_comes_after_the_scan_is_printed_where_the_piece_was_scanned(dock: Dock) -> None:
    mine = printer(dock, "BENCH-1")
    li, sent = dock.worker("li", printers={LABEL: mine}), dock.released(CUP=1)
    wave = lane(dock, li, sent, numbers=False)
    li.open(Task.CHECK)
    li.scan(wave, "CUP")
    assert dock.jobs() == []
    dock.answer(sent)
    assert printed_on(dock, sent) == [mine]
    assert [job.station_id for job in dock.jobs()] == [dock.now(sent).station_id]


def test_a_further_parcels_label_comes_out_where_it_was_packed(dock: Dock) -> None:
    mine = printer(dock, "BENCH-1")
    li, sent = dock.worker("li", printers={LABEL: mine}), dock.released(CUP=2)
    dock.printed(sent, method=PickMethod.SINGLE)
    dock.walk(li, "H-T1")
    li.open(Task.CHECK)
    li.scan(dock.waybill(sent), "CUP", "CUP", "C-FULL", BOX.code, "CUP", BOX.code, "CUP", "C-DONE")
    assert dock.now(sent).state is OutboundState.PACKED
    second = next(one for one in dock.parcels(sent) if one.state is ParcelState.SEALED and not one.waybill)
    label = Label("HT-SECOND", LabelFormat.ZPL, b"^XA^XZ")
    dock.answer(attrs.evolve(sent, id=OutboundId(second.id)), CarrierAnswer(Standing.DONE, label))
    assert [job.printer_id for job in dock.jobs() if job.subject == "HT-SECOND"] == [mine]
    assert printed_on(dock, sent) == [dock.printer]  # with the wave, before any bench had it


def test_a_station_whose_printer_is_retired_prints_on_the_warehouses(dock: Dock) -> None:
    mine = printer(dock, "BENCH-1")
    li, sent = dock.worker("li", printers={LABEL: mine}), dock.released(CUP=1)
    dock.office.perform(edit_printer, EditPrinter(mine, 1, "面单机", LABELS, PrinterState.RETIRED), dock.act)
    wave = lane(dock, li, sent)
    li.open(Task.CHECK)
    li.scan(wave, "CUP")
    assert printed_on(dock, sent) == [dock.printer]


def test_the_manifest_comes_out_at_the_door_where_it_is_closed(dock: Dock) -> None:
    door = printer(dock, "DOOR", configuration=SHEETS)
    li = dock.worker("li", printers={DocumentKind.HANDOVER_MANIFEST.value: door})
    sent = dock.weighed(li, CUP=1)
    li.open(Task.HAND_OVER)
    li.scan("embedded", sent.waybill, "C-DONE", "C-DONE")
    assert [job.printer_id for job in dock.jobs() if job.kind is DocumentKind.HANDOVER_MANIFEST] == [door]


def test_no_label_is_printed_on_a_printer_of_another_warehouse(dock: Dock) -> None:
    theirs = printer(dock, "ELSEWHERE", some_warehouse(dock.office, dock.act, "NB"))
    dock.dispatch(expected_version=1)
    sent = dock.released(CUP=1)
    made = dock.wave(sent)
    dock.answer(sent)
    with pytest.raises(NotFound, match="printer"):
        dock.office.perform(print_labels, PrintLabels(made.wave.id, theirs), dock.act)
    assert (dock.jobs(), dock.now(sent).state) == ([], OutboundState.WAVED)
