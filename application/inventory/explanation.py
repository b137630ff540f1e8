"""The explanation of a SKU's numbers as a frozen view, and as a text that a clerk can read and check with a pencil."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping

import attrs

from houtai.application.inventory.queries import MovementView
from houtai.application.masking import MASK_KEY
from houtai.domain.ids import ChannelId, CustomerId, HoldId, OrderId, SkuId, WarehouseId
from houtai.domain.inventory.publishing import Figure
from houtai.domain.inventory.stock import StockState


@attrs.frozen
class ReservedFor:
    """Units that an order line has for certain."""

    order_id: OrderId
    line: int
    qty: int
    made_at: dt.datetime


@attrs.frozen
class HeldFor:
    """Units that a buyer holds until then."""

    buyer_id: CustomerId
    hold_id: HoldId
    qty: int
    expires_at: dt.datetime


@attrs.frozen
class WarehouseStock:
    """One warehouse's part: ``available = sellable - reserved - held - frozen - safety``.

    `reservations` and `holds` name the latest; `ended_holds_qty` has ended and waits for the timer, and is not subtracted.
    `doubts` says what does not add up, and is empty in a sound house.
    """

    warehouse_id: WarehouseId
    code: str
    name: str
    active: bool
    on_hand: Mapping[StockState, int]
    reserved_qty: int
    reservations: tuple[ReservedFor, ...]
    further_reservations: int
    held_qty: int
    holds: tuple[HeldFor, ...]
    ended_holds_qty: int
    frozen_qty: int
    safety_qty: int
    available_qty: int
    dedicated_qty: int
    owed_qty: int
    currency: str
    value_minor: int | None = attrs.field(metadata={MASK_KEY: "cost"})
    last_seq: int
    movements: tuple[MovementView, ...]
    doubts: tuple[str, ...]

    def text(self) -> Iterator[str]:
        """Line by line."""
        closed = "" if self.active else " (closed)"
        states = ", ".join(f"{qty} {state.value}" for state, qty in self.on_hand.items() if qty) or "nothing"
        yield f"Warehouse {self.code} {self.name}{closed}: on hand {states}, after movement #{self.last_seq}"
        yield _sum_line(" ", self.on_hand[StockState.SELLABLE], "sellable")
        yield _sum_line("-", self.reserved_qty, "reserved")
        for one in self.reservations:
            yield f"         {one.qty} for order {one.order_id} line {one.line} since {_moment(one.made_at)}"
        if self.further_reservations:
            yield f"         and {self.further_reservations} more reservations"
        yield _sum_line("-", self.held_qty, "held")
        for held in self.holds:
            yield f"         {held.qty} for buyer {held.buyer_id} until {_moment(held.expires_at)}"
        if self.ended_holds_qty:
            yield f"         ({self.ended_holds_qty} more were held until their time was over; they are free)"
        yield _sum_line("-", self.frozen_qty, "frozen for counting")
        yield _sum_line("-", self.safety_qty, "safety stock")
        yield _sum_line("=", self.available_qty, f"available, {self.dedicated_qty} of it ring-fenced")
        if self.owed_qty:
            yield _sum_line("!", self.owed_qty, "owed to orders that channels sold without stock")
        for move in self.movements:
            yield (
                f"    #{move.seq} {_moment(move.at)} {move.document} {move.document_id} line {move.line}, {move.reason}: "
                f"{move.delta_qty:+} {move.state} -> {move.balance_after_qty}"
            )
        for doubt in self.doubts:
            yield f"    DOUBT: {doubt}"


@attrs.frozen
class PartStock:
    """A component of a bundle; its own explanation has its numbers."""

    sku_id: SkuId
    sku_code: str
    qty: int


@attrs.frozen
class ChannelStock:
    """One channel's part: `figure` is the arithmetic by now, `qty` its outcome, `told_*` what the channel was told last.

    For a bundle `bundles_together` is Σ_w min_c ⌊ATP(c,w)/q_c⌋ and `bundles_split` min_c ⌊Σ_w ATP/q_c⌋ (R-12).
    """

    channel_id: ChannelId
    code: str
    warehouses: tuple[str, ...]
    figure: Figure
    qty: int
    bundles_together: int
    bundles_split: int
    told_qty: int | None
    told_at: dt.datetime | None
    told_seq: int | None

    def text(self, *, is_bundle: bool) -> Iterator[str]:
        """Line by line."""
        sums = self.figure
        yield f"Channel {self.code}, served by {', '.join(self.warehouses) or 'no warehouse'}"
        if is_bundle:
            yield f"    bundles from one warehouse each: {self.bundles_together}; with parts from several: {self.bundles_split}"
        yield _sum_line(" ", sums.shared_qty, "shared with other channels (available - owed - all fences)")
        yield _sum_line("x", sums.ratio_percent, "percent of it, rounded down")
        yield _sum_line("-", sums.buffer_qty, "buffer")
        yield _sum_line("+", sums.dedicated_qty, "left in the channel's own fence")
        yield _sum_line("-", sums.unimported_qty, "sold there, not booked yet")
        yield _sum_line("=", sums.raw_qty, "before its bounds")
        cap = "no cap" if sums.cap_qty is None else f"at most {sums.cap_qty}"
        paused = "" if sums.paused_by is None else f", paused by the {sums.paused_by.value}"
        yield _sum_line("=", self.qty, f"to publish ({cap}, zero up to {sums.min_publish_qty}{paused})")
        if self.told_at is None:
            yield "    the channel was told nothing yet"
        else:
            yield f"    the channel was told {self.told_qty} at {_moment(self.told_at)} (figure #{self.told_seq})"


@attrs.frozen
class Explanation:
    """Every number of one SKU with what it is made of."""

    sku_id: SkuId
    sku_code: str
    sku_title: str
    at: dt.datetime
    warehouses: tuple[WarehouseStock, ...]
    parts: tuple[PartStock, ...]
    channels: tuple[ChannelStock, ...]

    @property
    def available_qty(self) -> int:
        """What is available in all warehouses together; a warehouse that lacks takes off it."""
        return sum(place.available_qty for place in self.warehouses)

    def text(self) -> str:
        """The explanation as a text."""
        lines = [f"{self.sku_code} {self.sku_title} at {_moment(self.at)}"]
        lines += [f"Bundle of {part.qty} x {part.sku_code}" for part in self.parts]
        for place in self.warehouses:
            lines += place.text()
        if self.warehouses:
            lines.append(f"All warehouses: {self.available_qty} available")
        for channel in self.channels:
            lines += channel.text(is_bundle=bool(self.parts))
        return "\n".join(lines)


def _sum_line(sign: str, qty: int, what: str) -> str:
    return f"    {sign} {qty:>6}  {what}"


def _moment(at: dt.datetime) -> str:
    return at.astimezone(dt.UTC).strftime("%Y-%m-%d %H:%M:%SZ")
