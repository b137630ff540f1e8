"""What warehouses have of the orders, as the model sees it: parts of orders from release to the van, and what left."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

import attrs

from houtai.domain.ids import ManifestId, OrderId, OutboundId, WarehouseId, WaveId

Units = tuple[str, bool]  # code, and whether it is a gift
OUT = ("shipped", "delivered")
STOPPED_PARTS = ("intercepted", "cancelled")


@attrs.define
class PartLine:
    """Units of one line of an order in one warehouse."""

    goods: Units
    source_line: int
    qty: int
    allocated: int = 0
    picked: int = 0
    short: int = 0
    cancelled: int = 0


@attrs.define
class Part:
    """What one warehouse sends of an order."""

    id: OutboundId
    order: OrderId
    place: WarehouseId
    lines: dict[int, PartLine]
    state: str = "new"
    waybill: str = ""
    carrier: str = ""
    in_lane: bool = False
    lane_done: bool = False
    wave: WaveId | None = None
    on: ManifestId | None = None

    @property
    def stopped(self) -> bool:
        return self.state in STOPPED_PARTS

    @property
    def out(self) -> bool:
        return self.state in OUT

    def promised(self, sku: str) -> int:
        """Units in bins that nobody else may have."""
        if self.out:
            return 0
        return sum(line.allocated + line.picked for line in self.lines.values() if line.goods[0] == sku)

    def waved(self, wave: WaveId, *, lane: bool) -> None:
        for line in self.lines.values():
            line.allocated = line.qty
        self.wave, self.in_lane, self.lane_done = wave, lane, False
        self.state = "printed" if self.waybill and not lane else "waved"

    def unwaved(self) -> None:
        for line in self.lines.values():
            line.allocated = 0
        self.wave, self.state = None, "new"

    def took(self, seq: int, qty: int) -> None:
        self.lines[seq].allocated -= qty
        self.lines[seq].picked += qty
        self.after_pick()

    def missed(self, seq: int, qty: int) -> None:
        self.lines[seq].allocated -= qty
        self.lines[seq].short += qty

    def after_pick(self) -> None:
        """Picked or short once nothing is left to fetch."""
        if not any(line.allocated for line in self.lines.values()):
            self.state = "short" if any(line.short for line in self.lines.values()) else "picked"

    def stop(self) -> None:
        for line in self.lines.values():
            line.cancelled = line.qty - line.picked
            line.allocated = line.short = 0
        self.on = None
        self.state = "intercepted" if any(line.picked for line in self.lines.values()) else "cancelled"

    def put_back(self, sku: str, qty: int) -> None:
        for line in self.lines.values():
            if line.goods[0] == sku:
                back = min(qty, line.picked)
                line.picked, line.cancelled, qty = line.picked - back, line.cancelled + back, qty - back
        if not any(line.picked for line in self.lines.values()):
            self.state = "cancelled"


def fitting(wanted: Sequence[Part], free: Mapping[str, int]) -> list[Part]:
    """Which of these new parts get all their goods in one wave, in their order; one that lacks some has used them up meanwhile."""
    left, found = dict(free), []
    for part in wanted:
        lacks = False
        for line in part.lines.values():
            got = min(line.qty, left[line.goods[0]])
            left[line.goods[0]] -= got
            lacks = lacks or got < line.qty
        if not lacks:
            found.append(part)
    return found


@attrs.define
class Gone:
    """What left, and what it cost."""

    sent: dict[OrderId, Counter[int]] = attrs.field(factory=dict)  # units by order and line
    cost_minor: int = 0
    gifts_minor: int = 0
    freight_minor: int = 0
    charges: dict[UUID, int] = attrs.field(factory=dict)

    def units(self, order: OrderId, lines: Iterable[PartLine]) -> None:
        for line in lines:
            self.sent.setdefault(order, Counter())[line.source_line] += line.picked
