"""Reservations get smaller: so many units of a line in a warehouse are free again, the rest stays reserved."""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from houtai.application.inventory.ports import RESERVATION_BY_ORDER, InventoryTx
from houtai.application.inventory.shelf import Shelf
from houtai.domain.act import Act
from houtai.domain.ids import OrderId, ReservationId, WarehouseId, derive
from houtai.domain.inventory.refusals import NotReserved


def release_units(tx: InventoryTx, order_id: OrderId, units: Mapping[tuple[int, WarehouseId], int], act: Act) -> None:
    """Free so many units of these lines in these warehouses; a part of a reservation is released as one of its own.

    Raises NotReserved where fewer are. The caller holds the order. Statements do not grow with the lines.
    """
    made = tx.reservations.by(RESERVATION_BY_ORDER, order_id)
    wanted = [one for one in made if one.open and (one.line, one.warehouse_id) in units]
    shelf = Shelf.lock(tx, (), act.at, reserved=wanted)
    left, number = dict(units), len(made)
    for reservation in tx.reservations.lock([one.id for one in wanted]).values():
        place = reservation.line, reservation.warehouse_id
        part = min(left[place], reservation.qty) if reservation.open else 0
        if not part:
            continue
        left[place] -= part
        if part == reservation.qty:
            tx.reservations.save(shelf.unreserve(reservation, act.at))
            continue
        drawn = min(reservation.dedicated_qty, part)
        rest = attrs.evolve(reservation, qty=reservation.qty - part, dedicated_qty=reservation.dedicated_qty - drawn)
        tx.reservations.save(rest)
        own_id = ReservationId(derive(order_id, "reservation", number))
        number += 1
        tx.reservations.add(shelf.unreserve(attrs.evolve(reservation, id=own_id, qty=part, dedicated_qty=drawn), act.at))
    for place, missing in left.items():
        if missing:
            key = next((one.id for one in made if (one.line, one.warehouse_id) == place), ReservationId(order_id))
            raise NotReserved(reservation_id=key, reserved_qty=units[place] - missing, wanted_qty=units[place])
    shelf.write(tx)
