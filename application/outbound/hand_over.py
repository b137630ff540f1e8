"""The hand-over (交接): parcels scanned onto a carrier's manifest; closing it sends goods, documents and books out at once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final
from uuid import UUID

import attrs

from houtai.application.inventory.issue import Issued
from houtai.application.inventory.ports import RESERVATION_BY_ORDER
from houtai.application.inventory.scope import demand_at
from houtai.application.ledger.post import post
from houtai.application.numbers import HOUSE_TIME, next_number
from houtai.application.outbound.closing import close_done, lock_waves
from houtai.application.outbound.deliver import deliver_arrived
from houtai.application.outbound.lying import where_they_lie
from houtai.application.outbound.ports import PARCELS_OF, PICKS_OF, OutboundTx
from houtai.application.outbound.printers import printer_near
from houtai.application.outbound.serving import facts_of
from houtai.application.outbound.steps import demand_for, keep_manifest, keep_order, keep_parcel, live, parcel_behind
from houtai.application.permission import MERCHANT, WAREHOUSE, needs
from houtai.application.printing.reach import printer_in
from houtai.application.printing.request import RequestPrint, queue_print
from houtai.application.shipping.ports import ON_PARCEL
from houtai.application.warehouse.pick import Leaving, Pick, issue
from houtai.domain import limits
from houtai.domain.act import Act
from houtai.domain.ids import (
    GoodsIssueId,
    JournalId,
    ManifestId,
    OrderId,
    OutboundId,
    PrinterId,
    PrintJobId,
    ReservationId,
    WarehouseId,
    derive,
)
from houtai.domain.inventory.movement import Reason
from houtai.domain.ledger.account import AccountCode, party
from houtai.domain.ledger.journal import credit, debit
from houtai.domain.money import Money
from houtai.domain.outbound.events import GoodsOut, ManifestClosed, OutboundShipped
from houtai.domain.outbound.goods_issue import GOES_TO as ISSUE_GOES_TO
from houtai.domain.outbound.joint import document_of
from houtai.domain.outbound.manifest import Manifest
from houtai.domain.outbound.order import OutboundOrder
from houtai.domain.outbound.parcel import Parcel
from houtai.domain.outbound.refusals import StepTooEarly
from houtai.domain.outbound.state import OutboundKind
from houtai.domain.outbound.work import PickRow, PickState
from houtai.domain.printing.documents import DocumentKind, HandoverManifest, ParcelLine
from houtai.domain.printing.printer import Printer
from houtai.domain.refusal import NotFound
from houtai.domain.shipping.waybill import Waybill
from houtai.domain.warehouse.bins import BinId
from houtai.domain.warehouse.location import Standard

SHIP: Final = "outbound.ship"
DOCUMENT: Final = "manifest"
GOES_TO: Final = {
    OutboundKind.SALES: Standard.CUSTOMER,
    OutboundKind.TRANSFER: Standard.TRANSIT,
    OutboundKind.SUPPLIER_RETURN: Standard.SUPPLIER,
    OutboundKind.OTHER: Standard.CUSTOMER,
    OutboundKind.REPLACEMENT: Standard.CUSTOMER,
}
"""Where goods are for the books of places once a carrier has them."""
LEAVES_FOR: Final = {
    OutboundKind.SALES: Reason.SALE,
    OutboundKind.TRANSFER: Reason.TRANSFER,
    OutboundKind.SUPPLIER_RETURN: Reason.SUPPLIER_RETURN,
    OutboundKind.OTHER: Reason.GOODS_ISSUE,
    OutboundKind.REPLACEMENT: Reason.REPLACEMENT,
}
"""Why they left, in the stock's ledger."""


@attrs.frozen
class OpenManifest:
    """A list for one carrier's parcels of one warehouse."""

    manifest: ManifestId
    warehouse: WarehouseId
    carrier: str = attrs.field(validator=limits.text(1, 40))


@needs(SHIP, along=(WAREHOUSE, MERCHANT))
def open_manifest(tx: OutboundTx, cmd: OpenManifest, act: Act) -> Manifest:
    """An empty manifest with a number; the same id again is the same one. Raises NotFound, Forbidden."""
    demand_at(act, SHIP, tx.warehouses.get(cmd.warehouse))
    known = tx.manifests.find(cmd.manifest)
    if known is not None:
        demand_at(act, SHIP, tx.warehouses.get(known.warehouse_id))
        return known
    manifest = Manifest(cmd.manifest, next_number(tx, "MF", act.at), cmd.warehouse, cmd.carrier)
    return keep_manifest(tx, None, manifest, "opened", act)


