"""The whole office at random: every rule together, time that jumps, processes that die, callers that repeat themselves."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import attrs
from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from houtai.adapters.payments.embedded import Fault
from houtai.application.outbox import Delivery
from houtai.application.paging import Page
from houtai.application.relay import ListMessages, list_messages, redeliver
from houtai.application.shipping.dispatcher import key_of
from houtai.domain.ids import CustomerId, OutboundId
from houtai.domain.payments.answer import Standing
from houtai.domain.payments.refund import RefundState
from houtai.domain.refusal import Refusal
from houtai.domain.shipping.waybill import ENDED, WaybillState
from tests.aftersales.machine import Counters
from tests.rewards.machine import RewardingCounters
from tests.simulation.goods import Goods
from tests.simulation.house import PLACES, SHOWN, SKUS
from tests.simulation.judge import doctors_word
from tests.simulation.look import everything
from tests.simulation.market import Market
from tests.simulation.money import Till
from tests.simulation.records import GATEWAY, Order
from tests.simulation.sales import Sales, baskets, buyers
from tests.simulation.steps import pick
from tests.simulation.vans import Vans
from tests.simulation.weather import Strike

ROUNDS, BUSY = 60, 60
SILENT = (WaybillState.REQUESTED, WaybillState.UNKNOWN, WaybillState.VOIDING)
OPENING = {"CUP": 9, "BOWL": 12, "POT": 8, "TRAY": 12, "SPOON": 3}


class Simulation(Goods, Sales, Market, Till, Vans):
    """Everything, in memory."""

    @initialize()
    def the_shop_opens(self) -> None:
        """With something of everything on the shelves."""
        for code, qty in OPENING.items():
            self.receive(code, PLACES[0], qty)
            self.receive(code, PLACES[1], 2)

    @rule(basket=baskets, buyer=buyers, choice=st.none() | pick, more=st.integers(0, 31), fate=st.integers(0, 63))
    def an_order_lives(self, basket: dict[str, int], buyer: CustomerId, choice: int | None, more: int, fate: int) -> None:
        """In one go: by the bits of `fate` held first, its answer lost, paid late, its notice doubled, cancelled at last."""
        self.begin("an_order_lives")
        held, lost, late, twice, cancelled, slow = (bool(fate & 1 << bit) for bit in range(6))
        if held:
            self.hold_for(min(basket), basket[min(basket)], buyer)
            self.wait(90 if slow else 20)
        before = set(self.shop.orders)
        self.place(self.quoted(basket, buyer, choice), more | 4 if held else more & ~4, stale=False)
        new = [self.shop.orders[key] for key in self.shop.orders if key not in before]
        if lost:
            self.house.gateway.arrange("create", Fault.LOSE_ANSWER)
        while self.one_delivery():
            pass
        if late:
            self.wait(1_900)
            self.let_timers_run()
        for order in new:
            self._pay(order, lost=lost, copies=2 if twice else 1)
            if cancelled and order.state not in ("cancelled", "expired"):
                self.cancel(order)

    def _pay(self, order: Order, *, lost: bool, copies: int) -> None:
        """All its tenders, at the provider, whose notices come so often; the cashier asks first where an answer was lost."""
        for payment, tender in order.tenders.items():
            if self.house.gateway.knows(payment):
                self.truth[self.house.gateway.pay(payment)] = (payment, tender.minor)
        if lost:
            self.wait(40)
            self.struck(lambda: self.house.cashier.ask_unknown(limit=1), None, 0)
        self.collect_notices()
        for notice in list(self.bag[-2:]):
            if all([self.deliver(*notice) for _ in range(copies)]):  # noqa: C419  # each copy is brought
                self.bag.remove(notice)

    @rule(
        sold=st.lists(baskets, min_size=1, max_size=3),
        buyer=buyers,
        dice=st.integers(0, 2**32),
        lane=st.booleans(),
    )
    def orders_go_out(self, sold: list[dict[str, int]], buyer: CustomerId, dice: int, lane: bool) -> None:  # drawn
        """Ordered, paid, and on their way through a warehouse, as far as the day lasts."""
        self.begin("orders_go_out")
        for basket in sold:
            before = set(self.shop.orders)
            self.place(self.quoted({min(basket): 1} if lane else basket, buyer, None), 0, stale=False)
            self.empty_outbox()
            for key in self.shop.orders:
                if key not in before:
                    self._pay(self.shop.orders[key], lost=False, copies=1)
        if self.shop.rules.merge_minutes:
            self.wait(60 * self.shop.rules.merge_minutes + 1)
            self.let_timers_run()
        self.a_day(dice, BUSY, lane=lane)

    def somebody_cancels(self, fate: int) -> None:
        """See `Vans`."""
        if self.shop.orders:
            self.cancel(self.order(fate))

    def empty_outbox(self) -> None:
        """See `Vans`."""
        while self.one_delivery():
            pass

    def wait(self, seconds: int) -> None:
        """Time passes."""
        self.house.wrist.true += dt.timedelta(seconds=seconds)
        self.settle()

    @rule(seconds=st.sampled_from((1, 20, 90, 310, 400, 901, 1_900, 4_000, 30_000, 90_000, 260_000)))
    def time_passes(self, seconds: int) -> None:
        """For everybody."""
        self.begin("time_passes")
        self.wait(seconds)

    @rule(seconds=st.sampled_from((0, 0, -7_200, -400, -5, 5, 400, 7_200)))
    def our_clock_jumps(self, seconds: int) -> None:
        """Ahead, back, or right again; the provider's does not."""
        self.begin("our_clock_jumps")
        self.house.wrist.off = dt.timedelta(seconds=seconds)

    @rule(strike=st.sampled_from(sorted(Strike, key=str)))
    def bad_luck_is_coming(self, strike: Strike) -> None:
        """For the next deed or notice."""
        self.begin("bad_luck_is_coming")
        self.coming = strike

    @rule()
    def the_process_starts_anew(self) -> None:
        """On what is in the store."""
        self.begin("the_process_starts_anew")
        self.restart()

    @precondition(lambda self: self.done)
    @rule(choice=pick, other=st.booleans())
    def somebody_repeats_a_call(self, choice: int, other: bool) -> None:  # drawn
        """Under its key: the first answer, and nothing done again. Under that key with another body: refused."""
        self.begin("somebody_repeats_a_call")
        deed, cmd, act, key, answer = self.done[-1 - choice % len(self.done)]
        before = everything(self.house.inspected)
        if other:
            others = [one[1] for one in self.done if one[0] is deed and one[1] != cmd]
            if not others:
                return
            cmd = others[0]
        try:
            again = self.house.office.perform(deed, cmd, attrs.evolve(act, at=self.now), key=key)
        except Refusal as refusal:
            self.tally.refusals[refusal.code] += 1
            assert other, f"{deed.__name__} again under its key: {refusal}"
            assert refusal.code == "idempotency-key-reused", refusal
        else:
            assert not other, f"{deed.__name__} with another body went through under a used key"
            assert again == answer, f"{deed.__name__} again under its key has another answer"
        assert everything(self.house.inspected) == before, "a repeated call has changed something"

    # -- the end

    def teardown(self) -> None:
        """Let everything come to rest, and see that nothing got lost on the way; not after a finding."""
        try:
            if self.sound:
                self.everything_comes_to_rest()
        finally:
            super().teardown()

    def everything_comes_to_rest(self) -> None:
        """With clocks right and everybody reachable, every message arrives and every outcome becomes known."""
        self.coming = None
        self.house.wrist.off = dt.timedelta()
        self.house.channel.disappear(0)
        outsides: tuple[Any, ...] = (self.house.gateway, *self.house.carriers.values())
        for outside in outsides:
            for faults in outside._faults.values():  # its bad days are over
                faults.clear()
        self.house.press.coming.clear()
        for _ in range(ROUNDS):
            if not self._a_round():
                break
        found = [*self._lost(), *doctors_word(self.house.inspected)]
        assert not found, "\n".join(found)

    def _a_round(self) -> bool:
        """Hours pass, and everybody does their work; whether there is more of it."""
        self.house.wrist.true += dt.timedelta(hours=2)
        for message in self._messages(Delivery.GIVEN_UP):
            self.house.office.perform(redeliver, message, self.act)
        while self.one_delivery():
            pass
        for refund in self.seen.refunds.values():
            if self.standing(refund) is Standing.PENDING:
                self.house.gateway.finish_refund(refund.key)
        self.collect_notices()
        for notice in list(self.bag):
            if self.deliver(*notice):
                self.bag.remove(notice)
        while self.struck(lambda: self.house.cashier.ask_unknown(limit=1), None, 0):
            pass
        for waybill in self.seen.waybills.values():
            if waybill.state is WaybillState.VOIDING:
                self.house.carriers[waybill.carrier].finish_void(key_of(waybill.id))
        self.house.dispatcher.ask_unknown()
        unknown = any(one.state is RefundState.SUBMITTED for one in self.seen.refunds.values())
        asked = any(one.ask_at is not None for one in self.seen.payments.values())
        silent = any(one.state in SILENT for one in self.settle().waybills.values())
        return bool(self._messages(Delivery.PENDING)) or unknown or asked or silent or bool(self.bag)

    def _messages(self, state: Delivery) -> list[UUID]:
        found = self.house.office.ask(list_messages, ListMessages(Page(limit=100), state), self.act)
        return [message.id for message in found.items]

    def _lost(self) -> Iterator[str]:
        """What is not where it has to be, now that nothing is on its way."""
        if self._messages(Delivery.PENDING):
            yield "messages wait for ever"
        asked = {key: one for order in self.shop.orders.values() for key, one in order.tenders.items() if one.by == GATEWAY}
        for refund in self.seen.refunds.values():
            if refund.payment_id in asked and refund.state in (RefundState.CREATED, RefundState.SUBMITTED):
                yield f"a refund of {refund.amount} waits for ever"
        for ref, (payment, minor) in self.truth.items():
            if minor == asked[payment].minor and ref not in asked[payment].captures:
                yield f"the buyer paid {ref} and nothing of it is in the books"
        for payment, tender in asked.items():
            out = sum(
                one.amount.minor
                for one in self.seen.refunds.values()
                if one.payment_id == payment and one.state is RefundState.SUCCEEDED
            )
            if self.house.gateway.money_out(payment) != out:
                yield f"{self.house.gateway.money_out(payment)} went back of a payment of {tender.minor}, the rows say {out}"
            waits = self.seen.payments[payment].state.value in ("pending", "unknown")
            if waits and not self.house.gateway.knows(payment):
                yield f"the provider has never heard of payment {payment}"
        yield from self._labels()
        for code in SHOWN:
            told = self.house.channel.stock[str(SKUS[code])].qty
            if told != self.seen.shown[code]:
                yield f"the channel shows {told} of {code}, and was to show {self.seen.shown[code]}"

    def _labels(self) -> Iterator[str]:
        """Numbers that a carrier charges for and that stand on no parcel, or the other way round; more than one on a parcel."""
        living = [one for one in self.seen.waybills.values() if one.state not in (*ENDED, *SILENT)]
        for name, carrier in self.house.carriers.items():
            ours = sorted(one.number for one in living if one.carrier == name)
            if ours != carrier.bound():
                yield f"{name} charges for {carrier.bound()}, the rows have {ours}"
        parcels = [one.parcel_id for one in living]
        if len(set(parcels)) < len(parcels):
            yield "a parcel has two numbers"
        for one in living:  # a carrier may refuse to undo it, and then says why
            if self.shop.parts[OutboundId(one.parcel_id)].stopped and not one.error:
                yield f"{one.number} of an order that was stopped is still charged for"
        printed = {job.subject for job in self.seen.jobs}
        for part in self.shop.parts.values():
            due = part.state not in ("new", "waved") and (part.lane_done or not part.in_lane) and not part.stopped
            if part.waybill and due and part.waybill not in printed:
                yield f"nobody was asked to print {part.waybill}"


