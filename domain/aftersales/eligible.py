"""Whether a claim may be made, and every reason why not: the order's state, the goods' state, and the days that have passed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from typing import Final

from houtai.domain.aftersales.claim import ClaimLine
from houtai.domain.aftersales.given_back import LineStanding
from houtai.domain.aftersales.policy import AftersalesPolicy
from houtai.domain.aftersales.reason import Fault, Reason
from houtai.domain.aftersales.state import ClaimKind
from houtai.domain.catalog.sku import Sku
from houtai.domain.catalog.standing import Standing
from houtai.domain.ids import SkuId
from houtai.domain.orders.order import Order
from houtai.domain.orders.state import PAID_FOR, OrderState

TAKES_CLAIMS: Final = PAID_FOR | {OrderState.RELEASED, OrderState.COMPLETED}
"""States of an order that is paid and not over."""


def days_for(kind: ClaimKind, reason: Reason, policy: AftersalesPolicy) -> int:
    """How many days after the delivery such a claim may be made."""
    if kind is ClaimKind.PRICE_PROTECT:
        return policy.price_days
    return policy.return_days if reason.fault is Fault.BUYER else policy.quality_days


def objections(
    order: Order,
    held: Mapping[int, LineStanding],
    kind: ClaimKind,
    reason: Reason,
    lines: tuple[ClaimLine, ...],
    policy: AftersalesPolicy,
    *,
    delivered_at: dt.datetime | None,
    now: dt.datetime,
) -> tuple[str, ...]:
    """Why the claim may not be made, all of it; nothing where it may. `delivered_at` is None while something is on its way."""
    found = []
    if order.state not in TAKES_CLAIMS:
        found.append(f"the order is {order.state.value}")
    days = days_for(kind, reason, policy)
    if delivered_at is not None and now > delivered_at + dt.timedelta(days=days):
        found.append(f"the {days} days after the delivery on {delivered_at:%Y-%m-%d} are over")
    if kind is ClaimKind.PRICE_PROTECT and reason is not Reason.PRICE_FELL:
        found.append("the price is protected where it fell: the reason is price-fell")
    if order.forgotten and (kind.goods_out or kind is ClaimKind.REPAIR):
        found.append("the buyer was erased, and nobody knows where to send goods")
    for one in lines:
        found += _of_line(order, held.get(one.line), kind, one)
    return tuple(found)


def goods_objections(
    order: Order, lines: tuple[ClaimLine, ...], skus: Mapping[SkuId, Sku], sent: Collection[tuple[int, SkuId | None]]
) -> tuple[str, ...]:
    """Why goods that a claim names beside those of the order may not be: what is to be sent, and what the buyer says to have.

    `skus` are the replacements that there are, `sent` what earlier claims have sent in the place of a line's goods.
    """
    known, found = {line.seq: line for line in order.lines}, []
    for one in lines:
        line = known.get(one.line)
        if line is None:
            continue
        sku = None if one.replacement_id is None else skus.get(one.replacement_id)
        if one.replacement_id is not None and (sku is None or sku.merchant_id != line.merchant_id):
            found.append(f"line {one.line}: its seller has no SKU {one.replacement_id}")
        elif sku is not None and sku.is_bundle:
            found.append(f"line {one.line}: {sku.code} is a bundle, which is in no stock")
        elif sku is not None and sku.state is not Standing.ACTIVE:
            found.append(f"line {one.line}: {sku.code} is retired")
        if one.sku_id not in (None, line.sku_id) and (one.line, one.sku_id) not in sent:
            found.append(f"line {one.line}: no SKU {one.sku_id} was ever sent for it")
    return tuple(found)


def _of_line(order: Order, held: LineStanding | None, kind: ClaimKind, one: ClaimLine) -> list[str]:
    if held is None:
        return [f"order {order.number} has no line {one.line}"]
    line, found = held.line, []
    if bool(one.qty) == bool(one.allowance_minor):
        found.append(f"line {one.line}: give either units or an allowance")
    if one.allowance_minor and kind not in (ClaimKind.REFUND_ONLY, ClaimKind.PRICE_PROTECT):
        found.append(f"line {one.line}: an allowance is a matter of refund-only or price-protect")
    if one.qty and kind is ClaimKind.PRICE_PROTECT:
        found.append(f"line {one.line}: a protected price gives money, not units")
    if one.unshipped_qty and kind is not ClaimKind.REFUND_ONLY:
        found.append(f"line {one.line}: units that have not left are refund-only")
    if one.unshipped_qty > line.open_qty:
        found.append(f"line {one.line}: {line.open_qty} units have not left, not {one.unshipped_qty}")
    if one.qty - one.unshipped_qty > line.shipped_qty:
        found.append(f"line {one.line}: {line.shipped_qty} units have left, not {one.qty - one.unshipped_qty}")
    if one.replacement_id is not None and kind is not ClaimKind.EXCHANGE:
        found.append(f"line {one.line}: only an exchange has a replacement")
    if line.sku_id is None and (kind.goods_back or kind.goods_out):
        found.append(f"line {one.line}: we do not know these goods")
    return found
