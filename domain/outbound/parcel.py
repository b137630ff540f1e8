"""A parcel: a handling unit with a waybill, what lies in it, in which box, and what it weighs."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Iterable
from typing import Final

import attrs

from houtai.domain import limits
from houtai.domain.ids import OutboundId, ParcelId, SkuId
from houtai.domain.moves import Moves, check_move
from houtai.domain.outbound.order import OutboundOrder
from houtai.domain.outbound.refusals import ParcelsDiffer

MAX_PARCELS = 500


class ParcelState(enum.Enum):
    """Where a parcel stands."""

    OPEN = "open"  # on the bench
    SEALED = "sealed"
    WEIGHED = "weighed"
    HANDED_OVER = "handed-over"
    STOPPED = "stopped"  # its order was stopped; it waits in the exception bin
    DISSOLVED = "dissolved"  # its goods are on a shelf again


PARCEL_MOVES: Final[Moves[ParcelState]] = {
    ParcelState.OPEN: {ParcelState.SEALED, ParcelState.STOPPED},
    ParcelState.SEALED: {ParcelState.OPEN, ParcelState.WEIGHED, ParcelState.STOPPED},
    ParcelState.WEIGHED: {ParcelState.OPEN, ParcelState.HANDED_OVER, ParcelState.STOPPED},
    ParcelState.HANDED_OVER: set(),
    ParcelState.STOPPED: {ParcelState.DISSOLVED},
    ParcelState.DISSOLVED: set(),
}


@attrs.frozen
class Content:
    """So many units of one line of the outbound order."""

    line: int
    sku_id: SkuId
    qty: int = attrs.field(validator=limits.positive_qty)


@attrs.frozen
class Parcel:
    """A box for one receiver. `number` is its handling-unit code; the waybill is the order's, or the carrier's child number.

    `tare_g` is what the box weighs, `filler_g` what is stuffed into it.
    """

    id: ParcelId
    number: str = attrs.field(validator=limits.code)
    outbound_id: OutboundId
    contents: tuple[Content, ...] = attrs.field(validator=limits.at_most(limits.MAX_LINES, low=1))
    carrier: str = attrs.field(default="", validator=limits.text(0, 64))
    waybill: str = attrs.field(default="", validator=limits.text(0, 64))
    box_code: str = attrs.field(default="", validator=limits.text(0, 64))
    tare_g: int = attrs.field(default=0, validator=limits.between(0, limits.MAX_WEIGHT_G))
    filler_g: int = attrs.field(default=0, validator=limits.between(0, limits.MAX_WEIGHT_G))
    weight_g: int = attrs.field(default=0, validator=limits.between(0, limits.MAX_WEIGHT_G))
    weighed_at: dt.datetime | None = None
    manifest_number: str = ""
    state: ParcelState = ParcelState.OPEN
    version: int = 1

    def moved(self, state: ParcelState, **fields: object) -> Parcel:
        """The parcel in another state. Raises IllegalMove, which names the legal ones."""
        check_move("parcel", PARCEL_MOVES, self.state, state)
        return attrs.evolve(self, state=state, version=self.version + 1, **fields)  # type: ignore[arg-type]  # fields by name

    def sealed(self, box_code: str, tare_g: int, filler_g: int = 0) -> Parcel:
        """Closed in the box that was really used. Raises IllegalMove."""
        return self.moved(ParcelState.SEALED, box_code=box_code, tare_g=tare_g, filler_g=filler_g)

    @property
    def wrapping_g(self) -> int:
        """What weighs and is no goods."""
        return self.tare_g + self.filler_g

    def weighed(self, weight_g: int, at: dt.datetime) -> Parcel:
        """With what the scale said. A parcel that was weighed before takes the new weight. Raises IllegalMove."""
        if self.state is ParcelState.WEIGHED:
            return attrs.evolve(self, weight_g=weight_g, weighed_at=at, version=self.version + 1)
        return self.moved(ParcelState.WEIGHED, weight_g=weight_g, weighed_at=at)

    def opened(self) -> Parcel:
        """Back on the bench without weight. Raises IllegalMove."""
        return self.moved(ParcelState.OPEN, weight_g=0, weighed_at=None)

    def handed_over(self) -> Parcel:
        """With the carrier. Raises IllegalMove."""
        return self.moved(ParcelState.HANDED_OVER)

    def stopped(self) -> Parcel:
        """In the exception bin; its label must not be used. Raises IllegalMove."""
        return self.moved(ParcelState.STOPPED, manifest_number="")


def check_parcels(order: OutboundOrder, parcels: Iterable[Parcel]) -> None:
    """Raises ParcelsDiffer unless the parcels hold exactly what was checked of each line."""
    packed: dict[int, int] = {line.seq: 0 for line in order.lines}
    for parcel in parcels:
        for content in parcel.contents:
            packed[content.line] = packed.get(content.line, 0) + content.qty
    checked = {line.seq: line.checked_qty for line in order.lines}
    for seq, qty in packed.items():
        if qty != checked.get(seq, 0):
            raise ParcelsDiffer(number=order.number, line=seq, packed_qty=qty, checked_qty=checked.get(seq, 0))
