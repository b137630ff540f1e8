"""Payments over HTTP: what was paid, what goes back, what providers call back with, and what people have to settle."""

from __future__ import annotations

import attrs

from houtai.application.audit import AuditEntry, Category
from houtai.application.payments.cases import AssignCase, ResolveCase, assign_case, resolve_case
from houtai.application.payments.notices import Receipt, ReceiveNotice, receive_notice
from houtai.application.payments.ports import CaseFilter, PaymentFilter, PaymentGateway, RefundFilter
from houtai.application.payments.queries import (
    ListCases,
    ListPayments,
    ListRefunds,
    list_cases,
    list_notices,
    list_payments,
    list_refunds,
    show_case,
    show_payment,
    show_refund,
)
from houtai.application.payments.refund import (
    MoveRefund,
    RefundPayment,
    cancel_refund,
    refund_payment,
    retry_refund,
    settle_refund,
)
from houtai.domain.act import Act, Entry
from houtai.domain.ids import AccountId, CaseId, OrderId, PaymentId, RefundId
from houtai.domain.payments.case import CaseKind, CaseState
from houtai.domain.payments.notice import Outcome
from houtai.domain.payments.payment import PaymentState
from houtai.domain.payments.refund import RefundState
from houtai.domain.payments.refusals import (
    NoticeMalformed,
    NoticeNotGenuine,
    RefundDiffers,
    RefundOverPayment,
    RefundOverRest,
)
from houtai.domain.refusal import IllegalMove, NotFound
from houtai.entrypoints.http import wire
from houtai.entrypoints.http.desk import Desk, Notice, Reply, Words
from houtai.entrypoints.http.payments_wire import (
    CaseOut,
    NoticesOut,
    PaymentOut,
    RefundOut,
    case_out,
    notice_out,
    payment_out,
    refund_out,
)
from houtai.entrypoints.http.problems import Problem
from houtai.entrypoints.http.routes import Routes

ROUTES = Routes("payments", "Payments, refunds, providers' notices, and the cases that people settle.")


class PaymentQuery(wire.PageQuery):
    """Which payments."""

    order_id: wire.Id | None = None
    state: PaymentState | None = None
    provider: wire.Code | None = None


class NewRefund(wire.Wire):
    """Money to pay back, at most what the payment still holds."""

    payment_id: wire.Id
    amount: wire.Money
    reason: wire.Reason
    id: wire.Id | None = None


class RefundQuery(wire.PageQuery):
    """Which refunds."""

    order_id: wire.Id | None = None
    payment_id: wire.Id | None = None
    state: RefundState | None = None


class RefundMove(wire.Wire):
    """Why."""

    reason: wire.Reason


class CaseQuery(wire.PageQuery):
    """Which cases; `overdue_at` means due before then."""

    state: CaseState | None = None
    kind: CaseKind | None = None
    queue: wire.Code | None = None
    assignee: wire.Id | None = None
    subject_id: wire.Id | None = None
    overdue_at: wire.Moment | None = None


class Assignment(wire.Wire):
    """Who takes a case, what they do and until when; none of it may be left empty."""

    queue: wire.Code
    next_action: wire.Reason
    due_at: wire.Moment
    assignee: wire.Id | None = None


class Resolution(wire.Wire):
    """How a case was settled."""

    resolution: wire.Reason


class ReceiptOut(wire.Wire):
    """What became of a notice; `repeated` if it had come before."""

    outcome: Outcome
    repeated: bool


@ROUTES.get("/payments", list_payments)
def get_payments(desk: Desk, query: PaymentQuery) -> wire.Listed[PaymentOut]:
    """List payments, newest first."""
    order_id = None if query.order_id is None else OrderId(query.order_id)
    where = PaymentFilter(order_id, query.state, query.provider)
    return wire.listed(desk.ask(list_payments, ListPayments(query.page(), where)), payment_out)


