"""Notices in any order, doubled and in parallel, end in one state (F8)."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import settings, strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule

from houtai.adapters.memory.store import MemoryStore
from houtai.adapters.payments.embedded import Callback, Fault
from houtai.application import reactions
from houtai.application.ledger.ports import JournalFilter
from houtai.application.ledger.queries import AskTrialBalance, ListJournals, list_journals, trial_balance
from houtai.application.office import Office
from houtai.application.paging import Page
from houtai.domain.ids import PaymentId, RefundId
from houtai.domain.payments.payment import PaymentState
from houtai.domain.payments.refund import RefundState
from houtai.domain.payments.refusals import RefundOverPayment, RefundOverRest
from tests.conftest import StillClock
from tests.payments.conftest import EVENTS
from tests.payments.till import CASH, DEPOSITS, OWED, Till, in_parallel, yuan


def a_story(till: Till, clock: StillClock) -> tuple[PaymentId, RefundId]:
    """A payment that fails, is paid, reported wrongly and paid twice; a refund of it that is refused, then paid."""
    payment = till.request("20.00")
    till.gateway.decline(payment)
    clock.advance(seconds=1)
    till.gateway.pay(payment)
    till.bring_all()
    till.gateway.arrange("refund", Fault.TAKE_LONG)
    refund = till.refund(payment, "5.00")
    key = till.refund_of(refund).key
    till.gateway.pay(payment, yuan("19.99"))
    till.gateway.pay(payment)
    for error in ("", "account closed", ""):
        clock.advance(seconds=1)
        till.gateway.finish_refund(key, error)
    return payment, refund


@pytest.mark.parametrize("seed", range(6))
def test_f8_every_order_of_the_notices_ends_in_the_same_state(till: Till, clock: StillClock, seed: int) -> None:
    payment, refund = a_story(till, clock)
    callbacks = till.gateway.callbacks(copies=3, shuffled=random.Random(seed))
    in_parallel(till.bring, callbacks[:8])
    for callback in callbacks[8:]:
        till.bring(callback)
    till.relay.run_until_idle()
    till.bring_all()
    kept = till.payment(payment)
    assert (kept.state, kept.captured_minor, kept.refund_minor, kept.refunded_minor) == (
        PaymentState.CAPTURED, 4000, 2500, 2500
    )  # fmt: skip
    assert till.refund_of(refund).state is RefundState.SUCCEEDED
    assert till.balances() == {CASH: 1500, DEPOSITS: -1500}


def test_a_whole_set_of_notices_played_again_changes_nothing(till: Till, clock: StillClock) -> None:
    a_story(till, clock)
    till.bring_all()
    before = till.balances(), len(till.cases()), len(till.refunds())
    receipts = [till.bring(callback) for callback in till.gateway.callbacks(again=True, shuffled=random.Random(1))]
    assert all(receipt.repeated for receipt in receipts)
    assert (till.balances(), len(till.cases()), len(till.refunds())) == before


class PaymentStory(RuleBasedStateMachine):
    """A provider, a buyer, a clerk and bad luck do what they like; the money adds up after every step."""

    payments = Bundle("payments")
    callbacks = Bundle("callbacks")

    @initialize()
    def open_till(self) -> None:
        """A fresh house; nobody above payments listens."""
        self.clock = StillClock()
        self.till = Till(Office(MemoryStore(), self.clock, pause=lambda _: None), self.clock)
        self.known: list[PaymentId] = []
        self.before = dict(reactions.REACTIONS)
        for kind in EVENTS:
            reactions.REACTIONS[kind] = (self._overhear,)  # type: ignore[index]  # a dict in fact

    def _overhear(self, _tx: Any, event: Any, _act: Any) -> None:
        self.till.announced.append(event)

    def teardown(self) -> None:
        """Put the house's own reactions back."""
        reactions.REACTIONS.update(self.before)  # type: ignore[attr-defined]  # a dict in fact
        self.till.gateway.close()

    @rule(target=payments, amount=st.sampled_from(["1.00", "20.00"]), fault=st.sampled_from([None, *Fault]))
    def request(self, amount: str, fault: Fault | None) -> PaymentId:
        """A payment is asked for, perhaps with bad luck on the way."""
        if fault is not None:
            self.till.gateway.arrange("create", fault)
        payment = self.till.request(amount)
        self.known.append(payment)
        return payment

    @rule(payment=payments, amount=st.sampled_from([None, "0.01", "20.00"]))
    def pay(self, payment: PaymentId, amount: str | None) -> None:
        """The buyer pays the right amount or another, once or again, if the provider knows of the payment."""
        if self.till.gateway.query(payment).standing.value != "not-known":
            self.till.gateway.pay(payment, yuan(amount) if amount else None)

    @rule(payment=payments)
    def decline(self, payment: PaymentId) -> None:
        """The bank says no."""
        self.till.gateway.decline(payment)

    @rule(payment=payments, amount=st.sampled_from(["0.50", "1.00", "20.00"]), fault=st.sampled_from([None, *Fault]))
    def refund(self, payment: PaymentId, amount: str, fault: Fault | None) -> None:
        """A clerk pays back what is left."""
        if fault is not None:
            self.till.gateway.arrange("refund", fault)
        try:
            self.till.refund(payment, amount)
        except (RefundOverPayment, RefundOverRest):
            self.till.gateway._faults.clear()

    @rule(data=st.data(), error=st.sampled_from(["", "account closed"]))
    def finish_refund(self, data: st.DataObject, error: str) -> None:
        """The provider finishes a refund, or takes it back."""
        told = [refund for refund in self.till.refunds() if refund.state.value in ("submitted", "succeeded", "failed")]
        if told:
            self.clock.advance(seconds=1)
            self.till.gateway.finish_refund(data.draw(st.sampled_from(told)).key, error)

    @rule(target=callbacks, order=st.randoms(use_true_random=False))
    def call_back(self, order: random.Random) -> tuple[Callback, ...]:
        """The provider sends what it has, out of order and doubled."""
        sent = self.till.gateway.callbacks(copies=2, shuffled=order)
        for callback in sent:
            self.till.bring(callback)
        return tuple(sent)

    @rule(sent=callbacks)
    def call_back_again(self, sent: tuple[Callback, ...]) -> None:
        """The provider sends old notices once more, freshly signed."""
        for callback in sent:
            event_id = callback.headers["webhook-id"]
            assert self.till.bring(self.till.gateway.signed(event_id, callback.raw, self.clock.now())).repeated

    @rule()
    def wait_and_ask(self) -> None:
        """Time passes, the relay and the cashier do their rounds."""
        self.clock.advance(hours=1)
        self.till.relay.run_until_idle()
        self.till.cashier.ask_unknown()

    @invariant()
    def books_balance(self) -> None:
        """M1: everything sums to zero."""
        lines = self.till.office.ask(trial_balance, AskTrialBalance(), self.till.act)
        assert sum(line.closing_minor for line in lines) == 0

    @invariant()
    def refunds_stay_within_captures(self) -> None:
        """M4 on the payments and on their refunds, and the two agree."""
        refunds = self.till.refunds()
        for payment in map(self.till.payment, self.known):
            own = [refund for refund in refunds if refund.payment_id == payment.id]
            reserved = sum(refund.amount.minor for refund in own if refund.state is not RefundState.CANCELLED)
            done = sum(refund.amount.minor for refund in own if refund.state is RefundState.SUCCEEDED)
            assert done <= reserved <= payment.captured_minor
            assert (payment.refund_minor, payment.refunded_minor) == (reserved, done)

    @invariant()
    def accounts_agree_with_documents(self) -> None:
        """What the accounts say is what the payments and refunds say."""
        kept = list(map(self.till.payment, self.known))
        balances = self.till.balances()
        captured, reserved = sum(one.captured_minor for one in kept), sum(one.refund_minor for one in kept)
        refunded = sum(one.refunded_minor for one in kept)
        assert balances.get(CASH, 0) == captured - refunded
        assert balances.get(DEPOSITS, 0) == reserved - captured
        assert balances.get(OWED, 0) == refunded - reserved

    @invariant()
    def one_event_makes_one_posting_at_most(self) -> None:
        """M11: as many capture journals as captures."""
        where = JournalFilter(document="payment")
        journals = self.till.office.ask(list_journals, ListJournals(Page(limit=100), where), self.till.act).items
        assert len(journals) == sum(len(self.till.payment(payment).captures) for payment in self.known)


PaymentStory.TestCase.settings = settings(max_examples=25, stateful_step_count=18, deadline=None)
TestPaymentStory = PaymentStory.TestCase
