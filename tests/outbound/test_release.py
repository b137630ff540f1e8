"""Confirmed orders go to the warehouses, on every adapter: what each sends, which warehouse serves best, and who may do it."""

from __future__ import annotations

import pytest

from houtai.application.inventory.configure import SetChannelWarehouses, set_channel_warehouses
from houtai.application.inventory.ports import RESERVATION_BY_ORDER
from houtai.application.inventory.reserve import release
from houtai.application.office import Office
from houtai.application.orders.ports import OrdersTx, OrdersViews
from houtai.application.orders.release import ReleaseOrder, release_confirmed, release_order
from houtai.application.outbound.queries import ListOutbound, find_outbound, list_outbound, show_outbound
from houtai.application.paging import Page
from houtai.application.permission import needs
from houtai.domain.act import Act
from houtai.domain.customers.customer import Address
from houtai.domain.ids import OrderId, OutboundId, WarehouseId, new_id
from houtai.domain.orders.state import OrderState
from houtai.domain.outbound.refusals import StepTooEarly
from houtai.domain.outbound.state import OutboundState
from houtai.domain.refusal import Forbidden, IllegalMove, NotFound, VersionConflict
from tests.conftest import StillClock
from tests.inventory.arrange import some_warehouse
from tests.orders.shop import Shop
from tests.outbound.floor import Floor


@pytest.fixture
def floor(office: Office, clock: StillClock) -> Floor:
    return Floor(Shop(office, clock))


@pytest.fixture
def memory_floor(memory_office: Office, clock: StillClock) -> Floor:
    return Floor(Shop(memory_office, clock))


@needs("tests.read")
def _open_units(views: OrdersViews, query: OrderId, act: Act) -> dict[WarehouseId, int]:
    found: dict[WarehouseId, int] = {}
    for one in views.reservations.by(RESERVATION_BY_ORDER, query):
        if one.open:
            found[one.warehouse_id] = found.get(one.warehouse_id, 0) + one.qty
    return found


@needs("tests.give-up")
def _give_up(tx: OrdersTx, order_id: OrderId, act: Act) -> None:
    """As stock control does where the goods turn out not to be there."""
    release(tx, order_id, act)


def test_a_confirmed_order_becomes_one_outbound_order_with_its_lines(floor: Floor) -> None:
    order = floor.shop.paid(CUP=2, POT=1)
    made = floor.hand_over(order, priority=3)
    (sent,) = made.outbound
    assert made.order.state is floor.shop.order(order).state is OrderState.RELEASED
    assert [(line.source_line, line.sku_code, line.qty, line.open_qty) for line in sent.lines] == [
        (1, "CUP", 2, 2),
        (2, "POT", 1, 1),
    ]
    assert (sent.state, sent.priority, sent.source_number) == (OutboundState.NEW, 3, order.number)
    assert sent.carrier == "embedded"
    assert floor.office.ask(find_outbound, sent.number, floor.act).order.id == sent.id


def test_its_receiver_is_shown_masked_and_without_a_street(floor: Floor) -> None:
    sent = floor.released(CUP=1)
    shown = floor.detail(sent)
    assert shown.order.receiver == Address()
    assert (shown.consignee.name, shown.consignee.phone) == ("王**", "138 **** **78")
    assert "杭州" in shown.consignee.address
    assert "龙井路" not in shown.consignee.address


def test_a_released_order_is_not_released_again(floor: Floor) -> None:
    order = floor.shop.paid(CUP=1)
    floor.hand_over(order)
    with pytest.raises(IllegalMove):
        floor.hand_over(order)


def test_an_order_is_released_only_as_the_caller_saw_it(memory_floor: Floor) -> None:
    order = memory_floor.shop.paid(CUP=1)
    with pytest.raises(VersionConflict):
        memory_floor.hand_over(order, expected_version=order.version + 1)


