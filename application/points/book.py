"""Opening a customer's points for a deed and writing down what became of them: account, lots, rows, and the books."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from houtai.application.ledger.post import post
from houtai.application.points.policy import policy_of
from houtai.application.points.ports import LOTS_WITH_POINTS, PointsTx
from houtai.domain.act import Act
from houtai.domain.ids import CustomerId, JournalId, derive
from houtai.domain.points.account import PointsAccount, PointsLotId, account_id
from houtai.domain.points.book import PointsBook, PointsCause

DOCUMENT = "points"


def lock_points(tx: PointsTx, customer_id: CustomerId, currency: str) -> PointsAccount | None:
    """The account under its lock, None where there is none yet; for callers who will move points later in the same deed."""
    key = account_id(customer_id, currency)
    return tx.points_accounts.lock([key]).get(key)


def open_book(
    tx: PointsTx, customer_id: CustomerId, currency: str, cause: PointsCause, lots: Iterable[PointsLotId] = ()
) -> PointsBook:
    """The account with everything that holds points, and these `lots` besides. What has ended by now is expired in it.

    Whoever opens it writes it with `write_book`. Raises NoPointsHere.
    """
    policy = policy_of(tx, currency)
    account = lock_points(tx, customer_id, currency)
    if account is None:
        return PointsBook(policy, PointsAccount(account_id(customer_id, currency), customer_id, currency), cause, {})
    wanted = list(lots)
    found = {lot.id: lot for lot in tx.points_lots.lock_by(LOTS_WITH_POINTS, account.id)}
    if wanted:
        found |= tx.points_lots.lock(wanted)
    return PointsBook(policy, account, cause, found)


def write_book(tx: PointsTx, book: PointsBook, act: Act, *, paid_minor: int = 0) -> None:
    """Keep what moved, if anything did, and post what it is worth; `paid_minor` see `PointsBook.postings`."""
    if not book.entries:
        return
    if tx.points_accounts.find(book.account.id) is None:
        tx.points_accounts.add(book.account)
    else:
        tx.points_accounts.save(book.account)
    for lot_id in dict.fromkeys(entry.lot_id for entry in book.entries):
        if lot_id is None:
            continue
        if lot_id in book.new_lots:
            tx.points_lots.add(book.lots[lot_id])
        else:
            tx.points_lots.save(book.lots[lot_id])
    for entry in book.entries:
        tx.points_entries.add(entry)
    if entries := book.postings(paid_minor):
        account = book.account.id
        journal = JournalId(derive(account, "rows", book.entries[0].seq))
        memo = book.cause.reason[:500] or book.cause.document
        post(tx, id=journal, document=DOCUMENT, document_id=account, entries=entries, memo=memo, act=act)


def cause_of(act: Act, document: str, document_id: UUID, reason: str = "") -> PointsCause:
    """What moves points in this deed."""
    return PointsCause(document, document_id, act.at, act.actor, reason)
