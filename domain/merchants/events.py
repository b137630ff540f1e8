"""What happened to merchants, for the modules above them."""

from __future__ import annotations

import attrs

from houtai.domain.event import Event
from houtai.domain.ids import MerchantId
from houtai.domain.merchants.merchant import MerchantState


@attrs.frozen
class MerchantMoved(Event):
    """A merchant was let sell, or suspended; `version` is the merchant's after it."""

    merchant_id: MerchantId
    state: MerchantState
    version: int
