"""In which order places are visited: by the path finder where they are drawn on the floor, else as the round numbers them."""

from __future__ import annotations

from collections.abc import Collection

from houtai.application.outbound.ports import OutboundTx
from houtai.domain.ids import LocationId, WarehouseId
from houtai.domain.outbound.paths import PATH_FINDERS, Floor, Stop, WalkMethod
from houtai.domain.warehouse.location import Location


def walking_order(tx: OutboundTx, warehouse_id: WarehouseId, places: Collection[Location]) -> dict[LocationId, int]:
    """Each place's turn in the walk, as this warehouse lays its walks out."""
    settings = tx.dispatch_settings.find(warehouse_id)
    return in_walking_order(places, WalkMethod.SHORTEST if settings is None else settings.walk)


def in_walking_order(places: Collection[Location], method: WalkMethod) -> dict[LocationId, int]:
    """Each place's turn in the walk, counted from 1."""
    drawn = any(place.walk.x_mm or place.walk.y_mm for place in places)
    if not drawn:
        ordered = sorted(places, key=lambda place: (place.walk.pick_sequence, place.path))
        return {place.id: turn for turn, place in enumerate(ordered, start=1)}
    left, front = min(place.walk.x_mm for place in places), min(place.walk.y_mm for place in places)
    by_code = {str(place.id): place for place in places}
    stops = [
        Stop(code, place.walk.aisle, place.walk.x_mm - left, place.walk.y_mm - front) for code, place in sorted(by_code.items())
    ]
    path = PATH_FINDERS[method](stops, Floor(max(1, *(stop.y_mm for stop in stops), 1)))
    return {by_code[stop.code].id: turn for turn, stop in enumerate(path.stops, start=1)}
