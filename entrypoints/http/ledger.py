"""The books over HTTP: journals, balances, statements, the trial balance, and the months that are closed."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from msgspec import Meta

from houtai.application.ledger.periods import MovePeriod, close_period, lock_period, reopen_period
from houtai.application.ledger.ports import Balance, JournalFilter, StatementLine, TrialLine
from houtai.application.ledger.post import PostJournal, post_journal
from houtai.application.ledger.queries import (
    AskStatement,
    AskTrialBalance,
    ListBalances,
    ListJournals,
    account_statement,
    list_balances,
    list_journals,
    list_periods,
    show_journal,
    show_period,
    trial_balance,
)
from houtai.application.ledger.reverse import ReverseJournal, reverse_journal
from houtai.domain.ids import JournalId
from houtai.domain.ledger.account import AccountCode, AccountKey, AccountKind
from houtai.domain.ledger.journal import Entry, Journal
from houtai.domain.ledger.period import Period, PeriodState
from houtai.domain.ledger.refusals import (
    AlreadyReversed,
    DocumentOwnsJournal,
    EarlierPeriodOpen,
    ExchangeMissing,
    JournalDiffers,
    LaterPeriodClosed,
    PeriodClosed,
    PeriodNotOver,
    ReversalStands,
    Unbalanced,
)
from houtai.domain.refusal import IllegalMove
from houtai.entrypoints.http import wire
from houtai.entrypoints.http.desk import Desk
from houtai.entrypoints.http.routes import Routes

ROUTES = Routes("ledger", "Double entry: journals, balances and periods.")

Party = Annotated[str, Meta(max_length=64, description="Whose account it is, such as `channel:<id>`; empty: the house's own.")]


class EntryWire(wire.Wire):
    """One side of a journal: debit positive, credit negative."""

    code: AccountCode
    amount: wire.Money
    party: Party = ""


class NewJournal(wire.Wire):
    """A journal written by hand. Each currency sums to zero; money changes currency only through `exchange`."""

    entries: Annotated[tuple[EntryWire, ...], wire.Many]
    memo: wire.Reason
    id: wire.Id | None = None


class Reversal(wire.Wire):
    """Why a journal is taken back."""

    reason: wire.Reason
    id: wire.Id | None = None


class JournalOut(wire.Wire):
    """A posting; it never changes. `reverses` names the journal that it takes back."""

    id: wire.Id
    number: str
    document: str
    document_id: wire.Id
    at: dt.datetime
    period: str
    memo: str
    reverses: wire.Id | None
    entries: tuple[EntryWire, ...]


class BalanceOut(wire.Wire):
    """What stands on an account: debits less credits."""

    code: AccountCode
    kind: AccountKind
    party: str
    balance: wire.Money


class StatementLineOut(wire.Wire):
    """One entry with the balance after it."""

    journal_id: wire.Id
    number: str
    at: dt.datetime
    document: str
    document_id: wire.Id
    memo: str
    amount: wire.Money
    balance_after: wire.Money


class TrialLineOut(wire.Wire):
    """One account code in one currency: opening + debit - credit = closing."""

    code: AccountCode
    kind: AccountKind
    opening: wire.Money
    debit: wire.Money
    credit: wire.Money
    closing: wire.Money


class TrialBalanceOut(wire.Wire):
    """All accounts; the closings of a currency sum to zero."""

    lines: tuple[TrialLineOut, ...]


class PeriodOut(wire.Versioned):
    """A local month that somebody has closed, opened again or locked."""

    name: str
    state: PeriodState
    closed_at: dt.datetime | None


class PeriodMove(wire.Wire):
    """Why a period is closed, opened again or locked."""

    reason: wire.Line = ""


class BalanceQuery(wire.PageQuery):
    """Which accounts."""

    code: AccountCode | None = None
    party: Party | None = None
    currency: wire.Currency | None = None


class StatementQuery(wire.PageQuery):
    """Which account, over which time; `since` is included, `until` is not."""

    code: AccountCode
    currency: wire.Currency
    party: Party = ""
    since: wire.Moment | None = None
    until: wire.Moment | None = None


class JournalQuery(wire.PageQuery):
    """Which journals; `since` is included, `until` is not."""

    document: wire.Code | None = None
    document_id: wire.Id | None = None
    code: AccountCode | None = None
    party: Party | None = None
    period: wire.Code | None = None
    since: wire.Moment | None = None
    until: wire.Moment | None = None


class TrialBalanceQuery(wire.Wire):
    """Over which time; `since` is included, `until` is not."""

    since: wire.Moment | None = None
    until: wire.Moment | None = None


@ROUTES.get("/account-balances", list_balances)
def get_account_balances(desk: Desk, query: BalanceQuery) -> wire.Listed[BalanceOut]:
    """List accounts with their balances, by code, party and currency."""
    request = ListBalances(query.page(), query.code, query.party, query.currency)
    return wire.listed(desk.ask(list_balances, request), balance_out)


@ROUTES.get("/account-statements", account_statement)
def get_account_statement(desk: Desk, query: StatementQuery) -> wire.Listed[StatementLineOut]:
    """List one account's entries, oldest first, each with the balance after it."""
    account = AccountKey(query.code, query.party, query.currency)
    found = desk.ask(account_statement, AskStatement(account, query.page(), query.since, query.until))
    return wire.listed(found, lambda line: statement_line_out(line, query.currency))


@ROUTES.get("/trial-balance", trial_balance)
def get_trial_balance(desk: Desk, query: TrialBalanceQuery) -> TrialBalanceOut:
    """Sum every account over a time."""
    found = desk.ask(trial_balance, AskTrialBalance(query.since, query.until))
    return TrialBalanceOut(tuple(map(trial_line_out, found)))


