"""Who may touch a claim: a right narrowed to another channel, merchant or warehouse reaches none, and makers do not check."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from houtai.application.aftersales.apply import (
    ApplyForClaim,
    CancelClaim,
    TakeOver,
    apply_for_claim,
    cancel_claim,
    take_over_claim,
)
from houtai.application.aftersales.decide import (
    ApproveClaim,
    DecideClaim,
    RejectClaim,
    approve_claim,
    decide_claim,
    reject_claim,
)
from houtai.application.aftersales.inspect import Found, InspectReturn, inspect_return
from houtai.application.aftersales.parcels import (
    AssignParcel,
    SendParcelBack,
    TakeDownParcel,
    assign_parcel,
    send_parcel_back,
    take_down_parcel,
)
from houtai.application.aftersales.policy import (
    GetAftersalesPolicy,
    SetAftersalesPolicy,
    get_aftersales_policy,
    set_aftersales_policy,
)
from houtai.application.aftersales.queries import (
    ListClaims,
    ListReturnParcels,
    claims_of_order,
    list_claims,
    list_return_parcels,
    show_claim,
    show_return_parcel,
)
from houtai.application.aftersales.quote import ClaimWish, QuoteClaim, quote_claim
from houtai.application.aftersales.reship import GoingBack, Reship, SendBack, reship_claim, send_goods_back
from houtai.application.aftersales.returns import CameBack, ReceiveReturn, TellReturn, receive_return, tell_return
from houtai.application.aftersales.station_label import RETURNED, LabelReturn, label_return
from houtai.application.aftersales.timers import Escalate, Resume, escalate_claim, resume_claim
from houtai.application.permission import verb_of
from houtai.domain.act import Act
from houtai.domain.aftersales.claim import Claim, Disposition, Grade
from houtai.domain.aftersales.reason import Reason
from houtai.domain.aftersales.state import ClaimKind
from houtai.domain.authority import Dimension, Grant
from houtai.domain.ids import ClaimId, ReturnParcelId, new_id
from houtai.domain.refusal import Forbidden, NotFound
from tests.aftersales.desk import RETURN, ServiceDesk
from tests.catalog.arrange import another

Deed = Callable[..., Any]
ELSEWHERE = UUID(int=404)


def narrowed(act: Act, deed: Deed, axis: Dimension, where: UUID = ELSEWHERE) -> Act:
    """Somebody who holds the deed's verb there alone."""
    return another(act, UUID(int=78), (Grant(str(verb_of(deed)), {axis: frozenset({where})}, source="a role"),))


def deeds(claim: Claim, parcel: ReturnParcelId, warehouse: Any) -> dict[Deed, Any]:
    """Every deed on a claim or parcel with a command for it."""
    version, found = claim.version, (Found(1, 1, Grade.AS_NEW, Disposition.RESTOCK),)
    wish = (ClaimWish(1, 1),)
    return {
        apply_for_claim: ApplyForClaim(ClaimId(new_id()), claim.order_id, RETURN, Reason.DEFECTIVE, wish),
        take_over_claim: TakeOver(claim.id, version),
        cancel_claim: CancelClaim(claim.id, "x"),
        approve_claim: ApproveClaim(claim.id, version, claim.offered_minor),
        reject_claim: RejectClaim(claim.id, version, "x"),
        decide_claim: DecideClaim(claim.id, version, 0),
        tell_return: TellReturn(claim.id, "yto", "YT1"),
        escalate_claim: Escalate(claim.id, version, "x"),
        resume_claim: Resume(claim.id, version, "x"),
        reship_claim: Reship(claim.id, version),
        receive_return: ReceiveReturn(claim.id, warehouse, (CameBack(1, 1),)),
        inspect_return: InspectReturn(claim.id, found),
        send_goods_back: SendBack(claim.id, (GoingBack(1, 1),), "yto", "YT9"),
        take_down_parcel: TakeDownParcel(ReturnParcelId(new_id()), warehouse),
        assign_parcel: AssignParcel(parcel, 1, claim.id, (CameBack(1, 1),)),
        send_parcel_back: SendParcelBack(parcel, 1, "x"),
        label_return: LabelReturn(new_id(), warehouse, claim.number, RETURNED),
    }


AT_THE_DESK = {receive_return, inspect_return, send_goods_back, take_down_parcel, assign_parcel, send_parcel_back, label_return}
LATER = {inspect_return, send_goods_back}  # refused for the claim's state before anybody's reach is asked


@pytest.fixture
def waiting(memory_desk: ServiceDesk) -> tuple[Claim, ReturnParcelId]:
    order = memory_desk.shop.paid(CUP=2)
    memory_desk.shipped(order)
    parcel = TakeDownParcel(ReturnParcelId(new_id()), memory_desk.shop.warehouse)
    memory_desk.office.perform(take_down_parcel, parcel, memory_desk.act)
    return memory_desk.claim(order, RETURN, CUP=1), parcel.parcel


