"""The golden cases of returns, by name, through use cases on every adapter: claims, goods, money and books."""

from __future__ import annotations

from houtai.application.catalog.describe import EditSku, edit_sku
from houtai.application.payments.answers import RecordRefundAnswer, record_refund_answer, submit_refund
from houtai.domain.aftersales.reason import Reason
from houtai.domain.aftersales.state import ClaimState
from houtai.domain.catalog.sku import Component, ReturnPolicy
from houtai.domain.orders.state import OrderState
from houtai.domain.payments.answer import GatewayAnswer, Standing
from houtai.domain.payments.refund import RefundState
from tests.aftersales.desk import REFUND, RETURN, ServiceDesk


def test_g3_of_an_order_that_a_coupon_paid_for_a_return_gives_back_only_freight_and_only_by_its_rule(desk: ServiceDesk) -> None:
    desk.shop.charge_freight(1_000)
    order = desk.shop.paid([desk.shop.coupon(99_999)], CUP=1, BOWL=1)
    desk.shipped(order)
    unwanted = desk.claim(order, RETURN, Reason.NOT_WANTED, CUP=1)  # worth nothing: approved by rule
    unwanted = desk.look(desk.back(unwanted, CUP=1), "CUP", 1)
    assert (unwanted.state, unwanted.decided_minor, desk.owed(order)) == (ClaimState.COMPLETED, 0, [])
    broken = desk.returned(order, Reason.DAMAGED_ON_THE_WAY, BOWL=1)
    assert (broken.decided_minor, desk.owed(order)) == (400, [400])


def test_g5_five_yuan_without_goods_and_then_all_of_them_are_just_what_was_paid(desk: ServiceDesk) -> None:
    coupon = desk.shop.coupon(3_000)
    order = desk.shop.paid([coupon], CUP=1, BOWL=3)
    desk.shipped(order)
    assert desk.refunded(order, REFUND, Reason.GOODWILL, minor={"BOWL": 500}).decided_minor == 500
    singles = [desk.returned(order, BOWL=1).decided_minor for _ in range(3)]
    assert singles == [5_181, 5_181, 5_180]
    assert desk.returned(order, CUP=1).decided_minor == 8_918
    desk.pay_out(order)
    assert (sum(desk.owed(order)), desk.shop.order(order).state) == (24_960, OrderState.CLOSED_REFUNDED)
    assert desk.books("cash", "customer-deposits", "refund-payable", "promotion-platform") == dict.fromkeys(
        ("cash", "customer-deposits", "refund-payable", "promotion-platform"), 0
    )


def test_g7_a_component_of_a_bundle_comes_back_and_then_the_rest_as_a_bundle(desk: ServiceDesk) -> None:
    part_by_part(desk)
    order = desk.shop.paid(SET=1)
    desk.shipped(order)
    assert [line.paid_minor for line in order.lines] == [12_036, 7_864]
    stock = {code: desk.stock(code).sellable_qty for code in ("POT", "TRAY")}
    assert desk.returned(order, TRAY=1).decided_minor == 3_932
    assert desk.returned(order, POT=1, TRAY=1).decided_minor == 12_036 + 3_932
    assert desk.shop.order(order).state is OrderState.CLOSED_REFUNDED
    assert {code: desk.stock(code).sellable_qty - had for code, had in stock.items()} == {"POT": 1, "TRAY": 2}


def part_by_part(desk: ServiceDesk) -> None:
    """The shop takes the set back piece by piece."""
    sku = desk.shop.sku
    parts = (Component(sku["POT"], 1), Component(sku["TRAY"], 2))
    cmd = EditSku(sku["SET"], 1, components=parts, return_policy=ReturnPolicy.COMPONENT)
    desk.office.perform(edit_sku, cmd, desk.act)


def test_g14_freight_goes_back_once_with_three_claims_on_one_order(desk: ServiceDesk) -> None:
    desk.shop.charge_freight(1_000)
    order = desk.shop.paid(CUP=3)
    desk.shipped(order)
    claims = [desk.approve(desk.claim(order, RETURN, CUP=1)) for _ in range(3)]
    for claim in claims:
        looked_at = desk.look(desk.back(claim, CUP=1), "CUP", 1)
        if looked_at.state is ClaimState.INSPECTED:  # a fen more than was approved: somebody decides
            desk.decide(looked_at, 9_990 + 334)
    freight = order.payable_minor - 3 * 9_990
    assert sorted(one.decided_minor or 0 for one in map(desk.now, claims)) == [9_990 + 333, 9_990 + 333, 9_990 + 334]
    assert (freight, sum(desk.owed(order)), desk.shop.balance("freight-income")) == (1_000, order.payable_minor, 0)


def test_g17_a_claims_refund_whose_answer_was_lost_is_paid_out_once(desk: ServiceDesk) -> None:
    order = desk.shop.paid(CUP=1)
    claim = desk.refunded(order, REFUND, Reason.NOT_WANTED, CUP=1)
    (refund,) = desk.shop.refunds(order)
    desk.office.perform(submit_refund, refund.id, desk.act)
    lost = RecordRefundAnswer(refund.id, 1, GatewayAnswer(Standing.NO_ANSWER, desk.shop.clock.now(), error="timed out"))
    assert desk.office.perform(record_refund_answer, lost, desk.act).state is RefundState.SUBMITTED
    assert desk.now(claim).state is ClaimState.REFUNDING
    done = GatewayAnswer(Standing.DONE, desk.shop.clock.now(), money_ref="out-1", amount=refund.amount)
    for _ in range(2):  # the late success, and the answer to our question
        desk.office.perform(record_refund_answer, RecordRefundAnswer(refund.id, 1, done), desk.act)
    assert (desk.now(claim).state, desk.shop.balance("cash")) == (ClaimState.COMPLETED, 0)
