"""Transfers over HTTP: goods asked for from another warehouse, sent, received in parts, every gap explained, or called off."""

from __future__ import annotations

import datetime as dt
from typing import Annotated
from uuid import UUID

from msgspec import Meta

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
from houtai.application.outbound.lists import PrintTransfer, print_transfer_sheet
from houtai.application.outbound.transfer_queries import (
    ListTransfers,
    list_transfers,
    show_transfer,
    transfer_timeline,
)
from houtai.application.outbound.transfers import (
    CreateTransfer,
    ReadyTransfer,
    TransferWish,
    create_transfer,
    ready_transfer,
)
from houtai.domain.ids import HandlingUnitId, LocationId, PrinterId, SkuId, TransferId, WarehouseId
from houtai.domain.inventory.refusals import NotStocked, OutOfStock, WarehouseClosed
from houtai.domain.inventory.stock import StockState
from houtai.domain.ledger.refusals import PeriodClosed
from houtai.domain.limits import MAX_LINES
from houtai.domain.outbound.refusals import ChoiceNeeded, StepTooEarly, TooMany
from houtai.domain.outbound.transfer import Gap, GapReason, RoadChoice, Transfer, TransferState
from houtai.domain.refusal import IllegalMove
from houtai.domain.warehouse.bin_refusals import CannotPlace, SerialElsewhere, SerialsNeeded, SerialTaken
from houtai.domain.warehouse.bins import LotId
from houtai.entrypoints.http import wire
from houtai.entrypoints.http.desk import Desk
from houtai.entrypoints.http.orders_out import TimelineListOut, shown, timeline_out
from houtai.entrypoints.http.orders_wire import AddressIn
from houtai.entrypoints.http.outbound_walls import ON_PAPER, PaperWish
from houtai.entrypoints.http.outbound_wire import in_utc
from houtai.entrypoints.http.printing_wire import PrintJobOut, job_out
from houtai.entrypoints.http.routes import Routes

ROUTES = Routes("transfers", "Goods between warehouses: sent, on the road, received, and every unit of the gap explained.")

TransferSeq = Annotated[int, Meta(ge=1, le=MAX_LINES, description="A line of the transfer.")]
Note = Annotated[str, Meta(max_length=500)]
SerialCode = Annotated[str, Meta(min_length=1, max_length=64)]


class TransferLineIn(wire.Wire):
    """So many units of a SKU."""

    sku_id: wire.Id
    qty: wire.Qty


class NewTransfer(wire.Wire, kw_only=True):
    """Goods that are to go from one warehouse to another of the same owner."""

    warehouse_id: wire.Id
    to_warehouse_id: wire.Id
    lines: Annotated[tuple[TransferLineIn, ...], Meta(min_length=1, max_length=MAX_LINES)]
    note: Note = ""
    id: wire.Id | None = None


class TransferQuery(wire.PageQuery):
    """Which transfers, from or to a warehouse."""

    warehouse_id: wire.Id | None = None
    state: TransferState | None = None


class ReadyIn(wire.Wire, kw_only=True):
    """How urgent it is; without a receiver it goes to where the destination sends from."""

    receiver: AddressIn | None = None
    priority: Annotated[int, Meta(ge=0, le=9)] = 0
    ship_by: wire.Moment | None = None


class ReceivedLineIn(wire.Wire, kw_only=True):
    """Units as they came: where they were put (left out: said later), of which lot, with which numbers."""

    line: TransferSeq
    qty: wire.Qty
    state: StockState = StockState.SELLABLE
    to_location_id: wire.Id | None = None
    to_unit_id: wire.Id | None = None
    lot_id: wire.Id | None = None
    serials: Annotated[tuple[SerialCode, ...], Meta(max_length=MAX_LINES)] = ()

    def value(self) -> ReceivedLine:
        """As the use case takes it."""
        return ReceivedLine(
            line=self.line,
            qty=self.qty,
            state=self.state,
            location=None if self.to_location_id is None else LocationId(self.to_location_id),
            unit=None if self.to_unit_id is None else HandlingUnitId(self.to_unit_id),
            lot=None if self.lot_id is None else LotId(self.lot_id),
            serials=self.serials,
        )


class TransferReceipt(wire.Wire, kw_only=True):
    """What came now, and what of it was never sent."""

    lines: Annotated[tuple[ReceivedLineIn, ...], Meta(max_length=MAX_LINES)]
    surplus: Annotated[tuple[TransferLineIn, ...], Meta(max_length=MAX_LINES)] = ()


class GapIn(wire.Wire, kw_only=True):
    """Units on the road that will not arrive; with `claim` the carrier owes them."""

    line: TransferSeq
    qty: wire.Qty
    reason: GapReason
    claim: bool = False
    note: wire.Reason


class TransferSheetWish(PaperWish, kw_only=True):
    """Where it is printed, and what the transfer is for."""

    reason: Annotated[str, Meta(max_length=200)] = ""


class TransferEnd(wire.Wire, kw_only=True):
    """Why it ends; goods on the road need the word what becomes of them."""

    reason: wire.Reason
    choice: RoadChoice | None = None


class TransferLineOut(wire.Wire):
    """Of what was shipped, every unit is received, lost, damaged, miscounted, returned, or outstanding: on the road."""

    seq: int
    sku_id: UUID
    qty: int
    shipped_qty: int
    received_qty: int
    lost_qty: int
    damaged_qty: int
    miscount_qty: int
    returned_qty: int
    outstanding_qty: int


