"""What happened to claims, for the modules above them."""

from __future__ import annotations

import attrs

from houtai.domain.aftersales.state import ClaimState
from houtai.domain.event import Event
from houtai.domain.ids import ChannelId, ClaimId, OrderId


@attrs.frozen
class ClaimMoved(Event):
    """A claim is in another state; `before` is None for a new one, `reason` the word of whoever moved it."""

    claim_id: ClaimId
    order_id: OrderId
    channel_id: ChannelId
    before: ClaimState | None
    after: ClaimState
    version: int
    reason: str = ""
