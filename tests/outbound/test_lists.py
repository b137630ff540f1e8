"""The lists of a wave on paper: what stands on them, where they come out, and that the same list is one job."""

from __future__ import annotations

import pytest

from houtai.application.office import Office
from houtai.application.outbound.arrivals import CancelTransfer, cancel_transfer
from houtai.application.outbound.lists import (
    PrintLists,
    PrintTransfer,
    print_outbound_sheets,
    print_pick_lists,
    print_summary,
    print_transfer_sheet,
)
from houtai.application.outbound.waves import ReleasedWave
from houtai.application.plain import from_plain
from houtai.application.printing.configure import AddPrinter, add_printer
from houtai.domain.ids import PrinterId, WarehouseId, new_id
from houtai.domain.outbound.planning import BasketShape
from houtai.domain.outbound.refusals import StepTooEarly
from houtai.domain.outbound.wave import PickMethod
from houtai.domain.printing.documents import OutboundSheet, PickList, SummarySheet, TransferSheet
from houtai.domain.printing.job import PrintJob
from houtai.domain.printing.layout import Size
from houtai.domain.printing.printer import PrinterConfiguration, PrinterLanguage, Transport
from houtai.domain.printing.refusals import PrinterCannot
from houtai.domain.refusal import NotFound
from tests.conftest import StillClock
from tests.inventory.arrange import some_warehouse
from tests.orders.shop import Shop
from tests.outbound.between import Between
from tests.outbound.floor import Floor

SHEETS = PrinterConfiguration(PrinterLanguage.PDF, Transport.FILE, "lists", (Size.A4, Size.A5))


class Desk(Floor):
    """A floor with a printer for lists."""

    def __init__(self, shop: Shop) -> None:
        super().__init__(shop)
        self.lists = self.printer_in(self.warehouse, "SHEETS")

    def printer_in(self, warehouse: WarehouseId, code: str) -> PrinterId:
        printer = PrinterId(new_id())
        self.office.perform(add_printer, AddPrinter(printer, code, "打印机", warehouse, SHEETS), self.act)
        return printer

    def pick_lists(self, made: ReleasedWave) -> tuple[PrintJob, ...]:
        return self.office.perform(print_pick_lists, PrintLists(made.wave.id, self.lists), self.act)

    def sheets(self, made: ReleasedWave) -> tuple[PrintJob, ...]:
        return self.office.perform(print_outbound_sheets, PrintLists(made.wave.id, self.lists), self.act)

    def summary(self, made: ReleasedWave) -> PrintJob:
        return self.office.perform(print_summary, PrintLists(made.wave.id, self.lists), self.act)


@pytest.fixture
def desk(office: Office, clock: StillClock) -> Desk:
    return Desk(Shop(office, clock))


def test_a_pick_list_says_in_the_order_of_the_walk_what_to_take_where(desk: Desk) -> None:
    made = desk.wave(desk.released(POT=1, CUP=2), desk.released(CUP=3))
    (job,) = desk.pick_lists(made)
    paper = from_plain(job.payload, PickList)
    assert (paper.wave, paper.orders_qty, paper.kind) == (made.wave.number, 2, "边拣边分")
    assert [(line.location, line.sku, line.qty, line.slot) for line in paper.lines] == [
        ("A-01-01-1", "CUP", 2, "1"),
        ("A-01-01-1", "CUP", 3, "2"),
        ("B-01-01-1", "POT", 1, "1"),
    ]
    assert all(line.name for line in paper.lines)


def test_the_same_list_is_one_job_and_what_is_picked_stands_on_the_next_no_more(desk: Desk) -> None:
    made = desk.printed(desk.released(CUP=1, POT=1))
    (first,) = desk.pick_lists(made)
    assert desk.pick_lists(made) == (first,)
    run = desk.start(desk.cart())
    run = desk.take(run, desk.first, "CUP", slot=run.picking.lines[0].slot)
    (second,) = desk.pick_lists(made)
    assert [line.sku for line in from_plain(second.payload, PickList).lines] == ["POT"]
    desk.take(run, desk.second, "POT", slot=run.picking.lines[1].slot)
    with pytest.raises(StepTooEarly, match="nothing is left to pick"):
        desk.pick_lists(made)