class TransferOut(wire.Versioned, kw_only=True):
    """A transfer."""

    id: UUID
    number: str
    warehouse_id: UUID
    to_warehouse_id: UUID
    state: TransferState
    made_at: dt.datetime
    lines: tuple[TransferLineOut, ...]


def transfer_out(transfer: Transfer) -> TransferOut:
    """A transfer as it goes out, without what its goods cost."""
    return TransferOut(
        id=transfer.id,
        number=transfer.number,
        warehouse_id=transfer.source_id,
        to_warehouse_id=transfer.destination_id,
        state=transfer.state,
        made_at=transfer.made_at,
        lines=tuple(shown(TransferLineOut, line) for line in transfer.lines),
        version=transfer.version,
    )


@ROUTES.post("/transfers", create_transfer, status=201, location="/transfers/{id}", refuses=(NotStocked, WarehouseClosed))
def post_transfer(desk: Desk, body: NewTransfer) -> TransferOut:
    """Draft a transfer."""
    cmd = CreateTransfer(
        transfer=TransferId(desk.new_id(body.id)),
        source=WarehouseId(body.warehouse_id),
        destination=WarehouseId(body.to_warehouse_id),
        lines=tuple(TransferWish(SkuId(line.sku_id), line.qty) for line in body.lines),
        note=body.note,
    )
    return transfer_out(desk.perform(create_transfer, cmd))


@ROUTES.get("/transfers", list_transfers)
def get_transfers(desk: Desk, query: TransferQuery) -> wire.Listed[TransferOut]:
    """List transfers, newest first."""
    warehouse = None if query.warehouse_id is None else WarehouseId(query.warehouse_id)
    states = frozenset() if query.state is None else frozenset({query.state})
    return wire.listed(desk.ask(list_transfers, ListTransfers(query.page(), warehouse, states)), transfer_out)


@ROUTES.get("/transfers/{transfer_id}", show_transfer)
def get_transfer(desk: Desk, transfer_id: wire.Id) -> TransferOut:
    """Look at one transfer."""
    return transfer_out(desk.ask(show_transfer, TransferId(transfer_id)))


@ROUTES.get("/transfers/{transfer_id}/timeline", transfer_timeline)
def get_transfer_timeline(desk: Desk, transfer_id: wire.Id) -> TimelineListOut:
    """See everything that happened to a transfer."""
    return timeline_out(desk.ask(transfer_timeline, TransferId(transfer_id)))


@ROUTES.post("/transfers/{transfer_id}/ready", ready_transfer, match="optional", refuses=(IllegalMove, OutOfStock, StepTooEarly))
def post_transfer_ready(desk: Desk, transfer_id: wire.Id, body: ReadyIn) -> TransferOut:
    """Reserve the goods at the source, all or nothing, and give them to its waves as an outbound order."""
    cmd = ReadyTransfer(
        transfer=TransferId(transfer_id),
        expected_version=desk.version_if_given,
        receiver=None if body.receiver is None else body.receiver.value(),
        priority=body.priority,
        ship_by=in_utc(body.ship_by),
    )
    return transfer_out(desk.perform(ready_transfer, cmd))


@ROUTES.post(
    "/transfers/{transfer_id}/receive",
    receive_transfer,
    match="optional",
    refuses=(StepTooEarly, TooMany, IllegalMove, CannotPlace, SerialsNeeded, SerialTaken, SerialElsewhere, PeriodClosed),
)
def post_transfer_receive(desk: Desk, transfer_id: wire.Id, body: TransferReceipt) -> TransferOut:
    """Take in what came; what was never sent goes into quarantine once somebody else has decided so."""
    cmd = ReceiveTransfer(
        transfer=TransferId(transfer_id),
        lines=tuple(line.value() for line in body.lines),
        surplus=tuple(Surplus(SkuId(line.sku_id), line.qty) for line in body.surplus),
        expected_version=desk.version_if_given,
    )
    return transfer_out(desk.perform(receive_transfer, cmd))


@ROUTES.post(
    "/transfers/{transfer_id}/write-off",
    write_off_gap,
    match="required",
    refuses=(StepTooEarly, TooMany, IllegalMove, PeriodClosed),
)
def post_transfer_write_off(desk: Desk, transfer_id: wire.Id, body: GapIn) -> TransferOut:
    """Explain units on the road that will not arrive: lost, damaged or miscounted, at our cost or the carrier's."""
    gap = Gap(body.line, body.qty, body.reason, body.claim)
    cmd = WriteOffGap(TransferId(transfer_id), gap, desk.expected_version, body.note)
    return transfer_out(desk.perform(write_off_gap, cmd))


@ROUTES.post(
    "/transfers/{transfer_id}/cancel",
    cancel_transfer,
    match="optional",
    refuses=(IllegalMove, ChoiceNeeded, CannotPlace, PeriodClosed),
)
def post_transfer_cancel(desk: Desk, transfer_id: wire.Id, body: TransferEnd) -> TransferOut:
    """End a transfer; goods on the road come back or are written off, and never end silently."""
    cmd = CancelTransfer(TransferId(transfer_id), body.reason, body.choice, desk.version_if_given)
    return transfer_out(desk.perform(cancel_transfer, cmd))


@ROUTES.post("/transfers/{transfer_id}/sheet", print_transfer_sheet, refuses=ON_PAPER)
def post_transfer_sheet(desk: Desk, transfer_id: wire.Id, body: TransferSheetWish) -> PrintJobOut:
    """Print what goes with the goods, with room for what arrives."""
    printer = None if body.printer_id is None else PrinterId(body.printer_id)
    return job_out(desk.perform(print_transfer_sheet, PrintTransfer(TransferId(transfer_id), printer, body.reason)))