@attrs.frozen
class ScanParcel:
    """The manifest, and the parcel whose waybill or code was scanned."""

    manifest: ManifestId
    code: str = attrs.field(validator=limits.text(1, 128))


@needs(SHIP, along=(WAREHOUSE, MERCHANT))
def add_parcel(tx: OutboundTx, cmd: ScanParcel, act: Act) -> Manifest:
    """One parcel more. Raises NotFound, Intercepted, WrongCarrier, NotWeighed, OnManifest, StepTooEarly."""
    manifest = _lock(tx, cmd.manifest, act)
    order, parcel = _scanned(tx, manifest, cmd.code, act)
    if not parcel.waybill:
        raise StepTooEarly(number=parcel.number, step="handed over", missing="it has no waybill number")
    added, listed = manifest.with_parcel(parcel, order)
    keep_parcel(tx, parcel, listed)
    return keep_manifest(tx, manifest, added, "parcel added", act, details={"parcel": parcel.number})


@needs(SHIP, along=(WAREHOUSE, MERCHANT))
def remove_parcel(tx: OutboundTx, cmd: ScanParcel, act: Act) -> Manifest:
    """Without a parcel that stays here; as it was where the parcel is not on it. Raises NotFound, StepTooEarly once closed."""
    manifest = _lock(tx, cmd.manifest, act)
    _, parcel = _scanned(tx, manifest, cmd.code, act)
    shorter = manifest.without(parcel.id)
    if shorter is manifest:
        return manifest
    keep_parcel(tx, parcel, attrs.evolve(parcel, manifest_number=""))
    return keep_manifest(tx, manifest, shorter, "parcel removed", act, details={"parcel": parcel.number})


@needs(SHIP, along=(WAREHOUSE, MERCHANT))
def cancel_manifest(tx: OutboundTx, manifest: ManifestId, act: Act) -> Manifest:
    """Given up while empty. Raises NotFound, StepTooEarly, IllegalMove."""
    before = _lock(tx, manifest, act)
    return keep_manifest(tx, before, before.cancelled(), "cancelled", act)


@attrs.frozen
class CloseManifest:
    """The carrier's driver signs. The list is printed on `printer`, else where the warehouse prints its lists."""

    manifest: ManifestId
    printer: PrinterId | None = None


@needs(SHIP, along=(WAREHOUSE, MERCHANT))
def close_manifest(tx: OutboundTx, cmd: CloseManifest, act: Act) -> Manifest:
    """Everything on it leaves at once: goods out of stock at their cost, orders SHIPPED, the list printed, what it costs accrued.

    The orders go in statements whose number does not grow with them. Raises NotFound, IllegalMove for one that is closed,
    Intercepted, PrinterCannot, and StepTooEarly where it is empty or an order's other parcels are not on it.
    """
    manifest = _lock(tx, cmd.manifest, act)
    closed = manifest.closed(act.at)
    listed = {entry.outbound_id for entry in manifest.entries}
    waves = lock_waves(tx, listed)
    orders = tx.outbound_orders.lock(listed)
    parcels = tx.parcels.lock_by(PARCELS_OF, *orders)
    _demand_whole(manifest, orders, parcels)
    rows = where_they_lie(tx, [row for row in tx.picks.lock_by(PICKS_OF, *orders) if row.state is PickState.PICKED])
    goods = _send(tx, manifest, orders, rows, act)
    going = live(parcels)
    kept = keep_manifest(
        tx, manifest, closed, "closed", act, details={"parcels": closed.parcel_count, "weight_g": closed.weight_g}
    )
    _announce_closed(tx, kept, orders.values())
    left = []
    for order in orders.values():
        mine = tuple(dict.fromkeys(parcel.waybill for parcel in going if parcel.outbound_id == order.id))
        left.append(_ship(tx, kept, order, mine, goods[order.id], act))
    for parcel in going:
        keep_parcel(tx, parcel, parcel.handed_over())
    waybills = tx.waybills.by(ON_PARCEL, *(parcel.id for parcel in going))
    deliver_arrived(tx, left, going, waybills, act)
    close_done(tx, waves.values(), act)
    _accrue(tx, kept, waybills, act)
    _print(tx, kept, orders, cmd.printer, act)
    return kept


def _lock(tx: OutboundTx, manifest_id: ManifestId, act: Act) -> Manifest:
    manifest = tx.manifests.lock_one(manifest_id)
    demand_at(act, SHIP, tx.warehouses.get(manifest.warehouse_id))
    return manifest


