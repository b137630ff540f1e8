"""Locking a claim for a deed, and who may touch it: what is under way, its order's payments, the order, the claim."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

import attrs

from houtai.application.aftersales.ports import AftersalesTx
from houtai.application.inventory.scope import demand_at
from houtai.application.orders.give_up import lock_under_way
from houtai.application.orders.lock import lock_with_payments
from houtai.application.orders.reach import scopes_of, within_reach
from houtai.application.reach import demand_within
from houtai.application.shipping.ports import OF_PARCEL
from houtai.application.timeline import write_line
from houtai.domain.act import Act
from houtai.domain.aftersales.claim import Claim
from houtai.domain.aftersales.events import ClaimMoved
from houtai.domain.aftersales.refusals import ClaimWaits, NoSuchLine
from houtai.domain.aftersales.return_parcel import ReturnParcel
from houtai.domain.aftersales.state import ClaimState
from houtai.domain.authority import HOUSE, Scope
from houtai.domain.catalog.sku import Sku
from houtai.domain.ids import ClaimId, OutboundId, SkuId
from houtai.domain.inventory.warehouse import Warehouse
from houtai.domain.orders.order import Order
from houtai.domain.refusal import NotFound, VersionConflict

DOCUMENT = "claim"


@attrs.frozen
class Held:
    """A claim and its order under their locks, and what of the order was under way in warehouses."""

    claim: Claim
    order: Order
    sent: Collection[OutboundId]


def lock_claim(tx: AftersalesTx, claim_id: ClaimId, verb: str, act: Act, expected_version: int | None = None) -> Held:
    """The claim for a deed with this verb, however much it moves. Raises NotFound, Forbidden, VersionConflict."""
    known = tx.claims.get(claim_id)
    lock_labels(tx, known)
    sent = lock_under_way(tx, known.order_id) if any(one.unshipped_qty for one in known.lines) else ()
    order = lock_with_payments(tx, known.order_id)
    claim = tx.claims.lock_one(claim_id)
    demand_claim(act, verb, claim, order)
    demand_version(claim, expected_version)
    return Held(claim, order, sent)


def lock_labels(tx: AftersalesTx, known: Claim) -> None:
    """Waybills for the way back before the order, as whoever records a carrier's answer has it."""
    if known.label:
        tx.waybills.lock_by(OF_PARCEL, known.id)


def demand_claim(
    act: Act, verb: str, claim: Claim, order: Order, *, amounts: Mapping[str, int] | None = None, checks: bool = False
) -> None:
    """Refuse with NotFound a claim of others' orders, with Forbidden what this actor may not do to it.

    With `checks` not by whoever made it.
    """
    if not within_reach(act, verb, order):
        raise NotFound(what="claim", key=str(claim.id))
    for scope in scopes_of(order):
        act.demand(verb, scope, amounts=amounts, maker=claim.maker if checks else None)


def demand_goods(act: Act, verb: str, claim: Claim, order: Order) -> None:
    """Refuse with NotFound a claim on goods of others, for deeds where goods lie: their warehouse is demanded besides."""
    if not within_reach(act, verb, order):
        raise NotFound(what="claim", key=str(claim.id))


def demand_where_they_lie(tx: AftersalesTx, act: Act, verb: str, claim: Claim, order: Order) -> None:
    """The same for goods that have come: in their warehouse; before they come, by whoever may do so in any."""
    demand_goods(act, verb, claim, order)
    act.demand(verb, Scope(warehouse=claim.warehouse_id or HOUSE))
    if claim.warehouse_id is not None:
        demand_at(act, verb, tx.warehouses.get(claim.warehouse_id))


def demand_parcel(act: Act, verb: str, parcel: ReturnParcel, warehouse: Warehouse, skus: Iterable[Sku]) -> None:
    """Refuse with NotFound a parcel in others' warehouse or with others' goods, with Forbidden one of another warehouse."""
    owners = (warehouse.merchant_id, *(sku.merchant_id for sku in skus))
    for owner in owners:
        demand_within(act, verb, "return parcel", parcel.id, merchant=owner)
    act.demand(verb, Scope(warehouse=warehouse.id, merchant=warehouse.merchant_id or HOUSE))


def goods_of(claim: Claim, order: Order, seq: int) -> SkuId:
    """What a unit of this line of the order is, as the buyer has it. Raises NoSuchLine."""
    line = next((line for line in order.lines if line.seq == seq), None)
    sku_id = None if line is None else claim.line(seq).sku_id or line.sku_id
    if sku_id is None:
        raise NoSuchLine(number=order.number, line=seq)
    return sku_id


def demand_version(claim: Claim, expected_version: int | None) -> None:
    """Refuse with VersionConflict what rests on another version; None rests on none."""
    if expected_version is not None and claim.version != expected_version:
        raise VersionConflict(what="claim", key=claim.number, expected_version=expected_version, current_version=claim.version)


def demand_state(claim: Claim, *states: ClaimState, missing: str) -> None:
    """Refuse with ClaimWaits unless it stands there."""
    if claim.state not in states:
        raise ClaimWaits(number=claim.number, state=claim.state.value, missing=missing)


def keep_claim(
    tx: AftersalesTx,
    before: Claim,
    after: Claim,
    event: str,
    act: Act,
    *,
    reason: str = "",
    details: Mapping[str, Any] | None = None,
) -> Claim:
    """Save it as it is now, with one line in its timeline."""
    tx.claims.save(after)
    write_line(tx, act, DOCUMENT, after, event, before=before.state, reason=reason, details=details)
    if after.state is not before.state:
        tx.emit(ClaimMoved(after.id, after.order_id, after.channel_id, before.state, after.state, after.version, reason))
    return after
