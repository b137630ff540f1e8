"""Goods come back: the buyer tells the waybill, the returns desk takes the parcel in, known or not (SM-AS)."""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from houtai.application.aftersales.cost import outside
from houtai.application.aftersales.label import book_label, is_label, void_unused
from houtai.application.aftersales.lock import (
    DOCUMENT,
    demand_goods,
    demand_state,
    goods_of,
    keep_claim,
    lock_claim,
    lock_labels,
)
from houtai.application.aftersales.policy import policy_for
from houtai.application.aftersales.ports import AftersalesTx
from houtai.application.aftersales.quote import APPLY
from houtai.application.inventory.receive import is_ours, stocked_skus
from houtai.application.inventory.scope import demand_at
from houtai.application.inventory.transit import Arrival, take_in
from houtai.application.ledger.post import post
from houtai.application.orders.lock import lock_with_payments
from houtai.application.permission import CHANNEL, MERCHANT, WAREHOUSE, needs
from houtai.application.warehouse.road import Coming, arrive, check_arrival
from houtai.domain import limits
from houtai.domain.act import Act
from houtai.domain.aftersales.claim import Claim, ClaimLine
from houtai.domain.aftersales.refusals import MoreThanKept
from houtai.domain.aftersales.state import ClaimState
from houtai.domain.catalog.sku import Sku
from houtai.domain.ids import ClaimId, HandlingUnitId, JournalId, LocationId, WarehouseId, derive
from houtai.domain.inventory.movement import Reason
from houtai.domain.inventory.stock import StockState
from houtai.domain.ledger.account import AccountCode, AccountKey
from houtai.domain.ledger.journal import Entry
from houtai.domain.money import MAX_MINOR
from houtai.domain.orders.order import Order
from houtai.domain.refusal import InvalidValue
from houtai.domain.warehouse.bins import BinKey, LotId, MoveReason
from houtai.domain.warehouse.location import Standard, standard_id

RECEIVE = "aftersales.receive"
_AWAITED = (ClaimState.AWAITING_RETURN, ClaimState.IN_TRANSIT)


@attrs.frozen
class TellReturn:
    """The buyer has sent the goods: with whom, under which waybill, and what they can prove to have paid for it."""

    claim: ClaimId
    carrier: str = attrs.field(validator=limits.text(1, 64))
    waybill: str = attrs.field(validator=limits.text(1, 64))
    proved_minor: int = attrs.field(default=0, validator=limits.between(0, MAX_MINOR))


@needs(APPLY, along=(CHANNEL, MERCHANT), own=True)
def tell_return(tx: AftersalesTx, cmd: TellReturn, act: Act) -> Claim:
    """IN_TRANSIT: the returns desk finds the claim by the waybill; a label of the house's that is not used is void.

    Raises NotFound, ClaimWaits, and InvalidValue where something was paid for the way under the house's own label.
    """
    held = lock_claim(tx, cmd.claim, APPLY, act)
    demand_state(held.claim, *_AWAITED, missing="no goods are awaited")
    by_label = is_label(tx, held.claim, cmd.waybill)
    if by_label and cmd.proved_minor:
        raise InvalidValue(field="proved_minor", rule="must be 0: the way back is under the house's own label")
    told = attrs.evolve(held.claim, carrier=cmd.carrier, waybill=cmd.waybill, proved_minor=cmd.proved_minor)
    if not by_label:
        void_unused(tx, held.claim, cmd.waybill, act)
        told = attrs.evolve(told, label_minor=0)
    after = told.edited() if told.state is ClaimState.IN_TRANSIT else told.moved(ClaimState.IN_TRANSIT, act.at)
    return keep_claim(tx, held.claim, after, "sent back", act, details={"carrier": cmd.carrier, "waybill": cmd.waybill})


@attrs.frozen
class CameBack:
    """So many units of a line of the order that lay in the parcel.

    `location` is where they were put, None where that is said later; `serials` are the numbers on the units, `unit` the tote that
    they lie in, which stands there.
    """

    line: int
    qty: int = attrs.field(validator=limits.positive_qty)
    location: LocationId | None = None
    lot: LotId | None = None
    serials: tuple[str, ...] = attrs.field(default=(), validator=limits.at_most(limits.MAX_LINES))
    unit: HandlingUnitId | None = None

    def __attrs_post_init__(self) -> None:
        if len(self.serials) > self.qty or len(set(self.serials)) != len(self.serials):
            raise InvalidValue(field="serials", rule="must name each unit once, and no more units than came")


@attrs.frozen
class ReceiveReturn:
    """What came back for a claim, at this warehouse: fewer or more than was claimed, other lines of the order as well."""

    claim: ClaimId
    warehouse: WarehouseId
    lines: tuple[CameBack, ...] = attrs.field(validator=limits.at_most(limits.MAX_LINES, low=1))
    waybill: str = attrs.field(default="", validator=limits.text(0, 64))


