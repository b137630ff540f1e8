"""Why a channel could sell what was not there: what it had been told, and what took the stock since."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Final

from houtai.application.inventory.ports import RESERVATION_BY_SKU, InventoryTx
from houtai.application.outbox import Delivery
from houtai.domain.ids import ChannelId, SkuId
from houtai.domain.inventory.oversell import Consumption, OversellCause, RootCause
from houtai.domain.inventory.publishing import Publication
from houtai.domain.inventory.reservation import ReservationState
from houtai.domain.inventory.stock import Stock, StockState

LOOK_BACK: Final = 50  # publications and movements per warehouse that are looked through
NAMED: Final = 20  # takers that are named on the record


def root_cause(tx: InventoryTx, channel_id: ChannelId, sku_id: SkuId, sold_at: dt.datetime, stocks: Iterable[Stock]) -> RootCause:
    """What the channel knew when it sold, and who took the stock since; `stocks` are the SKU's, locked."""
    told = _publications(tx, channel_id, sku_id)
    last = told[0] if told else None
    known = next((one for one in told if one.at <= sold_at and _delivered(tx, one)), None)
    consumed = _consumed(tx, sku_id, known.at if known is not None else None, stocks)
    if last is None:
        cause = OversellCause.NEVER_PUBLISHED
    elif known is None or known.seq != last.seq:
        cause = OversellCause.NOT_DELIVERED
    elif any(taken.at > last.at for taken in consumed):
        cause = OversellCause.CONSUMED_SINCE
    else:
        cause = OversellCause.SOLD_ABOVE_FIGURE
    return RootCause(
        cause=cause,
        figure_seq=None if known is None else known.seq,
        figure_qty=None if known is None else known.qty,
        figure_at=None if known is None else known.at,
        last_published_at=None if last is None else last.at,
        consumed=consumed,
    )


def _publications(tx: InventoryTx, channel_id: ChannelId, sku_id: SkuId) -> list[Publication]:
    """The latest figures for the channel, newest first."""
    row = tx.published.find((channel_id, sku_id))
    if row is None:
        return []
    oldest = max(1, row.seq - LOOK_BACK + 1)
    found = tx.publications.many((channel_id, sku_id, seq) for seq in range(oldest, row.seq + 1))
    return sorted(found.values(), key=lambda one: -one.seq)


def _delivered(tx: InventoryTx, publication: Publication) -> bool:
    message = tx.outbox.find(publication.message_id)
    return message is None or message.state is Delivery.DELIVERED  # delivered ones alone are ever forgotten


def _consumed(tx: InventoryTx, sku_id: SkuId, since: dt.datetime | None, stocks: Iterable[Stock]) -> tuple[Consumption, ...]:
    """The latest takers of the SKU after `since`: orders that still have it reserved, and documents that moved it out."""
    taken = [
        Consumption("order", one.order_id, one.qty, one.made_at)
        for one in tx.reservations.by(RESERVATION_BY_SKU, (sku_id, ReservationState.OPEN.value))
    ]
    for stock in stocks:
        latest = range(max(1, stock.last_seq - LOOK_BACK + 1), stock.last_seq + 1)
        moved = tx.movements.many((*stock.key, seq) for seq in latest).values()
        taken += [
            Consumption(one.document, one.document_id, -one.delta_qty, one.at)
            for one in moved
            if one.state is StockState.SELLABLE and one.delta_qty < 0
        ]
    recent = [one for one in taken if since is None or one.at >= since]
    return tuple(sorted(recent, key=lambda one: (one.at, str(one.document_id)), reverse=True)[:NAMED])
