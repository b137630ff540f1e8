"""Rules about sales: holds, quotes, orders placed here and sold by a channel, stopped, released, cancelled, run out of time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import attrs
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from houtai.application.inventory.hold import ExpireHolds, HoldStock, ReleaseHeldStock, expire_holds, hold, release_held_stock
from houtai.application.orders.cancel import CancelOrder, cancel_order
from houtai.application.orders.hold import (
    HoldOrder,
    ReleaseHold,
    SettleException,
    hold_order,
    release_hold,
    settle_exception,
)
from houtai.application.orders.note import AddNote, add_note
from houtai.application.orders.pay import PayAgain, pay_again
from houtai.application.orders.place import PlaceOrder, place_order
from houtai.application.orders.policy import SetAuditPolicy, set_audit_policy
from houtai.application.orders.quote import QuoteOrder, quote_order
from houtai.application.orders.timers import run_due_timers
from houtai.domain.ids import CouponId, CustomerId, HoldId, OrderId, PaymentId, SkuId, derive
from houtai.domain.inventory.reservation import Hold as HoldRow, Want
from houtai.domain.orders.tender import TenderWish
from houtai.domain.pricing.basket import Basket, BasketLine
from houtai.domain.refusal import Refusal
from tests.simulation.house import BUYERS, CHANNEL, CODES, COSTS, HOME, PRODUCTS, SKUS, an_id
from tests.simulation.model import parts_of
from tests.simulation.records import STOPPED, Hold, Line, Order, Rules, Tender
from tests.simulation.steps import Steps, pick

HOLD_S, SCARCE_HOLD_S, SCARCE_BELOW, BUYER_CAP = 900, 300, 5, 50
SOLD = ("CUP", "BOWL", "POT", "TRAY", "SET")
baskets = st.dictionaries(st.sampled_from(SOLD), st.integers(1, 4), min_size=1, max_size=3)
buyers = st.sampled_from(BUYERS)


@attrs.frozen
class Offered:
    """A basket as it was quoted, or would have been."""

    basket: Mapping[str, int]
    buyer: CustomerId
    coupon: CouponId | None
    digest: str = ""
    payable: int = 0

    def as_basket(self) -> Basket:
        lines = tuple(BasketLine(line, SKUS[code], qty) for line, (code, qty) in enumerate(self.basket.items(), start=1))
        return Basket(CHANNEL, lines, self.buyer, () if self.coupon is None else (self.coupon,))


class Sales(Steps):
    """What buyers and the people who look after orders do."""

    def __init__(self) -> None:
        """Nothing was quoted yet."""
        super().__init__()
        self.offers: list[Offered] = []

    def order(self, choice: int) -> Order:
        """One of the orders there are, the later ones more often."""
        orders = list(self.shop.orders.values())
        return orders[-1 - choice % min(len(orders), 6)]

    # -- holds

    @rule(code=st.sampled_from(sorted(COSTS)), qty=st.integers(1, 8), buyer=buyers)
    def a_buyer_holds(self, code: str, qty: int, buyer: CustomerId) -> None:
        """Before paying."""
        self.begin("a_buyer_holds")
        self.hold_for(code, qty, buyer)

    def hold_for(self, code: str, qty: int, buyer: CustomerId) -> None:
        """Keep units of goods, or of a bundle's parts, for a buyer."""
        wants = parts_of({code: qty})
        held = sum(one.units(sku, self.now) for one in self.shop.holds.values() if one.buyer == buyer for sku in COSTS)
        reasons = ["inventory.out-of-stock"] if self.shop.short_skus(wants, self.now) else []
        reasons += ["inventory.hold-cap-reached"] if held + sum(wants.values()) > BUYER_CAP else []
        left = min(max(0, self.shop.free(sku, self.now)) - units for sku, units in wants.items())
        lines = tuple(Want(line, SKUS[sku], units) for line, (sku, units) in enumerate(wants.items(), start=1))
        cmd = HoldStock(HoldId(an_id("hold", self.fresh())), buyer, CHANNEL, lines)
        made = self.do(hold, cmd, reasons=reasons)
        if made is not None:
            assert made.expires_at == self.now + dt.timedelta(seconds=SCARCE_HOLD_S if left < SCARCE_BELOW else HOLD_S)
            self._hold_made(made, wants)

    def _hold_made(self, made: HoldRow, wants: Mapping[str, int]) -> None:
        lines = [(CODES[part.sku_id], part.warehouse_id, part.qty, True) for part in made.lines]
        got = {sku: sum(qty for one, _, qty, _ in lines if one == sku) for sku in wants}
        assert got == wants, f"held {got} for {wants}"
        self.shop.holds[made.id] = Hold(made.buyer_id, made.expires_at, lines)

    @precondition(lambda self: self.shop.holds)
    @rule(choice=pick, by_another=st.booleans())
    def a_hold_is_given_back(self, choice: int, by_another: bool) -> None:  # drawn
        """By its buyer; nobody else's is to be seen."""
        self.begin("a_hold_is_given_back")
        hold_id = list(self.shop.holds)[-1 - choice % len(self.shop.holds)]
        held = self.shop.holds[hold_id]
        buyer = next(one for one in BUYERS if (one != held.buyer) == by_another)
        if self.do(release_held_stock, ReleaseHeldStock(hold_id, buyer), reasons=("not-found",) if by_another else ()):
            self._hold_ended(held)

    @staticmethod
    def _hold_ended(held: Hold) -> None:
        held.ended = True

    @rule()
    def holds_expire(self) -> None:
        """The timer comes round."""
        self.begin("holds_expire")
        self.do(expire_holds, ExpireHolds())
        self.settle()
        for held in self.shop.holds.values():
            assert held.expires_at > self.now or not any(binds for *_, binds in held.lines), "a hold binds past its time"

    # -- ordering

    def refusals_of(self, offer: Offered) -> list[str]:
        """Why this basket cannot be quoted now."""
        off = [product for product, on in self.shop.on_sale.items() if not on]
        reasons = ["catalog.not-on-sale"] if any(code in PRODUCTS[product] for product in off for code in offer.basket) else []
        if any(self.shop.price_of(code, self.now) is None for code in offer.basket):
            return [*reasons, "pricing.not-priced"]
        coupon = self.shop.coupons[offer.coupon] if offer.coupon else None
        if coupon is not None and coupon.buyer != offer.buyer:
            reasons.append("not-found")
        elif coupon is not None and coupon.refusal(self.now):
            reasons.append(coupon.refusal(self.now))
        elif self.shop.price(offer.basket, coupon, self.now).nothing_left:
            reasons.append("pricing.coupon-not-applicable")
        return reasons

    @rule(basket=baskets, buyer=buyers, choice=st.none() | pick)
    def a_basket_is_quoted(self, basket: dict[str, int], buyer: CustomerId, choice: int | None) -> None:
        """And remembered, to be ordered later, when it may cost something else."""
        self.begin("a_basket_is_quoted")
        self.offers.append(self.quoted(basket, buyer, choice))

    def quoted(self, basket: Mapping[str, int], buyer: CustomerId, choice: int | None) -> Offered:
        """What the basket costs, which is what the model says."""
        known = list(self.shop.coupons)
        offer = Offered(dict(basket), buyer, known[-1 - choice % len(known)] if known and choice is not None else None)
        reasons = self.refusals_of(offer)
        try:
            quote = self.house.office.ask(quote_order, QuoteOrder(offer.as_basket(), HOME.region), self.act)
        except Refusal as refusal:
            self.tally.refusals[refusal.code] += 1
            assert refusal.code in reasons, f"no quote: {refusal.code}, {refusal}; expected {reasons}"
            return offer
        assert not reasons, f"quoted in spite of {reasons}"
        price = self.shop.price(basket, self.shop.coupons[offer.coupon] if offer.coupon else None, self.now)
        assert quote.payable_minor == price.payable, f"quoted {quote.payable_minor}, the model says {price.payable}"
        return attrs.evolve(offer, digest=quote.digest, payable=quote.payable_minor)

    @rule(basket=baskets, buyer=buyers, choice=st.none() | pick, more=st.integers(0, 31))
    def an_order_is_placed(self, basket: dict[str, int], buyer: CustomerId, choice: int | None, more: int) -> None:
        """At the price of this moment; by the bits of `more` in two tenders, with a remark, from a hold."""
        self.begin("an_order_is_placed")
        self.place(self.quoted(basket, buyer, choice), more, stale=False)

    @precondition(lambda self: self.offers)
    @rule(choice=pick, more=st.integers(0, 31))
    def an_old_offer_is_taken(self, choice: int, more: int) -> None:
        """As it was quoted once."""
        self.begin("an_old_offer_is_taken")
        offer = self.offers.pop(choice % len(self.offers))
        now = offer
        if offer.digest and not self.refusals_of(offer):
            basket = offer.as_basket()
            quote = self.house.office.ask(quote_order, QuoteOrder(basket, HOME.region), self.act)
            now = attrs.evolve(offer, digest=quote.digest, payable=quote.payable_minor)
        self.place(offer, more, stale=now != offer)

    def place(self, offer: Offered, more: int, *, stale: bool) -> None:
        """Place it, or see it refused for just the reasons that the model has."""
        reasons = self.refusals_of(offer) + (["pricing.price-changed"] if stale or not offer.digest else [])
        held = self._hold_for(offer, more)
        wants = parts_of(offer.basket)
        if not reasons and self.shop.short_skus(wants, self.now, self.shop.holds[held] if held else None):
            reasons.append("inventory.out-of-stock")
        if held and self.shop.holds[held].buyer != offer.buyer:
            reasons.append("not-found")
        cmd = self._command(offer, held, more)
        if self.do(place_order, cmd, reasons=reasons) is not None:
            if held:
                self._hold_ended(self.shop.holds[held])
                self.shop.holds[held].lines = [(sku, where, qty, False) for sku, where, qty, _ in self.shop.holds[held].lines]
            self._placed(offer, cmd, wants)

    def _hold_for(self, offer: Offered, more: int) -> HoldId | None:
        """The buyer's last hold where `more` says so, now and then another buyer's."""
        if not more & 4 or not self.shop.holds:
            return None
        own = [key for key, one in self.shop.holds.items() if one.buyer == offer.buyer or more & 8]
        return own[-1] if own else None

    def _command(self, offer: Offered, held: HoldId | None, more: int) -> PlaceOrder:
        order = OrderId(an_id("order", self.fresh()))
        first = TenderWish(PaymentId(derive(order, "payment", 1)), "embedded")
        wishes: tuple[TenderWish, ...] = (first,)
        if more & 1 and offer.payable > 1:
            wishes = (first, TenderWish(PaymentId(derive(order, "payment", 2)), "embedded", offer.payable // 2))
        remark = "麻烦写张贺卡" if more & 2 and more & 16 else ""
        return PlaceOrder(order, offer.as_basket(), HOME, offer.digest, offer.payable, wishes, held, remark)

    def _placed(self, offer: Offered, cmd: PlaceOrder, wants: Mapping[str, int]) -> None:
        price = self.shop.price(offer.basket, self.shop.coupons[offer.coupon] if offer.coupon else None, self.now)
        lines = {(sku, False): Line(qty) for sku, qty in wants.items()}
        order = Order(
            id=cmd.order,
            lines=lines,
            payable=price.payable,
            tenders={wish.payment: Tender(wish.amount_minor or 0) for wish in cmd.tenders if price.payable},
            coupon=offer.coupon,
            budget_minor=price.budget_minor,
            campaign=price.campaign,
            remark=bool(cmd.remark),
            low_priced=price.low_priced,
            expires_at=self.now + dt.timedelta(minutes=self.shop.rules.payment_minutes),
        )
        if order.tenders:
            rest = order.tenders[cmd.tenders[0].payment]
            rest.minor = price.payable - sum(one.minor for one in order.tenders.values())
        self.shop.order_placed(order, self.now)
        if price.gifts:
            there = max(0, self.shop.free("SPOON", self.now))
            lines["SPOON", True] = Line(price.gifts, max(0, price.gifts - there))

    @precondition(lambda self: self.shop.orders)
    @rule(choice=pick)
    def another_payment_is_begun(self, choice: int) -> None:
        """For what is left after one failed."""
        self.begin("another_payment_is_begun")
        order = self.order(choice)
        waiting = sum(one.minor for one in order.tenders.values() if one.state in ("open", "captured"))
        pending = order.state == "pending-payment" and order.payable > waiting
        payment = PaymentId(derive(order.id, "payment", "again", self.fresh()))
        cmd = PayAgain(order.id, TenderWish(payment, "embedded"))
        if self.do(pay_again, cmd, reasons=() if pending else ("orders.nothing-to-pay",)):
            order.tenders[payment] = Tender(order.payable - waiting)

    # -- looking after orders

    @precondition(lambda self: self.shop.orders)
    @rule(choice=pick, stale=st.booleans())
    def an_order_is_cancelled(self, choice: int, stale: bool) -> None:  # drawn
        """From wherever it stands, or as somebody saw it long ago."""
        self.begin("an_order_is_cancelled")
        self.cancel(self.order(choice), stale=stale)

    def cancel(self, order: Order, *, stale: bool = False) -> None:
        """End an order, or see that it cannot be ended."""
        over = order.state in ("cancelled", "expired", "completed")
        gone = any(part.out for part in self.shop.parts_of(order))
        version = self.seen.orders[order.id].version
        reasons = [*(["illegal-move"] if over else []), *(["version-conflict"] if stale else [])]
        reasons += ["outbound.must-return"] if gone else []
        cmd = CancelOrder(order.id, "buyer changed their mind", version + 1 if stale else None)
        if self.do(cancel_order, cmd, reasons=reasons):
            for part in self.shop.parts_of(order):
                if not part.stopped:
                    part.stop()
            self.shop.ended(order, "cancelled", self.now)

    @precondition(lambda self: self.shop.orders)
    @rule(choice=pick)
    def an_order_is_stopped(self, choice: int) -> None:
        """By hand."""
        self.begin("an_order_is_stopped")
        order = self.order(choice)
        reasons = () if order.state in ("paid", "confirmed") else ("illegal-move",)
        if self.do(hold_order, HoldOrder(order.id, "call the buyer"), reasons=reasons):
            self.shop.halt(order, "hold", {"by-hand"}, self.now)

    @precondition(lambda self: self.shop.orders)
    @rule(choice=pick)
    def a_stopped_order_is_released(self, choice: int) -> None:
        """Past the rules, unless its goods are not there."""
        self.begin("a_stopped_order_is_released")
        order = self.order(choice)
        reasons = () if order.state == "hold" else ("orders.not-on-hold",)
        reasons = ("orders.still-short",) if order.state == "hold" and order.short else reasons
        if self.do(release_hold, ReleaseHold(order.id, "looked at"), reasons=reasons):
            self.shop.released(order, self.now)

    @precondition(lambda self: any(one.state in STOPPED for one in self.shop.orders.values()))
    @rule(choice=pick)
    def an_exception_is_settled(self, choice: int) -> None:
        """Goods that it lost are looked for once more."""
        self.begin("an_exception_is_settled")
        stopped = [one for one in self.shop.orders.values() if one.state in STOPPED]
        order = stopped[-1 - choice % len(stopped)]
        assert order.stop is not None
        reasons: tuple[str, ...] = () if order.state == "exception" else ("orders.not-on-hold",)
        if not reasons and "unmatched-goods" in order.stop.rules:
            reasons = ("orders.still-unmatched",)
        if not reasons and "reservation-lapsed" in order.stop.rules and not self.shop.secured_again(order, self.now):
            reasons = ("inventory.out-of-stock",)
        if self.do(settle_exception, SettleException(order.id, "called the buyer"), reasons=reasons):
            self.shop.go_on(order, self.now)

    @rule()
    def timers_run(self) -> None:
        """Unpaid orders expire, merge windows close, stopped orders lose their goods."""
        self.begin("timers_run")
        self.let_timers_run()

    def let_timers_run(self) -> None:
        """They move just the orders that the model moves."""
        moved = run_due_timers(self.house.office)
        assert moved == self.shop.time_passed(self.now)

    @rule(merge=st.sampled_from((0, 10)), minutes=st.sampled_from((5, 30)), hours=st.sampled_from((1, 72)))
    def the_policy_changes(self, merge: int, minutes: int, hours: int) -> None:
        """For orders that are looked at from now on."""
        self.begin("the_policy_changes")
        spans: dict[str, Any] = {"merge_minutes": merge, "payment_minutes": minutes, "reserve_hours": hours}
        version = self.shop.rules.version
        self.do(set_audit_policy, SetAuditPolicy(version + 1, CHANNEL, **spans), reasons=("version-conflict",))
        self.do(set_audit_policy, SetAuditPolicy(version, CHANNEL, **spans))
        self.shop.rules = Rules(merge, minutes, hours, version + 1)

    @precondition(lambda self: self.shop.orders)
    @rule(choice=pick, known=st.booleans())
    def a_note_is_written(self, choice: int, known: bool) -> None:  # drawn
        """On an order, or on one that there is not."""
        self.begin("a_note_is_written")
        order_id = self.order(choice).id if known else OrderId(an_id("no order", self.fresh()))
        self.do(add_note, AddNote(order_id, "贺卡已写"), reasons=() if known else ("not-found",))

    @rule(basket=baskets)
    def something_unknown_is_ordered(self, basket: dict[str, int]) -> None:
        """Goods that do not exist, from a buyer who does not."""
        self.begin("something_unknown_is_ordered")
        offer = Offered(basket, CustomerId(an_id("nobody")), None, "digest", 100)
        cmd = self._command(offer, None, 0)
        lines = (BasketLine(1, SkuId(an_id("nothing")), 1),)
        self.do(place_order, cmd, reasons=("not-found", "catalog.not-on-sale"))
        self.do(place_order, attrs.evolve(cmd, basket=Basket(CHANNEL, lines, BUYERS[0])), reasons=("not-found",))
