"""Rules about money: the provider and its bad days, notices in any order, refunds, and the relay that may die on its way."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from houtai.adapters.payments.embedded import Fault
from houtai.application.payments.notices import ReceiveNotice, receive_notice
from houtai.application.payments.refund import (
    MoveRefund,
    RefundPayment,
    cancel_refund,
    refund_payment,
    retry_refund,
    settle_refund,
)
from houtai.domain.act import Act, Entry
from houtai.domain.ids import PaymentId, RefundId
from houtai.domain.money import Money
from houtai.domain.payments.answer import Standing
from houtai.domain.payments.refund import Refund, RefundState
from houtai.domain.payments.refusals import NoticeNotGenuine
from houtai.domain.refusal import Refusal
from tests.catalog.arrange import another
from tests.simulation.house import an_id
from tests.simulation.records import GATEWAY, Tender
from tests.simulation.steps import LUCK, Steps, pick
from tests.simulation.weather import Died, Strike

PARTLY = (RefundState.CREATED, RefundState.FAILED)


class Till(Steps):
    """What buyers do at the provider, what the provider tells, and who goes between."""

    def __init__(self) -> None:
        """No notice is on its way."""
        super().__init__()
        self.bag: list[tuple[str, bytes]] = []  # notices that the provider has sent, or will send again
        self.declined: set[PaymentId] = set()

    def tenders(self) -> dict[PaymentId, Tender]:
        """Those that go through the provider and that it knows."""
        found = {key: one for order in self.shop.orders.values() for key, one in order.tenders.items() if one.by == GATEWAY}
        return {key: one for key, one in found.items() if self.house.gateway.knows(key)}

    # -- at the provider

    @precondition(lambda self: self.tenders())
    @rule(choice=pick, wrong=st.integers(0, 9), delay_s=st.sampled_from((0, 0, 600)))
    def a_buyer_pays(self, choice: int, wrong: int, delay_s: int) -> None:
        """What was asked for, now and then another amount; perhaps for a second time, perhaps far too late."""
        self.begin("a_buyer_pays")
        payments = self.tenders()
        payment = list(payments)[-1 - choice % min(5, len(payments))]
        minor = payments[payment].minor + (1 if wrong == 0 else 0)
        ref = self.house.gateway.pay(payment, Money(minor, "CNY"), delay_s=delay_s)
        self.truth[ref] = (payment, minor)

    @precondition(lambda self: self.tenders())
    @rule(choice=pick)
    def a_bank_says_no(self, choice: int) -> None:
        """To a payment."""
        self.begin("a_bank_says_no")
        payments = self.tenders()
        self.house.gateway.decline(list(payments)[-1 - choice % min(5, len(payments))])

    @rule(call=st.sampled_from(("create", "query", "refund", "query_refund")), fault=st.sampled_from(sorted(Fault, key=str)))
    def the_provider_has_a_bad_day(self, call: str, fault: Fault) -> None:
        """Its next answer gets lost, is a no, or takes long."""
        self.begin("the_provider_has_a_bad_day")
        self.tally.strikes[f"provider {fault.value}"] += 1
        self.house.gateway.arrange(call, fault)

    @rule(calls=st.integers(1, 2))
    def the_channel_does_not_answer(self, calls: int) -> None:
        """For some calls."""
        self.begin("the_channel_does_not_answer")
        self.house.channel.disappear(calls)

    @precondition(lambda self: self.seen.refunds)
    @rule(choice=pick, error=st.booleans())
    def a_slow_refund_ends(self, choice: int, error: bool) -> None:  # drawn
        """Done at last, or refused; one that was done may come back."""
        self.begin("a_slow_refund_ends")
        refund = self.refund_at(choice)
        standing = self.standing(refund)
        if standing is Standing.PENDING or (standing is Standing.DONE and error):
            self.house.gateway.finish_refund(refund.key, "account closed" if error else "")

    def standing(self, refund: Refund) -> Standing:
        """How the provider sees the refund's present attempt, without asking it the way the house does."""
        answer = self.house.gateway._refund_answer(refund.key)  # asking aloud would use up its bad days
        return answer.standing

    def refund_at(self, choice: int) -> Refund:
        """One of the refunds there are, in the order of their ids."""
        refunds = [self.seen.refunds[key] for key in sorted(self.seen.refunds)]
        return refunds[choice % len(refunds)]

    # -- on the way

    @rule(choice=pick, copies=st.integers(1, 2), keep=st.booleans())
    def a_notice_arrives(self, choice: int, copies: int, keep: bool) -> None:  # drawn
        """Any of those on their way, so often; a kept one comes once more some day."""
        self.begin("a_notice_arrives")
        self.collect_notices()
        if not self.bag:
            return
        notice = self.bag[choice % len(self.bag)]
        taken = [self.deliver(*notice) for _ in range(copies)]
        if all(taken) and not keep:
            self.bag.remove(notice)

    def collect_notices(self) -> None:
        """What the provider has to tell by now."""
        calls = self.house.gateway.callbacks()
        self.bag += [(call.headers["webhook-id"], call.raw) for call in calls]

    def deliver(self, event_id: str, raw: bytes) -> bool:
        """Bring one notice to the house, signed now; whether it was taken."""
        gateway, weather = self.house.gateway, self.house.weather
        call = gateway.signed(event_id, raw, self.house.wrist.true)
        try:
            notice = gateway.parse_notice(call.raw, call.headers, self.now)
        except NoticeNotGenuine as refusal:
            skew = abs((self.house.wrist.true - self.now).total_seconds())
            assert skew > 299, "a genuine notice was refused"
            self.tally.refusals[refusal.code] += 1
            return False
        if self.coming is not None:
            self.tally.strikes[self.coming.name] += 1
            weather.forecast(self.coming)
            self.coming = None
        cmd = ReceiveNotice(gateway.name, gateway.recipient, notice)
        try:
            self.house.office.perform(receive_notice, cmd, Act.of_system(self.now, Entry.WEBHOOK))
        except Died:
            self.restart()
        except Refusal as refusal:
            assert refusal.code in LUCK, refusal
        else:
            weather.clear()
            self.settle()
            return True
        self.house.weather.clear()
        self.settle()
        return False

    @rule(strike=st.none() | st.sampled_from(sorted(Strike, key=str)), after=st.integers(0, 3))
    def the_relay_goes(self, strike: Strike | None, after: int) -> None:
        """One message on its way; the process may die or lose an answer at any of its commits."""
        self.begin("the_relay_goes")
        self.one_delivery(strike, after)

    @rule()
    def the_relay_empties_the_outbox(self) -> None:
        """All that is due."""
        self.begin("the_relay_empties_the_outbox")
        while self.one_delivery():
            pass

    def one_delivery(self, strike: Strike | None = None, after: int = 0) -> int:
        """How many messages were tried."""
        return self.struck(lambda: self.house.relay.run_once(limit=1), strike, after)

    @rule(strike=st.none() | st.sampled_from(sorted(Strike, key=str)), after=st.integers(0, 2))
    def the_cashier_asks(self, strike: Strike | None, after: int) -> None:
        """About one payment and one refund whose outcome is not known."""
        self.begin("the_cashier_asks")
        self.struck(lambda: self.house.cashier.ask_unknown(limit=1), strike, after)

    def struck(self, work: Callable[[], int], strike: Strike | None, after: int) -> int:
        """Do the work of a process, which may die of it."""
        if strike is not None:
            self.house.weather.forecast(strike, after)
        tried = 1
        try:
            tried = work()
        except Died:
            self.restart()
        except Refusal as refusal:
            assert refusal.code in LUCK, refusal
        if strike is not None and self.house.weather.struck is strike:
            self.tally.strikes[strike.name] += 1
        self.house.weather.clear()
        self.settle()
        return tried

    # -- refunds by hand

    @precondition(lambda self: any(one.captures for one in self.tenders().values()))
    @rule(choice=pick, hundredths=st.integers(1, 120))
    def money_is_given_back_by_hand(self, choice: int, hundredths: int) -> None:
        """A part of a payment, or more than it brought."""
        self.begin("money_is_given_back_by_hand")
        captured = {key: one for key, one in self.tenders().items() if one.captures}
        payment = list(captured)[choice % len(captured)]
        tender = captured[payment]
        minor = max(1, tender.minor * hundredths // 100)
        reasons = ("payments.refund-over-rest", "payments.refund-over-payment") if minor > tender.rest else ()
        cmd = RefundPayment(RefundId(an_id("refund", self.fresh())), payment, Money(minor, "CNY"), "goodwill")
        if self.do(refund_payment, cmd, reasons=reasons):
            tender.refunds.append(minor)

    @precondition(lambda self: self.seen.refunds)
    @rule(choice=pick, wish=st.sampled_from(("retry", "settle", "cancel")), stale=st.booleans())
    def a_refund_is_moved(self, choice: int, wish: str, stale: bool) -> None:  # drawn
        """Tried again, settled by hand or taken back, as far as it is not on its way."""
        self.begin("a_refund_is_moved")
        refund = self.refund_at(choice)
        if self.standing(refund) is Standing.DONE and refund.state is not RefundState.SUCCEEDED:
            return  # the money is out; a person would look at the provider's page first
        legal = refund.state is RefundState.FAILED if wish == "retry" else refund.state in PARTLY
        reasons = [*([] if legal else ["illegal-move"]), *(["version-conflict"] if stale else [])]
        cmd = MoveRefund(refund.id, refund.version + stale, "the buyer called")
        if wish == "settle":
            self.do(settle_refund, cmd, reasons=("forbidden",))  # who asked for it does not settle it
            self.do(settle_refund, cmd, reasons=reasons, act=another(self.act))
        elif wish == "retry":
            self.do(retry_refund, cmd, reasons=reasons)
        elif self.do(cancel_refund, cmd, reasons=reasons):
            self.shop.orders[refund.order_id].tenders[refund.payment_id].refunds.remove(refund.amount.minor)