@ROUTES.get("/payments/{payment_id}", show_payment)
def get_payment(desk: Desk, payment_id: wire.Id) -> PaymentOut:
    """Look at one payment."""
    return payment_out(desk.ask(show_payment, PaymentId(payment_id)))


@ROUTES.get("/payments/{payment_id}/notices", list_notices)
def get_payment_notices(desk: Desk, payment_id: wire.Id) -> NoticesOut:
    """List what the provider told of a payment, word for word, and what became of it."""
    told = desk.ask(list_notices, PaymentId(payment_id))
    return NoticesOut(tuple(map(notice_out, told)))


@ROUTES.post(
    "/refunds",
    refund_payment,
    status=201,
    location="/refunds/{id}",
    refuses=(RefundOverPayment, RefundOverRest, RefundDiffers),
    example={
        "payment_id": "01934f6e-1c00-7000-8000-000000000000",
        "amount": {"minor": 500, "currency": "CNY"},
        "reason": "one cup arrived broken",
    },
)
def post_refund(desk: Desk, body: NewRefund) -> RefundOut:
    """Pay back by hand, outside of any cancellation; it is owed at once and paid out right after."""
    refund_id = RefundId(desk.new_id(body.id))
    cmd = RefundPayment(refund_id, PaymentId(body.payment_id), body.amount.value(), body.reason)
    return refund_out(desk.perform(refund_payment, cmd))


@ROUTES.get("/refunds", list_refunds)
def get_refunds(desk: Desk, query: RefundQuery) -> wire.Listed[RefundOut]:
    """List refunds, newest first."""
    where = RefundFilter(
        None if query.order_id is None else OrderId(query.order_id),
        None if query.payment_id is None else PaymentId(query.payment_id),
        query.state,
    )
    return wire.listed(desk.ask(list_refunds, ListRefunds(query.page(), where)), refund_out)


@ROUTES.get("/refunds/{refund_id}", show_refund)
def get_refund(desk: Desk, refund_id: wire.Id) -> RefundOut:
    """Look at one refund."""
    return refund_out(desk.ask(show_refund, RefundId(refund_id)))


@ROUTES.post("/refunds/{refund_id}/retry", retry_refund, match="required", refuses=(IllegalMove,))
def post_refund_retry(desk: Desk, refund_id: wire.Id, body: RefundMove) -> RefundOut:
    """Make a new attempt after the provider refused the last one."""
    return refund_out(desk.perform(retry_refund, _move(desk, refund_id, body)))


@ROUTES.post("/refunds/{refund_id}/cancel", cancel_refund, match="required", refuses=(IllegalMove,))
def post_refund_cancel(desk: Desk, refund_id: wire.Id, body: RefundMove) -> RefundOut:
    """Owe it no longer; not while it is on its way."""
    return refund_out(desk.perform(cancel_refund, _move(desk, refund_id, body)))


@ROUTES.post("/refunds/{refund_id}/settle", settle_refund, match="required", refuses=(IllegalMove,))
def post_refund_settle(desk: Desk, refund_id: wire.Id, body: RefundMove) -> RefundOut:
    """Record that it was paid out by other means; not by whoever asked for it."""
    return refund_out(desk.perform(settle_refund, _move(desk, refund_id, body)))


@ROUTES.get("/cases", list_cases)
def get_cases(desk: Desk, query: CaseQuery) -> wire.Listed[CaseOut]:
    """List cases, the most urgent first."""
    where = CaseFilter(
        state=query.state,
        kind=query.kind,
        queue=query.queue,
        assignee=query.assignee,
        subject_id=query.subject_id,
        overdue_at=query.overdue_at,
    )
    return wire.listed(desk.ask(list_cases, ListCases(query.page(), where)), case_out)


@ROUTES.get("/cases/{case_id}", show_case)
def get_case(desk: Desk, case_id: wire.Id) -> CaseOut:
    """Look at one case."""
    return case_out(desk.ask(show_case, CaseId(case_id)))