def test_an_order_without_reserved_goods_stays_where_it_is(memory_floor: Floor) -> None:
    shop = memory_floor.shop
    order = shop.paid(CUP=1)
    memory_floor.office.perform(_give_up, order.id, memory_floor.act)
    with pytest.raises(StepTooEarly, match="nothing is reserved"):
        memory_floor.hand_over(order)
    assert shop.order(order).state is OrderState.CONFIRMED


def test_everything_that_is_confirmed_is_released_at_once_and_only_once(floor: Floor) -> None:
    orders = [floor.shop.paid(CUP=1) for _ in range(3)]
    waiting = floor.shop.place(CUP=1)
    assert release_confirmed(floor.office, limit=2) == 2
    assert release_confirmed(floor.office) == 1
    assert release_confirmed(floor.office) == 0
    assert {floor.shop.order(order).state for order in orders} == {OrderState.RELEASED}
    assert floor.shop.order(waiting).state is OrderState.PENDING_PAYMENT


def test_reservations_move_to_the_one_warehouse_that_has_everything_by_now(floor: Floor) -> None:
    shop = floor.shop
    other = some_warehouse(floor.office, floor.act, "BJ")
    cmd = SetChannelWarehouses(shop.channel, (floor.warehouse, other), expected_version=1)
    floor.office.perform(set_channel_warehouses, cmd, floor.act)
    shop.take_in(other, CUP=5)
    order = shop.paid(CUP=15)
    assert floor.office.ask(_open_units, order.id, floor.act) == {floor.warehouse: 10, other: 5}
    shop.take_in(other, CUP=20)
    (sent,) = floor.hand_over(order).outbound
    assert (sent.warehouse_id, sent.lines[0].qty) == (other, 15)
    assert floor.office.ask(_open_units, order.id, floor.act) == {other: 15}


def test_an_order_that_no_warehouse_holds_whole_goes_out_in_two_parts_that_add_up(floor: Floor) -> None:
    shop = floor.shop
    other = some_warehouse(floor.office, floor.act, "BJ")
    cmd = SetChannelWarehouses(shop.channel, (floor.warehouse, other), expected_version=1)
    floor.office.perform(set_channel_warehouses, cmd, floor.act)
    shop.take_in(other, CUP=5)
    order = shop.paid(CUP=15)
    sent = floor.hand_over(order).outbound
    assert {one.warehouse_id: one.lines[0].qty for one in sent} == {floor.warehouse: 10, other: 5}
    assert len({one.number for one in sent}) == 2


def test_who_does_not_reach_the_channel_finds_no_order_to_release(memory_floor: Floor) -> None:
    order = memory_floor.shop.paid(CUP=1)
    stranger = memory_floor.stranger("outbound.release", channel=new_id())
    with pytest.raises(NotFound):
        memory_floor.office.perform(release_order, ReleaseOrder(order.id), stranger)
    with pytest.raises(Forbidden):
        memory_floor.office.perform(release_order, ReleaseOrder(order.id), memory_floor.stranger("orders.read"))


def test_who_works_in_another_warehouse_sees_no_outbound_order(memory_floor: Floor) -> None:
    sent = memory_floor.released(CUP=1)
    stranger = memory_floor.stranger("outbound.read", warehouse=new_id())
    assert memory_floor.office.ask(list_outbound, ListOutbound(Page()), stranger).items == ()
    for outbound_id in (sent.id, OutboundId(new_id())):
        with pytest.raises(NotFound):
            memory_floor.office.ask(show_outbound, outbound_id, stranger)
    with pytest.raises(NotFound):
        memory_floor.office.ask(find_outbound, sent.number, stranger)


def test_outbound_orders_are_listed_by_warehouse_and_state(floor: Floor) -> None:
    first, second = floor.released(CUP=1), floor.released(BOWL=1)
    floor.wave(first)

    def listed(*states: OutboundState) -> set[OutboundId]:
        query = ListOutbound(Page(), floor.warehouse, frozenset(states))
        return {row.order.id for row in floor.office.ask(list_outbound, query, floor.act).items}

    assert listed() == {first.id, second.id}
    assert listed(OutboundState.NEW) == {second.id}
    assert listed(OutboundState.WAVED) == {first.id}
