"""Claims from the wish to goods and money, on every adapter: states, stock, books (SM-AS)."""

from __future__ import annotations

from houtai.application.aftersales.apply import CancelClaim, cancel_claim
from houtai.domain.aftersales.claim import Disposition, Grade
from houtai.domain.aftersales.reason import Reason
from houtai.domain.aftersales.state import ClaimState
from houtai.domain.orders.state import OrderState
from tests.aftersales.desk import EXCHANGE, REFUND, RETURN, ServiceDesk

UNIT_COST = 500


def test_a_unit_comes_back_whole_and_its_money_goes_out(desk: ServiceDesk) -> None:
    order = desk.shop.paid(CUP=2, BOWL=1)
    desk.shipped(order)
    stock, cogs = desk.stock("CUP"), desk.shop.balance("cogs")
    claim = desk.approve(desk.claim(order, RETURN, CUP=1))
    assert (claim.state, claim.offered_minor) == (ClaimState.AWAITING_RETURN, 9_990)
    claim = desk.back(desk.tell(claim), CUP=1)
    assert claim.state is ClaimState.RECEIVED
    assert desk.stock("CUP").return_pending_qty == 1
    assert desk.shop.balance("cogs") == cogs - UNIT_COST
    claim = desk.look(claim, "CUP", 1)
    assert (claim.state, claim.decided_minor, desk.owed(order)) == (ClaimState.REFUNDING, 9_990, [9_990])
    after = desk.stock("CUP")
    assert (after.sellable_qty, after.value_minor) == (stock.sellable_qty + 1, stock.value_minor + UNIT_COST)
    assert desk.books("sales-returns", "customer-deposits", "refund-payable") == {
        "sales-returns": 9_990,
        "customer-deposits": 0,
        "refund-payable": -9_990,
    }
    desk.pay_out(order)
    assert desk.now(claim).state is ClaimState.COMPLETED
    assert desk.shop.balance("refund-payable") == 0
    assert desk.shop.order(order).state is OrderState.RELEASED


def test_everything_comes_back_and_the_order_is_closed(desk: ServiceDesk) -> None:
    desk.shop.charge_freight(1_000)
    coupon = desk.shop.coupon(3_000)
    order = desk.shop.paid([coupon], CUP=1, BOWL=3)
    desk.shipped(order)
    claim = desk.returned(order, CUP=1, BOWL=3)
    assert claim.decided_minor == order.payable_minor
    closed = desk.shop.order(order)
    assert (closed.state, closed.paid_minor) == (OrderState.CLOSED_REFUNDED, 0)
    assert desk.shop.coupon_of(coupon).state.value == "issued"
    assert desk.books("customer-deposits", "promotion-platform", "freight-income", "cogs") == dict.fromkeys(
        ("customer-deposits", "promotion-platform", "freight-income", "cogs"), 0
    )
    assert desk.shop.balance("sales-returns") == -desk.shop.balance("revenue")


def test_units_that_have_not_left_are_given_up_and_paid_back(desk: ServiceDesk) -> None:
    order = desk.shop.paid(CUP=2, BOWL=1)
    claim = desk.refunded(order, REFUND, Reason.NOT_WANTED, CUP=1)
    assert (claim.state, desk.owed(order), desk.shop.reserved("CUP")) == (ClaimState.REFUNDING, [9_990], 1)
    after = desk.shop.order(order)
    assert [(line.qty, line.cancelled_qty) for line in after.lines] == [(2, 1), (1, 0)]
    assert desk.books("sales-returns", "customer-deposits") == {
        "sales-returns": 0,
        "customer-deposits": -(order.payable_minor - 9_990),
    }
    desk.shipped(after)
    assert desk.shop.balance("customer-deposits") == 0


def test_giving_everything_up_before_it_leaves_cancels_the_order(desk: ServiceDesk) -> None:
    desk.shop.charge_freight(1_000)
    order = desk.shop.paid(CUP=2)
    desk.refunded(order, REFUND, Reason.NOT_WANTED, CUP=2)
    assert desk.shop.order(order).state is OrderState.CANCELLED
    assert desk.owed(order) == [order.payable_minor]
    assert (desk.shop.reserved("CUP"), desk.shop.balance("customer-deposits")) == (0, 0)


def test_an_order_with_its_warehouse_is_stopped_and_goes_on_without_the_units(desk: ServiceDesk) -> None:
    order = desk.shop.paid(CUP=2, BOWL=1)
    sent = desk.released(order)
    desk.refunded(order, REFUND, Reason.NOT_WANTED, CUP=1)
    assert desk.sent_by_id(sent.id).stopped
    after = desk.shop.order(order)
    assert (after.state, desk.shop.reserved("CUP")) == (OrderState.CONFIRMED, 1)


def test_a_damaged_unit_is_scrapped_and_its_loss_written_down(desk: ServiceDesk) -> None:
    order = desk.shop.paid(CUP=1)
    desk.shipped(order)
    claim = desk.back(desk.approve(desk.claim(order, RETURN, CUP=1)), CUP=1)
    before = desk.shop.balance("inventory")
    claim = desk.look(claim, "CUP", 1, Disposition.SCRAP, Grade.DAMAGED)
    assert claim.state is ClaimState.REFUNDING
    assert (desk.shop.balance("write-down"), desk.shop.balance("inventory")) == (UNIT_COST, before - UNIT_COST)
    assert desk.stock("CUP").return_pending_qty == 0


