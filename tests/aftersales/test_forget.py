"""Who is erased is gone from claims too: from ended ones at once, from others when they end; goods and money stay."""

from __future__ import annotations

from typing import Any

import attrs

from houtai.adapters.sql.doctor.examine import examine
from houtai.adapters.sql.doctor.persons import CHECKS
from houtai.adapters.sql.store import SqlStore
from houtai.application.aftersales.apply import ApplyForClaim, CancelClaim, apply_for_claim, cancel_claim
from houtai.application.customers.keep import EraseCustomer, erase_customer
from houtai.domain.aftersales.claim import Claim
from houtai.domain.aftersales.reason import Reason
from houtai.domain.aftersales.state import ClaimState
from houtai.domain.customers.customer import ERASED_NAME
from houtai.domain.ids import ClaimId, new_id
from houtai.domain.orders.order import Order
from houtai.domain.shipping.waybill import WaybillState
from tests.aftersales.desk import EXCHANGE, REFUND, ServiceDesk
from tests.aftersales.test_label import WayBack, way

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


def test_whoever_got_a_replacement_is_forgotten(desk: ServiceDesk) -> None:
    order = desk.shop.paid(CUP=1)
    desk.shipped(order)
    claim = desk.look(desk.back(desk.approve(desk.claim(order, EXCHANGE, CUP=1)), CUP=1), "CUP", 1)
    (sent,) = desk.sent_by(claim)
    desk.waved(sent)
    for parcel in desk.pack(desk.check(desk.pick(sent.id).id).id):
        desk.weigh(parcel)
    manifest = desk.manifest()
    desk.scan(manifest.id, desk.sent_by_id(sent.id).waybill)
    desk.close(manifest.id)
    assert desk.now(claim).state is ClaimState.COMPLETED
    erase(desk)
    assert {one.receiver.recipient for one in desk.sent_by(claim)} == {ERASED_NAME}


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
