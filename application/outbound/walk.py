"""In which order places are visited: by the path finder where they are drawn on the floor, else as the round numbers them."""

from __future__ import annotations

from collections.abc import Collection

from houtai.domain.ids import LocationId
from houtai.domain.outbound.paths import Floor, PathFinder, Stop, shortest
from houtai.domain.warehouse.location import Location


def in_walking_order(places: Collection[Location], finder: PathFinder = shortest) -> dict[LocationId, int]:
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
    path = finder(stops, Floor(max(1, *(stop.y_mm for stop in stops), 1)))
    return {by_code[stop.code].id: turn for turn, stop in enumerate(path.stops, start=1)}
