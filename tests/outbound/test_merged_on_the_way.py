"""Orders that go out in one parcel, and what befalls one of them on the way: cancelled, short, given up, sorted with others."""

from __future__ import annotations

from collections.abc import Callable

import attrs
import pytest

from houtai.application.aftersales.short import settle_short
from houtai.application.orders.give_up import give_up_units, lock_under_way
from houtai.application.orders.ports import OrdersTx
from houtai.application.orders.short import SettleShort
from houtai.application.outbound.check import BeginCheck, CheckPiece, begin_check, check_piece
from houtai.application.outbound.hand_over import (
    OpenManifest,
    ScanParcel,
    add_parcel,
    open_manifest,
)
from houtai.application.outbound.intercept import PutBack, put_back_goods
from houtai.application.outbound.short import ReportShort, report_short
from houtai.application.permission import needs
from houtai.application.timeline import write_line
from houtai.domain.act import Act
from houtai.domain.ids import ManifestId, OrderId, new_id
from houtai.domain.orders.order import Order
from houtai.domain.orders.state import OrderState
from houtai.domain.outbound.order import OutboundOrder
from houtai.domain.outbound.refusals import MustReturn, StepTooEarly
from houtai.domain.outbound.short_pick import ShortChoice
from houtai.domain.outbound.state import OutboundState
from houtai.domain.outbound.wave import PickMethod
from houtai.domain.refusal import InvalidValue
from tests.outbound.together import Together, floor, memory_floor

__all__ = ["floor", "memory_floor"]

S = OutboundState


# -- one of them cancelled on the way


def new(floor: Together, sent: OutboundOrder) -> None:
    assert floor.now(sent).state is S.NEW


def waved(floor: Together, sent: OutboundOrder) -> None:
    floor.wave(sent, method=PickMethod.SINGLE)
    floor.answer(sent)


def half_picked(floor: Together, sent: OutboundOrder) -> None:
    made = floor.printed(sent, method=PickMethod.SINGLE)
    (run,) = floor.runs(made)
    run = floor.start(floor.new_tote(), run=run.id)
    floor.take(run, floor.first, "CUP", run.picking.lines[0].qty)


def picked(floor: Together, sent: OutboundOrder) -> None:
    floor.picked(sent)


def half_checked(floor: Together, sent: OutboundOrder) -> None:
    floor.picked(sent)
    now = floor.now(sent)
    floor.office.perform(begin_check, BeginCheck(now.waybill), floor.act)
    floor.office.perform(check_piece, CheckPiece(now.id, now.lines[0].sku_id, 1), floor.act)


def weighed(floor: Together, sent: OutboundOrder) -> None:
    floor.picked(sent)
    floor.weighed(sent)


def listed(floor: Together, sent: OutboundOrder) -> None:
    weighed(floor, sent)
    manifest = ManifestId(new_id())
    now = floor.now(sent)
    floor.office.perform(open_manifest, OpenManifest(manifest, floor.warehouse, now.carrier), floor.act)
    floor.office.perform(add_parcel, ScanParcel(manifest, now.waybill), floor.act)


MOMENTS = (new, waved, half_picked, picked, half_checked, weighed, listed)


def finish(floor: Together, sent: OutboundOrder) -> None:
    """What is left to do of it, from wherever it is."""
    now = floor.now(sent)
    if now.state is S.NEW:
        floor.picked(sent)
    elif now.state in (S.PRINTED, S.PICKING):
        for run in floor.open_runs():
            floor.walked(run if run.picker else floor.start(floor.new_tote(), run=run.id))
    floor.leaves(sent)


