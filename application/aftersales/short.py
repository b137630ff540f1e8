"""Somebody decides about a sale that lacks units: wait, split, or pay them back, so that later claims know of it."""

from __future__ import annotations

from collections.abc import Mapping

from houtai.application.aftersales.money import shares_of
from houtai.application.aftersales.ports import AftersalesTx
from houtai.application.aftersales.quote import busy_with, past_of
from houtai.application.ledger.post import post
from houtai.application.orders.reach import demand_order
from houtai.application.orders.short import (
    SETTLE,
    Lacking,
    SettledShort,
    SettleShort,
    give_up_short,
    lock_lacking,
    split_short,
)
from houtai.application.outbound.settle import look_for
from houtai.application.payments.ports import OF_ORDER
from houtai.application.payments.refund import open_refund
from houtai.application.permission import CHANNEL, MERCHANT, needs
from houtai.application.rewards.withdraw import lock_grants, shrink
from houtai.domain.act import Act
from houtai.domain.aftersales.given_back import GivenBack, GivenBackEntry, Part, standing
from houtai.domain.aftersales.postings import decision_entries
from houtai.domain.aftersales.quote import Wish, WishLine, quote
from houtai.domain.aftersales.reason import Reason
from houtai.domain.ids import JournalId, RefundId, derive
from houtai.domain.orders.order import Order
from houtai.domain.outbound.order import OutboundOrder
from houtai.domain.outbound.refusals import StepTooEarly
from houtai.domain.outbound.short_pick import ShortChoice
from houtai.domain.payments.refund import Refund


@needs(SETTLE, along=(CHANNEL, MERCHANT))
def settle_short(tx: AftersalesTx, cmd: SettleShort, act: Act) -> SettledShort:
    """WAIT looks for the missing units again; SPLIT sends what there is and the rest by itself; REFUND pays the rest back.

    The rest of a split comes from another warehouse of the pool that has all of it, else from here when it is there again. What
    is paid back is exact to the fen, freight included, and the discounts of the others stay (R-10, KEEP): it is the house's
    doing. Raises NotFound, VersionConflict, Intercepted, StepTooEarly for an order that lacks nothing or would have nothing
    left, MoreThanKept for units that stand in an open claim, and Forbidden past ``refund_minor``.
    """
    held = lock_lacking(tx, cmd, act)
    if cmd.choice is ShortChoice.WAIT:
        return SettledShort(held.order, look_for(tx, held.outbound, act))
    if cmd.choice is ShortChoice.SPLIT:
        return split_short(tx, held, cmd, act)
    return _refund(tx, held, cmd, act)


def _refund(tx: AftersalesTx, held: Lacking, cmd: SettleShort, act: Act) -> SettledShort:
    order, outbound = held.order, held.outbound
    if not held.missing:
        raise StepTooEarly(number=outbound.number, step="refunded", missing="the order lacks nothing in it")
    past = past_of(tx, order.id)
    rows = _rows(tx, order, outbound, held.missing, past)
    back_minor = sum(row.amount_minor for row in rows)
    demand_order(act, SETTLE, order, amounts={"refund_minor": back_minor})
    lock_grants(tx, order, act)
    price_minor = standing(order.lines, [*past, *rows]).price_minor
    shrink(tx, order, price_minor, f"lacking: {outbound.number}", act)
    after, kept = give_up_short(tx, held, back_minor, cmd, act)
    case_id = derive(outbound.id, "short", outbound.version)
    for seq, row in enumerate(rows, start=1):
        tx.given_back.add(GivenBackEntry(order.id, seq, act.at, row))
    if entries := decision_entries(order, standing(order.lines, past), rows, held.missing):
        journal, memo = JournalId(derive(case_id, "decided")), f"lacking: {outbound.number}"
        post(tx, id=journal, document="order", document_id=order.id, entries=entries, memo=memo, act=act)
    return SettledShort(after, kept, refunds=_pay_back(tx, order, outbound, back_minor, cmd.reason, act))


def _rows(
    tx: AftersalesTx, order: Order, outbound: OutboundOrder, missing: Mapping[int, int], past: list[GivenBack]
) -> list[GivenBack]:
    """Goods and freight of the units, after all that was given back before (R-5)."""
    case_id = derive(outbound.id, "short", outbound.version)
    wish = Wish(tuple(WishLine(seq, qty, qty) for seq, qty in sorted(missing.items())), Reason.OUT_OF_STOCK, freight=True)
    found = quote(order, past, wish, case_id, busy_with(tx, order.id, None))
    return [row for row in found.rows if row.part in (Part.GOODS, Part.FREIGHT)]


def _pay_back(
    tx: AftersalesTx, order: Order, outbound: OutboundOrder, back_minor: int, reason: str, act: Act
) -> tuple[Refund, ...]:
    """The amount over the order's payments, by what each of them has left (R-7); none where nothing was paid for the units."""
    payments = [payment for payment in tx.payments.lock_by(OF_ORDER, order.id) if payment.rest.minor > 0]
    shares = shares_of(payments, back_minor, order.currency) if back_minor else [0] * len(payments)
    return tuple(
        open_refund(
            tx,
            payment,
            refund_id=RefundId(derive(outbound.id, "short", outbound.version, payment.id)),
            amount=order.money(share),
            reason=reason,
            act=act,
        )
        for payment, share in zip(payments, shares, strict=True)
        if share
    )
