"""Whoever works in another warehouse, or for another merchant, neither changes nor sees what is on its way out here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import pytest

from houtai.application.office import Office
from houtai.application.orders.release import ReleaseOrder, release_order
from houtai.application.outbound.begin_walk import StartPicking, start_picking
from houtai.application.outbound.configure import SetDispatch, SetTemplate, set_dispatch, set_template
from houtai.application.outbound.labels import PrintLabels, ask_again, print_labels
from houtai.application.outbound.lists import PrintLists, print_outbound_sheets, print_pick_lists, print_summary
from houtai.application.outbound.picking import (
    AnswerZeroCheck,
    ConfirmPick,
    LeaveWalk,
    SkipLine,
    answer_zero_check,
    confirm_pick,
    leave_walk,
    skip_line,
)
from houtai.application.outbound.plan import PlanWaves, propose_waves
from houtai.application.outbound.queries import (
    ListOutbound,
    ListWaves,
    find_outbound,
    list_outbound,
    list_waves,
    my_walks,
    show_dispatch,
    show_outbound,
    show_wave,
)
from houtai.application.outbound.short import ReportShort, report_short
from houtai.application.outbound.waves import ReleaseWave, UndoWave, release_wave, undo_wave
from houtai.application.paging import Page, Slice
from houtai.application.permission import extent_of
from houtai.domain.authority import Dimension
from houtai.domain.ids import WaveId, WaveTemplateId, new_id
from houtai.domain.outbound.planning import WaveTemplate
from houtai.domain.outbound.wave import PickMethod
from houtai.domain.refusal import Forbidden, NotFound
from tests.conftest import StillClock
from tests.orders.shop import Shop
from tests.outbound.floor import CARRIERS, Floor
from tests.shipping.dock import SENDER


class Begun(Floor):
    """A floor with an order in a wave that is being picked, and others on the way there."""

    def __init__(self, shop: Shop) -> None:
        super().__init__(shop)
        self.confirmed, self.waiting, self.picked = shop.paid(CUP=1), self.released(BOWL=1), self.released(POT=1)
        self.made = self.printed(self.picked)
        self.tub = self.cart()
        self.run = self.start(self.tub)


DEEDS: Final[dict[Callable[..., Any], Callable[[Begun], Any]]] = {
    release_order: lambda floor: ReleaseOrder(floor.confirmed.id),
    release_wave: lambda floor: ReleaseWave(WaveId(new_id()), floor.warehouse, (floor.waiting.id,)),
    undo_wave: lambda floor: UndoWave(floor.made.wave.id, "no reason"),
    print_labels: lambda floor: PrintLabels(floor.made.wave.id, floor.printer),
    print_pick_lists: lambda floor: PrintLists(floor.made.wave.id, floor.printer),
    print_outbound_sheets: lambda floor: PrintLists(floor.made.wave.id, floor.printer),
    print_summary: lambda floor: PrintLists(floor.made.wave.id, floor.printer),
    ask_again: lambda floor: floor.waiting.id,
    start_picking: lambda floor: StartPicking(floor.warehouse, floor.tub),
    confirm_pick: lambda floor: ConfirmPick(floor.run.id, floor.second.path, floor.shop.sku["POT"]),
    skip_line: lambda floor: SkipLine(floor.run.id),
    report_short: lambda floor: ReportShort(floor.run.id, floor.second.path),
    answer_zero_check: lambda floor: AnswerZeroCheck(floor.run.id, True),
    leave_walk: lambda floor: LeaveWalk(floor.run.id),
    set_dispatch: lambda floor: SetDispatch(warehouse=floor.warehouse, expected_version=1, sender=SENDER, carriers=CARRIERS),
    set_template: lambda floor: SetTemplate(
        id=WaveTemplateId(new_id()),
        expected_version=0,
        warehouse=floor.warehouse,
        template=WaveTemplate("t"),
        method=PickMethod.SINGLE,
    ),
}
QUERIES: Final[dict[Callable[..., Any], Callable[[Begun], Any]]] = {
    propose_waves: lambda floor: PlanWaves(floor.warehouse),
    list_outbound: lambda _: ListOutbound(Page()),
    show_outbound: lambda floor: floor.waiting.id,
    find_outbound: lambda floor: floor.waiting.number,
    list_waves: lambda _: ListWaves(Page()),
    show_wave: lambda floor: floor.made.wave.id,
    my_walks: lambda _: None,
    show_dispatch: lambda floor: floor.warehouse,
}
ASKED: Final = frozenset(deed.__name__ for deed in (*DEEDS, *QUERIES))
"""The deeds that are asked here, by name."""


def axes_of(deeds: dict[Callable[..., Any], Any]) -> list[tuple[Any, Dimension]]:
    return [(deed, axis) for deed in deeds for axis in sorted(extent_of(deed).along, key=lambda one: one.value)]


@pytest.fixture
def begun(memory_office: Office, clock: StillClock) -> Begun:
    return Begun(Shop(memory_office, clock))


@pytest.mark.parametrize(("deed", "axis"), axes_of(DEEDS))
def test_a_stranger_changes_nothing(begun: Begun, deed: Any, axis: Dimension) -> None:
    stranger = begun.stranger(deed.verb, **{axis.value: new_id()})
    with pytest.raises((Forbidden, NotFound)):
        begun.office.perform(deed, DEEDS[deed](begun), stranger)


@pytest.mark.parametrize(("query", "axis"), axes_of(QUERIES))
def test_a_stranger_sees_nothing(begun: Begun, query: Any, axis: Dimension) -> None:
    stranger = begun.stranger(query.verb, **{axis.value: new_id()})
    try:
        seen = begun.office.ask(query, QUERIES[query](begun), stranger)
    except (Forbidden, NotFound):
        return
    assert (seen.items if isinstance(seen, Slice) else seen) == ()


def test_whoever_works_here_may_do_and_see_all_of_it(begun: Begun) -> None:
    mine = begun.stranger("outbound.*", warehouse=begun.warehouse)
    assert begun.office.ask(list_outbound, ListOutbound(Page()), mine).items != ()
    assert begun.office.ask(show_wave, begun.made.wave.id, mine).wave.id == begun.made.wave.id
    assert begun.office.perform(release_wave, DEEDS[release_wave](begun), mine).left_out == ()
