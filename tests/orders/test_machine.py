"""Any order of placing, paying, paying again, late and twice, expiring, holding, cancelling: what must hold after each step."""

from __future__ import annotations

from typing import Any

import attrs
from hypothesis import settings, strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule

from houtai.adapters.memory.store import MemoryStore
from houtai.application.house import OF_DOCUMENT
from houtai.application.inventory.ports import RESERVATION_BY_ORDER
from houtai.application.office import Office
from houtai.application.orders.hold import HoldOrder, ReleaseHold, SettleException, hold_order, release_hold, settle_exception
from houtai.application.orders.pay import PayAgain, pay_again
from houtai.application.orders.timers import run_due_timers
from houtai.domain.ids import CouponId, OrderId, PaymentId, new_id
from houtai.domain.inventory.refusals import OutOfStock
from houtai.domain.orders.order import Order, check_sums
from houtai.domain.orders.refusals import NothingToPay, NotOnHold, StillShort
from houtai.domain.orders.state import BORN, MOVES, PAID_FOR, OrderState
from houtai.domain.orders.tender import TenderState, TenderWish
from houtai.domain.pricing.coupons import CouponState
from houtai.domain.refusal import IllegalMove
from tests.conftest import StillClock
from tests.inventory.invariants import broken
from tests.orders.shop import PROVIDER, Shop

LIVE = PAID_FOR | {OrderState.PENDING_PAYMENT}
COUPON_OF = {
    **dict.fromkeys(PAID_FOR, CouponState.REDEEMED),
    OrderState.PENDING_PAYMENT: CouponState.LOCKED,
}


