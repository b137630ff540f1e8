"""Checks on claims: units and money that came back, what was decided and paid, what waits to be looked at (C1 to C8, M5, D7)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sqlalchemy import Connection, Select, and_, func, literal, or_, select, union_all

from houtai.adapters.sql.aftersales import claim_inspections, claim_lines, claims, given_back, return_parcels
from houtai.adapters.sql.doctor.check import Check, rows, unequal
from houtai.adapters.sql.inventory_tables import stocks
from houtai.adapters.sql.orders_tables import order_lines
from houtai.adapters.sql.outbound_tables import outbound_lines, outbound_orders
from houtai.adapters.sql.payments import refunds
from houtai.domain.aftersales.claim import Disposition
from houtai.domain.aftersales.given_back import Part
from houtai.domain.aftersales.return_parcel import ParcelState
from houtai.domain.aftersales.state import ENDED
from houtai.domain.ids import derive
from houtai.domain.outbound.state import OutboundKind

_L = claim_lines.c
_G = given_back.c
_HERE = (
    select(claims.c.order_id, _L.line, func.sum(_L.received_qty - _L.returned_qty - _L.sent_qty).label("here_qty"))
    .join_from(claim_lines, claims, claims.c.id == _L.claim_id)
    .group_by(claims.c.order_id, _L.line)
    .subquery("here")
)
_TOO_MANY_BACK = (
    select(_HERE.c.order_id, _HERE.c.line, _HERE.c.here_qty, order_lines.c.shipped_qty)
    .join_from(
        _HERE,
        order_lines,
        and_(order_lines.c.order_id == _HERE.c.order_id, order_lines.c.seq == _HERE.c.line),
        isouter=True,
    )
    .where(or_(order_lines.c.shipped_qty.is_(None), _HERE.c.here_qty > order_lines.c.shipped_qty))
)


def _of_parts(*parts: Part) -> Select[tuple[object, ...]]:
    listed = [part.value for part in parts]
    return (
        select(_G.order_id, _G.line, func.sum(_G.amount_minor).label("minor"), func.sum(_G.qty).label("qty"))
        .where(_G.part.in_(listed), _G.line > 0)
        .group_by(_G.order_id, _G.line)
    )


_GOODS = _of_parts(Part.GOODS, Part.ALLOWANCE).subquery("goods")
_FREIGHT = _of_parts(Part.FREIGHT).subquery("freight")
_O = order_lines.c
_TOO_MUCH = (
    select(_GOODS.c.order_id, _GOODS.c.line, _GOODS.c.minor, _GOODS.c.qty, _O.qty.label("of_qty"))
    .join_from(_GOODS, order_lines, and_(_O.order_id == _GOODS.c.order_id, _O.seq == _GOODS.c.line), isouter=True)
    .where(or_(_O.qty.is_(None), _GOODS.c.minor > _O.gross_minor - _O.discount_minor, _GOODS.c.qty > _O.qty))
)
_TOO_MUCH_FREIGHT = (
    select(_FREIGHT.c.order_id, _FREIGHT.c.line, _FREIGHT.c.minor, _O.freight_minor)
    .join_from(_FREIGHT, order_lines, and_(_O.order_id == _FREIGHT.c.order_id, _O.seq == _FREIGHT.c.line), isouter=True)
    .where(or_(_O.freight_minor.is_(None), _FREIGHT.c.minor > _O.freight_minor))
)
_GIVEN = select(_G.order_id, func.sum(_G.amount_minor).label("given_minor")).group_by(_G.order_id).subquery("given")
_OWED = (
    select(refunds.c.order_id, func.sum(refunds.c.amount_minor).label("owed_minor")).group_by(refunds.c.order_id).subquery("owed")
)
_UNCOVERED = (
    select(_GIVEN.c.order_id, _GIVEN.c.given_minor, _OWED.c.owed_minor)
    .join_from(_GIVEN, _OWED, _OWED.c.order_id == _GIVEN.c.order_id, isouter=True)
    .where(_GIVEN.c.given_minor > func.coalesce(_OWED.c.owed_minor, 0))
)
_DECIDED = unequal(
    union_all(
        select(
            claims.c.id.label("claim_id"),
            func.coalesce(claims.c.decided_minor, 0).label("says_minor"),
            literal(0).label("rows_minor"),
        ),
        select(_G.case_id, literal(0), _G.amount_minor).where(_G.case_id.in_(select(claims.c.id))),
    ).subquery("sides"),
    1,
)
_KEPT = [one.value for one in Disposition if one.kept]
_LOOKED_AT = unequal(
    union_all(
        select(_L.claim_id, _L.line, _L.kept_qty.label("says_qty"), literal(0).label("found_qty")),
        select(claim_inspections.c.claim_id, claim_inspections.c.line, literal(0), claim_inspections.c.qty).where(
            claim_inspections.c.disposition.in_(_KEPT)
        ),
    ).subquery("sides"),
    2,
)
_WAITS = unequal(
    union_all(
        select(
            claims.c.warehouse_id,
            _L.sku_id,
            (_L.received_qty - _L.kept_qty - _L.returned_qty).label("waits_qty"),
            literal(0).label("lies_qty"),
        )
        .join_from(claim_lines, claims, claims.c.id == _L.claim_id)
        .where(_L.received_qty > 0),
        select(stocks.c.warehouse_id, stocks.c.sku_id, literal(0), stocks.c.return_pending_qty),
    ).subquery("sides"),
    2,
)
_SENT = unequal(
    union_all(
        select(_L.claim_id, _L.line, _L.sent_qty.label("says_qty"), literal(0).label("left_qty")),
        select(outbound_orders.c.source_id, outbound_lines.c.source_line, literal(0), outbound_lines.c.shipped_qty)
        .join_from(outbound_lines, outbound_orders, outbound_orders.c.id == outbound_lines.c.outbound_id)
        .where(outbound_orders.c.kind == OutboundKind.REPLACEMENT.value),
    ).subquery("sides"),
    2,
)
_OWNED = (
    select(claims.c.number, claims.c.state, claims.c.queue, claims.c.next_action)
    .where(claims.c.state.not_in([state.value for state in ENDED]))
    .where(or_(claims.c.queue == "", claims.c.next_action == "", claims.c.due_at.is_(None)))
)
_PARCELS_OWNED = select(return_parcels.c.number, return_parcels.c.queue).where(
    return_parcels.c.state == ParcelState.UNKNOWN.value,
    or_(return_parcels.c.queue == "", return_parcels.c.next_action == "", return_parcels.c.due_at.is_(None)),
)


def _refunds(connection: Connection) -> Iterator[str]:
    """Decided claims whose refunds do not add up to what was decided; a refund's id follows from its claim and payment."""
    decided = select(claims.c.id, claims.c.number, claims.c.order_id, claims.c.decided_minor).where(claims.c.decided_minor > 0)
    owed = select(refunds.c.id, refunds.c.payment_id, refunds.c.order_id, refunds.c.amount_minor).where(
        refunds.c.order_id.in_(select(claims.c.order_id))
    )
    of_order: dict[object, list[tuple[object, object, int]]] = {}
    for refund_id, payment_id, order_id, minor in connection.execute(owed):
        of_order.setdefault(order_id, []).append((refund_id, payment_id, minor))
    for claim_id, number, order_id, minor in connection.execute(decided):
        found = sum(
            amount
            for refund_id, payment_id, amount in of_order.get(order_id, ())
            if refund_id == derive(claim_id, "refund", payment_id)
        )
        if found != minor:
            yield f"claim {number}: {minor} were decided, its refunds are {found}"


CHECKS: Final = (
    rows("C1", "no more units of an order line came back by claims than the buyer had", _TOO_MANY_BACK),
    rows("M5", "no more of an order line was given back than was bought and paid, in units and in money (R-5, R-6)", _TOO_MUCH),
    rows("M5-freight", "no more freight of an order line was given back than was charged (R-14)", _TOO_MUCH_FREIGHT),
    rows("M5-refunds", "what was given back of an order by rows is covered by its refunds (R-6)", _UNCOVERED),
    rows("C3", "what was decided on a claim is the sum of its rows", _DECIDED),
    Check("C3-refunds", "what was decided on a claim is the sum of its refunds, tender by tender", _refunds),
    rows("C4", "the units that a claim keeps are those that somebody looked at and kept", _LOOKED_AT),
    rows("C5", "what lies return pending is what claims have here and nobody has settled", _WAITS),
    rows("C6", "what a claim says was sent is what its outbound orders have sent", _SENT),
    rows("D7-claims", "every open claim has a queue, a next action and a due time", _OWNED),
    rows("D7-parcels", "every parcel of nobody has a queue, a next action and a due time", _PARCELS_OWNED),
)
