"""Reading the books in memory: every entry is looked at."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from houtai.adapters.memory.store import MemoryStore, slice_of
from houtai.application.ledger.ports import Balance, JournalFilter, StatementLine, TrialLine
from houtai.application.paging import Page, Slice
from houtai.domain.ledger.account import AccountCode, AccountKey
from houtai.domain.ledger.journal import Journal


class LedgerReports:
    """See `LedgerViews`: what is searched and summed."""

    store: MemoryStore

    def find_balances(
        self, page: Page, *, code: AccountCode | None, parties: frozenset[str] | None, currency: str | None
    ) -> Slice[Balance]:
        """See `LedgerViews.find_balances`."""
        found = {
            (key.code.value, key.party, key.currency): Balance(key, key.code.kind, total)
            for key, total in self.store.sums["balances"].items()
            if (code is None or key.code is code)
            and (parties is None or key.party in parties)
            and (currency is None or key.currency == currency)
        }
        return slice_of(sorted(found), found, page)

    def find_journals(self, page: Page, where: JournalFilter) -> Slice[Journal]:
        """See `LedgerViews.find_journals`."""
        found = {(journal.at, journal.id): journal for journal in self._journals() if _matches(journal, where)}
        return slice_of(sorted(found, reverse=page.newest_first), found, page)

    def account_statement(
        self, page: Page, account: AccountKey, *, since: dt.datetime | None, until: dt.datetime | None
    ) -> Slice[StatementLine]:
        """See `LedgerViews.account_statement`."""
        balance = 0
        found: dict[Any, StatementLine] = {}
        for journal in sorted(self._journals(), key=lambda journal: (journal.at, journal.id)):
            for line, entry in enumerate(journal.entries):
                if entry.account == account:
                    balance += entry.amount_minor
                    if _within(journal.at, since, until):
                        found[journal.at, journal.id, line] = _statement_line(journal, line, balance)
        return slice_of(sorted(found), found, page)

    def trial_balance(self, *, since: dt.datetime | None, until: dt.datetime | None) -> tuple[TrialLine, ...]:
        """See `LedgerViews.trial_balance`."""
        sums: dict[tuple[str, int, AccountCode], list[int]] = {}
        for journal in self._journals():
            if until is None or journal.at < until:
                early = since is not None and journal.at < since
                for entry in journal.entries:
                    key = entry.account.currency, list(AccountCode).index(entry.account.code), entry.account.code
                    column = 0 if early else 1 if entry.amount_minor > 0 else 2
                    amount = entry.amount_minor if early else abs(entry.amount_minor)
                    sums.setdefault(key, [0, 0, 0])[column] += amount
        return tuple(
            TrialLine(code, code.kind, currency, opening, debit, credit, opening + debit - credit)
            for (currency, _, code), (opening, debit, credit) in sorted(sums.items(), key=lambda item: item[0][:2])
        )

    def _journals(self) -> Iterable[Journal]:
        return self.store.shelves["journals"].held.values()


def _within(at: dt.datetime, since: dt.datetime | None, until: dt.datetime | None) -> bool:
    return (since is None or since <= at) and (until is None or at < until)


def _matches(journal: Journal, where: JournalFilter) -> bool:
    asked = ("document", "document_id", "period")
    same = all(getattr(where, name) in (None, getattr(journal, name)) for name in asked)
    touched = any(
        where.code in (None, entry.account.code) and where.party in (None, entry.account.party) for entry in journal.entries
    )
    return same and touched and _within(journal.at, where.since, where.until)


def _statement_line(journal: Journal, line: int, balance: int) -> StatementLine:
    return StatementLine(
        journal_id=journal.id,
        number=journal.number,
        at=journal.at,
        document=journal.document,
        document_id=journal.document_id,
        memo=journal.memo,
        line=line,
        amount_minor=journal.entries[line].amount_minor,
        balance_after_minor=balance,
    )
