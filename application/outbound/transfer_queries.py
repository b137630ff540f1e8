"""Reading transfers: whoever reaches one of their ends sees them."""

from __future__ import annotations

import attrs

from houtai.application.house import OF_DOCUMENT
from houtai.application.outbound.ports import OutboundViews
from houtai.application.outbound.queries import AXES, READ
from houtai.application.outbound.wishes import TransferFilter
from houtai.application.paging import Page, Slice
from houtai.application.permission import needs
from houtai.application.timeline import TimelineEntry
from houtai.application.warehouse.queries import seen_warehouses, sees
from houtai.domain.act import Act
from houtai.domain.ids import TransferId, WarehouseId
from houtai.domain.outbound.transfer import Transfer, TransferState
from houtai.domain.refusal import NotFound


@attrs.frozen
class ListTransfers:
    """A page of transfers, from or to a warehouse; what is empty asks nothing."""

    page: Page
    warehouse: WarehouseId | None = None
    states: frozenset[TransferState] = frozenset()


@needs(READ, along=AXES)
def list_transfers(views: OutboundViews, query: ListTransfers, act: Act) -> Slice[Transfer]:
    """Transfers from or to the warehouses that the actor reaches."""
    seen = seen_warehouses(views, READ, query.warehouse, act)
    return views.transfer_list(TransferFilter(seen, query.states), query.page)


@needs(READ, along=AXES)
def show_transfer(views: OutboundViews, query: TransferId, act: Act) -> Transfer:
    """One transfer. Raises NotFound."""
    return _seen(views, query, act)


@needs(READ, along=AXES)
def transfer_timeline(views: OutboundViews, query: TransferId, act: Act) -> tuple[TimelineEntry, ...]:
    """Everything that happened to the transfer, in order. Raises NotFound."""
    transfer = _seen(views, query, act)
    return tuple(sorted(views.timeline.by(OF_DOCUMENT, transfer.id), key=lambda entry: entry.version))


def _seen(views: OutboundViews, transfer_id: TransferId, act: Act) -> Transfer:
    transfer = views.transfers.get(transfer_id)
    ends = views.warehouses.many((transfer.source_id, transfer.destination_id))
    if not any(sees(act, READ, end) for end in ends.values()):
        raise NotFound(what="transfer", key=str(transfer_id))
    return transfer
