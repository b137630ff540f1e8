"""Where the stories of pictures.py are played: what lies, waits and was done before whoever stands at the station scans anything."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import attrs

from houtai.application.aftersales.apply import CancelClaim, cancel_claim
from houtai.application.office import Office
from houtai.application.outbound.intercept import InterceptOrder, intercept_order
from houtai.application.printing.room import PrintRoom
from houtai.application.warehouse.lots import RegisterLot, register_lot
from houtai.domain.act import Act
from houtai.domain.aftersales.claim import Claim
from houtai.domain.ids import new_id
from houtai.domain.money import Money
from houtai.domain.outbound.order import OutboundOrder
from houtai.domain.outbound.planning import BasketShape
from houtai.domain.outbound.wave import PickMethod
from houtai.domain.printing.job import JobState, Outcome, Result
from houtai.domain.shipping.answer import CarrierAnswer, Standing
from houtai.domain.shipping.parcel import Label, LabelFormat
from houtai.domain.warehouse.bins import LotId
from houtai.domain.warehouse.handling_unit import UnitKind
from houtai.domain.warehouse.work import Task
from tests.printing.room import ToldPress
from tests.stations.floor import BADGE, desk_at, some_desk, some_floor, some_tote
from tests.stations.returns import RETURNS, ReturnsDock
from tests.stations.shipping import BOX, CHEAP, VERBS, Dock, Worker
from tests.stations.wavering import Wavering
from tests.warehouse.wanted import wanted

WAYBILL: Final = "HT0000000042"
UNWEIGHED: Final = "HT0000000043"
BOSS: Final = "S-CHEN"
SHELF: Final = "L-SH-A-01-01-1"
OTHER: Final = "L-SH-B-01-01-1"
WAVE: Final = "WV-20261122-000001"
CLAIM: Final = "AS-20261122-000001"
BROKEN: Final = "L-SH-D-01"
PLACE: Final = RETURNS

FAULTS: Final = {"no paper": Outcome(Result.NOT_REACHED, "paper out"), "hung up": Outcome(Result.UNCERTAIN, "hung up")}
"""What becomes of a print, by what a story calls it."""


@attrs.frozen
class Stage:
    """Where a story is played: the way to the house, whose badge it is, how customer service stops the order, how a print fails."""

    port: Wavering
    badge: str
    stop: Callable[[], object] = lambda: None
    fault: Callable[[str], object] = lambda _: None


class StillDock(Dock):
    """A dock whose carrier gives numbers in order, so that pictures of it are always the same."""

    given = 41

    def answer(self, order: OutboundOrder, answer: CarrierAnswer | None = None) -> None:
        self.given += 1
        label = Label(f"HT{self.given:010}", LabelFormat.ZPL, b"^XA^XZ", Money(1_000, "CNY"))
        super().answer(order, answer or CarrierAnswer(Standing.DONE, label))

    def stage(self, li: Worker, order: OutboundOrder | None = None) -> Stage:
        """Before li's screen; customer service may stop this order."""

        def stop() -> None:
            assert order is not None
            self.office.perform(intercept_order, InterceptOrder(order.id, "退款"), self.act)

        def fault(name: str) -> None:
            (waiting,) = (job for job in self.jobs() if job.state is JobState.QUEUED)
            PrintRoom(self.office, ToldPress([FAULTS[name]])).deliver(waiting.id)

        return Stage(Wavering(li.port), li.badge, stop, fault)


def _on_the_floor(office: Office, clock: Any) -> Stage:
    """Six pieces of tea on the first shelf, four that wait."""
    depot, house, station, door = some_desk(office, clock, Act.of_system(clock.now()))
    depot.put_away(6, depot.first)
    return Stage(Wavering(desk_at(office, house, station, door)), BADGE)


def _to_count(office: Office, clock: Any) -> Stage:
    """The same, and pickers have missed tea on both shelves."""
    depot, house, station, door = some_desk(office, clock, Act.of_system(clock.now()))
    depot.put_away(6, depot.first)
    for place in (depot.first, depot.second):
        wanted(office, Act.of_system(clock.now()), depot.warehouse, place.path, depot.tea)
        clock.advance(seconds=1)
    return Stage(Wavering(desk_at(office, house, station, door)), BADGE)


def _with_a_lot(office: Office, clock: Any) -> Stage:
    """Tea is told apart by lots."""
    depot, house, station, door = some_desk(office, clock, Act.of_system(clock.now()))
    office.perform(register_lot, RegisterLot(LotId(new_id()), depot.tea, "A1"), depot.act)
    return Stage(Wavering(desk_at(office, house, station, door)), BADGE)


def _beside_a_tote(office: Office, clock: Any) -> Stage:
    """The same, and an empty tote on the first shelf."""
    floor = some_floor(office, clock, Act.of_system(clock.now()))
    floor.depot.put_away(6, floor.depot.first)
    some_tote(floor)
    return Stage(Wavering(floor.port), BADGE)


def _dock(office: Office, clock: Any) -> tuple[StillDock, Worker]:
    dock = StillDock(office, clock)
    dock.box(BOX)
    return dock, dock.worker("li")


def _to_fetch(office: Office, clock: Any) -> Stage:
    """An order of two cups and a pot, labelled, a tote to fetch them, and somebody who may accept weights."""
    dock, li = _dock(office, clock)
    dock.worker("chen", *VERBS, "outbound.accept-weight")
    dock.tote()
    sent = dock.released(CUP=2, POT=1)
    dock.printed(sent, method=PickMethod.SINGLE)
    return dock.stage(li, sent)


