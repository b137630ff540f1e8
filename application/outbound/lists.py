"""Lists on paper for whoever walks, packs and drives: a wave's pick list, summary and outbound sheets, and a transfer's sheet."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Final

import attrs

from houtai.application.inventory.scope import demand_at
from houtai.application.numbers import HOUSE_TIME
from houtai.application.outbound.labels import LABEL, party_of
from houtai.application.outbound.ports import OUTBOUND_IN_WAVE, RUNS_OF_WAVE, OutboundTx
from houtai.application.outbound.steps import demand_for
from houtai.application.permission import MERCHANT, WAREHOUSE, needs
from houtai.application.printing.reach import printer_in
from houtai.application.printing.request import RequestPrint, queue_print
from houtai.domain import limits
from houtai.domain.act import Act
from houtai.domain.catalog.product import Product
from houtai.domain.catalog.sku import Sku
from houtai.domain.ids import PrinterId, PrintJobId, ProductId, SkuId, TransferId, WarehouseId, WaveId, derive
from houtai.domain.outbound.picking import PickLine
from houtai.domain.outbound.refusals import StepTooEarly
from houtai.domain.outbound.transfer import TransferState
from houtai.domain.outbound.wave import PickMethod, Wave
from houtai.domain.outbound.work import PickRun, RunState
from houtai.domain.printing.documents import (
    Document,
    GoodsLine,
    OutboundSheet,
    PickLine as PaperLine,
    PickList,
    SummarySheet,
    TransferSheet,
)
from houtai.domain.printing.job import PrintJob
from houtai.domain.printing.printer import Printer

METHODS: Final = {
    PickMethod.SINGLE: "摘果",
    PickMethod.CLUSTER: "边拣边分",
    PickMethod.ZONE: "分区拣货",
    PickMethod.THEN_SORT: "先拣后分",
}
_SPEC: Final = 200


@attrs.frozen
class PrintLists:
    """The lists of a wave, on `printer`, else where its warehouse prints its lists."""

    wave: WaveId
    printer: PrinterId | None = None


@needs(LABEL, along=(WAREHOUSE, MERCHANT))
def print_pick_lists(tx: OutboundTx, cmd: PrintLists, act: Act) -> tuple[PrintJob, ...]:
    """One pick list for each walk that is not over, its lines in the order of the walk. The same list again is the same job.

    Raises NotFound, PrinterCannot, and StepTooEarly where nothing is left to pick or the warehouse has no printer for lists.
    """
    wave, printer = _wanted(tx, cmd, act)
    runs = [run for run in tx.pick_runs.by(RUNS_OF_WAVE, wave.id) if run.state is RunState.OPEN and run.picking.queue]
    if not runs:
        raise StepTooEarly(number=wave.number, step="listed", missing="nothing is left to pick")
    goods = _Goods(tx, (line.sku_id for run in runs for line in run.picking.lines))
    jobs = []
    for run in sorted(runs, key=lambda one: (one.zone, one.id)):
        orders = {share.outbound_id for line in run.picking.lines for share in line.shares}
        document = PickList(
            wave=wave.number,
            kind=" ".join(part for part in (METHODS[wave.method], run.zone) if part),
            warehouse=tx.warehouses.get(wave.warehouse_id).name,
            orders_qty=len(orders),
            made_on=_told(wave),
            lines=tuple(_paper_line(line, goods) for line in _walked(run)),
        )
        jobs.append(_queue(tx, document, printer, PrintJobId(derive(run.id, "pick-list", run.version)), act))
    return tuple(jobs)


@needs(LABEL, along=(WAREHOUSE, MERCHANT))
def print_summary(tx: OutboundTx, cmd: PrintLists, act: Act) -> PrintJob:
    """The wave's goods added up by place and SKU, for whoever picks first and sorts then. Raises as `print_pick_lists` does."""
    wave, printer = _wanted(tx, cmd, act)
    runs = tx.pick_runs.by(RUNS_OF_WAVE, wave.id)
    lines = [line for run in sorted(runs, key=lambda one: (one.zone, one.id)) for line in _walked(run)]
    if not lines:
        raise StepTooEarly(number=wave.number, step="listed", missing="nothing is left to pick")
    goods = _Goods(tx, (line.sku_id for line in lines))
    sums: dict[tuple[str, SkuId, str], int] = {}
    for line in lines:
        sums[line.stock] = sums.get(line.stock, 0) + line.rest_qty
    document = SummarySheet(
        number=wave.number,
        warehouse=tx.warehouses.get(wave.warehouse_id).name,
        orders_qty=len(wave.slots),
        made_on=_told(wave),
        lines=tuple(goods.line(sku_id, qty, location=place, lot=lot) for (place, sku_id, lot), qty in sums.items()),
    )
    job = PrintJobId(derive(wave.id, "summary", *(part for run in runs for part in (run.id, run.version))))
    return _queue(tx, document, printer, job, act)


