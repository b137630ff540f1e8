"""A tote or pallet that somebody carries takes its goods along: whatever follows finds them; and a walk without orders ends at once."""

from __future__ import annotations

import pytest

from houtai.application.office import Office
from houtai.application.outbound.hand_over import CloseManifest, close_manifest
from houtai.application.outbound.intercept import InterceptOrder, PutBack, intercept_order, put_back_goods
from houtai.application.outbound.waves import UndoWave, undo_wave
from houtai.application.warehouse.carry_unit import CarryUnit, carry_unit
from houtai.application.warehouse.move_goods import MoveGoods, MoveLine, move_goods
from houtai.domain.ids import HandlingUnitId, new_id
from houtai.domain.outbound.order import OutboundOrder
from houtai.domain.outbound.state import OutboundState
from houtai.domain.outbound.wave import PickMethod, WaveState
from houtai.domain.outbound.work import RunState
from houtai.domain.warehouse.handling_unit import UnitKind
from houtai.domain.warehouse.location import Location
from tests.conftest import StillClock
from tests.doctor.sending import Sending


@pytest.fixture
def sending(office: Office, clock: StillClock) -> Sending:
    return Sending(office, clock)


def carry(sending: Sending, unit: HandlingUnitId | None, place: Location) -> None:
    assert unit is not None
    sending.perform(carry_unit, CarryUnit(new_id(), unit, 1, place.id))


def stop(sending: Sending, sent: OutboundOrder) -> OutboundOrder:
    stopped = sending.perform(intercept_order, InterceptOrder(sent.id, "damaged"))
    assert isinstance(stopped, OutboundOrder)
    return stopped


def on_a_pallet(sending: Sending) -> HandlingUnitId:
    """All cups stand on a pallet at the second shelf."""
    floor = sending.floor
    pallet = floor.unit(UnitKind.TOTE, "H-PALLET")
    carry(sending, pallet, floor.second)
    line = MoveLine(sending.shop.sku["CUP"], 10, floor.first.id, floor.second.id, to_unit_id=pallet)
    sending.perform(move_goods, MoveGoods(new_id(), sending.shop.warehouse, (line,)))
    return pallet


def test_goods_in_a_tote_that_was_carried_go_back_to_a_shelf(sending: Sending) -> None:
    sent = sending.order(CUP=2)[1]
    tote = sending.begun(sent)
    sending.floor.take(tote, sending.floor.first, "CUP", 2)
    carry(sending, tote.unit_id, sending.floor.second)
    assert stop(sending, sent).state is OutboundState.INTERCEPTED
    back = sending.perform(put_back_goods, PutBack(sent.id, sending.shop.sku["CUP"], 2, sending.floor.first.id))
    assert back.state is OutboundState.CANCELLED
    assert sending.floor.lies("CUP") == {"A-01-01-1": (10, 10)}


def test_goods_in_a_tote_that_was_carried_leave_with_their_parcel(sending: Sending) -> None:
    sent = sending.weighed(sending.order(CUP=2)[1])
    (pick,) = sending.floor.detail(sent).picks
    assert pick.bin.handling_unit_id is not None
    carry(sending, pick.bin.handling_unit_id, sending.floor.second)
    sending.perform(close_manifest, CloseManifest(sending.manifest(sent)))
    assert sending.floor.now(sent).state is OutboundState.SHIPPED
    assert sending.floor.lies("CUP") == {"A-01-01-1": (8, 8)}


@pytest.mark.parametrize("how", ["stopped", "undone"])
def test_goods_on_a_pallet_that_was_carried_are_free_again_when_nobody_wants_them(sending: Sending, how: str) -> None:
    pallet = on_a_pallet(sending)
    sent = sending.order(CUP=3)[1]
    made = sending.floor.wave(sent, method=PickMethod.SINGLE)
    sending.perform(carry_unit, CarryUnit(new_id(), pallet, 2, sending.floor.first.id))
    assert sending.floor.lies("CUP") == {"A-01-01-1": (10, 7)}
    if how == "stopped":
        assert stop(sending, sent).state is OutboundState.CANCELLED
    else:
        assert sending.perform(undo_wave, UndoWave(made.wave.id, "tomorrow")).state is WaveState.CANCELLED
    assert sending.floor.lies("CUP") == {"A-01-01-1": (10, 10)}


def test_goods_on_a_pallet_that_was_carried_are_picked_by_who_was_sent_for_them(sending: Sending) -> None:
    pallet = on_a_pallet(sending)
    sent = sending.order(CUP=3)[1]
    run = sending.begun(sent)
    sending.perform(carry_unit, CarryUnit(new_id(), pallet, 2, sending.floor.aisle.id))
    sending.floor.take(run, sending.floor.second, "CUP", 3)
    assert sending.floor.now(sent).state is OutboundState.PICKED
    assert sending.floor.lies("CUP") == {"P-01": (10, 7)}


def test_a_walk_whose_order_was_stopped_before_it_began_is_over_as_soon_as_somebody_takes_it_on(sending: Sending) -> None:
    first, second = sending.order(CUP=1)[1], sending.order(BOWL=1)[1]
    made = sending.floor.printed(first, second, method=PickMethod.SINGLE)
    stop(sending, first)
    walk = next(run for run in made.runs if run.picking.lines[0].sku_code == "CUP")
    assert sending.floor.start(sending.tote(), run=walk.id).state is RunState.DONE
    assert sending.floor.wave_now(made).state is WaveState.PICKING
    assert sending.floor.now(second).state is OutboundState.PRINTED
