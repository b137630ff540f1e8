"""A parcel gets one number, told once; what the carrier did not say is asked after (F9); what is undone is undone there too."""

from __future__ import annotations

import attrs
import pytest

from houtai.adapters.carriers.embedded import Fault
from houtai.application.shipping.answers import MAX_ASKS, SettleWaybill, next_question, settle_waybill
from houtai.application.shipping.queries import ListWaybills, list_waybills, show_label
from houtai.application.shipping.request import request_waybill
from houtai.domain.authority import Authority, Dimension, Grant
from houtai.domain.ids import ParcelId, WarehouseId, new_id
from houtai.domain.money import Money
from houtai.domain.refusal import Forbidden, IllegalMove, NotFound, VersionConflict
from houtai.domain.shipping.events import WaybillBound, WaybillOverdue, WaybillRefused, WaybillVoided
from houtai.domain.shipping.parcel import LabelFormat
from houtai.domain.shipping.refusals import NumberTaken, ParcelHasWaybill, WaybillDiffers
from houtai.domain.shipping.tracking import TrackState
from houtai.domain.shipping.waybill import WaybillState
from tests.conftest import StillClock
from tests.payments.till import in_parallel
from tests.shipping.dock import RECEIVER, SHIPMENT, WAREHOUSE, Dock


def test_a_request_is_bound_with_its_label_and_charge(dock: Dock) -> None:
    waybill = dock.waybill(dock.request())
    assert (waybill.state, waybill.number, waybill.charge) == (WaybillState.BOUND, "HT000000000001", Money(1000, "CNY"))
    label = dock.office.ask(show_label, waybill.id, dock.act)
    assert (label.format, b"HT000000000001" in label.content) == (LabelFormat.ZPL, True)
    assert dock.events(WaybillBound) == [WaybillBound(waybill.id, waybill.parcel_id, "embedded", waybill.number, 1000, "CNY")]


def test_the_same_request_again_is_the_same_waybill(dock: Dock) -> None:
    cmd = dock.wish()
    for _ in range(2):
        assert dock.office.perform(request_waybill, cmd, dock.act).id == cmd.waybill
        dock.relay.run_until_idle()
    assert dock.carrier.bound() == ["HT000000000001"]


def test_another_request_under_the_same_id_is_refused(memory_dock: Dock) -> None:
    cmd = memory_dock.wish()
    memory_dock.office.perform(request_waybill, cmd, memory_dock.act)
    with pytest.raises(WaybillDiffers):
        memory_dock.office.perform(request_waybill, attrs.evolve(cmd, parcel=ParcelId(new_id())), memory_dock.act)


def test_a_parcel_bears_one_waybill_until_that_is_voided(dock: Dock) -> None:
    parcel = ParcelId(new_id())
    first = dock.request(parcel=parcel)
    with pytest.raises(ParcelHasWaybill):
        dock.request(parcel=parcel)
    dock.void(first)
    second = dock.request(parcel=parcel)
    assert (dock.state(first), dock.state(second)) == (WaybillState.VOIDED, WaybillState.BOUND)


def test_eight_requests_for_one_parcel_at_once_get_one_number(dock: Dock) -> None:
    parcel = ParcelId(new_id())
    results = in_parallel(lambda _: dock.request(parcel=parcel, delivered=False), range(8))
    dock.relay.run_until_idle()
    assert sum(isinstance(result, ParcelHasWaybill) for result in results) == 7
    assert len(dock.carrier.bound()) == 1


def test_a_bad_address_is_refused_with_the_carriers_words(dock: Dock) -> None:
    nowhere = attrs.evolve(SHIPMENT, receiver=attrs.evolve(RECEIVER, phone="12"))
    waybill = dock.waybill(dock.request(shipment=nowhere))
    assert (waybill.state, waybill.error) == (WaybillState.REFUSED, "the receiver's region or phone is not good enough")
    assert len(dock.events(WaybillRefused)) == 1


@pytest.mark.parametrize("fault", [Fault.LOSE_ANSWER, Fault.LOSE_REQUEST])
def test_a_lost_answer_makes_the_waybill_unknown_until_it_is_asked_and_never_two(dock: Dock, fault: Fault) -> None:
    dock.carrier.arrange("buy", fault)
    waybill = dock.request()
    assert dock.state(waybill) is WaybillState.UNKNOWN
    assert dock.ask_later(seconds=1) == 0
    assert dock.ask_later(seconds=30) == 1
    assert (dock.state(waybill), dock.carrier.bound()) == (WaybillState.BOUND, [dock.waybill(waybill).number])


