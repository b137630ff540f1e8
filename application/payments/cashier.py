"""The cashier: talks to the providers, outside of any transaction, and records what they say."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Final, TypeVar

import attrs

from houtai.application.payments.answers import (
    RecordPaymentAnswer,
    RecordRefundAnswer,
    next_question,
    record_payment_answer,
    record_refund_answer,
    submit_refund,
)
from houtai.application.payments.ports import (
    PAYMENTS_TO_ASK,
    REFUNDS_TO_ASK,
    AnswerLost,
    Gateways,
    NothingDone,
    PaymentGateway,
    PaymentsTx,
    PaymentsViews,
)
from houtai.application.permission import needs
from houtai.application.ports import Performer
from houtai.domain import limits
from houtai.domain.act import Act, Entry
from houtai.domain.ids import PaymentId, RefundId
from houtai.domain.payments.answer import GatewayAnswer, Standing
from houtai.domain.payments.payment import Payment, PaymentState
from houtai.domain.payments.refund import Refund, RefundState

T = TypeVar("T")

LEASE_S: Final = 60


class Cashier:
    """Tells and asks the providers. Safe to run in several processes: each call is idempotent, each answer counts once."""

    def __init__(self, office: Performer, gateways: Gateways) -> None:
        """`gateways` by the name that payments call their provider by."""
        self._office = office
        self._gateways = gateways

    def create(self, payment_id: PaymentId, *, first: bool) -> None:
        """Tell the provider of a payment; unless it is the `first` try, ask before telling.

        Raises NothingDone where the provider cannot be reached or is none of ours.
        """
        payment = self._office.ask(read_payment, payment_id, self._act())
        if payment.state in (PaymentState.PENDING, PaymentState.UNKNOWN):
            self._record_payment(payment, self._tell_or_ask(payment, ask=not first))

    def refund(self, refund_id: RefundId, attempt: int) -> None:
        """Tell the provider of a refund, or ask where it may have heard of it. Raises NothingDone."""
        before = self._office.ask(read_refund, refund_id, self._act())
        if before.attempt != attempt or before.state not in (RefundState.CREATED, RefundState.SUBMITTED):
            return
        refund = self._office.perform(submit_refund, refund_id, self._act())
        if refund.state is RefundState.SUBMITTED:
            self._record_refund(refund, self._pay_back_or_ask(refund, ask=before.state is RefundState.SUBMITTED))

    def ask_unknown(self, limit: int = 50) -> int:
        """Ask about payments and refunds whose outcome is not known, as far as a question is due; how many were asked."""
        now = self._office.clock.now()
        due = self._office.ask(next_question_due, None, self._act())
        if due is None or due > now:
            return 0
        questions = self._office.perform(take_questions, TakeQuestions(limit, LEASE_S), self._act())
        for payment in questions.payments:
            self._record_payment(payment, _safely(self._ask_payment, payment, now))
        for refund in questions.refunds:
            self._record_refund(refund, _safely(self._ask_refund, refund, now))
        return len(questions.payments) + len(questions.refunds)

    def _ask_payment(self, payment: Payment) -> GatewayAnswer:
        return self._tell_or_ask(payment, ask=True)

    def _ask_refund(self, refund: Refund) -> GatewayAnswer:
        return self._pay_back_or_ask(refund, ask=True)

    def _tell_or_ask(self, payment: Payment, *, ask: bool) -> GatewayAnswer:
        gateway = self._gateway(payment.provider)
        try:
            answer = gateway.query(payment.id) if ask else None
            if _is_to_be_told(payment, answer) and payment.state in (PaymentState.PENDING, PaymentState.UNKNOWN):
                answer = gateway.create(payment.id, payment.amount)
        except AnswerLost as lost:
            return GatewayAnswer(Standing.NO_ANSWER, self._office.clock.now(), error=str(lost))
        assert answer is not None, "asked or told"
        return answer

    def _pay_back_or_ask(self, refund: Refund, *, ask: bool) -> GatewayAnswer:
        payment = self._office.ask(read_payment, refund.payment_id, self._act())
        gateway = self._gateway(payment.provider)
        try:
            answer = gateway.query_refund(payment.id, refund.id, refund.attempt, refund.key) if ask else None
            if answer is None or answer.standing is Standing.NOT_KNOWN:
                answer = gateway.refund(payment.id, refund.id, refund.attempt, refund.key, refund.amount)
        except AnswerLost as lost:
            return GatewayAnswer(Standing.NO_ANSWER, self._office.clock.now(), error=str(lost))
        return answer

    def _gateway(self, provider: str) -> PaymentGateway:
        gateway = self._gateways.get(provider)
        if gateway is None:
            message = f"no provider is called {provider}"
            raise NothingDone(message)
        return gateway

    def _record_payment(self, payment: Payment, answer: GatewayAnswer) -> None:
        self._office.perform(record_payment_answer, RecordPaymentAnswer(payment.id, answer), self._act())

    def _record_refund(self, refund: Refund, answer: GatewayAnswer) -> None:
        cmd = RecordRefundAnswer(refund.id, refund.attempt, answer)
        self._office.perform(record_refund_answer, cmd, self._act())

    def _act(self) -> Act:
        return Act.of_system(self._office.clock.now(), Entry.TIMER)


def _is_to_be_told(payment: Payment, answer: GatewayAnswer | None) -> bool:
    """Whether the provider has not heard of it, or waits for a buyer who cannot know where to pay: that answer was lost."""
    if answer is None or answer.standing is Standing.NOT_KNOWN:
        return True
    return answer.standing is Standing.PENDING and not (payment.pay_url or answer.pay_url)


def _safely(ask: Callable[[T], GatewayAnswer], subject: T, now: dt.datetime) -> GatewayAnswer:
    """An unreachable provider answers a question as little as a silent one."""
    try:
        return ask(subject)
    except NothingDone as away:
        return GatewayAnswer(Standing.NO_ANSWER, now, error=str(away))


@attrs.frozen
class TakeQuestions:
    """Up to `limit` each of payments and refunds; nobody else asks about them for `lease_s` seconds."""

    limit: int = attrs.field(validator=limits.between(1, 1_000))
    lease_s: int = attrs.field(validator=limits.between(1, 3_600))


@attrs.frozen
class Questions:
    """What to ask about."""

    payments: tuple[Payment, ...]
    refunds: tuple[Refund, ...]


@needs("payments.record-answer")
def take_questions(tx: PaymentsTx, cmd: TakeQuestions, act: Act) -> Questions:
    """Take what is due to be asked, count the question, and keep others from asking the same for the lease."""
    lease = act.at + dt.timedelta(seconds=cmd.lease_s)
    payments = []
    for payment in tx.payments.lock_due(PAYMENTS_TO_ASK, act.at, cmd.limit):
        payments.append(attrs.evolve(payment, asks=payment.asks + 1, ask_at=max(lease, next_question(act.at, payment.asks))))
        tx.payments.save(payments[-1])
    refunds = []
    for refund in tx.refunds.lock_due(REFUNDS_TO_ASK, act.at, cmd.limit):
        refunds.append(attrs.evolve(refund, asks=refund.asks + 1, ask_at=max(lease, next_question(act.at, refund.asks))))
        tx.refunds.save(refunds[-1])
    return Questions(tuple(payments), tuple(refunds))


@needs("payments.record-answer")
def next_question_due(views: PaymentsViews, query: None, act: Act) -> dt.datetime | None:
    """When the next question is due."""
    del query, act
    return views.next_question()


@needs("payments.record-answer")
def read_payment(views: PaymentsViews, query: PaymentId, act: Act) -> Payment:
    """A payment for the cashier. Raises NotFound."""
    del act
    return views.payments.get(query)


@needs("payments.record-answer")
def read_refund(views: PaymentsViews, query: RefundId, act: Act) -> Refund:
    """A refund for the cashier. Raises NotFound."""
    del act
    return views.refunds.get(query)
