"""Open units of an order that will not be sent: cancelled on their lines, free in the stock, stopped in the warehouse."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from houtai.application.inventory.lessen import release_units
from houtai.application.inventory.ports import RESERVATION_BY_ORDER
from houtai.application.orders.ports import OrdersTx
from houtai.application.outbound.intercept import lock_to_stop
from houtai.application.outbound.part_off import stop_serving
from houtai.application.outbound.serving import orders_of
from houtai.application.ports import TryAgain
from houtai.domain.act import Act
from houtai.domain.ids import OrderId, OutboundId, WarehouseId
from houtai.domain.orders.order import Order
from houtai.domain.orders.refusals import GoesWithOthers
from houtai.domain.orders.state import OrderState
from houtai.domain.outbound.order import OutboundOrder
from houtai.domain.outbound.state import OUT_OF_THE_HOUSE, STOPPED


def lock_under_way(tx: OrdersTx, order_id: OrderId) -> Collection[OutboundId]:
    """The locks that stopping an order's parts takes, before the order's own: as whoever hands them over has it."""
    return lock_to_stop(tx, [one.id for one in orders_of(tx, order_id) if _under_way(one)])


def give_up_units(
    tx: OrdersTx, order: Order, units: Mapping[int, int], sent: Collection[OutboundId], reason: str, act: Act
) -> Order:
    """The order with these units cancelled; what stood in a warehouse for them is stopped, and nothing is written of the order.

    Where nothing of it has left, what is not given up goes to its warehouses anew. Raises GoesWithOthers where a part has left
    and the units would travel with others that are not given up, MustReturn once the carrier has them.
    """
    if order.state is OrderState.RELEASED:
        _stop(tx, order, units, sent, reason, act)
    free = _reserved(tx, order, units)
    if free:
        release_units(tx, order.id, free, act)
    lines = {line.seq: line for line in order.lines}
    return order.edited(lines=order.with_lines({seq: lines[seq].given_up(qty) for seq, qty in units.items()}))


def _under_way(one: OutboundOrder) -> bool:
    return one.state not in STOPPED and one.state not in OUT_OF_THE_HOUSE


def _stop(tx: OrdersTx, order: Order, units: Mapping[int, int], sent: Collection[OutboundId], reason: str, act: Act) -> None:
    going = [one for one in orders_of(tx, order.id) if _under_way(one)]
    if {one.id for one in going} != set(sent):
        message = "the order was released meanwhile"
        raise TryAgain(message)
    touched = [one for one in going if any(line.source_line in units for line in one.lines_of(order.id))]
    if any(line.shipped_qty for line in order.lines):
        _demand_alone(order, units, touched)
    stop_serving(tx, order.id, [one.id for one in touched], reason[:200], act)


def _demand_alone(order: Order, units: Mapping[int, int], touched: Collection[OutboundOrder]) -> None:
    """A part of the order has left, so it does not go back to its warehouses as a whole: nobody else's units may be stopped."""
    going: dict[int, int] = {}
    for one in touched:
        for line in one.lines_of(order.id):
            going[line.source_line] = going.get(line.source_line, 0) + line.qty
    for seq, qty in going.items():
        if qty > units.get(seq, 0):
            raise GoesWithOthers(number=order.number, line=seq, going_qty=qty, wanted_qty=units.get(seq, 0))


def _reserved(tx: OrdersTx, order: Order, units: Mapping[int, int]) -> dict[tuple[int, WarehouseId], int]:
    """From which warehouses' reservations the units come; those that lack stock have none."""
    lines = {line.seq: line for line in order.lines}
    left = {seq: max(0, qty - lines[seq].shortage_qty) for seq, qty in units.items()}
    found: dict[tuple[int, WarehouseId], int] = {}
    for one in tx.reservations.by(RESERVATION_BY_ORDER, order.id):
        part = min(left.get(one.line, 0), one.qty) if one.open else 0
        if part:
            place = one.line, one.warehouse_id
            found[place] = found.get(place, 0) + part
            left[one.line] -= part
    return found
