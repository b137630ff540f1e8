"""What of an order a person has to settle: opened here with its numbers, closed when the order goes on or is over (D7)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from houtai.application.orders.ports import OrdersTx
from houtai.application.payments.cases import open_case
from houtai.application.payments.ports import CASES_ABOUT
from houtai.application.timeline import write_line
from houtai.domain.act import Act
from houtai.domain.ids import OrderId
from houtai.domain.orders.events import GiftOwed
from houtai.domain.orders.order import Order
from houtai.domain.payments.case import CaseKind, CaseState


def open_about(tx: OrdersTx, kind: CaseKind, order: Order, facts: Mapping[str, Any], act: Act, about: str = "") -> None:
    """Put the order on the worklist of whoever settles this kind."""
    about_order = {"order": order.number, **facts}
    channel = order.channel_id
    open_case(tx, kind, subject="order", subject_id=order.id, facts=about_order, channel_id=channel, act=act, about=about)


def owe_gifts(tx: OrdersTx, order: Order, act: Act) -> None:
    """A case for each gift that was promised and is not there; the order itself goes on (R-11)."""
    for line in order.lines:
        if line.is_gift and line.shortage_qty:
            facts = {"sku": line.sku_code, "missing_qty": line.shortage_qty, "line": line.seq}
            open_about(tx, CaseKind.GIFT_OWED, order, facts, act, about=f"line {line.seq}")
            tx.emit(GiftOwed(order.id, order.channel_id, line.seq, line.shortage_qty))


def close_cases(tx: OrdersTx, order_id: OrderId, resolution: str, act: Act, *kinds: CaseKind) -> None:
    """Resolve the order's open cases of these kinds, or all of them."""
    open_ones = [case.id for case in tx.cases.by(CASES_ABOUT, order_id) if case.state is CaseState.OPEN]
    for case in tx.cases.lock(open_ones).values() if open_ones else ():
        if case.state is CaseState.OPEN and (not kinds or case.kind in kinds):
            resolved = case.resolved(resolution)
            tx.cases.save(resolved)
            write_line(tx, act, "case", resolved, "resolved", before=case.state, reason=resolution[:500])
