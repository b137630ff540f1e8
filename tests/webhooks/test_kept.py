"""Deliveries are kept for a month and no longer; what is on its way is never lost."""

from __future__ import annotations

from typing import Any

from houtai.application.kept import Kept
from houtai.application.webhooks.endpoints import MoveWebhookEndpoint, pause_webhook_endpoint
from houtai.entrypoints.timers import forget_over
from tests.webhooks.hooks import BROKEN, URL, Hooks

SLOW = "https://slow.example.com/hook"
ASLEEP = "https://asleep.example.com/hook"


def test_after_thirty_days_what_was_taken_or_held_goes_and_what_is_on_its_way_stays(hooks: Hooks, store: Any) -> None:
    hooks.endpoint(url=URL)
    on_its_way = hooks.endpoint(url=SLOW).endpoint.id
    hooks.perform(pause_webhook_endpoint, MoveWebhookEndpoint(hooks.endpoint(url=ASLEEP).endpoint.id))
    hooks.line.answer(BROKEN, url=SLOW)
    hooks.shop.place(CUP=1)
    hooks.deliver()
    hooks.clock.advance(days=30)
    assert forget_over(hooks.office, store, Kept.WEBHOOKS) == 0
    hooks.clock.advance(seconds=1)
    assert forget_over(hooks.office, store, Kept.WEBHOOKS) == 2
    assert [one.endpoint_id for one in hooks.deliveries()] == [on_its_way]
