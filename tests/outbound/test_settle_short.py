"""SHORT orders on every adapter: found again, split or refunded to the fen; and parts that were stopped are released again."""

from __future__ import annotations

from typing import Any

import pytest

from houtai.application.aftersales.quote import ClaimWish, QuoteClaim, quote_claim
from houtai.application.aftersales.short import settle_short
from houtai.application.inventory.configure import SetChannelWarehouses, set_channel_warehouses
from houtai.application.office import Office
from houtai.application.orders.release import ReleaseRest, release_rest
from houtai.application.orders.short import SettledShort, SettleShort
from houtai.application.orders.timers import look_again_for_all
from houtai.application.outbound.intercept import InterceptOrder, intercept_order
from houtai.application.outbound.settle import LookAgain, SendWithout, look_again, send_without
from houtai.application.outbound.short import ReportShort, report_short
from houtai.domain.aftersales.reason import Reason
from houtai.domain.aftersales.state import ClaimKind
from houtai.domain.authority import Grant
from houtai.domain.ids import OutboundId, new_id
from houtai.domain.orders.order import Order
from houtai.domain.orders.state import OrderState
from houtai.domain.outbound.order import OutboundOrder
from houtai.domain.outbound.refusals import StepTooEarly
from houtai.domain.outbound.short_pick import ShortChoice
from houtai.domain.outbound.state import OutboundState
from houtai.domain.outbound.wave import PickMethod
from houtai.domain.refusal import Forbidden, NotFound, VersionConflict
from tests.catalog.arrange import another
from tests.conftest import StillClock
from tests.inventory.arrange import some_warehouse, stock_of
from tests.orders.shop import Shop
from tests.outbound.way import Way
from tests.points.purse import Purse
from tests.rewards.counter import define, grants


@pytest.fixture
def way(office: Office, clock: StillClock) -> Way:
    return Way(Shop(office, clock))


@pytest.fixture
def memory_way(memory_office: Office, clock: StillClock) -> Way:
    return Way(Shop(memory_office, clock))


def short_by(way: Way, qty: int, **units: Any) -> tuple[Order, OutboundOrder]:
    """An order of which only so many of its first SKU's units were found; all other stock there is doubted."""
    order = way.shop.paid(**units)
    (sent,) = way.hand_over(order).outbound
    code, wanted = next(iter(units.items()))
    way.printed(sent, method=PickMethod.SINGLE)
    run = way.start(way.new_tote())
    if wanted > qty:
        way.take(run, way.first, code, wanted - qty)
    way.office.perform(report_short, ReportShort(run.id, way.first.path), way.act)
    rest = way.start(way.new_tote()) if len(units) > 1 else None
    if rest is not None:
        way.walked(rest)
    assert way.now(sent).state is OutboundState.SHORT
    return way.shop.order(order), way.now(sent)


def settle(way: Way, sent: OutboundOrder, choice: ShortChoice, **more: Any) -> SettledShort:
    return way.office.perform(settle_short, SettleShort(sent.id, choice, "nowhere to be found", **more), way.act)


def test_a_short_order_is_a_case_until_it_goes_on(way: Way) -> None:
    _, sent = short_by(way, 1, CUP=3)
    assert way.shop.cases() == ["outbound-short"]
    settle(way, sent, ShortChoice.REFUND)
    assert way.shop.cases() == []


def test_an_order_that_lacks_a_unit_for_good_earns_points_for_what_it_keeps(way: Way) -> None:
    Purse(way.shop)
    define(way.shop, points_per_100_minor=100)
    order, sent = short_by(way, 1, CUP=3)
    assert [grant.left_points for grant in grants(way.shop, order)] == [3 * 9_990]
    settle(way, sent, ShortChoice.REFUND)
    assert [grant.left_points for grant in grants(way.shop, order)] == [2 * 9_990]


