"""Packing (打包): which box is proposed, and what really lies in which parcel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import attrs

from houtai.application.outbound.labels import ask_for_parcels
from houtai.application.outbound.ports import BOX_BY_CODE, BOXES_IN, PARCELS_OF, OutboundTx, OutboundViews, parcel_id
from houtai.application.outbound.steps import demand_for, keep_order, keep_parcel, lock_order
from houtai.application.permission import MERCHANT, WAREHOUSE, needs
from houtai.application.shipping.ports import OF_PARCEL, ON_PARCEL
from houtai.application.shipping.void import UNDOABLE, undo
from houtai.domain import limits
from houtai.domain.act import Act
from houtai.domain.catalog.sku import Sku
from houtai.domain.catalog.standing import Standing
from houtai.domain.ids import OutboundId, ParcelId, SkuId
from houtai.domain.outbound.cartonise import Box, PackingProposal, Piece, propose
from houtai.domain.outbound.order import OutboundOrder
from houtai.domain.outbound.parcel import MAX_PARCELS, Content, Parcel, ParcelState, check_parcels
from houtai.domain.outbound.refusals import StepTooEarly
from houtai.domain.outbound.state import OutboundState
from houtai.domain.refusal import NotFound
from houtai.domain.shipping.waybill import OPEN

PACK: Final = "outbound.pack"


@attrs.frozen
class ProposeBox:
    """Which boxes to take for an order."""

    outbound: OutboundId


@needs(PACK, along=(WAREHOUSE, MERCHANT))
def propose_box(views: OutboundViews, query: ProposeBox, act: Act) -> PackingProposal:
    """The cheapest boxes of the catalogue in use for what was picked; a proposal, the packer scans the box really used.

    Goods without sizes are left out of the reckoning. Raises NotFound, InvalidValue for more pieces than are looked at.
    """
    order = views.outbound_orders.get(query.outbound)
    demand_for(act, PACK, order)
    skus = views.skus.many({line.sku_id for line in order.lines})
    boxes = [one.box for one in views.pack_boxes.by(BOXES_IN, Standing.ACTIVE.value)]
    return propose(pieces_of(order, skus), boxes)


def pieces_of(order: OutboundOrder, skus: Mapping[SkuId, Sku]) -> list[Piece]:
    """One piece for each picked unit of known size, numbered along the lines."""
    found: list[Piece] = []
    for line in order.lines:
        sku = skus[line.sku_id]
        if sku.length_mm and sku.width_mm and sku.height_mm:
            sides = (sku.length_mm, sku.width_mm, sku.height_mm)
            found += [Piece(len(found) + place, *sides, weight_g=sku.weight_g) for place in range(1, line.picked_qty + 1)]
    return found


@attrs.frozen
class PackedParcel:
    """One parcel as it was closed: the box that was scanned (empty: the goods' own), what lies in it (empty: everything).

    `code` is what stands on it as a handling unit; empty for the order's number and a count.
    """

    box: str = attrs.field(default="", validator=limits.text(0, 64))
    contents: tuple[Content, ...] = attrs.field(default=(), validator=limits.at_most(limits.MAX_LINES))
    code: str = attrs.field(default="", validator=limits.text(0, 64))


@attrs.frozen
class Pack:
    """All parcels of an order, whatever was packed of it before."""

    outbound: OutboundId
    parcels: tuple[PackedParcel, ...] = attrs.field(validator=limits.at_most(MAX_PARCELS, 1))


@needs(PACK, along=(WAREHOUSE, MERCHANT))
def pack(tx: OutboundTx, cmd: Pack, act: Act) -> tuple[Parcel, ...]:
    """Close the parcels; together they hold exactly what was checked, and the order is PACKED.

    The first has the order's waybill, each further one a child number of it, or a waybill of its own that is asked for now and
    printed when it comes. Raises NotFound for an
    order or box that is not there, Intercepted, ParcelsDiffer, StepTooEarly before the check or without a waybill number.
    """
    order = lock_order(tx, cmd.outbound, PACK, act)
    order.check_not_stopped()
    if order.state is not OutboundState.CHECKED:
        raise StepTooEarly(number=order.number, step="packed", missing=f"it is {order.state.value}")
    before = {one.id: one for one in tx.parcels.lock_by(PARCELS_OF, order.id)}
    waybills = _numbers(tx, order, len(cmd.parcels))
    boxes = _boxes(tx, cmd.parcels)
    parcels = []
    for number, wish in enumerate(cmd.parcels, start=1):
        plain = Parcel(
            id=parcel_id(order.id, number),
            number=wish.code or f"{order.number}-{number}",
            outbound_id=order.id,
            contents=wish.contents or _everything(order),
            carrier=order.carrier,
            waybill=waybills[number - 1],
        )
        box = boxes.get(wish.box)
        parcels.append(plain.sealed(wish.box, *((0, 0) if box is None else (box.tare_g, box.filler_g))))
    check_parcels(order, parcels)
    packed = order
    for line in order.lines:
        if line.checked_qty:
            packed = packed.with_line(packed.line(line.seq).packed(line.checked_qty))
    closed = packed.all_packed().edited(station_id=act.origin.station)
    kept = keep_order(tx, order, closed, "packed", act, details={"boxes": [one.box_code for one in parcels]})
    made = _keep(tx, parcels, before, act)
    ask_for_parcels(tx, kept, made, tx.dispatch_settings.find(order.warehouse_id), act)
    return made


def _keep(tx: OutboundTx, parcels: Sequence[Parcel], before: Mapping[ParcelId, Parcel], act: Act) -> tuple[Parcel, ...]:
    """Write the parcels, opened ones in their new form; one that is not used again is dissolved and its number void."""
    kept = []
    for parcel in parcels:
        known = before.get(parcel.id)
        if known is not None:
            known.moved(ParcelState.SEALED)  # raises for one that is not on the bench
        kept.append(keep_parcel(tx, known, parcel))
    used = {parcel.id for parcel in parcels}
    spares = [spare for spare in before.values() if spare.state is ParcelState.OPEN and spare.id not in used]
    for spare in spares:
        keep_parcel(tx, spare, spare.stopped().moved(ParcelState.DISSOLVED))
    for waybill in tx.waybills.lock_by(OF_PARCEL, *(spare.id for spare in spares)) if spares else ():
        if waybill.state in UNDOABLE:
            undo(tx, waybill, "the parcel was packed otherwise", act)
    return tuple(kept)


def _everything(order: OutboundOrder) -> tuple[Content, ...]:
    return tuple(Content(line.seq, line.sku_id, line.checked_qty) for line in order.lines if line.checked_qty)


def _numbers(tx: OutboundTx, order: OutboundOrder, count: int) -> tuple[str, ...]:
    """A waybill number for each parcel, empty where none is known: children of the first one's, else waybills of their own."""
    if count == 1:
        return (order.waybill,)
    ids = [parcel_id(order.id, number) for number in range(1, count + 1)]
    standing = {one.parcel_id: one for one in tx.waybills.by(ON_PARCEL, *ids)}
    own = [standing.get(one) for one in ids]
    label = None if own[0] is None else tx.waybill_labels.find(own[0].id)
    children = () if label is None else label.children
    rest = [
        children[place] if place < len(children) else ("" if waybill is None or waybill.state in OPEN else waybill.number)
        for place, waybill in enumerate(own[1:])
    ]
    return (order.waybill, *rest)


def _boxes(tx: OutboundTx, parcels: Sequence[PackedParcel]) -> dict[str, Box]:
    wanted = {one.box for one in parcels if one.box}
    found = {one.box.code: one.box for one in tx.pack_boxes.by(BOX_BY_CODE, *sorted(wanted))} if wanted else {}
    for code in sorted(wanted - set(found)):
        raise NotFound(what="pack box", key=code)
    return found
