"""Units that came back and were looked at: into the state that fits them, worth less, or out of the stock for good."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import attrs

from houtai.application.inventory.ports import InventoryTx
from houtai.application.inventory.shelf import Shelf
from houtai.domain import limits
from houtai.domain.act import Act
from houtai.domain.inventory.movement import Cause, Reason, adjust, move, regrade
from houtai.domain.inventory.stock import Stock, StockKey, StockState
from houtai.domain.money import half_up


@attrs.frozen
class LookedAt:
    """So many units that wait in RETURN_PENDING: from now on in `to_state`, None: gone.

    `worth_percent` is what they are still worth there of what they were.
    """

    line: int
    stock_key: StockKey
    qty: int = attrs.field(validator=limits.positive_qty)
    to_state: StockState | None = None
    worth_percent: int = 100


@attrs.frozen
class Loss:
    """What the stock is worth less for it, and in which currency."""

    minor: int
    currency: str


def sort_out(
    tx: InventoryTx, units: Sequence[LookedAt], act: Act, *, document: str, document_id: UUID, reason: Reason
) -> list[Loss]:
    """Move the units, all stocks locked in one statement, and answer what each of them lost, in their order.

    Nothing is posted: the caller books the losses in this transaction (R-20). Raises NotEnoughOnHand.
    """
    shelf = Shelf.lock(tx, [one.stock_key for one in units], act.at)
    losses = []
    for one in units:
        stock = shelf.stocks[one.stock_key]
        cause = Cause(document, document_id, one.line, reason, act.at, act.actor)
        losses.append(Loss(_apply(shelf, stock, one, cause), stock.currency))
    shelf.write(tx)
    return losses


def _apply(shelf: Shelf, stock: Stock, one: LookedAt, cause: Cause) -> int:
    """The units moved; what they lost."""
    if one.to_state is not None and one.worth_percent == 100:
        moved, movements = regrade(stock, (StockState.RETURN_PENDING, one.to_state), one.qty, cause)
        shelf.put(moved, *movements)
        return 0
    between, out = adjust(stock, StockState.RETURN_PENDING, -one.qty, cause)
    if one.to_state is None:
        shelf.put(between, out)
        return -out.value_minor
    kept = half_up(-out.value_minor * one.worth_percent, 100)
    moved, into = move(between, one.to_state, one.qty, cause, value_minor=kept)
    shelf.put(moved, out, into)
    return -out.value_minor - kept
