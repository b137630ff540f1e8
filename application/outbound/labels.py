"""Waybill numbers and labels: asked for with the wave, or at the bench; bound when the carrier answers; then printed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import attrs

from houtai.application.outbound.ports import OUTBOUND_IN_WAVE, PARCELS_OF, OutboundTx, parcel_id
from houtai.application.outbound.printers import printer_near
from houtai.application.outbound.steps import demand_for, keep_order, keep_parcel, live
from houtai.application.permission import MERCHANT, WAREHOUSE, needs
from houtai.application.printing.reach import printer_in
from houtai.application.printing.request import RequestPrint, queue_print
from houtai.application.shipping.ports import OF_PARCEL, ON_PARCEL, POOL_OF
from houtai.application.shipping.request import RequestWaybill, ask_waybill
from houtai.domain.act import Act
from houtai.domain.catalog.sku import Sku
from houtai.domain.customers.customer import Address
from houtai.domain.ids import OutboundId, ParcelId, PrinterId, PrintJobId, SkuId, WaveId, WaybillId, derive
from houtai.domain.outbound.order import OutboundOrder
from houtai.domain.outbound.parcel import Parcel
from houtai.domain.outbound.state import OutboundState
from houtai.domain.outbound.work import DispatchSettings
from houtai.domain.printing.documents import DocumentKind, ExpressWaybill
from houtai.domain.printing.parties import Party
from houtai.domain.printing.printer import Printer
from houtai.domain.shipping.events import WaybillBound, WaybillRefused
from houtai.domain.shipping.parcel import Contact, Parcel as BoxToSend, Shipment
from houtai.domain.shipping.refusals import NoCarrierLeft
from houtai.domain.shipping.waybill import ENDED, WaybillState

LABEL: Final = "outbound.label"
_GOODS: Final = 100
_S: Final = OutboundState
_FROM_THE_BENCH: Final = frozenset({_S.CHECKED, _S.PACKED, _S.WEIGHED})
_FROM_THE_WAVE: Final = _FROM_THE_BENCH | {_S.WAVED, _S.PRINTED, _S.PICKING, _S.SHORT, _S.PICKED}


def ask_for_waybill(tx: OutboundTx, order: OutboundOrder, settings: DispatchSettings, act: Act) -> None:
    """`ask_for_waybills` for one order. Raises NoCarrierLeft where every carrier's stock of numbers is at its end."""
    if ask_for_waybills(tx, [order], settings, act):
        raise NoCarrierLeft(carriers=settings.carriers)


def ask_for_waybills(
    tx: OutboundTx, orders: Sequence[OutboundOrder], settings: DispatchSettings, act: Act
) -> list[OutboundOrder]:
    """Ask the warehouse's carriers for the number of each order's first parcel, where it has none and none was asked for.

    The caller has locked the orders. A carrier that has refused the parcel is not asked again; where none is left, nobody is.
    Answers the orders for which no carrier has a number in stock.
    """
    wanting = [order for order in orders if not order.waybill]
    without: list[OutboundOrder] = []
    if not wanting:
        return without
    parcels = {parcel_id(order.id): order for order in wanting}
    tx.waybills.ahead_by(OF_PARCEL, *parcels)
    tx.waybills.ahead_by(ON_PARCEL, *parcels)
    tx.waybill_pools.ahead_by(POOL_OF, *settings.carriers, lock=True)
    skus = tx.skus.many(line.sku_id for order in wanting for line in order.lines)
    asked: dict[ParcelId, int] = dict.fromkeys(parcels, 0)
    refused: dict[ParcelId, set[str]] = {parcel: set() for parcel in parcels}
    for waybill in tx.waybills.by(OF_PARCEL, *parcels):
        asked[waybill.parcel_id] += 1
        if waybill.state is WaybillState.REFUSED:
            refused[waybill.parcel_id].add(waybill.carrier)
    ids = {parcel: WaybillId(derive(parcel, "waybill", count)) for parcel, count in asked.items()}
    tx.waybills.ahead(ids.values())
    for parcel, order in parcels.items():
        own = (order.carrier,) if order.carrier in settings.carriers else ()
        carriers = tuple(one for one in dict.fromkeys((*own, *settings.carriers)) if one not in refused[parcel])
        if carriers and tx.waybills.first(ON_PARCEL, parcel) is None:
            shipment = shipment_of(order, settings, skus)
            wish = RequestWaybill(ids[parcel], parcel, order.warehouse_id, carriers, shipment, order.channel_id)
            try:
                ask_waybill(tx, wish, act)
            except NoCarrierLeft:
                without.append(order)
    return without