def _scanned(tx: OutboundTx, manifest: Manifest, code: str, act: Act) -> tuple[OutboundOrder, Parcel]:
    """The parcel and its order, locked; one of another warehouse is not here. Raises NotFound."""
    parcel_id = parcel_behind(tx, code)
    order = tx.outbound_orders.lock_one(tx.parcels.get(parcel_id).outbound_id)
    if order.warehouse_id != manifest.warehouse_id:
        raise NotFound(what="parcel", key=code)
    demand_for(act, SHIP, order)
    return order, tx.parcels.lock_one(parcel_id)


def _demand_whole(manifest: Manifest, orders: Mapping[OutboundId, OutboundOrder], parcels: Iterable[Parcel]) -> None:
    """Nobody stopped an order meanwhile, and every parcel of each is here: an order leaves with one carrier's one visit."""
    for order in orders.values():
        order.check_not_stopped()
    for parcel in live(parcels):
        if parcel.manifest_number != manifest.number:
            number = orders[parcel.outbound_id].number
            raise StepTooEarly(number=number, step="handed over", missing=f"its parcel {parcel.number} is not on the manifest")


def _send(
    tx: OutboundTx, manifest: Manifest, orders: Mapping[OutboundId, OutboundOrder], rows: Sequence[PickRow], act: Act
) -> dict[OutboundId, list[Issued]]:
    """The picked units out of bins, stock and reservations, and what they cost, by order."""
    leavings = _named(tx, orders, _leavings(tx, orders, rows))
    issued = issue(tx, [leaving for _, leaving in leavings], act, document=DOCUMENT, document_id=manifest.id)
    goods: dict[OutboundId, list[Issued]] = {order_id: [] for order_id in orders}
    for (row, _), made in zip(leavings, issued, strict=True):
        goods[row.outbound_id].append(made)
    for row in rows:
        tx.picks.save(row.moved(PickState.ISSUED))
    return goods


def _leavings(
    tx: OutboundTx, orders: Mapping[OutboundId, OutboundOrder], rows: Sequence[PickRow]
) -> list[tuple[PickRow, Leaving]]:
    """Each picked row with the reservation that it goes out on, cut where one reservation ends. Raises StepTooEarly for none."""
    sources = {OrderId(source_id) for order in orders.values() for source_id in order.sources if source_id is not None}
    open_qty: dict[tuple[OrderId, int, WarehouseId], dict[ReservationId, int]] = {}
    for one in tx.reservations.by(RESERVATION_BY_ORDER, *sorted(sources)):
        if one.open:
            open_qty.setdefault((one.order_id, one.line, one.warehouse_id), {})[one.id] = one.qty
    ends = _ends(tx, orders.values())
    found = []
    for row in rows:
        order = orders[row.outbound_id]
        line, source_id = order.line(row.line).source_line, order.source_of(order.line(row.line))
        held = {} if source_id is None else open_qty.get((OrderId(source_id), line, order.warehouse_id), {})
        left = row.qty
        for reservation_id, qty in list(held.items()):
            part = min(left, qty)
            if part:
                pick = Pick(row.line, row.bin, part)
                found.append((row, Leaving(pick, reservation_id, to=ends[order.id], reason=LEAVES_FOR[order.kind])))
                held[reservation_id] -= part
                left -= part
        if left:
            raise StepTooEarly(number=order.number, step="handed over", missing=f"{left} units of line {line} are not reserved")
    return found


def _ends(tx: OutboundTx, orders: Collection[OutboundOrder]) -> dict[OutboundId, Standard]:
    """Where the goods of each order are for the books of places once they left; of a goods issue its reason says so."""
    others = {
        GoodsIssueId(order.source_id) for order in orders if order.kind is OutboundKind.OTHER and order.source_id is not None
    }
    issues = tx.goods_issues.many(others) if others else {}
    ends = {order.id: GOES_TO[order.kind] for order in orders}
    for order in orders:
        if order.kind is OutboundKind.OTHER and order.source_id in issues:
            ends[order.id] = ISSUE_GOES_TO[issues[GoodsIssueId(order.source_id)].reason]
    return ends


def _named(
    tx: OutboundTx, orders: Mapping[OutboundId, OutboundOrder], leavings: list[tuple[PickRow, Leaving]]
) -> list[tuple[PickRow, Leaving]]:
    """The units with the serials that were scanned when they were checked, each with the units of the bin that it lies in."""
    scanned = {
        (bench.outbound_id, piece.sku_id, piece.serial)
        for bench in tx.bench_checks.many(orders).values()
        for piece in bench.checking.pieces
        if piece.serial
    }
    if not scanned:
        return leavings
    lying = tx.serials.many((sku_id, code) for _, sku_id, code in scanned)
    waiting: dict[tuple[OutboundId, BinId], list[str]] = {}
    for outbound_id, sku_id, code in sorted(scanned, key=str):
        serial = lying.get((sku_id, code))
        if serial is not None and serial.bin_id is not None:
            waiting.setdefault((outbound_id, serial.bin_id), []).append(code)
    found = []
    for row, leaving in leavings:
        here = waiting.get((row.outbound_id, leaving.pick.bin.id), [])
        mine, here[:] = tuple(here[: leaving.pick.qty]), here[leaving.pick.qty :]
        found.append((row, attrs.evolve(leaving, serials=mine)))
    return found


