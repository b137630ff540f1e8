"""The shelf: locked stock with everything that binds it, changed here by every use case and written once it is decided."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Self
from uuid import UUID

import attrs

from houtai.application.inventory.ports import HELD_BY_STOCK, InventoryTx
from houtai.domain.ids import ChannelId, SkuId
from houtai.domain.inventory.allocation import Reach
from houtai.domain.inventory.events import AvailabilityChanged
from houtai.domain.inventory.movement import Movement
from houtai.domain.inventory.reservation import (
    HOLD_MOVES,
    RESERVATION_MOVES,
    Allotment,
    Fence,
    FenceKey,
    HeldLine,
    HoldState,
    Reservation,
    ReservationState,
)
from houtai.domain.inventory.stock import Stock, StockKey
from houtai.domain.moves import check_move


@attrs.define
class Shelf:
    """Stocks and fences that this transaction has locked, as they will be; `write` makes it so."""

    stocks: dict[StockKey, Stock]
    fences: dict[FenceKey, Fence]
    held: tuple[HeldLine, ...]
    _as_read: Mapping[StockKey, Stock]
    _fences_as_read: dict[FenceKey, Fence]
    _lines: dict[tuple[object, int], HeldLine] = attrs.field(factory=dict)
    _movements: list[Movement] = attrs.field(factory=list)

    @classmethod
    def lock(
        cls,
        tx: InventoryTx,
        keys: Iterable[StockKey],
        at: dt.datetime,
        *,
        channel_id: ChannelId | None = None,
        reserved: Iterable[Reservation] = (),
        held: Iterable[HeldLine] = (),
    ) -> Self:
        """Lock these stocks in one statement and clear the holds that have ended there by `at`.

        `channel_id` is whose fences may be drawn from. The stocks, and the fences they were drawn from, of `reserved` and
        `held` are locked too; `shelf.held` has those held lines as they are under the lock.
        """
        reserved, held = tuple(reserved), tuple(held)
        stocks = tx.stocks.lock({*keys, *(one.stock_key for one in reserved), *(line.stock_key for line in held)})
        due = [stock for stock in stocks.values() if stock.holds_due_at is not None and stock.holds_due_at <= at]
        lines = tx.held_lines.lock_by(HELD_BY_STOCK, *(_live(stock) for stock in due)) if due else []
        own = tuple(tx.held_lines.lock(line.key for line in held).values()) if held else ()
        wanted = {(channel_id, *key) for key, stock in stocks.items() if channel_id is not None and stock.dedicated_qty}
        wanted |= {(line.channel_id, *line.stock_key) for line in (*lines, *own) if line.dedicated_qty}
        wanted |= {(one.channel_id, *one.stock_key) for one in reserved if one.dedicated_qty and one.channel_id is not None}
        fences = tx.fences.lock(wanted) if wanted else {}
        shelf = cls(dict(stocks), dict(fences), own, stocks, dict(fences))
        for line in lines:
            if not line.live_at(at):
                shelf.free(line, HoldState.EXPIRED)
        for stock in due:
            ends = [line.expires_at for line in lines if line.stock_key == stock.key and line.live_at(at)]
            shelf.change(stock.key, holds_due_at=min(ends, default=None))
        return shelf

    def change(self, key: StockKey, **fields: object) -> Stock:
        """Set fields of a stock."""
        self.stocks[key] = changed = attrs.evolve(self.stocks[key], **fields)  # type: ignore[arg-type]  # fields by name
        return changed

    def ensure(self, key: StockKey, currency: str) -> Stock:
        """The stock, begun empty where there never was any."""
        return self.stocks.setdefault(key, Stock(*key, currency))

    def of_sku(self, sku_id: SkuId) -> list[Stock]:
        """The stocks of one SKU."""
        return [stock for stock in self.stocks.values() if stock.sku_id == sku_id]

    def reach(self, channel_id: ChannelId | None) -> dict[StockKey, Reach]:
        """What the channel may take of each stock (only what nobody fenced in, for no channel)."""
        found: dict[StockKey, Reach] = {}
        for key, stock in self.stocks.items():
            fence = None if channel_id is None else self.fences.get((channel_id, *key))
            own = 0 if fence is None else fence.left_qty
            found[key] = Reach(stock.shared_qty + own, own, stock.owed_qty)
        return found

    def reserve(self, allotment: Allotment, channel_id: ChannelId | None) -> None:
        """Bind free units for an order."""
        self._draw(allotment, channel_id)
        stock = self.stocks[allotment.stock_key]
        self.change(stock.key, reserved_qty=stock.reserved_qty + allotment.qty)

    def hold(self, line: HeldLine) -> None:
        """Bind free units for a buyer."""
        self._draw(Allotment(line.number, line.sku_id, line.warehouse_id, line.qty, line.dedicated_qty), line.channel_id)
        stock = self.stocks[line.stock_key]
        due = line.expires_at if stock.holds_due_at is None else min(stock.holds_due_at, line.expires_at)
        self.change(stock.key, held_qty=stock.held_qty + line.qty, holds_due_at=due)

    def free(self, line: HeldLine, state: HoldState) -> None:
        """End a held line (nothing if it has ended); CONVERTED makes its units reserved, else they are free again."""
        line = self._lines.get(line.key, line)
        if line.state is not HoldState.LIVE:
            return
        check_move("held line", HOLD_MOVES, line.state, state)
        self._lines[line.key] = attrs.evolve(line, state=state)
        stock = self.stocks[line.stock_key]
        if state is HoldState.CONVERTED:
            self.change(stock.key, held_qty=stock.held_qty - line.qty, reserved_qty=stock.reserved_qty + line.qty)
        else:
            self.change(stock.key, held_qty=stock.held_qty - line.qty)
            self._give_back(line)

    def unreserve(self, reservation: Reservation, at: dt.datetime) -> Reservation:
        """Free a reservation's units; the reservation as it is then."""
        check_move("reservation", RESERVATION_MOVES, reservation.state, ReservationState.RELEASED)
        stock = self.stocks[reservation.stock_key]
        self.change(stock.key, reserved_qty=stock.reserved_qty - reservation.qty)
        self._give_back(reservation)
        return attrs.evolve(reservation, state=ReservationState.RELEASED, closed_at=at)

    def unreserve_part(self, part: Allotment, channel_id: ChannelId) -> None:
        """Free what a converted hold bound beyond what its order needed."""
        stock = self.stocks[part.stock_key]
        self.change(stock.key, reserved_qty=stock.reserved_qty - part.qty)
        self._refill((channel_id, *part.stock_key), part.dedicated_qty)

    def fenced_qty(self, tx: InventoryTx, key: FenceKey) -> int:
        """What is left in a fence, which is locked with this."""
        for fence in tx.fences.lock([key]).values():
            self._fences_as_read.setdefault(key, fence)
            self.fences.setdefault(key, fence)
        return self.fences[key].left_qty if key in self.fences else 0

    def set_fence(self, fence: Fence) -> None:
        """Put a fence in the place of the one there was."""
        stock, before = self.stocks[fence.stock_key], self.fences.get(fence.key)
        left_qty = fence.left_qty - (0 if before is None else before.left_qty)
        self.fences[fence.key] = fence
        self.change(stock.key, dedicated_qty=stock.dedicated_qty + left_qty)

    def put(self, stock: Stock, *movements: Movement) -> None:
        """Take over what a movement left, and the movements for the ledger."""
        self.stocks[stock.key] = stock
        self._movements += movements

    def write(self, tx: InventoryTx) -> None:
        """Write what has changed and announce it. Nothing before this is written."""
        for key, stock in self.stocks.items():
            if key not in self._as_read:
                tx.stocks.add(stock)
            elif stock != self._as_read[key]:
                tx.stocks.save(stock)
        for fence_key, fence in self.fences.items():
            if fence_key not in self._fences_as_read:
                tx.fences.add(fence)
            elif fence != self._fences_as_read[fence_key]:
                tx.fences.save(fence)
        for line in self._lines.values():
            tx.held_lines.save(line)
        for movement in self._movements:
            tx.movements.add(movement)
        if touched := self.touched():
            tx.emit(AvailabilityChanged(touched))

    def touched(self) -> tuple[SkuId, ...]:
        """The SKUs of which there is more or less to promise than before."""
        changed = {key[0]: None for key, stock in self.stocks.items() if _told(self._as_read.get(key)) != _told(stock)}
        return tuple(changed)

    def _draw(self, allotment: Allotment, channel_id: ChannelId | None) -> None:
        if not allotment.dedicated_qty or channel_id is None:
            return
        key = (channel_id, *allotment.stock_key)
        fence, stock = self.fences[key], self.stocks[allotment.stock_key]
        self.fences[key] = attrs.evolve(fence, left_qty=fence.left_qty - allotment.dedicated_qty)
        self.change(stock.key, dedicated_qty=stock.dedicated_qty - allotment.dedicated_qty)

    def _give_back(self, promise: Reservation | HeldLine) -> None:
        if promise.dedicated_qty and promise.channel_id is not None:
            self._refill((promise.channel_id, *promise.stock_key), promise.dedicated_qty)

    def _refill(self, key: FenceKey, qty: int) -> None:
        """Units go back into the fence they came from, as far as it still is that wide; the rest is for everybody."""
        fence = self.fences.get(key)
        if fence is None or not qty:
            return
        back = min(qty, fence.total_qty - fence.left_qty)
        self.fences[key] = attrs.evolve(fence, left_qty=fence.left_qty + back)
        stock = self.stocks[key[1], key[2]]
        self.change(stock.key, dedicated_qty=stock.dedicated_qty + back)


def _live(stock: Stock) -> tuple[UUID, UUID, str]:
    return stock.sku_id, stock.warehouse_id, HoldState.LIVE.value


def _told(stock: Stock | None) -> tuple[int, int, int] | None:
    """What of a stock a channel's figure depends on."""
    return None if stock is None else (stock.available_qty, stock.dedicated_qty, stock.owed_qty)
