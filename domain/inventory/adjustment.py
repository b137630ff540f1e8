"""Adjustments: somebody asks with a reason, somebody else approves, and only then stock moves, by the difference."""

from __future__ import annotations

import datetime as dt
import enum
from typing import Final
from uuid import UUID

import attrs

from houtai.domain import limits
from houtai.domain.ids import AdjustmentId, LocationId, SkuId, WarehouseId
from houtai.domain.inventory.movement import Cause, Movement, Reason, adjust, regrade
from houtai.domain.inventory.stock import Stock, StockState
from houtai.domain.money import MAX_MINOR
from houtai.domain.moves import Moves
from houtai.domain.refusal import InvalidValue


def demand_unclaimed(*states: StockState | None) -> None:
    """Refuse goods that came back from a buyer: only their claim's inspection says what becomes of them. Raises InvalidValue."""
    if StockState.RETURN_PENDING in states:
        raise InvalidValue(field="state", rule="must be another: what came back belongs to its claim, and is inspected there")


class AdjustmentState(enum.Enum):
    """Where an adjustment stands; POSTED means approved and moved."""

    REQUESTED = "requested"
    POSTED = "posted"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


ADJUSTMENT_MOVES: Final[Moves[AdjustmentState]] = {
    AdjustmentState.REQUESTED: frozenset({AdjustmentState.POSTED, AdjustmentState.REJECTED, AdjustmentState.WITHDRAWN}),
    AdjustmentState.POSTED: frozenset(),
    AdjustmentState.REJECTED: frozenset(),
    AdjustmentState.WITHDRAWN: frozenset(),
}


_COST: Final = {"mask": "cost"}  # blanked where a grant hides costs


def _not_zero(_: object, __: object, value: int) -> None:
    if value == 0:
        raise InvalidValue(field="delta_qty", rule="must not be zero")


@attrs.frozen
class AdjustmentLine:
    """So many units come (+) or go (-) in one state; with `to_state` the ones that go turn up there instead.

    `unit_minor` states the cost of units that come, where it differs from those beside them or none is known; `location_id` the
    place where units were found, None where nobody said.
    """

    line: int
    sku_id: SkuId
    state: StockState
    delta_qty: int = attrs.field(validator=[limits.signed_qty, _not_zero])
    to_state: StockState | None = None
    unit_minor: int | None = attrs.field(
        default=None, validator=attrs.validators.optional(limits.between(0, MAX_MINOR)), metadata=_COST
    )
    location_id: LocationId | None = None

    def __attrs_post_init__(self) -> None:
        """Refuse a change of state that is none, a place for units that were not found, and goods of claims."""
        demand_unclaimed(self.state, self.to_state)
        if self.location_id is not None and (self.delta_qty < 0 or self.to_state is not None):
            raise InvalidValue(field="location_id", rule="says where units were found")
        if self.to_state is not None and (self.delta_qty > 0 or self.to_state is self.state):
            raise InvalidValue(field="to_state", rule="takes units that leave another state (delta_qty below zero)")

    def apply(self, stock: Stock, cause: Cause) -> tuple[Stock, tuple[Movement, ...]]:
        """The stock afterwards and the one or two movements. Raises what `movement.move` and `movement.adjust` raise."""
        if self.to_state is not None:
            return regrade(stock, (self.state, self.to_state), -self.delta_qty, cause, self.unit_minor)
        moved, movement = adjust(stock, self.state, self.delta_qty, cause, self.unit_minor)
        return moved, (movement,)


@attrs.frozen
class Adjustment:
    """The document behind a change of stock that is neither purchase nor sale."""

    id: AdjustmentId
    number: str
    warehouse_id: WarehouseId
    reason: Reason
    note: str
    lines: tuple[AdjustmentLine, ...] = attrs.field(validator=limits.at_most(limits.MAX_LINES, 1))
    requested_by: UUID
    requested_at: dt.datetime
    decided_by: UUID | None = None
    decided_at: dt.datetime | None = None
    state: AdjustmentState = AdjustmentState.REQUESTED
    version: int = 1

    @property
    def adjust_qty(self) -> int:
        """The size that approval limits are about: all units touched, whichever way they go."""
        return sum(abs(line.delta_qty) for line in self.lines)


@attrs.frozen
class ReceiptLine:
    """Units that come in at a stated cost each, into one state."""

    line: int
    sku_id: SkuId
    qty: int = attrs.field(validator=limits.positive_qty)
    unit_minor: int = attrs.field(validator=limits.between(0, MAX_MINOR), metadata=_COST)
    state: StockState = StockState.SELLABLE


@attrs.frozen
class OpeningReceipt:
    """Stock that was there before the books, or came in simply: the document behind its movements. Never changed."""

    id: UUID
    number: str
    warehouse_id: WarehouseId
    lines: tuple[ReceiptLine, ...]
    currency: str
    value_minor: int = attrs.field(metadata=_COST)
    note: str
    received_by: UUID
    received_at: dt.datetime
