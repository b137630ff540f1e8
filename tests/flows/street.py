"""The world around the shop: buyers who pay at a provider, a channel that shows figures, and the relay between."""

from __future__ import annotations

from uuid import UUID

from houtai.adapters.channels.embedded import EmbeddedChannel
from houtai.adapters.payments.embedded import EmbeddedGateway
from houtai.application.deliveries import Outside
from houtai.application.orders.timers import run_due_timers
from houtai.application.payments.notices import ReceiveNotice, receive_notice
from houtai.application.relay import Relay
from houtai.domain.act import Act, Entry
from houtai.domain.orders.order import Order
from tests.orders.shop import Shop

SECRET = b"between the provider and the shop"


class Street:
    """What happens outside happens when a test says so; `messages_go_round` brings it in and out."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.gateway = EmbeddedGateway(shop.clock, secret=SECRET)
        self.channel = EmbeddedChannel(shop.channel)
        outside = Outside(shop.office, {self.gateway.name: self.gateway}, channel=self._channel)
        self.relay = Relay(shop.office, outside.deliverers(), jitter=lambda _: 0)

    def _channel(self, channel: UUID) -> EmbeddedChannel:
        assert channel == self.shop.channel
        return self.channel

    def messages_go_round(self, *, copies: int = 1) -> None:
        """The outbox is delivered, and what the provider has to tell arrives, each notice so many times."""
        self.relay.run_until_idle()
        for callback in self.gateway.callbacks(copies=copies):
            now = self.shop.clock.now()
            notice = self.gateway.parse_notice(callback.raw, callback.headers, now)
            cmd = ReceiveNotice(self.gateway.name, self.gateway.recipient, notice)
            self.shop.office.perform(receive_notice, cmd, Act.of_system(now, Entry.WEBHOOK))
        self.relay.run_until_idle()

    def buyer_pays(self, order: Order, *, copies: int = 1) -> Order:
        """At the provider; its notice comes back so many times."""
        self.messages_go_round()
        self.gateway.pay(order.tenders[0].payment_id)
        self.messages_go_round(copies=copies)
        return self.shop.order(order)

    def minutes_pass(self, minutes: int) -> None:
        """And the timers run."""
        self.shop.clock.advance(minutes=minutes)
        run_due_timers(self.shop.office)

    def shown(self, code: str) -> int:
        """How many units of these goods the channel shows."""
        return self.channel.stock[str(self.shop.sku[code])].qty