@needs(RECEIVE, along=(WAREHOUSE, MERCHANT))
def receive_return(tx: AftersalesTx, cmd: ReceiveReturn, act: Act) -> Claim:
    """RECEIVED: the units lie here, return pending, at what they cost when they left (Dr inventory, Cr cost of goods, R-18).

    More may come while nobody has looked at them. Raises NotFound, ClaimWaits, NoSuchLine, MoreThanKept for more units than the
    buyer has, CannotPlace.
    """
    known = tx.claims.get(cmd.claim)
    lock_labels(tx, known)
    order = lock_with_payments(tx, known.order_id)
    claim = tx.claims.lock_one(cmd.claim)
    demand_goods(act, RECEIVE, claim, order)
    warehouse = tx.warehouses.get(cmd.warehouse)
    demand_at(act, RECEIVE, warehouse)
    skus = stocked_skus(tx, [goods_of(claim, order, one.line) for one in cmd.lines])
    demand_at(act, RECEIVE, warehouse, skus.values())
    demand_state(claim, *_AWAITED, ClaimState.RECEIVED, missing="no goods are awaited")
    comings = [_coming(cmd.warehouse, one, skus[goods_of(claim, order, one.line)]) for one in cmd.lines]
    check_arrival(tx, comings, act, origin=Standard.CUSTOMER)
    worth = _worth(tx, order, cmd.lines)
    worth = [value if is_ours(warehouse, skus[one.bin.sku_id]) else 0 for value, one in zip(worth, comings, strict=True)]
    after = _with(claim, order, cmd, worth, policy_for(tx, order.channel_id).inspect_hours, act)
    details = {"units": {str(one.line): one.qty for one in cmd.lines}, "waybill": after.waybill}
    kept = keep_claim(tx, claim, after, "received", act, details=details)
    if claim.state is not ClaimState.RECEIVED:
        void_unused(tx, kept, kept.waybill, act)
        book_label(tx, kept, act)
    arrivals = [
        Arrival(one.line, one.bin.stock_key, one.qty, value, StockState.RETURN_PENDING)
        for one, value in zip(comings, worth, strict=True)
    ]
    take_in(
        tx,
        arrivals,
        act,
        currency=warehouse.currency,
        document=DOCUMENT,
        document_id=claim.id,
        reason=Reason.CUSTOMER_RETURN,
    )
    arrive(
        tx,
        comings,
        act,
        document=DOCUMENT,
        document_id=claim.id,
        origin=Standard.CUSTOMER,
        reason=MoveReason.CAME_BACK,
    )
    _post_cost(tx, order, kept, cmd.lines, worth, warehouse.currency, act)
    return kept


def _coming(warehouse_id: WarehouseId, one: CameBack, sku: Sku) -> Coming:
    place = one.location or standard_id(warehouse_id, Standard.UNPLACED)
    key = BinKey(warehouse_id, place, sku.id, StockState.RETURN_PENDING, one.unit, one.lot, sku.merchant_id)
    return Coming(one.line, key, one.qty, one.serials)


def _worth(tx: AftersalesTx, order: Order, lines: Sequence[CameBack]) -> list[int]:
    """What the units cost when they left. Raises MoreThanKept where the buyer has fewer."""
    held = outside(tx, order.id)
    coming: dict[int, int] = {}
    for one in lines:
        coming[one.line] = coming.get(one.line, 0) + one.qty
    for seq, qty in coming.items():
        free = held[seq].qty if seq in held else 0
        if qty > free:
            raise MoreThanKept(line=seq, wanted_qty=qty, free_qty=free)
    return [held[one.line].take(one.qty) for one in lines]


def _with(claim: Claim, order: Order, cmd: ReceiveReturn, worth: Sequence[int], inspect_hours: int, act: Act) -> Claim:
    """The claim with the units that came; lines that it did not name are added to it with nothing claimed."""
    lines: dict[int, ClaimLine] = {}
    for one, value in zip(cmd.lines, worth, strict=True):
        line = lines.get(one.line, claim.line(one.line))
        came = line.received_qty + one.qty, line.received_minor + value
        goods = goods_of(claim, order, one.line)
        lines[one.line] = attrs.evolve(line, sku_id=goods, received_qty=came[0], received_minor=came[1])
    first = claim.state is not ClaimState.RECEIVED
    waybill = (cmd.waybill if first else "") or claim.waybill or cmd.waybill  # under which the first goods came
    with_goods = attrs.evolve(claim, lines=claim.with_lines(lines), warehouse_id=cmd.warehouse, waybill=waybill)
    if claim.state is ClaimState.RECEIVED:
        return with_goods.edited()
    if waybill != claim.waybill:
        with_goods = attrs.evolve(with_goods, label_minor=0)  # they came under another number than the label's
    return with_goods.moved(ClaimState.RECEIVED, act.at, hours=inspect_hours)


def _post_cost(
    tx: AftersalesTx,
    order: Order,
    claim: Claim,
    lines: Sequence[CameBack],
    worth: Sequence[int],
    currency: str,
    act: Act,
) -> None:
    """The cost of goods, for gifts marketing, is inventory again."""
    gifts = {line.seq for line in order.lines if line.is_gift}
    amounts: dict[AccountCode, int] = {}
    for one, value in zip(lines, worth, strict=True):
        code = AccountCode.MARKETING if one.line in gifts else AccountCode.COGS
        for account, minor in ((AccountCode.INVENTORY, value), (code, -value)):
            amounts[account] = amounts.get(account, 0) + minor
    entries = tuple(Entry(AccountKey(code, "", currency), minor) for code, minor in amounts.items() if minor)
    if entries:
        journal = JournalId(derive(claim.id, "received", claim.version))
        memo = f"came back: {claim.number}"
        post(tx, id=journal, document=DOCUMENT, document_id=claim.id, entries=entries, memo=memo, act=act)