@pytest.mark.parametrize("moment", MOMENTS, ids=lambda moment: moment.__name__)
@pytest.mark.parametrize("place", [0, 1], ids=["the first", "the second"])
def test_a_cancelled_order_leaves_the_joint_one_and_the_other_goes_on(
    floor: Together, moment: Callable[[Together, OutboundOrder], None], place: int
) -> None:
    floor.shop.charge_freight(800)
    orders = [floor.shop.paid(CUP=2, POT=1), floor.shop.paid(CUP=1, BOWL=1)]
    sent = floor.joint(*orders)
    moment(floor, sent)
    gone, other = orders[place], orders[1 - place]
    floor.cancelled(gone)
    assert floor.shop.order(gone).state is OrderState.CANCELLED
    for back in (one for one in floor.sent(gone) if one.state is S.INTERCEPTED):
        for line in back.lines:
            cmd = PutBack(back.id, line.sku_id, line.picked_qty, floor.first.id)
            floor.office.perform(put_back_goods, cmd, floor.act)
        assert floor.now(back).state is S.CANCELLED
    finish(floor, sent)
    assert floor.now(sent).state is S.SHIPPED
    assert [line.shipped_qty for line in floor.shop.order(other).lines] == [line.qty for line in other.lines]
    assert not any(line.shipped_qty for line in floor.shop.order(gone).lines)
    assert floor.shop.balance("revenue") == -other.goods_minor
    assert floor.shop.balance("freight-income") == -800
    assert sum(refund.amount.minor for refund in floor.shop.refunds(gone)) == gone.payable_minor
    assert not floor.reserved_for(gone)
    assert floor.shop.reserved("CUP") == 0


def test_with_the_last_of_its_orders_a_joint_one_is_stopped(floor: Together) -> None:
    orders = [floor.shop.paid(CUP=1), floor.shop.paid(CUP=1)]
    sent = floor.joint(*orders)
    floor.printed(sent)
    floor.cancelled(orders[0])
    assert floor.now(sent).state is S.PRINTED
    floor.cancelled(orders[1])
    assert floor.now(sent).state is S.CANCELLED
    assert floor.shop.reserved("CUP") == 0


def test_once_the_parcel_has_left_none_of_its_orders_is_cancelled(memory_floor: Together) -> None:
    orders = [memory_floor.shop.paid(CUP=1), memory_floor.shop.paid(BOWL=1)]
    sent = memory_floor.joint(*orders)
    memory_floor.picked(sent)
    memory_floor.leaves(sent)
    with pytest.raises(MustReturn):
        memory_floor.cancelled(orders[0])


# -- one of them lacks units


def short_of_pots(floor: Together, orders: list[Order]) -> OutboundOrder:
    """A joint order that is picked but for the pots, of which the shelf holds none."""
    sent = floor.joint(*orders)
    made = floor.printed(sent, method=PickMethod.SINGLE)
    (run,) = floor.runs(made)
    run = floor.start(floor.new_tote(), run=run.id)
    for line in run.picking.lines:
        if line.sku_code == "POT":
            run = floor.office.perform(report_short, ReportShort(run.id, line.location), floor.act).run
        else:
            run = floor.take(run, floor.first, line.sku_code, line.qty)
    return floor.now(sent)


def test_what_one_order_lacks_is_paid_back_to_it_alone_and_the_rest_leaves(floor: Together) -> None:
    orders = [floor.shop.paid(CUP=2), floor.shop.paid(BOWL=1, POT=1)]
    sent = short_of_pots(floor, orders)
    assert sent.state is S.SHORT
    floor.office.perform(settle_short, SettleShort(sent.id, ShortChoice.REFUND, "broken"), floor.act)
    floor.leaves(sent)
    assert floor.shop.refunds(orders[0]) == []
    assert [refund.amount.minor for refund in floor.shop.refunds(orders[1])] == [15_000]
    assert [(line.shipped_qty, line.cancelled_qty) for line in floor.shop.order(orders[1]).lines] == [(1, 0), (0, 1)]


