"""Reserved goods go out: the reservation is used up, stock and its value shrink, and the caller learns what they cost."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import attrs

from houtai.application.inventory.ports import RESERVATION_BY_ORDER, InventoryTx
from houtai.application.inventory.shelf import Shelf
from houtai.domain import limits
from houtai.domain.act import Act
from houtai.domain.ids import OrderId, ReservationId, SkuId, WarehouseId, derive
from houtai.domain.inventory.movement import Cause, Reason, adjust
from houtai.domain.inventory.refusals import NotReserved
from houtai.domain.inventory.reservation import RESERVATION_MOVES, Reservation, ReservationState
from houtai.domain.inventory.stock import StockState
from houtai.domain.moves import check_move
from houtai.domain.refusal import NotFound

DOCUMENT = "reservation"


@attrs.frozen
class IssueLine:
    """So many units of a reservation that go out now; the rest of it stays reserved."""

    reservation_id: ReservationId
    qty: int = attrs.field(validator=limits.positive_qty)
    reason: Reason = Reason.SALE


@attrs.frozen
class Issued:
    """What went out of one stock for one order line, and the value that it took out of the books."""

    reservation_id: ReservationId
    order_id: OrderId
    line: int
    sku_id: SkuId
    warehouse_id: WarehouseId
    qty: int
    cost_minor: int
    currency: str


def issue_reserved(tx: InventoryTx, lines: Sequence[IssueLine], act: Act) -> tuple[Issued, ...]:
    """Use up these reservations and lower their stock, line by line; the value goes with the units (R-18).

    A part of a reservation goes out as a reservation of its own that is shipped. The movement's document is the shipped
    reservation. Nothing is posted: the caller posts ``cost_minor`` from inventory to cost of goods in this transaction, else
    the books and the stock part (R-20). Raises NotFound, IllegalMove where a reservation is not open, NotReserved where more
    is to go than it has. The caller holds the orders. Statements do not grow with the lines.
    """
    found = tx.reservations.many({line.reservation_id for line in lines})
    for line in lines:
        if line.reservation_id not in found:
            raise NotFound(what="reservation", key=str(line.reservation_id))
    shelf = Shelf.lock(tx, [one.stock_key for one in found.values()], act.at)
    locked = tx.reservations.lock(found)
    parts = _counted(tx, {locked[line.reservation_id].order_id for line in lines})
    issued = []
    for line in lines:
        reservation = tx.reservations.lock_one(line.reservation_id)
        shipped = _ship(tx, reservation, line.qty, parts, act)
        issued.append(_lower(shelf, shipped, line.reason, act))
    shelf.write(tx)
    return tuple(issued)


def _counted(tx: InventoryTx, orders: Collection[OrderId]) -> dict[OrderId, int]:
    """How many reservations each order ever had: the number of the next one."""
    made = dict.fromkeys(orders, 0)
    for one in tx.reservations.by(RESERVATION_BY_ORDER, *orders):
        made[one.order_id] += 1
    return made


def _ship(tx: InventoryTx, reservation: Reservation, qty: int, parts: dict[OrderId, int], act: Act) -> Reservation:
    """The reservation that is shipped: this one whole, or a new one of `qty` units that leaves this one smaller."""
    check_move("reservation", RESERVATION_MOVES, reservation.state, ReservationState.SHIPPED)
    if qty > reservation.qty:
        raise NotReserved(reservation_id=reservation.id, reserved_qty=reservation.qty, wanted_qty=qty)
    if qty == reservation.qty:
        shipped = attrs.evolve(reservation, state=ReservationState.SHIPPED, closed_at=act.at)
        tx.reservations.save(shipped)
        return shipped
    drawn = min(reservation.dedicated_qty, qty)
    place = parts[reservation.order_id]
    parts[reservation.order_id] = place + 1
    rest = attrs.evolve(reservation, qty=reservation.qty - qty, dedicated_qty=reservation.dedicated_qty - drawn)
    tx.reservations.save(rest)
    shipped = attrs.evolve(
        reservation,
        id=ReservationId(derive(reservation.order_id, "reservation", place)),
        qty=qty,
        dedicated_qty=drawn,
        state=ReservationState.SHIPPED,
        closed_at=act.at,
    )
    tx.reservations.add(shipped)
    return shipped


def _lower(shelf: Shelf, shipped: Reservation, reason: Reason, act: Act) -> Issued:
    """Take the units out of what is reserved and out of what is there, with their value."""
    stock = shelf.stocks[shipped.stock_key]
    stock = shelf.change(stock.key, reserved_qty=stock.reserved_qty - shipped.qty)
    cause = Cause(DOCUMENT, shipped.id, shipped.line, reason, act.at, act.actor)
    moved, movement = adjust(stock, StockState.SELLABLE, -shipped.qty, cause)
    shelf.put(moved, movement)
    return Issued(
        reservation_id=shipped.id,
        order_id=shipped.order_id,
        line=shipped.line,
        sku_id=shipped.sku_id,
        warehouse_id=shipped.warehouse_id,
        qty=shipped.qty,
        cost_minor=-movement.value_minor,
        currency=stock.currency,
    )
