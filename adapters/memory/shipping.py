"""Reading shipping in memory: every record is looked at."""

from __future__ import annotations

import datetime as dt

from houtai.adapters.memory.store import MemoryStore


class ShippingSearch:
    """See `ShippingViews`: what is searched."""

    store: MemoryStore

    def next_waybill_question(self) -> dt.datetime | None:
        """See `ShippingViews.next_waybill_question`."""
        waybills = self.store.shelves["waybills"].held.values()
        return min((waybill.ask_at for waybill in waybills if waybill.ask_at is not None), default=None)
