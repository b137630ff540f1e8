"""Movements: the only way in which stock changes, each with its document, its balance after and its value."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Iterable
from typing import Final
from uuid import UUID

import attrs

from houtai.domain import limits
from houtai.domain.ids import SkuId, WarehouseId
from houtai.domain.inventory.refusals import CostNeeded, NotEnoughOnHand, WouldUndercut
from houtai.domain.inventory.stock import VALUED, Stock, StockState
from houtai.domain.money import half_up

MovementKey = tuple[SkuId, WarehouseId, int]


class Reason(enum.Enum):
    """Why stock changed: what an adjustment may say, or one of FOR_DOCUMENTS."""

    OPENING = "opening"
    COUNT_DIFFERENCE = "count-difference"
    DAMAGE = "damage"
    LOSS = "loss"
    FOUND = "found"
    EXPIRY = "expiry"
    QUALITY = "quality"
    SAMPLE = "sample"
    REGRADE = "regrade"
    CORRECTION = "correction"
    SALE = "sale"
    TRANSFER = "transfer"
    GOODS_ISSUE = "goods-issue"
    SUPPLIER_RETURN = "supplier-return"
    CUSTOMER_RETURN = "customer-return"
    INSPECTION = "inspection"
    REPLACEMENT = "replacement"


FOR_DOCUMENTS: Final = frozenset(
    {
        Reason.OPENING,
        Reason.SALE,
        Reason.TRANSFER,
        Reason.GOODS_ISSUE,
        Reason.SUPPLIER_RETURN,
        Reason.CUSTOMER_RETURN,
        Reason.INSPECTION,
        Reason.REPLACEMENT,
    }
)
"""Reasons that other documents than an adjustment give: the first receipt, and what left the house."""


@attrs.frozen
class Cause:
    """The document line behind a movement (S5), and who moved when."""

    document: str
    document_id: UUID
    line: int
    reason: Reason
    at: dt.datetime
    actor: UUID


@attrs.frozen
class Movement:
    """One line of the stock ledger; never changed, never removed.

    `seq` counts the movements of this SKU in this warehouse from 1 without a gap: it is the position in the ledger.
    `balance_after_qty` is what then lies in `state`. `value_minor` is the signed value that came or went;
    `unit_minor` the value of one unit where it is known.
    """

    sku_id: SkuId
    warehouse_id: WarehouseId
    seq: int
    document: str
    document_id: UUID
    line: int
    state: StockState
    delta_qty: int = attrs.field(validator=limits.signed_qty)
    balance_after_qty: int = attrs.field(validator=limits.any_qty)
    value_minor: int
    unit_minor: int | None
    currency: str
    reason: Reason
    at: dt.datetime
    actor: UUID

    @property
    def key(self) -> MovementKey:
        """The place in the ledger."""
        return self.sku_id, self.warehouse_id, self.seq


def move(
    stock: Stock, state: StockState, delta_qty: int, cause: Cause, *, value_minor: int = 0, unit_minor: int | None = None
) -> tuple[Stock, Movement]:
    """The stock after `delta_qty` units and `value_minor` came (or went), and the movement that says so.

    Raises NotEnoughOnHand where fewer lie there, and WouldUndercut where promised units would go.
    """
    if stock.on_hand(state) + delta_qty < 0:
        raise NotEnoughOnHand(
            sku_id=stock.sku_id,
            warehouse_id=stock.warehouse_id,
            state=state.value,
            on_hand_qty=stock.on_hand(state),
            wanted_qty=-delta_qty,
        )
    if state is StockState.SELLABLE and stock.uncommitted_qty + delta_qty < 0:
        raise WouldUndercut(
            sku_id=stock.sku_id,
            warehouse_id=stock.warehouse_id,
            sellable_qty=stock.sellable_qty,
            reserved_qty=stock.reserved_qty,
            held_qty=stock.held_qty,
            delta_qty=delta_qty,
        )
    moved = attrs.evolve(
        stock.with_units(state, delta_qty),
        value_minor=stock.value_minor + value_minor,
        last_seq=stock.last_seq + 1,
        last_unit_minor=stock.last_unit_minor if unit_minor is None else unit_minor,
    )
    movement = Movement(
        sku_id=stock.sku_id,
        warehouse_id=stock.warehouse_id,
        seq=moved.last_seq,
        document=cause.document,
        document_id=cause.document_id,
        line=cause.line,
        state=state,
        delta_qty=delta_qty,
        balance_after_qty=moved.on_hand(state),
        value_minor=value_minor,
        unit_minor=unit_minor,
        currency=stock.currency,
        reason=cause.reason,
        at=cause.at,
        actor=cause.actor,
    )
    return moved, movement


def receive(stock: Stock, state: StockState, qty: int, unit_minor: int, cause: Cause) -> tuple[Stock, Movement]:
    """Units come in at a stated cost; a sample comes in without value."""
    if state in VALUED:
        return move(stock, state, qty, cause, value_minor=qty * unit_minor, unit_minor=unit_minor)
    return move(stock, state, qty, cause)


def adjust(
    stock: Stock, state: StockState, delta_qty: int, cause: Cause, unit_minor: int | None = None
) -> tuple[Stock, Movement]:
    """Units are found or lost.

    What goes takes its share of the value along; what comes is worth `unit_minor`, or else what those beside it are worth,
    or else what the last known one cost. Raises CostNeeded where none of these is known.
    """
    if state not in VALUED:
        return move(stock, state, delta_qty, cause)
    if delta_qty < 0:
        known = -delta_qty <= stock.valued_qty  # else `move` refuses
        return move(stock, state, delta_qty, cause, value_minor=-stock.issue_value(-delta_qty) if known else 0)
    value_minor = _found_value(stock, delta_qty, unit_minor)
    return move(stock, state, delta_qty, cause, value_minor=value_minor, unit_minor=unit_minor)


def _found_value(stock: Stock, qty: int, unit_minor: int | None) -> int:
    if unit_minor is not None:
        return qty * unit_minor
    if stock.valued_qty:
        return half_up(stock.value_minor * qty, stock.valued_qty)
    if stock.last_unit_minor is None:
        raise CostNeeded(sku_id=stock.sku_id, warehouse_id=stock.warehouse_id)
    return qty * stock.last_unit_minor


def regrade(
    stock: Stock, change: tuple[StockState, StockState], qty: int, cause: Cause, unit_minor: int | None = None
) -> tuple[Stock, tuple[Movement, Movement]]:
    """Units go from the first state of `change` to the second: two movements of one line.

    Between valued states their value stays; it goes where a sample is made, and comes where one is made sellable, at
    `unit_minor` or the cost of those beside it.
    """
    state, to_state = change
    if (state in VALUED) == (to_state in VALUED):
        between, out = move(stock, state, -qty, cause)
        after, into = move(between, to_state, qty, cause)
    else:
        between, out = adjust(stock, state, -qty, cause)
        after, into = adjust(between, to_state, qty, cause, unit_minor)
    return after, (out, into)


def gained_and_lost(movements: Iterable[Movement]) -> tuple[int, int]:
    """The value that came and the value that went, both positive."""
    values = [movement.value_minor for movement in movements]
    return sum(value for value in values if value > 0), -sum(value for value in values if value < 0)