@ROUTES.post("/cases/{case_id}/assign", assign_case, match="required", refuses=(IllegalMove,))
def post_case_assign(desk: Desk, case_id: wire.Id, body: Assignment) -> CaseOut:
    """Give a case to a queue, or to a person of it."""
    cmd = AssignCase(
        case=CaseId(case_id),
        expected_version=desk.expected_version,
        queue=body.queue,
        next_action=body.next_action,
        due_at=body.due_at,
        assignee=None if body.assignee is None else AccountId(body.assignee),
    )
    return case_out(desk.perform(assign_case, cmd))


@ROUTES.post("/cases/{case_id}/resolve", resolve_case, match="required", refuses=(IllegalMove,))
def post_case_resolve(desk: Desk, case_id: wire.Id, body: Resolution) -> CaseOut:
    """Settle a case."""
    return case_out(desk.perform(resolve_case, ResolveCase(CaseId(case_id), desk.expected_version, body.resolution)))


@ROUTES.notice("/payment-notices/{provider}", statuses=(202,), refuses=(NoticeNotGenuine, NoticeMalformed), shares=True)
def post_payment_notice(desk: Desk, provider: wire.Code, notice: Notice) -> Reply[ReceiptOut]:
    """Take a provider's callback: 200 where it was booked, known or of no concern, 202 where a person has to look at it.

    Anything without the provider's signature, or of another time than the provider's window, gets 401. A provider that wants
    to hear certain words for what was taken, as Alipay its ``success``, gets them with 200 in either case.
    """
    gateway = desk.gateways.get(provider)
    if gateway is None:
        raise NotFound(what="provider", key=provider)
    receipt = take_notice(desk, gateway, notice)
    told = ReceiptOut(receipt.outcome, receipt.repeated)
    wanted = gateway.acknowledgement
    if wanted is not None:
        return Reply(told, 200, words=Words(wanted.content, wanted.media_type))
    return Reply(told, _status(receipt))


def take_notice(desk: Desk, gateway: PaymentGateway, notice: Notice) -> Receipt:
    """Verify a notice and let the house take it. Raises NoticeNotGenuine, and Problem for what cannot be read."""
    told = _genuine(desk, gateway, notice)
    origin = attrs.evolve(desk.act.origin, entry=Entry.WEBHOOK)
    act = attrs.evolve(Act.of_system(desk.act.at, Entry.WEBHOOK), origin=origin, correlation=desk.act.correlation)
    return desk.house.office.perform(receive_notice, told, act)


def _genuine(desk: Desk, gateway: PaymentGateway, notice: Notice) -> ReceiveNotice:
    """The notice in our terms; a forged one is logged, a malformed one is a bad request."""
    try:
        told = gateway.parse_notice(notice.raw, notice.headers, desk.act.at)
        return ReceiveNotice(gateway.name, gateway.recipient, told)
    except NoticeMalformed as malformed:
        raise Problem("invalid-body", detail=str(malformed)) from malformed
    except NoticeNotGenuine as forged:
        desk.house.office.log(_forgery(desk, gateway.name, forged))
        raise


def _forgery(desk: Desk, provider: str, forged: NoticeNotGenuine) -> AuditEntry:
    act = desk.act
    return AuditEntry(
        category=Category.REFUSAL,
        at=act.at,
        actor=act.actor,
        actor_name=act.name,
        on_behalf_of=None,
        entry=Entry.WEBHOOK.value,
        address=act.origin.address,
        agent=act.origin.agent,
        deed=receive_notice.__name__,
        outcome=forged.code,
        reason="",
        correlation=act.correlation,
        command={"provider": provider},
    )


def _status(receipt: Receipt) -> int:
    needs_people = receipt.outcome in (Outcome.CASE, Outcome.PARKED)
    return 202 if needs_people and not receipt.repeated else 200


def _move(desk: Desk, refund_id: wire.Id, body: RefundMove) -> MoveRefund:
    return MoveRefund(RefundId(refund_id), desk.expected_version, body.reason)
