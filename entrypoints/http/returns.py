"""Goods that come back over HTTP: received and looked at for their claim, sent to the buyer again, and parcels of nobody."""

from __future__ import annotations

from houtai.application.aftersales.inspect import Found, InspectReturn, inspect_return
from houtai.application.aftersales.parcels import (
    AssignParcel,
    SendParcelBack,
    TakeDownParcel,
    assign_parcel,
    send_parcel_back,
    take_down_parcel,
)
from houtai.application.aftersales.queries import ListReturnParcels, list_return_parcels, show_return_parcel
from houtai.application.aftersales.reship import GoingBack, SendBack, send_goods_back
from houtai.application.aftersales.returns import CameBack, ReceiveReturn, receive_return
from houtai.domain.aftersales.refusals import ClaimWaits, MoreThanCame, MoreThanKept, NoSuchLine
from houtai.domain.aftersales.return_parcel import FoundGoods
from houtai.domain.ids import ClaimId, HandlingUnitId, LocationId, ReturnParcelId, SkuId, WarehouseId
from houtai.domain.inventory.refusals import NotEnoughOnHand, NotStocked
from houtai.domain.ledger.refusals import PeriodClosed
from houtai.domain.payments.refusals import RefundOverRest
from houtai.domain.refusal import IllegalMove
from houtai.domain.warehouse.bin_refusals import CannotPlace, NotInBin, SerialElsewhere, SerialsNeeded, SerialTaken
from houtai.domain.warehouse.bins import LotId
from houtai.entrypoints.http import claims_out as out, claims_wire as forms, wire
from houtai.entrypoints.http.claims import QUOTED
from houtai.entrypoints.http.desk import Desk
from houtai.entrypoints.http.routes import Routes

ROUTES = Routes("returns", "The returns desk: what came back, what it is like, what becomes of it, and parcels of nobody.")

PLACED = (NotStocked, CannotPlace, SerialTaken, SerialElsewhere, SerialsNeeded, NotInBin, NotEnoughOnHand, PeriodClosed)
RECEIVED = (ClaimWaits, NoSuchLine, MoreThanKept, IllegalMove, *PLACED)


def _location(location_id: wire.Id | None) -> LocationId | None:
    return None if location_id is None else LocationId(location_id)


def _lot(lot_id: wire.Id | None) -> LotId | None:
    return None if lot_id is None else LotId(lot_id)


def _unit(unit_id: wire.Id | None) -> HandlingUnitId | None:
    return None if unit_id is None else HandlingUnitId(unit_id)


def _came_back(lines: tuple[forms.CameBackIn, ...]) -> tuple[CameBack, ...]:
    return tuple(
        CameBack(
            line=one.line,
            qty=one.qty,
            location=_location(one.location_id),
            lot=_lot(one.lot_id),
            serials=one.serials,
            unit=_unit(one.unit_id),
        )
        for one in lines
    )


@ROUTES.post("/claims/{claim_id}/receive", receive_return, refuses=RECEIVED)
def post_claim_receive(desk: Desk, claim_id: wire.Id, body: forms.ReturnReceipt) -> out.ClaimOut:
    """Take goods in for a claim: fewer or more than were claimed, other lines of the order as well."""
    lines = _came_back(body.lines)
    cmd = ReceiveReturn(ClaimId(claim_id), WarehouseId(body.warehouse_id), lines, body.waybill)
    return out.claim_out(desk.perform(receive_return, cmd))


@ROUTES.post(
    "/claims/{claim_id}/inspect",
    inspect_return,
    match="optional",
    refuses=(ClaimWaits, MoreThanCame, IllegalMove, RefundOverRest, *QUOTED, *PLACED),
)
def post_claim_inspect(desk: Desk, claim_id: wire.Id, body: forms.InspectionIn) -> out.ClaimOut:
    """Grade units and say what becomes of each; what is worth no more than was approved is decided with the last one."""
    found = tuple(
        Found(
            line=one.line,
            qty=one.qty,
            grade=one.grade,
            disposition=one.disposition,
            note=one.note,
            photos=one.photos,
            at=_location(one.from_location_id),
            to=_location(one.to_location_id),
            lot=_lot(one.lot_id),
            serials=one.serials,
            at_unit=_unit(one.from_unit_id),
        )
        for one in body.found
    )
    return out.claim_out(desk.perform(inspect_return, InspectReturn(ClaimId(claim_id), found, desk.version_if_given)))


