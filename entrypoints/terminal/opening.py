"""How a station reaches its house: a desk over the container in this process, or a server over HTTP."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from houtai.application.stations.called import station_called
from houtai.application.stations.desk import StationDesk
from houtai.application.stations.port import StationPort
from houtai.application.warehouse.badge import BadgeDoor
from houtai.domain.act import Act, Entry, Origin

if TYPE_CHECKING:
    from houtai.entrypoints.container import Container


def desk_of(container: Container, code: str) -> StationDesk:
    """The desk of the station with this code. Raises NotFound."""
    office = container.office()
    station = station_called(office, code, Act.of_system(office.clock.now(), Entry.TERMINAL))
    door = BadgeDoor(office, container.passwords(), container.access_settings())
    origin = Origin(Entry.TERMINAL, agent=f"station {station.code} on {socket.gethostname()[:100]}")
    return StationDesk(office, door, container.authenticator(), station.id, origin)


@contextmanager
def station_over_http(server: str, code: str, *, plain: bool = False) -> Iterator[StationPort]:
    """The same station by way of a server that answers now. Raises InvalidValue, Busy, OutcomeUnknown, AnswerUnusable."""
    from houtai.adapters.stations_http import HttpStation, checked_server  # noqa: PLC0415  # what works on a database needs no httpx

    with HttpStation(checked_server(server, plain=plain), code) as port:
        port.check()
        yield port
