"""How a station reaches its house in this process: its record is looked up, and the desk is made over the container."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

from houtai.application.paging import Page
from houtai.application.stations.desk import StationDesk
from houtai.application.warehouse.badge import BadgeDoor
from houtai.application.warehouse.queries import ListStations, list_stations
from houtai.domain.act import Act, Entry, Origin
from houtai.domain.catalog.standing import Standing
from houtai.domain.refusal import NotFound
from houtai.domain.warehouse.station import Station

if TYPE_CHECKING:
    from houtai.application.office import Office
    from houtai.entrypoints.container import Container

PAGE = 100


def station_called(office: Office, code: str) -> Station:
    """The station in use with this code (or id). Raises NotFound for none, and for a code that two warehouses use."""
    act = Act.of_system(office.clock.now(), Entry.TERMINAL)
    found: list[Station] = []
    page = Page(limit=PAGE)
    while True:
        listed = office.ask(list_stations, ListStations(page), act)
        found += [one for one in listed.items if code in (one.code, str(one.id)) and one.state is Standing.ACTIVE]
        if not listed.has_more:
            break
        page = Page(limit=PAGE, cursor=listed.next_cursor)
    if len(found) != 1:
        raise NotFound(what="station" if not found else "single station (name it by its id)", key=code)
    return found[0]


def desk_of(container: Container, code: str) -> StationDesk:
    """The desk of the station with this code. Raises NotFound."""
    office = container.office()
    station = station_called(office, code)
    door = BadgeDoor(office, container.passwords(), container.access_settings())
    origin = Origin(Entry.TERMINAL, agent=f"station {station.code} on {socket.gethostname()[:100]}")
    return StationDesk(office, door, container.authenticator(), station.id, origin)
