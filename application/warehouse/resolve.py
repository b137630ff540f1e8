"""One meaning for every scan: which place, unit, person, command or product a code names, the same at every station."""

from __future__ import annotations

import enum
from typing import Final
from uuid import UUID

import attrs

from houtai.application.catalog.ports import SKU_BY_CODE
from houtai.application.permission import MERCHANT, WAREHOUSE, needs
from houtai.application.warehouse.people import reaches
from houtai.application.warehouse.ports import LOCATION_BY_BARCODE, STAFF_BY_BADGE, UNIT_BY_BARCODE, WarehouseTx, WarehouseViews
from houtai.application.warehouse.queries import READ, demand_seen
from houtai.domain import limits
from houtai.domain.act import Act
from houtai.domain.authority import HOUSE, Scope
from houtai.domain.catalog.sku import Sku
from houtai.domain.ids import WarehouseId
from houtai.domain.warehouse.codes import Command, Prefix, command_of, prefix_of

MAX_SCAN: Final = 200


class MatchKind(enum.Enum):
    """What a code can name."""

    LOCATION = "location"
    UNIT = "handling-unit"
    STAFF = "staff"
    COMMAND = "command"
    PRODUCT = "product"


@attrs.frozen
class Match:
    """One thing that the code names. `id` is None for a command alone; `pack_qty` is the pieces of a product's pack."""

    kind: MatchKind
    id: UUID | None
    code: str
    pack_qty: int = 1
    command: Command | None = None


@attrs.frozen
class Scan:
    """A code as the scanner sent it, and where."""

    code: str = attrs.field(validator=limits.text(1, MAX_SCAN))
    warehouse_id: WarehouseId


@needs(READ, along=(WAREHOUSE, MERCHANT))
def resolve(views: WarehouseTx | WarehouseViews, query: Scan, act: Act) -> tuple[Match, ...]:
    """Everything that the code names in this warehouse: none is an unknown code, several ask for a finer scan.

    Places and units of other warehouses, and goods and people that the actor does not reach, are as if they were not there.
    Raises NotFound for a warehouse that is not there, or as if.
    """
    demand_seen(views, "warehouse", query.warehouse_id, query.warehouse_id, act)
    code = query.code.strip()
    command = command_of(code)
    if command is not None:
        return (Match(MatchKind.COMMAND, None, code, command=command),)
    found = []
    prefix = prefix_of(code)  # what is ours bears its own; a product may be called anything
    place = views.locations.first(LOCATION_BY_BARCODE, code) if prefix is Prefix.LOCATION else None
    if place is not None and place.warehouse_id == query.warehouse_id:
        found.append(Match(MatchKind.LOCATION, place.id, code))
    unit = views.handling_units.first(UNIT_BY_BARCODE, code) if prefix is Prefix.UNIT else None
    if unit is not None and unit.warehouse_id == query.warehouse_id:
        found.append(Match(MatchKind.UNIT, unit.id, code))
    person = views.staff.first(STAFF_BY_BADGE, code) if prefix is Prefix.STAFF else None
    if person is not None and query.warehouse_id in person.warehouses and reaches(views, READ, person, act):
        found.append(Match(MatchKind.STAFF, person.id, code))
    return (*found, *_products(views, code, act))


def _products(views: WarehouseTx | WarehouseViews, code: str, act: Act) -> tuple[Match, ...]:
    """The SKU behind a barcode, or of this very code."""
    use = views.barcodes.find(code)
    if use is not None and use.sku_id is not None:
        sku = views.skus.get(use.sku_id)
        pack = next((barcode.pack_qty for barcode in sku.barcodes if barcode.code == code), 1)
        return (Match(MatchKind.PRODUCT, sku.id, code, pack),) if _seen(act, sku) else ()
    named = views.skus.first(SKU_BY_CODE, code)
    return (Match(MatchKind.PRODUCT, named.id, code),) if named is not None and _seen(act, named) else ()


def _seen(act: Act, sku: Sku) -> bool:
    return act.may(READ, Scope(merchant=sku.merchant_id or HOUSE))
