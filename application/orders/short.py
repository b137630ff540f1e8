"""A warehouse lacks units of a released order: somebody waits, splits or refunds; nothing goes short silently."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import attrs

from houtai.application.inventory.lessen import release_units
from houtai.application.inventory.reserve import pool_of, reserve
from houtai.application.orders.cases import open_about
from houtai.application.orders.lock import demand_version, lock_with_payments
from houtai.application.orders.ports import OrdersTx
from houtai.application.orders.reach import demand_order
from houtai.application.outbound.intercept import lock_to_stop
from houtai.application.outbound.release import Consignment, PartLine, make_outbound_orders
from houtai.application.outbound.settle import demand_short, drop_short, short_units
from houtai.application.payments.ports import CASES_ABOUT
from houtai.application.timeline import write_line
from houtai.domain import limits
from houtai.domain.act import Act
from houtai.domain.ids import OrderId, OutboundId, WarehouseId
from houtai.domain.inventory.refusals import OutOfStock
from houtai.domain.inventory.reservation import Want
from houtai.domain.orders.order import Order
from houtai.domain.outbound.events import OutboundEvent, OutboundShort
from houtai.domain.outbound.order import OutboundOrder
from houtai.domain.outbound.refusals import StepTooEarly
from houtai.domain.outbound.short_pick import ShortChoice
from houtai.domain.outbound.state import OutboundKind
from houtai.domain.payments.case import CaseKind, CaseState
from houtai.domain.payments.refund import Refund
from houtai.domain.refusal import InvalidValue

SETTLE: Final = "orders.settle-short"


@attrs.frozen
class SettleShort:
    """Decide about a SHORT outbound order of a sale. With `expected_version`, only as the caller saw it.

    Where several orders travel in it and more than one lacks units, `order` says which one is decided about.
    """

    outbound: OutboundId
    choice: ShortChoice
    reason: str = attrs.field(validator=limits.text(1, 200))
    expected_version: int | None = None
    order: OrderId | None = None


@attrs.frozen
class SettledShort:
    """The order, what the warehouse sends now, what goes by itself, and what is paid back."""

    order: Order
    outbound: OutboundOrder
    further: tuple[OutboundOrder, ...] = ()
    refunds: tuple[Refund, ...] = ()


@attrs.frozen
class Lacking:
    """An outbound order that lacks units and the order that is decided about, both under their locks."""

    order: Order
    outbound: OutboundOrder
    missing: Mapping[int, int]


def lock_lacking(tx: OrdersTx, wish: SettleShort, act: Act) -> Lacking:
    """What is decided about, for whoever may. Raises NotFound, VersionConflict, Intercepted, StepTooEarly, Forbidden."""
    lock_to_stop(tx, [wish.outbound])  # before its order, as whoever hands it over does
    outbound = tx.outbound_orders.lock_one(wish.outbound)
    lacking = _lacking(outbound, wish.order)
    order = lock_with_payments(tx, lacking[0])
    demand_order(act, SETTLE, order)
    if wish.order not in (None, order.id):
        raise InvalidValue(field="order", rule="must be one whose goods are in it")
    if len(lacking) > 1:
        raise StepTooEarly(number=outbound.number, step="settled", missing="several orders lack units: say which one")
    demand_short(outbound)
    demand_version(order, wish.expected_version)
    return Lacking(order, outbound, short_units(outbound, order.id))


def _lacking(outbound: OutboundOrder, wanted: OrderId | None) -> list[OrderId]:
    """Which orders may be meant: the one that is named, else those that lack units, else the first. Raises StepTooEarly."""
    sources = [OrderId(one) for one in outbound.sources if one is not None]
    if outbound.kind is not OutboundKind.SALES or not sources:
        raise StepTooEarly(number=outbound.number, step="settled here", missing="no buyer has paid for it")
    if wanted is not None:
        return [wanted] if wanted in sources else sources[:1]
    return [one for one in sources if short_units(outbound, one)] or sources[:1]


def split_short(tx: OrdersTx, held: Lacking, cmd: SettleShort, act: Act) -> SettledShort:
    """What there is goes now; each line's price, discounts and freight stay what they were, whichever parcel brings it (R-13)."""
    order, outbound, missing = held.order, held.outbound, held.missing
    if not any(line.picked_qty for line in outbound.lines):  # of this order or of another that travels with it
        raise StepTooEarly(number=outbound.number, step="split", missing="nothing of it was picked")
    where = _elsewhere(tx, order, outbound, missing, act) or {outbound.warehouse_id: dict(missing)}
    split = order.edited()
    tx.orders.save(split)
    units = {str(place): {str(seq): qty for seq, qty in rest.items()} for place, rest in where.items()}
    details = {"outbound": outbound.number, "units": units}
    write_line(tx, act, "order", split, "split", before=order.state, reason=cmd.reason, details=details)
    kept = drop_short(tx, outbound, cmd.reason, act, order.id)
    parts = [(warehouse_id, _parts(outbound, order, rest)) for warehouse_id, rest in where.items()]
    wanted = Consignment(
        kind=OutboundKind.SALES,
        source_id=order.id,
        source_number=order.number,
        receiver=order.receiver,
        parts=parts,
        channel_id=order.channel_id,
        priority=outbound.priority,
        ship_by=outbound.ship_by,
    )
    return SettledShort(split, kept, make_outbound_orders(tx, wanted, act))


