"""What the play of orders, claims and refunds has found, each as a test of its own: turns that people take too late or too early."""

from __future__ import annotations

import pytest

from houtai.adapters.sql.doctor.all_checks import CHECKS
from houtai.adapters.sql.doctor.examine import examine
from houtai.application.aftersales.apply import CancelClaim, cancel_claim
from houtai.application.aftersales.decide import RejectClaim, reject_claim
from houtai.application.aftersales.timers import Escalate, Resume, escalate_claim, resume_claim
from houtai.domain.aftersales.claim import Claim, Disposition, Grade
from houtai.domain.aftersales.reason import Reason
from houtai.domain.aftersales.refusals import ClaimWaits
from houtai.domain.aftersales.state import ClaimKind, ClaimState
from houtai.domain.orders.state import OrderState
from houtai.domain.pricing.promotions import GiftReturn, ReturnPolicy, SpendAndSave, Tier
from tests.aftersales.counter import Counter
from tests.aftersales.desk import EXCHANGE, REFUND, RETURN, ServiceDesk


def escalated(desk: ServiceDesk, claim: Claim) -> Claim:
    return desk.office.perform(escalate_claim, Escalate(claim.id, desk.now(claim).version, "the buyer shouts"), desk.boss)


def resumed(desk: ServiceDesk, claim: Claim) -> Claim:
    return desk.office.perform(resume_claim, Resume(claim.id, desk.now(claim).version, "go on"), desk.boss)


def test_money_that_went_out_while_a_claim_was_escalated_completes_it(desk: ServiceDesk) -> None:
    order = desk.shop.paid(CUP=1)
    claim = escalated(desk, desk.refunded(order, REFUND, Reason.NOT_WANTED, CUP=1))
    desk.pay_out(order)
    assert desk.now(claim).state is ClaimState.ESCALATED
    assert resumed(desk, claim).state is ClaimState.COMPLETED


@pytest.mark.parametrize("escalate", [True, False])
def test_a_claim_whose_money_or_goods_are_on_their_way_is_neither_rejected_nor_taken_back(
    memory_desk: ServiceDesk,
    escalate: bool,  # both ways
) -> None:
    desk = memory_desk
    order = desk.shop.paid(CUP=1, BOWL=1)
    desk.shipped(order)
    money = desk.refunded(order, REFUND, CUP=1)
    goods = desk.look(desk.back(desk.approve(desk.claim(order, EXCHANGE, BOWL=1)), BOWL=1), "BOWL", 1)
    for claim in (money, goods):
        if escalate:
            escalated(desk, claim)
        with pytest.raises(ClaimWaits):
            desk.reject(desk.now(claim))
        with pytest.raises(ClaimWaits):
            desk.office.perform(cancel_claim, CancelClaim(claim.id, "never mind"), desk.act)


def test_a_claim_of_which_units_are_in_the_stock_is_not_taken_back(desk: ServiceDesk) -> None:
    order = desk.shop.paid(CUP=2)
    desk.shipped(order)
    claim = desk.look(desk.back(desk.approve(desk.claim(order, RETURN, CUP=2)), CUP=2), "CUP", 1)
    with pytest.raises(ClaimWaits, match="cannot be taken back"):
        desk.office.perform(cancel_claim, CancelClaim(claim.id, "never mind"), desk.act)
    with pytest.raises(ClaimWaits, match="decide instead"):
        desk.office.perform(reject_claim, RejectClaim(claim.id, claim.version, "no"), desk.boss)


def test_goods_of_a_claim_that_is_rejected_above_go_back_first(desk: ServiceDesk) -> None:
    order = desk.shop.paid(CUP=1)
    desk.shipped(order)
    claim = escalated(desk, desk.back(desk.approve(desk.claim(order, RETURN, CUP=1)), CUP=1))
    assert desk.reject(desk.now(claim)).state is ClaimState.RESHIPPING
    assert (desk.send_back(claim, CUP=1).state, desk.stock("CUP").return_pending_qty) == (ClaimState.REJECTED, 0)


def test_units_that_left_before_somebody_approved_are_not_paid_back_as_if_they_were_here(desk: ServiceDesk) -> None:
    order = desk.shop.paid(CUP=2)
    claim = desk.claim(order, REFUND, Reason.NOT_WANTED, CUP=2)
    desk.shipped(order)
    with pytest.raises(ClaimWaits, match="have not left"):
        desk.approve(claim)
    assert (desk.owed(order), desk.reject(claim).state) == ([], ClaimState.REJECTED)