def _announce_closed(tx: OutboundTx, manifest: Manifest, orders: Collection[OutboundOrder]) -> None:
    served = [(order, source_id) for order in orders for source_id in order.sources if source_id is not None]
    tx.emit(
        ManifestClosed(
            manifest.id,
            manifest.number,
            manifest.warehouse_id,
            manifest.carrier,
            outbound_ids=tuple(order.id for order in orders),
            source_ids=tuple(dict.fromkeys(source_id for _, source_id in served)),
            document_ids=tuple(document_of(order, source_id) for order, source_id in served),
        )
    )


def _ship(
    tx: OutboundTx, manifest: Manifest, order: OutboundOrder, waybills: tuple[str, ...], issued: Iterable[Issued], act: Act
) -> OutboundOrder:
    goods: dict[UUID, list[GoodsOut]] = {}
    for one in issued:
        goods.setdefault(one.order_id, []).append(GoodsOut(one.line, one.sku_id, one.qty, one.cost_minor, one.currency))
    shipped = order.shipped()
    out = sum(one.qty for members in goods.values() for one in members)
    packed = sum(line.shipped_qty for line in shipped.lines)
    assert out == packed, f"outbound order {order.number}: {packed} units are in its parcels, {out} left the bins"
    kept = keep_order(tx, order, shipped, "shipped", act, details={"manifest": manifest.number})
    for facts in facts_of(kept):
        mine = () if facts[-1] is None else tuple(goods.get(facts[-1], ()))
        if mine:
            document_id = document_of(kept, facts[-1])
            tx.emit(OutboundShipped(*facts, document_id=document_id, carrier=manifest.carrier, waybills=waybills, goods=mine))
    return kept


def _accrue(tx: OutboundTx, manifest: Manifest, waybills: Iterable[Waybill], act: Act) -> None:
    """What the carrier will bill, as far as it has said: Dr freight cost, Cr freight accrued, one journal for each currency."""
    sums: dict[str, int] = {}
    for waybill in waybills:
        if waybill.charge is not None:
            sums[waybill.charge.currency] = sums.get(waybill.charge.currency, 0) + waybill.charge.minor
    for currency, minor in sorted(sums.items()):
        if minor:
            whose, amount = party("carrier", manifest.carrier), Money(minor, currency)
            post(
                tx,
                id=JournalId(derive(manifest.id, "freight", currency)),
                document=DOCUMENT,
                document_id=manifest.id,
                entries=(debit(AccountCode.FREIGHT_COST, "", amount), credit(AccountCode.FREIGHT_ACCRUED, whose, amount)),
                memo=f"freight of {manifest.number}",
                act=act,
            )


def _print(
    tx: OutboundTx, manifest: Manifest, orders: Mapping[OutboundId, OutboundOrder], wish: PrinterId | None, act: Act
) -> None:
    """The list with a line for the driver's name, where the station, or the warehouse, has a printer for it."""
    settings = tx.dispatch_settings.find(manifest.warehouse_id)
    if wish is not None:
        printer: Printer | None = printer_in(tx, manifest.warehouse_id, wish)
    else:
        usual = None if settings is None else settings.list_printer_id
        kind = DocumentKind.HANDOVER_MANIFEST
        printer = printer_near(tx, kind, manifest.warehouse_id, act.origin.station, usual)
    if printer is None:
        return
    lines = []
    for entry in manifest.entries:
        order = orders[entry.outbound_id]
        where = f"{order.receiver.region} {order.receiver.city}".strip()
        number = order.source_number or order.number
        lines.append(ParcelLine(waybill=entry.waybill, order_no=number, destination=where, weight_g=entry.weight_g))
    document = HandoverManifest(
        number=manifest.number,
        carrier=manifest.carrier,
        warehouse=tx.warehouses.get(manifest.warehouse_id).name,
        closed_on=f"{act.at.astimezone(HOUSE_TIME):%Y-%m-%d %H:%M}",
        parcels=tuple(lines),
    )
    job, station = PrintJobId(derive(manifest.id, "print")), act.origin.station
    queue_print(tx, RequestPrint(job=job, printer=printer.id, document=document, station=station), printer, act)
