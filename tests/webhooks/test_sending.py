"""The courier: what is due goes out signed, what fails comes back by the schedule, and nobody waits for the dead."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Mapping
from typing import Any

import attrs
import pytest
from standardwebhooks.webhooks import Webhook

from houtai.application.paging import Page
from houtai.application.payments.queries import ListCases, list_cases
from houtai.application.webhooks.courier import LEASE_S, Courier
from houtai.application.webhooks.endpoints import (
    ChangeWebhookEndpoint,
    MoveWebhookEndpoint,
    change_webhook_endpoint,
    disable_webhook_endpoint,
    pause_webhook_endpoint,
    resume_webhook_endpoint,
)
from houtai.application.webhooks.secrets import WebhookSecrets
from houtai.application.webhooks.send import REST, ClaimWebhooks, RecordWebhook, claim_webhooks, record_webhook
from houtai.domain.ids import WebhookEndpointId
from houtai.domain.payments.case import CaseKind
from houtai.domain.refusal import Busy
from houtai.domain.webhooks.delivery import MOST_ATTEMPTS, DeliveryState, Heard
from houtai.domain.webhooks.endpoint import EndpointState
from houtai.domain.webhooks.event_type import EventType
from houtai.domain.webhooks.schedule import DELAYS_S, SPAN, TRIES
from tests.boxes import OTHER_KEY, a_box
from tests.conftest import StillClock
from tests.webhooks.hooks import AT_HOME, BROKEN, GONE, SILENT, TAKEN, URL, Hooks
from tests.webhooks.walks import walk

SLOW_URL = "https://slow.example.com/hook"


def states(hooks: Hooks) -> list[str]:
    return [one.state.value for one in hooks.deliveries()]


def cases(hooks: Hooks) -> list[Any]:
    found = hooks.office.ask(list_cases, ListCases(Page(limit=100)), hooks.act).items
    return [case for case in found if case.kind is CaseKind.WEBHOOK_DISABLED]


def test_what_is_due_goes_out_once_signed_as_the_specification_says(hooks: Hooks) -> None:
    issued = hooks.endpoint()
    hooks.shop.place(CUP=1)
    assert (hooks.deliver(), hooks.deliver()) == (1, 0)
    (sent,), (delivery,) = hooks.line.sent, hooks.deliveries()
    signed = Webhook(issued.secret).sign(delivery.message_id, hooks.clock.now(), sent.body.decode())
    assert sent.headers["webhook-signature"] == signed
    assert (sent.url, sent.body.decode(), sent.headers["webhook-id"]) == (URL, delivery.body, delivery.message_id)
    assert (delivery.state, delivery.due_at, delivery.attempted) == (DeliveryState.DELIVERED, None, 1)
    assert attrs.asdict(delivery.attempts[0]) == {
        "number": 1,
        "at": hooks.clock.now(),
        "latency_ms": 5,
        "status": 200,
        "problem": "",
        "excerpt": "",
    }


def test_a_failed_delivery_comes_again_by_the_schedule_under_one_id_until_it_is_taken(hooks: Hooks) -> None:
    hooks.endpoint()
    hooks.line.answer(BROKEN, BROKEN, SILENT)
    hooks.shop.place(CUP=1)
    for pause_s in DELAYS_S[:4]:
        hooks.clock.advance(seconds=pause_s - 1)
        assert pause_s == 0 or hooks.deliver() == 0
        hooks.clock.advance(seconds=1)
        assert hooks.deliver() == 1
    (delivery,) = hooks.deliveries()
    assert [(one.status, one.problem) for one in delivery.attempts] == [(500, ""), (500, ""), (None, SILENT.problem), (200, "")]
    assert delivery.attempts[0].excerpt == "oops"
    assert len({one.headers["webhook-id"] for one in hooks.line.sent}) == 1
    assert len({one.headers["webhook-timestamp"] for one in hooks.line.sent}) == 4
    assert hooks.view(delivery.endpoint_id).failures == 0


def test_a_dead_endpoint_is_disabled_after_a_whole_schedule_and_people_are_told(hooks: Hooks) -> None:
    endpoint = hooks.endpoint(channel=hooks.shop.channel).endpoint.id
    hooks.line.always[URL] = SILENT
    hooks.shop.place(CUP=1)
    for pause_s in DELAYS_S:
        hooks.clock.advance(seconds=pause_s)
        assert hooks.view(endpoint).state is EndpointState.ACTIVE
        assert hooks.deliver() == 1
    (delivery,), view = hooks.deliveries(), hooks.view(endpoint)
    assert (delivery.state, delivery.tries) == (DeliveryState.FAILED, TRIES)
    assert (view.state, view.reason) == (EndpointState.DISABLED, "nothing was taken for three days: no answer within 15 s")
    (case,) = cases(hooks)
    assert (case.subject_id, case.channel_id, case.queue) == (endpoint, hooks.shop.channel, "operations")
    assert case.facts["host"] == "erp.example.com"
    hooks.shop.place(CUP=1)
    assert len(hooks.deliveries()) == 1


def test_an_endpoint_that_takes_something_now_and_then_is_not_disabled(hooks: Hooks) -> None:
    endpoint = hooks.endpoint().endpoint.id
    hooks.line.answer(BROKEN, TAKEN, BROKEN)
    for _ in range(3):
        hooks.shop.place(CUP=1)
        hooks.deliver()
        hooks.clock.advance(hours=60)
    hooks.deliver()
    assert hooks.view(endpoint).state is EndpointState.ACTIVE
    assert cases(hooks) == []


def test_410_ends_it_at_once(hooks: Hooks) -> None:
    endpoint = hooks.endpoint().endpoint.id
    hooks.line.answer(GONE)
    for _ in range(2):
        hooks.shop.place(CUP=1)
        hooks.clock.advance(seconds=1)
    hooks.deliver()
    hooks.clock.advance(minutes=10)
    hooks.deliver()
    assert hooks.view(endpoint).reason == "the receiver said 410 Gone"
    assert set(states(hooks)) <= {"failed", "delivered"}
    assert len(cases(hooks)) == 1


def test_it_stays_away_as_long_as_it_is_asked_to_with_every_delivery(hooks: Hooks) -> None:
    hooks.endpoint()
    hooks.line.answer(Heard(429, 5, wait_s=3_600))
    hooks.shop.place(CUP=1)
    hooks.deliver()
    hooks.shop.place(CUP=1)
    hooks.clock.advance(seconds=3_599)
    assert hooks.deliver() == 0
    hooks.clock.advance(seconds=1)
    assert hooks.deliver() == 1
    hooks.clock.advance(seconds=REST.seconds)
    hooks.deliver()
    assert states(hooks) == ["delivered", "delivered"]


def test_of_an_endpoint_that_fails_one_delivery_is_tried_and_the_rest_waits_for_it(hooks: Hooks) -> None:
    hooks.endpoint()
    hooks.line.always[URL] = SILENT
    hooks.shop.place(CUP=1)
    hooks.deliver()
    for _ in range(5):
        hooks.shop.place(CUP=1)
    hooks.clock.advance(seconds=REST.seconds)
    before = len(hooks.line.sent)
    assert hooks.courier.run_once() == 1
    assert len(hooks.line.sent) == before + 1
    hooks.line.always[URL] = TAKEN
    hooks.clock.advance(minutes=6)
    hooks.deliver()
    hooks.clock.advance(minutes=6)
    hooks.deliver()
    assert set(states(hooks)) == {"delivered"}


def test_who_does_not_answer_holds_up_nobody_else(memory_hooks: Hooks) -> None:
    hooks = memory_hooks
    slow, quick = (hooks.endpoint(url=url).endpoint.id for url in (SLOW_URL, URL))
    hooks.line.gate[SLOW_URL] = threading.Event()
    hooks.shop.place(CUP=1)
    assert hooks.courier.run_once() == 2
    hooks.clock.advance(seconds=10)
    hooks.shop.place(CUP=1)
    hooks.courier.run_once()
    assert {one.state.value for one in hooks.deliveries(quick)} == {"delivered"}
    assert {one.state.value for one in hooks.deliveries(slow)} == {"pending"}
    hooks.line.gate[SLOW_URL].set()
    hooks.courier.run_until_idle()
    hooks.clock.advance(seconds=10)
    hooks.courier.run_until_idle()
    assert {one.state.value for one in hooks.deliveries(slow)} == {"delivered"}
    assert len(hooks.line.to(SLOW_URL)) == 2


def test_many_deliveries_go_out_whole_however_many_there_are(memory_hooks: Hooks) -> None:
    hooks = memory_hooks
    for url in (URL, SLOW_URL):
        hooks.endpoint(EventType.ORDER_PLACED, EventType.ORDER_PAID, EventType.ORDER_CONFIRMED, url=url)
    for _ in range(40):
        hooks.shop.paid(CUP=1)
        hooks.clock.advance(milliseconds=1)
    written = hooks.deliveries()
    assert len(written) == 100  # a page; there are more
    hooks.deliver()
    assert len(hooks.line.sent) == len({(one.url, one.headers["webhook-id"]) for one in hooks.line.sent}) == 40 * 3 * 2


# -- crashes and races


def test_a_courier_that_dies_on_the_way_costs_a_try_and_the_lease(hooks: Hooks) -> None:
    hooks.endpoint()
    hooks.shop.place(CUP=1)
    (claimed,) = hooks.perform(claim_webhooks, ClaimWebhooks(10, LEASE_S))
    assert hooks.deliver() == 0
    hooks.clock.advance(seconds=LEASE_S)
    hooks.deliver()
    delivery = hooks.one(claimed.delivery.id)
    assert (delivery.state, delivery.tries, delivery.attempted) == (DeliveryState.DELIVERED, 2, 1)


def test_one_whose_every_try_ended_without_a_word_fails(hooks: Hooks) -> None:
    hooks.endpoint()
    hooks.shop.place(CUP=1)
    for _ in range(TRIES):
        assert len(hooks.perform(claim_webhooks, ClaimWebhooks(10, LEASE_S))) == 1
        hooks.clock.advance(seconds=LEASE_S)
    assert hooks.deliver() == 0
    assert states(hooks) == ["failed"]


def test_late_news_of_an_earlier_try_is_noted_and_changes_nothing_unless_it_was_taken(hooks: Hooks) -> None:
    hooks.endpoint()
    hooks.shop.place(CUP=1)
    began = hooks.clock.now()
    (first,) = hooks.perform(claim_webhooks, ClaimWebhooks(10, LEASE_S))
    hooks.clock.advance(seconds=LEASE_S)
    (second,) = hooks.perform(claim_webhooks, ClaimWebhooks(10, LEASE_S))
    late = hooks.perform(record_webhook, RecordWebhook(first.delivery.id, 1, began, BROKEN))
    assert (late.state, late.due_at, late.attempted) == (DeliveryState.PENDING, second.delivery.due_at, 1)
    taken = hooks.perform(record_webhook, RecordWebhook(first.delivery.id, 1, began, TAKEN))
    assert taken.state is DeliveryState.DELIVERED
    again = hooks.perform(record_webhook, RecordWebhook(first.delivery.id, 2, began, BROKEN))
    assert (again.state, again.attempted) == (DeliveryState.DELIVERED, 3)


def test_couriers_side_by_side_send_each_delivery_once(hooks: Hooks) -> None:
    hooks.endpoint()
    for _ in range(12):
        hooks.shop.place(CUP=1)
    couriers = [Courier(hooks.office, hooks.secrets, hooks.line, jitter=lambda _: 0) for _ in range(3)]
    threads = [threading.Thread(target=courier.run_until_idle) for courier in couriers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for courier in couriers:
        courier.close()
    assert len(hooks.line.sent) == len({one.headers["webhook-id"] for one in hooks.line.sent}) == 12
    assert set(states(hooks)) == {"delivered"}


def test_what_a_lane_raises_comes_to_whoever_runs_the_courier(memory_hooks: Hooks) -> None:
    memory_hooks.endpoint()
    memory_hooks.shop.place(CUP=1)

    def falls_over(url: str, headers: Mapping[str, str], body: bytes) -> Heard:
        raise Busy

    courier = Courier(memory_hooks.office, memory_hooks.secrets, falls_over, jitter=lambda _: 0)
    with pytest.raises(Busy):
        courier.run_until_idle()
    courier.close()


def test_without_the_key_of_its_secret_nothing_leaves_and_the_log_says_why(memory_hooks: Hooks) -> None:
    hooks = memory_hooks
    hooks.endpoint()
    hooks.shop.place(CUP=1)
    courier = Courier(hooks.office, WebhookSecrets(hooks.office, a_box(OTHER_KEY), AT_HOME), hooks.line, jitter=lambda _: 0)
    courier.run_until_idle()
    courier.close()
    (delivery,) = hooks.deliveries()
    assert hooks.line.sent == []
    assert delivery.attempts[0].problem.startswith("not signed: a secret cannot be opened")


# -- paused, disabled, changed meanwhile


def test_a_pause_holds_what_is_on_its_way_and_the_end_of_it_lets_everything_go(hooks: Hooks) -> None:
    endpoint = hooks.endpoint().endpoint.id
    hooks.shop.place(CUP=1)
    hooks.perform(pause_webhook_endpoint, MoveWebhookEndpoint(endpoint, "a new machine"))
    hooks.shop.place(CUP=1)
    assert hooks.deliver() == 0
    assert states(hooks) == ["held", "held"]
    hooks.clock.advance(hours=1)
    hooks.perform(resume_webhook_endpoint, MoveWebhookEndpoint(endpoint))
    walk(hooks)
    hooks.deliver()
    assert states(hooks) == ["delivered", "delivered"]


def test_what_is_on_its_way_to_an_endpoint_that_is_disabled_fails_untried(hooks: Hooks) -> None:
    endpoint = hooks.endpoint().endpoint.id
    hooks.shop.place(CUP=1)
    hooks.perform(disable_webhook_endpoint, MoveWebhookEndpoint(endpoint))
    hooks.deliver()
    (delivery,) = hooks.deliveries()
    assert (delivery.state, delivery.attempted, hooks.line.sent) == (DeliveryState.FAILED, 0, [])


def test_after_it_was_resumed_an_endpoint_has_its_three_days_again(hooks: Hooks, clock: StillClock) -> None:
    endpoint = hooks.endpoint().endpoint.id
    hooks.line.always[URL] = BROKEN
    hooks.shop.place(CUP=1)
    hooks.deliver()
    clock.advance(seconds=SPAN.total_seconds())
    hooks.deliver()
    assert hooks.view(endpoint).state is EndpointState.DISABLED
    hooks.perform(resume_webhook_endpoint, MoveWebhookEndpoint(endpoint, "repaired, they say"))
    hooks.shop.place(CUP=1)
    hooks.deliver()
    view = hooks.view(endpoint)
    assert (view.state, view.failing_since) == (EndpointState.ACTIVE, clock.now())


def test_a_delivery_under_way_goes_to_the_new_address(hooks: Hooks) -> None:
    view = hooks.endpoint().endpoint
    hooks.line.answer(BROKEN)
    hooks.shop.place(CUP=1)
    hooks.deliver()
    hooks.perform(change_webhook_endpoint, ChangeWebhookEndpoint(view.id, view.version, url=SLOW_URL))
    hooks.clock.advance(seconds=5)
    hooks.deliver()
    assert [one.url for one in hooks.line.sent] == [URL, SLOW_URL]


# -- the log of a delivery


def test_of_each_delivery_the_latest_attempts_are_kept(memory_hooks: Hooks) -> None:
    hooks = memory_hooks
    hooks.endpoint()
    hooks.shop.place(CUP=1)
    (delivery,) = hooks.deliveries()
    for number in range(MOST_ATTEMPTS + 5):
        began = hooks.clock.advance(seconds=1)
        hooks.perform(record_webhook, RecordWebhook(delivery.id, 99, began, Heard(500, number)))
    found = hooks.one(delivery.id)
    assert (found.attempted, len(found.attempts), found.attempts[-1].latency_ms) == (MOST_ATTEMPTS + 5, MOST_ATTEMPTS, 34)


def test_when_an_endpoint_last_took_something_is_known_to_the_minute(hooks: Hooks) -> None:
    endpoint: WebhookEndpointId = hooks.endpoint().endpoint.id
    first = hooks.clock.now()
    for seconds, expected in ((0, 0), (30, 0), (31, 61)):
        hooks.clock.advance(seconds=seconds)
        hooks.shop.place(CUP=1)
        hooks.deliver()
        assert hooks.view(endpoint).last_success_at == first + dt.timedelta(seconds=expected)
