"""The outbound order: what one warehouse sends to one receiver, and its moves from wave to delivery (SM-FO)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from uuid import UUID

import attrs

from houtai.domain import limits
from houtai.domain.customers.customer import Address
from houtai.domain.ids import ChannelId, MerchantId, OutboundId, StationId, WarehouseId, WaveId
from houtai.domain.moves import check_move
from houtai.domain.outbound.line import OutboundLine
from houtai.domain.outbound.refusals import Intercepted, OtherWaybill, StepTooEarly
from houtai.domain.outbound.state import MOVES, STOPPED, OutboundKind, OutboundState

Change = Callable[[OutboundLine], OutboundLine]


@attrs.frozen
class OutboundOrder:
    """Goods of one warehouse for one receiver. `source_id` is the order, transfer or return that wants them.

    Where orders of one buyer travel together it is None, and every line names its own order (`joint`).

    `stop_reason` is set by whoever cancels, at any moment; from then on every scan refuses it, whatever the state. In the fast
    lane (`label_after_scan`) the waybill is bound at the check bench; everywhere else before the pick.
    """

    id: OutboundId
    number: str = attrs.field(validator=limits.code)
    kind: OutboundKind
    warehouse_id: WarehouseId
    lines: tuple[OutboundLine, ...] = attrs.field(validator=limits.at_most(limits.MAX_LINES * 60, low=1))
    receiver: Address
    made_at: dt.datetime = attrs.field(validator=limits.aware)
    source_id: UUID | None = None
    source_number: str = attrs.field(default="", validator=limits.text(0, 64))
    channel_id: ChannelId | None = None
    merchant_id: MerchantId | None = None
    carrier: str = attrs.field(default="", validator=limits.text(0, 64))
    waybill: str = attrs.field(default="", validator=limits.text(0, 64))
    priority: int = attrs.field(default=0, validator=limits.between(0, 9))
    ship_by: dt.datetime | None = attrs.field(default=None, validator=attrs.validators.optional(limits.aware))
    partial: bool = False  # may go into a wave, and out, with what there is
    label_after_scan: bool = False
    wave_id: WaveId | None = None
    slot: int = 0  # of the cart or wall; 0 for none
    station_id: StationId | None = None  # the bench whose scan its labels follow
    state: OutboundState = OutboundState.NEW
    stop_reason: str = attrs.field(default="", validator=limits.text(0, 200))
    version: int = 1

    def __attrs_post_init__(self) -> None:
        assert len({line.seq for line in self.lines}) == len(self.lines), "line numbers differ"

    @property
    def joint(self) -> bool:
        """Whether orders of one buyer travel in it together."""
        return self.source_id is None and any(line.source_id is not None for line in self.lines)

    @property
    def sources(self) -> tuple[UUID | None, ...]:
        """What its lines serve, in the order of the lines: one document, or the orders that travel together."""
        return tuple(dict.fromkeys(self.source_of(line) for line in self.lines))

    def source_of(self, line: OutboundLine) -> UUID | None:
        """The document that this line serves."""
        return self.source_id if line.source_id is None else line.source_id

    def lines_of(self, source_id: UUID) -> tuple[OutboundLine, ...]:
        """The lines that serve this document."""
        return tuple(line for line in self.lines if self.source_of(line) == source_id)

    @property
    def stopped(self) -> bool:
        """Whether no scan may take it on."""
        return bool(self.stop_reason) or self.state in STOPPED

    def line(self, seq: int) -> OutboundLine:
        """The line of this number; KeyError for none."""
        return {line.seq: line for line in self.lines}[seq]

    def check_not_stopped(self) -> None:
        """Raises Intercepted for an order that somebody stopped meanwhile."""
        if self.stopped:
            raise Intercepted(number=self.number, reason=self.stop_reason or self.state.value)

    def edited(self, **fields: object) -> OutboundOrder:
        """The next version with these fields set."""
        return attrs.evolve(self, version=self.version + 1, **fields)  # type: ignore[arg-type]  # fields by name

    def moved(self, state: OutboundState, **fields: object) -> OutboundOrder:
        """The order in another state. Raises IllegalMove, which names the legal ones."""
        check_move("outbound order", MOVES, self.state, state)
        return self.edited(state=state, **fields)

    def _all_lines(self, change: Change) -> tuple[OutboundLine, ...]:
        return tuple(change(line) for line in self.lines)

    def with_line(self, line: OutboundLine) -> OutboundOrder:
        """The next version with this line in the place of its number."""
        return self.edited(lines=tuple(line if one.seq == line.seq else one for one in self.lines))

    def _need(self, step: str, *, holds: bool, missing: str) -> None:
        if not holds:
            raise StepTooEarly(number=self.number, step=step, missing=missing)

    def waved(self, wave_id: WaveId, slot: int = 0) -> OutboundOrder:
        """In a wave, every unit bound to a bin, or some where part may go. Raises Intercepted, StepTooEarly, IllegalMove."""
        self.check_not_stopped()
        open_qty = sum(line.open_qty for line in self.lines)
        some = any(line.allocated_qty for line in self.lines)
        self._need("waved", holds=some and (self.partial or not open_qty), missing=f"{open_qty} units have no bin")
        return self.moved(OutboundState.WAVED, wave_id=wave_id, slot=slot)

    def unwaved(self) -> OutboundOrder:
        """Out of its wave before anybody picked, its bins free again; the waybill number stays. Raises IllegalMove."""
        lines = tuple(attrs.evolve(line, allocated_qty=0) for line in self.lines)
        return self.moved(OutboundState.NEW, wave_id=None, slot=0, lines=lines)

    def with_waybill(self, waybill: str) -> OutboundOrder:
        """With this waybill number; the same again changes nothing (G-33). Raises Intercepted, OtherWaybill."""
        self.check_not_stopped()
        if self.waybill == waybill:
            return self
        if self.waybill:
            raise OtherWaybill(number=self.number, waybill=self.waybill, wanted=waybill)
        return self.edited(waybill=waybill)

    def printed(self) -> OutboundOrder:
        """Its label is asked for. Raises Intercepted, StepTooEarly without a waybill number, IllegalMove."""
        self.check_not_stopped()
        self._need("printed", holds=bool(self.waybill), missing="it has no waybill number")
        return self.moved(OutboundState.PRINTED)

    def picking(self) -> OutboundOrder:
        """Somebody picks. Raises Intercepted, StepTooEarly where the label comes first, IllegalMove."""
        self.check_not_stopped()
        ready = self.label_after_scan or self.state is not OutboundState.WAVED
        self._need("picked", holds=ready, missing="its label is not printed")
        return self.moved(OutboundState.PICKING)

    def fell_short(self) -> OutboundOrder:
        """A bin held too little and nothing else is left to pick. Raises StepTooEarly, IllegalMove."""
        lacks = any(line.short_qty for line in self.lines)
        self._need("short", holds=lacks, missing="nothing is short")
        return self.moved(OutboundState.SHORT)

    def all_picked(self) -> OutboundOrder:
        """Everything that is still to go out was picked. Raises Intercepted, StepTooEarly, IllegalMove."""
        self.check_not_stopped()
        lacking = sum(line.allocated_qty + line.short_qty + (0 if self.partial else line.open_qty) for line in self.lines)
        self._need("picked", holds=not lacking, missing=f"{lacking} units are not picked")
        self._need("picked", holds=any(line.picked_qty for line in self.lines), missing="nothing was picked")
        return self.moved(OutboundState.PICKED)

    def all_checked(self) -> OutboundOrder:
        """Every picked unit was checked. Raises Intercepted, StepTooEarly, IllegalMove."""
        self.check_not_stopped()
        rest = sum(line.picked_qty - line.checked_qty for line in self.lines)
        self._need("checked", holds=not rest, missing=f"{rest} units are not checked")
        return self.moved(OutboundState.CHECKED)

    def to_check_again(self) -> OutboundOrder:
        """Back at the bench with nothing checked or packed: a weight that does not fit. Raises Intercepted, IllegalMove."""
        self.check_not_stopped()
        return self.moved(OutboundState.PICKED, lines=self._all_lines(OutboundLine.unchecked))

    def all_packed(self) -> OutboundOrder:
        """Every checked unit lies in a parcel. Raises Intercepted, StepTooEarly, IllegalMove."""
        self.check_not_stopped()
        rest = sum(line.checked_qty - line.packed_qty for line in self.lines)
        self._need("packed", holds=not rest, missing=f"{rest} units are in no parcel")
        self._need("packed", holds=bool(self.waybill), missing="it has no waybill number")
        return self.moved(OutboundState.PACKED)

    def weighed(self) -> OutboundOrder:
        """All its parcels were weighed within tolerance. Raises Intercepted, IllegalMove."""
        self.check_not_stopped()
        return self.moved(OutboundState.WEIGHED)

    def shipped(self) -> OutboundOrder:
        """Handed over to the carrier with its manifest. Raises Intercepted, IllegalMove."""
        self.check_not_stopped()
        return self.moved(OutboundState.SHIPPED, lines=self._all_lines(OutboundLine.shipped))

    def delivered(self) -> OutboundOrder:
        """The receiver has it. Raises IllegalMove."""
        return self.moved(OutboundState.DELIVERED)

    def rejected(self) -> OutboundOrder:
        """The receiver did not take it. Raises IllegalMove."""
        return self.moved(OutboundState.REJECTED_BY_BUYER)

    def returning(self) -> OutboundOrder:
        """On its way back, refused or undeliverable. Raises IllegalMove."""
        return self.moved(OutboundState.RETURNING)
