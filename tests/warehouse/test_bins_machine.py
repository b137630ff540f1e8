"""Everything that can happen to goods in places, in any order: places add up to stock, and every double entry to nothing."""

from __future__ import annotations

from typing import Any

import attrs
from hypothesis import settings, strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, rule

from houtai.adapters.memory.store import MemoryStore
from houtai.application.inventory.adjust import DecideAdjustment, RequestAdjustment, approve_adjustment, request_adjustment
from houtai.application.office import Office
from houtai.application.paging import Page
from houtai.application.permission import needs
from houtai.application.warehouse.bin_ports import BIN_MOVE_BY_STOCK, SERIAL_BY_SKU, BinsViews, BinWish
from houtai.application.warehouse.carry_unit import CarryUnit, carry_unit
from houtai.application.warehouse.lots import RegisterSerials, register_serials
from houtai.application.warehouse.move_goods import MoveGoods, MoveLine, move_goods
from houtai.application.warehouse.pick import Leaving, Pick, PickWant, Taking
from houtai.application.warehouse.ports import LOCATION_BY_WAREHOUSE
from houtai.application.warehouse.suspect import DoubtBin, clear_suspect, mark_suspect
from houtai.application.warehouse.units import MakeUnit, make_unit
from houtai.domain.act import Act
from houtai.domain.ids import AdjustmentId, HandlingUnitId, SkuId, WarehouseId, new_id
from houtai.domain.inventory.adjustment import AdjustmentLine
from houtai.domain.inventory.movement import Reason
from houtai.domain.inventory.refusals import NotEnoughOnHand, OutOfStock, WouldUndercut
from houtai.domain.inventory.stock import StockState
from houtai.domain.refusal import Refusal
from houtai.domain.warehouse.bin_refusals import AllBinsPromised, BinsShort, CannotPlace, NotAllocated, NotInBin, SerialsNeeded
from houtai.domain.warehouse.handling_unit import UnitKind
from houtai.domain.warehouse.location import LocationKind, MixPolicy
from houtai.domain.warehouse.removal import Removal
from tests.catalog.arrange import another
from tests.conftest import StillClock
from tests.inventory.arrange import order, place, receive, some_skus
from tests.inventory.invariants import broken
from tests.warehouse.arrange import some_location
from tests.warehouse.bins_arrange import Allocating, allocated, issued, released, returned, some_depot, taken

few = st.integers(1, 5)
two = st.integers(0, 1)
which = st.integers(0, 7)
PLACES = ("unplaced", "first", "second", "table", "damaged", "single")
SOUND = st.sampled_from([StockState.SELLABLE, StockState.SELLABLE, StockState.DAMAGED, StockState.QUARANTINE])


@attrs.frozen
class Places:
    """Whose places to look at."""

    skus: tuple[SkuId, ...]
    warehouse: WarehouseId


@needs("tests.places")
def torn(views: BinsViews, query: Places, act: Act) -> list[str]:
    """What does not hold of stock by location."""
    found = []
    for sku in query.skus:
        key = (sku, query.warehouse)
        stock = views.stocks.get(key)
        bins = views.bin_list(BinWish(sku_id=sku), Page(limit=100)).items
        for state in StockState:
            placed = sum(one.qty for one in bins if one.key.state is state)
            if placed != stock.on_hand(state):
                found.append(f"S4: {placed} pieces are {state.value} in places, the stock says {stock.on_hand(state)}")
        found += _unlike_moves(views, key, {one.id: one.qty for one in bins})
        if sum(one.suspect_qty for one in bins if one.key.state is StockState.SELLABLE) != stock.frozen_qty:
            found.append("what is doubted is not what is frozen")
        numbered: dict[Any, int] = {}
        for serial in views.serials.by(SERIAL_BY_SKU, sku):
            numbered[serial.bin_id] = numbered.get(serial.bin_id, 0) + 1
        numbered.pop(None, None)
        quantities = {one.id: one.qty for one in bins}
        found += [f"{bin_id} has {count} serials" for bin_id, count in numbered.items() if count > quantities.get(bin_id, 0)]
    return found


