"""Taking in a layout: every row of a file new, changed, unchanged or refused, all of them or none, by few statements."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import attrs

from houtai.application.catalog.import_products import Result, RowResult
from houtai.application.catalog.product_columns import CellError
from houtai.application.inventory.scope import demand_at
from houtai.application.permission import MERCHANT, WAREHOUSE, needs
from houtai.application.plain import SECRET
from houtai.application.sheets import MAX_ROWS
from houtai.application.timeline import write_line
from houtai.application.warehouse.bin_ports import BinsTx
from houtai.application.warehouse.content import contents_of
from houtai.application.warehouse.layout_columns import LayoutRow
from houtai.application.warehouse.locations import default_barcode
from houtai.application.warehouse.ports import LOCATION_BY_BARCODE, LOCATION_BY_PATH
from houtai.application.warehouse.standard import ensure_standard, is_standard
from houtai.domain import limits
from houtai.domain.act import Act
from houtai.domain.catalog.standing import Standing
from houtai.domain.ids import LocationId, WarehouseId, derive
from houtai.domain.inventory.warehouse import Warehouse
from houtai.domain.refusal import InvalidValue
from houtai.domain.warehouse.location import ACTIVITIES, Capacity, Location, Standard, Walk

IMPORT: Final = "warehouse.import"

_CAPACITY: Final = frozenset(field.name for field in attrs.fields(Capacity))
_WALK: Final = frozenset(field.name for field in attrs.fields(Walk))
_STANDARD: Final = frozenset(place.value for place in Standard)


@attrs.frozen
class ImportLayout:
    """A file's rows for one warehouse. The rows are in types already."""

    warehouse_id: WarehouseId
    content_hash: str = attrs.field(validator=limits.text(64, 64))
    file_name: str = attrs.field(validator=limits.text(0, 200))
    rows: tuple[LayoutRow, ...] = attrs.field(validator=limits.at_most(MAX_ROWS), metadata={SECRET: True})
    dry_run: bool = False


@needs(IMPORT, along=(WAREHOUSE, MERCHANT))
def import_layout(tx: BinsTx, cmd: ImportLayout, act: Act) -> tuple[RowResult, ...]:
    """Take in places by their paths; rows that fail are told, not raised, and then (or in a dry run) nothing is written.

    Taking the same file in again changes nothing. The number of statements does not grow with the rows.
    """
    warehouse = tx.warehouses.get(cmd.warehouse_id)
    demand_at(act, IMPORT, warehouse)
    intake = _Intake(tx, warehouse, cmd.rows)
    results = [intake.check(row) for row in cmd.rows]
    if not cmd.dry_run and all(result.result is not Result.FAILED for result in results):
        ensure_standard(tx, warehouse.id, act)
        intake.write(act)
    return tuple(results)


class _Intake:
    """The rows against what is stored: everything is read at once, and written at once."""

    def __init__(self, tx: BinsTx, warehouse: Warehouse, rows: Sequence[LayoutRow]) -> None:
        self.tx, self.warehouse = tx, warehouse
        paths = sorted({row.path for row in rows if row.path})
        found = tx.locations.by(LOCATION_BY_PATH, *((warehouse.id, path) for path in paths)) if paths else []
        locked = tx.locations.lock(location.id for location in found) if found else {}
        self.stored = {location.path: location for location in locked.values()}
        codes = {str(row.values.get("barcode") or default_barcode(warehouse.code, row.path)) for row in rows if row.path}
        held = tx.locations.by(LOCATION_BY_BARCODE, *sorted(codes)) if codes else []
        self.holder = {location.barcode: location.path for location in held if location.warehouse_id == warehouse.id}
        self.elsewhere = {location.barcode for location in held if location.warehouse_id != warehouse.id}
        self.contents = contents_of(tx, locked)
        self.row_of_path: dict[str, int] = {}
        self.row_of_code: dict[str, int] = {}
        self.wanted: list[tuple[Location | None, Location]] = []

    def check(self, row: LayoutRow) -> RowResult:
        """What becomes of the row; what is to be written is noted."""
        errors = list(row.faults)
        stored = self.stored.get(row.path)
        wanted = None
        if row.path:
            errors += self._about_path(row, stored)
            try:
                wanted = self._wanted(row, stored)
            except InvalidValue as refused:
                errors.append(_cell(row, refused.field, refused.rule))
        if wanted is not None:
            errors += self._about_code(row, wanted)
            if stored is not None and stored.sellable is not wanted.sellable and stored.id in self.contents:
                errors.append(_cell(row, "kind", f"cannot change while {self.contents[stored.id]} lies there"))
        if errors or wanted is None:
            return RowResult(row.row, Result.FAILED, tuple(errors))
        if stored == wanted:
            return RowResult(row.row, Result.SKIPPED)
        self.wanted.append((stored, wanted))
        return RowResult(row.row, Result.IMPORTED if stored is None else Result.UPDATED)

    def _about_path(self, row: LayoutRow, stored: Location | None) -> list[CellError]:
        first = self.row_of_path.setdefault(row.path, row.row)
        if first != row.row:
            return [_cell(row, "path", f"stands in row {first} already")]
        if row.path in _STANDARD or (stored is not None and is_standard(stored)):
            return [_cell(row, "path", "belongs to every warehouse and stays as it is")]
        if stored is not None and stored.state is Standing.RETIRED:
            return [_cell(row, "path", "is retired")]
        return []

    def _about_code(self, row: LayoutRow, wanted: Location) -> list[CellError]:
        first = self.row_of_code.setdefault(wanted.barcode, row.row)
        if first != row.row:
            return [_cell(row, "barcode", f"stands in row {first} already")]
        if wanted.barcode in self.elsewhere or self.holder.get(wanted.barcode, row.path) != row.path:
            return [_cell(row, "barcode", "is taken")]
        return []

    def _wanted(self, row: LayoutRow, stored: Location | None) -> Location:
        """The place as the row says; what the file has no column for stays. Raises InvalidValue."""
        code = row.values.get("barcode") or (stored.barcode if stored else default_barcode(self.warehouse.code, row.path))
        fresh = LocationId(derive(self.warehouse.id, "layout", row.path))
        base = stored or Location(fresh, self.warehouse.id, row.path, code)
        values: Mapping[str, Any] = row.values
        kind = values.get("kind", base.kind)
        named = values.get("activities", base.activities if kind is base.kind else None)
        changed = attrs.evolve(
            base,
            barcode=code,
            kind=kind,
            activities=ACTIVITIES[kind] if named is None else named,
            mix=values.get("mix", base.mix),
            capacity=attrs.evolve(base.capacity, **{name: values[name] for name in _CAPACITY & values.keys()}),
            walk=attrs.evolve(base.walk, **{name: values[name] for name in _WALK & values.keys()}),
            abc=values.get("abc", base.abc),
        )
        return changed if stored is None or changed == stored else attrs.evolve(changed, version=stored.version + 1)

    def write(self, act: Act) -> None:
        """Add and save what was noted."""
        for stored, wanted in self.wanted:
            if stored is None:
                self.tx.locations.add(wanted)
                write_line(self.tx, act, "location", wanted, "defined", before=None)
            else:
                self.tx.locations.save(wanted)
                write_line(self.tx, act, "location", wanted, "edited", before=stored.state)


def _cell(row: LayoutRow, column: str, rule: str) -> CellError:
    return CellError(row.row, column, "invalid-value", rule)
