"""The way back under the house's label, on every adapter: asked for, charged, read by the buyer, void when nobody needs it."""

from __future__ import annotations

from uuid import UUID

import attrs
import pytest

from houtai.adapters.carriers.embedded import Fault
from houtai.application.aftersales.apply import CancelClaim, cancel_claim
from houtai.application.aftersales.label import AskReturnLabel, ask_return_label, return_parcel
from houtai.application.aftersales.label_paper import show_return_label
from houtai.application.aftersales.returns import CameBack, ReceiveReturn, TellReturn, receive_return, tell_return
from houtai.application.aftersales.timers import Escalate, escalate_claim, run_claim_timers
from houtai.application.deliveries import DELIVERERS
from houtai.application.relay import Relay
from houtai.application.shipping.queries import ListWaybills, list_waybills
from houtai.application.tickets.thread import thread_id
from houtai.domain.aftersales.claim import Claim
from houtai.domain.aftersales.reason import Reason
from houtai.domain.aftersales.refusals import ClaimWaits, NoReturnLabel
from houtai.domain.aftersales.state import ClaimState
from houtai.domain.authority import Grant
from houtai.domain.refusal import Forbidden, InvalidValue, NotFound
from houtai.domain.shipping.tracking import TrackState
from houtai.domain.shipping.waybill import Waybill, WaybillState
from tests.aftersales.desk import RETURN, ServiceDesk
from tests.catalog.arrange import another
from tests.inventory.arrange import some_warehouse
from tests.shipping.dock import Dock
from tests.tickets.talk import Talk


@attrs.define
class WayBack:
    """A service desk whose warehouse has a carrier that answers."""

    desk: ServiceDesk
    dock: Dock

    def awaited(self, reason: Reason = Reason.DEFECTIVE, *faults: Fault) -> Claim:
        """A claim on a cup, approved; the carrier's next answers go wrong like this."""
        self.desk.rules(return_label=True)
        order = self.desk.shop.paid(CUP=2)
        self.desk.shipped(order)
        self.dock.relay.run_until_idle()
        self.dock.carrier.arrange("buy", *faults)
        return self.desk.approve(self.desk.claim(order, RETURN, reason, CUP=1))

    def ask(self, claim: Claim) -> Claim:
        return self.desk.office.perform(ask_return_label, AskReturnLabel(claim.id), self.desk.act)

    def answered(self, claim: Claim) -> Claim:
        """When the carrier has said something."""
        self.dock.relay.run_until_idle()
        return self.desk.now(claim)

    def labels(self, claim: Claim) -> list[Waybill]:
        found = self.desk.office.ask(list_waybills, ListWaybills(parcel=return_parcel(claim.id)), self.desk.act).items
        return sorted(found, key=lambda one: one.created_at)

    def states(self, claim: Claim) -> list[WaybillState]:
        return [one.state for one in self.labels(claim)]


@pytest.fixture
def way(desk: ServiceDesk) -> WayBack:
    dock = Dock(desk.office, desk.shop.clock)
    silent = dict.fromkeys(DELIVERERS, lambda _: None)
    shipping = {topic: deliver for topic, deliver in dock.outside.deliverers().items() if topic.startswith("shipping.")}
    dock.relay = Relay(desk.office, {**silent, **shipping}, jitter=lambda _: 0)
    return WayBack(desk, dock)


def test_a_label_is_sent_where_the_house_bears_the_way_back(way: WayBack) -> None:
    claim = way.awaited()
    assert (claim.state, claim.label, claim.waybill, way.states(claim)) == (
        ClaimState.AWAITING_RETURN,
        True,
        "",
        [WaybillState.REQUESTED],
    )
    claim = way.answered(claim)
    (waybill,) = way.labels(claim)
    assert waybill.charge is not None
    assert (claim.carrier, claim.waybill, claim.label_minor) == ("embedded", waybill.number, waybill.charge.minor)
    order = way.desk.shop.order(claim.order_id)
    assert (waybill.shipment.sender.name, waybill.shipment.receiver.name) == (order.receiver.recipient, "后台仓")
    assert waybill.warehouse_id == way.desk.shop.warehouse
    talk = Talk(way.desk.office, way.desk.shop.clock, way.desk.shop)
    assert talk.thread(talk.now(thread_id("claim", claim.id)))[-1].text.endswith(f"is ready: embedded {waybill.number}.")
    before = way.desk.books("freight-cost", "freight-accrued")
    claim = way.desk.look(way.desk.back(claim, CUP=1), "CUP", 1)
    assert claim.decided_minor == 9_990
    assert way.desk.books("freight-cost", "freight-accrued") == {
        "freight-cost": before["freight-cost"] + waybill.charge.minor,
        "freight-accrued": before["freight-accrued"] - waybill.charge.minor,
    }
    assert way.states(claim) == [WaybillState.BOUND]


