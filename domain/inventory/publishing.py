"""What a channel is told: the published quantity and every number in it (module 2.4)."""

from __future__ import annotations

import datetime as dt
import enum
import math
from typing import Final
from uuid import UUID

import attrs

from houtai.domain import limits
from houtai.domain.ids import ChannelId, SkuId, derive
from houtai.domain.moves import Moves

MAX_RATIO_PERCENT = 1_000


class PolicyState(enum.Enum):
    """Whether the channel is told of stock; PAUSED tells it zero."""

    ON = "on"
    PAUSED = "paused"


POLICY_MOVES: Final[Moves[PolicyState]] = {
    PolicyState.ON: frozenset({PolicyState.PAUSED}),
    PolicyState.PAUSED: frozenset({PolicyState.ON}),
}


class AtZero(enum.Enum):
    """What a listing does on a channel when none of its items has anything left to sell there."""

    STAY = "stay"  # it is shown as sold out
    PAUSE = "pause"  # it is off the shelf until there is stock again


class PausedBy(enum.Enum):
    """Why a channel is told zero whatever there is."""

    CHANNEL = "channel"  # it does not sell from stock
    POLICY = "policy"
    MERCHANT = "merchant"  # whose goods they are does not sell now
    LISTING = "listing"  # it is paused, archived, or without this item


@attrs.frozen
class PublishPolicy:
    """How much of the stock a channel is told of, for one SKU, or for all that have no policy of their own (`sku_id` None).

    Of the shared stock `ratio_percent` less `buffer_qty`, then the channel's own fence, never above `cap_qty`; at or below
    `min_publish_qty` the channel is told zero. `at_zero` says what a listing does that has nothing left to sell.
    """

    channel_id: ChannelId
    sku_id: SkuId | None = None
    ratio_percent: int = attrs.field(default=100, validator=limits.between(0, MAX_RATIO_PERCENT))
    buffer_qty: int = attrs.field(default=0, validator=limits.any_qty)
    cap_qty: int | None = attrs.field(default=None, validator=attrs.validators.optional(limits.any_qty))
    min_publish_qty: int = attrs.field(default=0, validator=limits.any_qty)
    state: PolicyState = PolicyState.ON
    at_zero: AtZero = AtZero.STAY
    version: int = 1

    @property
    def id(self) -> UUID:
        """One policy a channel and SKU."""
        return policy_id(self.channel_id, self.sku_id)


def policy_id(channel_id: ChannelId, sku_id: SkuId | None) -> UUID:
    """The id of the policy for this SKU on this channel, or of the channel's general one."""
    return derive(channel_id, "publish-policy", "*" if sku_id is None else sku_id)


@attrs.frozen
class Figure:
    """One published quantity as its whole arithmetic (module 2.4).

    ``clamp(floor(shared * ratio) - buffer + dedicated_left - unimported, 0, cap)``, zero if at or below the minimum.
    """

    shared_qty: int
    ratio_percent: int
    buffer_qty: int
    dedicated_qty: int
    unimported_qty: int
    cap_qty: int | None
    min_publish_qty: int
    paused_by: PausedBy | None = None

    @property
    def paused(self) -> bool:
        """Whether the channel is told zero whatever there is."""
        return self.paused_by is not None

    @property
    def raw_qty(self) -> int:
        """Before clamping. A shared stock below zero counts in full: a ratio must not shrink what is lacking."""
        part = self.shared_qty * self.ratio_percent // 100 if self.shared_qty > 0 else self.shared_qty
        return part - self.buffer_qty + self.dedicated_qty - self.unimported_qty

    @property
    def unpaused_qty(self) -> int:
        """What the channel would be told if nothing paused it."""
        clamped = max(0, self.raw_qty if self.cap_qty is None else min(self.raw_qty, self.cap_qty))
        return 0 if clamped <= self.min_publish_qty else clamped

    @property
    def qty(self) -> int:
        """What the channel is told."""
        return 0 if self.paused else self.unpaused_qty


def figure(
    policy: PublishPolicy,
    *,
    shared_qty: int,
    dedicated_qty: int,
    unimported_qty: int,
    sold_from_stock: bool,
    withheld: PausedBy | None = None,
) -> Figure:
    """The figure of a SKU under its policy; a channel that does not sell from stock is told zero, and so is one `withheld`."""
    paused_by = withheld
    if not sold_from_stock:
        paused_by = PausedBy.CHANNEL
    elif policy.state is PolicyState.PAUSED:
        paused_by = PausedBy.POLICY
    return Figure(
        shared_qty=shared_qty,
        ratio_percent=policy.ratio_percent,
        buffer_qty=policy.buffer_qty,
        dedicated_qty=dedicated_qty,
        unimported_qty=unimported_qty,
        cap_qty=policy.cap_qty,
        min_publish_qty=policy.min_publish_qty,
        paused_by=paused_by,
    )


PublishedKey = tuple[ChannelId, SkuId]


@attrs.frozen
class Published:
    """What a channel was last told about a SKU: the current row of its publications. `seq` counts them from 1."""

    channel_id: ChannelId
    sku_id: SkuId
    seq: int
    qty: int
    at: dt.datetime

    @property
    def key(self) -> PublishedKey:
        """Whom about what."""
        return self.channel_id, self.sku_id


PublicationKey = tuple[ChannelId, SkuId, int]


@attrs.frozen
class Publication:
    """One figure that went out to a channel; never changed. `message_id` is the outbox message that carries it."""

    channel_id: ChannelId
    sku_id: SkuId
    seq: int
    qty: int
    figure: Figure
    at: dt.datetime
    message_id: UUID

    @property
    def key(self) -> PublicationKey:
        """Which figure for whom about what."""
        return self.channel_id, self.sku_id, self.seq


def message_id(channel_id: ChannelId, sku_id: SkuId, seq: int) -> UUID:
    """The outbox message of a publication, the same on every retry."""
    return derive(sku_id, "push-stock", channel_id, seq)


@attrs.frozen
class Unimported:
    """Units in orders that the channel has shown but that are not booked yet."""

    channel_id: ChannelId
    sku_id: SkuId
    qty: int = attrs.field(validator=limits.any_qty)

    @property
    def key(self) -> PublishedKey:
        """On which channel, of what."""
        return self.channel_id, self.sku_id


def buffer_needed(sold_qty: int, window_s: int, latency_s: int, z_percent: int = 233) -> int:
    """The buffer that covers what the others sell while a figure is on its way: ceil(rate * latency + z * sqrt(rate * latency)).

    `sold_qty` units were sold by other channels in `window_s` seconds; `z_percent` 233 means one miss in a hundred
    where sales come at random. Integers only; rounded up throughout.
    """
    if sold_qty <= 0 or latency_s <= 0:
        return 0
    scale = 10_000
    expected = -(-sold_qty * latency_s * scale // window_s)  # units * 10^4
    spread = math.isqrt(expected * scale) + 1  # sqrt(units) * 10^4
    return -(-(expected + spread * z_percent // 100) // scale)


BundlePartKey = tuple[SkuId, SkuId]


@attrs.frozen
class BundlePart:
    """A published bundle that holds a component: when the component's stock changes, the bundle's figure does."""

    component_id: SkuId
    bundle_id: SkuId

    @property
    def key(self) -> BundlePartKey:
        """Which component in which bundle."""
        return self.component_id, self.bundle_id
