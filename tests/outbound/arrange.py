"""Outbound orders for tests, as small as each test allows."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from houtai.domain.customers.customer import Address
from houtai.domain.ids import ManifestId, OutboundId, ParcelId, SkuId, TransferId, WarehouseId, WaveId
from houtai.domain.outbound.line import OutboundLine
from houtai.domain.outbound.manifest import Manifest
from houtai.domain.outbound.order import OutboundOrder
from houtai.domain.outbound.parcel import Content, Parcel
from houtai.domain.outbound.state import OutboundKind, OutboundState
from houtai.domain.outbound.transfer import Transfer, TransferLine

NOON = dt.datetime(2026, 11, 22, 4, 0, tzinfo=dt.UTC)
EAST, WEST = WarehouseId(UUID(int=1)), WarehouseId(UUID(int=2))
WAVE = WaveId(UUID(int=3))


def sku(number: int) -> SkuId:
    return SkuId(UUID(int=1000 + number))


def line(seq: int = 1, qty: int = 3, **facets: int) -> OutboundLine:
    return OutboundLine(seq, sku(seq), f"SKU{seq}", qty, **facets)  # type: ignore[arg-type]  # quantities by name


def order(*lines: OutboundLine, **fields: object) -> OutboundOrder:
    given: dict[str, object] = {"carrier": "SF", "made_at": NOON, "receiver": Address("王芳", "13800000000")} | fields
    return OutboundOrder(OutboundId(UUID(int=9)), "FO-1", OutboundKind.SALES, EAST, lines or (line(),), **given)  # type: ignore[arg-type]  # fields by name


def allocated(*qty: int) -> OutboundOrder:
    return order(*(line(seq, each, allocated_qty=each) for seq, each in enumerate(qty or (3,), 1)))


def picking(*qty: int) -> OutboundOrder:
    return allocated(*qty).waved(WAVE, 3).with_waybill("SF100").printed().picking()


def picked(*qty: int) -> OutboundOrder:
    going = picking(*qty)
    for each in going.lines:
        going = going.with_line(each.picked(each.qty))
    return going.all_picked()


def checked(*qty: int) -> OutboundOrder:
    going = picked(*qty)
    for each in going.lines:
        going = going.with_line(each.checked(each.qty))
    return going.all_checked()


def packed(*qty: int) -> OutboundOrder:
    going = checked(*qty)
    for each in going.lines:
        going = going.with_line(each.packed(each.qty))
    return going.all_packed()


def weighed(*qty: int) -> OutboundOrder:
    return packed(*qty).weighed()


def in_every_state() -> dict[OutboundState, OutboundOrder]:
    """One order per state, each brought there by its own moves."""
    short = picking()
    short = short.with_line(short.line(1).picked(1).found_short(2)).fell_short()
    shipped = weighed().shipped()
    from houtai.domain.outbound.interception import put_back, stop

    intercepted, _ = stop(picked(), "refund")
    orders = [
        allocated(),
        allocated().waved(WAVE),
        allocated().waved(WAVE).with_waybill("SF100").printed(),
        picking(),
        short,
        picked(),
        checked(),
        packed(),
        weighed(),
        shipped,
        shipped.delivered(),
        shipped.rejected(),
        shipped.rejected().returning(),
        intercepted,
        put_back(intercepted, 1, 3),
    ]
    return {one.state: one for one in orders}


def parcel(number: str = "H-1", of: OutboundOrder | None = None, carrier: str = "SF") -> Parcel:
    going = of or packed()
    contents = tuple(Content(one.seq, one.sku_id, one.packed_qty or one.qty) for one in going.lines)
    return Parcel(ParcelId(UUID(int=int.from_bytes(number.encode()))), number, going.id, contents, carrier, f"WB{number}")


def manifest(carrier: str = "SF") -> Manifest:
    return Manifest(ManifestId(UUID(int=11)), "MF-1", EAST, carrier)


def transfer(*qty: int) -> Transfer:
    lines = tuple(TransferLine(seq, sku(seq), each) for seq, each in enumerate(qty or (10,), 1))
    return Transfer(TransferId(UUID(int=12)), "TR-1", EAST, WEST, lines, NOON)
