"""Checks on money: the books balance, balances follow from entries, nothing was rewritten, refunds stay in their payments."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sqlalchemy import BigInteger, Connection, case, cast, func, literal, or_, select, text, union_all

from houtai.adapters.sql.columns import METADATA
from houtai.adapters.sql.doctor.check import Check, rows
from houtai.adapters.sql.inventory_tables import stocks
from houtai.adapters.sql.ledger import balances, entries, journals, periods
from houtai.adapters.sql.payments import captures, cases, payments, provider_events, refunds
from houtai.domain.ledger.account import AccountCode
from houtai.domain.payments.case import CaseState
from houtai.domain.payments.notice import NoticeKind, Outcome
from houtai.domain.payments.postings import LIES_IN
from houtai.domain.payments.refund import RefundState

_UNBALANCED = (
    select(entries.c.journal_id, entries.c.currency, func.sum(entries.c.amount_minor).label("difference_minor"))
    .group_by(entries.c.journal_id, entries.c.currency)
    .having(func.sum(entries.c.amount_minor) != 0)
)

_EMPTY_JOURNALS = (
    select(journals.c.id, func.count(entries.c.line).label("entries"))
    .join_from(journals, entries, entries.c.journal_id == journals.c.id, isouter=True)
    .group_by(journals.c.id)
    .having(func.count(entries.c.line) < 2)
)

_BOTH_SIDES = union_all(
    select(
        entries.c.code, entries.c.party, entries.c.currency, entries.c.amount_minor.label("entered"), literal(0).label("standing")
    ),
    select(balances.c.code, balances.c.party, balances.c.currency, literal(0), balances.c.balance_minor),
).subquery("sides")
_CODE, _PARTY, _CURRENCY, _ENTERED, _STANDING = _BOTH_SIDES.columns
_WRONG_BALANCES = (
    select(_CODE, _PARTY, _CURRENCY, func.sum(_ENTERED).label("entries_minor"), func.sum(_STANDING).label("balance_minor"))
    .group_by(_CODE, _PARTY, _CURRENCY)
    .having(func.sum(_ENTERED) != func.sum(_STANDING))
)

_CURRENCIES = (
    select(
        entries.c.journal_id,
        func.count(func.distinct(entries.c.currency)).label("currencies"),
    )
    .group_by(entries.c.journal_id)
    .having(func.count(func.distinct(entries.c.currency)) > 1)
    .subquery("mixed")
)
_EXCHANGED = (
    select(entries.c.journal_id, func.count(func.distinct(entries.c.currency)).label("exchanged"))
    .where(entries.c.code == AccountCode.EXCHANGE.value)
    .group_by(entries.c.journal_id)
    .subquery("exchanged")
)
_MIXED_WITHOUT_EXCHANGE = (
    select(_CURRENCIES.c.journal_id, _CURRENCIES.c.currencies, _EXCHANGED.c.exchanged)
    .join_from(_CURRENCIES, _EXCHANGED, _EXCHANGED.c.journal_id == _CURRENCIES.c.journal_id, isouter=True)
    .where(func.coalesce(_EXCHANGED.c.exchanged, 0) != _CURRENCIES.c.currencies)
)

_OWED = (
    select(refunds.c.payment_id, func.sum(refunds.c.amount_minor).label("owed_minor"))
    .where(refunds.c.state != RefundState.CANCELLED.value)
    .group_by(refunds.c.payment_id)
    .subquery("owed")
)
_OVER_REFUNDED = (
    select(payments.c.id, payments.c.captured_minor, payments.c.refund_minor, _OWED.c.owed_minor)
    .join_from(payments, _OWED, _OWED.c.payment_id == payments.c.id, isouter=True)
    .where(
        or_(
            func.coalesce(_OWED.c.owed_minor, 0) != payments.c.refund_minor,
            func.coalesce(_OWED.c.owed_minor, 0) > payments.c.captured_minor,
        )
    )
)

_PAID_BACK = (
    select(refunds.c.payment_id, func.sum(refunds.c.amount_minor).label("back_minor"))
    .where(refunds.c.state.in_((RefundState.SUCCEEDED.value, RefundState.MANUAL.value)))
    .group_by(refunds.c.payment_id)
    .subquery("paid_back")
)
_WRONG_PAID_BACK = (
    select(payments.c.id, payments.c.refunded_minor, _PAID_BACK.c.back_minor)
    .join_from(payments, _PAID_BACK, _PAID_BACK.c.payment_id == payments.c.id, isouter=True)
    .where(func.coalesce(_PAID_BACK.c.back_minor, 0) != payments.c.refunded_minor)
)

_IN = (
    select(captures.c.payment_id, func.sum(captures.c.amount_minor).label("in_minor"))
    .group_by(captures.c.payment_id)
    .subquery("came")
)
_WRONG_CAPTURES = (
    select(payments.c.id, payments.c.captured_minor, _IN.c.in_minor)
    .join_from(payments, _IN, _IN.c.payment_id == payments.c.id, isouter=True)
    .where(func.coalesce(_IN.c.in_minor, 0) != payments.c.captured_minor)
)

_BOOKED = union_all(
    select(journals.c.document_id.label("payment_id"), entries.c.amount_minor)
    .join_from(journals, entries, entries.c.journal_id == journals.c.id)
    .where(journals.c.document == "payment", entries.c.code.in_([code.value for code in LIES_IN.values()])),
    select(refunds.c.payment_id, entries.c.amount_minor)
    .join_from(journals, entries, entries.c.journal_id == journals.c.id)
    .join(refunds, refunds.c.id == journals.c.document_id)
    .where(journals.c.document == "refund", entries.c.code.in_([code.value for code in LIES_IN.values()])),
).subquery("booked")
_HELD = (
    select(_BOOKED.c.payment_id, func.sum(_BOOKED.c.amount_minor).label("books_minor"))
    .group_by(_BOOKED.c.payment_id)
    .subquery("held_in_books")
)
_BOOKS_AGAINST_PAYMENTS = (
    select(payments.c.id, payments.c.captured_minor, payments.c.refunded_minor, _HELD.c.books_minor)
    .join_from(payments, _HELD, _HELD.c.payment_id == payments.c.id, isouter=True)
    .where(func.coalesce(_HELD.c.books_minor, 0) != payments.c.captured_minor - payments.c.refunded_minor)
)

_POSTED_OUTCOMES = (Outcome.APPLIED.value, Outcome.EXCESS.value)
_WAS_POSTED = provider_events.c.outcome.in_(_POSTED_OUTCOMES)
_MOVING = (NoticeKind.CAPTURED.value, NoticeKind.REFUNDED.value)
_REPOSTING = (*_MOVING, NoticeKind.REFUND_FAILED.value)  # a payout that came back is reversed, one that never left is not
_UNPOSTED_EVENTS = select(provider_events.c.provider, provider_events.c.event_id, provider_events.c.outcome).where(
    or_(
        provider_events.c.kind.in_(_MOVING) & _WAS_POSTED & provider_events.c.journal_id.is_(None),
        ~(provider_events.c.kind.in_(_REPOSTING) & _WAS_POSTED) & provider_events.c.journal_id.is_not(None),
    ),
)

_SHARED = (
    select(provider_events.c.journal_id)
    .where(provider_events.c.journal_id.is_not(None))
    .group_by(provider_events.c.journal_id)
    .having(func.count() > 1)
)
_FOREIGN_JOURNALS = (
    select(provider_events.c.provider, provider_events.c.event_id, journals.c.document, journals.c.document_id)
    .join_from(provider_events, journals, journals.c.id == provider_events.c.journal_id)
    .where(
        or_(
            journals.c.document_id.is_distinct_from(provider_events.c.ours),
            journals.c.document != case((provider_events.c.kind == NoticeKind.CAPTURED.value, "payment"), else_="refund"),
            provider_events.c.journal_id.in_(_SHARED),
        )
    )
)

_LATE_POSTINGS = (
    select(journals.c.id, journals.c.period, journals.c.at, periods.c.closed_at)
    .join_from(journals, periods, periods.c.name == journals.c.period)
    .where(periods.c.closed_at.is_not(None), journals.c.at > periods.c.closed_at)
)

_STOCK_VALUES = union_all(
    select(stocks.c.currency, stocks.c.value_minor.label("stock"), literal(0).label("books")),
    select(balances.c.currency, literal(0), balances.c.balance_minor).where(balances.c.code == AccountCode.INVENTORY.value),
).subquery("values_of_stock")
_STOCK_AGAINST_BOOKS = (
    select(
        _STOCK_VALUES.c.currency,
        func.sum(_STOCK_VALUES.c.stock).label("stock_minor"),
        func.sum(_STOCK_VALUES.c.books).label("books_minor"),
    )
    .group_by(_STOCK_VALUES.c.currency)
    .having(cast(func.sum(_STOCK_VALUES.c.stock), BigInteger) != cast(func.sum(_STOCK_VALUES.c.books), BigInteger))
)

_TRIGGERS: Final = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'",
}
_GUARDS: Final = {"sqlite": ("{}_no_update", "{}_no_delete"), "postgresql": ("{}_append_only", "{}_no_truncate")}


def unguarded(connection: Connection) -> Iterator[str]:
    """The triggers of append-only tables that are gone or off."""
    dialect = connection.dialect.name
    known = set(connection.execute(text(_TRIGGERS[dialect])).scalars())
    for table in METADATA.sorted_tables:
        if table.info.get("append_only"):
            for form in _GUARDS[dialect]:
                if form.format(table.name) not in known:
                    yield f"{table.name} can be rewritten: its trigger {form.format(table.name)} is gone or off"


CHECKS: Final = (
    rows("M1", "the entries of every journal sum to zero per currency", _UNBALANCED),
    rows("M1b", "every journal has two entries at least", _EMPTY_JOURNALS),
    rows("M2", "every balance is the sum of its entries", _WRONG_BALANCES),
    Check("M3", "the database itself refuses to rewrite a ledger", unguarded),
    rows("M4", "the refunds of a payment are within what was captured, and the payment counts them all", _OVER_REFUNDED),
    rows("M4b", "what a payment says was captured is the sum of its captures", _WRONG_CAPTURES),
    rows("M4c", "what a payment says went back is the sum of its refunds that did", _WRONG_PAID_BACK),
    rows(
        "M4d", "what a payment took in, less what went back, is what the books say of it and its refunds", _BOOKS_AGAINST_PAYMENTS
    ),
    rows("M11", "every event of a provider that moved money has its one journal, and no other has any", _UNPOSTED_EVENTS),
    rows("M11-own", "that journal is of the payment or refund that the event is about, and of no other event", _FOREIGN_JOURNALS),
    rows("M12", "currencies meet only through the exchange account", _MIXED_WITHOUT_EXCHANGE),
    rows("M15", "nothing was posted into a period after it was closed", _LATE_POSTINGS),
    rows("R20", "the stock's value is what the inventory account says, per currency", _STOCK_AGAINST_BOOKS),
    rows(
        "D7",
        "every open case has a queue, a next action and a due time",
        select(cases.c.id, cases.c.kind).where(
            cases.c.state == CaseState.OPEN.value,
            or_(cases.c.queue == "", cases.c.next_action == "", cases.c.due_at.is_(None)),
        ),
    ),
)
