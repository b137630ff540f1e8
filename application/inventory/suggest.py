"""Suggesting a buffer: what the other channels sell while a figure is on its way to this one (module 2.4)."""

from __future__ import annotations

import datetime as dt
from typing import Final

import attrs

from houtai.application.inventory.ports import RESERVATION_BY_SKU, InventoryViews
from houtai.application.inventory.queries import READ
from houtai.application.permission import CHANNEL, needs
from houtai.application.reach import demand_within
from houtai.domain import limits
from houtai.domain.act import Act
from houtai.domain.ids import ChannelId, SkuId
from houtai.domain.inventory.publishing import buffer_needed
from houtai.domain.inventory.reservation import ReservationState

DAY_S: Final = 86_400


@attrs.frozen
class SuggestBuffer:
    """For which SKU on which channel, how late its figures arrive, and how far to look back for the others' sales."""

    channel_id: ChannelId
    sku_id: SkuId
    latency_s: int = attrs.field(validator=limits.between(0, DAY_S))
    window_s: int = attrs.field(default=DAY_S, validator=limits.between(60, 30 * DAY_S))


@attrs.frozen
class BufferSuggestion:
    """The buffer that covers the others' sales during the latency but for one time in a hundred."""

    sold_by_others_qty: int
    window_s: int
    latency_s: int
    buffer_qty: int


@needs(READ, along=(CHANNEL,))
def suggest_buffer(views: InventoryViews, query: SuggestBuffer, act: Act) -> BufferSuggestion:
    """What the buffer should be at least, by the orders of other channels that still stand. Raises NotFound."""
    demand_within(act, READ, "channel", query.channel_id, channel=query.channel_id)
    views.channels.get(query.channel_id)
    views.skus.get(query.sku_id)
    since = act.at - dt.timedelta(seconds=query.window_s)
    standing = (ReservationState.OPEN, ReservationState.SHIPPED)
    sold = views.reservations.by(RESERVATION_BY_SKU, *((query.sku_id, state.value) for state in standing))
    others = sum(one.qty for one in sold if one.channel_id != query.channel_id and one.made_at >= since)
    needed = buffer_needed(others, query.window_s, query.latency_s)
    return BufferSuggestion(others, query.window_s, query.latency_s, needed)
