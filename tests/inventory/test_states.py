"""Everything that can happen to stock, in any order: after each step the ledger, the promises and the figures agree."""

from __future__ import annotations

from typing import Any

from hypothesis import settings, strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, multiple, rule

from houtai.adapters.memory.store import MemoryStore
from houtai.application.inventory.adjust import (
    DecideAdjustment,
    RequestAdjustment,
    approve_adjustment,
    request_adjustment,
)
from houtai.application.inventory.configure import (
    NoteUnimported,
    SetAside,
    SetFence,
    SetPublishPolicy,
    note_unimported,
    set_aside,
    set_fence,
    set_publish_policy,
)
from houtai.application.inventory.hold import ExpireHolds, HoldStock, ReleaseHeldStock, expire_holds, hold, release_held_stock
from houtai.application.inventory.publish import PublishStock, publish_stock
from houtai.application.inventory.reserve import Want
from houtai.application.office import Office
from houtai.domain.act import Act
from houtai.domain.ids import AdjustmentId, CustomerId, HoldId, OrderId, derive, new_id
from houtai.domain.inventory.adjustment import AdjustmentLine
from houtai.domain.inventory.movement import Reason
from houtai.domain.inventory.refusals import (
    CostNeeded,
    FenceTooWide,
    FrozenTooMuch,
    HoldCapReached,
    NotEnoughOnHand,
    OutOfStock,
    WouldUndercut,
)
from houtai.domain.inventory.stock import StockState
from houtai.domain.inventory.warehouse import HoldRule
from houtai.domain.refusal import Refusal
from tests.catalog.arrange import another, some_channel
from tests.conftest import StillClock
from tests.inventory.arrange import book, cancel, order, place, receive, serve, some_skus, some_warehouse
from tests.inventory.invariants import broken

two = st.integers(0, 1)
few = st.integers(1, 6)
goods = st.lists(st.tuples(two, st.integers(1, 4)), min_size=1, max_size=3)

FREE = [state for state in StockState if state is not StockState.RETURN_PENDING]
"""What came back belongs to its claim."""


