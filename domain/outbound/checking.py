"""The check bench (验货): waybill first and every piece scanned, or the fast lane where the piece finds its order (单品单件)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence

import attrs

from houtai.domain import limits
from houtai.domain.ids import OutboundId, SkuId
from houtai.domain.outbound.refusals import Intercepted
from houtai.domain.refusal import Kind, Refusal


@attrs.define(eq=False, slots=False)
class NotInOrder(Refusal):
    """The piece does not belong to the order on the bench."""

    code = "check.not-in-order"
    text = "{sku} is not in outbound order {number}"

    sku: str
    number: str


@attrs.define(eq=False, slots=False)
class OverQuantity(Refusal):
    """All of these were checked already; a piece too many lies on the bench."""

    code = "check.over-quantity"
    text = "{wanted_qty} of {sku} are one step too many: {checked_qty} of {qty} are checked"

    sku: str
    qty: int
    checked_qty: int
    wanted_qty: int


@attrs.define(eq=False, slots=False)
class AlreadyChecked(Refusal):
    """The waybill was checked before; nothing is counted twice."""

    code = "check.already-checked"
    text = "waybill {waybill} is checked already"

    waybill: str


@attrs.define(eq=False, slots=False)
class NoOrderWants(Refusal):
    """No order of the wave wants the piece any more: it is surplus."""

    code = "check.no-order-wants"
    text = "no order of wave {wave} wants {sku} any more; put it to lost and found"

    wave: str
    sku: str


@attrs.define(eq=False, slots=False)
class SerialToScan(Refusal):
    """Units with a number of their own are checked one by one, by that number."""

    code = "check.serial-to-scan"
    kind = Kind.INVALID
    text = "{sku} is numbered: scan the serial of each piece"

    sku: str


@attrs.define(eq=False, slots=False)
class NotThisSerial(Refusal):
    """The serial is not on a unit that was picked for the order, or is checked already."""

    code = "check.not-this-serial"
    text = "{sku} with serial {serial} was not picked for outbound order {number}, or is checked already"

    sku: str
    serial: str
    number: str


@attrs.frozen
class CheckLine:
    """So many of a SKU that were picked for the order, and how many of them are checked.

    `numbered` says that units of it had numbers of their own where they lay when the check began.
    """

    line: int
    sku_id: SkuId
    sku_code: str
    qty: int = attrs.field(validator=limits.positive_qty)
    checked_qty: int = attrs.field(default=0, validator=limits.any_qty)
    numbered: bool = False

    @property
    def rest_qty(self) -> int:
        """Pieces not yet checked."""
        return self.qty - self.checked_qty


@attrs.frozen
class CheckedPiece:
    """Who checked how many of what, and when; kept for whoever asks which hands a parcel went through."""

    line: int
    sku_id: SkuId
    qty: int
    by: str
    at: dt.datetime = attrs.field(validator=limits.aware)
    lot: str = ""
    serial: str = ""


@attrs.frozen
class Checking:
    """One order on the bench. A scan that is refused counts nothing."""

    outbound_id: OutboundId
    number: str
    waybill: str
    lines: tuple[CheckLine, ...]
    pieces: tuple[CheckedPiece, ...] = ()

    @property
    def done(self) -> bool:
        """Whether every piece is checked."""
        return not any(line.rest_qty for line in self.lines)

    def piece(
        self, sku_id: SkuId, by: str, at: dt.datetime, qty: int = 1, named: str = "", lot: str = "", serial: str = ""
    ) -> Checking:
        """So many more pieces checked, over all lines of their SKU.

        Raises NotInOrder, OverQuantity, and for numbered units SerialToScan, NotThisSerial.
        """
        mine = [line for line in self.lines if line.sku_id == sku_id]
        if not mine:
            raise NotInOrder(sku=named or str(sku_id), number=self.number)
        if any(line.numbered for line in mine) and (qty != 1 or not serial):
            raise SerialToScan(sku=mine[0].sku_code)
        if serial and any((piece.sku_id, piece.serial) == (sku_id, serial) for piece in self.pieces):
            raise NotThisSerial(sku=mine[0].sku_code, serial=serial, number=self.number)
        rest = sum(line.rest_qty for line in mine)
        if not 1 <= qty <= rest:
            whole = sum(line.qty for line in mine)
            raise OverQuantity(sku=mine[0].sku_code, qty=whole, checked_qty=whole - rest, wanted_qty=qty)
        lines, pieces, left = dict[int, CheckLine](), list[CheckedPiece](), qty
        for line in mine:
            part = min(left, line.rest_qty)
            if part:
                lines[line.line] = attrs.evolve(line, checked_qty=line.checked_qty + part)
                pieces.append(CheckedPiece(line.line, sku_id, part, by, at, lot, serial))
                left -= part
        changed = tuple(lines.get(line.line, line) for line in self.lines)
        return attrs.evolve(self, lines=changed, pieces=(*self.pieces, *pieces))

    def anew(self) -> Checking:
        """Nothing checked: the parcel came back from the scale, or the packer begins again."""
        lines = tuple(attrs.evolve(line, checked_qty=0) for line in self.lines)
        return attrs.evolve(self, lines=lines, pieces=())


def check_of(checking: Checking, *, stopped: str = "") -> Checking:
    """The order behind a waybill that was scanned, ready to be checked.

    `stopped` is the reason for which it was stopped meanwhile, empty for none: looked at with every scan, not only the first.
    Raises Intercepted, AlreadyChecked.
    """
    if stopped:
        raise Intercepted(number=checking.number, reason=stopped)
    if checking.done:
        raise AlreadyChecked(waybill=checking.waybill)
    return checking


@attrs.frozen
class LaneOrder:
    """An order of one piece that waits in the fast lane."""

    outbound_id: OutboundId
    number: str
    line: int
    sku_id: SkuId


@attrs.frozen
class FastLane:
    """The orders of a one-piece wave in the order in which they are served: one scan finds one, and its label comes after."""

    wave: str
    waiting: tuple[LaneOrder, ...]
    checked: tuple[tuple[OutboundId, CheckedPiece], ...] = ()

    def piece(
        self, sku_id: SkuId, by: str, at: dt.datetime, stopped: Collection[OutboundId] = (), named: str = ""
    ) -> tuple[FastLane, LaneOrder]:
        """The first order that wants the piece and was not stopped; its label is to be printed now. Raises NoOrderWants."""
        mine = next((one for one in self.waiting if one.sku_id == sku_id and one.outbound_id not in stopped), None)
        if mine is None:
            raise NoOrderWants(wave=self.wave, sku=named or str(sku_id))
        entry = mine.outbound_id, CheckedPiece(mine.line, sku_id, 1, by, at)
        waiting = tuple(one for one in self.waiting if one is not mine)
        return attrs.evolve(self, waiting=waiting, checked=(*self.checked, entry)), mine

    def without(self, stopped: Collection[OutboundId]) -> tuple[FastLane, Sequence[LaneOrder]]:
        """Without the orders that were stopped, and which those are: their pieces are surplus at the end."""
        gone = [one for one in self.waiting if one.outbound_id in stopped]
        return attrs.evolve(self, waiting=tuple(one for one in self.waiting if one.outbound_id not in stopped)), gone
