"""What stopping an outbound order means at each state: what is released, what is put back, what becomes of the waybill."""

from __future__ import annotations

from typing import Final

import attrs

from houtai.domain.ids import SkuId
from houtai.domain.outbound.order import OutboundOrder
from houtai.domain.outbound.refusals import MustReturn, StepTooEarly
from houtai.domain.outbound.state import OUT_OF_THE_HOUSE, OutboundState


@attrs.frozen
class LineUnits:
    """So many units of one line."""

    line: int
    sku_id: SkuId
    qty: int


@attrs.frozen
class Undoing:
    """All that has to happen because an order was stopped, in one transaction with it.

    `release` are units bound to bins and no longer wanted, `put_back` those that lie in a tote, at the bench or in a parcel.
    `void_waybill` is the number to give back: the carrier is told, and the pool may use it again. `exception_bin` says that
    goods are off the shelf, so whoever scans the order next is sent there.
    """

    release: tuple[LineUnits, ...] = ()
    put_back: tuple[LineUnits, ...] = ()
    void_waybill: str = ""
    off_wave: bool = False
    open_parcels: bool = False
    off_manifest: bool = False

    @property
    def exception_bin(self) -> bool:
        """Whether goods have to be carried back."""
        return bool(self.put_back)


_S = OutboundState
_IN_A_WAVE: Final = frozenset({_S.WAVED, _S.PRINTED, _S.PICKING, _S.SHORT})
_IN_PARCELS: Final = frozenset({_S.PACKED, _S.WEIGHED})


def stop(order: OutboundOrder, reason: str) -> tuple[OutboundOrder, Undoing]:
    """The order stopped where it stands, and what that means.

    Without goods off the shelf it is CANCELLED at once, else INTERCEPTED until all is put back. One that is stopped already
    stays as it is, with nothing to undo. Raises MustReturn once the carrier has it.
    """
    if order.state in OUT_OF_THE_HOUSE:
        raise MustReturn(number=order.number, state=order.state.value)
    if order.state in (_S.INTERCEPTED, _S.CANCELLED):
        return order, Undoing()
    undoing = Undoing(
        release=tuple(LineUnits(line.seq, line.sku_id, line.allocated_qty) for line in order.lines if line.allocated_qty),
        put_back=tuple(LineUnits(line.seq, line.sku_id, line.picked_qty) for line in order.lines if line.picked_qty),
        void_waybill=order.waybill,
        off_wave=order.state in _IN_A_WAVE,
        open_parcels=order.state in _IN_PARCELS,
        off_manifest=order.state is _S.WEIGHED,
    )
    ended = _S.INTERCEPTED if undoing.put_back else _S.CANCELLED
    stopped = order.moved(ended, stop_reason=reason, lines=tuple(line.stopped() for line in order.lines))
    return stopped, undoing


def put_back(order: OutboundOrder, line: int, qty: int) -> OutboundOrder:
    """So many units of a stopped order are on a shelf again; with the last of them it is CANCELLED.

    Raises StepTooEarly for an order that is not INTERCEPTED, TooMany.
    """
    if order.state is not _S.INTERCEPTED:
        raise StepTooEarly(number=order.number, step="put back", missing="it is not intercepted")
    back = order.with_line(order.line(line).put_back(qty))
    if any(one.picked_qty for one in back.lines):
        return back
    return attrs.evolve(back.moved(_S.CANCELLED), version=back.version)