def test_a_carrier_that_cannot_be_reached_leaves_the_message_waiting(dock: Dock, clock: StillClock) -> None:
    dock.carrier.arrange("buy", Fault.UNREACHABLE)
    waybill = dock.request()
    assert dock.state(waybill) is WaybillState.REQUESTED
    clock.advance(seconds=10)
    dock.relay.run_until_idle()
    assert dock.state(waybill) is WaybillState.BOUND


def test_a_silent_carrier_is_asked_less_and_less_often_and_then_a_person_is_told_once(memory_dock: Dock) -> None:
    dock = memory_dock
    dock.carrier.arrange("buy", Fault.LOSE_ANSWER)
    dock.carrier.arrange("ask", *[Fault.LOSE_ANSWER, Fault.UNREACHABLE] * 20)
    waybill = dock.request()
    for _ in range(2 * MAX_ASKS):
        dock.ask_later(hours=25)
    assert [event.waybill_id for event in dock.events(WaybillOverdue)] == [waybill]
    assert dock.waybill(waybill).ask_at is not None
    pauses = [(next_question(dock.clock.now(), asks) - dock.clock.now()).total_seconds() for asks in range(MAX_ASKS + 1)]
    assert pauses == [30, 60, 120, 240, 480, 960, 1920, 3600, 3600, 3600, 3600, 3600, 86400]


def test_eight_dispatchers_at_once_bind_one_number(dock: Dock, clock: StillClock) -> None:
    dock.carrier.arrange("buy", Fault.LOSE_REQUEST)
    waybill = dock.request()
    clock.advance(minutes=1)
    in_parallel(lambda _: dock.dispatcher.ask_unknown(), range(8))
    assert dock.carrier.bound() == [dock.waybill(waybill).number]


def test_a_person_settles_what_the_carrier_does_not_say(dock: Dock) -> None:
    dock.carrier.arrange("buy", Fault.LOSE_ANSWER, Fault.LOSE_REQUEST)
    told, never = dock.request(), dock.request()
    with pytest.raises(VersionConflict):
        dock.office.perform(settle_waybill, SettleWaybill(told, 1, "by telephone", "HT1"), dock.act)
    bound = dock.office.perform(settle_waybill, SettleWaybill(told, 2, "by telephone", "HT1"), dock.act)
    with pytest.raises(NumberTaken):
        dock.office.perform(settle_waybill, SettleWaybill(never, 2, "by telephone", "HT1"), dock.act)
    ended = dock.office.perform(settle_waybill, SettleWaybill(never, 2, "they have nothing"), dock.act)
    assert (bound.state, bound.number, ended.state) == (WaybillState.BOUND, "HT1", WaybillState.VOIDED)
    with pytest.raises(IllegalMove):
        dock.office.perform(settle_waybill, SettleWaybill(told, 3, "again"), dock.act)


def test_a_number_that_stands_on_another_waybill_is_not_believed(dock: Dock) -> None:
    first = dock.request()
    dock.carrier._state.execute("UPDATE serial SET last = 0")
    dock.carrier._state.execute("UPDATE waybills SET number = number || 'x'")
    second = dock.request()
    assert (dock.state(first), dock.state(second)) == (WaybillState.BOUND, WaybillState.UNKNOWN)
    assert "stands on another waybill" in dock.waybill(second).error


def test_a_void_goes_to_the_carrier_and_a_second_one_is_the_first(dock: Dock) -> None:
    waybill = dock.request()
    assert dock.void(waybill).state is WaybillState.VOIDING
    assert (dock.state(waybill), dock.carrier.bound()) == (WaybillState.VOIDED, [])
    assert dock.void(waybill).state is WaybillState.VOIDED
    assert len(dock.events(WaybillVoided)) == 1


@pytest.mark.parametrize("fault", [Fault.LOSE_ANSWER, Fault.LOSE_REQUEST])
def test_a_lost_answer_to_a_void_is_asked_after(dock: Dock, fault: Fault) -> None:
    waybill = dock.request()
    dock.carrier.arrange("void", fault)
    dock.void(waybill)
    assert dock.state(waybill) is WaybillState.VOIDING
    dock.ask_later(minutes=6)
    assert (dock.state(waybill), dock.carrier.bound()) == (WaybillState.VOIDED, [])


