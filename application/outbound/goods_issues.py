"""Goods issues: goods that leave for another reason than a sale, asked for, approved by another person, sent or called off."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any, Final

import attrs

from houtai.application.inventory.receive import stocked_skus
from houtai.application.inventory.reserve import release
from houtai.application.inventory.scope import demand_at
from houtai.application.numbers import next_number
from houtai.application.outbound.errands import (
    Errand,
    call_off,
    lock_before,
    nothing_goes,
    post_value,
    reserve_all,
    reserved_for,
    send_out,
    units_and_value,
)
from houtai.application.outbound.ports import OutboundTx
from houtai.application.permission import MERCHANT, WAREHOUSE, needs, needs_inside
from houtai.application.plain import SECRET
from houtai.application.timeline import write_line
from houtai.domain import limits
from houtai.domain.act import Act
from houtai.domain.authority import HOUSE, Scope
from houtai.domain.catalog.sku import Sku
from houtai.domain.customers.customer import Address
from houtai.domain.ids import GoodsIssueId, SkuId, WarehouseId
from houtai.domain.inventory.refusals import NotEnoughOnHand, WarehouseClosed
from houtai.domain.inventory.stock import StockState
from houtai.domain.inventory.warehouse import Warehouse
from houtai.domain.ledger.account import AccountCode, AccountKey
from houtai.domain.outbound.events import ManifestClosed, OutboundCancelled, OutboundShipped
from houtai.domain.outbound.goods_issue import MAX_SUPPLIER, GoodsIssue, IssueLine, IssueReason, IssueState
from houtai.domain.outbound.state import OutboundKind
from houtai.domain.refusal import AlreadyExists, VersionConflict

ISSUE: Final = "outbound.issue"
APPROVE: Final = "outbound.approve-issue"
ALONE: Final = needs_inside(
    "outbound.issue-alone", "Send goods out that nobody buys without a second person.", along=(WAREHOUSE, MERCHANT)
)
SIZE: Final = "issue_qty"
"""The amount that a grant's limits name: units of one goods issue."""
PREFIX: Final = "GI"
DOCUMENT: Final = "goods-issue"
KINDS: Final = frozenset({OutboundKind.OTHER, OutboundKind.SUPPLIER_RETURN})


@attrs.frozen
class IssueWish:
    """So many units of a SKU, in the condition that they lie in."""

    sku: SkuId
    qty: int = attrs.field(validator=limits.positive_qty)
    state: StockState = StockState.SELLABLE


@attrs.frozen
class RequestGoodsIssue:
    """Goods that are to leave a warehouse, why and to whom; `supplier` is the code of whom a supplier-return goes back to."""

    issue: GoodsIssueId
    warehouse: WarehouseId
    reason: IssueReason
    lines: tuple[IssueWish, ...] = attrs.field(validator=limits.at_most(limits.MAX_LINES, 1))
    receiver: Address = attrs.field(metadata={SECRET: True})
    supplier: str = attrs.field(default="", validator=limits.text(0, MAX_SUPPLIER))
    note: str = attrs.field(default="", validator=limits.text(0, 500))


@needs(ISSUE, along=(WAREHOUSE, MERCHANT), own=True)
def request_goods_issue(tx: OutboundTx, cmd: RequestGoodsIssue, act: Act) -> GoodsIssue:
    """REQUESTED, nothing reserved yet; READY at once where a grant's limit lets whoever asks send so few units alone.

    Raises NotFound, NotStocked, WarehouseClosed, AlreadyExists, OutOfStock, NotEnoughOnHand, and InvalidValue for a supplier
    where none belongs or goods of which some are for sale and some are not.
    """
    warehouse = tx.warehouses.get(cmd.warehouse)
    skus = stocked_skus(tx, [line.sku for line in cmd.lines])
    demand_at(act, ISSUE, warehouse, skus.values(), owner=act.actor)
    if tx.goods_issues.find(cmd.issue) is not None:
        raise AlreadyExists(what="goods issue", key=str(cmd.issue))
    if not warehouse.active:
        raise WarehouseClosed(warehouse_code=warehouse.code)
    issue = GoodsIssue(
        id=cmd.issue,
        number=next_number(tx, PREFIX, act.at),
        warehouse_id=warehouse.id,
        reason=cmd.reason,
        receiver=cmd.receiver,
        lines=tuple(IssueLine(seq, line.sku, line.qty, state=line.state) for seq, line in enumerate(cmd.lines, start=1)),
        requested_by=act.actor,
        requested_at=act.at,
        supplier=cmd.supplier,
        note=cmd.note,
        currency=warehouse.currency,
    )
    tx.goods_issues.add(issue)
    write_line(tx, act, DOCUMENT, issue, "requested", before=None, reason=cmd.note)
    return _send(tx, issue, "approved", act) if _may_alone(act, warehouse, skus.values(), issue.issue_qty) else issue


