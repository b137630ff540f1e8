"""Points end: those whose time is over, and all of a customer who was erased; a row says so for each lot."""

from __future__ import annotations

from typing import Final

from houtai.application.permission import needs
from houtai.application.points.book import cause_of, open_book, write_book
from houtai.application.points.ports import ACCOUNTS_OF, PointsTx, PointsViews
from houtai.domain.act import Act
from houtai.domain.customers.events import CustomerErased
from houtai.domain.ids import CustomerId
from houtai.domain.points.account import PointsAccountId, account_id

EXPIRE: Final = "points.expire"
AT_ONCE: Final = 100


@needs(EXPIRE)
def ended_points(views: PointsViews, query: int, act: Act) -> list[PointsAccountId]:
    """Up to so many accounts with points whose time is over, the earliest end first."""
    return views.points_ended(act.at, query)


@needs(EXPIRE)
def expire_points(tx: PointsTx, cmd: PointsAccountId, act: Act) -> int:
    """Expire what has ended of one account; how many lots. For the timer: 0 where somebody was faster."""
    known = tx.points_accounts.get(cmd)
    return expire_due(tx, known.customer_id, known.currency, act)


def expire_due(tx: PointsTx, customer_id: CustomerId, currency: str, act: Act) -> int:
    """The same for callers who hold the account's lock and look at what is left."""
    cause = cause_of(act, "points", account_id(customer_id, currency), "their time is over")
    book = open_book(tx, customer_id, currency, cause)
    write_book(tx, book, act)
    return len(book.entries)


def on_customer_erased(tx: PointsTx, event: CustomerErased, act: Act) -> None:
    """Nobody is left who could spend them: all points expire, and what still comes back expires at once."""
    for known in tx.points_accounts.by(ACCOUNTS_OF, event.customer_id):
        cause = cause_of(act, "customer", event.customer_id, "the customer was erased")
        book = open_book(tx, known.customer_id, known.currency, cause)
        book.close()
        write_book(tx, book, act)
        if not book.entries:
            tx.points_accounts.save(book.account)
