"""The audit rules: small named questions to a paid order, each answered with what it saw or with nothing (OMS-2)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Final

import attrs

from houtai.domain.orders.hold import SHORTAGE_OPEN, Finding, Hold
from houtai.domain.orders.line import DiscountSource
from houtai.domain.orders.order import Order
from houtai.domain.orders.policy import RULE_NAMES, AuditPolicy, digits_of
from houtai.domain.orders.state import OrderState


@attrs.frozen
class Rule:
    """One rule: its name, the question, and the queue that owns what it finds."""

    name: str
    finds: Callable[[Order, AuditPolicy], str]
    queue: str


def buyer_remark(order: Order, _: AuditPolicy) -> str:
    """The buyer wrote something that a person should read: in the order itself, from where it can be erased."""
    return "the buyer left a remark" if order.remark.strip() else ""


def amount_over_threshold(order: Order, policy: AuditPolicy) -> str:
    """More money than the house lets pass unseen, in the threshold's own currency."""
    most = policy.amount_over
    if most is None or most.currency != order.currency or order.payable_minor <= most.minor:
        return ""
    return f"{order.money(order.payable_minor)} is over {most}"


def address_incomplete(order: Order, _: AuditPolicy) -> str:
    """A parcel could not be delivered by what is known of the receiver."""
    receiver = order.receiver
    needed = {
        "recipient": receiver.recipient,
        "phone": receiver.phone,
        "region": receiver.region,
        "city": receiver.city,
        "street": receiver.street,
    }
    missing = [name for name, value in needed.items() if not value.strip()]
    return f"the address lacks {', '.join(missing)}" if missing else ""


def phone_blacklisted(order: Order, policy: AuditPolicy) -> str:
    """The receiver's number is on the list."""
    listed = bool(order.receiver.phone) and digits_of(order.receiver.phone) in policy.blocked_phones
    return "the phone number is blacklisted" if listed else ""


def shortage_open(order: Order, _: AuditPolicy) -> str:
    """Paid units have no stock. A gift that is owed does not count: it never stops the paid lines (R-11)."""
    short = order.short_lines()
    named = ", ".join(f"{line.sku_code}: {line.missing_qty} of {line.qty}" for line in short)
    return f"no stock for {named}"[:500] if short else ""


_PRICING: Final = frozenset(
    {
        DiscountSource.CHANNEL_PRICE,
        DiscountSource.MEMBER_PRICE,
        DiscountSource.LINE_PROMOTION,
        DiscountSource.CHANNEL_PROMOTION,
    }
)


def price_anomaly(order: Order, policy: AuditPolicy) -> str:
    """A line's price lies further below its list price than is usual: somebody may have mistyped it.

    Coupons, order promotions and reductions by hand do not count, they have limits of their own; nor do gifts and the
    components of bundles, which have no price of their own.
    """
    charged = {line.seq: line.gross_minor for line in order.lines}
    for row in order.discounts:
        if row.source_type in _PRICING:
            charged[row.line] -= row.amount_minor
    low = [
        line
        for line in order.lines
        if line.list_minor
        and not line.is_gift
        and line.bundle is None
        and charged[line.seq] * 100 < line.list_minor * line.qty * policy.anomaly_percent
    ]
    named = ", ".join(f"{line.sku_code}: {charged[line.seq]} for {line.qty} × {line.list_minor}" for line in low)
    return f"below {policy.anomaly_percent} % of the list price: {named}"[:500] if low else ""


RULES: Final[tuple[Rule, ...]] = (
    Rule("buyer-remark", buyer_remark, "customer-service"),
    Rule("amount-over-threshold", amount_over_threshold, "risk"),
    Rule("address-incomplete", address_incomplete, "customer-service"),
    Rule("phone-blacklisted", phone_blacklisted, "risk"),
    Rule(SHORTAGE_OPEN, shortage_open, "stock-control"),
    Rule("price-anomaly", price_anomaly, "pricing"),
)
assert tuple(rule.name for rule in RULES) == RULE_NAMES, "every rule can be named in a policy"

QUEUES: Final = {rule.name: rule.queue for rule in RULES}


def look_at(order: Order, policy: AuditPolicy) -> tuple[Finding, ...]:
    """What the policy's rules find in the order, in their order; nothing for one that may go on."""
    found = ((rule.name, rule.finds(order, policy)) for rule in RULES if rule.name in policy.rules)
    return tuple(Finding(name, text) for name, text in found if text)


def stop(order: Order, findings: Sequence[Finding], policy: AuditPolicy, at: dt.datetime, queue: str = "") -> Hold:
    """The hold for these findings: owned by `queue`, else by that of the first rule; it resumes where the order stands now."""
    resume = order.hold.resume if order.hold is not None else order.state
    return Hold(
        findings=tuple(findings),
        queue=queue or QUEUES.get(findings[0].rule, "customer-service"),
        since=at,
        due_at=at + dt.timedelta(hours=policy.hold_hours),
        reserved_until=at + dt.timedelta(hours=policy.reserve_hours),
        resume=resume if resume is OrderState.CONFIRMED else OrderState.PAID,
    )
