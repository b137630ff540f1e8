"""Whoever works in another warehouse, for another merchant or channel neither moves goods between ours nor settles what is short."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import pytest

from houtai.application.aftersales.short import settle_short
from houtai.application.office import Office
from houtai.application.orders.release import ReleaseRest, release_rest
from houtai.application.orders.short import SettleShort
from houtai.application.outbound.arrivals import (
    CancelTransfer,
    ReceivedLine,
    ReceiveTransfer,
    WriteOffGap,
    cancel_transfer,
    receive_transfer,
    write_off_gap,
)
from houtai.application.outbound.intercept import InterceptOrder, intercept_order
from houtai.application.outbound.lists import PrintTransfer, print_transfer_sheet
from houtai.application.outbound.put_back_places import ProposePlaces, propose_places
from houtai.application.outbound.settle import LookAgain, SendWithout, look_again, send_without
from houtai.application.outbound.short import ReportShort, report_short
from houtai.application.outbound.transfers import (
    CreateTransfer,
    ReadyTransfer,
    TransferWish,
    create_transfer,
    ready_transfer,
)
from houtai.application.permission import extent_of
from houtai.domain.act import Act
from houtai.domain.authority import Dimension, Grant
from houtai.domain.ids import TransferId, new_id
from houtai.domain.outbound.short_pick import ShortChoice
from houtai.domain.outbound.transfer import Gap, GapReason, RoadChoice
from houtai.domain.outbound.wave import PickMethod
from houtai.domain.refusal import Forbidden, NotFound
from tests.catalog.arrange import another
from tests.conftest import StillClock
from tests.orders.shop import Shop
from tests.outbound.between import Between
from tests.outbound.floor import NOBODY
from tests.outbound.way import Way


class Road(Between):
    """A transfer that is asked for, and one on the road."""

    def __init__(self, shop: Shop) -> None:
        super().__init__(shop)
        self.asked, self.going = self.draft(BOWL=1), self.sent(CUP=2)


class Lacking(Way):
    """An order of which a unit is missing, and one that was stopped on the table."""

    def __init__(self, shop: Shop) -> None:
        super().__init__(shop)
        self.order = shop.paid(CUP=2)
        (self.short,) = self.hand_over(self.order).outbound
        self.printed(self.short, method=PickMethod.SINGLE)
        run = self.start(self.new_tote())
        self.take(run, self.first, "CUP", 1)
        self.office.perform(report_short, ReportShort(run.id, self.first.path), self.act)
        self.back = self.released(BOWL=1)
        self.picked(self.back)
        self.office.perform(intercept_order, InterceptOrder(self.back.id, "refund"), self.act)


ON_THE_ROAD: Final[dict[Callable[..., Any], Callable[[Road], Any]]] = {
    create_transfer: lambda road: CreateTransfer(
        TransferId(new_id()), road.shop.warehouse, road.west, (TransferWish(road.shop.sku["CUP"], 1),)
    ),
    ready_transfer: lambda road: ReadyTransfer(road.asked.id),
    print_transfer_sheet: lambda road: PrintTransfer(road.asked.id),
    receive_transfer: lambda road: ReceiveTransfer(road.going.id, (ReceivedLine(1, 1),)),
    write_off_gap: lambda road: WriteOffGap(road.going.id, Gap(1, 1, GapReason.LOST), road.going.version, "no reason"),
    cancel_transfer: lambda road: CancelTransfer(road.going.id, "no reason", RoadChoice.RETURN_TO_SOURCE),
}
WHAT_LACKS: Final[dict[Callable[..., Any], Callable[[Lacking], Any]]] = {
    look_again: lambda way: LookAgain(way.short.id),
    send_without: lambda way: SendWithout(way.short.id, "no reason"),
    settle_short: lambda way: SettleShort(way.short.id, ShortChoice.REFUND, "no reason"),
    release_rest: lambda way: ReleaseRest(way.order.id),
}
ASKED: Final = frozenset(deed.__name__ for deed in (*ON_THE_ROAD, *WHAT_LACKS, propose_places))
"""The deeds that are asked here, by name."""


def stranger(act: Act, verb: str, axis: Dimension) -> Act:
    return another(act, NOBODY, (Grant(verb, {axis: frozenset({new_id()})}),))


def along(deeds: Any) -> list[tuple[Any, Dimension]]:
    return [(deed, axis) for deed in deeds for axis in sorted(extent_of(deed).along, key=lambda one: one.value)]


@pytest.mark.parametrize(("deed", "axis"), along(ON_THE_ROAD))
def test_a_stranger_moves_nothing_between_warehouses(
    memory_office: Office, clock: StillClock, deed: Any, axis: Dimension
) -> None:
    road = Road(Shop(memory_office, clock))
    with pytest.raises((Forbidden, NotFound)):
        memory_office.perform(deed, ON_THE_ROAD[deed](road), stranger(road.act, deed.verb, axis))


@pytest.mark.parametrize(("deed", "axis"), along(WHAT_LACKS))
def test_a_stranger_settles_nothing(memory_office: Office, clock: StillClock, deed: Any, axis: Dimension) -> None:
    way = Lacking(Shop(memory_office, clock))
    with pytest.raises((Forbidden, NotFound)):
        memory_office.perform(deed, WHAT_LACKS[deed](way), stranger(way.act, deed.verb, axis))


@pytest.mark.parametrize("axis", [Dimension.WAREHOUSE, Dimension.MERCHANT])
def test_a_stranger_is_told_no_place(memory_office: Office, clock: StillClock, axis: Dimension) -> None:
    way = Lacking(Shop(memory_office, clock))
    verb = propose_places.verb  # type: ignore[attr-defined]  # set by `needs`
    with pytest.raises((Forbidden, NotFound)):
        memory_office.ask(propose_places, ProposePlaces(way.back.id, way.shop.sku["BOWL"]), stranger(way.act, verb, axis))
