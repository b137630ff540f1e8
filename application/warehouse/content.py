"""What still lies in a place or a handling unit: asked before it is retired."""

from __future__ import annotations

from collections.abc import Iterable

from houtai.application.warehouse.ports import UNIT_BY_LOCATION, UNIT_BY_PARENT, WarehouseTx
from houtai.domain.ids import HandlingUnitId, LocationId
from houtai.domain.warehouse.handling_unit import UnitKind, UnitState

_THERE = frozenset({UnitState.OPEN, UnitState.SEALED})


def content_of_location(tx: WarehouseTx, location_id: LocationId) -> str:
    """What lies there in words, empty for nothing. The place is locked by the caller, so nothing comes meanwhile."""
    units = (unit for unit in tx.handling_units.by(UNIT_BY_LOCATION, location_id) if unit.state in _THERE)
    return _named(unit.barcode for unit in units)


def content_of_unit(tx: WarehouseTx, unit_id: HandlingUnitId) -> str:
    """What is in the unit in words, its own slots left out; empty for nothing."""
    units = tx.handling_units.by(UNIT_BY_PARENT, unit_id)
    slots = [unit.id for unit in units if unit.kind is UnitKind.SLOT]
    inside = [unit for unit in units if unit.kind is not UnitKind.SLOT]
    if slots:
        inside += tx.handling_units.by(UNIT_BY_PARENT, *slots)
    return _named(unit.barcode for unit in inside if unit.state in _THERE)


def _named(barcodes: Iterable[str]) -> str:
    found = list(barcodes)
    return ", ".join(found[:3]) + (f" and {len(found) - 3} more" if len(found) > 3 else "")
