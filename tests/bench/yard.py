"""A warehouse for benchmarks of scans: the large shop's goods on their shelves, each SKU in several places, and people at stations."""

from __future__ import annotations

import hashlib
import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager

import attrs
import psycopg

from houtai.adapters.clock import SystemClock
from houtai.adapters.opening import open_store
from houtai.adapters.passwords import Argon2Passwords
from houtai.adapters.totp import PyotpCodes
from houtai.application.access.authenticate import Authenticator
from houtai.application.access.credentials import Credentials
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
from houtai.domain.outbound.order import OutboundOrder
from houtai.domain.outbound.wave import PickMethod
from houtai.domain.warehouse.location import Location, Standard, standard_id
from houtai.domain.warehouse.station import Flow
from tests.access.door import House
from tests.bench.databases import Database
from tests.boxes import a_box
from tests.inventory.arrange import receive, some_skus, some_warehouse
from tests.stations.shipping import BOX, VERBS as SENDING, Dock

EACH = 10  # places of each SKU, and SKUs in each place
PIECES = 1_000  # of a SKU in one place
LINES = 500  # of one document
ROWS = 2_000  # of one import
VARIANTS = 50  # of one product
FLOWS = frozenset(Flow)
VERBS = tuple({"warehouse.work", "warehouse.read", "warehouse.move-goods", "warehouse.count", "inventory.adjust", *SENDING})
PIN = "480213"


@attrs.frozen
class Shelf:
    """One place: its barcode, and the codes of the SKUs in it."""

    barcode: str
    goods: tuple[str, ...]


@attrs.define
class Yard:
    """The filled warehouse. Station and badge number N are ``B<N>`` and ``S-B<N>``; everybody's PIN is the same.

    `dock` sells and releases orders from the same warehouse, whose goods lie on two shelves of their own.
    """

    database: Database
    dock: Dock
    shelves: list[Shelf] = attrs.field(repr=False)
    people: int

    def shelf(self, pick: random.Random) -> Shelf:
        """Any of them."""
        return pick.choice(self.shelves)

    def order(self) -> OutboundOrder:
        """Two cups and a pot, paid, released, labelled, and due on the next walk."""
        sent = self.dock.released(CUP=2, POT=1)
        self.dock.printed(sent, method=PickMethod.SINGLE)
        return self.dock.now(sent)


@contextmanager
def laid_out(database: Database, *, skus: int, people: int, orders: int) -> Iterator[Yard]:
    """Fill the empty database through use cases: so many SKUs in ten places each, and goods for so many orders."""
    with closing(open_store(database.url)) as store:
        office = Office(store, SystemClock())
        dock = Dock(office, office.clock, stock=4 * orders + 20)
        dock.box(BOX)
        dock.put_away(dock.first, CUP=3 * orders)
        dock.put_away(dock.second, POT=2 * orders)
        shelves = _shelves(office, dock.act, dock.warehouse, _goods(office, dock.act, dock.warehouse, skus))
        _staff(office, dock.house, dock.warehouse, people)
        _looked_over(database)
        yield Yard(database, dock, shelves, people)


def beside(database: Database, *, skus: int, people: int) -> list[Shelf]:
    """A warehouse of its own in a house that is there already: so many SKUs in ten places each, and people at stations."""
    with closing(open_store(database.url)) as store:
        office = Office(store, SystemClock())
        act = office.act_of_system()
        warehouse = some_warehouse(office, act, "YARD")
        shelves = _shelves(office, act, warehouse, _goods(office, act, warehouse, skus))
        hasher, codes = Argon2Passwords(time_cost=1, memory_kib=8, lanes=1), PyotpCodes(a_box())
        house = House(office, office.clock, Authenticator(office, hasher, codes), Credentials(office, hasher, codes))
        _staff(office, house, warehouse, people)
    _looked_over(database)
    return shelves


def _goods(office: Office, act: Act, warehouse: WarehouseId, count: int) -> list[tuple[SkuId, str]]:
    """So many SKUs with their codes, received and not yet put away."""
    found: list[tuple[SkuId, str]] = []
    for begin in range(0, count, VARIANTS):
        codes = [f"Y{number:06d}" for number in range(begin, min(begin + VARIANTS, count))]
        ids = some_skus(office, act, *codes)
        receive(office, act, warehouse, *((sku, PIECES * EACH) for sku in ids))
        found += zip(ids, codes, strict=True)
    return found


def _looked_over(database: Database) -> None:
    """What autovacuum does within a minute: figures of the tables as they are now, and not as the shop was filled."""
    if database.kind == "sqlite":
        with closing(sqlite3.connect(database.file)) as file:
            file.execute("ANALYZE")
            file.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return
    with closing(psycopg.connect(database.url, autocommit=True)) as connection:
        connection.execute("VACUUM ANALYZE")
        connection.execute("CHECKPOINT")


def _shelves(office: Office, act: Act, warehouse: WarehouseId, goods: list[tuple[SkuId, str]]) -> list[Shelf]:
    """As many places as SKUs; the goods of each SKU go from where they wait to ten of them, far from each other."""
    places = _places(office, act, warehouse, len(goods))
    held: list[list[str]] = [[] for _ in places]
    lines = []
    unplaced = standard_id(warehouse, Standard.UNPLACED)
    each = min(EACH, len(places))
    for number, (sku, code) in enumerate(goods):
        for turn in range(each):
            place = (number + turn * (len(places) // each)) % len(places)
            held[place].append(code)
            lines.append(MoveLine(sku, PIECES, unplaced, places[place].id))
    for begin in range(0, len(lines), LINES):
        office.perform(move_goods, MoveGoods(new_id(), warehouse, tuple(lines[begin : begin + LINES])), act)
    return [Shelf(place.barcode, tuple(there)) for place, there in zip(places, held, strict=True)]


def _places(office: Office, act: Act, warehouse: WarehouseId, count: int) -> list[Location]:
    """So many shelves, taken in as files."""
    paths = [
        f"{'CDEFGHJKMN'[number % 10]}-{number // 1_000 + 1:02d}-{number // 50 % 20 + 1:02d}-1-{number}" for number in range(count)
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
