"""Posting: the one way in which money moves in the books."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Final
from uuid import UUID

import attrs

from houtai.application.ledger.ports import LedgerTx
from houtai.application.numbers import HOUSE_TIME
from houtai.application.permission import needs
from houtai.domain import limits
from houtai.domain.act import Act
from houtai.domain.ids import JournalId
from houtai.domain.ledger.journal import Entry, Journal, check_entries, journal_number, per_account
from houtai.domain.ledger.period import Period
from houtai.domain.ledger.refusals import JournalDiffers

MANUAL: Final = "manual"
"""The document of a journal that was written by hand: the journal is its own."""


def period_of(at: dt.datetime) -> str:
    """The local month of a moment, ``2026-11``."""
    return f"{at.astimezone(HOUSE_TIME):%Y-%m}"


def post(
    tx: LedgerTx,
    *,
    id: JournalId,  # noqa: A002  # what every record's identity is called
    document: str,
    document_id: UUID,
    entries: Sequence[Entry],
    memo: str,
    act: Act,
    reverses: JournalId | None = None,
) -> Journal:
    """Write a journal at `act.at` and move the balances with it; the same journal a second time is the first one.

    Raises Unbalanced, ExchangeMissing, PeriodClosed, and JournalDiffers where the id is taken by other entries.
    """
    entries = tuple(entries)
    check_entries(entries)
    existing = tx.journals.find(id)
    if existing is not None:
        if (existing.entries, existing.document_id, existing.reverses) != (entries, document_id, reverses):
            raise JournalDiffers(number=existing.number)
        return existing
    period = period_of(act.at)
    (tx.periods.find(period) or Period(period)).demand_open()
    journal = Journal(
        id=id,
        number=journal_number(id, act.at.astimezone(HOUSE_TIME).date()),
        document=document,
        document_id=document_id,
        at=act.at,
        period=period,
        entries=entries,
        memo=memo,
        reverses=reverses,
    )
    tx.journals.add(journal)
    for account, delta in per_account(entries).items():
        tx.balances.change(account, delta)
    return journal


@attrs.frozen
class PostJournal:
    """A journal written by hand; `memo` says why."""

    journal: JournalId
    entries: tuple[Entry, ...] = attrs.field(validator=limits.at_most(limits.MAX_LINES, 2))
    memo: str = attrs.field(validator=limits.text(1, 500))


@needs("ledger.post")
def post_journal(tx: LedgerTx, cmd: PostJournal, act: Act) -> Journal:
    """Write a journal by hand. Raises what `post` raises, and Forbidden past the actor's limit for ``posting_minor``."""
    debits = sum(entry.amount_minor for entry in cmd.entries if entry.amount_minor > 0)
    act.demand("ledger.post", amounts={"posting_minor": debits})
    return post(tx, id=cmd.journal, document=MANUAL, document_id=cmd.journal, entries=cmd.entries, memo=cmd.memo, act=act)
