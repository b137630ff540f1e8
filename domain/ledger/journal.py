"""Journals: signed entries that sum to zero per currency, never changed, only reversed."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
from collections.abc import Iterable
from uuid import UUID

import attrs

from houtai.domain import limits
from houtai.domain.ids import JournalId
from houtai.domain.ledger.account import AccountCode, AccountKey
from houtai.domain.ledger.refusals import ExchangeMissing, Unbalanced
from houtai.domain.money import MAX_MINOR, Money, whole
from houtai.domain.refusal import InvalidValue


def _moves_something(_: object, attribute: attrs.Attribute[int], value: int) -> None:
    if whole(value, attribute.name) == 0 or abs(value) > MAX_MINOR:
        raise InvalidValue(field=attribute.name, rule=f"must not be 0 and lie within ±{MAX_MINOR}")


@attrs.frozen
class Entry:
    """One side of a journal: debit positive, credit negative, in minor units of the account's currency."""

    account: AccountKey
    amount_minor: int = attrs.field(validator=_moves_something)


def debit(code: AccountCode, party: str, amount: Money) -> Entry:
    """An entry on the debit side."""
    return Entry(AccountKey(code, party, amount.currency), amount.minor)


def credit(code: AccountCode, party: str, amount: Money) -> Entry:
    """An entry on the credit side."""
    return Entry(AccountKey(code, party, amount.currency), -amount.minor)


@attrs.frozen
class Journal:
    """One posting with the document it stands for. `period` is the house's local month of `at`, ``2026-11``.

    `number` is made from day and id, not counted: no posting waits for another one's number.
    """

    id: JournalId
    number: str
    document: str = attrs.field(validator=limits.text(1, 64))
    document_id: UUID
    at: dt.datetime = attrs.field(validator=limits.aware)
    period: str
    entries: tuple[Entry, ...] = attrs.field(validator=limits.at_most(limits.MAX_LINES, 2))
    memo: str = attrs.field(default="", validator=limits.text(0, 500))
    reverses: JournalId | None = None


def journal_number(journal_id: JournalId, day: dt.date) -> str:
    """What people call the journal by: its local day and sixty bits out of its id."""
    tail = base64.b32encode(hashlib.blake2b(journal_id.bytes, digest_size=8).digest()).decode()[:12]
    return f"JE-{day:%Y%m%d}-{tail}"


def sums(entries: Iterable[Entry]) -> dict[str, int]:
    """Debits less credits per currency."""
    totals: dict[str, int] = {}
    for entry in entries:
        currency = entry.account.currency
        totals[currency] = totals.get(currency, 0) + entry.amount_minor
    return totals


def check_entries(entries: Iterable[Entry]) -> None:
    """Refuse with Unbalanced (M1), or with ExchangeMissing where currencies mix outside the exchange account (M12)."""
    entries = tuple(entries)
    totals = sums(entries)
    for currency, difference in totals.items():
        if difference:
            raise Unbalanced(currency=currency, difference_minor=difference)
    if len(totals) > 1:
        exchanged = {entry.account.currency for entry in entries if entry.account.code is AccountCode.EXCHANGE}
        for currency in totals:
            if currency not in exchanged:
                raise ExchangeMissing(currency=currency)


def per_account(entries: Iterable[Entry]) -> dict[AccountKey, int]:
    """What the entries change, each account once."""
    changes: dict[AccountKey, int] = {}
    for entry in entries:
        changes[entry.account] = changes.get(entry.account, 0) + entry.amount_minor
    return {account: delta for account, delta in changes.items() if delta}


def mirrored(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """The entries that take these back."""
    return tuple(attrs.evolve(entry, amount_minor=-entry.amount_minor) for entry in entries)
