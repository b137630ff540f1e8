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
from houtai.application.outbound.settle import demand_short, drop_short, look_for, short_units
from houtai.application.payments.ports import CASES_ABOUT, OF_ORDER
from houtai.application.payments.refund import open_refund
from houtai.application.permission import CHANNEL, MERCHANT, needs
from houtai.application.timeline import write_line
from houtai.domain import limits
from houtai.domain.act import Act
from houtai.domain.ids import OrderId, OutboundId, RefundId, WarehouseId, derive
from houtai.domain.inventory.refusals import OutOfStock
from houtai.domain.inventory.reservation import Want
from houtai.domain.money import Money, allocate
from houtai.domain.orders.giving_up import give_up
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


@needs(SETTLE, along=(CHANNEL, MERCHANT))
def settle_short(tx: OrdersTx, cmd: SettleShort, act: Act) -> SettledShort:
    """WAIT looks for the missing units again; SPLIT sends what there is and the rest by itself; REFUND pays the rest back.

    The rest of a split comes from another warehouse of the pool that has all of it, else from here when it is there again. What
    is paid back is exact to the fen, freight included. Raises NotFound, VersionConflict, Intercepted, StepTooEarly for an order
    that lacks nothing or would have nothing left, and Forbidden past ``refund_minor``.
    """
    lock_to_stop(tx, [cmd.outbound])  # before its order, as whoever hands it over does
    outbound = tx.outbound_orders.lock_one(cmd.outbound)
    lacking = _lacking(outbound, cmd.order)
    order = lock_with_payments(tx, lacking[0])
    demand_order(act, SETTLE, order)
    if cmd.order not in (None, order.id):
        raise InvalidValue(field="order", rule="must be one whose goods are in it")
    if len(lacking) > 1:
        raise StepTooEarly(number=outbound.number, step="settled", missing="several orders lack units: say which one")
    demand_short(outbound)
    demand_version(order, cmd.expected_version)
    if cmd.choice is ShortChoice.WAIT:
        return SettledShort(order, look_for(tx, outbound, act))
    if cmd.choice is ShortChoice.SPLIT:
        return _split(tx, order, outbound, cmd, act)
    return _refund(tx, order, outbound, cmd, act)


def _lacking(outbound: OutboundOrder, wanted: OrderId | None) -> list[OrderId]:
    """Which orders may be meant: the one that is named, else those that lack units, else the first. Raises StepTooEarly."""
    sources = [OrderId(one) for one in outbound.sources if one is not None]
    if outbound.kind is not OutboundKind.SALES or not sources:
        raise StepTooEarly(number=outbound.number, step="settled here", missing="no buyer has paid for it")
    if wanted is not None:
        return [wanted] if wanted in sources else sources[:1]
    return [one for one in sources if short_units(outbound, one)] or sources[:1]


def _split(tx: OrdersTx, order: Order, outbound: OutboundOrder, cmd: SettleShort, act: Act) -> SettledShort:
    """What there is goes now; each line's price, discounts and freight stay what they were, whichever parcel brings it (R-13)."""
    if not any(line.picked_qty for line in outbound.lines):  # of this order or of another that travels with it
        raise StepTooEarly(number=outbound.number, step="split", missing="nothing of it was picked")
    missing = short_units(outbound, order.id)
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


def _refund(tx: OrdersTx, order: Order, outbound: OutboundOrder, cmd: SettleShort, act: Act) -> SettledShort:
    missing = short_units(outbound, order.id)
    given_up, back_minor = give_up(order, missing)
    demand_order(act, SETTLE, order, amounts={"refund_minor": back_minor})
    if not any(line.open_qty or line.shipped_qty for line in given_up.lines):
        raise StepTooEarly(number=outbound.number, step="refunded", missing="nothing of the order would be left: cancel it")
    refunds = _pay_back(tx, order, outbound, back_minor, cmd.reason, act)
    tx.orders.save(given_up)
    details = {"outbound": outbound.number, "units": {str(seq): qty for seq, qty in missing.items()}, "back_minor": back_minor}
    write_line(tx, act, "order", given_up, "units refunded", before=order.state, reason=cmd.reason, details=details)
    kept = drop_short(tx, outbound, cmd.reason, act, order.id)
    release_units(tx, order.id, {(seq, outbound.warehouse_id): qty for seq, qty in missing.items()}, act)
    return SettledShort(given_up, kept, refunds=refunds)


def _pay_back(tx: OrdersTx, order: Order, outbound: OutboundOrder, back_minor: int, reason: str, act: Act) -> tuple[Refund, ...]:
    """The amount over the order's payments, by what each of them has left (R-7); none where nothing was paid for the units."""
    payments = [payment for payment in tx.payments.lock_by(OF_ORDER, order.id) if payment.rest.minor > 0]
    rests = [payment.rest.minor for payment in payments]
    shares = allocate(back_minor, rests, rests) if back_minor else [0] * len(rests)
    made = []
    for payment, share in zip(payments, shares, strict=True):
        if share:
            refund_id = RefundId(derive(outbound.id, "short", outbound.version, payment.id))
            amount = Money(share, order.currency)
            made.append(open_refund(tx, payment, refund_id=refund_id, amount=amount, reason=reason, act=act))
    return tuple(made)


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
