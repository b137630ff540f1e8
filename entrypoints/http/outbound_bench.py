"""The bench and the scale over HTTP: orders checked piece by piece, packed into parcels, weighed, sent back."""

from __future__ import annotations

from houtai.application.outbound.check import BeginCheck, CheckAnew, CheckPiece, begin_check, check_anew, check_piece
from houtai.application.outbound.pack import Pack, ProposeBox, pack, propose_box
from houtai.application.outbound.parcel_queries import ListParcels, list_parcels, show_check, show_parcel
from houtai.application.outbound.weigh import AcceptWeight, SendBack, WeighParcel, accept_weight, send_back, weigh_parcel
from houtai.domain.ids import OutboundId, ParcelId, SkuId, WarehouseId
from houtai.domain.outbound.checking import AlreadyChecked, NotInOrder, OverQuantity
from houtai.domain.outbound.refusals import Intercepted, OnManifest, ParcelsDiffer, StepTooEarly
from houtai.domain.refusal import IllegalMove
from houtai.entrypoints.http import outbound_bench_wire as forms, wire
from houtai.entrypoints.http.desk import Desk
from houtai.entrypoints.http.outbound_wire import OutboundOut, ParcelOut, outbound_out, parcel_out
from houtai.entrypoints.http.routes import Routes

ROUTES = Routes("bench", "Checking what was picked, packing it, and the scale.")


@ROUTES.post("/checks", begin_check, refuses=(Intercepted, AlreadyChecked, StepTooEarly))
def post_check(desk: Desk, body: forms.CheckStart) -> forms.CheckOut:
    """Put a picked order on the bench by what was scanned, or go on with its check where it stood."""
    return forms.check_out(desk.perform(begin_check, BeginCheck(body.code)))


@ROUTES.get("/outbound-orders/{outbound_id}/check", show_check)
def get_check(desk: Desk, outbound_id: wire.Id) -> forms.CheckOut:
    """See what is checked of an order so far, by whom."""
    return forms.check_out(desk.ask(show_check, OutboundId(outbound_id)))


@ROUTES.post(
    "/outbound-orders/{outbound_id}/check/pieces",
    check_piece,
    refuses=(Intercepted, AlreadyChecked, NotInOrder, OverQuantity, StepTooEarly),
)
def post_check_piece(desk: Desk, outbound_id: wire.Id, body: forms.CheckPieceIn) -> forms.CheckOut:
    """Check scanned pieces; with the last one the order is checked. What is refused counts nothing."""
    cmd = CheckPiece(OutboundId(outbound_id), SkuId(body.sku_id), body.qty, body.lot, body.serial)
    return forms.check_out(desk.perform(check_piece, cmd))


@ROUTES.post("/outbound-orders/{outbound_id}/check/anew", check_anew, refuses=(Intercepted, AlreadyChecked))
def post_check_anew(desk: Desk, outbound_id: wire.Id) -> forms.CheckOut:
    """Begin a check again: nothing of it is checked any more."""
    return forms.check_out(desk.perform(check_anew, CheckAnew(OutboundId(outbound_id))))


@ROUTES.get("/outbound-orders/{outbound_id}/box-proposal", propose_box)
def get_box_proposal(desk: Desk, outbound_id: wire.Id) -> forms.BoxProposalOut:
    """Ask which boxes of the catalogue hold what was picked, and how it lies in them."""
    return forms.box_proposal_out(desk.ask(propose_box, ProposeBox(OutboundId(outbound_id))))


@ROUTES.post("/outbound-orders/{outbound_id}/pack", pack, refuses=(Intercepted, ParcelsDiffer, StepTooEarly, IllegalMove))
def post_outbound_pack(desk: Desk, outbound_id: wire.Id, body: forms.PackIn) -> forms.ParcelsOut:
    """Close all parcels of an order at once."""
    parcels = tuple(parcel.value() for parcel in body.parcels)
    return forms.parcels_out(desk.perform(pack, Pack(OutboundId(outbound_id), parcels)))


@ROUTES.get("/parcels", list_parcels)
def get_parcels(desk: Desk, query: forms.ParcelQuery) -> wire.Listed[ParcelOut]:
    """List parcels, newest first."""
    request = ListParcels(
        page=query.page(),
        warehouse=None if query.warehouse_id is None else WarehouseId(query.warehouse_id),
        outbound=None if query.outbound_id is None else OutboundId(query.outbound_id),
        states=frozenset() if query.state is None else frozenset({query.state}),
        manifest_number=query.manifest_number,
        code=query.code,
    )
    return wire.listed(desk.ask(list_parcels, request), parcel_out)


@ROUTES.get("/parcels/{parcel_id}", show_parcel)
def get_parcel(desk: Desk, parcel_id: wire.Id) -> ParcelOut:
    """Look at one parcel."""
    return parcel_out(desk.ask(show_parcel, ParcelId(parcel_id)))


@ROUTES.post("/weighings", weigh_parcel, refuses=(Intercepted, OnManifest, StepTooEarly, IllegalMove))
def post_weighing(desk: Desk, body: forms.WeighingIn) -> forms.WeighingOut:
    """Weigh a parcel. One out of tolerance stays packed until it is sent back or somebody else accepts its weight."""
    return forms.weighing_out(desk.perform(weigh_parcel, WeighParcel(body.code, body.weight_g)))


@ROUTES.post("/parcels/{parcel_id}/accept-weight", accept_weight, refuses=(Intercepted, StepTooEarly))
def post_parcel_accept_weight(desk: Desk, parcel_id: wire.Id, body: forms.BenchReason) -> ParcelOut:
    """Let a parcel go on with a weight out of tolerance; somebody other than who weighed it says why."""
    return parcel_out(desk.perform(accept_weight, AcceptWeight(ParcelId(parcel_id), body.reason)))


@ROUTES.post("/outbound-orders/{outbound_id}/send-back", send_back, refuses=(Intercepted, OnManifest, IllegalMove))
def post_outbound_send_back(desk: Desk, outbound_id: wire.Id, body: forms.BenchReason) -> OutboundOut:
    """Send an order back from the scale to the bench: its parcels open, nothing checked."""
    return outbound_out(desk.perform(send_back, SendBack(OutboundId(outbound_id), body.reason)))
