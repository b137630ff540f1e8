"""A shop whose news somebody hears: endpoints, a courier, and a line that answers as it is told to."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Mapping
from typing import Any

import attrs

from houtai.application.office import Office
from houtai.application.paging import Page
from houtai.application.permission import needs
from houtai.application.webhooks.courier import Courier
from houtai.application.webhooks.ports import WebhooksViews
from houtai.application.webhooks.queries import ListWebhookDeliveries, list_webhook_deliveries, show_webhook_endpoint
from houtai.application.webhooks.secrets import IssuedSecret, WebhookSecrets
from houtai.application.webhooks.view import EndpointView
from houtai.domain.act import Act
from houtai.domain.ids import WebhookDeliveryId, WebhookEndpointId, new_id
from houtai.domain.webhooks.address import LOOPBACK, UrlRules
from houtai.domain.webhooks.delivery import Heard, WebhookDelivery
from houtai.domain.webhooks.endpoint import WebhookEndpoint
from houtai.domain.webhooks.event_type import EventType
from tests.boxes import a_box
from tests.conftest import StillClock
from tests.orders.shop import Shop

URL = "https://erp.example.com/hook"
AT_HOME = UrlRules(LOOPBACK, http_at_home=True)
TAKEN = Heard(200, 5)
BROKEN = Heard(500, 5, excerpt="oops")
SILENT = Heard(None, 15_000, "no answer within 15 s")
GONE = Heard(410, 5)


@needs("tests.read")
def read_endpoint(views: WebhooksViews, query: WebhookEndpointId, act: Act) -> WebhookEndpoint:
    return views.webhook_endpoints.get(query)


@attrs.frozen
class Posted:
    """One request as it left."""

    url: str
    headers: Mapping[str, str]
    body: bytes


class Line:
    """See the port `Post`. What it answers is told beforehand by URL; else what is sent is taken."""

    def __init__(self) -> None:
        self.sent: list[Posted] = []
        self.answers: dict[str, deque[Heard]] = {}
        self.always: dict[str, Heard] = {}
        self.gate: dict[str, threading.Event] = {}

    def answer(self, *heard: Heard, url: str = URL) -> None:
        self.answers.setdefault(url, deque()).extend(heard)

    def __call__(self, url: str, headers: Mapping[str, str], body: bytes) -> Heard:
        self.sent.append(Posted(url, headers, body))
        if url in self.gate:
            assert self.gate[url].wait(10)
        waiting = self.answers.get(url)
        return waiting.popleft() if waiting else self.always.get(url, TAKEN)

    def to(self, url: str) -> list[Posted]:
        return [one for one in self.sent if one.url == url]


class Hooks:
    """The shop, its line to receivers and its courier. Nothing is sent before `deliver`."""

    def __init__(self, office: Office, clock: StillClock, *, stock: int = 50, rules: bool = False) -> None:
        self.office, self.clock, self.shop = office, clock, Shop(office, clock, stock=stock)
        if not rules:
            self.shop.no_rules()
        self.secrets = WebhookSecrets(office, a_box(), AT_HOME)
        self.line = Line()
        self.courier = Courier(office, self.secrets, self.line, jitter=lambda _: 0)

    @property
    def act(self) -> Act:
        return self.shop.act

    def endpoint(self, *types: EventType, url: str = URL, **more: Any) -> IssuedSecret:
        """For these types, by default for placed orders."""
        wanted = types or (EventType.ORDER_PLACED,)
        return self.secrets.create(WebhookEndpointId(new_id()), url, wanted, self.act, **more)

    def perform(self, deed: Any, cmd: Any) -> Any:
        return self.office.perform(deed, cmd, self.act)

    def deliveries(self, endpoint: WebhookEndpointId | None = None) -> list[WebhookDelivery]:
        """All there are, oldest first."""
        query = ListWebhookDeliveries(Page(limit=100), endpoint)
        return list(reversed(self.office.ask(list_webhook_deliveries, query, self.act).items))

    def types(self, endpoint: WebhookEndpointId | None = None) -> list[str]:
        return sorted(one.type for one in self.deliveries(endpoint))

    def one(self, delivery: WebhookDeliveryId) -> WebhookDelivery:
        (found,) = [one for one in self.deliveries() if one.id == delivery]
        return found

    def view(self, endpoint: WebhookEndpointId) -> EndpointView:
        return self.office.ask(show_webhook_endpoint, endpoint, self.act)

    def deliver(self) -> int:
        """What is due now."""
        return self.courier.run_until_idle()
