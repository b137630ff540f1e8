"""What still lies in a place or a handling unit: asked before it is retired."""

from __future__ import annotations

from collections.abc import Iterable

from houtai.application.warehouse.bin_ports import BIN_BY_LOCATION, BIN_BY_UNIT, FILLED, BinsTx
from houtai.application.warehouse.ports import UNIT_BY_LOCATION, UNIT_BY_PARENT
from houtai.domain.ids import HandlingUnitId, LocationId
from houtai.domain.warehouse.handling_unit import UnitKind, UnitState

_THERE = frozenset({UnitState.OPEN, UnitState.SEALED})


def contents_of(tx: BinsTx, locations: Iterable[LocationId]) -> dict[LocationId, str]:
    """What lies in each of these places in words, those with nothing left out; one statement for units, one for goods.

    The places are locked by the caller, so nothing comes meanwhile.
    """
    wanted = sorted(set(locations))
    found: dict[LocationId, list[str]] = {}
    for unit in tx.handling_units.by(UNIT_BY_LOCATION, *wanted) if wanted else ():
        if unit.state in _THERE and unit.location_id is not None:
            found.setdefault(unit.location_id, []).append(unit.barcode)
    for one in tx.bins.by(BIN_BY_LOCATION, *((location_id, FILLED) for location_id in wanted)) if wanted else ():
        found.setdefault(one.key.location_id, []).append(f"{one.qty} of {one.key.sku_id}")
    return {location_id: _named(held) for location_id, held in found.items()}


def goods_in(tx: BinsTx, units: Iterable[HandlingUnitId]) -> str:
    """The goods in any of these units in words; empty for none."""
    found = tx.bins.by(BIN_BY_UNIT, *((unit_id, FILLED) for unit_id in units))
    return _named(f"{one.qty} of {one.key.sku_id}" for one in found)


def lock_within(tx: BinsTx, unit_id: HandlingUnitId) -> list[HandlingUnitId]:
    """The unit, which the caller has locked, and all units in it, locked now; one statement a level.

    Whoever puts something into any of them waits, so that what is found in them afterwards is all there is.
    """
    every, level = [unit_id], [unit_id]
    while level:
        level = [one.id for one in tx.handling_units.lock_by(UNIT_BY_PARENT, *level)]
        every += level
    return every


def content_of_unit(tx: BinsTx, unit_id: HandlingUnitId) -> str:
    """What is in the unit in words: units but for its own slots, else goods; empty for nothing."""
    units = tx.handling_units.by(UNIT_BY_PARENT, unit_id)
    slots = [unit.id for unit in units if unit.kind is UnitKind.SLOT]
    inside = [unit for unit in units if unit.kind is not UnitKind.SLOT]
    if slots:
        inside += tx.handling_units.by(UNIT_BY_PARENT, *slots)
    named = _named(unit.barcode for unit in inside if unit.state in _THERE)
    return named or goods_in(tx, [unit_id, *slots])


def _named(barcodes: Iterable[str]) -> str:
    found = list(barcodes)
    return ", ".join(found[:3]) + (f" and {len(found) - 3} more" if len(found) > 3 else "")
