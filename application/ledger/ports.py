"""What the books are kept in: journals, periods, and the running balance of every account."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final, Protocol
from uuid import UUID

import attrs

from houtai.application.paging import Page, Slice
from houtai.application.ports import HouseTx, Index, Reading, Records, Rows, Sums
from houtai.domain.ids import JournalId
from houtai.domain.ledger.account import AccountCode, AccountKey, AccountKind
from houtai.domain.ledger.journal import Journal
from houtai.domain.ledger.period import Period

BY_DOCUMENT_ID: Index[Journal, UUID] = Index("document_id", lambda journal: journal.document_id)
BY_REVERSED: Index[Journal, UUID] = Index("reverses", lambda journal: journal.reverses, unique=True)
BY_NUMBER: Index[Journal, str] = Index("number", lambda journal: journal.number, unique=True)
JOURNALS: Records[JournalId, Journal] = Records(
    "journals",
    Journal,
    key=lambda journal: journal.id,
    indexes=(BY_DOCUMENT_ID, BY_REVERSED, BY_NUMBER),
    append_only=True,
    witnessed=True,
)
BY_STATE: Index[Period, str] = Index("state", lambda period: period.state.value)
PERIODS: Records[str, Period] = Records("periods", Period, key=lambda period: period.name, indexes=(BY_STATE,), reference=True)
RECORDS: Final[tuple[Records[Any, Any], ...]] = (JOURNALS, PERIODS)
SUMS: Final[tuple[str, ...]] = ("balances",)


class LedgerTx(HouseTx, Protocol):
    """What a posting writes."""

    @property
    def journals(self) -> Rows[JournalId, Journal]:
        """Append-only."""

    @property
    def periods(self) -> Rows[str, Period]:
        """Those that somebody has closed, opened again or locked."""

    @property
    def balances(self) -> Sums[AccountKey]:
        """Debits less credits of every account, kept with each posting (M2)."""


@attrs.frozen
class Balance:
    """What stands on one account: `balance_minor` is debits less credits."""

    account: AccountKey
    kind: AccountKind
    balance_minor: int


@attrs.frozen
class StatementLine:
    """One entry on an account with the balance after it."""

    journal_id: JournalId
    number: str
    at: dt.datetime
    document: str
    document_id: UUID
    memo: str
    line: int
    amount_minor: int
    balance_after_minor: int


@attrs.frozen
class TrialLine:
    """One account code in one currency over a time: opening + debit − credit = closing."""

    code: AccountCode
    kind: AccountKind
    currency: str
    opening_minor: int
    debit_minor: int
    credit_minor: int
    closing_minor: int


@attrs.frozen
class JournalFilter:
    """Which journals: all conditions that are set hold. `since` is included, `until` is not."""

    document: str | None = None
    document_id: UUID | None = None
    code: AccountCode | None = None
    party: str | None = None
    period: str | None = None
    since: dt.datetime | None = None
    until: dt.datetime | None = None


class LedgerViews(Protocol):
    """The books as last committed."""

    @property
    def journals(self) -> Reading[JournalId, Journal]:
        """By id, document or number."""

    @property
    def periods(self) -> Reading[str, Period]:
        """Those with a record."""

    def find_balances(
        self, page: Page, *, code: AccountCode | None, parties: frozenset[str] | None, currency: str | None
    ) -> Slice[Balance]:
        """Accounts with their balance, by code, party and currency."""

    def find_journals(self, page: Page, where: JournalFilter) -> Slice[Journal]:
        """Journals by moment of posting."""

    def account_statement(
        self, page: Page, account: AccountKey, *, since: dt.datetime | None, until: dt.datetime | None
    ) -> Slice[StatementLine]:
        """Entries of one account in order of posting (always the oldest first), each with the balance after it."""

    def trial_balance(self, *, since: dt.datetime | None, until: dt.datetime | None) -> tuple[TrialLine, ...]:
        """Every account code per currency, summed from the entries themselves."""
