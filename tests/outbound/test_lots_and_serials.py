"""Units that are not all the same, on every adapter: their lot is scanned when they are picked, their number when they are checked."""

from __future__ import annotations

from typing import Any

import pytest

from houtai.application.office import Office
from houtai.application.outbound.check import (
    BeginCheck,
    CheckInLane,
    CheckPiece,
    begin_check,
    check_in_lane,
    check_piece,
)
from houtai.application.outbound.hand_over import (
    CloseManifest,
    OpenManifest,
    ScanParcel,
    add_parcel,
    close_manifest,
    open_manifest,
)
from houtai.application.outbound.picking import ConfirmPick, confirm_pick
from houtai.application.permission import needs
from houtai.application.warehouse.bin_ports import SERIAL_BY_SKU, BinsViews
from houtai.application.warehouse.lots import RegisterLot, RegisterSerials, register_lot, register_serials
from houtai.application.warehouse.move_goods import MoveGoods, MoveLine, move_goods
from houtai.domain.act import Act
from houtai.domain.ids import ManifestId, SkuId, new_id
from houtai.domain.outbound.checking import NotThisSerial, SerialToScan
from houtai.domain.outbound.order import OutboundOrder
from houtai.domain.outbound.planning import BasketShape
from houtai.domain.outbound.state import OutboundState
from houtai.domain.outbound.wave import PickMethod
from houtai.domain.warehouse.bin_refusals import SerialsNeeded
from houtai.domain.warehouse.bins import LotId
from houtai.domain.warehouse.lots import Serial, SerialState
from houtai.domain.warehouse.scan import WrongRecord
from tests.conftest import StillClock
from tests.orders.shop import Shop
from tests.outbound.way import Way

NUMBERS = tuple(f"SN{number}" for number in range(10))


@pytest.fixture
def way(office: Office, clock: StillClock) -> Way:
    return Way(Shop(office, clock))


@needs("tests.read")
def _serials(views: BinsViews, query: SkuId, act: Act) -> list[Serial]:
    return views.serials.by(SERIAL_BY_SKU, query)


def gone(way: Way, code: str) -> set[str]:
    found = way.office.ask(_serials, way.shop.sku[code], way.act)
    return {one.code for one in found if one.state is SerialState.GONE}


def numbered(way: Way, code: str) -> None:
    """Every unit of it on its shelf gets a number."""
    (bin_,) = (one for one in way.bins(code) if one.path == way.first.path)
    way.office.perform(register_serials, RegisterSerials(bin_.id, NUMBERS), way.act)


def take(way: Way, run: Any, code: str, qty: int, *serials: str, lot: str = "") -> Any:
    cmd = ConfirmPick(run.id, way.first.path, way.shop.sku[code], qty, lot=lot, serials=serials)
    return way.office.perform(confirm_pick, cmd, way.act)


def picked_by_number(way: Way, order: OutboundOrder, tote: Any, *serials: str) -> None:
    made = way.printed(order, method=PickMethod.SINGLE)
    (walk,) = way.runs(made)
    take(way, way.start(tote, run=walk.id), "CUP", len(serials), *serials)


def test_a_lot_is_scanned_where_goods_have_one(way: Way) -> None:
    cup, lot = way.shop.sku["CUP"], LotId(new_id())
    way.office.perform(register_lot, RegisterLot(lot, cup, "LOT7"), way.act)
    line = MoveLine(cup, 10, way.first.id, way.first.id, to_lot_id=lot)
    way.office.perform(move_goods, MoveGoods(new_id(), way.warehouse, (line,)), way.act)
    order = way.released(CUP=1)
    way.printed(order, method=PickMethod.SINGLE)
    run = way.start(way.new_tote())
    for wrong in ("", "LOT8"):
        with pytest.raises(WrongRecord):
            take(way, run, "CUP", 1, lot=wrong)
    take(way, run, "CUP", 1, lot="LOT7")
    assert way.now(order).state is OutboundState.PICKED


