"""Journals out to a file: one row an entry, debits and credits in columns of their own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from houtai.application.numbers import HOUSE_TIME
from houtai.application.sheets import Column
from houtai.domain.ledger.journal import Journal
from houtai.domain.money import Money

COLUMNS: Final = (
    Column("number", "凭证号"),
    Column("at", "记账时间"),
    Column("period", "会计期间"),
    Column("document", "单据类型"),
    Column("document_id", "单据ID"),
    Column("line", "分录号"),
    Column("code", "科目"),
    Column("party", "往来方"),
    Column("debit", "借方"),
    Column("credit", "贷方"),
    Column("currency", "币种"),
    Column("memo", "摘要"),
    Column("reverses", "冲销凭证"),
)


def journal_rows(journal: Journal) -> Iterator[tuple[str, ...]]:
    """The journal's entries in the order of COLUMNS."""
    for line, entry in enumerate(journal.entries, start=1):
        amount = str(Money(abs(entry.amount_minor), entry.account.currency)).partition(" ")[0]
        yield (
            journal.number,
            f"{journal.at.astimezone(HOUSE_TIME):%Y-%m-%d %H:%M:%S}",
            journal.period,
            journal.document,
            str(journal.document_id),
            str(line),
            entry.account.code.value,
            entry.account.party,
            amount if entry.amount_minor > 0 else "",
            amount if entry.amount_minor < 0 else "",
            entry.account.currency,
            journal.memo,
            "" if journal.reverses is None else str(journal.reverses),
        )
