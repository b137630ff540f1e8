"""What shipping keeps: freight rules, waybills with their labels and events, pools of numbers; and the port to the carriers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, Final, Protocol
from uuid import UUID

import attrs

from houtai.application.catalog.ports import CatalogTx
from houtai.application.ports import Index, Reading, Records, Rows
from houtai.domain import limits
from houtai.domain.catalog.channel import Channel
from houtai.domain.ids import ChannelId, PoolId, WaybillId
from houtai.domain.shipping.answer import CarrierAnswer, VoidAnswer
from houtai.domain.shipping.freight import FreightRule, FreightRuleId
from houtai.domain.shipping.parcel import LabelFormat, Quote, Shipment
from houtai.domain.shipping.pool import Pool, PoolNumber
from houtai.domain.shipping.tracking import Outcome, TrackEvent
from houtai.domain.shipping.waybill import ENDED, Waybill

EventKey = tuple[str, str]  # carrier, the event's key
PushKey = tuple[str, str]  # carrier, the body's digest
NumberKey = tuple[str, int]  # carrier, place in the queue
MAX_PUSH_BYTES: Final = 256_000


@attrs.frozen
class WaybillLabel:
    """What is stuck on the parcel, as the carrier gave it; kept for good, for a reprint is never a new number."""

    waybill_id: WaybillId
    format: LabelFormat
    content: bytes = attrs.field(repr=False)
    children: tuple[str, ...] = ()


@attrs.frozen
class KeptEvent:
    """An event as it came and what became of it; one for each piece of news, for good."""

    carrier: str
    event: TrackEvent
    waybill_id: WaybillId | None
    received_at: dt.datetime
    outcome: Outcome


@attrs.frozen
class CarrierPush:
    """A carrier's push word for word; `digest` tells it from any other."""

    carrier: str
    digest: str
    received_at: dt.datetime
    raw: str = attrs.field(repr=False, validator=limits.text(0, MAX_PUSH_BYTES))


RULE_BY_CHANNEL: Index[FreightRule, UUID] = Index("channel_id", lambda rule: rule.channel_id)
FREIGHT_RULES: Records[FreightRuleId, FreightRule] = Records(
    "freight_rules", FreightRule, lambda rule: rule.id, (RULE_BY_CHANNEL,), reference=True
)

OF_PARCEL: Final[Index[Waybill, UUID]] = Index("parcel_id", lambda waybill: waybill.parcel_id)
ON_PARCEL: Final[Index[Waybill, UUID]] = Index(
    "live_parcel_id", lambda waybill: None if waybill.state in ENDED else waybill.parcel_id, unique=True
)
BY_NUMBER: Final[Index[Waybill, tuple[str, str]]] = Index(
    "number", lambda waybill: (waybill.carrier, waybill.number) if waybill.number else None
)
LIVE_NUMBER: Final[Index[Waybill, tuple[str, str]]] = Index(
    "live_number",
    lambda waybill: (waybill.carrier, waybill.number) if waybill.number and waybill.state not in ENDED else None,
    unique=True,
)
IN_WAREHOUSE: Final[Index[Waybill, UUID]] = Index("warehouse_id", lambda waybill: waybill.warehouse_id)
IN_STATE: Final[Index[Waybill, str]] = Index("state", lambda waybill: waybill.state.value)
TO_ASK: Final[Index[Waybill, dt.datetime]] = Index("ask_at", lambda waybill: waybill.ask_at)
WAYBILLS: Final[Records[WaybillId, Waybill]] = Records(
    "waybills",
    Waybill,
    key=lambda waybill: waybill.id,
    indexes=(OF_PARCEL, ON_PARCEL, BY_NUMBER, LIVE_NUMBER, IN_WAREHOUSE, IN_STATE, TO_ASK),
    secret=frozenset({"shipment"}),
)
LABELS: Final[Records[WaybillId, WaybillLabel]] = Records(
    "waybill_labels", WaybillLabel, key=lambda label: label.waybill_id, append_only=True, logged=False
)
EVENTS_OF: Final[Index[KeptEvent, UUID]] = Index("waybill_id", lambda kept: kept.waybill_id)
EVENTS_UNDER: Final[Index[KeptEvent, tuple[str, str]]] = Index("number", lambda kept: (kept.carrier, kept.event.number))
WAYBILL_EVENTS: Final[Records[EventKey, KeptEvent]] = Records(
    "waybill_events",
    KeptEvent,
    key=lambda kept: (kept.carrier, kept.event.key),
    indexes=(EVENTS_OF, EVENTS_UNDER),
    append_only=True,
    logged=False,
)
CARRIER_PUSHES: Final[Records[PushKey, CarrierPush]] = Records(
    "carrier_pushes", CarrierPush, key=lambda push: (push.carrier, push.digest), append_only=True, logged=False
)
POOL_OF: Final[Index[Pool, str]] = Index("carrier", lambda pool: pool.carrier, unique=True)
POOLS: Final[Records[PoolId, Pool]] = Records("waybill_pools", Pool, key=lambda pool: pool.id, indexes=(POOL_OF,))
NUMBERS_ON: Final[Index[PoolNumber, UUID]] = Index("waybill_id", lambda number: number.waybill_id)
POOL_NUMBERS: Final[Records[NumberKey, PoolNumber]] = Records(
    "pool_numbers", PoolNumber, key=lambda number: (number.carrier, number.place), indexes=(NUMBERS_ON,), logged=False
)

