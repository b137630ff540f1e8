"""A sales channel for development: takes listings, prices and quantities as a marketplace does, and errs on demand."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import attrs

from houtai.application.relay import NotDelivered
from houtai.domain.catalog.listing import Outcome
from houtai.domain.ids import SkuId, derive


@attrs.frozen
class Shown:
    """What the channel shows of one SKU."""

    seq: int
    qty: int


@attrs.frozen
class ShownPrice:
    """At which price the channel shows one SKU."""

    seq: int
    currency: str
    amount_minor: int
    list_minor: int | None


class EmbeddedChannel:
    """See `ChannelGateway`. Keeps what it was told in memory; safe to share between threads."""

    def __init__(self, channel_id: UUID) -> None:
        """An empty shop window."""
        self.channel_id = channel_id
        self.listings: dict[str, Mapping[str, Any]] = {}
        self.on_shelf: dict[str, bool] = {}
        self.stock: dict[str, Shown] = {}
        self.prices: dict[str, ShownPrice] = {}
        self.shipments: dict[UUID, Mapping[str, Any]] = {}
        self.received: list[UUID] = []
        self._shelved: dict[str, int] = {}
        self._refused: dict[str, str] = {}
        self._unreachable = 0
        self._turn = threading.Lock()

    def refuse(self, sku_code: str, error: str) -> None:
        """From now on say no to this SKU, as channels do that dislike a title or a category."""
        self._refused[sku_code] = error

    def disappear(self, calls: int) -> None:
        """Do not answer the next calls."""
        self._unreachable = calls

    def push_listing(self, message_id: UUID, listing: Mapping[str, Any]) -> tuple[Outcome, ...] | None:
        """See `ChannelGateway.push_listing`."""
        with self._turn:
            self._receive(message_id)
            self.listings[listing["listing"]] = listing
            outcomes = [self._judge(sku) for sku in listing["skus"]]
            for sku in listing["skus"]:
                self._show(sku["sku"], sku["price"])
            self._shelve([outcome.external_id for outcome in outcomes if outcome.external_id], listing)
            return tuple(outcomes)

    def set_shelf(self, message_id: UUID, shelf: Mapping[str, Any]) -> None:
        """See `ChannelGateway.set_shelf`."""
        with self._turn:
            self._receive(message_id)
            self._shelve(shelf["items"], shelf)

    def push_stock(self, message_id: UUID, figure: Mapping[str, Any]) -> None:
        """See `ChannelGateway.push_stock`."""
        with self._turn:
            self._receive(message_id)
            known = self.stock.get(figure["sku_id"])
            if known is None or known.seq < figure["seq"]:
                self.stock[figure["sku_id"]] = Shown(figure["seq"], figure["qty"])

    def push_price(self, message_id: UUID, price: Mapping[str, Any]) -> None:
        """See `ChannelGateway.push_price`."""
        with self._turn:
            self._receive(message_id)
            self._show(price["sku_id"], price)

    def push_shipment(self, message_id: UUID, shipment: Mapping[str, Any]) -> None:
        """See `ChannelGateway.push_shipment`."""
        with self._turn:
            self._receive(message_id)
            self.shipments[message_id] = shipment

    def _shelve(self, items: Sequence[str], told: Mapping[str, Any]) -> None:
        for item in items:
            if self._shelved.get(item, 0) < told["seq"]:
                self._shelved[item] = told["seq"]
                self.on_shelf[item] = bool(told["on"])

    def _show(self, sku_id: str, price: Mapping[str, Any]) -> None:
        known = self.prices.get(sku_id)
        if known is None or known.seq < price["seq"]:
            self.prices[sku_id] = ShownPrice(price["seq"], price["currency"], price["amount_minor"], price["list_minor"])

    def _receive(self, message_id: UUID) -> None:
        if self._unreachable:
            self._unreachable -= 1
            message = "the channel does not answer, on demand"
            raise NotDelivered(message)
        self.received.append(message_id)

    def _judge(self, sku: Mapping[str, Any]) -> Outcome:
        sku_id = SkuId(UUID(sku["sku"]))
        error = self._refused.get(sku["code"])
        if error:
            return Outcome(sku_id, error=error)
        return Outcome(sku_id, external_id=f"item-{derive(self.channel_id, sku_id).hex[-12:]}")
