"""What the steps at a station may see: what a scan names, and what lies where, as far as the actor reaches."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any, Final, Protocol
from uuid import UUID

import attrs

from houtai.application.permission import before
from houtai.application.warehouse.bin_ports import (
    BIN_BY_LOCATION,
    BIN_BY_STOCK,
    BIN_BY_UNIT,
    FILLED,
    LOT_BY_SKU,
    WANTED_IN,
    BinsTx,
)
from houtai.application.warehouse.passage import roots
from houtai.application.warehouse.queries import READ
from houtai.application.warehouse.resolve import Match as Found, MatchKind, Scan, resolve
from houtai.application.warehouse.wanted_counts import scope_of
from houtai.domain.act import Act
from houtai.domain.authority import HOUSE, Scope
from houtai.domain.ids import HandlingUnitId, LocationId, SkuId, WarehouseId
from houtai.domain.inventory.stock import StockState
from houtai.domain.warehouse.bins import Bin, LotId
from houtai.domain.warehouse.lots import Lot, shelf_day
from houtai.domain.warehouse.scan import Match, ScanKind, ScannedCode, classify
from houtai.domain.warehouse.wanted_count import CountReason, WantedState

WANTED_SHOWN: Final = 8
"""So many wanted counts at most are shown at once."""


@attrs.frozen
class Scanned:
    """A scan with everything that it names here. `document` is the id of the document that it may bring about."""

    code: ScannedCode
    found: tuple[Match, ...]
    document: UUID


@attrs.frozen
class Lying:
    """Pieces in one place, with the names that people call everything by. `unit_id` is the unit that they lie in."""

    location_id: LocationId
    path: str
    sku_id: SkuId
    sku: str
    title: str
    unit_id: HandlingUnitId | None
    unit: str
    lot_id: LotId | None
    lot: str
    state: StockState
    qty: int
    free_qty: int


@attrs.frozen
class PlaceSeen:
    """A place; `sellable` where goods are sold from."""

    id: LocationId
    path: str
    sellable: bool


@attrs.frozen
class UnitSeen:
    """A handling unit and the place of the outermost unit around it, None where that stands nowhere."""

    id: HandlingUnitId
    barcode: str
    location_id: LocationId | None
    version: int


@attrs.frozen
class WantedSeen:
    """A count that somebody wants, without a word of what the books say."""

    location_id: LocationId
    path: str
    sku: str
    title: str
    reason: CountReason


class Sight(Protocol):
    """What a step may ask of the warehouse; it changes nothing."""

    @property
    def today(self) -> dt.date:
        """The day that counts for dates on packages."""

    def place(self, location_id: LocationId) -> PlaceSeen:
        """A place that a scan named. Raises NotFound."""

    def unit(self, unit_id: HandlingUnitId) -> UnitSeen:
        """A unit that a scan named. Raises NotFound."""

    def product(self, sku_id: SkuId) -> tuple[str, str]:
        """Code and title of a product. Raises NotFound."""

    def lying_in(self, location_id: LocationId) -> tuple[Lying, ...]:
        """What lies in a place, units that stand there included, by product."""

    def lying_in_unit(self, unit_id: HandlingUnitId) -> tuple[Lying, ...]:
        """What lies in a unit itself."""

    def lying_of(self, sku_id: SkuId) -> tuple[Lying, ...]:
        """Where a product lies in this warehouse, by place."""

    def lots_of(self, sku_id: SkuId) -> Mapping[str, Lot]:
        """The lots of a product by their codes; none where its goods are not told apart by lots."""

    def wanted_counts(self) -> tuple[WantedSeen, ...]:
        """What waits to be counted in this warehouse, up to WANTED_SHOWN of it, what was asked for first before the others."""


@attrs.frozen
class TxSight:
    """What is seen from within a transaction, its own changes included."""

    tx: BinsTx
    warehouse_id: WarehouseId
    act: Act

    @property
    def today(self) -> dt.date:
        """See `Sight.today`."""
        return shelf_day(self.act.at)

    def place(self, location_id: LocationId) -> PlaceSeen:
        """See `Sight.place`."""
        location = self.tx.locations.get(location_id)
        return PlaceSeen(location.id, location.path, location.sellable)

    def unit(self, unit_id: HandlingUnitId) -> UnitSeen:
        """See `Sight.unit`."""
        unit = self.tx.handling_units.get(unit_id)
        return UnitSeen(unit.id, unit.barcode, roots(self.tx, {unit.id: unit})[unit.id], unit.version)

    def product(self, sku_id: SkuId) -> tuple[str, str]:
        """See `Sight.product`."""
        sku = self.tx.skus.get(sku_id)
        return sku.code, sku.title

    def lying_in(self, location_id: LocationId) -> tuple[Lying, ...]:
        """See `Sight.lying_in`."""
        return self._named(self.tx.bins.by(BIN_BY_LOCATION, (location_id, FILLED)))

    def lying_in_unit(self, unit_id: HandlingUnitId) -> tuple[Lying, ...]:
        """See `Sight.lying_in_unit`."""
        return self._named(self.tx.bins.by(BIN_BY_UNIT, (unit_id, FILLED)))

    def lying_of(self, sku_id: SkuId) -> tuple[Lying, ...]:
        """See `Sight.lying_of`."""
        found = self._named(self.tx.bins.by(BIN_BY_STOCK, (sku_id, self.warehouse_id, FILLED)))
        return tuple(sorted(found, key=lambda one: one.path))

    def lots_of(self, sku_id: SkuId) -> Mapping[str, Lot]:
        """See `Sight.lots_of`."""
        return {lot.code: lot for lot in self.tx.lots.by(LOT_BY_SKU, sku_id)}

    def wanted_counts(self) -> tuple[WantedSeen, ...]:
        """See `Sight.wanted_counts`."""
        waiting = self.tx.wanted_counts.by(WANTED_IN, (self.warehouse_id, WantedState.OPEN.value))
        seen = sorted((one for one in waiting if self.act.may(READ, scope_of(one))), key=lambda one: (one.asked_at, one.id))
        places = self.tx.locations.many(one.location_id for one in seen[:WANTED_SHOWN])
        skus = self.tx.skus.many(one.sku_id for one in seen[:WANTED_SHOWN])
        return tuple(
            WantedSeen(one.location_id, places[one.location_id].path, skus[one.sku_id].code, skus[one.sku_id].title, one.reason)
            for one in seen[:WANTED_SHOWN]
        )

    def _named(self, bins: Iterable[Bin]) -> tuple[Lying, ...]:
        seen = [one for one in bins if self._sees(one)]
        places = self.tx.locations.many(one.key.location_id for one in seen)
        skus = self.tx.skus.many(one.key.sku_id for one in seen)
        units = self.tx.handling_units.many(one.key.handling_unit_id for one in seen if one.key.handling_unit_id is not None)
        lots = self.tx.lots.many(one.key.lot_id for one in seen if one.key.lot_id is not None)
        made = (
            Lying(
                location_id=one.key.location_id,
                path=places[one.key.location_id].path,
                sku_id=one.key.sku_id,
                sku=skus[one.key.sku_id].code,
                title=skus[one.key.sku_id].title,
                unit_id=one.key.handling_unit_id,
                unit=_called(units, one.key.handling_unit_id, "barcode"),
                lot_id=one.key.lot_id,
                lot=_called(lots, one.key.lot_id, "code"),
                state=one.key.state,
                qty=one.qty,
                free_qty=one.free_qty,
            )
            for one in seen
        )
        return tuple(sorted(made, key=lambda one: (one.sku, one.path, one.unit, one.lot, one.state.value)))

    def _sees(self, one: Bin) -> bool:
        return self.act.may(READ, Scope(warehouse=one.key.warehouse_id, merchant=one.key.merchant_id or HOUSE))


def _called(known: Mapping[Any, object], key: UUID | None, name: str) -> str:
    return "" if key is None else str(getattr(known[key], name))


_WHAT = {
    MatchKind.LOCATION: "location",
    MatchKind.UNIT: "unit",
    MatchKind.STAFF: "staff",
    MatchKind.PRODUCT: "product",
}


def read_scan(sight: TxSight, raw: str, document: UUID) -> Scanned:
    """The scan with everything that it names in this warehouse.

    Raises UnreadableScan, BrokenGs1, and BarcodeNotFound for an unknown command.
    """
    code = classify(raw)
    if code.command is not None:
        return Scanned(code, (), document)
    texts = code.gtins or (() if code.kind is ScanKind.GS1 else (code.text,))
    found: dict[tuple[MatchKind, UUID | None], Match] = {}
    reading = before(resolve, sight.act)
    for text in texts:
        for one in resolve(sight.tx, Scan(text, sight.warehouse_id), reading):
            if one.kind in _WHAT:
                found.setdefault((one.kind, one.id), _match(sight, one, code))
    return Scanned(code, tuple(found.values()), document)


def _match(sight: TxSight, one: Found, code: ScannedCode) -> Match:
    """The record under the name that people call it by."""
    name, lot = one.code, "" if code.gs1 is None else code.gs1.lot
    if one.kind is MatchKind.LOCATION:
        name = sight.place(LocationId(_id(one))).path
    elif one.kind is MatchKind.PRODUCT:
        name = sight.product(SkuId(_id(one)))[0]
    return Match(_WHAT[one.kind], _id(one), name, one.pack_qty, lot)


def _id(one: Found) -> UUID:
    assert one.id is not None, one
    return one.id
