"""What must be true of money and goods, reckoned apart from how the house reckons it: to the fen and to the unit."""

from __future__ import annotations

from collections import Counter as Count
from collections.abc import Iterator, Mapping

import attrs

from houtai.domain.aftersales.claim import Disposition
from houtai.domain.aftersales.given_back import Part
from houtai.domain.ids import OrderId
from houtai.domain.money import half_up
from houtai.domain.orders.order import Order
from houtai.domain.orders.state import OrderState
from houtai.domain.payments.refund import RefundState
from tests.aftersales.counter import STOCK, Counter, Rows
from tests.orders.shop import GOODS

OUT = (RefundState.SUCCEEDED, RefundState.MANUAL)
GONE = (OrderState.CANCELLED, OrderState.EXPIRED)


@attrs.define
class Model:
    """What was done by hand beside claims: direct refunds by order, in fen."""

    direct: Count[OrderId] = attrs.field(factory=Count)


def differences(counter: Counter, model: Model) -> Iterator[str]:
    """Where the rows are not what they have to be."""
    rows = counter.rows()
    yield from _units(counter, rows)
    yield from _books(rows, model)
    for order in rows.orders.values():
        yield from _of_order(order, rows, model)


def _differ(what: str, rows: object, model: object) -> Iterator[str]:
    if rows != model:
        yield f"{what}: the rows say {rows}, the model says {model}"


def _units(counter: Counter, rows: Rows) -> Iterator[str]:
    """Every unit that there ever was lies here, is with a buyer, or was scrapped."""
    code_of = {sku_id: code for code, sku_id in counter.shop.sku.items()}
    away: Count[str] = Count()
    for order in rows.orders.values():
        for line in order.lines:
            if line.sku_id is not None:
                away[code_of[line.sku_id]] += line.shipped_qty
    for claim in rows.claims.values():
        for one in claim.lines:
            if one.sku_id is not None:
                away[code_of[one.sku_id]] += one.returned_qty - one.received_qty
                away[code_of[one.replacement_id or one.sku_id]] += one.sent_qty
    for found in rows.inspections:
        if found.disposition is Disposition.SCRAP:
            sku_id = rows.claims[found.claim_id].line(found.line).sku_id
            assert sku_id is not None
            away[code_of[sku_id]] += found.qty
    for code in GOODS:
        stock = rows.stocks[counter.shop.sku[code]]
        yield from _differ(f"units of {code}", stock.on_hand_qty + away[code], STOCK)


def _share(order: Order, qty_of: Mapping[int, int]) -> int:
    """What the last so many units of each line cost the buyer: all, less what the units before them cost."""
    total = 0
    for line in order.lines:
        before = line.qty - qty_of.get(line.seq, 0)
        for minor in (line.paid_minor, line.freight_minor):
            total += minor - half_up(minor * before, line.qty)
    return total


def _books(rows: Rows, model: Model) -> Iterator[str]:
    """What buyers have paid for units that are still to go stands on the deposit, and nothing else."""
    held = 0
    for order in rows.orders.values():
        if order.state in GONE or order.state is OrderState.PENDING_PAYMENT:
            held += order.paid_minor
        else:
            held += _share(order, {line.seq: line.open_qty for line in order.lines})
    direct = sum(minor for order_id, minor in model.direct.items() if rows.orders[order_id].state not in GONE)
    owed = sum(one.amount.minor for one in rows.refunds if one.state is not RefundState.CANCELLED and one.state not in OUT)
    out = sum(one.amount.minor for one in rows.refunds if one.state in OUT)
    came = sum(one.captured_minor for one in rows.payments.values())
    books = {key: rows.books.get(key, 0) for key in ("customer-deposits", "refund-payable", "cash")}
    yield from _differ("books", books, {"customer-deposits": direct - held, "refund-payable": -owed, "cash": came - out})


def _of_order(order: Order, rows: Rows, model: Model) -> Iterator[str]:
    """What was owed back is what was decided; what is over without anything kept has cost the buyer nothing for goods."""
    payments = {one.id: one for one in rows.payments.values() if one.order_id == order.id}
    owed: Count[object] = Count()
    for refund in rows.refunds:
        if refund.payment_id in payments and refund.state is not RefundState.CANCELLED:
            owed[refund.payment_id] += refund.amount.minor
    for payment in payments.values():
        if owed[payment.id] > payment.captured_minor:
            yield f"{order.number}: {owed[payment.id]} are owed of a tender of {payment.captured_minor}"
    captured = sum(one.captured_minor for one in payments.values())
    if order.state in GONE:
        charges = (Part.GRANTED_COUPON, Part.CLAWED_BACK, Part.CARRIED)
        kept = -sum(row.amount_minor for row in rows.given_back.get(order.id, []) if row.part in charges)
        yield from _differ(f"{order.number}: what went back", sum(owed.values()), captured - kept)
        return
    decided = sum(one.decided_minor or 0 for one in rows.claims.values() if one.order_id == order.id)
    given = rows.given_back.get(order.id, [])
    yield from _differ(f"{order.number}: rows", sum(row.amount_minor for row in given), decided)
    beside = sum(one.captured_minor - (one.amount.minor if one.captures else 0) for one in payments.values())
    late = captured - beside - order.paid_minor if order.state is not OrderState.CLOSED_REFUNDED else 0
    yield from _differ(f"{order.number}: owed", sum(owed.values()), decided + beside + late + model.direct[order.id])
    gone: Count[int] = Count()
    goods = 0
    for row in given:
        gone[row.line] += row.qty if row.part is Part.GOODS else 0
        goods += row.amount_minor if row.part in (Part.GOODS, Part.ALLOWANCE, Part.REPRICED, Part.GIFT) else 0
    if given and all(gone[line.seq] == line.qty for line in order.lines):
        paid = sum(line.paid_minor for line in order.lines)
        yield from _differ(f"{order.number}: everything came back, for goods", goods, paid)
