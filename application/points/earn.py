"""Points that a customer earns, and earned points that are taken back: for the modules above, which have the reasons."""

from __future__ import annotations

from uuid import UUID

from houtai.application.points.book import cause_of, open_book, write_book
from houtai.application.points.ports import PointsTx
from houtai.domain.act import Act
from houtai.domain.customers.customer import CustomerState
from houtai.domain.ids import CustomerId, derive
from houtai.domain.points.account import PointsLotId


def lot_for(document_id: UUID) -> PointsLotId:
    """The lot that a document's points come in."""
    return PointsLotId(derive(document_id, "points"))


def earn_points(
    tx: PointsTx, customer_id: CustomerId, currency: str, points: int, document: str, document_id: UUID, reason: str, act: Act
) -> bool:
    """Give the customer points, once for each document; False where the person was erased. Raises NoPointsHere."""
    customer = tx.customers.get(customer_id)
    if customer.state is CustomerState.ERASED:
        return False
    book = open_book(tx, customer_id, currency, cause_of(act, document, document_id, reason))
    if tx.points_lots.find(lot_for(document_id)) is None:
        book.earn(lot_for(document_id), points)
    write_book(tx, book, act)
    return True


def take_back_points(
    tx: PointsTx,
    customer_id: CustomerId,
    currency: str,
    points: int,
    *,
    earned_by: UUID,
    document: str,
    document_id: UUID,
    reason: str,
    below_zero: bool,
    act: Act,
) -> int:
    """Take points back that `earned_by` brought, out of its own lot first; how many there were. Raises NoPointsHere.

    With `below_zero` the others are owed from now on.
    """
    book = open_book(tx, customer_id, currency, cause_of(act, document, document_id, reason))
    there = book.claw_back(points, lot_for(earned_by), below_zero=below_zero)
    write_book(tx, book, act)
    return there