def test_each_zone_has_a_list_of_its_own(desk: Desk) -> None:
    made = desk.wave(desk.released(CUP=1, POT=1), method=PickMethod.ZONE)
    papers = [from_plain(job.payload, PickList) for job in desk.pick_lists(made)]
    assert [(paper.kind, [line.sku for line in paper.lines]) for paper in papers] == [
        ("分区拣货 A", ["CUP"]),
        ("分区拣货 B", ["POT"]),
    ]


def test_a_summary_adds_the_goods_of_all_orders_up(desk: Desk) -> None:
    orders = [desk.released(CUP=1) for _ in range(3)]
    made = desk.wave(*orders, desk.released(POT=1), shape=BasketShape.SINGLE, method=PickMethod.THEN_SORT)
    paper = from_plain(desk.summary(made).payload, SummarySheet)
    assert (paper.number, paper.orders_qty) == (made.wave.number, 4)
    assert [(line.location, line.sku, line.qty) for line in paper.lines] == [("A-01-01-1", "CUP", 3), ("B-01-01-1", "POT", 1)]


def test_an_outbound_sheet_goes_with_each_order_that_was_not_stopped(desk: Desk) -> None:
    kept, stopped = desk.shop.paid(CUP=2), desk.shop.paid(POT=1)
    (first,), (second,) = (desk.hand_over(order).outbound for order in (kept, stopped))
    made = desk.wave(first, second)
    desk.shop.cancel(stopped)
    (job,) = desk.sheets(made)
    paper = from_plain(job.payload, OutboundSheet)
    assert (paper.number, paper.order_no, [(line.sku, line.qty) for line in paper.lines]) == (
        first.number,
        kept.number,
        [("CUP", 2)],
    )
    assert "*" in paper.recipient.name
    desk.shop.cancel(kept)
    with pytest.raises(StepTooEarly, match="was stopped"):
        desk.sheets(made)


def test_lists_need_a_printer_of_this_warehouse_that_holds_their_paper(desk: Desk) -> None:
    made = desk.wave(desk.released(CUP=1))
    with pytest.raises(StepTooEarly, match="no printer for lists"):
        desk.office.perform(print_pick_lists, PrintLists(made.wave.id), desk.act)
    with pytest.raises(PrinterCannot):
        desk.office.perform(print_pick_lists, PrintLists(made.wave.id, desk.printer), desk.act)
    elsewhere = desk.printer_in(some_warehouse(desk.office, desk.act, "GZ"), "OTHER")
    with pytest.raises(NotFound):
        desk.office.perform(print_pick_lists, PrintLists(made.wave.id, elsewhere), desk.act)
    desk.dispatch(1, list_printer=desk.lists)
    (job,) = desk.office.perform(print_pick_lists, PrintLists(made.wave.id), desk.act)
    assert job.printer_id == desk.lists


def test_a_transfers_sheet_goes_with_the_goods_until_it_is_called_off(office: Office, clock: StillClock) -> None:
    between = Between(Shop(office, clock))
    asked, printer = between.draft(CUP=4, BOWL=2), PrinterId(new_id())
    wish = PrintTransfer(asked.id, printer, "补货")
    with pytest.raises(NotFound):
        office.perform(print_transfer_sheet, wish, between.act)
    office.perform(add_printer, AddPrinter(printer, "SHEETS", "打印机", between.shop.warehouse, SHEETS), between.act)
    job = office.perform(print_transfer_sheet, wish, between.act)
    paper = from_plain(job.payload, TransferSheet)
    assert (paper.number, paper.reason, paper.from_warehouse != paper.to_warehouse) == (asked.number, "补货", True)
    assert [(line.sku, line.qty) for line in paper.lines] == [("CUP", 4), ("BOWL", 2)]
    assert office.perform(print_transfer_sheet, wish, between.act) == job
    with pytest.raises(StepTooEarly, match="no printer for lists"):
        office.perform(print_transfer_sheet, PrintTransfer(asked.id), between.act)
    office.perform(cancel_transfer, CancelTransfer(asked.id, "not wanted"), between.act)
    with pytest.raises(StepTooEarly, match="called off"):
        office.perform(print_transfer_sheet, wish, between.act)
