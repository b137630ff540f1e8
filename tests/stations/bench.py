"""A bench whose scans print: the fast lane with a printer beside it."""

from __future__ import annotations

import attrs

from houtai.application.printing.room import PrintRoom
from houtai.domain.ids import PrinterId
from houtai.domain.outbound.order import OutboundOrder
from houtai.domain.outbound.planning import BasketShape
from houtai.domain.outbound.wave import PickMethod
from houtai.domain.printing.job import JobState, Outcome, PrintJob
from houtai.domain.warehouse.work import StationPrints, Task
from tests.printing.room import ToldPress
from tests.stations.shipping import Dock, Worker


@attrs.define
class Bench:
    """Somebody at the fast lane with a printer beside them; `printed` scans a piece, which causes a label."""

    dock: Dock
    worker: Worker
    orders: list[OutboundOrder]
    wave: str

    def printed(self) -> StationPrints:
        self.worker.open(Task.CHECK)
        return self.worker.scan(self.wave, "CUP").prints

    @property
    def job(self) -> PrintJob:
        return max(self.dock.jobs(), key=lambda job: job.state is JobState.QUEUED)

    def look(self) -> StationPrints:
        return self.worker.port.look(self.worker.at.token)

    def codes(self) -> list[str]:
        return [notice.code for notice in self.look().notices]

    def deliver(self, *outcomes: Outcome) -> PrintJob:
        return PrintRoom(self.dock.office, ToldPress(list(outcomes))).deliver(self.job.id)


def bench(dock: Dock, printers: dict[str, PrinterId] | None = None, pieces: int = 1, verbs: tuple[str, ...] = ()) -> Bench:
    """Whose wave is picked."""
    li = dock.worker("li", *verbs, printers=printers)
    orders = [dock.released(CUP=1) for _ in range(pieces)]
    made = dock.printed(*orders, shape=BasketShape.SINGLE, method=PickMethod.THEN_SORT)
    dock.walk(li, "H-LANE")
    return Bench(dock, li, orders, made.wave.number)
