"""The dispatcher: talks to the carriers, outside of any transaction, and records what they say."""

from __future__ import annotations

import datetime as dt
from typing import Final
from uuid import UUID

import attrs

from houtai.application.permission import logged_as, needs
from houtai.application.ports import Performer
from houtai.application.shipping.answers import (
    RecordVoidAnswer,
    RecordWaybillAnswer,
    next_question,
    record_void_answer,
    record_waybill_answer,
)
from houtai.application.shipping.pool import RecordNumbers, record_numbers
from houtai.application.shipping.ports import (
    TO_ASK,
    Carrier,
    CarrierAway,
    Carriers,
    CarrierSilent,
    ShippingTx,
    ShippingViews,
)
from houtai.application.shipping.pushes import PushReceipt, ReceivePush, receive_carrier_push
from houtai.domain import limits
from houtai.domain.act import Act, Entry
from houtai.domain.ids import PoolId, WaybillId, derive
from houtai.domain.shipping.answer import CarrierAnswer, Standing, VoidAnswer
from houtai.domain.shipping.parcel import Quote, Shipment
from houtai.domain.shipping.pool import Pool
from houtai.domain.shipping.waybill import Waybill, WaybillState

LEASE_S: Final = 60
_WAITING: Final = (WaybillState.REQUESTED, WaybillState.UNKNOWN)


class Dispatcher:
    """Tells and asks the carriers. Safe to run in several processes: each call is idempotent, each answer counts once."""

    def __init__(self, office: Performer, carriers: Carriers) -> None:
        """`carriers` by the name that waybills call them by."""
        self._office = office
        self._carriers = carriers

    def rates(self, shipment: Shipment, carriers: tuple[str, ...] = ()) -> tuple[Quote, ...]:
        """What each carrier (of those named, or all) would take, the cheapest first; one that fails is left out."""
        quotes: list[Quote] = []
        for name in carriers or tuple(self._carriers):
            try:
                quotes.extend(self._carrier(name).rates(shipment))
            except (CarrierAway, CarrierSilent):
                continue
        return tuple(sorted(quotes, key=lambda quote: (quote.charge.currency, quote.charge.minor)))

    def buy(self, waybill_id: WaybillId, *, first: bool) -> None:
        """Tell the carrier of a waybill; unless it is the `first` try, ask before telling. Raises CarrierAway."""
        waybill = self._office.ask(read_waybill, waybill_id, self._act())
        if waybill.state in _WAITING:
            self._record(waybill, self._tell_or_ask(waybill, ask=not first or waybill.state is WaybillState.UNKNOWN))

    def void(self, waybill_id: WaybillId, *, first: bool) -> None:
        """Tell the carrier that a waybill is to be undone, or ask where it may have heard of it. Raises CarrierAway."""
        waybill = self._office.ask(read_waybill, waybill_id, self._act())
        if waybill.state is WaybillState.VOIDING:
            self._record_void(waybill, self._void_or_ask(waybill, ask=not first))

    def refill(self, pool_id: PoolId, block: int) -> None:
        """Ask for a block of numbers; lost answers are asked for again under the same key. Raises CarrierAway."""
        pool = self._office.ask(read_pool, pool_id, self._act())
        if pool.asked_at is None or pool.blocks != block:
            return
        key = derive(pool_id, "block", block)
        try:
            numbers = self._carrier(pool.carrier).numbers(key, pool.terms.block_qty)
        except CarrierSilent as lost:
            raise CarrierAway(str(lost)) from lost  # the same key again is the same block: nothing can be doubled
        self._office.perform(record_numbers, RecordNumbers(pool_id, block, numbers), self._act())

    def track(self, waybill_id: WaybillId) -> PushReceipt:
        """Ask for all that happened to a parcel. Raises CarrierAway and CarrierSilent."""
        waybill = self._office.ask(read_waybill, waybill_id, self._act())
        events = self._carrier(waybill.carrier).track(waybill.shipment, waybill.number) if waybill.number else ()
        return self._office.perform(receive_carrier_push, ReceivePush(waybill.carrier, events), self._act())

    def ask_unknown(self, limit: int = 50) -> int:
        """Ask about what the carriers have not said, as far as a question is due; how many were asked."""
        due = self._office.ask(next_waybill_question, None, self._act())
        if due is None or due > self._office.clock.now():
            return 0
        questions = self._office.perform(take_waybill_questions, TakeWaybillQuestions(limit, LEASE_S), self._act())
        for waybill in questions:
            if waybill.state is WaybillState.VOIDING:
                self._record_void(waybill, self._safely_void(waybill))
            else:
                self._record(waybill, self._safely_ask(waybill))
        return len(questions)

    def _tell_or_ask(self, waybill: Waybill, *, ask: bool) -> CarrierAnswer:
        carrier = self._carrier(waybill.carrier)
        key = key_of(waybill.id)
        try:
            answer = carrier.ask(key) if ask else CarrierAnswer(Standing.NOT_KNOWN)
            if answer.standing is Standing.NOT_KNOWN and not waybill.void_wanted:
                answer = carrier.buy(key, waybill.shipment, waybill.number if waybill.pooled else "")
        except CarrierSilent as lost:
            return CarrierAnswer(Standing.NO_ANSWER, error=str(lost))
        return answer

    def _void_or_ask(self, waybill: Waybill, *, ask: bool) -> VoidAnswer:
        carrier = self._carrier(waybill.carrier)
        key = key_of(waybill.id)
        try:
            answer = carrier.ask_void(key, waybill.number) if ask else VoidAnswer(Standing.NOT_KNOWN)
            return carrier.void(key, waybill.number) if answer.standing is Standing.NOT_KNOWN else answer
        except CarrierSilent as lost:
            return VoidAnswer(Standing.NO_ANSWER, str(lost))

    def _safely_ask(self, waybill: Waybill) -> CarrierAnswer:
        """An unreachable carrier answers a question as little as a silent one."""
        try:
            return self._tell_or_ask(waybill, ask=True)
        except CarrierAway as away:
            return CarrierAnswer(Standing.NO_ANSWER, error=str(away))

    def _safely_void(self, waybill: Waybill) -> VoidAnswer:
        try:
            return self._void_or_ask(waybill, ask=True)
        except CarrierAway as away:
            return VoidAnswer(Standing.NO_ANSWER, str(away))

    def _carrier(self, name: str) -> Carrier:
        carrier = self._carriers.get(name)
        if carrier is None:
            message = f"no carrier is called {name}"
            raise CarrierAway(message)
        return carrier

    def _record(self, waybill: Waybill, answer: CarrierAnswer) -> None:
        self._office.perform(record_waybill_answer, RecordWaybillAnswer(waybill.id, answer), self._act())

    def _record_void(self, waybill: Waybill, answer: VoidAnswer) -> None:
        self._office.perform(record_void_answer, RecordVoidAnswer(waybill.id, answer), self._act())

    def _act(self) -> Act:
        return Act.of_system(self._office.clock.now(), Entry.TIMER)