def ask_for_parcels(
    tx: OutboundTx, order: OutboundOrder, parcels: Sequence[Parcel], settings: DispatchSettings | None, act: Act
) -> None:
    """Ask the order's carrier for a number of each parcel's own, where a parcel has none and none is asked for.

    An order leaves with one carrier, so no other is asked; one that has refused is asked again, as somebody wants it. The
    caller has locked order and parcels.
    """
    wanting = {parcel.id: parcel for parcel in parcels if not parcel.waybill}
    if not wanting or settings is None:
        return
    asked: dict[ParcelId, int] = dict.fromkeys(wanting, 0)
    standing = set()
    for waybill in tx.waybills.by(OF_PARCEL, *wanting):
        asked[waybill.parcel_id] += 1
        if waybill.state not in ENDED:
            standing.add(waybill.parcel_id)
    skus = tx.skus.many(content.sku_id for parcel in wanting.values() for content in parcel.contents)
    for parcel_id_, parcel in wanting.items():
        if parcel_id_ not in standing:
            shipment = parcel_shipment(order, parcel, settings, skus)
            ours = WaybillId(derive(parcel_id_, "waybill", asked[parcel_id_]))
            wish = RequestWaybill(ours, parcel_id_, order.warehouse_id, (order.carrier,), shipment, order.channel_id)
            ask_waybill(tx, wish, act)


def parcel_shipment(order: OutboundOrder, parcel: Parcel, settings: DispatchSettings, skus: Mapping[SkuId, Sku]) -> Shipment:
    """What the carrier is told of one parcel of several."""
    weight_g = parcel.wrapping_g + sum(skus[content.sku_id].weight_g * content.qty for content in parcel.contents)
    goods = tuple(dict.fromkeys(skus[content.sku_id].code for content in parcel.contents))[:_GOODS]
    return Shipment(settings.sender, contact_of(order.receiver), (BoxToSend(max(1, weight_g)),), goods)


def shipment_of(order: OutboundOrder, settings: DispatchSettings, skus: Mapping[SkuId, Sku]) -> Shipment:
    """What the carrier is told: the goods by name, their weight as far as it is known, at least a gram."""
    weight_g = sum(skus[line.sku_id].weight_g * line.demand_qty for line in order.lines)
    goods = tuple(dict.fromkeys(skus[line.sku_id].code for line in order.lines))[:_GOODS]
    return Shipment(settings.sender, contact_of(order.receiver), (BoxToSend(max(1, weight_g)),), goods)


def contact_of(receiver: Address) -> Contact:
    """The receiver as carriers take one; what is not known is a dash."""
    return Contact(
        name=receiver.recipient or "-",
        phone=receiver.phone or "-",
        region=receiver.region,
        city=receiver.city or "-",
        district=receiver.district,
        address=receiver.street or "-",
        country=receiver.country,
        postcode=receiver.postcode,
    )