def _to_fetch_together(office: Office, clock: Any) -> Stage:
    """Two orders that take the last cups and some pots, and a cart for both."""
    dock, li = _dock(office, clock)
    dock.cart()
    first, second = dock.released(CUP=7, POT=1), dock.released(CUP=3, POT=1)
    dock.printed(first, second)
    return dock.stage(li, first)


def _to_sort(office: Office, clock: Any) -> Stage:
    """Two orders fetched together into a tote, before a wall."""
    dock, li = _dock(office, clock)
    dock.unit(UnitKind.WALL, "H-WALL1", rows=2, columns=2)
    first, second = dock.released(CUP=2, POT=1), dock.released(CUP=1)
    dock.printed(first, second, method=PickMethod.THEN_SORT)
    dock.walk(li, "H-TOTE1")
    return dock.stage(li, first)


def _in_the_lane(office: Office, clock: Any) -> Stage:
    """Two orders of one piece each, fetched together, whose labels come at the bench."""
    dock, li = _dock(office, clock)
    orders = dock.released(CUP=1), dock.released(BOWL=1)
    dock.printed(*orders, shape=BasketShape.SINGLE, method=PickMethod.THEN_SORT)
    dock.walk(li, "H-TOTE1")
    return dock.stage(li)


def _to_pack(office: Office, clock: Any) -> Stage:
    """Four cups of known measures on the bench, and two boxes."""
    dock, li = _dock(office, clock)
    dock.box(CHEAP)
    dock.size("CUP", 80, 80, 90)
    sent = dock.released(CUP=4)
    dock.printed(sent, method=PickMethod.SINGLE)
    dock.walk(li, "H-TOTE1")
    return dock.stage(li, sent)


def _at_the_door(office: Office, clock: Any) -> Stage:
    """A parcel that was weighed, and one that was not."""
    dock, li = _dock(office, clock)
    dock.weighed(li, CUP=1)
    dock.packed(li, POT=1)
    return dock.stage(li)


def _to_put_back(office: Office, clock: Any) -> Stage:
    """Goods of a stopped order in a tote."""
    dock, li = _dock(office, clock)
    sent = dock.released(CUP=2, POT=1)
    dock.printed(sent, method=PickMethod.SINGLE)
    dock.walk(li, "H-TOTE1")
    stage = dock.stage(li, sent)
    stage.stop()
    return stage


def _on_the_way_back(office: Office, clock: Any, *, lots: bool = False) -> tuple[ReturnsDock, Worker, Claim]:
    """Two cups that a buyer sends back, others like them on a shelf."""
    dock = ReturnsDock(office, clock)
    dock.put_away("CUP", 5)
    claim = dock.awaited("YT4711471147", CUP=2)
    if lots:
        office.perform(register_lot, RegisterLot(LotId(new_id()), dock.shop.sku["CUP"], "A1"), dock.act)
    return dock, dock.worker("li"), claim


def _returns_stage(dock: ReturnsDock, li: Worker, claim: Claim) -> Stage:
    """Before li's screen; the buyer may take the claim back."""
    return Stage(
        Wavering(li.port),
        li.badge,
        lambda: dock.office.perform(cancel_claim, CancelClaim(claim.id, "the buyer keeps it"), dock.act),
    )


def _to_unpack(office: Office, clock: Any) -> Stage:
    """Their parcel is here."""
    return _returns_stage(*_on_the_way_back(office, clock))


def _to_unpack_lots(office: Office, clock: Any) -> Stage:
    """The same, and cups are told apart by lots."""
    return _returns_stage(*_on_the_way_back(office, clock, lots=True))


def _to_inspect(office: Office, clock: Any) -> Stage:
    """Both cups lie in the place for what comes back."""
    dock, li, claim = _on_the_way_back(office, clock)
    li.open(Task.UNPACK)
    li.scan(claim.number, "CUP", "CUP", "C-DONE", RETURNS)
    return _returns_stage(dock, li, claim)


def _to_send_back(office: Office, clock: Any) -> Stage:
    """They were found not to be ours, and go to the buyer again."""
    dock, li, claim = _on_the_way_back(office, clock)
    li.open(Task.UNPACK)
    li.scan(claim.number, "CUP", "CUP", "C-DONE", RETURNS)
    li.open(Task.INSPECT)
    li.scan(claim.number, "CUP", "CUP", "C-NOT-OURS", "C-TO-CUSTOMER", "C-DONE")
    return _returns_stage(dock, li, claim)


_FLOOR: Final = ("enter", "move", "put-away", "book-in", "look-up", "count", "bad")

STAGES: Final[dict[str, Callable[[Office, Any], Stage]]] = {
    **dict.fromkeys(_FLOOR, _on_the_floor),
    "count-next": _to_count,
    "book-in-lot": _with_a_lot,
    "carry": _beside_a_tote,
    **dict.fromkeys(("send", "over", "stop"), _to_fetch),
    **dict.fromkeys(("cart", "leave"), _to_fetch_together),
    **dict.fromkeys(("wall", "wall-stop"), _to_sort),
    **dict.fromkeys(("lane", "paper", "torn"), _in_the_lane),
    "boxes": _to_pack,
    "door": _at_the_door,
    "back": _to_put_back,
    **dict.fromkeys(("unpack", "nobody", "unpack-stop"), _to_unpack),
    "unpack-lot": _to_unpack_lots,
    "inspect": _to_inspect,
    "refused": _to_send_back,
}
"""By story."""
