"""The demo's floor: a layout from a file, a cart and a tote, a station, somebody with a badge, and goods that are put away."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Final

import attrs

from houtai.adapters.sheets.files import Files
from houtai.application.access.shape_role import CreateRole, create_role
from houtai.application.paging import Page
from houtai.application.sheets import SheetFormat
from houtai.application.warehouse.carry_unit import CarryUnit, carry_unit
from houtai.application.warehouse.layout_file import LayoutFile, take_in_layout
from houtai.application.warehouse.locations import RetireLocation, retire_location
from houtai.application.warehouse.lots import RegisterLot, register_lot
from houtai.application.warehouse.move_goods import MoveGoods, MoveLine, move_goods
from houtai.application.warehouse.people import Duties, EnrolStaff, enrol_staff
from houtai.application.warehouse.queries import ListLocations, list_locations
from houtai.application.warehouse.stations import Setting, SetUpStation, set_up_station
from houtai.application.warehouse.units import MakeUnit, make_unit
from houtai.domain.access.account import Assignment
from houtai.domain.authority import Dimension, Grant
from houtai.domain.ids import AccountId, HandlingUnitId, RoleId, StaffId, StationId, WarehouseId, new_id
from houtai.domain.warehouse.bins import LotId
from houtai.domain.warehouse.handling_unit import HandlingUnit, UnitKind
from houtai.domain.warehouse.location import Location, Standard, standard_id
from houtai.domain.warehouse.refusals import BadgeRefused, NotEmpty
from houtai.domain.warehouse.station import Flow
from houtai.entrypoints.demo.shop import Shop
from houtai.entrypoints.demo.staff import DOOR, OWNER, settle_in
from houtai.entrypoints.demo.stage import Stage

LAYOUT: Final = """库位,类型,混放规则,横坐标(毫米),纵坐标(毫米),巷道号,左右,拣货顺序,ABC
RECV,收货,,0,0,,,,
A-01-01-1,拣货,混放,4000,2000,1,左,10,A
A-01-02-1,拣货,混放,4000,3500,1,右,20,A
B-01-01-1,存储,混放,8000,2000,2,左,30,C
B-01-02-1,存储,混放,8000,3500,2,右,40,C
P-01,打包,,12000,0,,,,
R-01,退货,,14000,0,,,,
"""
PICKER: Final = "zhou"
BADGE: Final = "S-ZHOU"
PIN: Final = "480213"
TITLE: Final = "周 · warehouse"
WORK: Final = (
    *("warehouse.read", "warehouse.work", "warehouse.move-goods", "warehouse.count", "inventory.adjust"),
    *(
        "outbound.read",
        "outbound.pick",
        "outbound.check",
        "outbound.pack",
        "outbound.weigh",
        "outbound.ship",
        "outbound.put-back",
    ),
    *("aftersales.receive", "aftersales.inspect", "aftersales.send-back"),
)


@attrs.frozen
class Floor:
    """What there is to work with: places by path, a tote, a cart with six slots, the packing table and the returns desk."""

    warehouse: WarehouseId
    places: Mapping[str, Location]
    tote: HandlingUnitId
    cart: HandlingUnitId
    bench: StationId
    returns: StationId


def draw_the_floor(stage: Stage, shop: Shop) -> Floor:
    """上海仓 gets its places from a file, something to move goods in, three stations, and somebody who works there."""
    office, warehouse = stage.office, next(iter(shop.warehouses.values()))

    def take_in() -> None:
        file = LayoutFile(warehouse, LAYOUT.encode(), SheetFormat.CSV, "上海仓库位.csv")
        take_in_layout(office, Files(), file, stage.act(OWNER)).demand()

    stage.tell(OWNER, "takes in the layout of 上海仓 from a file: seven places", take_in)
    places = _places(stage, warehouse)

    def make() -> tuple[HandlingUnit, HandlingUnit, HandlingUnit]:
        cart = MakeUnit(HandlingUnitId(new_id()), warehouse, "H-CART-1", UnitKind.CART, places["P-01"].id, rows=2, columns=3)
        pots = MakeUnit(HandlingUnitId(new_id()), warehouse, "H-TOTE-1", UnitKind.TOTE, places["A-01-02-1"].id)
        tote = MakeUnit(HandlingUnitId(new_id()), warehouse, "H-TOTE-2", UnitKind.TOTE, places["P-01"].id)
        made = [office.perform(make_unit, unit, stage.act(OWNER)) for unit in (cart, pots, tote)]
        return made[0], made[1], made[2]

    def set_up(code: str, name: str, *flows: Flow) -> StationId:
        wish = SetUpStation(StationId(new_id()), warehouse, code, Setting(name, frozenset(flows)))
        return office.perform(set_up_station, wish, stage.act(OWNER)).id

    def set_up_all() -> tuple[StationId, StationId, StationId]:
        receiving = set_up("RECV-1", "收货台", Flow.RECEIVE, Flow.MOVE, Flow.COUNT)
        bench = set_up("PACK-1", "打包台", Flow.PICK, Flow.CHECK, Flow.WEIGH, Flow.HAND_OVER, Flow.COUNT)
        return receiving, bench, set_up("RET-1", "退货台", Flow.UNPACK, Flow.INSPECT, Flow.SEND_BACK)

    cart, pots, tote = stage.tell(OWNER, "makes a cart with six slots and two totes, each with its barcode", make)
    station, bench, returns = stage.tell(OWNER, "sets up three stations, 收货台, 打包台 and 退货台", set_up_all)
    stage.tell(OWNER, "gives 周 an account for this warehouse, a badge and a PIN", lambda: _enrol(stage, warehouse))
    _put_away(stage, shop, station, places, pots)
    return Floor(warehouse, places, tote.id, cart.id, bench, returns)


def _places(stage: Stage, warehouse: WarehouseId) -> dict[str, Location]:
    page = Page(100, newest_first=False)
    return {place.path: place for place in stage.office.ask(list_locations, ListLocations(page, warehouse), stage.house()).items}


def _enrol(stage: Stage, warehouse: WarehouseId) -> None:
    office, credentials = stage.office, stage.container.credentials()
    within = {Dimension.WAREHOUSE: frozenset({warehouse})}
    grants = tuple(Grant(verb, within) for verb in WORK)
    role = office.perform(create_role, CreateRole(RoleId(new_id()), TITLE, grants), stage.act(OWNER))
    account = AccountId(new_id())
    opened = credentials.open_account(account, PICKER, TITLE, stage.act(OWNER), roles=(Assignment(role.id),))
    settle_in(stage, PICKER, opened.password)
    duties = Duties(frozenset(Flow), (warehouse,))
    person = office.perform(enrol_staff, EnrolStaff(StaffId(new_id()), account, BADGE, duties), stage.act(OWNER))
    stage.container.badge_door().set_pin(person.id, person.version, PIN, stage.act(OWNER))


def come_in(stage: Stage, station: StationId, pin: str = PIN) -> None:
    """周 shows his badge at a station; what he does from now on, he does there."""
    stage.clock.advance(seconds=5)
    stage.enrol(PICKER, stage.container.badge_door().log_in(BADGE, pin, station, DOOR).token)


def _put_away(stage: Stage, shop: Shop, station: StationId, places: dict[str, Location], tote: HandlingUnit) -> None:
    """周 comes in by badge and puts tea away: onto a shelf, and by tote onto another."""
    office, warehouse = stage.office, tote.warehouse_id
    unplaced, shelf = standard_id(warehouse, Standard.UNPLACED), places["A-01-01-1"]
    spring = LotId(new_id())

    def name_lot() -> None:
        expires = stage.clock.now().date() + dt.timedelta(days=540)
        cmd = RegisterLot(spring, shop.skus["TEA-250"], "2026-SPRING", expires_on=expires)
        office.perform(register_lot, cmd, stage.act(OWNER))

    def move(*lines: MoveLine) -> None:
        office.perform(move_goods, MoveGoods(new_id(), warehouse, lines), stage.act(PICKER))

    def onto_the_shelf() -> None:
        small = MoveLine(shop.skus["TEA-100"], 5, unplaced, shelf.id)
        move(small, MoveLine(shop.skus["TEA-250"], 10, unplaced, shelf.id, to_lot_id=spring))

    def behind() -> None:
        units = {"TEA-100": 15, "SPOON": 5, "GAIWAN": 12}
        move(*(MoveLine(shop.skus[code], qty, unplaced, places["B-01-02-1"].id) for code, qty in units.items()))

    def by_tote() -> None:
        move(MoveLine(shop.skus["POT-ZISHA"], 4, unplaced, places["A-01-02-1"].id, to_unit_id=tote.id))
        cmd = CarryUnit(new_id(), tote.id, tote.version, places["B-01-01-1"].id)
        office.perform(carry_unit, cmd, stage.act(PICKER))

    def retire() -> None:
        office.perform(retire_location, RetireLocation(shelf.id, shelf.version, "改造"), stage.act(OWNER))

    stage.tell(OWNER, "names the lot 2026-SPRING of TEA-250 with its date", name_lot)
    stage.refuse(PICKER, "mistypes the PIN at the station", lambda: come_in(stage, station, "480312"), BadgeRefused)
    stage.tell(PICKER, "comes in by badge and PIN", lambda: come_in(stage, station))
    stage.tell(PICKER, "puts five small tins, and ten large ones of the lot, onto shelf A-01-01-1", onto_the_shelf)
    stage.tell(PICKER, "puts fifteen tins, the spoons and the merchant's bowls behind, onto B-01-02-1", behind)
    stage.tell(PICKER, "puts four pots into the tote and carries it to B-01-01-1, goods and all", by_tote)
    stage.refuse(OWNER, "tries to retire the shelf that the tins lie on", retire, NotEmpty)
    stage.tell(PICKER, "comes in again after a break; the shift before is over", lambda: come_in(stage, station))
