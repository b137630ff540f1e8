"""Who is erased is gone from claims too: from ended ones at once, from others when they end; goods and money stay."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

from houtai.adapters.sql.doctor.examine import examine
from houtai.adapters.sql.doctor.persons import CHECKS
from houtai.adapters.sql.store import SqlStore
from houtai.application.aftersales.apply import ApplyForClaim, CancelClaim, apply_for_claim, cancel_claim
from houtai.application.aftersales.label import AskReturnLabel, ask_return_label
from houtai.application.customers.keep import EraseCustomer, erase_customer
from houtai.application.orders.ship import CompleteOrder, complete_order
from houtai.domain.aftersales.claim import Claim
from houtai.domain.aftersales.reason import Reason
from houtai.domain.aftersales.refusals import NoReturnLabel, NotEligible
from houtai.domain.aftersales.state import ClaimKind, ClaimState
from houtai.domain.customers.customer import ERASED_NAME
from houtai.domain.ids import ClaimId, new_id
from houtai.domain.orders.order import Order
from houtai.domain.shipping.waybill import WaybillState
from tests.aftersales.desk import EXCHANGE, REFUND, RETURN, ServiceDesk
from tests.aftersales.test_label import WayBack, way
from tests.orders.shop import HOME
from tests.orders.test_forget import GONE
from tests.orders.test_ship import arrive

__all__ = ["way"]
WORDS = "请打 13812345678 找王小明"


def erase(desk: ServiceDesk) -> None:
    desk.office.perform(erase_customer, EraseCustomer(desk.shop.buyer, 1), desk.act)


def doctor_says(desk: ServiceDesk) -> list[str]:
    store: Any = desk.office._store
    return [finding.id for finding in examine(store, CHECKS).broken()] if isinstance(store, SqlStore) else []


def said(desk: ServiceDesk, order: Order) -> Claim:
    """A claim in the buyer's words."""
    wish = ApplyForClaim(
        ClaimId(new_id()), order.id, REFUND, Reason.NOT_WANTED, desk.wishes(order, CUP=1), WORDS, ("pictures/1.jpg",)
    )
    return desk.office.perform(apply_for_claim, wish, desk.act)


def cancelled(desk: ServiceDesk, claim: Claim) -> Claim:
    return desk.office.perform(cancel_claim, CancelClaim(claim.id, "never mind"), desk.act)


def test_ended_claims_forget_the_buyer_at_once(desk: ServiceDesk) -> None:
    claim = cancelled(desk, said(desk, desk.shop.paid(CUP=1)))
    erase(desk)
    left = desk.now(claim)
    assert left == attrs.evolve(claim, text="", evidence=(), version=claim.version + 1)
    assert desk.detail(claim).timeline[-1].event == "buyer-erased"
    assert doctor_says(desk) == []


def test_a_claim_under_way_keeps_its_words_until_it_ends(desk: ServiceDesk) -> None:
    claim = said(desk, desk.shop.paid(CUP=1))
    erase(desk)
    assert (desk.now(claim).text, doctor_says(desk)) == (WORDS, [])
    cancelled(desk, claim)
    assert (desk.now(claim).state, desk.now(claim).text, desk.now(claim).evidence) == (ClaimState.CANCELLED, "", ())
    assert doctor_says(desk) == []


def test_claims_of_others_are_left_alone(desk: ServiceDesk) -> None:
    order = desk.shop.import_order(desk.shop.sold_by_channel(CUP=1))
    claim = cancelled(desk, said(desk, order))
    erase(desk)
    assert desk.now(claim) == claim


def handed_over(desk: ServiceDesk, claim: Claim) -> None:
    """The replacement, the whole way to the carrier."""
    (sent,) = desk.sent_by(claim)
    desk.waved(sent)
    for parcel in desk.pack(desk.check(desk.pick(sent.id).id).id):
        desk.weigh(parcel)
    manifest = desk.manifest()
    desk.scan(manifest.id, desk.sent_by_id(sent.id).waybill)
    desk.close(manifest.id)


def completed(desk: ServiceDesk, **units: Any) -> Order:
    """An order that arrived, and whose days to change one's mind are over."""
    order = desk.shop.paid(**units)
    desk.shipped(order)
    arrive(desk, order)
    desk.shop.clock.advance(days=8)
    return desk.office.perform(complete_order, CompleteOrder(order.id), desk.act)


