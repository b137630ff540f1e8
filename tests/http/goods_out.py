"""Goods on their way out of somebody's warehouse: an order that waits in a wave, and one that is packed. Through use cases."""

from __future__ import annotations

from typing import Any

from houtai.application.orders.release import ReleaseOrder, release_order
from houtai.application.outbound.check import BeginCheck, CheckPiece, begin_check, check_piece
from houtai.application.outbound.configure import SetBox, SetDispatch, SetTemplate, set_box, set_dispatch, set_template
from houtai.application.outbound.hand_over import OpenManifest, open_manifest
from houtai.application.outbound.pack import Pack, PackedParcel, pack
from houtai.application.outbound.picking import ConfirmPick, StartPicking, confirm_pick, start_picking
from houtai.application.outbound.waves import ReleasedWave, ReleaseWave, release_wave
from houtai.application.shipping.answers import RecordWaybillAnswer, record_waybill_answer
from houtai.application.shipping.queries import ListWaybills, list_waybills
from houtai.domain.ids import BoxId, HandlingUnitId, ManifestId, ParcelId, WarehouseId, WaveId, WaveTemplateId, new_id
from houtai.domain.outbound.cartonise import Box
from houtai.domain.outbound.order import OutboundOrder
from houtai.domain.outbound.planning import BasketShape, WaveTemplate
from houtai.domain.outbound.wave import PickMethod
from houtai.domain.shipping.answer import CarrierAnswer, Standing
from houtai.domain.shipping.parcel import Label, LabelFormat
from tests.orders.shop import Shop
from tests.shipping.dock import SENDER

CARRIER = "embedded"


def some_box(shop: Shop) -> BoxId:
    """A box of the catalogue."""
    box = BoxId(new_id())
    made = Box("B-1", 300, 300, 300, 30_000)
    shop.office.perform(set_box, SetBox(id=box, expected_version=0, box=made), shop.act)
    return box


def goods_out(shop: Shop, code: str, warehouse: WarehouseId, tote: HandlingUnitId) -> dict[str, Any]:
    """The ids of what stands there now, as paths call them."""
    settings = SetDispatch(warehouse=warehouse, expected_version=0, sender=SENDER, carriers=(CARRIER,))
    shop.office.perform(set_dispatch, settings, shop.act)
    template = SetTemplate(
        id=WaveTemplateId(new_id()),
        expected_version=0,
        warehouse=warehouse,
        template=WaveTemplate(f"template of {code}"),
        method=PickMethod.CLUSTER,
    )
    shop.office.perform(set_template, template, shop.act)
    packed = _released(shop, code)
    _walk(shop, _waved(shop, packed), warehouse, tote)
    parcel = _packed(shop, packed)
    waiting = _waved(shop, _released(shop, code))
    manifest = OpenManifest(ManifestId(new_id()), warehouse, CARRIER)
    return {
        "outbound_id": packed.id,
        "parcel_id": parcel,
        "wave_id": waiting.wave.id,
        "run_id": waiting.runs[0].id,
        "wave_template_id": template.id,
        "manifest_id": shop.office.perform(open_manifest, manifest, shop.act).id,
    }


def _released(shop: Shop, code: str) -> OutboundOrder:
    """One piece, with the warehouse."""
    (sent,) = shop.office.perform(release_order, ReleaseOrder(shop.paid((), None, **{code: 1}).id), shop.act).outbound
    return sent


def _waved(shop: Shop, sent: OutboundOrder) -> ReleasedWave:
    """In a wave whose labels come after the scan."""
    wave = ReleaseWave(WaveId(new_id()), sent.warehouse_id, (sent.id,), BasketShape.SINGLE, PickMethod.THEN_SORT)
    return shop.office.perform(release_wave, wave, shop.act)


def _walk(shop: Shop, made: ReleasedWave, warehouse: WarehouseId, tote: HandlingUnitId) -> None:
    """Its one piece into the tote."""
    run = shop.office.perform(start_picking, StartPicking(warehouse, tote), shop.act)
    assert run.wave_id == made.wave.id
    (line,) = run.picking.lines
    shop.office.perform(confirm_pick, ConfirmPick(run.id, line.location, line.sku_id), shop.act)


def _packed(shop: Shop, sent: OutboundOrder) -> ParcelId:
    """Checked, labelled, and in a parcel."""
    shop.office.perform(begin_check, BeginCheck(sent.number), shop.act)
    shop.office.perform(check_piece, CheckPiece(sent.id, sent.lines[0].sku_id), shop.act)
    (waybill,) = shop.office.ask(list_waybills, ListWaybills(parcel=ParcelId(sent.id)), shop.act).items
    label = Label(f"HT{sent.id.hex[-10:].upper()}", LabelFormat.ZPL, b"^XA^XZ")
    answer = RecordWaybillAnswer(waybill.id, CarrierAnswer(Standing.DONE, label))
    shop.office.perform(record_waybill_answer, answer, shop.act)
    (parcel,) = shop.office.perform(pack, Pack(sent.id, (PackedParcel(),)), shop.act)
    return parcel.id
