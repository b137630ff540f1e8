"""The read side of the memory store: readings by name, and the modules' own searches."""

from __future__ import annotations

from typing import Any

from houtai.adapters.memory.access import AccessViews
from houtai.adapters.memory.aftersales import AftersalesSearch
from houtai.adapters.memory.catalog import CatalogSearch
from houtai.adapters.memory.inventory import InventorySearch
from houtai.adapters.memory.ledger import LedgerReports
from houtai.adapters.memory.orders import OrdersSearch
from houtai.adapters.memory.outbound import OutboundSearch
from houtai.adapters.memory.payments import PaymentsSearch
from houtai.adapters.memory.points import PointsSearch
from houtai.adapters.memory.shipping import ShippingSearch
from houtai.adapters.memory.store import MemoryReading, MemoryStore
from houtai.adapters.memory.tickets import TicketsSearch
from houtai.adapters.memory.warehouse import WarehouseSearch
from houtai.adapters.memory.warehouse_bins import BinsSearch
from houtai.adapters.memory.webhooks import WebhooksSearch
from houtai.application.audit import SealedEntry


class HouseViews:
    """What every module's views stand on: the store they read."""

    store: MemoryStore

    def audit_chain(self, *, after_seq: int = 0, limit: int = 1_000_000) -> list[SealedEntry]:
        """The operation log behind `after_seq` in order."""
        return self.store.audit[after_seq : after_seq + limit]

    def audit_head(self) -> int:
        """The last row's place in the chain."""
        return len(self.store.audit)

    def audit_head_hash(self) -> str:
        """The last row's hash, by its head; empty before the first row."""
        return self.store.audit[-1].hash if self.store.audit else ""

    def sum_rows(self, name: str) -> dict[Any, int]:
        """All totals of one kind."""
        return dict(self.store.sums[name])


class MemoryViews(
    WebhooksSearch,
    TicketsSearch,
    AftersalesSearch,
    OrdersSearch,
    OutboundSearch,
    BinsSearch,
    WarehouseSearch,
    InventorySearch,
    PaymentsSearch,
    PointsSearch,
    ShippingSearch,
    LedgerReports,
    AccessViews,
    CatalogSearch,
    HouseViews,
):
    """Every module's read side at once; a module with searches of its own adds its class to the bases above."""

    def __init__(self, store: MemoryStore) -> None:
        """Read from this store."""
        self.store = store

    def __getattr__(self, name: str) -> Any:
        """The reading of that name."""
        if name not in self.store.shelves:
            raise AttributeError(name)
        return MemoryReading(self.store.shelves[name])
