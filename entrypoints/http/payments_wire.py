"""What payments, refunds, notices and cases look like over HTTP."""

from __future__ import annotations

import datetime as dt
from typing import Any

from houtai.application.plain import to_plain
from houtai.domain.money import Money
from houtai.domain.payments.case import Case, CaseKind, CaseState
from houtai.domain.payments.notice import NoticeKind, Outcome, ProviderEvent
from houtai.domain.payments.payment import Payment, PaymentState, Tender
from houtai.domain.payments.refund import Refund, RefundState
from houtai.entrypoints.http import wire


class CaptureOut(wire.Wire):
    """Money that came in; `excess` if it came a second time and goes back."""

    ref: str
    amount: wire.Money
    at: dt.datetime
    excess: bool


class PaymentOut(wire.Versioned):
    """One tender of an order. `set_aside` is what its refunds have taken or may still take, `refunded` what has gone back."""

    id: wire.Id
    order_id: wire.Id
    channel_id: wire.Id | None
    customer_id: wire.Id | None
    tender: Tender
    provider: str
    state: PaymentState
    amount: wire.Money
    captured: wire.Money
    set_aside: wire.Money
    refunded: wire.Money
    captures: tuple[CaptureOut, ...]
    provider_ref: str
    pay_url: str
    error: str
    created_at: dt.datetime


class NoticeOut(wire.Wire):
    """One notice of a provider and what became of it."""

    provider: str
    event_id: str
    kind: NoticeKind
    amount: wire.Money | None
    money_ref: str
    at: dt.datetime
    received_at: dt.datetime
    outcome: Outcome
    journal_id: wire.Id | None
    raw: str


class NoticesOut(wire.Wire):
    """All notices about one payment."""

    items: tuple[NoticeOut, ...]


class RefundOut(wire.Versioned):
    """Money on its way back. `submitted` is of unknown outcome until the provider has answered."""

    id: wire.Id
    payment_id: wire.Id
    order_id: wire.Id
    amount: wire.Money
    reason: str
    maker: wire.Id
    state: RefundState
    attempt: int
    provider_ref: str
    error: str
    created_at: dt.datetime


class CaseOut(wire.Versioned):
    """Something for a person: who has it, what they do next, and until when."""

    id: wire.Id
    kind: CaseKind
    subject: str
    subject_id: wire.Id
    facts: dict[str, Any]
    channel_id: wire.Id | None
    queue: str
    assignee: wire.Id | None
    next_action: str
    due_at: dt.datetime
    opened_at: dt.datetime
    state: CaseState
    resolution: str


def payment_out(payment: Payment) -> PaymentOut:
    """A payment as it goes out."""
    currency = payment.amount.currency
    return PaymentOut(
        version=payment.version,
        id=payment.id,
        order_id=payment.order_id,
        channel_id=payment.channel_id,
        customer_id=payment.customer_id,
        tender=payment.tender,
        provider=payment.provider,
        state=payment.state,
        amount=wire.Money.of(payment.amount),
        captured=wire.Money(payment.captured_minor, currency),
        set_aside=wire.Money(payment.refund_minor, currency),
        refunded=wire.Money(payment.refunded_minor, currency),
        captures=tuple(
            CaptureOut(capture.ref, wire.Money(capture.amount_minor, currency), capture.at, capture.excess)
            for capture in payment.captures
        ),
        provider_ref=payment.provider_ref,
        pay_url=payment.pay_url,
        error=payment.error,
        created_at=payment.created_at,
    )


def notice_out(told: ProviderEvent) -> NoticeOut:
    """A notice as it goes out."""
    return NoticeOut(
        provider=told.provider,
        event_id=told.event_id,
        kind=told.kind,
        amount=_money(told.amount),
        money_ref=told.money_ref,
        at=told.at,
        received_at=told.received_at,
        outcome=told.outcome,
        journal_id=told.journal_id,
        raw=told.raw,
    )


def refund_out(refund: Refund) -> RefundOut:
    """A refund as it goes out."""
    return RefundOut(
        version=refund.version,
        id=refund.id,
        payment_id=refund.payment_id,
        order_id=refund.order_id,
        amount=wire.Money.of(refund.amount),
        reason=refund.reason,
        maker=refund.maker,
        state=refund.state,
        attempt=refund.attempt,
        provider_ref=refund.provider_ref,
        error=refund.error,
        created_at=refund.created_at,
    )


def case_out(case: Case) -> CaseOut:
    """A case as it goes out."""
    return CaseOut(
        version=case.version,
        id=case.id,
        kind=case.kind,
        subject=case.subject,
        subject_id=case.subject_id,
        facts=to_plain(dict(case.facts)),
        channel_id=case.channel_id,
        queue=case.queue,
        assignee=case.assignee,
        next_action=case.next_action,
        due_at=case.due_at,
        opened_at=case.opened_at,
        state=case.state,
        resolution=case.resolution,
    )


def _money(amount: Money | None) -> wire.Money | None:
    return None if amount is None else wire.Money.of(amount)
