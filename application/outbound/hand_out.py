"""Goods that are not for sale leave from where they lie aside: scrapped, sent back or given away, past the waves."""

from __future__ import annotations

from collections.abc import Iterable

import attrs

from houtai.application.inventory.shelf import Shelf
from houtai.application.outbound.goods_issues import DOCUMENT, book_shipped, lock_issue
from houtai.application.outbound.hand_over import SHIP
from houtai.application.outbound.ports import OutboundTx
from houtai.application.permission import MERCHANT, WAREHOUSE, needs
from houtai.application.warehouse.racks import Racks
from houtai.application.warehouse.serial_book import SerialBook
from houtai.application.warehouse.standard import ensure_standard
from houtai.domain import limits
from houtai.domain.act import Act
from houtai.domain.ids import GoodsIssueId, LocationId, SkuId
from houtai.domain.inventory.movement import Cause, Reason, adjust
from houtai.domain.outbound.goods_issue import GOES_TO, GoodsIssue, IssueLine, IssueReason, IssueState
from houtai.domain.outbound.refusals import StepTooEarly
from houtai.domain.refusal import InvalidValue
from houtai.domain.warehouse.bin_refusals import AllBinsPromised, SerialElsewhere
from houtai.domain.warehouse.bins import Bin, MoveCause, MoveReason
from houtai.domain.warehouse.location import Location


@attrs.frozen
class HandOutGoodsIssue:
    """The goods are gone. `serials` are the numbers of those that have one, where some of their like stay behind."""

    issue: GoodsIssueId
    expected_version: int | None = None
    serials: tuple[tuple[SkuId, str], ...] = attrs.field(default=(), validator=limits.at_most(limits.MAX_LINES))


@needs(SHIP, along=(WAREHOUSE, MERCHANT))
def hand_out_goods_issue(tx: OutboundTx, cmd: HandOutGoodsIssue, act: Act) -> GoodsIssue:
    """SHIPPED whole: stock, bins along their paths, and books. Goods for sale leave on a carrier's manifest instead.

    Raises NotFound, VersionConflict, IllegalMove, StepTooEarly for goods for sale, NotEnoughOnHand, AllBinsPromised,
    SerialsNeeded, SerialElsewhere, InvalidValue for the serial of other goods, PeriodClosed.
    """
    before = lock_issue(tx, cmd.issue, SHIP, act, cmd.expected_version)
    if not before.aside:
        missing = "its goods are for sale: they leave on a manifest"
        raise StepTooEarly(number=before.number, step="handed out", missing=missing)
    before.moved(IssueState.SHIPPED)  # raises where it is not approved, or over
    if {sku_id for sku_id, _ in cmd.serials} - {line.sku_id for line in before.lines}:
        raise InvalidValue(field="serials", rule="must be of goods that leave")
    value = _lower_stock(tx, before, act)
    _empty_bins(tx, before, cmd.serials, act)
    units = {line.seq: line.qty for line in before.lines}
    details = {"units": {str(seq): qty for seq, qty in units.items()}, "to": GOES_TO[before.reason].value}
    return book_shipped(tx, before, before.shipped(units, value), act, details=details)


def _lower_stock(tx: OutboundTx, issue: GoodsIssue, act: Act) -> dict[int, int]:
    """What each line took out of the stock, in value."""
    shelf = Shelf.lock(tx, [(line.sku_id, issue.warehouse_id) for line in issue.lines], act.at)
    reason = Reason.SUPPLIER_RETURN if issue.reason is IssueReason.SUPPLIER_RETURN else Reason.GOODS_ISSUE
    value = {}
    for line in issue.lines:
        stock = shelf.ensure((line.sku_id, issue.warehouse_id), issue.currency)
        cause = Cause(DOCUMENT, issue.id, line.seq, reason, act.at, act.actor)
        moved, movement = adjust(stock, line.state, -line.qty, cause)
        shelf.put(moved, movement)
        value[line.seq] = -movement.value_minor
    shelf.write(tx)
    return value


def _empty_bins(tx: OutboundTx, issue: GoodsIssue, serials: Iterable[tuple[SkuId, str]], act: Act) -> None:
    """Out of the bins in the order of their paths, to where such goods go; where serials are named, first where those lie."""
    ensure_standard(tx, issue.warehouse_id, act)
    racks = Racks.lock_stocks(tx, [(line.sku_id, issue.warehouse_id) for line in issue.lines])
    states = {line.state for line in issue.lines}
    lying = [one for one in racks.bins.values() if one.qty and one.key.state in states]
    places = tx.locations.many(one.key.location_id for one in lying)
    book = SerialBook.lock(tx, [one.id for one in lying])
    named = set(serials)
    there = {(racks.bins[bin_id].key.sku_id, code) for bin_id, held in book.here.items() for code in held}
    for _, code in sorted(named - there, key=str):
        raise SerialElsewhere(serial=code)
    for line in issue.lines:
        cause = MoveCause(DOCUMENT, issue.id, line.seq, MoveReason.ISSUED, act.at, act.actor)
        left = line.qty
        bins = racks.of((line.sku_id, issue.warehouse_id), line.state)
        for one in sorted(bins, key=lambda one: _turn(one, book, named, places)):
            qty = min(left, one.free_qty)
            if not qty:
                continue
            here = [code for code in sorted(book.here[one.id]) if (line.sku_id, code) in named][:qty]
            racks.go(one.key, GOES_TO[issue.reason], qty, cause)
            book.follow(racks.bins[one.id], None, here, act.at)
            named -= {(line.sku_id, code) for code in here}
            left -= qty
        if left:
            raise _promised(line, line.qty - left)
    if named:
        raise InvalidValue(field="serials", rule="must name no more units than leave, in the conditions that leave")
    racks.write()
    book.write(tx)


def _turn(one: Bin, book: SerialBook, named: set[tuple[SkuId, str]], places: dict[LocationId, Location]) -> tuple[bool, str, int]:
    """Bins with a serial that is named come first, then along the walk."""
    holds = any((one.key.sku_id, code) in named for code in book.here[one.id])
    return not holds, places[one.key.location_id].path, one.id.int


def _promised(line: IssueLine, found_qty: int) -> AllBinsPromised:
    return AllBinsPromised(sku_id=line.sku_id, state=line.state.value, free_qty=found_qty, wanted_qty=line.qty)