def test_where_the_buyer_has_to_answer_for_it_the_label_is_taken_off(way: WayBack) -> None:
    claim = way.awaited(Reason.NOT_WANTED)
    assert (claim.label, way.labels(claim)) == (False, [])
    claim = way.answered(way.ask(claim))
    (waybill,) = way.labels(claim)
    assert waybill.charge is not None
    cost, before = waybill.charge.minor, way.desk.books("freight-cost", "freight-accrued")
    claim = way.desk.look(way.desk.back(claim, CUP=1), "CUP", 1)
    assert (claim.state, claim.decided_minor) == (ClaimState.REFUNDING, 9_990 - cost)
    assert way.desk.books("freight-cost", "freight-accrued") == {
        "freight-cost": before["freight-cost"],  # the buyer pays what the carrier charges
        "freight-accrued": before["freight-accrued"] - cost,
    }


def test_a_label_is_asked_for_once(way: WayBack) -> None:
    claim = way.awaited()
    with pytest.raises(ClaimWaits, match="it has a label, or one is asked for"):
        way.ask(claim)
    claim = way.answered(claim)
    with pytest.raises(ClaimWaits):
        way.ask(claim)
    with pytest.raises(ClaimWaits, match="no goods are awaited"):
        way.ask(way.desk.tell(claim, claim.waybill))


def test_what_a_carrier_refused_the_next_one_is_asked_for(way: WayBack) -> None:
    claim = way.answered(way.awaited(Reason.DEFECTIVE, Fault.REFUSE))
    assert (claim.state, claim.waybill, way.states(claim)) == (ClaimState.AWAITING_RETURN, "", [WaybillState.REFUSED])
    assert "label refused" in [line.event for line in way.desk.detail(claim).timeline]
    with pytest.raises(NoReturnLabel, match="every carrier has refused"):
        way.ask(claim)
    assert way.desk.back(claim, CUP=1).state is ClaimState.RECEIVED


def test_an_unknown_outcome_is_asked_after(way: WayBack) -> None:
    claim = way.answered(way.awaited(Reason.DEFECTIVE, Fault.LOSE_ANSWER))
    assert (claim.waybill, way.states(claim)) == ("", [WaybillState.UNKNOWN])
    assert way.dock.ask_later(minutes=1) == 1
    assert way.desk.now(claim).waybill == way.labels(claim)[0].number != ""


def test_a_label_of_unknown_outcome_is_void_as_soon_as_it_is_known_where_the_claim_has_ended(way: WayBack) -> None:
    claim = way.answered(way.awaited(Reason.DEFECTIVE, Fault.LOSE_ANSWER))
    way.desk.office.perform(cancel_claim, CancelClaim(claim.id, "never mind"), way.desk.act)
    (waybill,) = way.labels(claim)
    assert (waybill.state, waybill.void_wanted) == (WaybillState.UNKNOWN, True)
    way.dock.ask_later(minutes=1)
    way.dock.relay.run_until_idle()
    assert (way.states(claim), way.desk.now(claim).state) == ([WaybillState.VOIDED], ClaimState.CANCELLED)


def test_a_label_is_void_when_nothing_came_back_under_it(way: WayBack) -> None:
    claim = way.answered(way.awaited())
    before = way.desk.books("freight-cost", "freight-accrued")
    way.desk.shop.clock.advance(days=10)
    run_claim_timers(way.desk.office)
    assert way.answered(claim).state is ClaimState.EXPIRED
    assert way.states(claim) == [WaybillState.VOIDED]
    assert way.desk.books("freight-cost", "freight-accrued") == before


def test_a_claim_does_not_expire_while_the_carrier_has_its_parcel(way: WayBack) -> None:
    claim = way.answered(way.awaited())
    way.dock.carrier.happen(claim.waybill, TrackState.PICKED_UP)
    way.dock.bring_all()
    way.desk.shop.clock.advance(days=10)
    run_claim_timers(way.desk.office)
    assert way.desk.now(claim).state is ClaimState.IN_TRANSIT