@ROUTES.post(
    "/claims/{claim_id}/send-back", send_goods_back, refuses=(ClaimWaits, MoreThanCame, NoSuchLine, IllegalMove, *PLACED)
)
def post_claim_send_back(desk: Desk, claim_id: wire.Id, body: forms.SendBackIn) -> out.ClaimOut:
    """Send refused or repaired units to the buyer again; with the last one the claim is done."""
    lines = tuple(
        GoingBack(
            line=one.line,
            qty=one.qty,
            at=_location(one.location_id),
            lot=_lot(one.lot_id),
            serials=one.serials,
            unit=_unit(one.unit_id),
        )
        for one in body.lines
    )
    return out.claim_out(desk.perform(send_goods_back, SendBack(ClaimId(claim_id), lines, body.carrier, body.waybill)))


@ROUTES.post("/return-parcels", take_down_parcel, status=201, location="/return-parcels/{id}", refuses=(NotStocked,))
def post_return_parcel(desk: Desk, body: forms.NewReturnParcel) -> out.ReturnParcelOut:
    """Take down a parcel of nobody; no stock moves, somebody finds out whose it is."""
    cmd = TakeDownParcel(
        parcel=ReturnParcelId(desk.new_id(body.id)),
        warehouse=WarehouseId(body.warehouse_id),
        waybill=body.waybill,
        goods=tuple(FoundGoods(SkuId(one.sku_id), one.qty) for one in body.goods),
        note=body.note,
    )
    return out.parcel_out(desk.perform(take_down_parcel, cmd))


class ReturnParcelQuery(wire.PageQuery):
    """Which parcels; `open` only those that nobody has assigned yet."""

    warehouse_id: wire.Id | None = None
    open: bool = False


@ROUTES.get("/return-parcels", list_return_parcels)
def get_return_parcels(desk: Desk, query: ReturnParcelQuery) -> wire.Listed[out.ReturnParcelOut]:
    """List parcels that came without a claim, newest first."""
    warehouse = None if query.warehouse_id is None else WarehouseId(query.warehouse_id)
    return wire.listed(desk.ask(list_return_parcels, ListReturnParcels(query.page(), warehouse, query.open)), out.parcel_out)


@ROUTES.get("/return-parcels/{return_parcel_id}", show_return_parcel)
def get_return_parcel(desk: Desk, return_parcel_id: wire.Id) -> out.ReturnParcelOut:
    """Look at one parcel that came without a claim."""
    return out.parcel_out(desk.ask(show_return_parcel, ReturnParcelId(return_parcel_id)))


@ROUTES.post("/return-parcels/{return_parcel_id}/assign", assign_parcel, match="required", refuses=(*RECEIVED, MoreThanCame))
def post_return_parcel_assign(desk: Desk, return_parcel_id: wire.Id, body: forms.ParcelAssignment) -> out.ReturnParcelOut:
    """Give a parcel to the claim that it belongs to; its goods are received for the claim with it."""
    cmd = AssignParcel(ReturnParcelId(return_parcel_id), desk.expected_version, ClaimId(body.claim_id), _came_back(body.lines))
    return out.parcel_out(desk.perform(assign_parcel, cmd))


@ROUTES.post("/return-parcels/{return_parcel_id}/send-back", send_parcel_back, match="required", refuses=(IllegalMove,))
def post_return_parcel_send_back(desk: Desk, return_parcel_id: wire.Id, body: forms.ClaimWhy) -> out.ReturnParcelOut:
    """Send a parcel back to whoever sent it."""
    cmd = SendParcelBack(ReturnParcelId(return_parcel_id), desk.expected_version, body.reason)
    return out.parcel_out(desk.perform(send_parcel_back, cmd))