def test_of_numbered_units_the_picker_names_those_that_are_taken(way: Way) -> None:
    numbered(way, "CUP")
    order = way.released(CUP=2)
    way.printed(order, method=PickMethod.SINGLE)
    run = way.start(way.new_tote())
    with pytest.raises(SerialsNeeded):
        take(way, run, "CUP", 2)
    take(way, run, "CUP", 2, "SN3", "SN5")
    assert way.now(order).state is OutboundState.PICKED


def test_each_numbered_unit_is_checked_by_its_own_number_once(way: Way) -> None:
    numbered(way, "CUP")
    order = way.released(CUP=2)
    picked_by_number(way, order, way.new_tote(), "SN3", "SN5")
    now = way.now(order)
    way.office.perform(begin_check, BeginCheck(now.waybill), way.act)

    def scan(qty: int = 1, serial: str = "") -> Any:
        return way.office.perform(check_piece, CheckPiece(now.id, way.shop.sku["CUP"], qty, serial=serial), way.act)

    for qty, serial in ((2, "SN3"), (1, "")):
        with pytest.raises(SerialToScan):
            scan(qty, serial)
    with pytest.raises(NotThisSerial):
        scan(serial="SN4")
    scan(serial="SN3")
    with pytest.raises(NotThisSerial):
        scan(serial="SN3")
    scan(serial="SN5")
    assert way.now(order).state is OutboundState.CHECKED


def test_two_orders_in_one_tote_each_take_their_own_numbers_along(way: Way) -> None:
    numbered(way, "CUP")
    tote, orders = way.new_tote(), [way.released(CUP=1), way.released(CUP=1)]
    for order, serial in zip(orders, ("SN3", "SN5"), strict=True):
        picked_by_number(way, order, tote, serial)
    leaves(way, orders[0], "SN5")  # the packer takes the other one out of the tote: what is scanned counts
    assert gone(way, "CUP") == {"SN5"}
    leaves(way, orders[1], "SN3")
    assert gone(way, "CUP") == {"SN3", "SN5"}


def leaves(way: Way, order: OutboundOrder, *serials: str) -> None:
    now = way.now(order)
    way.office.perform(begin_check, BeginCheck(now.waybill), way.act)
    for serial in serials:
        way.office.perform(check_piece, CheckPiece(now.id, way.shop.sku["CUP"], serial=serial), way.act)
    away(way, order)


def away(way: Way, order: OutboundOrder) -> None:
    """From the checked order to the van."""
    way.packed_and_weighed(order)
    manifest = ManifestId(new_id())
    way.office.perform(open_manifest, OpenManifest(manifest, way.warehouse, way.now(order).carrier), way.act)
    way.office.perform(add_parcel, ScanParcel(manifest, way.now(order).waybill), way.act)
    way.office.perform(close_manifest, CloseManifest(manifest), way.act)


def test_in_the_fast_lane_the_number_is_scanned_with_the_piece(way: Way) -> None:
    numbered(way, "CUP")
    orders = [way.released(CUP=1), way.released(CUP=1)]
    made = way.wave(*orders, shape=BasketShape.SINGLE, method=PickMethod.THEN_SORT)
    take(way, way.start(way.new_tote()), "CUP", 2, "SN3", "SN5")
    cup = way.shop.sku["CUP"]
    with pytest.raises(SerialToScan):
        way.office.perform(check_in_lane, CheckInLane(made.wave.id, cup), way.act)
    with pytest.raises(NotThisSerial):
        way.office.perform(check_in_lane, CheckInLane(made.wave.id, cup, "SN9"), way.act)
    found = way.office.perform(check_in_lane, CheckInLane(made.wave.id, cup, "SN5"), way.act)
    way.answer(found)
    away(way, found)
    assert gone(way, "CUP") == {"SN5"}
