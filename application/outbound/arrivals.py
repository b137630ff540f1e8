"""Transfers arrive: in parts, short, with units too many, damaged; or what is on the road is written off or comes back (G-28)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

import attrs

from houtai.application.inventory.adjust import RequestAdjustment, ask_adjustment
from houtai.application.inventory.scope import demand_at
from houtai.application.inventory.transit import Arrival, take_in
from houtai.application.outbound.errands import call_off, lock_before, post_value
from houtai.application.outbound.ports import OUTBOUND_OF, PICKS_OF, OutboundTx
from houtai.application.outbound.transfers import (
    DOCUMENT,
    TRANSFER,
    demand_transfer_version,
    keep_transfer,
    lock_transfer,
)
from houtai.application.permission import MERCHANT, WAREHOUSE, needs
from houtai.application.warehouse.bin_ports import BIN_MOVE_BY_DOCUMENT
from houtai.application.warehouse.road import Coming, Lost, arrive, check_arrival, lose
from houtai.domain import limits
from houtai.domain.act import Act
from houtai.domain.authority import HOUSE, Scope
from houtai.domain.catalog.sku import Sku
from houtai.domain.ids import AdjustmentId, HandlingUnitId, LocationId, SkuId, TransferId, WarehouseId, derive
from houtai.domain.inventory.adjustment import AdjustmentLine
from houtai.domain.inventory.movement import Reason
from houtai.domain.inventory.stock import StockState
from houtai.domain.ledger.account import AccountCode, AccountKey, party
from houtai.domain.outbound.state import OutboundState
from houtai.domain.outbound.transfer import Gap, RoadChoice, Transfer, TransferMove, TransferPlace, TransferState
from houtai.domain.outbound.work import PickState
from houtai.domain.refusal import InvalidValue
from houtai.domain.warehouse.bins import BinKey, LotId, MoveReason
from houtai.domain.warehouse.location import Standard, standard_id

RECEIVE: Final = "outbound.receive-transfer"
WRITE_OFF: Final = "outbound.write-off"


@attrs.frozen
class ReceivedLine:
    """So many units of a line of the transfer as they came.

    `location` is where they were put, None where that is said later; `lot` is needed where several are on the road; `serials`
    are the numbers on the units. `state` is the one that they came in.
    """

    line: int
    qty: int = attrs.field(validator=limits.positive_qty)
    state: StockState = StockState.SELLABLE
    location: LocationId | None = None
    unit: HandlingUnitId | None = None
    lot: LotId | None = None
    serials: tuple[str, ...] = attrs.field(default=(), validator=limits.at_most(limits.MAX_LINES))

    def __attrs_post_init__(self) -> None:
        if len(self.serials) > self.qty or len(set(self.serials)) != len(self.serials):
            raise InvalidValue(field="serials", rule="must name each unit once, and no more units than came")


@attrs.frozen
class Surplus:
    """So many units that came with a transfer and were not sent."""

    sku: SkuId
    qty: int = attrs.field(validator=limits.positive_qty)


@attrs.frozen
class ReceiveTransfer:
    """What came now, and what of it was too much. With `expected_version`, only as the caller saw the transfer."""

    transfer: TransferId
    lines: tuple[ReceivedLine, ...] = attrs.field(default=(), validator=limits.at_most(limits.MAX_LINES))
    surplus: tuple[Surplus, ...] = attrs.field(default=(), validator=limits.at_most(limits.MAX_LINES))
    expected_version: int | None = None

    def __attrs_post_init__(self) -> None:
        if not self.lines and not self.surplus:
            raise InvalidValue(field="lines", rule="must name what came")


@needs(RECEIVE, along=(WAREHOUSE, MERCHANT))
def receive_transfer(tx: OutboundTx, cmd: ReceiveTransfer, act: Act) -> Transfer:
    """Units are in the destination with their value; the last one that is on the road makes it RECEIVED.

    No more of a line comes than is on the road (TooMany): what is too much is a `surplus`, for which an adjustment is asked,
    into quarantine, for somebody else to decide. Raises NotFound, VersionConflict, StepTooEarly, InvalidValue, CannotPlace.
    """
    before = tx.transfers.lock_one(cmd.transfer)
    skus = tx.skus.many(line.sku_id for line in before.lines)
    demand_at(act, RECEIVE, tx.warehouses.get(before.destination_id), skus.values())
    demand_transfer_version(before, cmd.expected_version)
    came: dict[int, int] = {}
    for one in cmd.lines:
        came[one.line] = came.get(one.line, 0) + one.qty
    after, moves = before.received(came)
    comings = _comings(tx, before, cmd.lines, skus)
    check_arrival(tx, comings, act)
    details = {"units": {str(seq): qty for seq, qty in came.items()}, "surplus": sum(one.qty for one in cmd.surplus)}
    kept = keep_transfer(tx, before, after, "received", act, details=details)
    _take_in(tx, kept, moves, comings, act)
    if cmd.surplus:
        _ask_for_surplus(tx, kept, cmd.surplus, act)
    return kept


def _comings(tx: OutboundTx, transfer: Transfer, lines: Sequence[ReceivedLine], skus: dict[SkuId, Sku]) -> list[Coming]:
    """The bins that each line's units go to, lot by lot."""
    road = _lots_on_the_road(tx, transfer)
    sku_of = {line.seq: skus[line.sku_id] for line in transfer.lines}
    found = []
    for one in lines:
        place = one.location or standard_id(transfer.destination_id, Standard.UNPLACED)
        lot, sku = _drawn_lot(road[one.line], one), sku_of[one.line]
        key = BinKey(transfer.destination_id, place, sku.id, one.state, one.unit, lot, sku.merchant_id)
        found.append(Coming(one.line, key, one.qty, one.serials))
    return found