def test_where_both_lack_units_one_is_named(floor: Together) -> None:
    orders = [floor.shop.paid(CUP=1, POT=1), floor.shop.paid(BOWL=1, POT=1)]
    sent = short_of_pots(floor, orders)
    with pytest.raises(StepTooEarly, match="say which"):
        floor.office.perform(settle_short, SettleShort(sent.id, ShortChoice.REFUND, "broken"), floor.act)
    stranger = SettleShort(sent.id, ShortChoice.REFUND, "broken", order=OrderId(new_id()))
    with pytest.raises(InvalidValue, match="goods are in it"):
        floor.office.perform(settle_short, stranger, floor.act)
    for order in orders:
        assert floor.now(sent).state is S.SHORT
        floor.office.perform(settle_short, SettleShort(sent.id, ShortChoice.REFUND, "broken", order=order.id), floor.act)
    floor.leaves(sent)
    assert [floor.shop.order(one).lines[1].cancelled_qty for one in orders] == [1, 1]


def test_a_cancelled_order_takes_along_what_it_alone_lacked(floor: Together) -> None:
    orders = [floor.shop.paid(CUP=2), floor.shop.paid(BOWL=1, POT=1)]
    sent = short_of_pots(floor, orders)
    floor.cancelled(orders[1])
    assert floor.now(sent).state is S.PICKED
    (back,) = (one for one in floor.sent(orders[1]) if one.state is S.INTERCEPTED)
    floor.office.perform(put_back_goods, PutBack(back.id, floor.shop.sku["BOWL"], 1, floor.first.id), floor.act)
    floor.leaves(sent)
    assert floor.shop.order(orders[0]).lines[0].shipped_qty == 2
    assert floor.shop.cases() == []


# -- sorted on a wall, several in a cart


@pytest.mark.parametrize("method", [PickMethod.CLUSTER, PickMethod.ZONE])
def test_in_a_wave_with_others_a_joint_order_has_one_slot(floor: Together, method: PickMethod) -> None:
    joint = floor.joint(floor.shop.paid(CUP=1), floor.shop.paid(CUP=1, BOWL=1))
    single = floor.released(CUP=1)
    made = floor.printed(joint, single, method=method)
    assert len(made.wave.slots) == 2
    assert {one.outbound_id for one in made.wave.slots} == {joint.id, single.id}


# -- units given up by a claim


@attrs.frozen
class GivenUp:
    """So many units of the lines of an order that its buyer wants no more."""

    order: OrderId
    units: dict[int, int]


@needs("tests.give-up")
def _give_up(tx: OrdersTx, cmd: GivenUp, act: Act) -> Order:
    sent = lock_under_way(tx, cmd.order)
    order = give_up_units(tx, tx.orders.lock_one(cmd.order), cmd.units, sent, "wanted no more", act)
    tx.orders.save(order)
    write_line(tx, act, "order", order, "units given up", before=order.state)
    return order


@pytest.mark.parametrize("moment", [waved, picked], ids=["in a wave", "picked"])
def test_units_given_up_take_their_order_out_and_the_rest_of_it_goes_again(
    floor: Together, moment: Callable[[Together, OutboundOrder], None]
) -> None:
    orders = [floor.shop.paid(CUP=2, POT=1), floor.shop.paid(BOWL=1)]
    sent = floor.joint(*orders)
    moment(floor, sent)
    floor.office.perform(_give_up, GivenUp(orders[0].id, {2: 1}), floor.act)
    for back in (one for one in floor.sent(orders[0]) if one.state is S.INTERCEPTED):
        for line in back.lines:
            cmd = PutBack(back.id, line.sku_id, line.picked_qty, floor.first.id)
            floor.office.perform(put_back_goods, cmd, floor.act)
    assert floor.shop.order(orders[0]).state is OrderState.CONFIRMED
    assert floor.shop.order(orders[1]).state is OrderState.RELEASED
    (rest,) = floor.hand_over(orders[0]).outbound
    assert [(line.sku_code, line.qty) for line in rest.lines] == [("CUP", 2)]
    finish(floor, sent)
    assert floor.shop.order(orders[1]).lines[0].shipped_qty == 1
