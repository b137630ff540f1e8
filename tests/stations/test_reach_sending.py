"""Whoever works in another warehouse, or for another merchant, sorts nothing here and lets no parcel pass."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import attrs
import pytest

from houtai.application.office import Office
from houtai.application.outbound.accept_by_badge import AcceptByBadge, accept_by_badge
from houtai.application.outbound.sort import BeginSort, PlaceInSlot, begin_sort, place_in_slot
from houtai.application.permission import extent_of, verb_of
from houtai.domain.authority import Dimension, Grant
from houtai.domain.ids import HandlingUnitId, ParcelId, StaffId, WaveId, new_id
from houtai.domain.outbound.wave import PickMethod
from houtai.domain.refusal import Forbidden, NotFound
from houtai.domain.warehouse.handling_unit import UnitKind
from houtai.domain.warehouse.work import Task
from tests.catalog.arrange import another
from tests.outbound.floor import NOBODY
from tests.stations.shipping import BOX, Dock


@attrs.frozen
class Known:
    """What there is to be asked about."""

    wave: WaveId
    wall: HandlingUnitId
    sku: Any
    parcel: ParcelId
    staff: StaffId


DEEDS: dict[Callable[..., Any], Callable[[Known], Any]] = {
    begin_sort: lambda known: BeginSort(known.wave, known.wall),
    place_in_slot: lambda known: PlaceInSlot(known.wave, known.sku, "H-WALL1-1"),
    accept_by_badge: lambda known: AcceptByBadge(known.parcel, known.staff, "other wrapping"),
}


def arranged(dock: Dock) -> Known:
    """A wave that is being sorted, and a parcel whose weight waits for a word."""
    dock.box(BOX)
    li, chen = dock.worker("li"), dock.worker("chen", "outbound.accept-weight", "warehouse.work")
    made = dock.printed(dock.released(CUP=1), method=PickMethod.THEN_SORT)
    dock.walk(li, "H-SORT")
    wall = dock.unit(UnitKind.WALL, "H-WALL1", rows=1, columns=2)
    dock.office.perform(begin_sort, BeginSort(made.wave.id, wall), dock.act)
    sent = dock.packed(li, POT=1)
    li.open(Task.WEIGH)
    li.scan(sent.waybill, "99")
    (parcel,) = dock.parcels(sent)
    return Known(made.wave.id, wall, dock.shop.sku["CUP"], parcel.id, dock.staff[chen.badge])


@pytest.mark.parametrize(
    ("deed", "axis"), [(deed, axis) for deed in DEEDS for axis in sorted(extent_of(deed).along, key=lambda one: one.value)]
)
def test_a_stranger_does_nothing_at_the_wall_or_the_scale(
    deed: Callable[..., Any], axis: Dimension, memory_office: Office, clock: Any
) -> None:
    dock = Dock(memory_office, clock)
    cmd = DEEDS[deed](arranged(dock))
    stranger = another(dock.act, NOBODY, (Grant(str(verb_of(deed)), {axis: frozenset({new_id()})}),))
    with pytest.raises((Forbidden, NotFound)):
        dock.office.perform(deed, cmd, stranger)
    dock.office.perform(deed, cmd, dock.act)
