"""Stock that was looked for and not found is not promised, and goods change their state where they lie."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

import attrs

from houtai.application.inventory.ports import InventoryTx
from houtai.application.inventory.shelf import Shelf
from houtai.domain.act import Act
from houtai.domain.inventory.adjustment import demand_unclaimed
from houtai.domain.inventory.movement import Cause, Reason, regrade
from houtai.domain.inventory.stock import VALUED, StockKey, StockState
from houtai.domain.refusal import InvalidValue


def freeze(tx: InventoryTx, changes: Mapping[StockKey, int], act: Act) -> None:
    """Take so many more units (or, below zero, fewer) out of what may be promised, while they are counted.

    What is promised already stays so: the available quantity may fall below zero, and then takes off the pool's sum.
    Nothing is frozen below zero, whoever set the figure meanwhile.
    """
    shelf = Shelf.lock(tx, changes, act.at)
    for key, delta_qty in changes.items():
        shelf.change(key, frozen_qty=max(0, shelf.stocks[key].frozen_qty + delta_qty))
    shelf.write(tx)


@attrs.frozen
class StateChange:
    """So many units of one stock go from one state to another, by one line of a document."""

    line: int
    stock_key: StockKey
    state: StockState
    to_state: StockState
    qty: int

    def __attrs_post_init__(self) -> None:
        """Refuse goods of claims."""
        demand_unclaimed(self.state, self.to_state)


def change_states(
    tx: InventoryTx, changes: Sequence[StateChange], act: Act, *, document: str, document_id: UUID, reason: Reason
) -> None:
    """Move stock between states with its value, two movements a line, all stocks locked in one statement.

    Only between states that carry value: what gains or loses value, a sample, needs an adjustment and its approval. Raises
    InvalidValue for those, and WouldUndercut and NotEnoughOnHand as `movement.regrade` does.
    """
    check_valued(changes)
    shelf = Shelf.lock(tx, [one.stock_key for one in changes], act.at)
    for one in changes:
        cause = Cause(document, document_id, one.line, reason, act.at, act.actor)
        moved, movements = regrade(shelf.stocks[one.stock_key], (one.state, one.to_state), one.qty, cause)
        shelf.put(moved, *movements)
    shelf.write(tx)


def check_valued(changes: Iterable[StateChange]) -> None:
    """Refuse a change that would change the value of stock."""
    if any(not {one.state, one.to_state} <= VALUED for one in changes):
        raise InvalidValue(field="to_state", rule="samples are made and unmade by an adjustment, which somebody else approves")