def test_whoever_got_a_replacement_is_forgotten(desk: ServiceDesk) -> None:
    order = desk.shop.paid(CUP=1)
    desk.shipped(order)
    claim = desk.look(desk.back(desk.approve(desk.claim(order, EXCHANGE, CUP=1)), CUP=1), "CUP", 1)
    handed_over(desk, claim)
    assert desk.now(claim).state is ClaimState.COMPLETED
    erase(desk)
    assert {one.receiver.recipient for one in desk.sent_by(claim)} == {ERASED_NAME}


def test_an_order_keeps_its_receiver_while_a_claim_may_send_goods_there(desk: ServiceDesk) -> None:
    order = completed(desk, CUP=1)
    claim = desk.approve(desk.claim(order, EXCHANGE, CUP=1))
    erase(desk)
    assert (desk.shop.order(order).receiver, doctor_says(desk)) == (HOME, [])
    claim = desk.look(desk.back(claim, CUP=1), "CUP", 1)
    assert [one.receiver for one in desk.sent_by(claim)] == [HOME]
    handed_over(desk, claim)
    assert (desk.now(claim).state, desk.shop.order(order).receiver) == (ClaimState.COMPLETED, GONE)
    assert ([one.receiver for one in desk.sent_by(claim)], doctor_says(desk)) == ([GONE], [])


def test_an_order_forgets_its_receiver_when_the_last_claim_that_kept_them_ends(desk: ServiceDesk) -> None:
    order = completed(desk, CUP=1, BOWL=1)
    exchange, back = desk.claim(order, EXCHANGE, CUP=1), desk.claim(order, RETURN, BOWL=1)
    erase(desk)
    cancelled(desk, exchange)
    assert (desk.shop.order(order).receiver, doctor_says(desk)) == (HOME, [])
    cancelled(desk, back)
    assert (desk.shop.order(order).receiver, doctor_says(desk)) == (GONE, [])


def test_a_claim_for_money_alone_keeps_no_receiver(desk: ServiceDesk) -> None:
    order = completed(desk, CUP=1)
    desk.claim(order, REFUND, CUP=1)
    erase(desk)
    assert (desk.shop.order(order).receiver, doctor_says(desk)) == (GONE, [])


@pytest.mark.parametrize("kind", [EXCHANGE, ClaimKind.REPAIR, ClaimKind.RESEND])
def test_nothing_is_sent_to_a_receiver_whom_nobody_knows_any_more(desk: ServiceDesk, kind: ClaimKind) -> None:
    order = completed(desk, CUP=1)
    erase(desk)
    with pytest.raises(NotEligible) as told:
        desk.claim(order, kind, CUP=1)
    assert told.value.objections == ("the buyer was erased, and nobody knows where to send goods",)


def test_who_was_erased_gets_no_label_for_the_way_back(way: WayBack) -> None:
    way.desk.rules(return_label=True)
    order = completed(way.desk, CUP=1)
    erase(way.desk)
    claim = way.desk.approve(way.desk.claim(order, RETURN, CUP=1))
    assert (way.labels(claim), way.desk.detail(claim).timeline[-1].event) == ([], "no label")
    with pytest.raises(NoReturnLabel, match="erased"):
        way.desk.office.perform(ask_return_label, AskReturnLabel(claim.id), way.desk.boss)


def test_whoever_sent_goods_under_our_label_is_forgotten(way: WayBack) -> None:
    claim = way.answered(way.awaited())
    erase(way.desk)
    assert [one.shipment.sender.name for one in way.labels(claim)] == ["王小明"]
    way.desk.look(way.desk.back(claim, CUP=1), "CUP", 1)
    way.desk.pay_out(way.desk.shop.order(claim.order_id))
    assert way.desk.now(claim).state is ClaimState.COMPLETED
    (label,) = way.labels(claim)
    assert (label.state, label.shipment.sender.name, label.shipment.sender.phone) == (WaybillState.BOUND, "-", "-")
    assert (label.shipment.receiver.name, label.number) == ("后台仓", claim.waybill)


def test_whoever_sent_nothing_is_forgotten_when_their_label_is_void(way: WayBack) -> None:
    claim = way.answered(way.awaited())
    way.desk.office.perform(cancel_claim, CancelClaim(claim.id, "never mind"), way.desk.act)
    erase(way.desk)
    assert [(one.state, one.shipment.sender.name) for one in way.labels(claim)] == [(WaybillState.VOIDING, "王小明")]
    way.answered(claim)
    assert [(one.state, one.shipment.sender.name) for one in way.labels(claim)] == [(WaybillState.VOIDED, "-")]
