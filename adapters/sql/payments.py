"""Payments on SQL: payments with their captures, providers' events, refunds, cases, and what is read from them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping as Lookup
from typing import Any, Final

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    ColumnElement,
    Connection,
    ForeignKey,
    Index,
    Table,
    func,
    select,
)

from houtai.adapters.sql.columns import (
    METADATA,
    append_only,
    id_column,
    long_text,
    minor,
    moment,
    one_of,
    plain,
    version,
    whole_number,
    words,
)
from houtai.adapters.sql.house import outbox
from houtai.adapters.sql.keyset import rows_of_page
from houtai.adapters.sql.mapping import Child, Mapping, Row
from houtai.application.paging import Page, Slice
from houtai.application.payments.ports import (
    CASES,
    CASES_ABOUT,
    EVENTS_ABOUT,
    OF_ORDER,
    OF_PAYMENT,
    PAYMENTS,
    PAYMENTS_TO_ASK,
    PROVIDER_EVENTS,
    REFUNDS,
    REFUNDS_OF_ORDER,
    REFUNDS_TO_ASK,
    CaseFilter,
    PaymentFilter,
    RefundFilter,
)
from houtai.domain.money import Money
from houtai.domain.payments.case import Case, CaseKind, CaseState
from houtai.domain.payments.notice import NoticeKind, Outcome, ProviderEvent
from houtai.domain.payments.payment import Capture, Payment, PaymentState, Tender
from houtai.domain.payments.refund import Refund, RefundState

payments: Final = Table(
    "payments",
    METADATA,
    id_column("id", primary_key=True),
    id_column("order_id", index=True),
    id_column("channel_id", nullable=True),
    id_column("customer_id", nullable=True),
    one_of("tender", Tender),
    words("provider", 64),
    minor("amount_minor", 1),
    words("currency", 3),
    moment("created_at"),
    one_of("state", PaymentState),
    words("provider_ref", 200),
    words("pay_url", 2_000),
    minor("captured_minor", 0),
    minor("refund_minor", 0),
    minor("refunded_minor", 0),
    moment("ask_at", nullable=True),
    whole_number("asks", 0, 10_000),
    words("error", 500),
    version(),
    CheckConstraint("refund_minor <= captured_minor", name="refund_minor_captured"),
    CheckConstraint("refunded_minor <= refund_minor", name="refunded_minor_requested"),
    CheckConstraint("(state = 'captured') = (captured_minor > 0)", name="captured_minor_when_captured"),
)
Index("ix_payments_state", payments.c.state, payments.c.id)
Index("ix_payments_channel_id", payments.c.channel_id, payments.c.id)
Index("ix_payments_ask_at", payments.c.ask_at, postgresql_where=payments.c.ask_at.is_not(None))

captures: Final = Table(
    "captures",
    METADATA,
    id_column("payment_id", ForeignKey("payments.id"), primary_key=True),
    words("ref", 200, primary_key=True),
    whole_number("place", 0, 1_000),
    minor("amount_minor", 1),
    moment("at"),
    Column("excess", Boolean(), nullable=False),
)

provider_events: Final = append_only(
    Table(
        "provider_events",
        METADATA,
        words("provider", 64, primary_key=True),
        words("event_id", 200, primary_key=True),
        one_of("kind", NoticeKind),
        id_column("ours", nullable=True, index=True),
        minor("amount_minor", nullable=True),
        words("currency", 3, nullable=True),
        words("money_ref", 200),
        moment("at"),
        moment("received_at"),
        one_of("outcome", Outcome),
        id_column("journal_id", ForeignKey("journals.id"), nullable=True, unique=True),
        long_text("raw"),
    )
)

refunds: Final = Table(
    "refunds",
    METADATA,
    id_column("id", primary_key=True),
    id_column("payment_id", ForeignKey("payments.id"), index=True),
    id_column("order_id", index=True),
    minor("amount_minor", 1),
    words("currency", 3),
    words("reason", 500),
    id_column("maker"),
    moment("created_at"),
    one_of("state", RefundState),
    whole_number("attempt", 1, 1_000),
    words("provider_ref", 200),
    moment("ask_at", nullable=True),
    whole_number("asks", 0, 10_000),
    moment("told_at", nullable=True),
    id_column("journal_id", nullable=True),
    words("error", 500),
    version(),
)
Index("ix_refunds_state", refunds.c.state, refunds.c.id)
Index("ix_refunds_ask_at", refunds.c.ask_at, postgresql_where=refunds.c.ask_at.is_not(None))

cases: Final = Table(
    "cases",
    METADATA,
    id_column("id", primary_key=True),
    one_of("kind", CaseKind),
    words("subject", 64),
    id_column("subject_id", index=True),
    words("queue", 64),
    words("next_action", 500),
    moment("due_at"),
    moment("opened_at"),
    plain("facts"),
    id_column("channel_id", nullable=True),
    id_column("assignee", nullable=True),
    one_of("state", CaseState),
    long_text("resolution"),
    version(),
    CheckConstraint("queue <> '' AND next_action <> ''", name="queue_owned"),
    CheckConstraint("state = 'open' OR resolution <> ''", name="resolution_given"),
)
Index("ix_cases_due_at", cases.c.due_at, cases.c.id)
Index("ix_cases_worklist", cases.c.state, cases.c.due_at, cases.c.id)


def _dump_payment(payment: Payment) -> Row:
    return {
        "id": payment.id,
        "order_id": payment.order_id,
        "channel_id": payment.channel_id,
        "customer_id": payment.customer_id,
        "tender": payment.tender.value,
        "provider": payment.provider,
        "amount_minor": payment.amount.minor,
        "currency": payment.amount.currency,
        "created_at": payment.created_at,
        "state": payment.state.value,
        "provider_ref": payment.provider_ref,
        "pay_url": payment.pay_url,
        "captured_minor": payment.captured_minor,
        "refund_minor": payment.refund_minor,
        "refunded_minor": payment.refunded_minor,
        "ask_at": payment.ask_at,
        "asks": payment.asks,
        "error": payment.error,
        "version": payment.version,
    }


def _dump_captures(payment: Payment) -> list[Row]:
    return [
        {
            "payment_id": payment.id,
            "ref": capture.ref,
            "place": place,
            "amount_minor": capture.amount_minor,
            "at": capture.at,
            "excess": capture.excess,
        }
        for place, capture in enumerate(payment.captures)
    ]


def _load_payment(row: Row, lines: Lookup[str, list[Row]]) -> Payment:
    amount = Money(row.pop("amount_minor"), row.pop("currency"))
    del row["captured_minor"]
    known = {**row, "tender": Tender(row["tender"]), "state": PaymentState(row["state"])}
    captured = tuple(Capture(line["ref"], line["amount_minor"], line["at"], line["excess"]) for line in lines["captures"])
    return Payment(**known, amount=amount, captures=captured)


def _dump_event(told: ProviderEvent) -> Row:
    return {
        "provider": told.provider,
        "event_id": told.event_id,
        "kind": told.kind.value,
        "ours": told.ours,
        "amount_minor": told.amount.minor if told.amount else None,
        "currency": told.amount.currency if told.amount else None,
        "money_ref": told.money_ref,
        "at": told.at,
        "received_at": told.received_at,
        "outcome": told.outcome.value,
        "journal_id": told.journal_id,
        "raw": told.raw,
    }


def _load_event(row: Row, _: Lookup[str, list[Row]]) -> ProviderEvent:
    minor_units, currency = row.pop("amount_minor"), row.pop("currency")
    known = {**row, "kind": NoticeKind(row["kind"]), "outcome": Outcome(row["outcome"])}
    return ProviderEvent(**known, amount=None if minor_units is None else Money(minor_units, currency))


def _dump_refund(refund: Refund) -> Row:
    return {
        "id": refund.id,
        "payment_id": refund.payment_id,
        "order_id": refund.order_id,
        "amount_minor": refund.amount.minor,
        "currency": refund.amount.currency,
        "reason": refund.reason,
        "maker": refund.maker,
        "created_at": refund.created_at,
        "state": refund.state.value,
        "attempt": refund.attempt,
        "provider_ref": refund.provider_ref,
        "ask_at": refund.ask_at,
        "asks": refund.asks,
        "told_at": refund.told_at,
        "journal_id": refund.journal_id,
        "error": refund.error,
        "version": refund.version,
    }


def _load_refund(row: Row, _: Lookup[str, list[Row]]) -> Refund:
    amount = Money(row.pop("amount_minor"), row.pop("currency"))
    return Refund(**{**row, "state": RefundState(row["state"])}, amount=amount)


def _dump_case(case: Case) -> Row:
    return {
        "id": case.id,
        "kind": case.kind.value,
        "subject": case.subject,
        "subject_id": case.subject_id,
        "queue": case.queue,
        "next_action": case.next_action,
        "due_at": case.due_at,
        "opened_at": case.opened_at,
        "facts": dict(case.facts),
        "channel_id": case.channel_id,
        "assignee": case.assignee,
        "state": case.state.value,
        "resolution": case.resolution,
        "version": case.version,
    }


def _load_case(row: Row, _: Lookup[str, list[Row]]) -> Case:
    return Case(**{**row, "kind": CaseKind(row["kind"]), "state": CaseState(row["state"])})


PAYMENT_MAPPING: Final[Mapping[Payment]] = Mapping(
    PAYMENTS,
    payments,
    dump=_dump_payment,
    load=_load_payment,
    found_by={OF_ORDER: ("order_id",), PAYMENTS_TO_ASK: ("ask_at",)},
    children=(Child(captures, ("payment_id",), _dump_captures, ("place",)),),
)
REFUND_MAPPING: Final[Mapping[Refund]] = Mapping(
    REFUNDS,
    refunds,
    dump=_dump_refund,
    load=_load_refund,
    found_by={OF_PAYMENT: ("payment_id",), REFUNDS_OF_ORDER: ("order_id",), REFUNDS_TO_ASK: ("ask_at",)},
)
CASE_MAPPING: Final[Mapping[Case]] = Mapping(
    CASES, cases, dump=_dump_case, load=_load_case, found_by={CASES_ABOUT: ("subject_id",)}
)
MAPPINGS: Final[tuple[Mapping[Any], ...]] = (
    PAYMENT_MAPPING,
    Mapping(
        PROVIDER_EVENTS,
        provider_events,
        dump=_dump_event,
        load=_load_event,
        found_by={EVENTS_ABOUT: ("ours",)},
    ),
    REFUND_MAPPING,
    CASE_MAPPING,
)


class PaymentsSearch:
    """See `PaymentsViews`: what is searched."""

    connection: Connection

    def find_payments(self, page: Page, where: PaymentFilter) -> Slice[Payment]:
        """See `PaymentsViews.find_payments`."""
        conditions = _equal(
            (payments.c.order_id, where.order_id),
            (payments.c.state, where.state.value if where.state else None),
            (payments.c.provider, where.provider),
        )
        if where.channels is not None:
            conditions.append(payments.c.channel_id.in_(sorted(where.channels)))
        return self._found(PAYMENT_MAPPING, conditions, page)

    def find_refunds(self, page: Page, where: RefundFilter) -> Slice[Refund]:
        """See `PaymentsViews.find_refunds`."""
        conditions = _equal(
            (refunds.c.order_id, where.order_id),
            (refunds.c.payment_id, where.payment_id),
            (refunds.c.state, where.state.value if where.state else None),
        )
        if where.channels is not None:
            reached = select(payments.c.id).where(payments.c.channel_id.in_(sorted(where.channels)))
            conditions.append(refunds.c.payment_id.in_(reached))
        return self._found(REFUND_MAPPING, conditions, page)

    def find_cases(self, page: Page, where: CaseFilter) -> Slice[Case]:
        """See `PaymentsViews.find_cases`."""
        conditions = _equal(
            (cases.c.state, where.state.value if where.state else None),
            (cases.c.kind, where.kind.value if where.kind else None),
            (cases.c.queue, where.queue),
            (cases.c.assignee, where.assignee),
            (cases.c.subject_id, where.subject_id),
        )
        if where.overdue_at is not None:
            conditions.append(cases.c.due_at < where.overdue_at)
        if where.channels is not None:
            conditions.append(cases.c.channel_id.in_(sorted(where.channels)))
        place = (cases.c.due_at, cases.c.id)
        statement = select(cases).where(*conditions)
        rows, cursor = rows_of_page(self.connection, statement, place, page, newest_first=False)
        return Slice(tuple(CASE_MAPPING.build(self.connection, rows)), cursor)

    def next_question(self) -> dt.datetime | None:
        """See `PaymentsViews.next_question`."""
        moments = [self._earliest(table.c.ask_at) for table in (payments, refunds)]
        return min((moment for moment in moments if moment is not None), default=None)

    def next_delivery(self) -> dt.datetime | None:
        """See `PaymentsViews.next_delivery`."""
        return self._earliest(outbox.c.due_at)

    def _earliest(self, column: Column[Any]) -> dt.datetime | None:
        found: dt.datetime | None = self.connection.execute(select(func.min(column, type_=column.type))).scalar_one()
        return found

    def _found(self, mapping: Mapping[Any], conditions: list[ColumnElement[bool]], page: Page) -> Slice[Any]:
        statement = select(mapping.table).where(*conditions)
        place = (mapping.table.c.id,)
        rows, cursor = rows_of_page(self.connection, statement, place, page, newest_first=page.newest_first)
        return Slice(tuple(mapping.build(self.connection, rows)), cursor)


def _equal(*pairs: tuple[Column[Any], Any]) -> list[ColumnElement[bool]]:
    """The conditions of those that are asked for."""
    return [column == value for column, value in pairs if value is not None]
