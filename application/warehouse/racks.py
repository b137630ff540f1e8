"""The racks: bins of some SKUs, locked with their heads, changed here by every use case and written once it is decided."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Final, Self

import attrs

from houtai.application.warehouse.bin_ports import BIN_BY_STOCK, FILLED, BinsTx
from houtai.domain.inventory.stock import StockKey, StockState
from houtai.domain.warehouse.bin_refusals import NotInBin
from houtai.domain.warehouse.bins import Bin, BinHead, BinId, BinKey, BinMove, MoveCause
from houtai.domain.warehouse.location import Standard, standard_id

BEGINNING: Final = dt.datetime.min.replace(tzinfo=dt.UTC)


@attrs.define
class Racks:
    """Bins under their heads' locks, as they will be; `write` makes it so. Nothing before that is written."""

    heads: dict[StockKey, BinHead]
    bins: dict[BinId, Bin]
    _tx: BinsTx
    _heads_as_read: Mapping[StockKey, BinHead]
    _as_read: dict[BinId, Bin]
    _whole: frozenset[StockKey]
    _moves: list[BinMove] = attrs.field(factory=list)

    @classmethod
    def lock(cls, tx: BinsTx, bins: Iterable[BinKey]) -> Self:
        """Lock the heads of these bins' stocks, then these bins alone: for whoever knows where goods lie and where they go.

        Two statements, whatever the number of bins, and no row that is not asked for: goods that sell well lie in hundreds of
        parcels.
        """
        wanted = {key.id: key for key in bins}
        stocks = dict.fromkeys(key.stock_key for key in wanted.values())
        heads = tx.bin_heads.lock(stocks)
        known = {bin_id for bin_id, key in wanted.items() if key.stock_key in heads}
        return cls._of(tx, stocks, heads, dict(tx.bins.lock(known)) if known else {}, wanted.values(), frozenset())

    @classmethod
    def lock_stocks(cls, tx: BinsTx, stocks: Iterable[StockKey], targets: Iterable[BinKey] = ()) -> Self:
        """Lock the heads, then all bins of these stocks that hold something, then the `targets` that hold nothing yet.

        Three statements, whatever the number of lines. The targets' stocks are among them.
        """
        wanted, targets = dict.fromkeys(stocks), tuple(targets)
        heads = tx.bin_heads.lock(wanted)
        bins = {one.id: one for one in tx.bins.lock_by(BIN_BY_STOCK, *((*key, FILLED) for key in heads))} if heads else {}
        empty = {key.id for key in targets if key.id not in bins and key.stock_key in heads}
        bins.update(tx.bins.lock(empty) if empty else {})
        return cls._of(tx, wanted, heads, bins, targets, frozenset(wanted))

    @classmethod
    def _of(
        cls,
        tx: BinsTx,
        stocks: Iterable[StockKey],
        heads: Mapping[StockKey, BinHead],
        bins: dict[BinId, Bin],
        targets: Iterable[BinKey],
        whole: frozenset[StockKey],
    ) -> Self:
        fresh = {key.id: Bin(key, 0, BEGINNING) for key in targets if key.id not in bins}
        return cls({key: heads.get(key, BinHead(*key)) for key in stocks}, {**fresh, **bins}, tx, heads, dict(bins), whole)

    def of(self, stock_key: StockKey, state: StockState | None = None) -> list[Bin]:
        """The bins of one stock that hold something, in one state or any; of a stock that is locked whole."""
        assert stock_key in self._whole, f"only some bins of {stock_key} are known"
        found = (one for one in self.bins.values() if one.qty and one.key.stock_key == stock_key)
        return [one for one in found if state is None or one.key.state is state]

    def at(self, key: BinKey) -> Bin:
        """What lies there. Raises NotInBin where nothing does."""
        found = self.bins.get(key.id)
        if found is None or not found.qty:
            raise NotInBin(bin_id=key.id, there_qty=0, free_qty=0, wanted_qty=0)
        return found

    def put(self, changed: Bin) -> None:
        """Take over what a bin has become."""
        self.bins[changed.id] = changed

    def come(self, target: BinKey, place: Standard, qty: int, cause: MoveCause) -> None:
        """Units turn up in a bin from a virtual place."""
        self._fill(target, qty, cause.at, 0)
        origin = attrs.evolve(target, location_id=standard_id(target.warehouse_id, place), handling_unit_id=None)
        self._note(origin, target, qty, cause)

    def go(
        self, source: BinKey, place: Standard, qty: int, cause: MoveCause, *, allocated_qty: int = 0, suspect_qty: int = 0
    ) -> None:
        """Units leave a bin for a virtual place. Raises what `Bin.drawn` raises."""
        self.put(self.at(source).drawn(qty, allocated_qty=allocated_qty, suspect_qty=suspect_qty))
        end = attrs.evolve(source, location_id=standard_id(source.warehouse_id, place), handling_unit_id=None)
        self._note(source, end, qty, cause)

    def between(self, goods: BinKey, origin: Standard, end: Standard, qty: int, cause: MoveCause) -> None:
        """Units that lie in no bin go from one virtual place of their warehouse to another; `goods` says which they are."""
        ends = [
            attrs.evolve(goods, location_id=standard_id(goods.warehouse_id, place), handling_unit_id=None)
            for place in (origin, end)
        ]
        self._note(ends[0], ends[1], qty, cause)

    def move(
        self, source: BinKey, target: BinKey, qty: int, cause: MoveCause, *, allocated_qty: int = 0, suspect_qty: int = 0
    ) -> None:
        """Units go from one bin to another and keep their age; what of them is promised or in doubt stays so."""
        before = self.at(source)
        self.put(before.drawn(qty, allocated_qty=allocated_qty, suspect_qty=suspect_qty))
        self._fill(target, qty, before.since, allocated_qty)
        if suspect_qty:
            there = self.bins[target.id]
            self.put(attrs.evolve(there, suspect_qty=there.suspect_qty + suspect_qty))
        self._note(source, target, qty, cause)

    def write(self) -> None:
        """Write what has changed."""
        tx = self._tx
        for key, head in self.heads.items():
            if key not in self._heads_as_read:
                if head.last_seq:
                    tx.bin_heads.add(head)
            elif head != self._heads_as_read[key]:
                tx.bin_heads.save(head)
        for bin_id, one in self.bins.items():
            if bin_id not in self._as_read:
                if one.qty:
                    tx.bins.add(one)
            elif one != self._as_read[bin_id]:
                tx.bins.save(one)
        for move in self._moves:
            tx.bin_moves.add(move)

    def _fill(self, target: BinKey, qty: int, since: dt.datetime, allocated_qty: int) -> None:
        if target.id not in self.bins:  # a target that was not named when the racks were locked
            emptied = self._tx.bins.lock([target.id])
            self.bins.update(emptied)
            self._as_read.update(emptied)
        there = self.bins.get(target.id, Bin(target, 0, since))
        self.put(there.filled(qty, since, allocated_qty=allocated_qty))

    def _note(self, source: BinKey, target: BinKey, qty: int, cause: MoveCause) -> None:
        """The double entry of a move, with the next number of its ledger."""
        head = self.heads[source.stock_key]
        self.heads[source.stock_key] = head = attrs.evolve(head, last_seq=head.last_seq + 1)
        self._moves.append(
            BinMove(
                sku_id=source.sku_id,
                warehouse_id=source.warehouse_id,
                seq=head.last_seq,
                from_location_id=source.location_id,
                to_location_id=target.location_id,
                from_unit_id=source.handling_unit_id,
                to_unit_id=target.handling_unit_id,
                lot_id=source.lot_id,
                to_lot_id=target.lot_id,
                merchant_id=source.merchant_id,
                state=source.state,
                to_state=target.state,
                qty=qty,
                document=cause.document,
                document_id=cause.document_id,
                line=cause.line,
                reason=cause.reason,
                at=cause.at,
                actor=cause.actor,
            )
        )
