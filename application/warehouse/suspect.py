"""Where goods were looked for and not found, nothing more is promised until somebody has counted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import attrs

from houtai.application.inventory.doubt import freeze
from houtai.application.inventory.scope import demand_at
from houtai.application.permission import MERCHANT, WAREHOUSE, needs
from houtai.application.warehouse.bin_ports import BinsTx
from houtai.application.warehouse.racks import Racks
from houtai.domain.act import Act
from houtai.domain.inventory.stock import StockKey, StockState
from houtai.domain.warehouse.bins import Bin, BinId, BinKey

DOUBT: Final = "warehouse.doubt-bin"


@attrs.frozen
class DoubtBin:
    """The bin that somebody stands before."""

    bin: BinId


@needs(DOUBT, along=(WAREHOUSE, MERCHANT))
def mark_suspect(tx: BinsTx, cmd: DoubtBin, act: Act) -> Bin:
    """Doubt what nobody is promised in the bin; it can be neither picked nor sold until it is counted. Raises NotFound."""
    found = _demanded(tx, cmd, act)
    (doubted,) = doubt(tx, [found.key], act)
    return doubted


@needs(DOUBT, along=(WAREHOUSE, MERCHANT))
def clear_suspect(tx: BinsTx, cmd: DoubtBin, act: Act) -> Bin:
    """All is there after all: the bin's units may be promised again. What is really lost takes an adjustment. Raises NotFound."""
    found = _demanded(tx, cmd, act)
    tx.stocks.lock([found.key.stock_key])
    racks = Racks.lock(tx, [found.key])
    lying = racks.at(found.key)
    racks.put(lying.undoubted(lying.suspect_qty))
    racks.write()
    if lying.suspect_qty and found.key.state is StockState.SELLABLE:
        freeze(tx, {found.key.stock_key: -lying.suspect_qty}, act)
    return racks.bins[found.id]


def doubt(tx: BinsTx, keys: Sequence[BinKey], act: Act) -> tuple[Bin, ...]:
    """Doubt everything in these bins that others were not promised (short pick, step 3), and freeze as much sellable stock.

    The picker's own promises are given back before, so that they are among what is doubted.
    """
    stocks: dict[StockKey, int] = {key.stock_key: 0 for key in keys}
    tx.stocks.lock(stocks)  # before their bins, as the order of locks has it
    racks = Racks.lock(tx, keys)
    for key in keys:
        before = racks.at(key)
        after = before.suspected()
        racks.put(after)
        if key.state is StockState.SELLABLE:
            stocks[key.stock_key] += after.suspect_qty - before.suspect_qty
    racks.write()
    if any(stocks.values()):
        freeze(tx, stocks, act)
    return tuple(racks.bins[key.id] for key in keys)


def _demanded(tx: BinsTx, cmd: DoubtBin, act: Act) -> Bin:
    """The bin, if the actor may do this there; unlocked."""
    found = tx.bins.get(cmd.bin)
    warehouse, sku = tx.warehouses.get(found.key.warehouse_id), tx.skus.get(found.key.sku_id)
    demand_at(act, DOUBT, warehouse, [sku])
    return found
