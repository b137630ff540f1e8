"""The judge: takes over from the rows what only the outside knows, and demands that everything else is as the model says."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Mapping

from houtai.adapters.sql.doctor.all_checks import CHECKS
from houtai.adapters.sql.doctor.examine import examine
from houtai.adapters.sql.store import SqlStore
from houtai.domain.ids import PaymentId, WarehouseId
from houtai.domain.inventory.oversell import OversellState
from houtai.domain.inventory.reservation import HoldState
from houtai.domain.money import half_up
from houtai.domain.orders.order import Order as OrderRow
from houtai.domain.outbound.order import OutboundOrder
from houtai.domain.outbound.picking import PickStep
from houtai.domain.outbound.work import RunState
from houtai.domain.payments.payment import PaymentState
from houtai.domain.payments.refund import RefundState
from tests.simulation.house import CODES, COSTS, PLACES, PRODUCTS, SHOWN, SKUS
from tests.simulation.look import Seen
from tests.simulation.model import Shop
from tests.simulation.parts import Part
from tests.simulation.records import BY_CHANNEL, GATEWAY, Order

BACK = (RefundState.SUCCEEDED, RefundState.MANUAL)


def take_over(shop: Shop, seen: Seen, truth: Mapping[str, tuple[PaymentId, int]], at: dt.datetime, latest: dt.datetime) -> None:
    """Money that was booked, payments that failed, holds whose time is over: checked against the outside, then believed."""
    for payment in seen.payments.values():
        order = shop.orders[payment.order_id]
        tender = order.tenders[payment.id]
        if tender.by == BY_CHANNEL:
            continue
        for capture in payment.captures[len(tender.captures) :]:
            assert capture.ref in truth, f"money {capture.ref} was booked and never came"
            assert truth[capture.ref] == (payment.id, capture.amount_minor), f"money {capture.ref} was booked as something else"
            shop.captured(order, payment.id, capture.ref, at)
        if payment.state is PaymentState.FAILED and tender.state == "open":
            tender.state = "failed"
    for sent in seen.outbound.values():
        _take_over_label(shop.parts[sent.id], sent)
    for hold_id, hold in shop.holds.items():
        rows = {line.number: line for line in seen.held if line.hold_id == hold_id}
        now = []
        for number, (sku, place, qty, bound) in enumerate(hold.lines, start=1):
            binds = rows[number].state is HoldState.LIVE
            assert bound or not binds, f"a line of hold {hold_id} binds again"
            assert binds or hold.ended or not bound or hold.expires_at <= latest, f"hold {hold_id} ended before its time"
            now.append((sku, place, qty, binds))
        hold.lines = now


def _take_over_label(part: Part, row: OutboundOrder) -> None:
    """A carrier has given its number; that it has, and for this parcel alone, is looked at when everything rests."""
    if row.waybill == part.waybill:
        return
    assert not part.waybill, f"{row.number} changed its waybill from {part.waybill} to {row.waybill}"
    assert not part.stopped, f"{row.number} is {part.state} and got a waybill"
    part.waybill, part.carrier = row.waybill, row.carrier
    if part.state == "waved" and not part.in_lane:
        part.state = "printed"


def differences(shop: Shop, seen: Seen) -> Iterator[str]:
    """Where the rows are not what the model says."""
    yield from _stock(shop, seen)
    yield from _orders(shop, seen)
    yield from _money(shop, seen)
    yield from _floor(shop, seen)
    for coupon_id, coupon in shop.coupons.items():
        yield from _differ(f"coupon {coupon_id}", seen.coupons[coupon_id].state.value, coupon.state)
    for campaign, budget in shop.budgets.items():
        row = next(one for key, one in seen.budgets.items() if key == campaign)
        yield from _differ("budget", (row.spent_minor, row.spent_uses), (budget.spent_minor, budget.spent_uses))


def _differ(what: str, rows: object, model: object) -> Iterator[str]:
    if rows != model:
        yield f"{what}: the rows say {rows}, the model says {model}"


def _stock(shop: Shop, seen: Seen) -> Iterator[str]:
    for code in COSTS:
        found = [seen.stocks[SKUS[code], place] for place in PLACES if (SKUS[code], place) in seen.stocks]
        for stock in found:
            shelf = shop.shelves[code, stock.warehouse_id]
            rows = (stock.sellable_qty, stock.frozen_qty, stock.safety_qty, stock.dedicated_qty)
            yield from _differ(f"shelf of {code}", rows, (shelf.sellable, shelf.frozen, shelf.safety, shelf.fenced))
            yield from _differ(f"value of {code}", stock.value_minor, shelf.sellable * COSTS[code])
        held = sum(qty for hold in shop.holds.values() for sku, _, qty, binds in hold.lines if binds and sku == code)
        rows_of = (sum(one.reserved_qty for one in found), sum(one.held_qty for one in found), sum(one.owed_qty for one in found))
        yield from _differ(f"promises of {code}", rows_of, (shop.reserved(code), held, shop.owed(code)))
    for code in SHOWN:
        unbound = sum(shop.shelves[code, place].unbound for place in PLACES)
        held = sum(qty for hold in shop.holds.values() for sku, _, qty, binds in hold.lines if binds and sku == code)
        free = max(0, unbound - shop.reserved(code) - held - shop.owed(code))
        if not all(shop.on_sale.get(product, True) for product, codes in PRODUCTS.items() if code in codes):
            free = 0  # its listing is paused
        yield from _differ(f"what the channel was told of {code}", seen.shown[code], free)


def _orders(shop: Shop, seen: Seen) -> Iterator[str]:
    yield from _differ("orders", set(seen.orders), set(shop.orders))
    reserved: Counter[tuple[object, str]] = Counter()
    for reservation in seen.reservations:
        reserved[reservation.order_id, CODES[reservation.sku_id]] += reservation.qty
    wanted: Counter[tuple[object, str]] = Counter()
    for order in shop.orders.values():
        for (sku, _), line in order.lines.items():
            wanted[order.id, sku] += line.reserved if order.bound else 0
        yield from _order(seen.orders[order.id], order)
    yield from _differ("reservations", +reserved, +wanted)
    owed = sum(one.missing_qty for one in seen.oversells if one.state is OversellState.OPEN)
    yield from _differ("oversells", owed, sum(shop.owed(sku) for sku in COSTS))


def _order(row: OrderRow, order: Order) -> Iterator[str]:
    name = row.number
    yield from _differ(f"state of {name}", row.state.value, order.state)
    yield from _differ(f"sum of {name}", (row.payable_minor, row.paid_minor), (order.payable, order.paid))
    tenders = {one.payment_id: (one.amount_minor, one.state.value) for one in row.tenders}
    yield from _differ(f"tenders of {name}", tenders, {key: (one.minor, one.state) for key, one in order.tenders.items()})
    yield from _differ(f"times of {name}", (row.expires_at, row.confirm_at), (order.expires_at, order.confirm_at))
    stop = (set(row.hold.rules), row.hold.reserved_until) if row.hold else None
    yield from _differ(f"stop of {name}", stop, (order.stop.rules, order.stop.until) if order.stop else None)
    lines: dict[tuple[str, bool], tuple[int, int, int, int]] = {}
    for line in row.lines:
        if line.sku_id is not None:
            key = CODES[line.sku_id], line.is_gift
            qty, short, settled, shipped = lines.get(key, (0, 0, 0, 0))
            more = line.qty, line.shortage_qty, line.settled_qty, line.shipped_qty
            lines[key] = qty + more[0], short + more[1], settled + more[2], shipped + more[3]
    model = {key: (line.qty, line.short, line.settled, line.shipped) for key, line in order.lines.items()}
    yield from _differ(f"lines of {name}", lines, model)


def _floor(shop: Shop, seen: Seen) -> Iterator[str]:
    """Parts of orders, what bins have promised, walks that end."""
    yield from _differ("parts", set(seen.outbound), set(shop.parts))
    for part in shop.parts.values():
        row = seen.outbound[part.id]
        yield from _differ(f"state of {row.number}", row.state.value, part.state)
        rows = {one.seq: (one.allocated_qty, one.picked_qty, one.short_qty, one.cancelled_qty) for one in row.lines}
        lines = {seq: (one.allocated, one.picked, one.short, one.cancelled) for seq, one in part.lines.items()}
        yield from _differ(f"lines of {row.number}", rows, lines)
    there: Counter[tuple[str, WarehouseId]] = Counter()
    promised: Counter[tuple[str, WarehouseId]] = Counter()
    doubted: Counter[tuple[str, WarehouseId]] = Counter()
    for one in seen.bins:
        place = CODES[one.key.sku_id], one.key.warehouse_id
        there[place] += one.qty
        promised[place] += one.allocated_qty
        doubted[place] += one.suspect_qty
    for place, shelf in shop.shelves.items():
        rows_of = (there[place], promised[place], doubted[place])
        yield from _differ(f"bins of {place}", rows_of, (shelf.sellable, shop.allocated(*place), shop.suspect[place]))
    for run in seen.runs.values():
        if run.state is RunState.OPEN and run.picker is not None and run.picking.step is PickStep.DONE:
            yield f"walk {run.id} has nothing left to fetch and is not over"


def _net(row: OrderRow, sent: Mapping[int, int]) -> int:
    """What the units that left bring: of each line as much as its first units do."""
    lines = {line.seq: line for line in row.lines}
    return sum(
        half_up(amount * qty, lines[seq].qty)
        for seq, qty in sent.items()
        for amount in (lines[seq].paid_minor, lines[seq].freight_minor)
    )


SALES = frozenset(
    ("revenue", "freight-income", "promotion-platform", "promotion-merchant", "promotion-supplier", "promotion-channel")
)


def _money(shop: Shop, seen: Seen) -> Iterator[str]:
    tenders = {key: one for order in shop.orders.values() for key, one in order.tenders.items()}
    yield from _differ("payments", set(seen.payments), set(tenders))
    came: Counter[str] = Counter()
    for payment_id, tender in tenders.items():
        row = seen.payments[payment_id]
        yield from _differ("captures", [one.ref for one in row.captures], tender.captures)
        live = [one for one in seen.refunds.values() if one.payment_id == payment_id and one.state is not RefundState.CANCELLED]
        yield from _differ("refunds", sorted(one.amount.minor for one in live), sorted(tender.refunds))
        came[tender.by] += tender.minor * len(tender.captures)
        came[f"{tender.by} out"] += sum(one.amount.minor for one in live if one.state in BACK)
        came["owed"] += sum(one.amount.minor for one in live if one.state not in BACK)
        came["all"] += tender.minor * len(tender.captures) - sum(tender.refunds)
    in_stock = sum(shelf.sellable * COSTS[sku] for (sku, _), shelf in shop.shelves.items())
    sales = sum(_net(seen.orders[order_id], sent) for order_id, sent in shop.gone.sent.items())
    books = {
        "cash": came[GATEWAY] - came[f"{GATEWAY} out"],
        "channel-clearing": came[BY_CHANNEL] - came[f"{BY_CHANNEL} out"],
        "customer-deposits": sales - came["all"],
        "sales": -sales,
        "cogs": shop.gone.cost_minor,
        "marketing": shop.gone.gifts_minor,
        "freight-cost": shop.gone.freight_minor,
        "freight-accrued": -shop.gone.freight_minor,
        "refund-payable": -came["owed"],
        "inventory": in_stock,
        "opening": -shop.received_minor,
        "shrinkage": shop.lost_minor,
        "count-gain": -shop.gained_minor,
    }
    told = Counter[str]()
    for key, minor in seen.balances.items():
        told["sales" if key in SALES else key] += minor
    yield from _differ("books", {key: minor for key, minor in told.items() if minor}, {k: v for k, v in books.items() if v})


def doctors_word(store: object) -> list[str]:
    """What the doctor finds broken; nothing in memory, where there is none."""
    if not isinstance(store, SqlStore):
        return []
    return [f"{one.id} ({one.promise}): {one.count}, {one.first}" for one in examine(store, CHECKS).broken()]
