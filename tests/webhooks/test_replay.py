"""Sent again by hand: one delivery, all since a moment, and something to try an endpoint with."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from typing import Any

import attrs
import pytest

from houtai.application.paging import Page
from houtai.application.webhooks.endpoints import (
    MoveWebhookEndpoint,
    disable_webhook_endpoint,
    pause_webhook_endpoint,
    resume_webhook_endpoint,
)
from houtai.application.webhooks.replay import (
    ReplayWebhooks,
    SendTestEvent,
    part_of_walk,
    replay_webhook_delivery,
    replay_webhooks,
    send_part_again,
    send_test_event,
    walk_of,
)
from houtai.domain.act import Act
from houtai.domain.authority import Authority, Dimension, Grant
from houtai.domain.ids import WebhookDeliveryId, WebhookEndpointId, new_id
from houtai.domain.refusal import Forbidden, IllegalMove, InvalidValue, NotFound
from houtai.domain.webhooks.delivery import DeliveryState
from houtai.domain.webhooks.refusals import EndpointNotActive
from houtai.domain.webhooks.schedule import SPAN
from tests.webhooks.hooks import BROKEN, GONE, URL, Hooks
from tests.webhooks.walks import walk


def dead_for_a_while(hooks: Hooks, orders: int) -> WebhookEndpointId:
    """An endpoint that was gone for so many orders and is back."""
    endpoint = hooks.endpoint().endpoint.id
    for number in range(orders):
        hooks.shop.place(CUP=1)
        hooks.clock.advance(minutes=number)
    hooks.line.always[URL] = GONE
    hooks.deliver()
    hooks.deliver()
    del hooks.line.always[URL]
    hooks.perform(resume_webhook_endpoint, MoveWebhookEndpoint(endpoint, "back"))
    walk(hooks)
    return endpoint


def test_one_delivery_goes_out_again_under_its_id_with_a_whole_schedule(hooks: Hooks) -> None:
    hooks.endpoint()
    hooks.shop.place(CUP=1)
    hooks.deliver()
    (taken,) = hooks.deliveries()
    hooks.clock.advance(hours=1)
    hooks.line.answer(BROKEN)
    again = hooks.perform(replay_webhook_delivery, taken.id)
    assert (again.state, again.tries, again.attempted) == (DeliveryState.PENDING, 0, 1)
    hooks.deliver()
    hooks.clock.advance(seconds=5)
    hooks.deliver()
    found = hooks.one(taken.id)
    assert [attempt.status for attempt in found.attempts] == [200, 500, 200]
    assert len({sent.headers["webhook-id"] for sent in hooks.line.sent}) == 1
    assert found.state is DeliveryState.DELIVERED


def test_one_that_is_on_its_way_is_not_replayed(hooks: Hooks) -> None:
    hooks.endpoint()
    hooks.shop.place(CUP=1)
    (pending,) = hooks.deliveries()
    with pytest.raises(IllegalMove) as refused:
        hooks.perform(replay_webhook_delivery, pending.id)
    assert refused.value.current == "pending"


def test_all_that_failed_since_a_moment_goes_out_again_part_by_part(hooks: Hooks) -> None:
    endpoint = dead_for_a_while(hooks, 5)
    written = hooks.deliveries()
    assert {one.state for one in written} == {DeliveryState.FAILED}
    hooks.line.sent.clear()
    hooks.perform(replay_webhooks, ReplayWebhooks(endpoint, written[2].created_at))
    walk(hooks)
    hooks.deliver()
    sent = [one.headers["webhook-id"] for one in hooks.line.sent]
    assert sorted(sent) == sorted(one.message_id for one in written[2:])


def test_more_than_a_page_is_walked_to_its_end_once(memory_hooks: Hooks) -> None:
    hooks = memory_hooks
    endpoint = hooks.endpoint().endpoint.id
    for _ in range(120):
        hooks.perform(send_test_event, SendTestEvent(endpoint, WebhookDeliveryId(new_id())))
    hooks.deliver()
    begun = hooks.clock.advance(minutes=1)
    hooks.perform(replay_webhooks, ReplayWebhooks(endpoint, begun - dt.timedelta(days=1), delivered=True))
    assert walk(hooks) == 2
    hooks.deliver()
    assert len(hooks.line.sent) == 240


def test_what_was_taken_goes_out_again_only_if_asked_for(hooks: Hooks) -> None:
    endpoint = hooks.endpoint().endpoint.id
    hooks.shop.place(CUP=1)
    hooks.deliver()
    since = hooks.clock.now()
    hooks.clock.advance(minutes=1)
    for delivered, expected in ((False, 1), (True, 2)):
        hooks.perform(replay_webhooks, ReplayWebhooks(endpoint, since, delivered))
        walk(hooks)
        hooks.deliver()
        assert len(hooks.line.sent) == expected


def test_a_part_that_comes_twice_sends_nothing_twice(hooks: Hooks) -> None:
    endpoint = hooks.endpoint().endpoint.id
    hooks.shop.place(CUP=1)
    hooks.deliver()
    hooks.clock.advance(minutes=1)
    begun = hooks.clock.now()
    hooks.perform(replay_webhooks, ReplayWebhooks(endpoint, begun - dt.timedelta(hours=1), delivered=True))
    with hooks.office._store.snapshot() as views:
        (message,) = [one for one in views.outbox.page(Page(limit=100)).items if one.topic == "webhooks.replay"]
    part = hooks.office.ask(part_of_walk, walk_of(message), hooks.act)
    assert hooks.perform(send_part_again, part) == 1
    hooks.clock.advance(seconds=1)
    hooks.deliver()
    assert hooks.perform(send_part_again, part) == 0


def test_a_walk_stops_where_its_endpoint_is_paused(hooks: Hooks) -> None:
    endpoint = dead_for_a_while(hooks, 2)
    hooks.perform(replay_webhooks, ReplayWebhooks(endpoint, hooks.clock.now() - dt.timedelta(days=1)))
    hooks.perform(pause_webhook_endpoint, MoveWebhookEndpoint(endpoint))
    walk(hooks)
    assert {one.state for one in hooks.deliveries()} == {DeliveryState.FAILED}


@pytest.mark.parametrize("away", [dt.timedelta(days=-31), dt.timedelta(seconds=1)])
def test_a_moment_to_come_or_too_long_ago_is_refused(memory_hooks: Hooks, away: dt.timedelta) -> None:
    endpoint = memory_hooks.endpoint().endpoint.id
    with pytest.raises(InvalidValue) as refused:
        memory_hooks.perform(replay_webhooks, ReplayWebhooks(endpoint, memory_hooks.clock.now() + away))
    assert refused.value.field == "since"


def test_something_to_try_an_endpoint_with_goes_out_whatever_it_subscribed_to(hooks: Hooks) -> None:
    endpoint = hooks.endpoint().endpoint.id
    tried = hooks.perform(send_test_event, SendTestEvent(endpoint, WebhookDeliveryId(new_id())))
    hooks.deliver()
    (sent,) = hooks.line.sent
    moment = hooks.clock.now().isoformat().replace("+00:00", "Z")
    assert json.loads(sent.body) == {"type": "webhook.test", "timestamp": moment, "data": {"endpoint_id": str(endpoint)}}
    assert hooks.one(tried.id).state is DeliveryState.DELIVERED


def sendings(hooks: Hooks, endpoint: WebhookEndpointId) -> list[tuple[Callable[..., Any], Any]]:
    (delivery,) = hooks.deliveries(endpoint)
    return [
        (replay_webhook_delivery, delivery.id),
        (replay_webhooks, ReplayWebhooks(endpoint, hooks.clock.now())),
        (send_test_event, SendTestEvent(endpoint, WebhookDeliveryId(new_id()))),
    ]


def delivered(hooks: Hooks) -> WebhookEndpointId:
    endpoint = hooks.endpoint().endpoint.id
    hooks.shop.place(CUP=1)
    hooks.deliver()
    return endpoint


@pytest.mark.parametrize("deed", [pause_webhook_endpoint, disable_webhook_endpoint])
def test_nothing_is_sent_by_hand_to_an_endpoint_that_is_not_active(memory_hooks: Hooks, deed: Any) -> None:
    endpoint = delivered(memory_hooks)
    memory_hooks.perform(deed, MoveWebhookEndpoint(endpoint))
    for sending, cmd in sendings(memory_hooks, endpoint):
        with pytest.raises(EndpointNotActive):
            memory_hooks.perform(sending, cmd)


def test_whoever_lacks_the_right_is_refused_and_whoever_works_elsewhere_finds_nothing(memory_hooks: Hooks) -> None:
    hooks = memory_hooks
    endpoint = delivered(hooks)
    reader = someone(hooks, Grant("webhooks.read"))
    elsewhere = someone(hooks, Grant("webhooks.*", {Dimension.MERCHANT: frozenset({new_id()})}))
    for sending, cmd in sendings(hooks, endpoint):
        with pytest.raises(Forbidden):
            hooks.office.perform(sending, cmd, reader)
        with pytest.raises(NotFound):
            hooks.office.perform(sending, cmd, elsewhere)


def someone(hooks: Hooks, *grants: Grant) -> Act:
    actor = new_id()
    return attrs.evolve(hooks.act, actor=actor, name="somebody", authority=Authority(actor, grants))


def test_after_a_replay_a_delivery_may_fail_for_good_again(hooks: Hooks) -> None:
    endpoint = dead_for_a_while(hooks, 1)
    (delivery,) = hooks.deliveries()
    hooks.perform(replay_webhook_delivery, delivery.id)
    hooks.line.always[URL] = BROKEN
    hooks.deliver()
    hooks.clock.advance(seconds=SPAN.total_seconds())
    hooks.deliver()
    assert hooks.view(endpoint).state.value == "disabled"