Lots = dict[LotId | None, int]


def _lots_on_the_road(tx: OutboundTx, transfer: Transfer) -> dict[int, Lots]:
    """How many units of which lot left by line, less those that came off the road by their lot."""
    sent = {one.id: one for one in tx.outbound_orders.by(OUTBOUND_OF, transfer.id)}
    road: dict[int, Lots] = {}
    for row in tx.picks.by(PICKS_OF, *sent) if sent else ():
        if row.state is PickState.ISSUED:
            held = road.setdefault(sent[row.outbound_id].line(row.line).source_line, {})
            held[row.bin.lot_id] = held.get(row.bin.lot_id, 0) + row.qty
    for move in tx.bin_moves.by(BIN_MOVE_BY_DOCUMENT, transfer.id):
        if move.reason is MoveReason.ARRIVED:
            road[move.line][move.lot_id] -= move.qty
    return road


def _drawn_lot(road: Lots, one: ReceivedLine) -> LotId | None:
    """The lot of the units, taken off the road: the one that is named, else the only one there is. Raises InvalidValue."""
    left = {lot: qty for lot, qty in road.items() if qty > 0}
    if one.lot is None and len(left) > 1:
        raise InvalidValue(field="lot", rule=f"must be named: {len(left)} lots of line {one.line} are on the road")
    lot = one.lot if one.lot is not None else next(iter(left), None)
    if one.qty > left.get(lot, 0):
        raise InvalidValue(field="lot", rule=f"must be one of which {one.qty} units of line {one.line} are on the road")
    road[lot] -= one.qty
    return lot


def _take_in(tx: OutboundTx, kept: Transfer, moves: Iterable[TransferMove], comings: Sequence[Coming], act: Act) -> None:
    """Stock, bins and books of units that came off the road; the value of a line is shared over its bins."""
    worth = {move.line: (move.value_minor, move.qty) for move in moves}
    arrivals = []
    for one in comings:
        value_minor, qty = worth[one.line]
        share = value_minor if one.qty == qty else value_minor * one.qty // qty
        worth[one.line] = value_minor - share, qty - one.qty
        arrivals.append(Arrival(one.line, one.bin.stock_key, one.qty, share, one.bin.state))
    take_in(tx, arrivals, act, currency=kept.currency, document=DOCUMENT, document_id=kept.id)
    arrive(tx, comings, act, document=DOCUMENT, document_id=kept.id)
    total = sum(one.value_minor for one in arrivals)
    books = {_account(AccountCode.INVENTORY, kept): total, _account(AccountCode.IN_TRANSIT, kept): -total}
    post_value(tx, kept, books, act, document=DOCUMENT, event="came off the road")


def _ask_for_surplus(tx: OutboundTx, kept: Transfer, surplus: Sequence[Surplus], act: Act) -> None:
    lines = tuple(AdjustmentLine(number, one.sku, StockState.QUARANTINE, one.qty) for number, one in enumerate(surplus, start=1))
    adjustment = AdjustmentId(derive(kept.id, "surplus", kept.version))
    note = f"came with {kept.number} and was not sent"
    ask_adjustment(tx, RequestAdjustment(adjustment, kept.destination_id, Reason.FOUND, lines, note), act)


@attrs.frozen
class WriteOffGap:
    """Units on the road that will not arrive, with the reason; `note` says what is known."""

    transfer: TransferId
    gap: Gap
    expected_version: int
    note: str = attrs.field(validator=limits.text(1, 500))


@needs(WRITE_OFF, along=(WAREHOUSE, MERCHANT))
def write_off_gap(tx: OutboundTx, cmd: WriteOffGap, act: Act) -> Transfer:
    """Their value is shrinkage, or what the carrier owes us. With the last unit on the road the transfer is RECEIVED.

    Raises NotFound, VersionConflict, StepTooEarly, TooMany, InvalidValue, and Forbidden past ``lost_minor``.
    """
    before = lock_transfer(tx, cmd.transfer, WRITE_OFF, act, cmd.expected_version)
    after, moves = before.written_off(cmd.gap)
    _demand_loss(tx, before, moves, act)
    details = {"line": cmd.gap.line, "units": cmd.gap.qty, "reason": cmd.gap.reason.value, "claim": cmd.gap.claim}
    kept = keep_transfer(tx, before, after, "written off", act, reason=cmd.note, details=details)
    _lose(tx, kept, moves, act)
    return kept