def test_a_unit_that_cannot_be_repaired_is_paid_back_when_somebody_has_decided(desk: ServiceDesk) -> None:
    order = desk.shop.paid(CUP=1)
    desk.shipped(order)
    claim = desk.back(desk.approve(desk.claim(order, ClaimKind.REPAIR, CUP=1)), CUP=1)
    claim = desk.look(claim, "CUP", 1, Disposition.SCRAP, Grade.DAMAGED)
    assert (claim.state, desk.owed(order)) == (ClaimState.INSPECTED, [])
    assert (desk.decide(claim, 9_990).decided_minor, desk.owed(order)) == (9_990, [9_990])


def test_an_order_that_is_cancelled_after_a_claim_gives_back_what_the_claim_had_taken_off(desk: ServiceDesk) -> None:
    desk.shop.charge_freight(1_000)
    desk.shop.promote(SpendAndSave((Tier(30_000, 5_000),)), on_return=ReturnPolicy.REPRICE)
    order = desk.shop.paid(CUP=3, BOWL=1)
    claim = desk.refunded(order, REFUND, Reason.NOT_WANTED, CUP=2)
    waiting = desk.claim(order, REFUND, Reason.NOT_WANTED, BOWL=1)
    desk.cancel(order)
    assert sum(desk.owed(order)) == order.payable_minor
    assert (desk.now(waiting).state, desk.now(claim).state) == (ClaimState.CANCELLED, ClaimState.REFUNDING)
    assert desk.books("customer-deposits", "sales-returns", "freight-income") == dict.fromkeys(
        ("customer-deposits", "sales-returns", "freight-income"), 0
    )


def test_freight_that_is_not_given_back_for_units_that_stay_is_income(desk: ServiceDesk) -> None:
    desk.shop.charge_freight(1_000)
    order = desk.shop.paid(CUP=1, BOWL=1)
    claim = desk.refunded(order, REFUND, Reason.NOT_WANTED, BOWL=1)
    desk.shipped(desk.shop.order(order))
    assert claim.decided_minor == 5_990
    assert desk.books("customer-deposits", "freight-income") == {"customer-deposits": 0, "freight-income": -1_000}


def test_gifts_that_have_not_left_are_given_up_with_what_earned_them(desk: ServiceDesk) -> None:
    desk.shop.give_spoon(value_minor=500, on_return=GiftReturn.RETURN_GIFT)
    order = desk.shop.paid(CUP=2, BOWL=1)
    claim = desk.refunded(order, REFUND, Reason.NOT_WANTED, CUP=2)
    assert claim.decided_minor == 2 * 9_990
    left = {line.sku_code: line.open_qty for line in desk.shop.order(order).lines}
    assert (left, desk.shop.reserved("SPOON")) == ({"CUP": 0, "BOWL": 1, "SPOON": 1}, 1)


def test_a_gift_that_came_back_and_goes_out_again_is_marketing_and_no_cost_of_goods(desk: ServiceDesk) -> None:
    desk.shop.give_spoon(value_minor=500)
    order = desk.shop.paid(CUP=1)
    desk.shipped(order)
    before = desk.books("cogs", "marketing")
    claim = desk.back(desk.approve(desk.claim(order, RETURN, CUP=1)), CUP=1, SPOON=1)
    for code in ("CUP", "SPOON"):
        claim = desk.look(claim, code, 1, Disposition.TO_CUSTOMER, Grade.NOT_OURS)
    assert desk.send_back(claim, CUP=1, SPOON=1).state is ClaimState.COMPLETED
    assert desk.books("cogs", "marketing") == before


def test_a_line_of_an_odd_sum_and_an_odd_discount_leaves_in_two_parcels_and_the_books_are_sound() -> None:
    counter = Counter()
    try:
        order = counter.place({"SET": 2, "CUP": 1}, coupon=True, tenders=1)
        counter.gateway.pay(order.tenders[0].payment_id)
        counter.hear()
        counter.bring(*counter.bag[0])
        counter.release(counter.shop.order(order), apart=True)
        for sent in counter.rows().outbound[:2]:
            counter.leave(sent.id)
        assert counter.shop.order(order).state is OrderState.RELEASED
        assert examine(counter.store, CHECKS).broken() == ()
    finally:
        counter.close()
