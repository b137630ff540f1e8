"""Goods go to the buyer once more: a replacement through the warehouse's waves, or their own from the returns desk (SM-AS)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import attrs

from houtai.application.aftersales.lock import DOCUMENT, demand_state, demand_where_they_lie, goods_of, keep_claim, lock_claim
from houtai.application.aftersales.money import refunds_done
from houtai.application.aftersales.ports import AftersalesTx
from houtai.application.inventory.inspected import LookedAt, Loss, sort_out
from houtai.application.inventory.receive import stocked_skus
from houtai.application.inventory.reserve import pool_of, release, reserve
from houtai.application.inventory.scope import demand_at
from houtai.application.ledger.post import post
from houtai.application.orders.lock import lock_with_payments
from houtai.application.outbound.errands import nothing_goes, units_and_value
from houtai.application.outbound.release import Consignment, PartLine, make_outbound_orders
from houtai.application.outbound.serving import orders_of
from houtai.application.permission import CHANNEL, MERCHANT, WAREHOUSE, needs
from houtai.application.warehouse.racks import Racks
from houtai.application.warehouse.serial_book import SerialBook
from houtai.domain import limits
from houtai.domain.act import Act
from houtai.domain.aftersales.claim import Claim
from houtai.domain.aftersales.refusals import MoreThanCame
from houtai.domain.aftersales.state import WAITS, ClaimState
from houtai.domain.ids import ClaimId, HandlingUnitId, JournalId, LocationId, OrderId, SkuId, WarehouseId, derive
from houtai.domain.inventory.movement import Reason
from houtai.domain.inventory.refusals import OutOfStock
from houtai.domain.inventory.reservation import Want
from houtai.domain.inventory.stock import StockState
from houtai.domain.ledger.account import AccountCode, AccountKey
from houtai.domain.ledger.journal import Entry
from houtai.domain.orders.order import Order
from houtai.domain.outbound.events import OutboundCancelled, OutboundShipped
from houtai.domain.outbound.state import OUT_OF_THE_HOUSE, OutboundKind, OutboundState
from houtai.domain.warehouse.bins import BinKey, LotId, MoveCause, MoveReason
from houtai.domain.warehouse.location import Standard, standard_id

RESHIP = "aftersales.reship"
SEND_BACK = "aftersales.send-back"
NO_STOCK = "the replacement is out of stock: send it when it is there, or agree on something else"
STOPPED = "the warehouse stopped the replacement: send it again, or agree on something else"


def reserved_for(claim: Claim) -> OrderId:
    """What the reservations of a claim name in the place of an order."""
    return OrderId(claim.id)


def send_replacement(tx: AftersalesTx, claim: Claim, order: Order, act: Act) -> Claim:
    """What the claim owes in goods is reserved and with its warehouses; where there is no stock a person has to see to it."""
    try:
        return _released(tx, claim, order, act)
    except OutOfStock:
        return keep_claim(tx, claim, claim.edited(next_action=NO_STOCK), "out of stock", act)


def _released(tx: AftersalesTx, claim: Claim, order: Order, act: Act) -> Claim:
    """What the claim owes in goods, reserved and with its warehouses. Raises OutOfStock before anything is written."""
    owed = claim.to_send
    skus = tx.skus.many(_replacement(claim, order, seq) for seq in owed)
    wants = [Want(seq, _replacement(claim, order, seq), qty) for seq, qty in owed.items()]
    made = reserve(tx, reserved_for(claim), wants, pool_of(tx, order.channel_id), act, channel_id=order.channel_id)
    parts: dict[WarehouseId, list[PartLine]] = {}
    for one in made:
        sku = skus[one.sku_id]
        parts.setdefault(one.warehouse_id, []).append(PartLine(one.line, sku.id, sku.code, one.qty, sku.merchant_id))
    wanted = Consignment(
        kind=OutboundKind.REPLACEMENT,
        source_id=claim.id,
        source_number=claim.number,
        receiver=order.receiver,
        parts=[(warehouse_id, tuple(lines)) for warehouse_id, lines in parts.items()],
        channel_id=order.channel_id,
    )
    sent = make_outbound_orders(tx, wanted, act)
    details = {"outbound": [one.number for one in sent]}
    going = claim.edited(next_action=WAITS[ClaimState.RESHIPPING].next_action)
    return keep_claim(tx, claim, going, "replacement released", act, details=details)


def _replacement(claim: Claim, order: Order, seq: int) -> SkuId:
    return claim.line(seq).replacement_id or goods_of(claim, order, seq)


@attrs.frozen
class Reship:
    """Send the replacement that could not be sent."""

    claim: ClaimId
    expected_version: int


@needs(RESHIP, along=(CHANNEL, MERCHANT))
def reship_claim(tx: AftersalesTx, cmd: Reship, act: Act) -> Claim:
    """The replacement is reserved and with its warehouse now. Raises NotFound, VersionConflict, ClaimWaits, OutOfStock."""
    held = lock_claim(tx, cmd.claim, RESHIP, act, cmd.expected_version)
    demand_state(held.claim, ClaimState.RESHIPPING, missing="nothing is to be sent")
    if not held.claim.to_send or under_way(tx, held.claim):
        demand_state(held.claim, missing="its replacement is with the warehouse, or has left")
    return _released(tx, held.claim, held.order, act)


def under_way(tx: AftersalesTx, claim: Claim) -> bool:
    """Whether a warehouse has what the claim sends, also to put it back. Whoever holds the claim alone makes more."""
    return any(one.state not in (OutboundState.CANCELLED, *OUT_OF_THE_HOUSE) for one in orders_of(tx, claim.id))


def on_replacement_shipped(tx: AftersalesTx, event: OutboundShipped, act: Act) -> None:
    """Units of a claim left: what they cost is cost of goods; with the last one the claim is done. Raises PeriodClosed."""
    if event.kind is not OutboundKind.REPLACEMENT or event.source_id is None:
        return
    known = tx.claims.get(ClaimId(event.source_id))
    order = tx.orders.lock_one(known.order_id)
    claim = tx.claims.lock_one(known.id)
    units, value = units_and_value(event.goods)
    lines = {}
    for seq, qty in units.items():
        line = claim.line(seq)
        lines[seq] = attrs.evolve(line, sent_qty=line.sent_qty + qty, sent_minor=line.sent_minor + value[seq])
    details = {"outbound": event.number, "waybills": list(event.waybills), "units": {str(seq): qty for seq, qty in units.items()}}
    after = keep_claim(tx, claim, claim.edited(lines=claim.with_lines(lines)), "replacement shipped", act, details=details)
    _post_cost(tx, order, after, [(one.source_line, one.currency, one.cost_minor) for one in event.goods], "replacement", act)
    finish(tx, after, act)


def on_replacement_stopped(tx: AftersalesTx, event: OutboundCancelled, act: Act) -> None:
    """The warehouse stopped it and everything is back: its goods are free, and somebody decides what becomes of the claim."""
    if event.kind is not OutboundKind.REPLACEMENT or event.source_id is None:
        return
    known = tx.claims.get(ClaimId(event.source_id))
    tx.orders.lock_one(known.order_id)
    claim = tx.claims.lock_one(known.id)
    if claim.open and nothing_goes(tx, event):
        keep_claim(tx, claim, claim.edited(next_action=STOPPED), "replacement stopped", act, reason=event.reason)
        release(tx, reserved_for(claim), act)


@attrs.frozen
class GoingBack:
    """So many units of a line that go back to the buyer, and where they lie: None is the place of goods that have none.

    `unit` is the tote there that holds them.
    """

    line: int
    qty: int = attrs.field(validator=limits.positive_qty)
    at: LocationId | None = None
    lot: LotId | None = None
    serials: tuple[str, ...] = attrs.field(default=(), validator=limits.at_most(limits.MAX_LINES))
    unit: HandlingUnitId | None = None


@attrs.frozen
class SendBack:
    """Units that the house does not keep leave with a carrier under a waybill."""

    claim: ClaimId
    lines: tuple[GoingBack, ...] = attrs.field(validator=limits.at_most(limits.MAX_LINES, low=1))
    carrier: str = attrs.field(validator=limits.text(1, 64))
    waybill: str = attrs.field(validator=limits.text(1, 64))


@needs(SEND_BACK, along=(WAREHOUSE, MERCHANT))
def send_goods_back(tx: AftersalesTx, cmd: SendBack, act: Act) -> Claim:
    """Refused or repaired units are with the carrier, out of the stock with their value; with the last one the claim is done.

    Raises NotFound, ClaimWaits, NoSuchLine, MoreThanCame, NotInBin.
    """
    known = tx.claims.get(cmd.claim)
    order = lock_with_payments(tx, known.order_id)
    claim = tx.claims.lock_one(cmd.claim)
    demand_where_they_lie(tx, act, SEND_BACK, claim, order)
    demand_state(claim, ClaimState.RESHIPPING, missing="nothing is to go back")
    assert claim.warehouse_id is not None, "goods came to a warehouse"
    warehouse = tx.warehouses.get(claim.warehouse_id)
    skus = stocked_skus(tx, [goods_of(claim, order, one.line) for one in cmd.lines])
    demand_at(act, SEND_BACK, warehouse, skus.values())
    bins = [
        BinKey(
            warehouse.id,
            one.at or standard_id(warehouse.id, Standard.UNPLACED),
            sku.id,
            StockState.RETURN_PENDING,
            one.unit,
            one.lot,
            sku.merchant_id,
        )
        for one in cmd.lines
        for sku in (skus[goods_of(claim, order, one.line)],)
    ]
    units = [LookedAt(one.line, key.stock_key, one.qty) for one, key in zip(cmd.lines, bins, strict=True)]
    after = _sent(claim, cmd.lines)
    losses = sort_out(tx, units, act, document=DOCUMENT, document_id=claim.id, reason=Reason.REPLACEMENT)
    after = _valued(after, cmd.lines, losses)
    racks = Racks.lock(tx, bins)
    book = SerialBook.lock(tx, {key.id for key in bins})
    for one, key in zip(cmd.lines, bins, strict=True):
        racks.go(
            key, Standard.CUSTOMER, one.qty, MoveCause(DOCUMENT, claim.id, one.line, MoveReason.SENT_BACK, act.at, act.actor)
        )
        book.follow(racks.bins[key.id], None, one.serials, act.at)
    racks.write()
    book.write(tx)
    details = {"carrier": cmd.carrier, "waybill": cmd.waybill, "units": {str(one.line): one.qty for one in cmd.lines}}
    kept = keep_claim(tx, claim, after, "goods sent back", act, details=details)
    costs = [(one.line, loss.currency, loss.minor) for one, loss in zip(cmd.lines, losses, strict=True)]
    _post_cost(tx, order, kept, costs, "sent back", act)
    return finish(tx, kept, act)


def _sent(claim: Claim, lines: Sequence[GoingBack]) -> Claim:
    """The claim with these units gone. Raises MoreThanCame."""
    changed = {one.line: claim.line(one.line) for one in lines}
    for one in lines:
        line = changed[one.line]
        waiting = line.back_qty - line.returned_qty
        if one.qty > waiting:
            raise MoreThanCame(number=claim.number, line=one.line, wanted_qty=one.qty, waiting_qty=waiting)
        changed[one.line] = attrs.evolve(line, returned_qty=line.returned_qty + one.qty)
    return claim.edited(lines=claim.with_lines(changed))


def _valued(claim: Claim, lines: Sequence[GoingBack], losses: Sequence[Loss]) -> Claim:
    """The claim with what the units took out of the stock; the same version."""
    changed = {one.line: claim.line(one.line) for one in lines}
    for one, loss in zip(lines, losses, strict=True):
        changed[one.line] = attrs.evolve(changed[one.line], sent_minor=changed[one.line].sent_minor + loss.minor)
    return attrs.evolve(claim, lines=claim.with_lines(changed))


def _post_cost(tx: AftersalesTx, order: Order, claim: Claim, costs: Iterable[tuple[int, str, int]], what: str, act: Act) -> None:
    """Dr cost of goods, for gifts marketing (R-11), Cr inventory: of each line, in the currency that it was valued in."""
    gifts = {line.seq for line in order.lines if line.is_gift}
    amounts: dict[AccountKey, int] = {}
    for line, currency, minor in costs:
        cost = AccountCode.MARKETING if line in gifts else AccountCode.COGS
        for code, moved in ((cost, minor), (AccountCode.INVENTORY, -minor)):
            account = AccountKey(code, "", currency) if minor else None
            if account is not None:
                amounts[account] = amounts.get(account, 0) + moved
    if amounts:
        journal = JournalId(derive(claim.id, "sent", claim.version))
        entries = tuple(Entry(account, minor) for account, minor in amounts.items())
        memo = f"{what}: {claim.number}"
        post(tx, id=journal, document=DOCUMENT, document_id=claim.id, entries=entries, memo=memo, act=act)


def carry_on(tx: AftersalesTx, claim: Claim, act: Act) -> Claim:
    """A claim that is back where it stood: what was done meanwhile counts, and what still lacks stands as its next action."""
    if claim.state is ClaimState.REFUNDING and refunds_done(tx, claim):
        return keep_claim(tx, claim, claim.moved(ClaimState.COMPLETED, act.at), "completed", act)
    if claim.state is ClaimState.RESHIPPING and claim.to_send and not under_way(tx, claim):
        return keep_claim(tx, claim, claim.edited(next_action=STOPPED), "replacement wanted", act)
    return finish(tx, claim, act)


def finish(tx: AftersalesTx, claim: Claim, act: Act) -> Claim:
    """Where all goods have left: the end that the claim was to come to, or its money, if that is still on its way."""
    if claim.state is not ClaimState.RESHIPPING or claim.to_send or claim.to_go_back:
        return claim
    if not refunds_done(tx, claim):
        return keep_claim(tx, claim, claim.moved(ClaimState.REFUNDING, act.at), "money goes back", act)
    end = claim.outcome or ClaimState.COMPLETED
    return keep_claim(tx, claim, claim.moved(end, act.at), end.value, act)