@ROUTES.get("/journals", list_journals)
def get_journals(desk: Desk, query: JournalQuery) -> wire.Listed[JournalOut]:
    """List journals, newest first."""
    where = JournalFilter(
        document=query.document,
        document_id=query.document_id,
        code=query.code,
        party=query.party,
        period=query.period,
        since=query.since,
        until=query.until,
    )
    return wire.listed(desk.ask(list_journals, ListJournals(query.page(), where)), journal_out)


@ROUTES.get("/journals/{journal_id}", show_journal)
def get_journal(desk: Desk, journal_id: wire.Id) -> JournalOut:
    """Look at one journal."""
    return journal_out(desk.ask(show_journal, JournalId(journal_id)))


@ROUTES.post(
    "/journals",
    post_journal,
    status=201,
    location="/journals/{id}",
    refuses=(Unbalanced, ExchangeMissing, PeriodClosed, JournalDiffers),
    example={
        "entries": [
            {"code": "marketing", "amount": {"minor": 5000, "currency": "CNY"}},
            {"code": "bank", "amount": {"minor": -5000, "currency": "CNY"}},
        ],
        "memo": "shop window of October",
    },
)
def post_journals(desk: Desk, body: NewJournal) -> JournalOut:
    """Write a journal by hand."""
    entries = tuple(
        Entry(AccountKey(entry.code, entry.party, entry.amount.currency), entry.amount.minor) for entry in body.entries
    )
    return journal_out(desk.perform(post_journal, PostJournal(JournalId(desk.new_id(body.id)), entries, body.memo)))


@ROUTES.post(
    "/journals/{journal_id}/reverse",
    reverse_journal,
    status=201,
    location="/journals/{id}",
    refuses=(AlreadyReversed, DocumentOwnsJournal, ReversalStands, PeriodClosed, JournalDiffers),
)
def post_journal_reverse(desk: Desk, journal_id: wire.Id, body: Reversal) -> JournalOut:
    """Take a journal back by its mirror image, dated today."""
    cmd = ReverseJournal(JournalId(journal_id), JournalId(desk.new_id(body.id)), body.reason)
    return journal_out(desk.perform(reverse_journal, cmd))


@ROUTES.get("/accounting-periods", list_periods)
def get_accounting_periods(desk: Desk, query: wire.PageQuery) -> wire.Listed[PeriodOut]:
    """List the months that somebody has closed, opened again or locked, newest first; all others are open."""
    return wire.listed(desk.ask(list_periods, query.page()), period_out)


@ROUTES.get("/accounting-periods/{period}", show_period)
def get_accounting_period(desk: Desk, period: wire.Code) -> PeriodOut:
    """Look at one month, for example `2026-11`; one that nobody has touched is open and not found here."""
    return period_out(desk.ask(show_period, period))


@ROUTES.post(
    "/accounting-periods/{period}/close",
    close_period,
    match="optional",
    refuses=(PeriodNotOver, EarlierPeriodOpen, IllegalMove),
)
def post_accounting_period_close(desk: Desk, period: wire.Code, body: PeriodMove) -> PeriodOut:
    """Close a month, so that nothing is posted into it any more.

    If-Match names the version of a month that was closed before; leave it out for one that nobody has touched.
    """
    return period_out(desk.perform(close_period, MovePeriod(period, desk.version_if_given or 0, body.reason)))


@ROUTES.post(
    "/accounting-periods/{period}/reopen",
    reopen_period,
    match="required",
    refuses=(LaterPeriodClosed, IllegalMove),
)
def post_accounting_period_reopen(desk: Desk, period: wire.Code, body: PeriodMove) -> PeriodOut:
    """Open the latest closed month again."""
    return period_out(desk.perform(reopen_period, MovePeriod(period, desk.expected_version, body.reason)))


@ROUTES.post("/accounting-periods/{period}/lock", lock_period, match="required", refuses=(IllegalMove,))
def post_accounting_period_lock(desk: Desk, period: wire.Code, body: PeriodMove) -> PeriodOut:
    """Lock a closed month for good."""
    return period_out(desk.perform(lock_period, MovePeriod(period, desk.expected_version, body.reason)))


def journal_out(journal: Journal) -> JournalOut:
    """A journal as it goes out."""
    entries = tuple(
        EntryWire(entry.account.code, wire.Money(entry.amount_minor, entry.account.currency), entry.account.party)
        for entry in journal.entries
    )
    return JournalOut(
        id=journal.id,
        number=journal.number,
        document=journal.document,
        document_id=journal.document_id,
        at=journal.at,
        period=journal.period,
        memo=journal.memo,
        reverses=journal.reverses,
        entries=entries,
    )


def balance_out(balance: Balance) -> BalanceOut:
    """A balance as it goes out."""
    account = balance.account
    return BalanceOut(account.code, balance.kind, account.party, wire.Money(balance.balance_minor, account.currency))


def statement_line_out(line: StatementLine, currency: str) -> StatementLineOut:
    """A statement's line as it goes out."""
    return StatementLineOut(
        journal_id=line.journal_id,
        number=line.number,
        at=line.at,
        document=line.document,
        document_id=line.document_id,
        memo=line.memo,
        amount=wire.Money(line.amount_minor, currency),
        balance_after=wire.Money(line.balance_after_minor, currency),
    )


def trial_line_out(line: TrialLine) -> TrialLineOut:
    """A trial balance's line as it goes out."""
    sums = (line.opening_minor, line.debit_minor, line.credit_minor, line.closing_minor)
    return TrialLineOut(line.code, line.kind, *(wire.Money(minor, line.currency) for minor in sums))


def period_out(period: Period) -> PeriodOut:
    """A period as it goes out."""
    return PeriodOut(version=period.version, name=period.name, state=period.state, closed_at=period.closed_at)