def test_a_right_elsewhere_moves_no_claim(memory_desk: ServiceDesk, waiting: tuple[Claim, ReturnParcelId]) -> None:
    claim, parcel = waiting
    before = memory_desk.now(claim)
    for deed, cmd in deeds(claim, parcel, memory_desk.shop.warehouse).items():
        axis = Dimension.WAREHOUSE if deed in AT_THE_DESK else Dimension.CHANNEL
        for one in (axis, Dimension.MERCHANT) if deed not in LATER else ():
            with pytest.raises((NotFound, Forbidden)):
                memory_desk.office.perform(deed, cmd, narrowed(memory_desk.act, deed, one))
    assert memory_desk.now(claim) == before


def test_goods_of_a_claim_are_looked_at_and_sent_back_where_they_lie_alone(memory_desk: ServiceDesk) -> None:
    order = memory_desk.shop.paid(CUP=2)
    memory_desk.shipped(order)
    claim = memory_desk.back(memory_desk.approve(memory_desk.claim(order, RETURN, CUP=2)), CUP=2)
    look = InspectReturn(claim.id, (Found(1, 2, Grade.NOT_OURS, Disposition.TO_CUSTOMER),))
    with pytest.raises((NotFound, Forbidden)):
        memory_desk.office.perform(inspect_return, look, narrowed(memory_desk.act, inspect_return, Dimension.WAREHOUSE))
    memory_desk.look(claim, "CUP", 2, Disposition.TO_CUSTOMER, Grade.NOT_OURS)
    back = SendBack(claim.id, (GoingBack(1, 2),), "yto", "YT9")
    with pytest.raises((NotFound, Forbidden)):
        memory_desk.office.perform(send_goods_back, back, narrowed(memory_desk.act, send_goods_back, Dimension.WAREHOUSE))
    assert memory_desk.send_back(memory_desk.now(claim), CUP=2).back_qty == 2


def test_a_right_elsewhere_sees_no_claim(memory_desk: ServiceDesk, waiting: tuple[Claim, ReturnParcelId]) -> None:
    claim, parcel = waiting
    office, act = memory_desk.office, memory_desk.act
    asked: dict[Deed, Any] = {
        show_claim: claim.id,
        claims_of_order: claim.order_id,
        quote_claim: QuoteClaim(claim.order_id, RETURN, Reason.DEFECTIVE, (ClaimWish(1, 1),)),
    }
    for query, what in asked.items():
        for axis in (Dimension.CHANNEL, Dimension.MERCHANT):
            with pytest.raises((NotFound, Forbidden)):
                office.ask(query, what, narrowed(act, query, axis))
    with pytest.raises((NotFound, Forbidden)):
        office.ask(show_return_parcel, parcel, narrowed(act, show_return_parcel, Dimension.WAREHOUSE))
    assert office.ask(list_claims, ListClaims(), narrowed(act, list_claims, Dimension.CHANNEL)).items == ()
    assert office.ask(list_claims, ListClaims(), narrowed(act, list_claims, Dimension.CHANNEL, claim.channel_id)).items == (
        claim,
    )
    there = narrowed(act, list_return_parcels, Dimension.WAREHOUSE)
    assert office.ask(list_return_parcels, ListReturnParcels(), there).items == ()
    assert len(office.ask(list_return_parcels, ListReturnParcels(open=True), act).items) == 1


def test_a_right_elsewhere_sets_no_policy(memory_desk: ServiceDesk) -> None:
    wish = SetAftersalesPolicy(0, memory_desk.shop.channel)
    with pytest.raises((NotFound, Forbidden)):
        memory_desk.office.perform(
            set_aftersales_policy, wish, narrowed(memory_desk.act, set_aftersales_policy, Dimension.CHANNEL)
        )
    query = GetAftersalesPolicy(memory_desk.shop.channel)
    with pytest.raises((NotFound, Forbidden)):
        memory_desk.office.ask(get_aftersales_policy, query, narrowed(memory_desk.act, get_aftersales_policy, Dimension.CHANNEL))


def test_whoever_made_a_claim_does_not_approve_it(memory_desk: ServiceDesk) -> None:
    order = memory_desk.shop.paid(CUP=1)
    wish = ApplyForClaim(ClaimId(new_id()), order.id, ClaimKind.REFUND_ONLY, Reason.NOT_WANTED, (ClaimWish(1, 1),))
    claim = memory_desk.office.perform(apply_for_claim, wish, memory_desk.boss)
    approve = ApproveClaim(claim.id, claim.version, claim.offered_minor)
    with pytest.raises(Forbidden):
        memory_desk.office.perform(approve_claim, approve, memory_desk.boss)
    assert memory_desk.office.perform(approve_claim, approve, memory_desk.act).decided_minor == claim.offered_minor
