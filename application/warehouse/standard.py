"""The places that every warehouse has by itself: made with the first thing that needs one, in one statement."""

from __future__ import annotations

from collections.abc import Mapping

from houtai.application.timeline import write_line
from houtai.application.warehouse.ports import WarehouseTx
from houtai.domain.act import Act
from houtai.domain.ids import WarehouseId
from houtai.domain.warehouse.location import Location, Standard, standard_id, standard_location


def ensure_standard(tx: WarehouseTx, warehouse_id: WarehouseId, act: Act) -> Mapping[Standard, Location]:
    """The warehouse's standard places, made now where they are missing. The caller has demanded what it does there."""
    found = tx.locations.many(standard_id(warehouse_id, place) for place in Standard)
    places = {}
    for place in Standard:
        location = found.get(standard_id(warehouse_id, place))
        if location is None:
            location = standard_location(warehouse_id, place)
            tx.locations.add(location)
            write_line(tx, act, "location", location, "defined", before=None)
        places[place] = location
    return places


def is_standard(location: Location) -> bool:
    """Whether the house keeps this place itself."""
    return any(location.id == standard_id(location.warehouse_id, place) for place in Standard)
