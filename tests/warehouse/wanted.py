"""A count that is wanted, for tests in which nobody picks."""

from __future__ import annotations

from houtai.application.office import Office
from houtai.application.permission import needs
from houtai.application.warehouse.bin_ports import BinsTx
from houtai.application.warehouse.wanted_counts import CountAsked, want_count
from houtai.domain.act import Act
from houtai.domain.ids import SkuId, WarehouseId
from houtai.domain.warehouse.wanted_count import CountReason, WantedCount


@needs("tests.want-count")
def _want(tx: BinsTx, cmd: CountAsked, act: Act) -> WantedCount:
    return want_count(tx, cmd, act)


def wanted(office: Office, act: Act, warehouse: WarehouseId, path: str, sku: SkuId, lot: str = "") -> WantedCount:
    """Somebody says that there is less of it than the books say."""
    return office.perform(_want, CountAsked(warehouse, path, sku, lot, CountReason.SHORT_PICK), act)