def _unlike_moves(views: BinsViews, key: Any, bins: dict[Any, int]) -> list[str]:
    """Each place is the sum of its moves, all of them together nothing, and the ledger has no gap."""
    moves = views.bin_moves.by(BIN_MOVE_BY_STOCK, key)
    physical = {place.id for place in views.locations.by(LOCATION_BY_WAREHOUSE, key[1]) if place.physical}
    at: dict[Any, int] = {}
    for move in moves:
        at[move.from_location_id] = at.get(move.from_location_id, 0) - move.qty
        at[move.to_location_id] = at.get(move.to_location_id, 0) + move.qty
    found = [] if not sum(at.values()) else ["the sum over all locations is not zero"]
    if any(qty < 0 for place, qty in at.items() if place in physical):
        found.append("less than nothing lies in a place")
    if sum(qty for place, qty in at.items() if place in physical) != sum(bins.values()):
        found.append("places and moves part")
    if [one.seq for one in moves] != list(range(1, len(moves) + 1)):
        found.append("the ledger of places has a gap")
    return found


class BinMachine(RuleBasedStateMachine):
    """One SKU and a second, six places, a tote; all deeds that touch places."""

    picks = Bundle("picks")

    @initialize()
    def open_the_depot(self) -> None:
        self.clock = StillClock()
        self.office = Office(MemoryStore(), self.clock)
        self.depot = some_depot(self.office, self.act)
        self.skus = [self.depot.tea, *some_skus(self.office, self.act, "CUP")]
        receive(self.office, self.act, self.depot.warehouse, (self.skus[1], 4))
        warehouse = self.depot.warehouse
        damaged = some_location(self.office, self.act, warehouse, "D-01", LocationKind.DAMAGED)
        single = some_location(self.office, self.act, warehouse, "C-01", mix=MixPolicy.SAME_PRODUCT)
        depot = self.depot
        ids = (depot.unplaced, depot.first.id, depot.second.id, depot.table.id, damaged.id, single.id)
        self.places = dict(zip(PLACES, ids, strict=True))
        cmd = MakeUnit(HandlingUnitId(new_id()), warehouse, "H-TOTE", UnitKind.TOTE, depot.table.id)
        self.unit = self.office.perform(make_unit, cmd, self.act)
        self.reserved: dict[Any, Any] = {}

    @property
    def act(self) -> Act:
        return Act.of_system(self.clock.now())

    def do(self, deed: Any, cmd: Any, *refused: type[Refusal], act: Act | None = None) -> Any:
        """Perform; None where it was refused in one of the ways that are all right here."""
        try:
            return self.office.perform(deed, cmd, act or self.act)
        except refused:
            return None

    @rule(sku=two, qty=few, days=st.integers(0, 2))
    def receive_goods(self, sku: int, qty: int, days: int) -> None:
        self.clock.advance(days=days)
        receive(self.office, self.act, self.depot.warehouse, (self.skus[sku], qty), unit_minor=333)

    @rule(sku=two, delta=st.integers(-4, 4).filter(bool), state=SOUND, to_state=st.none() | SOUND)
    def adjust(self, sku: int, delta: int, state: StockState, to_state: StockState | None) -> None:
        self.adjust_by(sku, delta, state, to_state if delta < 0 and to_state is not state else None)

    def adjust_by(
        self, sku: int, delta: int, state: StockState = StockState.SELLABLE, to_state: StockState | None = None
    ) -> None:
        line = AdjustmentLine(1, self.skus[sku], state, delta, to_state)
        cmd = RequestAdjustment(AdjustmentId(new_id()), self.depot.warehouse, Reason.CORRECTION, (line,))
        self.do(request_adjustment, cmd)
        decision = DecideAdjustment(cmd.adjustment, 1)
        self.do(approve_adjustment, decision, WouldUndercut, NotEnoughOnHand, AllBinsPromised, act=another(self.act))

    @rule(
        sku=two,
        qty=few,
        start=st.sampled_from(PLACES),
        end=st.sampled_from(PLACES),
        state=SOUND,
        to_state=st.none() | SOUND,
        units=st.tuples(st.booleans(), st.booleans()),
    )
    def carry(self, sku: int, qty: int, start: str, end: str, state: StockState, to_state: Any, units: Any) -> None:
        out, into = (self.unit.id if wanted else None for wanted in units)
        if (start, out, to_state or state) == (end, into, state):
            return
        line = MoveLine(self.skus[sku], qty, self.places[start], self.places[end], out, into, state=state, to_state=to_state)
        cmd = MoveGoods(new_id(), self.depot.warehouse, (line,))
        self.do(move_goods, cmd, NotInBin, CannotPlace, WouldUndercut, NotEnoughOnHand, SerialsNeeded)

    @rule(which=which, end=st.sampled_from(PLACES))
    def empty_a_bin(self, which: int, end: str) -> None:
        one = self.some_bin(which)
        if one is not None and one.free_qty and one.location_id != self.places[end]:
            line = MoveLine(one.sku_id, one.free_qty, one.location_id, self.places[end], one.handling_unit_id, state=one.state)
            self.do(move_goods, MoveGoods(new_id(), self.depot.warehouse, (line,)), CannotPlace, SerialsNeeded)

    def some_bin(self, which: int) -> Any:
        """One of the bins that hold something."""
        found = self.depot.bins()
        return found[which % len(found)] if found else None

    @rule(end=st.sampled_from(PLACES))
    def carry_the_tote(self, end: str) -> None:
        if self.unit.location_id != self.places[end]:
            cmd = CarryUnit(new_id(), self.unit.id, self.unit.version, self.places[end])
            self.unit = self.do(carry_unit, cmd, CannotPlace) or self.unit

    @rule(target=picks, sku=two, qty=few, removal=st.sampled_from(Removal))
    def promise(self, sku: int, qty: int, removal: Removal) -> Any:
        """The picks and their reservation; always one answer, since ids are random and bundles must not hang on them."""
        made = self.do(place, order(self.depot.shop.channel, (self.skus[sku], qty)), OutOfStock)
        if made is None:
            return (), None
        wants = (PickWant(1, self.skus[sku], self.depot.warehouse, qty),)
        return self.do(allocated, Allocating(wants, removal), BinsShort) or (), made[0].id

    @rule(target=picks, held=consumes(picks), end=st.sampled_from(PLACES), unit=st.booleans())
    def take(self, held: Any, end: str, unit: bool) -> Any:
        picks, reservation = held
        into = self.unit.id if unit else None
        now: list[Pick] = []
        for pick in picks:
            taking = (Taking(pick, pick.qty, self.places[end], into),)
            if (pick.bin.location_id, pick.bin.handling_unit_id) != (self.places[end], into):
                now += self.do(taken, taking, CannotPlace, SerialsNeeded, NotInBin, NotAllocated) or (pick,)
            else:
                now.append(pick)
        return tuple(now), reservation

    @rule(held=consumes(picks))
    def send_out(self, held: Any) -> None:
        for pick in self.known(held):
            self.do(issued, (Leaving(pick, held[1]),), SerialsNeeded)

    @rule(held=consumes(picks))
    def give_back(self, held: Any) -> None:
        self.do(released, self.known(held))

    @rule(held=consumes(picks), end=st.sampled_from(PLACES[:3]))
    def put_back(self, held: Any, end: str) -> None:
        for pick in self.known(held):
            if pick.bin.location_id != self.places[end]:
                self.do(returned, (Taking(pick, pick.qty, self.places[end]),), SerialsNeeded, CannotPlace)

    def known(self, held: Any) -> tuple[Any, ...]:
        """The picks whose tote was not carried away under them: nobody here knows those any more."""
        stands = self.unit.location_id
        return tuple(one for one in held[0] if one.bin.handling_unit_id is None or one.bin.location_id == stands)

    @rule(which=which, clear=st.booleans())
    def doubt(self, which: int, clear: bool) -> None:
        one = self.some_bin(which)
        if one is not None:
            self.do(clear_suspect if clear else mark_suspect, DoubtBin(one.id))

    @rule(sku=two, qty=few)
    def miss_and_lose(self, sku: int, qty: int) -> None:
        for one in self.depot.bins(sku_id=self.skus[sku], state=StockState.SELLABLE)[:1]:
            self.do(mark_suspect, DoubtBin(one.id))
        self.adjust_by(sku, -qty)

    @rule(which=which, count=few)
    def number(self, which: int, count: int) -> None:
        one = self.some_bin(which)
        if one is not None:
            codes = tuple(str(new_id()) for _ in range(count))
            self.do(register_serials, RegisterSerials(one.id, codes), NotInBin)

    @invariant()
    def everything_agrees(self) -> None:
        if hasattr(self, "reserved"):
            assert broken(self.office, self.act, self.skus) == []
            assert self.office.ask(torn, Places(tuple(self.skus), self.depot.warehouse), self.act) == []


TestBins = BinMachine.TestCase
TestBins.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)