def on_waybill_bound(tx: OutboundTx, event: WaybillBound, act: Act) -> None:
    """The order, or a further parcel of it, takes its number; the label is printed where the warehouse has a printer for it.

    It is time in the wave, for the fast lane once the piece was scanned, for a further parcel at once. The printer is that of the
    station which scanned last, where it has one. What was stopped meanwhile is no business of this: its number is voided.
    """
    order = tx.outbound_orders.lock([OutboundId(event.parcel_id)]).get(OutboundId(event.parcel_id))
    if order is None:
        _parcel_bound(tx, event, act)
        return
    if order.stopped or order.waybill == event.number:
        return
    named = attrs.evolve(order, carrier=event.carrier).with_waybill(event.number)
    kept = keep_order(tx, order, named, "waybill", act, details={"carrier": event.carrier, "waybill": event.number})
    settings = tx.dispatch_settings.find(order.warehouse_id)
    if settings is not None and _goes_with_a_label(kept):
        label_if_possible(tx, kept, settings, act)


def _parcel_bound(tx: OutboundTx, event: WaybillBound, act: Act) -> None:
    """A further parcel has its own number; one that was dissolved or stopped, or that is none of ours, takes none."""
    seen = tx.parcels.find(event.parcel_id)
    if seen is None:
        return
    order = tx.outbound_orders.lock_one(seen.outbound_id)
    parcel = tx.parcels.lock_one(event.parcel_id)
    if order.stopped or parcel.waybill or not live([parcel]):
        return
    kept = keep_parcel(tx, parcel, attrs.evolve(parcel, waybill=event.number))
    details = {"parcel": kept.number, "carrier": event.carrier, "waybill": event.number}
    keep_order(tx, order, order, "waybill", act, details=details)
    settings = tx.dispatch_settings.find(order.warehouse_id)
    printer = None if settings is None else _label_printer(tx, order, settings)
    if settings is not None and printer is not None:
        job = PrintJobId(derive(kept.id, "label", kept.waybill))
        document = label_of(order, kept.waybill, settings)
        queue_print(tx, label_wish(order, job, printer, document), printer, act)


def on_waybill_refused(tx: OutboundTx, event: WaybillRefused, act: Act) -> None:
    """That the carrier said no is on the order's timeline, where whoever asks again finds it; another one is asked then."""
    details = {"carrier": event.carrier, "error": event.error}
    order = tx.outbound_orders.lock([OutboundId(event.parcel_id)]).get(OutboundId(event.parcel_id))
    if order is not None:
        if not order.stopped and not order.waybill:
            keep_order(tx, order, attrs.evolve(order, carrier=""), "waybill refused", act, details=details)
        return
    parcel = tx.parcels.find(event.parcel_id)
    if parcel is not None and not parcel.waybill and live([parcel]):
        order = tx.outbound_orders.lock_one(parcel.outbound_id)
        keep_order(tx, order, order, "waybill refused", act, details={"parcel": parcel.number, **details})


def label_if_possible(tx: OutboundTx, order: OutboundOrder, settings: DispatchSettings, act: Act) -> OutboundOrder:
    """`print_label` on the printer of the order's station, else the warehouse's; nothing where there is neither."""
    printer = _label_printer(tx, order, settings)
    return order if printer is None else print_label(tx, order, settings, printer, act)


def _label_printer(tx: OutboundTx, order: OutboundOrder, settings: DispatchSettings) -> Printer | None:
    kind, usual = DocumentKind.EXPRESS_WAYBILL, settings.label_printer_id
    return printer_near(tx, kind, order.warehouse_id, order.station_id, usual)


def print_label(tx: OutboundTx, order: OutboundOrder, settings: DispatchSettings, printer: Printer, act: Act) -> OutboundOrder:
    """Queue the order's label and, where it waits for that in its wave, move it to PRINTED.

    The same label again is the same job: a second copy is a reprint, which says why (printing). The number stays (G-33).
    """
    document = label_of(order, order.waybill, settings)
    queue_print(tx, label_wish(order, label_job(order), printer, document), printer, act)
    if order.state is not OutboundState.WAVED or order.label_after_scan:
        return order
    return keep_order(tx, order, order.printed(), "printed", act, details={"printer": printer.code})


