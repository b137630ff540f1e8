"""Looking at paid orders: the policy's rules in their order, then confirmed, waiting for the merge window, or on hold (OMS-2)."""

from __future__ import annotations

from collections.abc import Sequence

from houtai.application.orders.ports import OrdersTx, Timer, due_moment
from houtai.application.permission import needs
from houtai.application.timeline import write_line
from houtai.domain.act import Act
from houtai.domain.ids import ChannelId, OrderId
from houtai.domain.orders.events import OrderConfirmed, OrderStopped
from houtai.domain.orders.hold import Finding
from houtai.domain.orders.order import Order
from houtai.domain.orders.policy import AuditPolicy, built_in, policy_id
from houtai.domain.orders.refusals import NotDueYet
from houtai.domain.orders.rules import look_at, stop
from houtai.domain.orders.state import OrderState


def policy_for(tx: OrdersTx, channel_id: ChannelId) -> AuditPolicy:
    """The channel's own policy, else the house's, else the built-in one."""
    own, house = policy_id(channel_id), policy_id(None)
    stored = tx.audit_policies.many([own, house])
    return stored.get(own) or stored.get(house) or built_in(channel_id)


def audit(tx: OrdersTx, order: Order, act: Act) -> Order:
    """Let the rules look at a PAID order that this transaction holds; the order as it is then."""
    policy = policy_for(tx, order.channel_id)
    findings = look_at(order, policy)
    if findings:
        return halt(tx, order, OrderState.HOLD, findings, act, policy=policy)
    window = policy.confirm_at(order.paid_at or act.at)
    if window is None or window <= act.at:
        return confirm(tx, order, act, audit_version=policy.version)
    waiting = order.edited(confirm_at=window, hold=None, audit_version=policy.version)
    tx.orders.save(waiting)
    details = {"until": window.isoformat(), "policy_version": policy.version}
    write_line(tx, act, "order", waiting, "passed", before=order.state, details=details)
    return waiting


def confirm(tx: OrdersTx, order: Order, act: Act, *, audit_version: int | None = None, reason: str = "") -> Order:
    """Nothing stands against the order: it may go to a warehouse. Raises IllegalMove."""
    version = order.audit_version if audit_version is None else audit_version
    confirmed = order.moved(OrderState.CONFIRMED, confirm_at=None, hold=None, audit_version=version)
    tx.orders.save(confirmed)
    write_line(tx, act, "order", confirmed, "confirmed", before=order.state, reason=reason, details={"policy_version": version})
    tx.emit(OrderConfirmed(order.id, order.channel_id))
    return confirmed


def halt(
    tx: OrdersTx,
    order: Order,
    state: OrderState,
    findings: Sequence[Finding],
    act: Act,
    *,
    policy: AuditPolicy | None = None,
    queue: str = "",
    reason: str = "",
) -> Order:
    """Stop the order in HOLD or EXCEPTION with what was found, an owner and a due time. Raises IllegalMove."""
    policy = policy or policy_for(tx, order.channel_id)
    hold = stop(order, findings, policy, act.at, queue)
    stopped = order.moved(state, hold=hold, confirm_at=None, audit_version=policy.version)
    tx.orders.save(stopped)
    details = {
        "findings": {finding.rule: finding.text for finding in hold.findings},
        "queue": hold.queue,
        "due_at": hold.due_at.isoformat(),
        "policy_version": policy.version,
    }
    write_line(tx, act, "order", stopped, "stopped", before=order.state, reason=reason, details=details)
    tx.emit(OrderStopped(order.id, order.channel_id, hold.queue, hold.rules))
    return stopped


@needs("orders.run-timers")
def close_merge_window(tx: OrdersTx, order_id: OrderId, act: Act) -> Order:
    """Confirm an order whose merge window is over. Raises NotDueYet where it is not, or something else was faster."""
    order = tx.orders.lock_one(order_id)
    due = due_moment(order, Timer.MERGE_WINDOW)
    if due is None or due > act.at:
        raise NotDueYet(number=order.number, state=order.state.value)
    return confirm(tx, order, act)
