"""What webhooks ask beyond keys and lookups, in memory."""

from __future__ import annotations

import datetime as dt

from houtai.adapters.memory.store import MemoryStore
from houtai.domain.webhooks.delivery import WebhookDelivery


class WebhooksSearch:
    """See the class of that name on SQL."""

    store: MemoryStore

    def next_webhook(self) -> dt.datetime | None:
        """See `WebhooksViews.next_webhook`."""
        deliveries: list[WebhookDelivery] = list(self.store.shelves["webhook_deliveries"].held.values())
        return min((one.due_at for one in deliveries if one.due_at is not None), default=None)
