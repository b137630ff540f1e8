"""What channels are told: only news, always from the formula, and an oversell with its cause when they sold more."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

from houtai.application.house import WITH_STATE
from houtai.application.inventory.configure import (
    EditWarehouse,
    NoteUnimported,
    SetChannelWarehouses,
    SetPublishPolicy,
    edit_warehouse,
    note_unimported,
    set_channel_warehouses,
    set_publish_policy,
)
from houtai.application.inventory.ports import InventoryTx
from houtai.application.inventory.publish import TOPIC, PublishStock, publish_stock
from houtai.application.inventory.queries import (
    ListOversells,
    ListPublished,
    find_oversell,
    list_oversells,
    list_published,
)
from houtai.application.inventory.settle import CloseOversell, FillOversell, close_oversell, fill_oversell
from houtai.application.inventory.suggest import BufferSuggestion, SuggestBuffer, suggest_buffer
from houtai.application.kept import Kept
from houtai.application.office import Office
from houtai.application.outbox import Delivery, Message
from houtai.application.permission import needs
from houtai.domain.act import Act
from houtai.domain.catalog.sku import Component
from houtai.domain.ids import ChannelId, SkuId, new_id
from houtai.domain.inventory.oversell import OWNER_QUEUE, Oversell, OversellCause, OversellState
from houtai.domain.inventory.publishing import PolicyState
from houtai.domain.inventory.refusals import OutOfStock
from houtai.domain.inventory.warehouse import PoolState, WarehouseState
from houtai.domain.refusal import IllegalMove, NotFound, VersionConflict
from tests.catalog.arrange import limited, new_sku, some_category, some_channel, some_product
from tests.conftest import StillClock
from tests.inventory.arrange import Shop, book, cancel, order, place, receive, serve, some_shop, some_skus
from tests.inventory.invariants import broken


@pytest.fixture
def office(memory_office: Office) -> Office:
    """Rules that no store can change; the contract has publishing on every adapter."""
    return memory_office


@pytest.fixture
def shop(office: Office, system: Act) -> Shop:
    return some_shop(office, system)


@pytest.fixture
def tea(office: Office, system: Act, shop: Shop) -> SkuId:
    """Five lie there, and the channel is told of them."""
    (sku,) = some_skus(office, system, "TEA")
    receive(office, system, shop.warehouse, (sku, 5))
    office.perform(publish_stock, PublishStock(shop.channel, (sku,)), system)
    return sku


@needs("tests.outbox")
def _pushes(tx: InventoryTx, cmd: str, act: Act) -> list[Message]:
    """The messages to channels that wait; with a command they are delivered now."""
    waiting = [one for one in tx.outbox.lock_by(WITH_STATE, Delivery.PENDING.value) if one.topic == TOPIC]
    for message in waiting:
        if cmd == "deliver":
            tx.outbox.save(attrs.evolve(message, state=Delivery.DELIVERED, due_at=None))
    return waiting


def pushed(office: Office, act: Act) -> list[tuple[Any, int]]:
    """Sequence and quantity of what waits to go out."""
    return sorted((one.payload["seq"], one.payload["qty"]) for one in office.perform(_pushes, "", act))


def told(office: Office, act: Act, channel: ChannelId) -> list[int]:
    return [one.row.qty for one in office.ask(list_published, ListPublished(channel), act).items]


def the_oversell(office: Office, act: Act) -> Oversell:
    (found,) = office.ask(list_oversells, ListOversells(), act).items
    return found


def test_a_channel_is_told_when_and_only_when_its_figure_changes(office: Office, system: Act, shop: Shop, tea: SkuId) -> None:
    office.perform(publish_stock, PublishStock(shop.channel, (tea,)), system)
    office.perform(place, order(shop.channel, (tea, 2)), system)
    assert pushed(office, system) == [(1, 5), (2, 3)]


def test_a_capped_figure_that_stays_is_not_sent_again(office: Office, system: Act, shop: Shop, tea: SkuId) -> None:
    office.perform(set_publish_policy, SetPublishPolicy(shop.channel, tea, cap_qty=2), system)
    office.perform(place, order(shop.channel, (tea, 1)), system)
    assert pushed(office, system) == [(1, 5), (2, 2)]


def test_the_policy_of_the_sku_goes_before_that_of_the_channel(office: Office, system: Act, shop: Shop, tea: SkuId) -> None:
    office.perform(set_publish_policy, SetPublishPolicy(shop.channel, None, buffer_qty=1), system)
    assert told(office, system, shop.channel) == [4]
    office.perform(set_publish_policy, SetPublishPolicy(shop.channel, tea, buffer_qty=3), system)
    assert told(office, system, shop.channel) == [2]


def test_a_paused_policy_a_suspended_pool_and_a_closed_warehouse_tell_zero(
    office: Office, system: Act, shop: Shop, tea: SkuId
) -> None:
    office.perform(set_publish_policy, SetPublishPolicy(shop.channel, None, state=PolicyState.PAUSED), system)
    assert told(office, system, shop.channel) == [0]
    office.perform(set_publish_policy, SetPublishPolicy(shop.channel, None, expected_version=1), system)
    suspended = SetChannelWarehouses(shop.channel, (shop.warehouse,), 1, state=PoolState.SUSPENDED)
    office.perform(set_channel_warehouses, suspended, system)
    assert told(office, system, shop.channel) == [0]
    office.perform(set_channel_warehouses, SetChannelWarehouses(shop.channel, (shop.warehouse,), 2), system)
    office.perform(edit_warehouse, EditWarehouse(shop.warehouse, 1, "仓库", WarehouseState.CLOSED), system)
    assert told(office, system, shop.channel) == [0]


def test_what_the_channel_sold_and_we_did_not_book_is_taken_off(office: Office, system: Act, shop: Shop, tea: SkuId) -> None:
    office.perform(note_unimported, NoteUnimported(shop.channel, tea, 2), system)
    assert told(office, system, shop.channel) == [3]
    office.perform(note_unimported, NoteUnimported(shop.channel, tea, 0), system)
    assert told(office, system, shop.channel) == [5]


def test_every_channel_learns_what_one_of_them_sold(office: Office, system: Act, shop: Shop, tea: SkuId) -> None:
    other = some_channel(office, system, "OTHER")
    serve(office, system, other, shop.warehouse)
    office.perform(publish_stock, PublishStock(other, (tea,)), system)
    office.perform(place, order(shop.channel, (tea, 2)), system)
    assert (told(office, system, shop.channel), told(office, system, other)) == ([3], [3])


def test_a_bundles_figure_moves_with_its_parts(office: Office, system: Act, shop: Shop, tea: SkuId) -> None:
    bundle = new_sku("SET", components=(Component(tea, 2),))
    some_product(office, system, some_category(office, system, "SETS"), bundle, code="PSET")
    office.perform(publish_stock, PublishStock(shop.channel, (bundle.id,)), system)
    figures = ListPublished(shop.channel, bundle.id)
    assert [one.row.qty for one in office.ask(list_published, figures, system).items] == [2]
    office.perform(place, order(shop.channel, (tea, 2)), system)
    assert [one.row.qty for one in office.ask(list_published, figures, system).items] == [1]


def test_the_buffer_to_set_covers_what_others_sell_meanwhile(office: Office, system: Act, shop: Shop, tea: SkuId) -> None:
    other = some_channel(office, system, "OTHER")
    office.perform(place, order(shop.channel, (tea, 4)), system)
    ask = SuggestBuffer(other, tea, latency_s=900, window_s=3600)
    assert office.ask(suggest_buffer, ask, system) == BufferSuggestion(4, 3600, 900, 4)  # 1 + 2.33 * 1, rounded up
    assert office.ask(suggest_buffer, attrs.evolve(ask, channel_id=shop.channel), system).buffer_qty == 0


def test_an_edit_on_an_old_version_is_refused(office: Office, system: Act, shop: Shop) -> None:
    office.perform(set_publish_policy, SetPublishPolicy(shop.channel, None), system)
    with pytest.raises(VersionConflict):
        office.perform(set_publish_policy, SetPublishPolicy(shop.channel, None), system)


def test_nobody_publishes_on_a_channel_out_of_reach_or_what_is_unknown(
    office: Office, system: Act, shop: Shop, tea: SkuId
) -> None:
    clerk = limited(system, "inventory.publish", channel=some_channel(office, system, "OTHER"))
    with pytest.raises(NotFound):
        office.perform(publish_stock, PublishStock(shop.channel, (tea,)), clerk)
    with pytest.raises(NotFound):
        office.perform(publish_stock, PublishStock(shop.channel, (SkuId(new_id()),)), system)


def test_an_oversell_of_what_was_never_published_says_so(office: Office, system: Act, shop: Shop) -> None:
    (cup,) = some_skus(office, system, "CUP")
    office.perform(book, order(shop.channel, (cup, 2)), system)
    found = the_oversell(office, system)
    assert (found.root_cause.cause, found.wanted_qty, found.got_qty) == (OversellCause.NEVER_PUBLISHED, 2, 0)
    assert told(office, system, shop.channel) == [0]


def test_an_oversell_while_a_figure_was_on_its_way_names_the_one_the_channel_knew(
    office: Office, clock: StillClock, shop: Shop, tea: SkuId
) -> None:
    office.perform(_pushes, "deliver", shop.act)
    clock.advance(minutes=1)
    act = Act.of_system(clock.now())
    rival = order(shop.channel, (tea, 5))
    office.perform(place, rival, act)
    clock.advance(seconds=3)
    office.perform(book, order(shop.channel, (tea, 1)), Act.of_system(clock.now()))
    cause = the_oversell(office, act).root_cause
    assert (cause.cause, cause.figure_seq, cause.figure_qty) == (OversellCause.NOT_DELIVERED, 1, 5)
    assert (cause.figure_at, cause.last_published_at) == (shop.act.at, act.at)
    assert [(one.kind, one.document_id, one.qty) for one in cause.consumed] == [("order", rival.order, 5)]


def test_an_oversell_beyond_what_the_channel_was_told_is_the_channels(
    office: Office, clock: StillClock, shop: Shop, tea: SkuId
) -> None:
    office.perform(_pushes, "deliver", shop.act)
    clock.advance(minutes=1)
    act = Act.of_system(clock.now())
    office.perform(book, order(shop.channel, (tea, 7)), act)
    assert the_oversell(office, act).root_cause.cause is OversellCause.SOLD_ABOVE_FIGURE


def test_a_figure_whose_message_was_forgotten_still_counts_as_told(
    office: Office, clock: StillClock, shop: Shop, tea: SkuId
) -> None:
    office.perform(_pushes, "deliver", shop.act)
    act = Act.of_system(clock.advance(days=31))
    assert office._store.forget(Kept.MESSAGES, act.at, 100) > 0
    office.perform(book, order(shop.channel, (tea, 7)), act)
    assert the_oversell(office, act).root_cause.cause is OversellCause.SOLD_ABOVE_FIGURE


def test_an_oversell_has_an_owner_and_a_time_by_which_it_is_solved(office: Office, system: Act, shop: Shop, tea: SkuId) -> None:
    office.perform(book, order(shop.channel, (tea, 7)), system)
    found = the_oversell(office, system)
    assert (found.owner_queue, found.due_at > system.at, found.state) == (OWNER_QUEUE, True, OversellState.OPEN)


def test_units_that_come_are_owed_before_they_are_offered(office: Office, system: Act, shop: Shop, tea: SkuId) -> None:
    office.perform(book, order(shop.channel, (tea, 7)), system)
    receive(office, system, shop.warehouse, (tea, 3))
    assert told(office, system, shop.channel) == [1]
    with pytest.raises(OutOfStock):
        office.perform(place, order(shop.channel, (tea, 2)), system)


def test_an_oversell_is_filled_from_what_came_whole_or_not_at_all(office: Office, system: Act, shop: Shop, tea: SkuId) -> None:
    office.perform(book, order(shop.channel, (tea, 7)), system)
    found = the_oversell(office, system)
    receive(office, system, shop.warehouse, (tea, 1))
    with pytest.raises(OutOfStock):
        office.perform(fill_oversell, FillOversell(found.id, 1), system)
    receive(office, system, shop.warehouse, (tea, 1))
    assert office.perform(fill_oversell, FillOversell(found.id, 1), system).state is OversellState.FILLED
    assert (shop.stock(tea).reserved_qty, shop.stock(tea).owed_qty) == (7, 0)
    assert broken(office, system, [tea]) == []


def test_an_oversell_solved_another_way_is_owed_no_more(office: Office, system: Act, shop: Shop, tea: SkuId) -> None:
    office.perform(book, order(shop.channel, (tea, 7)), system)
    found = the_oversell(office, system)
    with pytest.raises(VersionConflict):
        office.perform(close_oversell, CloseOversell(found.id, 7, "substituted"), system)
    closed = office.perform(close_oversell, CloseOversell(found.id, 1, "substituted"), system)
    assert (closed.state, closed.resolution, shop.stock(tea).owed_qty) == (OversellState.CLOSED, "substituted", 0)
    with pytest.raises(IllegalMove):
        office.perform(fill_oversell, FillOversell(found.id, 2), system)


def test_cancelling_the_order_closes_its_oversell(office: Office, system: Act, shop: Shop, tea: SkuId) -> None:
    cmd = order(shop.channel, (tea, 7))
    office.perform(book, cmd, system)
    found = the_oversell(office, system)
    office.perform(cancel, cmd.order, system)
    assert office.ask(find_oversell, found.id, system).state is OversellState.CLOSED
    assert (shop.stock(tea).owed_qty, told(office, system, shop.channel)) == (0, [5])


def test_another_channels_oversell_is_not_there(office: Office, system: Act, shop: Shop, tea: SkuId) -> None:
    office.perform(book, order(shop.channel, (tea, 7)), system)
    found = the_oversell(office, system)
    clerk = limited(system, "inventory.*", channel=some_channel(office, system, "OTHER"))
    assert office.ask(list_oversells, ListOversells(), clerk).items == ()
    with pytest.raises(NotFound):
        office.ask(find_oversell, found.id, clerk)
    with pytest.raises(NotFound):
        office.perform(close_oversell, CloseOversell(found.id, 1, "mine"), clerk)
