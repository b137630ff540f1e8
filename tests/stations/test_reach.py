"""Work at a station reaches no further than its warehouse: who has rights elsewhere does nothing here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final
from uuid import UUID

import attrs
import pytest

from houtai.application.office import Office
from houtai.application.stations.scans import NoteRefused, OpenTask, ScanAt, note_refused, open_task, scan_at_station
from houtai.application.warehouse.book_in import BookIn, book_in
from houtai.application.warehouse.count_place import CountPlace, count_place
from houtai.application.warehouse.station_steps import says
from houtai.domain.act import Act
from houtai.domain.authority import Authority, Dimension, Grant
from houtai.domain.ids import new_id
from houtai.domain.refusal import Forbidden, NotFound
from houtai.domain.warehouse.reply import MessageLevel
from houtai.domain.warehouse.work import Task
from tests.stations.floor import Floor, some_floor
from tests.stations.test_moving import FIRST

SCAN: Final = ScanAt(Task.MOVE, 1, FIRST)
DEEDS: dict[Callable[..., Any], Callable[[Floor], Any]] = {
    open_task: lambda _: OpenTask(Task.MOVE),
    scan_at_station: lambda _: SCAN,
    note_refused: lambda _: NoteRefused(SCAN, says(MessageLevel.INFO, "resumed")),
    book_in: lambda floor: BookIn(new_id(), floor.depot.warehouse, floor.depot.tea, 1, floor.depot.first.id),
    count_place: lambda floor: CountPlace(new_id(), floor.depot.first.id, ()),
}


@pytest.mark.parametrize("axis", [Dimension.WAREHOUSE, Dimension.MERCHANT])
@pytest.mark.parametrize("deed", DEEDS, ids=lambda deed: deed.__name__)
def test_rights_elsewhere_do_nothing_here(
    deed: Callable[..., Any], axis: Dimension, memory_office: Office, clock: Any, system: Act
) -> None:
    floor = some_floor(memory_office, clock, system)
    floor.open(Task.MOVE)
    mine = floor.house.door.act_of_token(floor.at.token, system.origin)
    authority = Authority(mine.actor, (Grant("warehouse.*", {axis: frozenset({UUID(int=9)})}),))
    with pytest.raises((Forbidden, NotFound)):
        memory_office.perform(deed, DEEDS[deed](floor), attrs.evolve(mine, authority=authority))
