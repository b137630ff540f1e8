"""The whole way in a house as it is wired: set up, sent over a real line, verified by the reference library at the other end."""

from __future__ import annotations

import pytest
from standardwebhooks.webhooks import Webhook

from houtai.application.webhooks.replay import SendTestEvent, send_test_event
from houtai.domain.ids import WebhookDeliveryId, WebhookEndpointId, new_id
from houtai.domain.refusal import InvalidValue
from houtai.domain.webhooks.event_type import EventType
from houtai.entrypoints.container import house
from houtai.entrypoints.ends import webhook_rules_of
from houtai.entrypoints.settings import PRODUCTION, Settings
from houtai.entrypoints.timers import timers_of
from tests.webhooks.receiver import Receiver


def test_a_house_in_development_tells_a_server_on_the_machine(receiver: Receiver) -> None:
    container = house(Settings(db="memory://"))
    act = container.office().act_of_system()
    endpoint = WebhookEndpointId(new_id())
    issued = container.webhook_secrets().create(endpoint, receiver.url(), (EventType.ORDER_PLACED,), act)
    container.office().perform(send_test_event, SendTestEvent(endpoint, WebhookDeliveryId(new_id())), act)
    (timer,) = [one for one in timers_of(container) if one.name == "webhooks"]
    assert (timer.run(), timer.run()) == (1, 0)
    container.courier().close()
    (request,) = receiver.seen
    told = Webhook(issued.secret).verify(request.body, request.headers)
    assert (told["type"], told["data"]) == ("webhook.test", {"endpoint_id": str(endpoint)})


def test_in_production_only_public_addresses_and_named_networks_are_called() -> None:
    strict = webhook_rules_of(Settings(env=PRODUCTION))
    assert (strict.networks, strict.http_at_home) == ((), False)
    given = {"HOUTAI_ENV": PRODUCTION, "HOUTAI_WEBHOOK_NETWORKS": "10.1.0.0/16, 192.168.7.9"}
    opened = webhook_rules_of(Settings.from_environment(given))
    assert (opened.networks, opened.http_at_home) == (("10.1.0.0/16", "192.168.7.9/32"), False)
    with pytest.raises(InvalidValue) as refused:
        Settings.from_environment({"HOUTAI_WEBHOOK_NETWORKS": "10.1.0.9/16"})
    assert refused.value.field == "HOUTAI_WEBHOOK_NETWORKS"