class OrdersMachine(RuleBasedStateMachine):
    """A shop with little stock and few coupons, and a provider that repeats itself."""

    orders: Bundle[OrderId] = Bundle("orders")
    free_coupons: Bundle[CouponId] = Bundle("free_coupons")

    def __init__(self) -> None:
        super().__init__()
        self.store = MemoryStore()
        clock = StillClock()
        self.shop = Shop(Office(self.store, clock), clock, stock=4)
        self.shop.give_spoon()
        self.clock = clock
        self.coupons: dict[OrderId, CouponId] = {}
        self.told = 0

    # -- deeds

    @rule(target=free_coupons)
    def issue_a_coupon(self) -> CouponId:
        return self.shop.coupon()

    @rule(target=orders, code=st.sampled_from(["CUP", "SET"]), qty=st.integers(1, 3), coupon=st.none() | consumes(free_coupons))
    def place(self, code: str, qty: int, coupon: CouponId | None) -> Any:
        try:
            order = self.shop.place([coupon] if coupon else (), None, **{code: qty})
        except OutOfStock:
            return new_id()  # an order that never came about: every deed on it is skipped
        if coupon:
            self.coupons[order.id] = coupon
        return order.id

    @rule(target=orders, qty=st.integers(1, 3), minor=st.sampled_from([0, 0, 1]), number=st.integers(1, 3))
    def channel_pushes(self, qty: int, minor: int, number: int) -> Any:
        push = self.shop.sold_by_channel(f"TM-{number}-{qty}-{minor}", BOWL=qty)
        return self.shop.import_order(
            attrs.evolve(push, payments=(attrs.evolve(push.payments[0], amount_minor=push.payments[0].amount_minor - minor),))
        ).id

    @rule(order=orders, tender=st.integers(0, 2), again=st.booleans())
    def provider_reports_money(self, order: OrderId, tender: int, again: bool) -> None:
        found = self._find(order)
        if found is None or found.external_id or tender >= len(found.tenders):
            return
        self.told += 1
        same = f"captured-{found.tenders[tender].payment_id}"
        self.shop.capture(found, tender, event=same if again else f"{same}-{self.told}")

    @rule(order=orders)
    def provider_collects_twice(self, order: OrderId) -> None:
        found = self._find(order)
        if found is None or found.external_id:
            return
        self.told += 1
        self.shop.capture(found, event=f"twice-{self.told}", ref=f"other-money-{self.told}")

    @rule(order=orders)
    def provider_declines(self, order: OrderId) -> None:
        found = self._find(order)
        if found is not None and not found.external_id:
            self.shop.decline(found)

    @rule(order=orders)
    def buyer_pays_again(self, order: OrderId) -> None:
        if self._find(order) is None:
            return
        try:
            cmd = PayAgain(order, TenderWish(PaymentId(new_id()), PROVIDER))
            self.shop.office.perform(pay_again, cmd, self.shop.act)
        except NothingToPay:
            pass

    @rule(minutes=st.sampled_from([10, 31, 31, 60 * 73]))
    def time_passes(self, minutes: int) -> None:
        self.clock.advance(minutes=minutes)
        run_due_timers(self.shop.office)
        assert run_due_timers(self.shop.office) == 0

    @rule(order=orders)
    def cancel(self, order: OrderId) -> None:
        self._attempt(order, self.shop.cancel)

    @rule(order=orders)
    def hold(self, order: OrderId) -> None:
        self._attempt(order, lambda found: self._perform(hold_order, HoldOrder(found.id, "wait")))

    @rule(order=orders)
    def release(self, order: OrderId) -> None:
        self._attempt(order, lambda found: self._perform(release_hold, ReleaseHold(found.id, "go on")))

    @rule(order=orders)
    def settle(self, order: OrderId) -> None:
        self._attempt(order, lambda found: self._perform(settle_exception, SettleException(found.id, "accepted")))

    def _perform(self, deed: Any, cmd: Any) -> None:
        self.shop.office.perform(deed, cmd, self.shop.act)

    def _attempt(self, order: OrderId, deed: Any) -> None:
        found = self._find(order)
        if found is None:
            return
        try:
            deed(found)
        except (IllegalMove, NotOnHold, OutOfStock, StillShort) as refusal:
            assert self._find(order) == found, f"{refusal} left a trace"

    # -- what must hold

    def _find(self, order: OrderId) -> Order | None:
        found: Order | None = self.store.shelves["orders"].held.get(order)
        return found

    def _all(self) -> list[Order]:
        return list(self.store.shelves["orders"].held.values())

    @invariant()
    def stock_is_bound_by_open_reservations_and_nothing_else(self) -> None:
        assert broken(self.shop.office, self.shop.act, list(self.shop.sku.values())) == []
        with self.store.snapshot() as views:
            for order in self._all():
                found: dict[int, int] = {}
                for one in views.reservations.by(RESERVATION_BY_ORDER, order.id):
                    if one.open:
                        found[one.line] = found.get(one.line, 0) + one.qty
                wanted = {line.seq: line.open_qty - line.shortage_qty for line in order.lines} if order.state in LIVE else {}
                assert found == {line: qty for line, qty in wanted.items() if qty}, order.number

    @invariant()
    def never_more_goes_back_than_came_in(self) -> None:
        for payment in self.store.shelves["payments"].held.values():
            refunds = [one.amount.minor for one in self.store.shelves["refunds"].held.values() if one.payment_id == payment.id]
            assert sum(refunds) == payment.refund_minor <= payment.captured_minor

    @invariant()
    def deposits_are_what_live_orders_have_paid(self) -> None:
        assert self.shop.balance("customer-deposits") == -sum(order.paid_minor for order in self._all())
        for order in self._all():
            if order.state in PAID_FOR:
                assert order.external_id or order.paid_minor == order.payable_minor
            elif order.state is not OrderState.PENDING_PAYMENT:
                assert order.paid_minor == 0
                assert all(tender.state is not TenderState.CAPTURED for tender in order.tenders)

    @invariant()
    def coupons_stand_as_their_orders_do(self) -> None:
        for order_id, coupon in self.coupons.items():
            order = self._find(order_id)
            assert order is not None
            assert self.shop.coupon_of(coupon).state is COUPON_OF.get(order.state, CouponState.ISSUED)

    @invariant()
    def every_order_has_one_history_of_legal_moves(self) -> None:
        with self.store.snapshot() as views:
            for order in self._all():
                check_sums(order)
                entries = sorted(views.timeline.by(OF_DOCUMENT, order.id), key=lambda entry: entry.version)
                assert [entry.version for entry in entries] == list(range(1, order.version + 1))
                assert entries[-1].after == order.state.value
                here = ""
                for entry in entries:
                    legal = {state.value for state in (MOVES[OrderState(here)] if here else BORN)}
                    assert entry.before == here
                    assert entry.after in legal | {here}
                    here = entry.after


OrdersMachine.TestCase.settings = settings(max_examples=30, stateful_step_count=25, deadline=None)
TestOrders = OrdersMachine.TestCase