def _parts(outbound: OutboundOrder, order: Order, units: Mapping[int, int]) -> tuple[PartLine, ...]:
    lines = {line.source_line: line for line in outbound.lines_of(order.id)}
    return tuple(
        PartLine(seq, lines[seq].sku_id, lines[seq].sku_code, qty, lines[seq].merchant_id) for seq, qty in sorted(units.items())
    )


def _elsewhere(
    tx: OrdersTx, order: Order, outbound: OutboundOrder, missing: Mapping[int, int], act: Act
) -> dict[WarehouseId, dict[int, int]]:
    """The units reserved in other warehouses of the pool in the place of this one; none where these do not have them all."""
    others = tuple(place for place in pool_of(tx, order.channel_id) if place != outbound.warehouse_id)
    sku_of = {line.source_line: line.sku_id for line in outbound.lines_of(order.id)}
    wants = [Want(seq, sku_of[seq], qty) for seq, qty in missing.items()]
    if not others:
        return {}
    try:
        made = reserve(tx, order.id, wants, others, act, channel_id=order.channel_id)
    except OutOfStock:
        return {}
    release_units(tx, order.id, {(seq, outbound.warehouse_id): qty for seq, qty in missing.items()}, act)
    found: dict[WarehouseId, dict[int, int]] = {}
    for one in made:
        units = found.setdefault(one.warehouse_id, {})
        units[one.line] = units.get(one.line, 0) + one.qty
    return found


def give_up_short(tx: OrdersTx, held: Lacking, back_minor: int, cmd: SettleShort, act: Act) -> tuple[Order, OutboundOrder]:
    """The missing units cancelled on the order, out of the outbound order, free in the stock; the money is the caller's.

    Raises StepTooEarly where nothing of the order would be left.
    """
    order, outbound, missing = held.order, held.outbound, held.missing
    lines = {line.seq: line for line in order.lines}
    after = order.edited(lines=order.with_lines({seq: lines[seq].given_up(qty) for seq, qty in missing.items()}))
    if not any(line.open_qty or line.shipped_qty for line in after.lines):
        raise StepTooEarly(number=outbound.number, step="refunded", missing="nothing of the order would be left: cancel it")
    tx.orders.save(after)
    details = {"outbound": outbound.number, "units": {str(seq): qty for seq, qty in missing.items()}, "back_minor": back_minor}
    write_line(tx, act, "order", after, "units refunded", before=order.state, reason=cmd.reason, details=details)
    kept = drop_short(tx, outbound, cmd.reason, act, order.id)
    release_units(tx, order.id, {(seq, outbound.warehouse_id): qty for seq, qty in missing.items()}, act)
    return after, kept


def on_outbound_short(tx: OrdersTx, event: OutboundShort, act: Act) -> None:
    """Somebody has to decide: a case on the worklist of the order's channel names the warehouse's number and the units (D7)."""
    if event.kind is not OutboundKind.SALES or event.source_id is None:
        return
    order = tx.orders.get(OrderId(event.source_id))
    codes = {line.seq: line.sku_code for line in order.lines}
    facts = {"outbound": event.number, "missing": {codes[seq]: qty for seq, qty in event.lines}}
    open_about(tx, CaseKind.OUTBOUND_SHORT, order, facts, act, about=f"{event.number} {act.at.isoformat()}")


def on_short_over(tx: OrdersTx, event: OutboundEvent, act: Act) -> None:
    """The warehouse's order goes on or was stopped: nobody has to decide about what it lacked."""
    if event.kind is not OutboundKind.SALES or event.source_id is None:
        return
    waiting = [
        case.id
        for case in tx.cases.by(CASES_ABOUT, event.source_id)
        if case.kind is CaseKind.OUTBOUND_SHORT and case.facts.get("outbound") == event.number
    ]
    for case in tx.cases.lock(waiting).values() if waiting else ():
        if case.state is CaseState.OPEN:
            resolved = case.resolved("the warehouse goes on with it")
            tx.cases.save(resolved)
            write_line(tx, act, "case", resolved, "resolved", before=case.state)
