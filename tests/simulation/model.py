"""The model: the same shop in a few dictionaries, worked out independently of the house, that the house must agree with."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from uuid import UUID

import attrs

from houtai.domain.ids import CouponId, HoldId, OrderId, OutboundId, PaymentId, WarehouseId
from tests.simulation.house import COSTS, FREE_FROM_MINOR, FREIGHT_MINOR, OPENED, PARTS, PLACES, PRICES
from tests.simulation.parts import Gone, Part
from tests.simulation.records import (
    ANOMALY_PERCENT,
    BY_CHANNEL,
    STOPPED,
    Budget,
    Coupon,
    Hold,
    Order,
    Price,
    Promotion,
    Rules,
    Shelf,
    Stop,
)


@attrs.define
class Shop:
    """Everything, and what follows from what."""

    shelves: dict[tuple[str, WarehouseId], Shelf] = attrs.field(
        factory=lambda: {(sku, place): Shelf() for sku in COSTS for place in PLACES}
    )
    prices: dict[str, list[tuple[dt.datetime, int]]] = attrs.field(factory=dict)
    on_sale: dict[str, bool] = attrs.field(factory=dict)
    orders: dict[OrderId, Order] = attrs.field(factory=dict)
    holds: dict[HoldId, Hold] = attrs.field(factory=dict)
    coupons: dict[CouponId, Coupon] = attrs.field(factory=dict)
    budgets: dict[UUID, Budget] = attrs.field(factory=dict)
    promotions: list[Promotion] = attrs.field(factory=list)
    rules: Rules = attrs.field(factory=Rules)
    parts: dict[OutboundId, Part] = attrs.field(factory=dict)
    suspect: Counter[tuple[str, WarehouseId]] = attrs.field(factory=Counter)
    gone: Gone = attrs.field(factory=Gone)
    received_minor: int = 0
    gained_minor: int = 0
    lost_minor: int = 0

    # -- goods

    def reserved(self, sku: str) -> int:
        return sum(
            line.reserved for order in self.orders.values() if order.bound for (one, _), line in order.lines.items() if one == sku
        )

    def owed(self, sku: str) -> int:
        """Units that a channel sold without stock: those of imported orders, whose oversells end with their goods."""
        return sum(
            line.missing
            for order in self.orders.values()
            if order.bound and _imported(order) and not (order.stop and "reservation-lapsed" in order.stop.rules)
            for (one, _), line in order.lines.items()
            if one == sku
        )

    def held(self, sku: str, at: dt.datetime) -> int:
        return sum(hold.units(sku, at) for hold in self.holds.values())

    def free(self, sku: str, at: dt.datetime) -> int:
        """What may still be promised of it, all places together."""
        unbound = sum(self.shelves[sku, place].unbound for place in PLACES)
        return unbound - self.reserved(sku) - self.held(sku, at) - self.owed(sku)

    def short_skus(self, wants: Mapping[str, int], at: dt.datetime, hold: Hold | None = None) -> list[str]:
        """Which of these cannot be had, when the hold is the buyer's own."""
        if hold is not None and not hold.ended and all(hold.units(sku, at) >= qty for sku, qty in wants.items()):
            return []
        own = {sku: hold.units(sku, at) if hold is not None and not hold.ended else 0 for sku in wants}
        return [sku for sku, qty in wants.items() if qty > max(0, self.free(sku, at) + own[sku])]

    # -- what warehouses have of it

    def parts_of(self, order: Order) -> list[Part]:
        return [part for part in self.parts.values() if part.order == order.id]

    def allocated(self, sku: str, place: WarehouseId) -> int:
        """Units there that are on their way to somebody, or back from it."""
        return sum(part.promised(sku) for part in self.parts.values() if part.place == place)

    def pickable(self, sku: str, place: WarehouseId) -> int:
        """Units there that a wave may have."""
        return self.shelves[sku, place].sellable - self.allocated(sku, place) - self.suspect[sku, place]

    def stop_part(self, part: Part) -> None:
        part.stop()
        self._recall(part)

    def put_back(self, part: Part, sku: str, qty: int) -> None:
        part.put_back(sku, qty)
        self._recall(part)

    def _recall(self, part: Part) -> None:
        """An order of which no warehouse has anything any more, and nothing left, waits to be released again."""
        order = self.orders[part.order]
        mine = self.parts_of(order)
        if order.state == "released" and all(one.state == "cancelled" for one in mine):
            order.state = "confirmed"

    def shipped(self, part: Part) -> None:
        """Its goods are gone: out of stock, off the promises, into the books."""
        order = self.orders[part.order]
        self.gone.units(order.id, part.lines.values())
        for line in part.lines.values():
            self.shelves[line.goods[0], part.place].sellable -= line.picked
            order.lines[line.goods].shipped += line.picked
            cost = line.picked * COSTS[line.goods[0]]
            if line.goods[1]:
                self.gone.gifts_minor += cost
            else:
                self.gone.cost_minor += cost
        part.state = "shipped"

    # -- prices

    def price_of(self, code: str, at: dt.datetime) -> int | None:
        """What one costs at that moment."""
        begun = [(begin, minor) for begin, minor in self.prices[code] if begin <= at]
        return max(begun)[1] if begun else None

    def set_price(self, code: str, minor: int, at: dt.datetime) -> None:
        self.prices[code] = [one for one in self.prices[code] if one[0] > at] + [(at, minor)]

    def price(self, basket: Mapping[str, int], coupon: Coupon | None, at: dt.datetime) -> Price:
        """The basket's price; every one of its goods has one."""
        units = {code: self.price_of(code, at) or 0 for code in basket}
        left = sum(units[code] * qty for code, qty in basket.items())
        made = Price(0, 0)
        off = [one for one in self.promotions if one.off and one.runs(at)]
        if off and (bowls := basket.get("BOWL", 0)):
            gross = units["BOWL"] * bowls
            saving = min(gross, off[0].off * bowls)
            if off[0].campaign is None or self.budgets[off[0].campaign].bears(saving):
                left -= saving
                made.low_priced = (gross - saving) * 100 < gross * ANOMALY_PERCENT
                made.campaign, made.budget_minor = off[0].campaign, saving if off[0].campaign else 0
        if any(not one.off and one.runs(at) for one in self.promotions):
            made.gifts = basket.get("CUP", 0)
        made.nothing_left = coupon is not None and not left
        left -= min(left, coupon.minor) if coupon else 0
        made.payable = left + (0 if left >= FREE_FROM_MINOR else FREIGHT_MINOR)
        return made

    # -- orders

    def order_placed(self, order: Order, at: dt.datetime) -> None:
        self.orders[order.id] = order
        self._bind_discounts(order)
        if not order.payable:
            self._paid(order, at)

    def captured(self, order: Order, payment: PaymentId, ref: str, at: dt.datetime) -> None:
        """Money of the right amount was booked under `ref`."""
        tender = order.tenders[payment]
        assert ref not in tender.captures, f"money {ref} was booked twice"
        tender.captures.append(ref)
        if len(tender.captures) > 1:
            tender.refunds.append(tender.minor)
            return
        came = order.paid + tender.minor
        if order.state == "pending-payment" and came <= order.payable:
            tender.state = "captured"
            if came == order.payable:
                self._paid(order, at)
        elif order.state == "expired" and came == order.payable and self._revived(order, at):
            tender.state = "captured"
            self._paid(order, at)
        else:
            tender.state = "given-back"
            tender.refunds.append(tender.minor)

    def _paid(self, order: Order, at: dt.datetime) -> None:
        order.state, order.paid_at, order.expires_at = "paid", at, None
        if order.coupon is not None:
            self.coupons[order.coupon].state = "redeemed"
        self.audit(order, at)

    def audit(self, order: Order, at: dt.datetime) -> None:
        """The rules look at a paid order."""
        found = {"buyer-remark": order.remark, "shortage-open": order.short, "price-anomaly": order.low_priced}
        if any(found.values()):
            self.halt(order, "hold", {rule for rule, here in found.items() if here}, at)
            return
        self._after_window(order, at)

    def _after_window(self, order: Order, at: dt.datetime) -> None:
        window = (order.paid_at or at) + dt.timedelta(minutes=self.rules.merge_minutes)
        waits = self.rules.merge_minutes and window > at
        order.state, order.stop = ("paid", None) if waits else ("confirmed", None)
        order.confirm_at = window if waits else None

    def halt(self, order: Order, state: str, rules: set[str], at: dt.datetime) -> None:
        was = order.stop.resume if order.stop else order.state
        resume = "confirmed" if was == "confirmed" else "paid"
        order.stop = Stop(rules, at + dt.timedelta(hours=self.rules.reserve_hours), resume)
        order.state, order.confirm_at = state, None

    def released(self, order: Order, at: dt.datetime) -> None:
        """Somebody lets a held order go on past the rules."""
        assert order.stop is not None
        if order.stop.resume == "confirmed":
            order.state, order.stop = "confirmed", None
        else:
            self._after_window(order, at)

    def go_on(self, order: Order, at: dt.datetime) -> None:
        assert order.stop is not None
        if order.stop.resume == "confirmed" and not order.short:
            order.state, order.stop = "confirmed", None
            return
        order.state, order.stop = "paid", None
        self.audit(order, at)

    def lapsed(self, order: Order) -> None:
        """It stood still for too long: its goods are free again."""
        assert order.stop is not None
        order.state = "exception"
        order.stop.rules = (order.stop.rules - {"shortage-open"}) | {"reservation-lapsed"}
        order.stop.until = None
        for line in order.lines.values():
            line.short = line.qty

    def secured_again(self, order: Order, at: dt.datetime) -> bool:
        """Its goods are reserved once more, gifts as far as they are there; whether they all were there."""
        sold = {sku: line.qty - line.settled for (sku, gift), line in order.lines.items() if not gift}
        bound, order.bound = order.bound, False
        if self.short_skus(sold, at):
            order.bound = bound
            return False
        gifts = {sku: max(0, self.free(sku, at)) for (sku, gift) in order.lines if gift}
        for (sku, gift), line in order.lines.items():
            line.short = max(0, line.qty - gifts[sku]) if gift else line.settled
        order.bound = True
        return True

    def _revived(self, order: Order, at: dt.datetime) -> bool:
        coupon = self.coupons[order.coupon] if order.coupon else None
        if coupon is not None and coupon.refusal(at):
            return False
        if order.campaign is not None and not self.budgets[order.campaign].bears(order.budget_minor):
            return False
        if not self.secured_again(order, at):
            return False
        self._bind_discounts(order)
        return True

    def ended(self, order: Order, state: str, at: dt.datetime) -> None:
        """Cancelled or expired: everything that it bound is free, everything that was paid goes back."""
        order.state, order.stop, order.expires_at, order.confirm_at = state, None, None, None
        order.bound = False
        for tender in order.tenders.values():
            if tender.state == "captured":
                tender.state = "given-back"
                if tender.rest:
                    tender.refunds.append(tender.rest)
        if order.coupon is not None:
            coupon = self.coupons[order.coupon]
            coupon.state = "issued" if at < coupon.valid_until else "expired"
        if order.campaign is not None:
            self.budgets[order.campaign].spent_minor -= order.budget_minor
            self.budgets[order.campaign].spent_uses -= 1
        if state == "cancelled":
            for line in order.lines.values():
                line.short = line.settled = 0

    def _bind_discounts(self, order: Order) -> None:
        if order.coupon is not None:
            self.coupons[order.coupon].state = "locked"
        if order.campaign is not None:
            self.budgets[order.campaign].spent_minor += order.budget_minor
            self.budgets[order.campaign].spent_uses += 1

    def time_passed(self, at: dt.datetime) -> int:
        """What the timers of orders do; how many orders they move."""
        moved = 0
        for order in self.orders.values():
            if order.state == "pending-payment" and order.expires_at is not None and order.expires_at <= at:
                self.ended(order, "expired", at)
                moved += 1
        for order in self.orders.values():
            if order.state == "paid" and order.confirm_at is not None and order.confirm_at <= at:
                order.state, order.confirm_at = "confirmed", None
                moved += 1
        for order in self.orders.values():
            if order.state in STOPPED and order.stop and order.stop.until is not None and order.stop.until <= at:
                self.lapsed(order)
                moved += 1
        return moved

    def settled_oversell(self, order: Order, sku: str, at: dt.datetime, *, filled: bool) -> None:
        """A line that was sold without stock has it now, or gets its units another way."""
        line = order.lines[sku, False]
        if filled:
            line.short = line.settled
        else:
            line.settled = line.short
        if order.stop is None or order.short:
            return
        rest = order.stop.rules - {"shortage-open"}
        if rest:
            order.stop.rules = rest
        elif order.state == "hold":
            self.go_on(order, at)


def _imported(order: Order) -> bool:
    return any(tender.by == BY_CHANNEL for tender in order.tenders.values())


def parts_of(basket: Mapping[str, int]) -> dict[str, int]:
    """The units that a basket takes from the shelves: bundles by their parts."""
    wants: dict[str, int] = {}
    for code, qty in basket.items():
        for part, each in PARTS.get(code, {code: 1}).items():
            wants[part] = wants.get(part, 0) + each * qty
    return wants


def opened() -> Shop:
    """The shop as it is opened: nothing in stock yet."""
    shop = Shop()
    shop.prices = {code: [(OPENED, minor)] for code, minor in PRICES.items()}
    return shop