def _may_alone(act: Act, warehouse: Warehouse, skus: Iterable[Sku], qty: int) -> bool:
    """Whether one grant names a limit that covers so many units here; a grant without a limit sets no threshold."""
    owners = {warehouse.merchant_id or HOUSE, *(sku.merchant_id or HOUSE for sku in skus)}
    scopes = [Scope(warehouse=warehouse.id, merchant=owner) for owner in owners]
    weighed = [act.authority.weigh(ALONE, scope, at=act.at, amounts={SIZE: qty}) for scope in scopes]
    found = [[one.denial is None and SIZE in one.grant.limits for one in held] for held in weighed]
    return any(all(reached) for reached in zip(*found, strict=True))


@attrs.frozen
class ApproveGoodsIssue:
    """Send it, as it stood at `expected_version`; how urgent it is, and by when its carrier has to have it."""

    issue: GoodsIssueId
    expected_version: int
    priority: int = attrs.field(default=0, validator=limits.between(0, 9))
    ship_by: dt.datetime | None = attrs.field(default=None, validator=attrs.validators.optional(limits.aware))
    note: str = attrs.field(default="", validator=limits.text(0, 500))


@needs(APPROVE, along=(WAREHOUSE, MERCHANT))
def approve_goods_issue(tx: OutboundTx, cmd: ApproveGoodsIssue, act: Act) -> GoodsIssue:
    """READY: everything is reserved or nothing, and one outbound order is there for the warehouse's waves.

    Goods that are not for sale are only looked for: nobody else is promised them, and they wait to be handed out. The approver is
    not the one who asked, and its limit ``issue_qty`` covers all units: else Forbidden. Raises NotFound, VersionConflict,
    IllegalMove, OutOfStock with every short SKU, NotEnoughOnHand.
    """
    before = lock_issue(tx, cmd.issue, APPROVE, act, cmd.expected_version, checks=True)
    return _send(tx, before, "approved", act, priority=cmd.priority, ship_by=cmd.ship_by, note=cmd.note)


def _send(
    tx: OutboundTx,
    before: GoodsIssue,
    event: str,
    act: Act,
    *,
    priority: int = 0,
    ship_by: dt.datetime | None = None,
    note: str = "",
) -> GoodsIssue:
    ready = before.decided(IssueState.READY, act.actor, act.at)
    if before.aside:
        check_lies_aside(tx, before)
        return keep_issue(tx, before, ready, event, act, reason=note)
    errand = Errand(before.kind, before.warehouse_id, before.lines, before.receiver, priority, ship_by)
    reserve_all(tx, before, errand, act)
    keep_issue(tx, before, ready, event, act, reason=note)
    send_out(tx, before, errand, act)
    return ready


@attrs.frozen
class DecideGoodsIssue:
    """A word on the goods issue as it stood at `expected_version`."""

    issue: GoodsIssueId
    expected_version: int
    note: str = attrs.field(default="", validator=limits.text(0, 500))


@needs(APPROVE, along=(WAREHOUSE, MERCHANT))
def reject_goods_issue(tx: OutboundTx, cmd: DecideGoodsIssue, act: Act) -> GoodsIssue:
    """REJECTED; goods stay. Raises NotFound, IllegalMove, VersionConflict, and Forbidden to the one who asked."""
    before = lock_issue(tx, cmd.issue, APPROVE, act, cmd.expected_version, checks=True)
    rejected = before.decided(IssueState.REJECTED, act.actor, act.at)
    return keep_issue(tx, before, rejected, "rejected", act, reason=cmd.note)


@needs(ISSUE, along=(WAREHOUSE, MERCHANT), own=True)
def withdraw_goods_issue(tx: OutboundTx, cmd: DecideGoodsIssue, act: Act) -> GoodsIssue:
    """WITHDRAWN before anybody decided. Raises NotFound, IllegalMove, VersionConflict."""
    before = lock_issue(tx, cmd.issue, ISSUE, act, cmd.expected_version)
    withdrawn = before.decided(IssueState.WITHDRAWN, act.actor, act.at)
    return keep_issue(tx, before, withdrawn, "withdrawn", act, reason=cmd.note)


@attrs.frozen
class CancelGoodsIssue:
    """Call it off after it was approved, and why."""

    issue: GoodsIssueId
    reason: str = attrs.field(validator=limits.text(1, 500))
    expected_version: int | None = None


