"""Reading the books: balances, journals, statements, the trial balance."""

from __future__ import annotations

import datetime as dt

import attrs

from houtai.application.ledger.ports import Balance, JournalFilter, LedgerViews, StatementLine, TrialLine
from houtai.application.paging import Page, Slice
from houtai.application.permission import CHANNEL, MERCHANT, needs
from houtai.domain.act import Act
from houtai.domain.authority import HOUSE, Scope
from houtai.domain.ids import JournalId
from houtai.domain.ledger.account import AccountCode, AccountKey, party
from houtai.domain.ledger.journal import Journal
from houtai.domain.ledger.period import Period

READ = "ledger.read"


@attrs.frozen
class ListBalances:
    """Which accounts."""

    page: Page = attrs.field(factory=Page)
    code: AccountCode | None = None
    party: str | None = None
    currency: str | None = None


@needs(READ, along=(CHANNEL, MERCHANT))
def list_balances(views: LedgerViews, query: ListBalances, act: Act) -> Slice[Balance]:
    """Accounts with their balances; an actor bound to channels or merchants sees the accounts of those alone."""
    parties = visible_parties(act)
    if query.party is not None:
        parties = frozenset([query.party]) if parties is None else parties & {query.party}
    return views.find_balances(query.page, code=query.code, parties=parties, currency=query.currency)


@attrs.frozen
class ListJournals:
    """Which journals."""

    page: Page = attrs.field(factory=Page)
    where: JournalFilter = attrs.field(factory=JournalFilter)


@needs(READ)
def list_journals(views: LedgerViews, query: ListJournals, act: Act) -> Slice[Journal]:
    """Journals with all their entries."""
    del act
    return views.find_journals(query.page, query.where)


@needs(READ)
def show_journal(views: LedgerViews, query: JournalId, act: Act) -> Journal:
    """One journal. Raises NotFound."""
    del act
    return views.journals.get(query)


@attrs.frozen
class AskStatement:
    """One account's entries; `since` is included, `until` is not."""

    account: AccountKey
    page: Page = attrs.field(factory=Page)
    since: dt.datetime | None = None
    until: dt.datetime | None = None


@needs(READ, along=(CHANNEL, MERCHANT))
def account_statement(views: LedgerViews, query: AskStatement, act: Act) -> Slice[StatementLine]:
    """The account's entries, oldest first, each with the balance after it; nothing for an account out of the actor's reach."""
    parties = visible_parties(act)
    if parties is not None and query.account.party not in parties:
        return Slice(())
    return views.account_statement(query.page, query.account, since=query.since, until=query.until)


@attrs.frozen
class AskTrialBalance:
    """Over which time; `since` is included, `until` is not, None is without end."""

    since: dt.datetime | None = None
    until: dt.datetime | None = None


@needs(READ)
def trial_balance(views: LedgerViews, query: AskTrialBalance, act: Act) -> tuple[TrialLine, ...]:
    """Opening, turnover and closing per account code and currency; closings sum to zero per currency."""
    del act
    return views.trial_balance(since=query.since, until=query.until)


@needs(READ)
def list_periods(views: LedgerViews, query: Page, act: Act) -> Slice[Period]:
    """The months that somebody has closed, opened again or locked; all others are open."""
    del act
    return views.periods.page(query)


def visible_parties(act: Act) -> frozenset[str] | None:
    """Whose accounts this actor may see; None for everybody's."""
    if act.authority.unbounded(READ, CHANNEL, MERCHANT, at=act.at):
        return None
    channels = act.authority.reach(READ, CHANNEL, at=act.at) or ()
    merchants = act.authority.reach(READ, MERCHANT, at=act.at) or ()
    of_channels = frozenset(party("channel", one) for one in channels if act.may(READ, Scope(channel=one, merchant=HOUSE)))
    return of_channels | frozenset(
        party("merchant", one) for one in merchants if act.may(READ, Scope(channel=HOUSE, merchant=one))
    )


@needs(READ)
def show_period(views: LedgerViews, query: str, act: Act) -> Period:
    """One month that somebody has closed, opened again or locked. Raises NotFound for any other: it is open."""
    del act
    return views.periods.get(query)
