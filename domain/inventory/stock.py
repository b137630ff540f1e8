"""The stock of one SKU in one warehouse: what lies there by state, what is promised of it, and what is left to promise."""

from __future__ import annotations

import datetime as dt
import enum
from typing import Any, Final

import attrs

from houtai.domain.ids import SkuId, WarehouseId
from houtai.domain.money import half_up

StockKey = tuple[SkuId, WarehouseId]


class StockState(enum.Enum):
    """In which condition goods lie; only SELLABLE can be promised."""

    SELLABLE = "sellable"
    QUARANTINE = "quarantine"
    DAMAGED = "damaged"
    SAMPLE = "sample"
    B_GRADE = "b-grade"
    RETURN_PENDING = "return-pending"  # came back from a buyer and was not looked at yet


VALUED: Final = frozenset(StockState) - {StockState.SAMPLE}
"""The states that carry value; a free sample is worth nothing in the books (R-16)."""

_FIELD: Final = {state: f"{state.value.replace('-', '_')}_qty" for state in StockState}


@attrs.frozen
class Stock:
    """A projection of the movements, reservations, holds and fences of one SKU in one warehouse, kept in their transaction.

    `held_qty` counts holds until they are cleared; `holds_due_at` is no later than the end of the first of them, so a
    decision knows when it has to clear ended ones first. `dedicated_qty` is ring-fenced for single channels and not yet
    drawn; `owed_qty` was sold by channels without being there. `value_minor` is the exact value of all valued units (R-18).
    """

    sku_id: SkuId
    warehouse_id: WarehouseId
    currency: str
    sellable_qty: int = 0
    quarantine_qty: int = 0
    damaged_qty: int = 0
    sample_qty: int = 0
    b_grade_qty: int = 0
    return_pending_qty: int = 0
    reserved_qty: int = 0
    held_qty: int = 0
    dedicated_qty: int = 0
    owed_qty: int = 0
    frozen_qty: int = 0
    safety_qty: int = 0
    holds_due_at: dt.datetime | None = None
    value_minor: int = 0
    last_unit_minor: int | None = None
    last_seq: int = 0

    @property
    def key(self) -> StockKey:
        """Which SKU, where."""
        return self.sku_id, self.warehouse_id

    def on_hand(self, state: StockState) -> int:
        """The units in one state."""
        found: int = getattr(self, _FIELD[state])
        return found

    @property
    def on_hand_qty(self) -> int:
        """All units that lie here, whatever their state."""
        return sum(self.on_hand(state) for state in StockState)

    @property
    def valued_qty(self) -> int:
        """The units that share `value_minor`."""
        return sum(self.on_hand(state) for state in VALUED)

    @property
    def available_qty(self) -> int:
        """What may still be promised: sellable - reserved - held - frozen - safety (module 2.4).

        Below zero where more is set aside than lies here; it is shown so, never hidden.
        """
        return self.sellable_qty - self.reserved_qty - self.held_qty - self.frozen_qty - self.safety_qty

    @property
    def shared_qty(self) -> int:
        """What is left for every channel once the ring-fenced units are taken off."""
        return self.available_qty - self.dedicated_qty

    @property
    def uncommitted_qty(self) -> int:
        """Sellable units that nobody was promised: the most that an adjustment may take away."""
        return self.sellable_qty - self.reserved_qty - self.held_qty

    def with_units(self, state: StockState, delta_qty: int) -> Stock:
        """The stock after this many units came into or left a state."""
        units: dict[str, Any] = {_FIELD[state]: self.on_hand(state) + delta_qty}
        return attrs.evolve(self, **units)

    def issue_value(self, qty: int) -> int:
        """The value that `qty` valued units take along: round(value * n / qty), the last unit takes all (R-18)."""
        return self.value_minor if qty == self.valued_qty else half_up(self.value_minor * qty, self.valued_qty)
