"""Stock that comes off the road: units from another warehouse or a buyer, with the value that they left with."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import attrs

from houtai.application.inventory.ports import InventoryTx
from houtai.application.inventory.shelf import Shelf
from houtai.domain import limits
from houtai.domain.act import Act
from houtai.domain.inventory.movement import Cause, Reason, move
from houtai.domain.inventory.stock import VALUED, StockKey, StockState
from houtai.domain.money import half_up
from houtai.domain.refusal import InvalidValue


@attrs.frozen
class Arrival:
    """So many units of a document's line that are in this stock now, all together worth so much (0 for goods of merchants)."""

    line: int
    stock_key: StockKey
    qty: int = attrs.field(validator=limits.positive_qty)
    value_minor: int = 0
    state: StockState = StockState.SELLABLE


def take_in(
    tx: InventoryTx,
    arrivals: Sequence[Arrival],
    act: Act,
    *,
    currency: str,
    document: str,
    document_id: UUID,
    reason: Reason = Reason.TRANSFER,
) -> None:
    """Raise the stocks by what arrived, one movement each, in one statement for all locks.

    Nothing is posted: the caller moves the value to inventory in this transaction (R-20). Raises InvalidValue
    for units that would lose their value, which takes an adjustment.
    """
    if any(one.state not in VALUED for one in arrivals):
        raise InvalidValue(field="state", rule="samples are made by an adjustment, which somebody else approves")
    shelf = Shelf.lock(tx, [one.stock_key for one in arrivals], act.at)
    for one in arrivals:
        stock = shelf.ensure(one.stock_key, currency)
        cause = Cause(document, document_id, one.line, reason, act.at, act.actor)
        unit_minor = half_up(one.value_minor, one.qty) if one.value_minor else None
        moved, movement = move(stock, one.state, one.qty, cause, value_minor=one.value_minor, unit_minor=unit_minor)
        shelf.put(moved, movement)
    shelf.write(tx)
