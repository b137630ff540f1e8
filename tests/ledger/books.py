"""Journals for tests of the books."""

from __future__ import annotations

import datetime as dt

import attrs

from houtai.application.ledger.post import PostJournal, post_journal
from houtai.application.office import Office
from houtai.domain.act import Act
from houtai.domain.ids import JournalId, uuid7
from houtai.domain.ledger.account import AccountCode, AccountKey
from houtai.domain.ledger.journal import Entry, Journal

NOON = dt.datetime(2026, 11, 22, 4, 0, tzinfo=dt.UTC)


def journal_id(number: int) -> JournalId:
    return JournalId(uuid7(NOON, number.to_bytes(10, "big")))


def entry(code: AccountCode, amount_minor: int, party: str = "", currency: str = "CNY") -> Entry:
    return Entry(AccountKey(code, party, currency), amount_minor)


def sale(amount_minor: int, party: str = "") -> tuple[Entry, Entry]:
    return entry(AccountCode.CASH, amount_minor), entry(AccountCode.REVENUE, -amount_minor, party)


def write(office: Office, act: Act, number: int, entries: tuple[Entry, ...], at: dt.datetime | None = None) -> Journal:
    cmd = PostJournal(journal_id(number), entries, "test")
    return office.perform(post_journal, cmd, act if at is None else attrs.evolve(act, at=at))
