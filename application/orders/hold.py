"""Stopping an order by hand, letting it go on, and settling what does not fit; past its time a stopped one loses its goods."""

from __future__ import annotations

import datetime as dt

import attrs

from houtai.application.inventory.reserve import release
from houtai.application.orders.audit import audit, confirm, halt, policy_for
from houtai.application.orders.cases import close_cases, open_about
from houtai.application.orders.lock import demand_version
from houtai.application.orders.ports import OrdersTx, Timer, due_moment
from houtai.application.orders.reach import demand_order
from houtai.application.orders.secure import secure_again
from houtai.application.permission import CHANNEL, MERCHANT, needs
from houtai.application.timeline import write_line
from houtai.domain import limits
from houtai.domain.act import Act
from houtai.domain.ids import OrderId
from houtai.domain.inventory.events import OversellSettled
from houtai.domain.orders.hold import BY_HAND, RESERVATION_LAPSED, SHORTAGE_OPEN, Finding
from houtai.domain.orders.order import Order
from houtai.domain.orders.refusals import NotDueYet, NotOnHold, StillShort, StillUnmatched
from houtai.domain.orders.state import PAID_FOR, OrderState
from houtai.domain.payments.case import CaseKind


@attrs.frozen
class HoldOrder:
    """Stop an order that is paid and not with a warehouse; `queue` owns it from now on."""

    order: OrderId
    reason: str = attrs.field(validator=limits.text(1, 500))
    queue: str = attrs.field(default="customer-service", validator=limits.code)
    expected_version: int | None = None


@attrs.frozen
class ReleaseHold:
    """Let a stopped order go on in spite of what was found; `reason` says why."""

    order: OrderId
    reason: str = attrs.field(validator=limits.text(1, 500))
    expected_version: int | None = None


@attrs.frozen
class SettleException:
    """Say that what did not fit is settled, and how; the order goes back to the audit rules."""

    order: OrderId
    resolution: str = attrs.field(validator=limits.text(1, 500))
    expected_version: int | None = None


@needs("orders.hold", along=(CHANNEL, MERCHANT), own=True)
def hold_order(tx: OrdersTx, cmd: HoldOrder, act: Act) -> Order:
    """Stop the order. Raises NotFound, VersionConflict, IllegalMove, Forbidden."""
    order = tx.orders.lock_one(cmd.order)
    demand_order(act, "orders.hold", order)
    demand_version(order, cmd.expected_version)
    return halt(tx, order, OrderState.HOLD, (Finding(BY_HAND, cmd.reason),), act, queue=cmd.queue, reason=cmd.reason)


@needs("orders.release-hold", along=(CHANNEL, MERCHANT), own=True)
def release_hold(tx: OrdersTx, cmd: ReleaseHold, act: Act) -> Order:
    """Let the order go on to where it was stopped, past the rules that stopped it.

    Raises NotOnHold, StillShort while paid units lack stock, NotFound, VersionConflict, and Forbidden past ``payable_minor``.
    """
    order = tx.orders.lock_one(cmd.order)
    demand_order(act, "orders.release-hold", order, amounts={"payable_minor": order.payable_minor})
    demand_version(order, cmd.expected_version)
    if order.state is not OrderState.HOLD or order.hold is None:
        raise NotOnHold(number=order.number, state=order.state.value)
    demand_stock(order)
    window = policy_for(tx, order.channel_id).confirm_at(order.paid_at or act.at)
    if order.hold.resume is OrderState.CONFIRMED or window is None or window <= act.at:
        return confirm(tx, order, act, reason=cmd.reason)
    waiting = order.moved(OrderState.PAID, hold=None, confirm_at=window)
    tx.orders.save(waiting)
    write_line(tx, act, "order", waiting, "released", before=order.state, reason=cmd.reason)
    return waiting