@needs(ISSUE, along=(WAREHOUSE, MERCHANT), own=True)
def cancel_goods_issue(tx: OutboundTx, cmd: CancelGoodsIssue, act: Act) -> GoodsIssue:
    """CANCELLED: its outbound order is stopped and its goods are free; what is off the shelf is carried back.

    Raises NotFound, VersionConflict, and IllegalMove once the carrier has it.
    """
    sent = lock_before(tx, cmd.issue)
    before = lock_issue(tx, cmd.issue, ISSUE, act, cmd.expected_version)
    kept = keep_issue(tx, before, before.moved(IssueState.CANCELLED), "cancelled", act, reason=cmd.reason)
    call_off(tx, before, sent, cmd.reason, act)
    return kept


def on_issues_closed(tx: OutboundTx, event: ManifestClosed, act: Act) -> None:
    """Lock the goods issues behind a manifest in one statement, before their goods are gone."""
    del act
    tx.goods_issues.lock(GoodsIssueId(source_id) for source_id in event.source_ids)


def on_issue_shipped(tx: OutboundTx, event: OutboundShipped, act: Act) -> None:
    """SHIPPED: what the goods cost goes from inventory to who bears it. What stays reserved is free. Raises PeriodClosed."""
    if event.kind not in KINDS or event.source_id is None:
        return
    before = tx.goods_issues.lock_one(GoodsIssueId(event.source_id))
    units, value = units_and_value(event.goods)
    details = {"outbound": event.number, "waybills": list(event.waybills), "units": {str(seq): qty for seq, qty in units.items()}}
    book_shipped(tx, before, before.shipped(units, value), act, details=details)
    release(tx, reserved_for(before), act)


def book_shipped(tx: OutboundTx, before: GoodsIssue, after: GoodsIssue, act: Act, *, details: Mapping[str, Any]) -> GoodsIssue:
    """Save it as SHIPPED, and move what its goods cost from inventory to who bears it. Raises PeriodClosed."""
    kept = keep_issue(tx, before, after, "shipped", act, details=details)
    worth = kept.value_minor
    books = {kept.borne_by: worth, AccountKey(AccountCode.INVENTORY, "", kept.currency): -worth}
    post_value(tx, kept, books, act, document=DOCUMENT, event=kept.reason.value)
    return kept


def check_lies_aside(tx: OutboundTx, issue: GoodsIssue) -> None:
    """Raises NotEnoughOnHand where fewer units lie in the condition that they are to leave in."""
    stocks = tx.stocks.lock((line.sku_id, issue.warehouse_id) for line in issue.lines)
    wanted: dict[tuple[SkuId, StockState], int] = {}
    for line in issue.lines:
        wanted[line.sku_id, line.state] = wanted.get((line.sku_id, line.state), 0) + line.qty
    for (sku_id, state), qty in wanted.items():
        stock = stocks.get((sku_id, issue.warehouse_id))
        there = 0 if stock is None else stock.on_hand(state)
        if there < qty:
            raise NotEnoughOnHand(
                sku_id=sku_id, warehouse_id=issue.warehouse_id, state=state.value, on_hand_qty=there, wanted_qty=qty
            )


def on_issue_stopped(tx: OutboundTx, event: OutboundCancelled, act: Act) -> None:
    """The warehouse stopped it before it left, and everything is back: it is CANCELLED, nothing reserved."""
    if event.kind not in KINDS or event.source_id is None:
        return
    before = tx.goods_issues.lock_one(GoodsIssueId(event.source_id))
    if before.state is IssueState.READY and nothing_goes(tx, event):
        keep_issue(tx, before, before.moved(IssueState.CANCELLED), "cancelled", act, reason=event.reason)
        release(tx, reserved_for(before), act)


def lock_issue(
    tx: OutboundTx, issue_id: GoodsIssueId, verb: str, act: Act, version: int | None, *, checks: bool = False
) -> GoodsIssue:
    """The goods issue, locked for who may do this to it. Raises NotFound, Forbidden, VersionConflict."""
    issue = tx.goods_issues.lock_one(issue_id)
    skus = tx.skus.many(line.sku_id for line in issue.lines).values()
    warehouse = tx.warehouses.get(issue.warehouse_id)
    if checks:
        demand_at(act, verb, warehouse, skus, amounts={SIZE: issue.issue_qty}, maker=issue.requested_by)
    else:
        demand_at(act, verb, warehouse, skus, owner=issue.requested_by)
    if version is not None and issue.version != version:
        raise VersionConflict(what="goods issue", key=issue.number, expected_version=version, current_version=issue.version)
    return issue


def keep_issue(
    tx: OutboundTx,
    before: GoodsIssue,
    after: GoodsIssue,
    event: str,
    act: Act,
    *,
    reason: str = "",
    details: Mapping[str, Any] | None = None,
) -> GoodsIssue:
    """Save it as it is now, with one line in its timeline."""
    tx.goods_issues.save(after)
    write_line(tx, act, DOCUMENT, after, event, before=before.state, reason=reason, details=details)
    return after
