"""Waybill numbers and labels: asked for with the wave, or at the bench; bound when the carrier answers; then printed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import attrs

from houtai.application.outbound.ports import OUTBOUND_IN_WAVE, OutboundTx, parcel_id
from houtai.application.outbound.steps import demand_for, keep_order
from houtai.application.permission import MERCHANT, WAREHOUSE, needs
from houtai.application.printing.request import RequestPrint, queue_print
from houtai.application.printing.void import let_go_of
from houtai.application.shipping.ports import OF_PARCEL, ON_PARCEL, POOL_OF
from houtai.application.shipping.request import RequestWaybill, ask_waybill
from houtai.domain.act import Act
from houtai.domain.catalog.sku import Sku
from houtai.domain.customers.customer import Address
from houtai.domain.ids import OutboundId, ParcelId, PrinterId, PrintJobId, SkuId, WaveId, WaybillId, derive
from houtai.domain.outbound.order import OutboundOrder
from houtai.domain.outbound.state import OutboundState
from houtai.domain.outbound.work import DispatchSettings
from houtai.domain.printing.documents import ExpressWaybill
from houtai.domain.printing.parties import Party
from houtai.domain.printing.printer import Printer
from houtai.domain.shipping.events import WaybillBound, WaybillRefused, WaybillVoided
from houtai.domain.shipping.parcel import Contact, Parcel as BoxToSend, Shipment
from houtai.domain.shipping.waybill import WaybillState

LABEL: Final = "outbound.label"
_GOODS: Final = 100


def ask_for_waybills(tx: OutboundTx, orders: Sequence[OutboundOrder], settings: DispatchSettings, act: Act) -> None:
    """Ask the warehouse's carriers for the number of each order's first parcel, where it has none and none was asked for.

    The caller has locked the orders. A carrier that has refused the parcel is not asked again; where none is left, nobody is.
    """
    wanting = [order for order in orders if not order.waybill]
    if not wanting:
        return
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
            ask_waybill(tx, wish, act)


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
    """The order takes its number, and its label is printed where the warehouse has a printer for labels and it is time.

    It is time in the wave, for the fast lane once the piece was scanned.
    The number of a further parcel, or of an order that was stopped meanwhile, is no business of this: the parcel keeps it, or
    it is voided.
    """
    order = tx.outbound_orders.lock([OutboundId(event.parcel_id)]).get(OutboundId(event.parcel_id))
    if order is None or order.stopped or order.waybill == event.number:
        return
    named = attrs.evolve(order, carrier=event.carrier).with_waybill(event.number)
    kept = keep_order(tx, order, named, "waybill", act, details={"carrier": event.carrier, "waybill": event.number})
    settings = tx.dispatch_settings.find(order.warehouse_id)
    due = kept.state is (OutboundState.CHECKED if kept.label_after_scan else OutboundState.WAVED)
    if settings is not None and settings.label_printer_id is not None and due:
        print_label(tx, kept, settings, tx.printers.get(settings.label_printer_id), act)


def on_waybill_refused(tx: OutboundTx, event: WaybillRefused, act: Act) -> None:
    """That the carrier said no is on the order's timeline, where whoever asks again finds it; another one is asked then."""
    order = tx.outbound_orders.lock([OutboundId(event.parcel_id)]).get(OutboundId(event.parcel_id))
    if order is not None and not order.stopped and not order.waybill:
        details = {"carrier": event.carrier, "error": event.error}
        keep_order(tx, order, attrs.evolve(order, carrier=""), "waybill refused", act, details=details)


def on_waybill_voided(tx: OutboundTx, event: WaybillVoided, act: Act) -> None:
    """The label of the number is not printed any more; a carrier that recycles it may give it to another parcel (G-33)."""
    if event.number:
        let_go_of(tx, event.number, "the waybill is void", act)


def print_label(tx: OutboundTx, order: OutboundOrder, settings: DispatchSettings, printer: Printer, act: Act) -> OutboundOrder:
    """Queue the order's label and, where it waits for that in its wave, move it to PRINTED.

    The same label again is the same job: a second copy is a reprint, which says why (printing). The number stays (G-33).
    """
    sender, receiver = settings.sender, contact_of(order.receiver)
    document = ExpressWaybill(
        waybill=order.waybill,
        carrier=order.carrier[:40],
        sender=_party(sender),
        recipient=_party(receiver),
        order_no=order.number,
        pieces_qty=1,
        route_code=f"{receiver.region}{receiver.city}"[:40],
        sort_code=str(order.slot or ""),
    )
    job = PrintJobId(derive(order.id, "label", order.waybill))
    queue_print(tx, RequestPrint(job=job, printer=printer.id, document=document), printer, act)
    if order.state is not OutboundState.WAVED or order.label_after_scan:
        return order
    return keep_order(tx, order, order.printed(), "printed", act, details={"printer": printer.code})


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
    """The orders that went to PRINTED now; those without a number wait for theirs. Raises NotFound, PrinterCannot."""
    wave = tx.waves.get(cmd.wave)
    settings = tx.dispatch_settings.get(wave.warehouse_id)
    printer = tx.printers.get(cmd.printer)
    orders = tx.outbound_orders.lock_by(OUTBOUND_IN_WAVE, wave.id)
    for order in orders:
        demand_for(act, LABEL, order)
    ready = [order for order in orders if order.state is OutboundState.WAVED and order.waybill and not order.stopped]
    return tuple(print_label(tx, order, settings, printer, act) for order in ready)


@needs(LABEL, along=(WAREHOUSE, MERCHANT))
def ask_again(tx: OutboundTx, outbound_id: OutboundId, act: Act) -> OutboundOrder:
    """Ask the next carrier for a number, where one has refused or nobody was asked. Raises NotFound, Intercepted."""
    order = tx.outbound_orders.lock_one(outbound_id)
    demand_for(act, LABEL, order)
    order.check_not_stopped()
    ask_for_waybills(tx, [order], tx.dispatch_settings.get(order.warehouse_id), act)
    return order