def test_a_void_that_takes_long_is_asked_after_and_may_be_refused(dock: Dock) -> None:
    from houtai.application.shipping.dispatcher import key_of

    waybill = dock.request()
    dock.carrier.arrange("void", Fault.TAKE_LONG)
    dock.void(waybill)
    dock.ask_later(minutes=6)
    assert dock.state(waybill) is WaybillState.VOIDING
    dock.carrier.finish_void(key_of(waybill), refused=True)
    dock.ask_later(hours=2)
    assert (dock.state(waybill), dock.waybill(waybill).error) == (WaybillState.BOUND, "too late")


def test_a_refused_void_leaves_the_waybill_bound(dock: Dock) -> None:
    waybill = dock.request()
    dock.carrier.arrange("void", Fault.REFUSE)
    dock.void(waybill)
    assert (dock.state(waybill), dock.carrier.bound()) == (WaybillState.BOUND, [dock.waybill(waybill).number])


def test_what_was_never_told_is_voided_without_being_told(dock: Dock) -> None:
    waybill = dock.request(delivered=False)
    dock.void(waybill)
    assert (dock.state(waybill), dock.carrier.bound()) == (WaybillState.VOIDED, [])


def test_an_unknown_one_is_voided_as_soon_as_its_number_is_known(dock: Dock) -> None:
    dock.carrier.arrange("buy", Fault.LOSE_ANSWER)
    waybill = dock.request()
    dock.void(waybill)
    dock.void(waybill)
    assert dock.state(waybill) is WaybillState.UNKNOWN
    dock.ask_later(seconds=31)
    dock.relay.run_until_idle()
    assert (dock.state(waybill), dock.carrier.bound()) == (WaybillState.VOIDED, [])


def test_a_parcel_that_the_carrier_has_cannot_be_voided(dock: Dock) -> None:
    waybill = dock.request()
    dock.carrier.happen(dock.waybill(waybill).number, TrackState.PICKED_UP)
    dock.bring_all()
    with pytest.raises(IllegalMove):
        dock.void(waybill)


def test_a_parcel_picked_up_while_its_void_was_under_way_is_on_its_way(dock: Dock) -> None:
    waybill = dock.request()
    dock.void(waybill, delivered=False)
    dock.carrier.happen(dock.waybill(waybill).number, TrackState.PICKED_UP)
    dock.bring_all()
    dock.relay.run_until_idle()
    assert dock.state(waybill) is WaybillState.PICKED_UP


def test_another_warehouses_staff_find_no_waybill(memory_dock: Dock) -> None:
    dock = memory_dock
    waybill = dock.request()
    verbs = ("shipping.request", "shipping.void", "shipping.waybills", "shipping.labels")
    elsewhere = WarehouseId(new_id())
    grants = tuple(Grant(verb, {Dimension.WAREHOUSE: frozenset({elsewhere})}) for verb in verbs)
    stranger = attrs.evolve(dock.act, actor=new_id(), authority=Authority(new_id(), grants), name="stranger")
    for query in (show_label,):
        with pytest.raises(NotFound):
            dock.office.ask(query, waybill, stranger)
    assert dock.office.ask(list_waybills, ListWaybills(), stranger).items == ()
    with pytest.raises(Forbidden):
        dock.office.perform(request_waybill, dock.wish(), stranger)
    own = attrs.evolve(stranger, authority=Authority(new_id(), (Grant(verbs[2], {Dimension.WAREHOUSE: frozenset({WAREHOUSE})}),)))
    assert [one.id for one in dock.office.ask(list_waybills, ListWaybills(state=WaybillState.BOUND), own).items] == [waybill]


def test_no_log_holds_the_receiver(memory_dock: Dock) -> None:
    from houtai.application.permission import needs

    @needs("tests.log")
    def told(views: object, _query: None, _act: object) -> str:
        return str(views.audit_chain())  # type: ignore[attr-defined]  # every store has it

    memory_dock.request()
    log = memory_dock.office.ask(told, None, memory_dock.act)
    assert "request_waybill" in log
    assert RECEIVER.name not in log
    assert RECEIVER.phone not in log