RECORDS: Final[tuple[Records[Any, Any], ...]] = (
    FREIGHT_RULES,
    WAYBILLS,
    LABELS,
    WAYBILL_EVENTS,
    CARRIER_PUSHES,
    POOLS,
    POOL_NUMBERS,
)


class Rules(Protocol):
    """Freight rules to look up, in a transaction or in a snapshot alike."""

    def by(self, index: Index[FreightRule, UUID], *values: UUID) -> list[FreightRule]:
        """The rules found under any of the values."""


class FreightSource(Protocol):
    """What freight is reckoned from."""

    @property
    def freight_rules(self) -> Rules:
        """What delivery costs."""


class ShippingTx(CatalogTx, Protocol):
    """What shipping writes. Rows are locked in the order waybills, pools; whoever stands above locks theirs after."""

    @property
    def freight_rules(self) -> Rows[FreightRuleId, FreightRule]:
        """What delivery costs, by channel and region."""

    @property
    def waybills(self) -> Rows[WaybillId, Waybill]:
        """One for each time that a parcel is given to a carrier."""

    @property
    def waybill_labels(self) -> Rows[WaybillId, WaybillLabel]:
        """Append-only, one for each number that a carrier gave."""

    @property
    def waybill_events(self) -> Rows[EventKey, KeptEvent]:
        """Append-only, one for each piece of news."""

    @property
    def carrier_pushes(self) -> Rows[PushKey, CarrierPush]:
        """Append-only, word for word."""

    @property
    def waybill_pools(self) -> Rows[PoolId, Pool]:
        """Numbers in stock by carrier."""

    @property
    def pool_numbers(self) -> Rows[NumberKey, PoolNumber]:
        """Changed only with their pool locked."""


class ShippingViews(Protocol):
    """What queries of shipping read."""

    @property
    def channels(self) -> Reading[ChannelId, Channel]:
        """For the currency."""

    @property
    def freight_rules(self) -> Reading[FreightRuleId, FreightRule]:
        """What delivery costs, by channel and region."""

    @property
    def waybills(self) -> Reading[WaybillId, Waybill]:
        """By id, parcel, number, warehouse or state."""

    @property
    def waybill_labels(self) -> Reading[WaybillId, WaybillLabel]:
        """By waybill."""

    @property
    def waybill_events(self) -> Reading[EventKey, KeptEvent]:
        """By waybill."""

    @property
    def waybill_pools(self) -> Reading[PoolId, Pool]:
        """By id or carrier."""

    def next_waybill_question(self) -> dt.datetime | None:
        """When a carrier is to be asked next."""


class CarrierAway(Exception):
    """The carrier could not be reached, or will not hear us now: it has done nothing, the same call may go through later."""


class CarrierSilent(Exception):
    """The call went out and no answer came that can be read: it may or may not have been done."""


class Carrier(Protocol):
    """A carrier. `key` is ours, the same for every call about one waybill; no call is ever made inside a transaction.

    All but `parse_push` raise CarrierAway or CarrierSilent within a deadline of their own.
    """

    @property
    def name(self) -> str:
        """What waybills call it by."""

    def rates(self, shipment: Shipment) -> tuple[Quote, ...]:
        """What it would take, the cheapest first; empty where it does not say or does not go there."""

    def buy(self, key: UUID, shipment: Shipment, number: str = "") -> CarrierAnswer:
        """Bind a number, or the given one out of the pool; the same key again is the same waybill."""

    def ask(self, key: UUID) -> CarrierAnswer:
        """How the waybill stands that was told under the key; NOT_KNOWN only where it was surely never heard of."""

    def void(self, key: UUID, number: str) -> VoidAnswer:
        """Undo it; DONE also where it is undone already."""

    def ask_void(self, key: UUID, number: str) -> VoidAnswer:
        """How the wish to void stands; NOT_KNOWN where none was heard of."""

    def track(self, shipment: Shipment, number: str) -> tuple[TrackEvent, ...]:
        """What happened to the parcel, the earliest first."""

    def parse_push(self, headers: Mapping[str, str], raw: bytes, now: dt.datetime) -> tuple[TrackEvent, ...]:
        """The events in our words. Raises PushNotGenuine before anything is read, and PushMalformed."""

    def numbers(self, key: UUID, qty: int) -> tuple[str, ...]:
        """A block of numbers for the pool; the same key again is the same block. Raises CarrierAway where it gives none ahead."""


Carriers = Mapping[str, Carrier]