def test_a_label_that_is_being_voided_keeps_no_claim_from_expiring(way: WayBack) -> None:
    claim = way.answered(way.awaited())
    way.dock.void(way.labels(claim)[0].id, delivered=False)
    assert way.states(claim) == [WaybillState.VOIDING]
    way.desk.shop.clock.advance(days=10)
    run_claim_timers(way.desk.office)
    assert way.desk.now(claim).state is ClaimState.EXPIRED


def test_a_label_reaches_a_claim_that_waits_for_somebody_above(way: WayBack) -> None:
    claim = way.awaited()
    way.desk.office.perform(escalate_claim, Escalate(claim.id, claim.version, "they call every day"), way.desk.act)
    claim = way.answered(claim)
    assert (claim.state, claim.waybill) == (ClaimState.ESCALATED, way.labels(claim)[0].number)


def test_whoever_sends_it_on_their_own_makes_the_label_void(way: WayBack) -> None:
    claim = way.answered(way.ask(way.awaited(Reason.NOT_WANTED)))
    told = way.desk.tell(claim, "SF9", 800)
    assert (told.waybill, told.label_minor) == ("SF9", 0)
    claim = way.answered(told)
    assert way.states(claim) == [WaybillState.VOIDED]
    before = way.desk.books("freight-cost")
    done = way.desk.look(way.desk.back(claim, CUP=1), "CUP", 1)
    assert (done.decided_minor, way.desk.books("freight-cost")) == (9_990, before)


def test_goods_that_come_under_another_number_leave_the_label_void_and_free(way: WayBack) -> None:
    claim = way.answered(way.ask(way.awaited(Reason.NOT_WANTED)))
    came = way.desk.office.perform(
        receive_return, ReceiveReturn(claim.id, way.desk.shop.warehouse, (CameBack(1, 1),), "SF9"), way.desk.act
    )
    assert (came.waybill, came.label_minor, way.states(way.answered(came))) == ("SF9", 0, [WaybillState.VOIDED])


def test_nothing_is_paid_for_the_way_under_the_houses_label(way: WayBack) -> None:
    claim = way.answered(way.awaited())
    with pytest.raises(InvalidValue, match="the way back is under the house's own label"):
        way.desk.tell(claim, claim.waybill, 800)
    told = way.desk.office.perform(tell_return, TellReturn(claim.id, "embedded", claim.waybill), way.desk.act)
    assert (told.state, told.waybill, way.states(told)) == (ClaimState.IN_TRANSIT, claim.waybill, [WaybillState.BOUND])


def test_a_label_that_somebody_voids_leaves_the_claim(way: WayBack) -> None:
    claim = way.answered(way.awaited())
    way.dock.void(way.labels(claim)[0].id)
    assert (way.desk.now(claim).waybill, way.desk.now(claim).label_minor) == ("", 0)
    way.desk.shop.clock.advance(minutes=1)
    again = way.answered(way.ask(claim))
    assert way.states(again) == [WaybillState.VOIDED, WaybillState.BOUND]
    assert again.waybill == way.labels(again)[1].number


def test_where_no_warehouse_has_a_carrier_the_claim_goes_on_without(desk: ServiceDesk) -> None:
    order = desk.shop.paid(CUP=1)
    desk.shipped(order)
    desk.rules(return_label=True, warehouse=some_warehouse(desk.office, desk.act, "B"))
    claim = desk.approve(desk.claim(order, RETURN, CUP=1))
    assert (claim.state, claim.label) == (ClaimState.AWAITING_RETURN, False)
    assert desk.detail(claim).timeline[-1].reason == "no warehouse that takes it back has a carrier"
    with pytest.raises(NoReturnLabel):
        desk.office.perform(ask_return_label, AskReturnLabel(claim.id), desk.act)


def test_the_buyer_reads_the_label_and_nobody_elses(way: WayBack) -> None:
    claim = way.awaited()
    with pytest.raises(NotFound):
        way.desk.office.ask(show_return_label, claim.id, way.desk.act)
    claim = way.answered(claim)
    label = way.desk.office.ask(show_return_label, claim.id, way.desk.act)
    assert (label.number, label.pdf is None, label.drawing is not None) == (claim.waybill, True, True)
    with pytest.raises((NotFound, Forbidden)):
        way.desk.office.ask(
            show_return_label, claim.id, another(way.desk.act, UUID(int=78), (Grant("aftersales.read", own_only=True),))
        )