@needs("orders.settle-exception", along=(CHANNEL, MERCHANT), own=True)
def settle_exception(tx: OrdersTx, cmd: SettleException, act: Act) -> Order:
    """Close the order's cases and let the rules look at it; goods that it lost are reserved once more.

    Raises NotOnHold, StillUnmatched, OutOfStock, NotFound, VersionConflict, and Forbidden past ``difference_minor``.
    """
    order = tx.orders.lock_one(cmd.order)
    difference = abs(order.paid_minor - order.payable_minor)
    demand_order(act, "orders.settle-exception", order, amounts={"difference_minor": difference})
    demand_version(order, cmd.expected_version)
    if order.state is not OrderState.EXCEPTION or order.hold is None:
        raise NotOnHold(number=order.number, state=order.state.value)
    if unmatched := order.unmatched_lines():
        items = tuple(line.external_id or line.sku_code for line in unmatched)
        raise StillUnmatched(number=order.number, items=items)
    lines = secure_again(tx, order, act) if RESERVATION_LAPSED in order.hold.rules else order.lines
    kinds = (CaseKind.CHANNEL_AMOUNT, CaseKind.UNMATCHED_GOODS, CaseKind.RESERVATION_LAPSED)
    close_cases(tx, order.id, cmd.resolution, act, *kinds)
    return go_on(tx, attrs.evolve(order, lines=lines), "settled", act, reason=cmd.resolution)


def go_on(tx: OrdersTx, order: Order, event: str, act: Act, *, reason: str = "") -> Order:
    """Take a stopped order up again: back to CONFIRMED where it was that already, else before the audit rules."""
    assert order.hold is not None, "only a stopped order is taken up again"
    if order.hold.resume is OrderState.CONFIRMED and not order.short_lines():
        return confirm(tx, order, act, reason=reason)
    resumed = order.moved(OrderState.PAID, hold=None)
    tx.orders.save(resumed)
    write_line(tx, act, "order", resumed, event, before=order.state, reason=reason)
    return audit(tx, resumed, act)


def demand_stock(order: Order) -> None:
    """Refuse with StillShort while paid units lack stock."""
    if short := order.short_lines():
        missing = sum(line.missing_qty for line in short)
        raise StillShort(number=order.number, missing_qty=missing, lines=tuple(line.seq for line in short))


@needs("orders.run-timers")
def lapse_reservation(tx: OrdersTx, order_id: OrderId, act: Act) -> Order:
    """Free the goods of an order that stood still for too long, and hand it to stock control. Raises NotDueYet."""
    order = tx.orders.lock_one(order_id)
    due = due_moment(order, Timer.RESERVATION)
    if due is None or due > act.at or order.hold is None:
        raise NotDueYet(number=order.number, state=order.state.value)
    release(tx, order.id, act)
    policy = policy_for(tx, order.channel_id)
    since = order.hold.since.isoformat()
    lost = Finding(RESERVATION_LAPSED, f"stopped since {since}; its goods are free again")
    hold = attrs.evolve(
        order.hold,
        findings=(*order.hold.without(SHORTAGE_OPEN), lost),
        queue="stock-control",
        due_at=act.at + dt.timedelta(hours=policy.hold_hours),
        reserved_until=None,
    )
    lines = tuple(line if line.sku_id is None else line.short_of(line.open_qty) for line in order.lines)
    fields = {"hold": hold, "lines": lines}
    lapsed = order.edited(**fields) if order.state is OrderState.EXCEPTION else order.moved(OrderState.EXCEPTION, **fields)
    tx.orders.save(lapsed)
    write_line(tx, act, "order", lapsed, "reservation-lapsed", before=order.state)
    open_about(tx, CaseKind.RESERVATION_LAPSED, lapsed, {"since": since}, act, about=str(lapsed.version))
    return lapsed


def on_oversell_settled(tx: OrdersTx, event: OversellSettled, act: Act) -> None:
    """A line that was sold without stock has it now, or its units come another way; an order held for that alone goes on.

    Nothing follows for an order that is over, or whose goods just lapsed: there the oversell ended with it.
    """
    order = tx.orders.lock([event.order_id]).get(event.order_id)
    if order is None or order.state not in PAID_FOR:
        return
    line = next((one for one in order.lines if one.seq == event.line), None)
    lapsed = order.hold is not None and RESERVATION_LAPSED in order.hold.rules
    if line is None or lapsed or not line.missing_qty:
        return
    now = line.short_of(line.settled_qty) if event.filled else line.settled()
    whole = order.edited(lines=order.with_lines({line.seq: now}))
    rest = () if order.hold is None or whole.short_lines() else order.hold.without(SHORTAGE_OPEN)
    if order.hold is not None and rest:
        whole = attrs.evolve(whole, hold=attrs.evolve(order.hold, findings=rest))
    tx.orders.save(whole)
    details = {"line": line.seq, "qty": line.missing_qty}
    write_line(tx, act, "order", whole, "filled" if event.filled else "settled", before=order.state, details=details)
    if whole.state is OrderState.HOLD and not rest and not whole.short_lines():
        go_on(tx, whole, "resumed", act)