def test_a_b_grade_unit_is_worth_less(desk: ServiceDesk) -> None:
    order = desk.shop.paid(CUP=1)
    desk.shipped(order)
    claim = desk.back(desk.approve(desk.claim(order, RETURN, CUP=1)), CUP=1)
    desk.look(claim, "CUP", 1, Disposition.B_GRADE, Grade.OPENED)
    assert (desk.stock("CUP").b_grade_qty, desk.shop.balance("write-down")) == (1, UNIT_COST * 30 // 100)


def test_a_unit_that_is_refused_goes_back_to_the_buyer(desk: ServiceDesk) -> None:
    order = desk.shop.paid(CUP=1)
    desk.shipped(order)
    claim = desk.back(desk.approve(desk.claim(order, RETURN, CUP=1)), CUP=1)
    claim = desk.look(claim, "CUP", 1, Disposition.TO_CUSTOMER, Grade.NOT_OURS)
    assert (claim.state, claim.decided_minor, desk.owed(order)) == (ClaimState.RESHIPPING, 0, [])
    claim = desk.send_back(claim, CUP=1)
    assert claim.state is ClaimState.COMPLETED
    assert (desk.stock("CUP").return_pending_qty, desk.shop.balance("cogs")) == (0, UNIT_COST)


def test_an_exchange_sends_the_same_once_more(desk: ServiceDesk) -> None:
    order = desk.shop.paid(CUP=1)
    desk.shipped(order)
    claim = desk.back(desk.approve(desk.claim(order, EXCHANGE, CUP=1)), CUP=1)
    claim = desk.look(claim, "CUP", 1, Disposition.TO_SUPPLIER, Grade.DAMAGED)
    assert claim.state is ClaimState.RESHIPPING
    (sent,) = desk.sent_by(claim)
    desk.waved(sent)
    checked = desk.check(desk.pick(sent.id).id)
    for parcel in desk.pack(checked.id):
        desk.weigh(parcel)
    manifest = desk.manifest()
    desk.scan(manifest.id, desk.sent_by_id(sent.id).waybill)
    desk.close(manifest.id)
    assert desk.now(claim).state is ClaimState.COMPLETED
    assert (desk.owed(order), desk.shop.balance("cogs"), desk.stock("CUP").damaged_qty) == ([], UNIT_COST, 1)
    again = desk.claim(order, RETURN, CUP=1)
    assert again.offered_minor == 9_990


def test_an_allowance_and_then_the_goods_make_the_whole(desk: ServiceDesk) -> None:
    order = desk.shop.paid(CUP=2)
    desk.shipped(order)
    desk.refunded(order, REFUND, Reason.GOODWILL, minor={"CUP": 500})
    claim = desk.returned(order, CUP=2)
    assert (claim.decided_minor, sum(desk.owed(order))) == (order.payable_minor - 500, order.payable_minor)


def test_fewer_units_come_than_were_claimed_and_only_those_are_paid(desk: ServiceDesk) -> None:
    order = desk.shop.paid(CUP=3)
    desk.shipped(order)
    claim = desk.back(desk.approve(desk.claim(order, RETURN, CUP=2)), CUP=1)
    assert desk.look(claim, "CUP", 1).decided_minor == 9_990


def test_more_units_come_than_were_claimed_and_a_person_decides(desk: ServiceDesk) -> None:
    order = desk.shop.paid(CUP=3)
    desk.shipped(order)
    claim = desk.back(desk.approve(desk.claim(order, RETURN, CUP=1)), CUP=2)
    claim = desk.look(claim, "CUP", 2)
    assert (claim.state, desk.owed(order)) == (ClaimState.INSPECTED, [])
    assert desk.decide(claim, 2 * 9_990).decided_minor == 2 * 9_990


def test_many_small_claims_are_approved_by_rule_no_further_than_one_large_one(desk: ServiceDesk) -> None:
    desk.rules(auto_approve_minor=1_000)
    order = desk.shop.paid(CUP=1, BOWL=1)
    desk.shipped(order)
    first, second = (desk.claim(order, REFUND, Reason.GOODWILL, minor={"CUP": 600}) for _ in range(2))
    assert (first.state, second.state, desk.owed(order)) == (ClaimState.REFUNDING, ClaimState.APPLIED, [600])
    assert desk.claim(order, REFUND, Reason.GOODWILL, minor={"BOWL": 400}).state is ClaimState.REFUNDING


def test_a_claim_that_came_to_nothing_uses_up_nothing_of_what_is_approved_by_rule(desk: ServiceDesk) -> None:
    desk.rules(auto_approve_minor=9_990)
    order = desk.shop.paid(CUP=1)
    desk.shipped(order)
    first = desk.claim(order, RETURN, CUP=1)
    desk.office.perform(cancel_claim, CancelClaim(first.id, "never mind"), desk.act)
    assert desk.claim(order, RETURN, CUP=1).state is ClaimState.AWAITING_RETURN
