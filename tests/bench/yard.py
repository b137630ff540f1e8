"""A warehouse for benchmarks of scans: the large shop's goods on their shelves, each SKU in several places, and people at stations."""

from __future__ import annotations

import hashlib
import random
from contextlib import closing

import attrs

from houtai.adapters.clock import SystemClock
from houtai.adapters.opening import open_store
from houtai.adapters.passwords import Argon2Passwords
from houtai.application.office import Office
from houtai.application.warehouse.badge import BadgeDoor
from houtai.application.warehouse.import_layout import ImportLayout, import_layout
from houtai.application.warehouse.layout_columns import LayoutRow
from houtai.application.warehouse.move_goods import MoveGoods, MoveLine, move_goods
from houtai.application.warehouse.people import Duties, EnrolStaff, enrol_staff
from houtai.application.warehouse.ports import LOCATION_BY_PATH
from houtai.application.warehouse.stations import Setting, SetUpStation, set_up_station
from houtai.domain.act import Act
from houtai.domain.authority import Dimension, Grant
from houtai.domain.ids import SkuId, StaffId, StationId, WarehouseId, new_id
from houtai.domain.warehouse.location import Location, Standard, standard_id
from houtai.domain.warehouse.station import Flow
from tests.access.door import House, open_house
from tests.bench.databases import Database
from tests.bench.market import Market, fill

EACH = 10  # places of each SKU, and SKUs in each place
PIECES = 1_000  # of a SKU in one place
LINES = 500  # of one document
ROWS = 2_000  # of one import
FLOWS = frozenset(Flow)
VERBS = ("warehouse.work", "warehouse.read", "warehouse.move-goods", "warehouse.count", "inventory.adjust", "outbound.*")
PIN = "480213"


@attrs.frozen
class Shelf:
    """One place: its barcode, and the codes of the SKUs in it."""

    barcode: str
    goods: tuple[str, ...]


@attrs.define
class Yard:
    """The filled warehouse. Station and badge number N are ``B<N>`` and ``S-B<N>``; everybody's PIN is the same."""

    market: Market
    shelves: list[Shelf] = attrs.field(repr=False)
    people: int

    @property
    def database(self) -> Database:
        """Where all this lies."""
        return self.market.database

    def shelf(self, pick: random.Random) -> Shelf:
        """Any of them."""
        return pick.choice(self.shelves)


def lay_out(database: Database, *, skus: int, people: int) -> Yard:
    """Fill the empty database: `skus` of the large shop, ten places each, through the use cases that a warehouse uses."""
    market = fill(database, skus=skus, buyers=10)
    with closing(open_store(database.url)) as store:
        office = Office(store, SystemClock())
        act = office.act_of_system()
        shelves = _shelves(office, act, market)
        _staff(office, open_house(office, office.clock), market.warehouse, people)
    return Yard(market, shelves, people)


def codes(market: Market) -> list[tuple[SkuId, str]]:
    """Every SKU with its code."""
    found = []
    for category, skus in market.skus.items():
        found += [(sku, f"{market.products[category][number // 50]}-{number % 50:02d}") for number, sku in enumerate(skus)]
    return found


def _shelves(office: Office, act: Act, market: Market) -> list[Shelf]:
    """As many places as SKUs; the goods of each SKU go from where they wait to ten of them, far from each other."""
    goods = codes(market)
    places = _places(office, act, market.warehouse, len(goods))
    held: list[list[str]] = [[] for _ in places]
    lines = []
    unplaced = standard_id(market.warehouse, Standard.UNPLACED)
    each = min(EACH, len(places))
    for number, (sku, code) in enumerate(goods):
        for turn in range(each):
            place = (number + turn * (len(places) // each)) % len(places)
            held[place].append(code)
            lines.append(MoveLine(sku, PIECES, unplaced, places[place].id))
    for begin in range(0, len(lines), LINES):
        office.perform(move_goods, MoveGoods(new_id(), market.warehouse, tuple(lines[begin : begin + LINES])), act)
    return [Shelf(place.barcode, tuple(there)) for place, there in zip(places, held, strict=True)]


def _places(office: Office, act: Act, warehouse: WarehouseId, count: int) -> list[Location]:
    """So many shelves, taken in as files."""
    paths = [
        f"{'ABCDEFGHJK'[number % 10]}-{number // 1_000 + 1:02d}-{number // 50 % 20 + 1:02d}-1-{number}" for number in range(count)
    ]
    for begin in range(0, count, ROWS):
        part = paths[begin : begin + ROWS]
        rows = tuple(LayoutRow(row, path) for row, path in enumerate(part, start=2))
        digest = hashlib.sha256("\n".join(part).encode()).hexdigest()
        results = office.perform(import_layout, ImportLayout(warehouse, digest, "yard.csv", rows), act)
        assert not any(result.errors for result in results), results[:3]
    with office._store.snapshot() as views:
        found = [views.locations.first(LOCATION_BY_PATH, (warehouse, path)) for path in paths]
    assert None not in found
    return found


def _staff(office: Office, house: House, warehouse: WarehouseId, people: int) -> None:
    """As many stations as people, each with a badge and everything that can be done at a station."""
    act = office.act_of_system()
    door = BadgeDoor(office, Argon2Passwords(time_cost=1, memory_kib=8, lanes=1))
    within = {Dimension.WAREHOUSE: frozenset({warehouse})}
    for number in range(people):
        setting = Setting(f"台 {number}", FLOWS)
        office.perform(set_up_station, SetUpStation(StationId(new_id()), warehouse, f"B{number}", setting), act)
        account = house.person(f"clerk-{number}", *(Grant(verb, within) for verb in VERBS))
        cmd = EnrolStaff(StaffId(new_id()), account.id, f"S-B{number}", Duties(FLOWS, (warehouse,)))
        person = office.perform(enrol_staff, cmd, act)
        door.set_pin(person.id, person.version, PIN, act)
