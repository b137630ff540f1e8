"""A hundred at once want all the money of one order back: it goes out once, and everybody else is told why not (R-6, M4)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import attrs
import pytest

from houtai.adapters.payments.embedded import EmbeddedGateway
from houtai.application.aftersales.apply import ApplyForClaim, apply_for_claim
from houtai.application.orders.cancel import CancelOrder, cancel_order
from houtai.application.orders.place import place_order
from houtai.application.payments.cashier import Cashier
from houtai.application.payments.notices import ReceiveNotice, receive_notice
from houtai.application.payments.refund import RefundPayment, refund_payment
from houtai.domain.aftersales.claim import Claim
from houtai.domain.aftersales.reason import Reason
from houtai.domain.ids import ClaimId, PaymentId, RefundId, derive, new_id
from houtai.domain.orders.order import Order
from houtai.domain.orders.state import OrderState
from houtai.domain.orders.tender import TenderWish
from houtai.domain.refusal import Refusal
from tests.aftersales.desk import REFUND, ServiceDesk
from tests.orders.shop import ACCOUNT, PROVIDER
from tests.payments.till import in_parallel

A_HUNDRED = 100
CLEAR = {
    "aftersales.not-eligible",  # the order is over
    "aftersales.more-than-kept",  # its units went back with another claim
    "payments.refund-over-rest",  # its money is on its way
    "payments.refund-over-payment",
    "illegal-move",  # it was cancelled already
}


class Bank:
    """The provider, and the cashier who talks to it."""

    def __init__(self, desk: ServiceDesk) -> None:
        self.desk = desk
        self.gateway = EmbeddedGateway(desk.shop.clock, secret=b"a secret", recipient=ACCOUNT)
        self.cashier = Cashier(desk.office, {PROVIDER: self.gateway})

    def pay(self, order: Order) -> None:
        """Every tender, and the provider tells."""
        for tender in order.tenders:
            self.cashier.create(tender.payment_id, first=True)
            self.gateway.pay(tender.payment_id)
        for call in self.gateway.callbacks():
            notice = self.gateway.parse_notice(call.raw, call.headers, self.desk.shop.clock.now())
            self.desk.office.perform(receive_notice, ReceiveNotice(PROVIDER, ACCOUNT, notice), self.desk.act)

    def pay_out(self, order: Order) -> None:
        """Several workers tell it of every refund at once."""
        refunds = [one for one in self.desk.shop.refunds(order) for _ in range(3)]
        told = in_parallel(lambda one: self.cashier.refund(one.id, one.attempt), refunds)
        assert told == [None] * len(refunds)

    def out(self, order: Order) -> list[int]:
        """What has really left, tender by tender."""
        return [self.gateway.money_out(tender.payment_id) for tender in order.tenders]


@pytest.fixture
def bank(desk: ServiceDesk) -> Iterator[Bank]:
    """Of this desk's shop."""
    opened = Bank(desk)
    yield opened
    opened.gateway.close()


def paid_twice_over(desk: ServiceDesk, bank: Bank) -> Order:
    """An order paid by two tenders, with freight and a coupon."""
    desk.shop.charge_freight(1_000)
    desk.rules(auto_approve_minor=1_000_000)
    wish = desk.shop.wish([desk.shop.coupon(3_000)], CUP=2, BOWL=3)
    second = TenderWish(PaymentId(derive(wish.order, "payment", 2)), PROVIDER, 7_777)
    order = desk.office.perform(place_order, attrs.evolve(wish, tenders=(*wish.tenders, second)), desk.act)
    bank.pay(order)
    return desk.shop.order(order)


def claim_all(desk: ServiceDesk, order: Order) -> Claim:
    wishes = desk.wishes(order, CUP=2, BOWL=3)
    cmd = ApplyForClaim(ClaimId(new_id()), order.id, REFUND, Reason.NOT_WANTED, wishes)
    return desk.office.perform(apply_for_claim, cmd, desk.act)


def cancel(desk: ServiceDesk, order: Order) -> Order:
    return desk.office.perform(cancel_order, CancelOrder(order.id, "wanted by everybody"), desk.act)


def refund_directly(desk: ServiceDesk, order: Order) -> Any:
    tender = order.tenders[0]
    cmd = RefundPayment(RefundId(new_id()), tender.payment_id, order.money(tender.amount_minor), "by hand")
    return desk.office.perform(refund_payment, cmd, desk.act)


def refusals(results: list[Any]) -> Counter[str]:
    """Why the others got nothing; anything but a refusal is a fault."""
    for result in results:
        assert isinstance(result, Refusal) or not isinstance(result, Exception), repr(result)
    return Counter(result.code for result in results if isinstance(result, Refusal))


def test_a_hundred_claims_for_everything_pay_out_just_once_what_was_paid(desk: ServiceDesk, bank: Bank) -> None:
    order = paid_twice_over(desk, bank)
    results = in_parallel(lambda _: claim_all(desk, order), range(A_HUNDRED))
    refused = refusals(results)
    assert (refused.total(), set(refused) - CLEAR) == (A_HUNDRED - 1, set())
    bank.pay_out(order)
    assert bank.out(order) == [one.amount_minor for one in order.tenders]
    assert sorted(desk.owed(order)) == sorted(one.amount_minor for one in order.tenders)
    assert desk.books("customer-deposits", "refund-payable", "cash") == dict.fromkeys(
        ("customer-deposits", "refund-payable", "cash"), 0
    )


def test_claims_cancellations_and_refunds_by_hand_at_once_pay_out_just_what_was_paid(desk: ServiceDesk, bank: Bank) -> None:
    order = paid_twice_over(desk, bank)
    deeds = [(claim_all, cancel, refund_directly)[number % 3] for number in range(A_HUNDRED)]
    results = in_parallel(lambda deed: deed(desk, order), deeds)
    refused = refusals(results)
    assert set(refused) - CLEAR == set()
    won = Counter(type(result).__name__ for result in results if not isinstance(result, Refusal))
    assert won["Claim"] + won["Order"] == 1
    assert won["Refund"] <= 1
    bank.pay_out(order)
    assert bank.out(order) == [one.amount_minor for one in order.tenders]
    assert sum(desk.owed(order)) == order.payable_minor
    assert desk.shop.order(order).state is OrderState.CANCELLED
    assert desk.books("refund-payable", "cash") == {"refund-payable": 0, "cash": 0}
