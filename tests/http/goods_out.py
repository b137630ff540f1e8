"""Goods on their way out of somebody's warehouse: an order that waits in a wave, and one that is packed. Through use cases."""

from __future__ import annotations

from typing import Any

from houtai.application.inventory.queries import find_warehouse
from houtai.application.orders.release import ReleaseOrder, release_order
from houtai.application.outbound.begin_walk import StartPicking, start_picking
from houtai.application.outbound.check import BeginCheck, CheckPiece, begin_check, check_piece
from houtai.application.outbound.configure import SetBox, SetDispatch, SetTemplate, set_box, set_dispatch, set_template
from houtai.application.outbound.goods_issues import IssueWish, RequestGoodsIssue, request_goods_issue
from houtai.application.outbound.hand_over import OpenManifest, open_manifest
from houtai.application.outbound.pack import Pack, PackedParcel, pack
from houtai.application.outbound.picking import ConfirmPick, confirm_pick
from houtai.application.outbound.sort import BeginSort, begin_sort
from houtai.application.outbound.transfers import CreateTransfer, TransferWish, create_transfer
from houtai.application.outbound.waves import ReleasedWave, ReleaseWave, release_wave
from houtai.application.shipping.answers import RecordWaybillAnswer, record_waybill_answer
from houtai.application.shipping.queries import ListWaybills, list_waybills
from houtai.application.warehouse.queries import show_unit
from houtai.application.warehouse.units import MakeUnit, make_unit
from houtai.domain.customers.customer import Address
from houtai.domain.ids import (
    BoxId,
    GoodsIssueId,
    HandlingUnitId,
    ManifestId,
    ParcelId,
    TransferId,
    WarehouseId,
    WaveId,
    WaveTemplateId,
    new_id,
)
from houtai.domain.outbound.cartonise import Box
from houtai.domain.outbound.goods_issue import IssueReason
from houtai.domain.outbound.order import OutboundOrder
from houtai.domain.outbound.planning import BasketShape, WaveTemplate
from houtai.domain.outbound.wave import PickMethod
from houtai.domain.shipping.answer import CarrierAnswer, Standing
from houtai.domain.shipping.parcel import Label, LabelFormat
from houtai.domain.warehouse.handling_unit import UnitKind
from tests.inventory.arrange import some_warehouse
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
    picked = _waved(shop, packed)
    _walk(shop, picked, warehouse, tote)
    wall = _wall(shop, picked, code, tote)
    parcel = _packed(shop, packed)
    waiting = _waved(shop, _released(shop, code))
    manifest = OpenManifest(ManifestId(new_id()), warehouse, CARRIER)
    return {
        "outbound_id": packed.id,
        "parcel_id": parcel,
        "wave_id": picked.wave.id,
        "wall_id": wall,
        "run_id": waiting.runs[0].id,
        "wave_template_id": template.id,
        "manifest_id": shop.office.perform(open_manifest, manifest, shop.act).id,
        **_between(shop, code, warehouse),
        "goods_issue_id": _given_away(shop, code, warehouse),
    }


def _between(shop: Shop, code: str, warehouse: WarehouseId) -> dict[str, Any]:
    """A second warehouse of theirs, and goods that are to go there."""
    merchant = shop.office.ask(find_warehouse, warehouse, shop.act).merchant_id
    other = some_warehouse(shop.office, shop.act, f"{code}-2", merchant)
    wish = CreateTransfer(TransferId(new_id()), warehouse, other, (TransferWish(shop.sku[code], 1),))
    return {"transfer_id": shop.office.perform(create_transfer, wish, shop.act).id, "to_warehouse_id": other}


def _given_away(shop: Shop, code: str, warehouse: WarehouseId) -> GoodsIssueId:
    """A sample that somebody asked for."""
    lines = (IssueWish(shop.sku[code], 1),)
    wish = RequestGoodsIssue(GoodsIssueId(new_id()), warehouse, IssueReason.SAMPLE, lines, Address("张三丰", "13800138000"))
    return shop.office.perform(request_goods_issue, wish, shop.act).id


def _wall(shop: Shop, made: ReleasedWave, code: str, tote: HandlingUnitId) -> HandlingUnitId:
    """A wall beside the tote, where the wave is sorted."""
    beside = shop.office.ask(show_unit, tote, shop.act)
    wish = MakeUnit(
        HandlingUnitId(new_id()), beside.warehouse_id, f"H-WALL-{code}", UnitKind.WALL, beside.location_id, rows=1, columns=1
    )
    wall = shop.office.perform(make_unit, wish, shop.act).id
    shop.office.perform(begin_sort, BeginSort(made.wave.id, wall), shop.act)
    return wall


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