@needs(LABEL, along=(WAREHOUSE, MERCHANT))
def print_outbound_sheets(tx: OutboundTx, cmd: PrintLists, act: Act) -> tuple[PrintJob, ...]:
    """What lies in each parcel of the wave, in the order of its slots; an order that was stopped has none.

    Raises as `print_pick_lists` does.
    """
    wave, printer = _wanted(tx, cmd, act)
    orders = {one.id: one for one in tx.outbound_orders.by(OUTBOUND_IN_WAVE, wave.id) if not one.stopped}
    going = [orders[slot.outbound_id] for slot in wave.slots if slot.outbound_id in orders]
    if not going:
        raise StepTooEarly(number=wave.number, step="listed", missing="every order of it was stopped")
    goods = _Goods(tx, (line.sku_id for order in going for line in order.lines))
    channels = tx.channels.many(order.channel_id for order in going if order.channel_id is not None)
    warehouse = tx.warehouses.get(wave.warehouse_id).name
    jobs = []
    for order in going:
        document = OutboundSheet(
            number=order.number,
            order_no=order.source_number,
            shop="" if order.channel_id is None else channels[order.channel_id].name,
            warehouse=warehouse,
            recipient=party_of(order.receiver),
            made_on=_told(wave),
            lines=tuple(goods.line(line.sku_id, line.demand_qty) for line in order.lines if line.demand_qty),
        )
        job = PrintJobId(derive(order.id, "sheet", order.version))
        wish = RequestPrint(job=job, printer=printer.id, document=document, carrier=order.carrier[:40], channel=order.channel_id)
        jobs.append(queue_print(tx, wish, printer, act))
    return tuple(jobs)


@attrs.frozen
class PrintTransfer:
    """A transfer's sheet, on `printer`, else where its source prints its lists. `reason` is what it is for."""

    transfer: TransferId
    printer: PrinterId | None = None
    reason: str = attrs.field(default="", validator=limits.text(0, 200))


@needs(LABEL, along=(WAREHOUSE, MERCHANT))
def print_transfer_sheet(tx: OutboundTx, cmd: PrintTransfer, act: Act) -> PrintJob:
    """What goes with the goods, as it was asked for, with room for what arrives. The same sheet again is the same job.

    Raises NotFound, PrinterCannot, and StepTooEarly where it was called off or the source has no printer for lists.
    """
    transfer = tx.transfers.get(cmd.transfer)
    ends = tx.warehouses.many((transfer.source_id, transfer.destination_id))
    goods = _Goods(tx, (line.sku_id for line in transfer.lines))
    demand_at(act, LABEL, ends[transfer.source_id], goods.skus.values())
    if transfer.state is TransferState.CANCELLED:
        raise StepTooEarly(number=transfer.number, step="listed", missing="it was called off")
    document = TransferSheet(
        number=transfer.number,
        from_warehouse=ends[transfer.source_id].name,
        to_warehouse=ends[transfer.destination_id].name,
        reason=cmd.reason,
        made_on=_at(transfer.made_at),
        lines=tuple(goods.line(line.sku_id, line.qty) for line in transfer.lines),
    )
    printer = _list_printer(tx, transfer.source_id, cmd.printer, transfer.number)
    return _queue(tx, document, printer, PrintJobId(derive(transfer.id, "sheet", transfer.version)), act)


def _wanted(tx: OutboundTx, cmd: PrintLists, act: Act) -> tuple[Wave, Printer]:
    """The wave, which is all of it this actor's to print, and the printer in its warehouse."""
    wave = tx.waves.get(cmd.wave)
    demand_at(act, LABEL, tx.warehouses.get(wave.warehouse_id))
    for order in tx.outbound_orders.by(OUTBOUND_IN_WAVE, wave.id):
        demand_for(act, LABEL, order)
    return wave, _list_printer(tx, wave.warehouse_id, cmd.printer, wave.number)


def _list_printer(tx: OutboundTx, warehouse_id: WarehouseId, wish: PrinterId | None, number: str) -> Printer:
    """The printer that is named, else the warehouse's for lists. Raises NotFound for one elsewhere, StepTooEarly for none."""
    settings = tx.dispatch_settings.find(warehouse_id)
    printer_id = wish or (None if settings is None else settings.list_printer_id)
    if printer_id is None:
        raise StepTooEarly(number=number, step="listed", missing="the warehouse has no printer for lists")
    return printer_in(tx, warehouse_id, printer_id)


def _queue(tx: OutboundTx, document: Document, printer: Printer, job: PrintJobId, act: Act) -> PrintJob:
    return queue_print(tx, RequestPrint(job=job, printer=printer.id, document=document), printer, act)


def _walked(run: PickRun) -> list[PickLine]:
    """The lines that are still to do, in the order of the walk."""
    return [run.picking.numbered(number) for number in run.picking.queue]


def _told(wave: Wave) -> str:
    return _at(wave.made_at)


def _at(moment: dt.datetime) -> str:
    return f"{moment.astimezone(HOUSE_TIME):%Y-%m-%d %H:%M}"


def _paper_line(line: PickLine, goods: _Goods) -> PaperLine:
    sku = goods.skus[line.sku_id]
    return PaperLine(
        location=line.location,
        sku=sku.code,
        name=goods.name(sku),
        spec=_spec(sku),
        lot=line.lot,
        qty=line.rest_qty,
        slot=line.slot[-20:],
    )


class _Goods:
    """What SKUs are called on paper, read in two statements."""

    def __init__(self, tx: OutboundTx, sku_ids: Iterable[SkuId]) -> None:
        self.skus: Mapping[SkuId, Sku] = tx.skus.many(sku_ids)
        self._products: Mapping[ProductId, Product] = tx.products.many(sku.product_id for sku in self.skus.values())

    def name(self, sku: Sku) -> str:
        return self._products[sku.product_id].title

    def line(self, sku_id: SkuId, qty: int, *, location: str = "", lot: str = "") -> GoodsLine:
        sku = self.skus[sku_id]
        return GoodsLine(sku=sku.code, name=self.name(sku), spec=_spec(sku), lot=lot, location=location, qty=qty)


def _spec(sku: Sku) -> str:
    return " ".join(sku.option_values)[:_SPEC]
