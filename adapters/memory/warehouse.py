"""Searching the layout in memory: every place is looked at."""

from __future__ import annotations

from typing import Any

from houtai.adapters.memory.store import MemoryStore, slice_of
from houtai.application.paging import Page, Slice
from houtai.application.warehouse.ports import Branch, LocationFilter, StaffFilter
from houtai.domain.authority import HOUSE
from houtai.domain.catalog.standing import Standing
from houtai.domain.ids import WarehouseId
from houtai.domain.warehouse.location import Location, parts_of
from houtai.domain.warehouse.staff import Staff


class WarehouseSearch:
    """See `WarehouseViews`: its searches."""

    store: MemoryStore

    def location_list(self, wanted: LocationFilter, page: Page) -> Slice[Location]:
        """See `WarehouseViews.location_list`."""
        places: dict[Any, Location] = {
            (location.warehouse_id, location.path): location
            for location in self.store.shelves["locations"].held.values()
            if (wanted.warehouses is None or location.warehouse_id in wanted.warehouses)
            and location.path.startswith(wanted.path)
            and wanted.kind in (None, location.kind)
            and wanted.state in (None, location.state)
        }
        return slice_of(sorted(places, reverse=page.newest_first), places, page)

    def staff_list(self, wanted: StaffFilter, page: Page) -> Slice[Staff]:
        """See `WarehouseViews.staff_list`."""
        accounts = self.store.shelves["accounts"].held
        people: dict[Any, Staff] = {
            person.id: person
            for person in self.store.shelves["staff"].held.values()
            if (wanted.warehouses is None or wanted.warehouses.issuperset(person.warehouses))
            and (wanted.merchants is None or (accounts[person.account_id].merchant_id or HOUSE) in wanted.merchants)
        }
        return slice_of(sorted(people, reverse=page.newest_first), people, page)

    def location_branches(self, warehouse_id: WarehouseId, below: str) -> tuple[Branch, ...]:
        """See `WarehouseViews.location_branches`."""
        above = parts_of(below) if below else ()
        found: dict[str, list[Location]] = {}
        for location in self.store.shelves["locations"].held.values():
            parts = parts_of(location.path)
            here = location.warehouse_id == warehouse_id and location.state is Standing.ACTIVE
            if here and len(parts) > len(above) and parts[: len(above)] == above:
                found.setdefault("-".join(parts[: len(above) + 1]), []).append(location)
        return tuple(Branch(path, len(held), sum(bool(one.block.reason) for one in held)) for path, held in sorted(found.items()))
