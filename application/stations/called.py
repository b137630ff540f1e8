"""Which station somebody means who names it by its code."""

from __future__ import annotations

from typing import Final

from houtai.application.paging import Page
from houtai.application.ports import Performer
from houtai.application.warehouse.queries import ListStations, list_stations
from houtai.domain.act import Act
from houtai.domain.catalog.standing import Standing
from houtai.domain.refusal import NotFound
from houtai.domain.warehouse.station import Station

_PAGE: Final = 100


def station_called(office: Performer, code: str, act: Act) -> Station:
    """The station in use with this code (or id). Raises NotFound for none, and for a code that two warehouses use."""
    found: list[Station] = []
    page = Page(limit=_PAGE)
    while True:
        listed = office.ask(list_stations, ListStations(page), act)
        found += [one for one in listed.items if code in (one.code, str(one.id)) and one.state is Standing.ACTIVE]
        if not listed.has_more:
            break
        page = Page(limit=_PAGE, cursor=listed.next_cursor)
    if len(found) != 1:
        raise NotFound(what="station" if not found else "single station (name it by its id)", key=code)
    return found[0]