def test_stock_that_came_meanwhile_is_picked_in_a_further_walk_of_the_same_wave(way: Way) -> None:
    _, sent = short_by(way, 2, CUP=3)
    assert way.office.perform(look_again, LookAgain(sent.id), way.act).state is OutboundState.SHORT
    way.shop.take_in(None, CUP=1)
    way.put_away(way.second, CUP=1)
    assert look_again_for_all(way.office) == 1
    walk = way.start(way.new_tote())
    assert [(line.location, line.qty) for line in walk.picking.lines] == [("B-01-01-1", 1)]
    way.walked(walk)
    assert (way.now(sent).state, way.shop.cases()) == (OutboundState.SHORT, ["outbound-short"])
    way.shop.take_in(None, CUP=1)
    way.put_away(way.second, CUP=1)
    assert settle(way, sent, ShortChoice.WAIT).outbound.state is OutboundState.PICKING
    way.walked(way.start(way.new_tote()))
    assert (way.now(sent).state, way.shop.cases()) == (OutboundState.PICKED, [])
    way.leaves(sent)
    assert way.now(sent).state is OutboundState.SHIPPED


def test_what_there_is_goes_now_and_the_rest_when_it_is_there_again(way: Way) -> None:
    order, sent = short_by(way, 1, CUP=3)
    split = settle(way, sent, ShortChoice.SPLIT)
    (rest,) = split.further
    assert (split.outbound.state, [line.cancelled_qty for line in split.outbound.lines]) == (OutboundState.PICKED, [1])
    assert (rest.state, rest.warehouse_id, [(line.source_line, line.qty) for line in rest.lines]) == (
        OutboundState.NEW,
        way.warehouse,
        [(1, 1)],
    )
    way.leaves(sent)
    way.shop.take_in(None, CUP=1)
    way.put_away(way.second, CUP=1)
    way.picked(rest)
    way.leaves(rest)
    assert [line.shipped_qty for line in way.shop.order(order).lines] == [3]
    assert (way.shop.balance("customer-deposits"), -way.shop.balance("revenue")) == (0, order.goods_minor)


def test_the_rest_comes_from_another_warehouse_that_has_it(way: Way) -> None:
    west = some_warehouse(way.office, way.act, "WE")
    serve_both(way, west)
    way.shop.take_in(west, CUP=5)
    order, sent = short_by(way, 2, CUP=3)
    (rest,) = settle(way, sent, ShortChoice.SPLIT).further
    there = stock_of(way.office, way.act, way.shop.sku["CUP"], west)
    assert (rest.warehouse_id, there.reserved_qty, way.shop.reserved("CUP")) == (west, 2, 1)
    assert way.shop.order(order).payable_minor == order.payable_minor


def serve_both(way: Way, west: Any) -> None:
    cmd = SetChannelWarehouses(way.shop.channel, (way.warehouse, west), expected_version=1)
    way.office.perform(set_channel_warehouses, cmd, way.act)


def test_what_is_paid_back_for_missing_units_is_known_to_a_later_claim(way: Way) -> None:
    way.shop.charge_freight(1_000)
    order, sent = short_by(way, 1, CUP=3)
    (refund,) = settle(way, sent, ShortChoice.REFUND).refunds
    way.leaves(sent)
    rest = QuoteClaim(order.id, ClaimKind.REFUND_ONLY, Reason.DEFECTIVE, (ClaimWish(1, 2),))
    quoted = way.office.ask(quote_claim, rest, way.act).quote
    assert quoted is not None
    assert (quoted.net_minor, quoted.closes) == (order.payable_minor - refund.amount.minor, True)


def test_missing_units_are_paid_back_to_the_fen_with_their_freight(way: Way) -> None:
    way.shop.charge_freight(1_000)
    order, sent = short_by(way, 1, CUP=3)
    done = settle(way, sent, ShortChoice.REFUND)
    (refund,) = done.refunds
    worth = order.payable_minor - round(order.payable_minor * 2 / 3)
    assert abs(refund.amount.minor - worth) <= 1
    assert (done.outbound.state, done.order.lines[0].cancelled_qty, way.shop.reserved("CUP")) == (OutboundState.PICKED, 1, 2)
    way.leaves(sent)
    revenue, freight = -way.shop.balance("revenue"), -way.shop.balance("freight-income")
    assert way.shop.balance("customer-deposits") == 0
    assert revenue + freight + refund.amount.minor == order.payable_minor