def label_job(order: OutboundOrder) -> PrintJobId:
    """The job of the order's label under the number that it has: another number is another label."""
    return PrintJobId(derive(order.id, "label", order.waybill))


def label_wish(order: OutboundOrder, job: PrintJobId, printer: Printer, document: ExpressWaybill) -> RequestPrint:
    """The label in the look of its carrier or shop, where one was published; the order's station is told what goes wrong."""
    return RequestPrint(
        job=job,
        printer=printer.id,
        document=document,
        carrier=document.carrier,
        channel=order.channel_id,
        station=order.station_id,
    )


def label_of(order: OutboundOrder, waybill: str, settings: DispatchSettings) -> ExpressWaybill:
    """What stands on the label of one parcel; sender and receiver are masked as soon as it is made."""
    receiver = contact_of(order.receiver)
    return ExpressWaybill(
        waybill=waybill,
        carrier=order.carrier[:40],
        sender=_party(settings.sender),
        recipient=_party(receiver),
        order_no=order.number,
        pieces_qty=1,
        route_code=f"{receiver.region}{receiver.city}"[:40],
        sort_code=str(order.slot or ""),
    )


def party_of(receiver: Address) -> Party:
    """The receiver as papers show one: masked as soon as it is made."""
    return _party(contact_of(receiver))


def _party(contact: Contact) -> Party:
    return Party(contact.name[:60], contact.phone[:40], contact.whole_address[:300], contact.company)


@attrs.frozen
class PrintLabels:
    """Print the labels of a wave's orders that have a number and none was printed for, on this printer."""

    wave: WaveId
    printer: PrinterId


@needs(LABEL, along=(WAREHOUSE, MERCHANT))
def print_labels(tx: OutboundTx, cmd: PrintLabels, act: Act) -> tuple[OutboundOrder, ...]:
    """The orders that went to PRINTED now; those without a number wait for theirs.

    Raises NotFound (also for another warehouse's printer), PrinterCannot.
    """
    wave = tx.waves.get(cmd.wave)
    settings = tx.dispatch_settings.get(wave.warehouse_id)
    printer = printer_in(tx, wave.warehouse_id, cmd.printer)
    orders = tx.outbound_orders.lock_by(OUTBOUND_IN_WAVE, wave.id)
    for order in orders:
        demand_for(act, LABEL, order)
    named = [order for order in orders if order.waybill and not order.stopped and _goes_with_a_label(order)]
    jobs = tx.print_jobs.many(label_job(order) for order in named)
    ready = [order for order in named if _awaits_label(order) or label_job(order) not in jobs]
    return tuple(print_label(tx, order, settings, printer, act) for order in ready)


def _awaits_label(order: OutboundOrder) -> bool:
    """Whether its label is due: in the wave, or once the piece was scanned. A second one of the fast lane is the same job."""
    return order.state is (OutboundState.CHECKED if order.label_after_scan else OutboundState.WAVED)


def _goes_with_a_label(order: OutboundOrder) -> bool:
    """Whether a number that comes now is printed at once: its label is due, or the number follows one that is void."""
    return order.state in (_FROM_THE_BENCH if order.label_after_scan else _FROM_THE_WAVE)


@needs(LABEL, along=(WAREHOUSE, MERCHANT))
def ask_again(tx: OutboundTx, outbound_id: OutboundId, act: Act) -> OutboundOrder:
    """Ask the next carrier for a number, where one has refused or nobody was asked; and for parcels that still have none.

    Raises NotFound, Intercepted, NoCarrierLeft.
    """
    order = tx.outbound_orders.lock_one(outbound_id)
    demand_for(act, LABEL, order)
    order.check_not_stopped()
    settings = tx.dispatch_settings.get(order.warehouse_id)
    ask_for_waybill(tx, order, settings, act)
    if order.waybill:
        ask_for_parcels(tx, order, live(tx.parcels.lock_by(PARCELS_OF, order.id)), settings, act)
    return order
