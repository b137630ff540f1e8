"""The play of orders and claims once more where orders are paid with points, grant points and coupons, and points end."""

from __future__ import annotations

import datetime as dt

import attrs
from hypothesis import strategies as st
from hypothesis.stateful import rule

from houtai.adapters.payments.embedded import EmbeddedGateway
from houtai.application.orders.place import place_order
from houtai.application.pricing.templates import DefineTemplate, MoveTemplate, TemplateTerms, define_template, move_template
from houtai.domain.ids import CouponTemplateId, PaymentId, derive, new_id
from houtai.domain.money import Money
from houtai.domain.orders.order import Order
from houtai.domain.orders.tender import POINTS, TenderWish
from houtai.domain.payments.payment import Tender
from houtai.domain.points.policy import ShortBalance
from houtai.domain.pricing.coupons import CouponState, FixedValue, TemplateState
from houtai.domain.rewards.rule import Usable
from tests.aftersales.counter import SECRET, Counter, Rows
from tests.aftersales.machine import Counters
from tests.points.purse import MANY, Purse
from tests.rewards.counter import coupons_of, define


class Provider(EmbeddedGateway):
    """It knows of no payment in points: nobody pays those there, and what went back of them is what the house says."""

    def __init__(self, counter: RewardingCounter) -> None:
        super().__init__(counter.clock, secret=SECRET)
        self.counter = counter

    def pay(self, payment_id: PaymentId, amount: Money | None = None, *, delay_s: int = 0) -> str:
        """See `EmbeddedGateway.pay`."""
        return "" if payment_id in self.counter.in_points else super().pay(payment_id, amount, delay_s=delay_s)

    def money_out(self, payment_id: PaymentId) -> int:
        """See `EmbeddedGateway.money_out`."""
        if payment_id in self.counter.in_points:
            return self.counter.rows().payments[payment_id].refunded_minor
        return super().money_out(payment_id)


class RewardingCounter(Counter):
    """The counter, with a buyer who has points and rules that grant at once: every grant may be used before its order ends."""

    def __init__(self) -> None:
        super().__init__()
        self.gateway.close()
        self.in_points: set[PaymentId] = set()
        self.gateway = Provider(self)
        self.cashier._gateways = {"embedded": self.gateway}  # the one that it was made with is closed
        self.purse = Purse(self.shop, valid_days=8)
        self.purse.ask(9_000)
        define(self.shop, points_per_100_minor=70, usable=Usable.AT_PAYMENT)
        define(self.shop, points_per_100_minor=20)
        define(self.shop, template=self._template(), threshold_minor=15_000, usable=Usable.AT_PAYMENT)

    def _template(self) -> CouponTemplateId:
        act, template = self.act, CouponTemplateId(new_id())
        until = act.at + dt.timedelta(days=30)
        terms = TemplateTerms("返券", FixedValue(2_000), act.at, until, quota_qty=100, per_customer=100)
        self.office.perform(define_template, DefineTemplate(template, "BACK", "CNY", terms), act)
        return self.office.perform(move_template, MoveTemplate(template, 1, TemplateState.ACTIVE), act).id

    def place(self, units: dict[str, int], *, coupon: bool, tenders: int) -> Order:
        """Paid with points in part where there are two tenders, with a coupon that an order granted where there is one."""
        usable = [one.id for one in coupons_of(self.shop) if one.state is CouponState.ISSUED]
        wish = self.shop.wish(usable[:1] if coupon else [], None, **units)
        spent = min(self.purse.standing().worth_minor, wish.quoted_minor // 3)
        if tenders > 1 and spent:
            more = TenderWish(PaymentId(derive(wish.order, "payment", 2)), POINTS, spent)
            self.in_points.add(more.payment)
            wish = attrs.evolve(wish, tenders=(*wish.tenders, more))
        order = self.office.perform(place_order, wish, self.act)
        self.orders.append(order.id)
        for tender in order.tenders:
            if tender.provider != POINTS:
                self.cashier.create(tender.payment_id, first=True)
        return order

    def rows(self) -> Rows:
        """Everything, points counted as the cash that the model takes every payment for."""
        rows = super().rows()
        held = sum(one.captured_minor - one.refunded_minor for one in rows.payments.values() if one.tender is Tender.POINTS)
        return attrs.evolve(rows, books={**rows.books, "cash": rows.books.get("cash", 0) + held})


class RewardingCounters(Counters):
    """What happens at that counter."""

    def __init__(self) -> None:
        super().__init__()
        self.counter.close()
        self.counter: RewardingCounter = RewardingCounter()
        self.desk = self.counter.desk
        self.told = self.counter.rows()

    @rule(what=st.sampled_from(["cash", "negative", "more", "fewer", "end"]))
    def points_move(self, what: str) -> None:
        """Those that are over end; the house thinks again about late and lacking ones; some come by hand, some go."""
        if what == "end":
            self.attempt("points end", self.counter.purse.end)
        elif what in ("more", "fewer"):
            self.attempt("points by hand", lambda: self.counter.purse.ask(1_000 if what == "more" else -4_000))
        else:
            fields = {"most_permille": 1_000, "adjust_alone_points": MANY, "valid_days": 8}
            grace_days = 3 if what == "cash" else 0
            self.attempt("policy", lambda: self.counter.purse.rules(on_short=ShortBalance(what), grace_days=grace_days, **fields))
