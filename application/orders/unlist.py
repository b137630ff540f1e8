"""What open orders say when goods are about to leave a channel for good."""

from __future__ import annotations

from typing import Final

from houtai.application.orders.ports import OrdersTx
from houtai.domain.act import Act
from houtai.domain.catalog.events import ListingArchived
from houtai.domain.orders.refusals import ListingNeeded

MOST_NAMED: Final = 5


def refuse_while_open(tx: OrdersTx, event: ListingArchived, act: Act) -> None:
    """Refuse with ListingNeeded while lines of the channel's orders that have not ended are still to ship (SM-PL)."""
    del act
    if not event.sku_ids:
        return
    found = tx.open_orders_for(event.channel_id, event.sku_ids, MOST_NAMED)
    if found.count:
        raise ListingNeeded(open_count=found.count, numbers=found.numbers)