def key_of(waybill_id: WaybillId) -> UUID:
    """What the carrier knows a waybill by before it has a number."""
    return derive(waybill_id, "carrier")


@attrs.frozen
class TakeWaybillQuestions:
    """Up to `limit` waybills; nobody else asks about them for `lease_s` seconds."""

    limit: int = attrs.field(validator=limits.between(1, 1_000))
    lease_s: int = attrs.field(validator=limits.between(1, 3_600))


@logged_as(None)
@needs("shipping.record-answer")
def take_waybill_questions(tx: ShippingTx, cmd: TakeWaybillQuestions, act: Act) -> tuple[Waybill, ...]:
    """Take what is due to be asked, count the question, and keep others from asking the same for the lease."""
    lease = act.at + dt.timedelta(seconds=cmd.lease_s)
    taken = []
    for waybill in tx.waybills.lock_due(TO_ASK, act.at, cmd.limit):
        taken.append(attrs.evolve(waybill, asks=waybill.asks + 1, ask_at=max(lease, next_question(act.at, waybill.asks))))
        tx.waybills.save(taken[-1])
    return tuple(taken)


@needs("shipping.record-answer")
def next_waybill_question(views: ShippingViews, query: None, act: Act) -> dt.datetime | None:
    """When the next question is due."""
    del query, act
    return views.next_waybill_question()


@needs("shipping.record-answer")
def read_waybill(views: ShippingViews, query: WaybillId, act: Act) -> Waybill:
    """A waybill for the dispatcher. Raises NotFound."""
    del act
    return views.waybills.get(query)


@needs("shipping.record-answer")
def read_pool(views: ShippingViews, query: PoolId, act: Act) -> Pool:
    """A pool for the dispatcher. Raises NotFound."""
    del act
    return views.waybill_pools.get(query)