def test_with_a_coupon_every_fen_is_earned_or_paid_back(way: Way) -> None:
    way.shop.charge_freight(700)
    coupon = way.shop.coupon(1_000)
    order = way.shop.paid([coupon], CUP=3, BOWL=1)
    (sent,) = way.hand_over(order).outbound
    way.printed(sent, method=PickMethod.SINGLE)
    run = way.start(way.new_tote())
    way.take(run, way.first, "CUP", 1)
    run = way.office.perform(report_short, ReportShort(run.id, way.first.path), way.act).run
    way.take(run, way.first, "BOWL", 1)
    done = settle(way, sent, ShortChoice.REFUND)
    way.leaves(sent)
    discounts = way.shop.balance("promotion-platform")
    earned = -way.shop.balance("revenue") - way.shop.balance("freight-income") - discounts
    assert way.shop.balance("customer-deposits") == 0
    assert earned + sum(refund.amount.minor for refund in done.refunds) == order.payable_minor


def test_an_order_of_which_nothing_would_be_left_is_cancelled_instead(memory_way: Way) -> None:
    order, sent = short_by(memory_way, 2, CUP=2)
    for choice in (ShortChoice.REFUND, ShortChoice.SPLIT):
        with pytest.raises(StepTooEarly):
            settle(memory_way, sent, choice)
    memory_way.shop.cancel(order)
    assert (memory_way.now(sent).state, memory_way.shop.cases()) == (OutboundState.CANCELLED, [])


def test_only_a_short_order_is_settled_and_as_it_was_seen(memory_way: Way) -> None:
    fine = memory_way.released(CUP=1)
    with pytest.raises(StepTooEarly):
        settle(memory_way, fine, ShortChoice.REFUND)
    with pytest.raises(StepTooEarly):
        memory_way.office.perform(look_again, LookAgain(fine.id), memory_way.act)
    with pytest.raises(NotFound):
        nobody = SettleShort(OutboundId(new_id()), ShortChoice.REFUND, "x")
        memory_way.office.perform(settle_short, nobody, memory_way.act)
    _, sent = short_by(memory_way, 1, BOWL=2)
    with pytest.raises(VersionConflict):
        settle(memory_way, sent, ShortChoice.REFUND, expected_version=1)
    with pytest.raises(StepTooEarly, match="whoever settles its order"):
        memory_way.office.perform(send_without, SendWithout(sent.id, "x"), memory_way.act)


def test_paying_back_stays_within_what_one_may(memory_way: Way) -> None:
    _, sent = short_by(memory_way, 1, CUP=2)
    clerk = another(memory_way.act, grants=(Grant("orders.settle-short", limits={"refund_minor": 100}),))
    with pytest.raises(Forbidden):
        memory_way.office.perform(settle_short, SettleShort(sent.id, ShortChoice.REFUND, "gone"), clerk)
    split = memory_way.office.perform(settle_short, SettleShort(sent.id, ShortChoice.SPLIT, "later"), clerk)
    assert split.outbound.state is OutboundState.PICKED


def test_a_part_that_was_stopped_goes_again_while_the_other_has_left(way: Way) -> None:
    order, sent = short_by(way, 1, CUP=3)
    (rest,) = settle(way, sent, ShortChoice.SPLIT).further
    way.leaves(sent)
    way.office.perform(intercept_order, InterceptOrder(rest.id, "the shelf is blocked"), way.act)
    assert (way.now(rest).state, way.shop.order(order).state) == (OutboundState.CANCELLED, OrderState.RELEASED)
    again = way.office.perform(release_rest, ReleaseRest(order.id), way.act)
    (new,) = again.outbound
    assert [(line.source_line, line.qty) for line in new.lines] == [(1, 1)]
    with pytest.raises(StepTooEarly):
        way.office.perform(release_rest, ReleaseRest(order.id), way.act)


def test_of_an_order_that_is_not_with_a_warehouse_nothing_is_released_again(memory_way: Way) -> None:
    order = memory_way.shop.paid(CUP=1)
    with pytest.raises(StepTooEarly):
        memory_way.office.perform(release_rest, ReleaseRest(order.id), memory_way.act)
