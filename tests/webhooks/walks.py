"""The relay, for the walks over an endpoint's deliveries."""

from __future__ import annotations

from typing import Any

from houtai.application.deliveries import Outside, replay_webhooks
from houtai.application.outbox import Message
from houtai.application.relay import Relay
from houtai.application.webhooks.replay import TOPIC
from tests.webhooks.hooks import Hooks


def walk(hooks: Hooks) -> int:
    """Walk as far as there is to go; how many parts."""

    def elsewhere(_: Any) -> Any:
        raise AssertionError

    outside, parts = Outside(hooks.office, {}, elsewhere), []

    def count(message: Message) -> None:
        parts.append(message)
        replay_webhooks(outside, message)

    others = dict.fromkeys(outside.deliverers(), lambda _: None)
    Relay(hooks.office, {**others, TOPIC: count}, jitter=lambda _: 0).run_until_idle()
    return len(parts)