def _demand_loss(tx: OutboundTx, transfer: Transfer, moves: Iterable[TransferMove], act: Act) -> None:
    warehouse = tx.warehouses.get(transfer.source_id)
    scope = Scope(warehouse=warehouse.id, merchant=warehouse.merchant_id or HOUSE)
    act.demand(WRITE_OFF, scope, amounts={"lost_minor": sum(move.value_minor for move in moves)})


def _lose(tx: OutboundTx, kept: Transfer, moves: Iterable[TransferMove], act: Act) -> None:
    """Bins and books of units that will not arrive."""
    moves = tuple(moves)
    tx.stocks.lock((move.sku_id, kept.source_id) for move in moves)  # before their bins, as the order of locks has it
    owners = tx.skus.many(move.sku_id for move in moves)
    losses = [Lost(move.line, _goods(kept.source_id, owners[move.sku_id]), move.qty) for move in moves]
    lose(tx, losses, act, document=DOCUMENT, document_id=kept.id)
    books: dict[AccountKey, int] = {}
    for move in moves:
        claim = move.target is TransferPlace.CARRIER_CLAIM
        account = AccountKey(AccountCode.CARRIER_RECEIVABLE, _carrier(tx, kept), kept.currency) if claim else None
        account = account or _account(AccountCode.SHRINKAGE, kept)
        books[account] = books.get(account, 0) + move.value_minor
    books[_account(AccountCode.IN_TRANSIT, kept)] = -sum(move.value_minor for move in moves)
    post_value(tx, kept, books, act, document=DOCUMENT, event="written off")


def _goods(warehouse_id: WarehouseId, sku: Sku) -> BinKey:
    road = standard_id(warehouse_id, Standard.TRANSIT)
    return BinKey(warehouse_id, road, sku.id, merchant_id=sku.merchant_id)


def _carrier(tx: OutboundTx, transfer: Transfer) -> str:
    """Who had the goods, as the books name them."""
    sent = [one for one in tx.outbound_orders.by(OUTBOUND_OF, transfer.id) if one.state is not OutboundState.CANCELLED]
    return party("carrier", sent[0].carrier)


@attrs.frozen
class CancelTransfer:
    """End a transfer; `choice` is the word what becomes of goods on the road, and is not needed before they left."""

    transfer: TransferId
    reason: str = attrs.field(validator=limits.text(1, 500))
    choice: RoadChoice | None = None
    expected_version: int | None = None


@needs(TRANSFER, along=(WAREHOUSE, MERCHANT))
def cancel_transfer(tx: OutboundTx, cmd: CancelTransfer, act: Act) -> Transfer:
    """CANCELLED; what had arrived stays, and then it is RECEIVED. Goods on the road never end silently (ChoiceNeeded).

    They come back to the source, for somebody to put away, or are written off, for which the verb is demanded as well. Raises
    NotFound, VersionConflict, IllegalMove, ChoiceNeeded, Forbidden.
    """
    sent = lock_before(tx, cmd.transfer)
    before = lock_transfer(tx, cmd.transfer, TRANSFER, act, cmd.expected_version)
    after, moves = before.cancelled(cmd.choice)
    back = [move for move in moves if move.target is TransferPlace.SOURCE]
    comings = _coming_back(tx, before, back)
    if comings:
        check_arrival(tx, comings, act)
    lost = [move for move in moves if move.target is not TransferPlace.SOURCE]
    if lost:
        _demand_loss(tx, before, lost, act)
    details = {} if cmd.choice is None else {"choice": cmd.choice.value, "units": sum(move.qty for move in moves)}
    kept = keep_transfer(tx, before, after, "cancelled", act, reason=cmd.reason, details=details)
    if before.state is TransferState.READY:
        call_off(tx, before, sent, cmd.reason, act)
    if comings:
        _take_in(tx, kept, back, comings, act)
    if lost:
        _lose(tx, kept, lost, act)
    return kept


def _coming_back(tx: OutboundTx, transfer: Transfer, moves: Sequence[TransferMove]) -> list[Coming]:
    """Everything on the road goes to where goods wait at the source; what was written off before is of whatever lot is left."""
    if not moves:
        return []
    road, skus = _lots_on_the_road(tx, transfer), tx.skus.many(move.sku_id for move in moves)
    place = standard_id(transfer.source_id, Standard.UNPLACED)
    found = []
    for move in moves:
        left = move.qty
        for lot, qty in road[move.line].items():
            if (part := min(left, qty)) > 0:
                sku = skus[move.sku_id]
                key = BinKey(transfer.source_id, place, sku.id, lot_id=lot, merchant_id=sku.merchant_id)
                found.append(Coming(move.line, key, part))
                left -= part
        assert not left, "everything on the road left from a bin"
    return found


def _account(code: AccountCode, transfer: Transfer) -> AccountKey:
    return AccountKey(code, "", transfer.currency)
