"""A station's house behind a real server and a real socket, and every way in which a port reaches a house."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext

from houtai.adapters.stations_http import HttpStation
from houtai.application.office import Office
from houtai.application.stations.port import StationPort
from houtai.application.warehouse.badge import BadgeDoor
from houtai.domain.warehouse.station import Station
from houtai.entrypoints.http.app import create_app
from houtai.entrypoints.http.rates import Rate
from tests.access.door import House
from tests.attacks.served import served
from tests.stations.floor import desk_at


@contextmanager
def a_server(office: Office, house: House, door: BadgeDoor, rates: Mapping[str, Rate] | None = None) -> Iterator[str]:
    """Where the house answers as long as this lasts."""
    app = create_app(office, house.door, badge_door=door, with_schema=False, strict=True, rates=rates)
    with served(app) as port:
        yield f"http://127.0.0.1:{port}"


@contextmanager
def over_http(office: Office, house: House, station: Station, door: BadgeDoor) -> Iterator[HttpStation]:
    """The station's port over HTTP."""
    with a_server(office, house, door) as server, HttpStation(server, station.code) as port:
        yield port


Reach = Callable[[Office, House, Station, BadgeDoor], AbstractContextManager[StationPort]]

WAYS: dict[str, Reach] = {"in-process": lambda *house: nullcontext(desk_at(*house)), "over HTTP": over_http}
"""Every adapter of StationPort, by how it is opened."""