class StockMachine(RuleBasedStateMachine):
    """Two SKUs in two warehouses, sold on two channels whose pools overlap."""

    orders = Bundle("orders")
    holds = Bundle("holds")

    @initialize()
    def open_the_shop(self) -> None:
        self.clock = StillClock()
        self.office = Office(MemoryStore(), self.clock)
        self.places = [some_warehouse(self.office, self.act, code) for code in ("SH", "GZ")]
        self.skus = some_skus(self.office, self.act, "A", "B")
        self.channels = [some_channel(self.office, self.act, code) for code in ("TMALL", "SHOP")]
        rule = HoldRule(ttl_s=600, scarce_ttl_s=120, scarce_below_qty=3, buyer_cap_qty=12)
        serve(self.office, self.act, self.channels[0], *self.places, holds=rule)
        serve(self.office, self.act, self.channels[1], self.places[1], holds=rule)
        receive(self.office, self.act, self.places[1], (self.skus[0], 5), (self.skus[1], 3), unit_minor=333)
        for channel in self.channels:
            self.do(publish_stock, PublishStock(channel, tuple(self.skus)))

    @property
    def act(self) -> Act:
        return Act.of_system(self.clock.now())

    def do(self, use_case: Any, cmd: Any, *, refused: tuple[type[Refusal], ...] = (), act: Act | None = None) -> Any:
        """Perform; None where it was refused in one of the ways that are all right here."""
        try:
            return self.office.perform(use_case, cmd, act or self.act)
        except refused:
            return None

    def order(self, channel: int, wanted: list[tuple[int, int]], **more: Any) -> Any:
        return order(self.channels[channel], *((self.skus[sku], qty) for sku, qty in wanted), **more)

    @rule(place=two, sku=two, qty=few, unit_minor=st.integers(0, 999))
    def receive(self, place: int, sku: int, qty: int, unit_minor: int) -> None:
        receive(self.office, self.act, self.places[place], (self.skus[sku], qty), unit_minor=unit_minor)

    @rule(target=holds, channel=two, wanted=goods, buyer=two)
    def hold(self, channel: int, wanted: list[tuple[int, int]], buyer: int) -> Any:
        wants = tuple(Want(line, self.skus[sku], qty) for line, (sku, qty) in enumerate(wanted, start=1))
        buyer_id = CustomerId(derive(self.channels[0], "buyer", buyer))
        cmd = HoldStock(HoldId(new_id()), buyer_id, self.channels[channel], wants)
        made = self.do(hold, cmd, refused=(OutOfStock, HoldCapReached))
        return (channel, wanted, made.id) if made is not None else multiple()

    @rule(made=holds)
    def give_a_hold_back(self, made: Any) -> None:
        self.do(release_held_stock, ReleaseHeldStock(made[2]))

    @rule(target=orders, channel=two, wanted=goods, together=st.booleans())
    def reserve(self, channel: int, wanted: list[tuple[int, int]], together: bool) -> Any:
        made = self.do(place, self.order(channel, wanted, ship_together=together), refused=(OutOfStock,))
        return made[0].order_id if made else multiple()

    @rule(target=orders, made=holds, more=st.lists(st.tuples(two, st.integers(1, 2)), max_size=1), less=st.booleans())
    def reserve_what_is_held(self, made: Any, more: list[tuple[int, int]], less: bool) -> Any:
        channel, wanted, hold_id = made
        ordered = [(wanted[0][0], 1)] if less else [*wanted, *more]
        reserved = self.do(place, self.order(channel, ordered, hold=hold_id), refused=(OutOfStock,))
        return reserved[0].order_id if reserved else multiple()

    @rule(target=orders, channel=two, wanted=goods)
    def book_what_a_channel_sold(self, channel: int, wanted: list[tuple[int, int]]) -> OrderId:
        cmd = self.order(channel, wanted)
        self.do(book, cmd)
        return OrderId(cmd.order)

    @rule(made=orders)
    def release(self, made: OrderId) -> None:
        self.do(cancel, made)
        assert self.do(cancel, made) == ()

    @rule(seconds=st.sampled_from([30, 120, 600]))
    def wait(self, seconds: int) -> None:
        self.clock.advance(seconds=seconds)

    @rule()
    def expire(self) -> None:
        self.do(expire_holds, ExpireHolds())

    @rule(place=two, sku=two, delta=st.integers(-4, 4).filter(bool), state=st.sampled_from(FREE))
    def adjust(self, place: int, sku: int, delta: int, state: StockState) -> None:
        self.post(place, AdjustmentLine(1, self.skus[sku], state, delta))

    @rule(place=two, sku=two, qty=few, change=st.permutations(FREE))
    def regrade(self, place: int, sku: int, qty: int, change: list[StockState]) -> None:
        self.post(place, AdjustmentLine(1, self.skus[sku], change[0], -qty, change[1]))

    def post(self, place: int, line: AdjustmentLine) -> None:
        cmd = RequestAdjustment(AdjustmentId(new_id()), self.places[place], Reason.COUNT_DIFFERENCE, (line,))
        asked = self.do(request_adjustment, cmd)
        refused = (WouldUndercut, NotEnoughOnHand, CostNeeded)
        self.do(approve_adjustment, DecideAdjustment(asked.id, 1), refused=refused, act=another(self.act))

    @rule(channel=two, place=two, sku=two, qty=st.integers(0, 4))
    def fence(self, channel: int, place: int, sku: int, qty: int) -> None:
        cmd = SetFence(self.channels[channel], self.skus[sku], self.places[place], qty)
        self.do(set_fence, cmd, refused=(FenceTooWide,))

    @rule(place=two, sku=two, safety=st.integers(0, 3), frozen=st.integers(0, 2))
    def set_aside(self, place: int, sku: int, safety: int, frozen: int) -> None:
        self.do(set_aside, SetAside(self.skus[sku], self.places[place], safety, frozen), refused=(FrozenTooMuch,))

    @rule(channel=two, ratio=st.sampled_from([50, 100]), buffer=st.integers(0, 2), cap=st.none() | few)
    def publish_by_another_policy(self, channel: int, ratio: int, buffer: int, cap: int | None) -> None:
        self.versions = getattr(self, "versions", {})
        version = self.versions.get(channel, 0)
        cmd = SetPublishPolicy(self.channels[channel], None, version, ratio, buffer, cap)
        self.versions[channel] = self.do(set_publish_policy, cmd).version

    @rule(channel=two, sku=two, qty=st.integers(0, 3))
    def show_an_order_that_is_not_booked(self, channel: int, sku: int, qty: int) -> None:
        self.do(note_unimported, NoteUnimported(self.channels[channel], self.skus[sku], qty))

    @invariant()
    def everything_agrees(self) -> None:
        if hasattr(self, "skus"):
            assert broken(self.office, self.act, self.skus) == []


TestStock = StockMachine.TestCase
TestStock.settings = settings(max_examples=35, stateful_step_count=30, deadline=None)