class OnSqlite(Simulation):
    """Everything, on an SQLite file, with the whole doctor after every step."""

    kind = "sqlite"


class OnPostgres(Simulation):
    """Everything, on PostgreSQL, likewise."""

    kind = "postgres"


RULE = "hypothesis_stateful_rule"
OF_WAREHOUSES = {name for name in dir(Vans) if hasattr(getattr(Vans, name), RULE)} | {"orders_go_out"}
EVERYBODYS = {"time_passes", "an_order_is_cancelled", "the_relay_empties_the_outbox", "goods_come_in"}
OF_THE_SHOP = {name for name in dir(Simulation) if hasattr(getattr(Simulation, name), RULE)} - OF_WAREHOUSES - EVERYBODYS


def without(rules: set[str]) -> type[Simulation]:
    """The office without these rules: what the others find is found sooner."""
    made = type("Part", (Simulation,), dict.fromkeys(rules))
    assert issubclass(made, Simulation)
    return made


MACHINES: dict[str, type[Simulation | Counters]] = {
    "memory": Simulation,
    "sqlite": OnSqlite,
    "postgres": OnPostgres,
    "shop": without(OF_WAREHOUSES),
    "floor": without(OF_THE_SHOP),
    "claims": Counters,
    "rewards": RewardingCounters,
}
