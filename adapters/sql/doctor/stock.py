"""Checks on stock: every figure follows from the ledger and from open promises (S1, S2, S3, S5, S9, S11)."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import Select, Table, and_, case, func, literal, or_, select, union_all
from sqlalchemy.sql.elements import ColumnElement

from houtai.adapters.sql.aftersales import claim_inspections, claim_lines
from houtai.adapters.sql.catalog import sku_components
from houtai.adapters.sql.doctor.check import Check, rows
from houtai.adapters.sql.goods_issues import goods_issue_lines
from houtai.adapters.sql.inventory_tables import (
    adjustment_lines,
    adjustments,
    bundle_parts,
    fences,
    held_lines,
    movements,
    opening_receipt_lines,
    oversells,
    pool_warehouses,
    published,
    reservations,
    stocks,
)
from houtai.adapters.sql.outbound_tables import transfer_lines
from houtai.adapters.sql.warehouse_bins import bin_moves
from houtai.domain.aftersales.claim import Disposition
from houtai.domain.inventory.adjustment import AdjustmentState
from houtai.domain.inventory.oversell import OversellState
from houtai.domain.inventory.reservation import HoldState, ReservationState
from houtai.domain.inventory.stock import StockState

_PLACE: Final = ("sku_id", "warehouse_id")


def _against(source: Table, amount: ColumnElement[Any], where: ColumnElement[bool], column: str) -> Select[Any]:
    """The stocks whose `column` is not the sum of `amount` over the source's rows for the same SKU and warehouse."""
    sides = union_all(
        select(stocks.c.sku_id, stocks.c.warehouse_id, stocks.c[column].label("figure"), literal(0).label("proof")),
        select(source.c.sku_id, source.c.warehouse_id, literal(0), amount).where(where),
    ).subquery()
    figure, proof = func.sum(sides.c.figure), func.sum(sides.c.proof)
    place = (sides.c.sku_id, sides.c.warehouse_id)
    return select(*place, figure.label(column), proof.label("proved")).group_by(*place).having(figure != proof)


def _on_hand_checks() -> tuple[Check, ...]:
    return tuple(
        rows(
            f"S1-{state.value}",
            f"what lies {state.value} is the sum of its movements",
            _against(movements, movements.c.delta_qty, movements.c.state == state.value, f"{state.value.replace('-', '_')}_qty"),
        )
        for state in StockState
    )


_walk = (movements.c.sku_id, movements.c.warehouse_id)
_ORDERED = select(
    *_walk,
    movements.c.seq,
    movements.c.delta_qty,
    movements.c.balance_after_qty,
    func.row_number().over(partition_by=_walk, order_by=movements.c.seq).label("place"),
    func.sum(movements.c.delta_qty).over(partition_by=(*_walk, movements.c.state), order_by=movements.c.seq).label("balance"),
).subquery("ordered")
_TORN_LEDGER = select(_ORDERED.c.sku_id, _ORDERED.c.warehouse_id, _ORDERED.c.seq, _ORDERED.c.balance_after_qty).where(
    or_(_ORDERED.c.place != _ORDERED.c.seq, _ORDERED.c.balance != _ORDERED.c.balance_after_qty)
)

_DOCUMENT_LINES = union_all(
    select(
        literal("opening-receipt").label("document"),
        opening_receipt_lines.c.receipt_id.label("document_id"),
        opening_receipt_lines.c.line,
        opening_receipt_lines.c.sku_id,
        opening_receipt_lines.c.qty.label("moved"),
    ),
    select(
        literal("adjustment"),
        adjustment_lines.c.adjustment_id,
        adjustment_lines.c.line,
        adjustment_lines.c.sku_id,
        case((adjustment_lines.c.to_state.is_not(None), 0), else_=adjustment_lines.c.delta_qty),
    ).join_from(
        adjustment_lines,
        adjustments,
        and_(adjustments.c.id == adjustment_lines.c.adjustment_id, adjustments.c.state == AdjustmentState.POSTED.value),
    ),
    select(literal("reservation"), reservations.c.id, reservations.c.line, reservations.c.sku_id, -reservations.c.qty).where(
        reservations.c.state == ReservationState.SHIPPED.value
    ),
    select(literal("bin-move"), bin_moves.c.document_id, bin_moves.c.line, bin_moves.c.sku_id, literal(0)).where(
        bin_moves.c.document == "bin-move", bin_moves.c.state != bin_moves.c.to_state
    ),
    select(
        literal("transfer"),
        transfer_lines.c.transfer_id,
        transfer_lines.c.seq,
        transfer_lines.c.sku_id,
        transfer_lines.c.received_qty + transfer_lines.c.returned_qty,
    ).where(transfer_lines.c.received_qty + transfer_lines.c.returned_qty > 0),
    select(
        literal("goods-issue"),
        goods_issue_lines.c.issue_id,
        goods_issue_lines.c.seq,
        goods_issue_lines.c.sku_id,
        -goods_issue_lines.c.shipped_qty,
    ).where(goods_issue_lines.c.state != StockState.SELLABLE.value, goods_issue_lines.c.shipped_qty > 0),
    select(
        literal("claim"),
        claim_lines.c.claim_id,
        claim_lines.c.line,
        claim_lines.c.sku_id,
        claim_lines.c.received_qty - claim_lines.c.returned_qty,
    ).where(claim_lines.c.received_qty > 0),
    select(
        literal("claim-inspection"),
        claim_inspections.c.claim_id,
        claim_inspections.c.seq,
        claim_lines.c.sku_id,
        case((claim_inspections.c.disposition == Disposition.SCRAP.value, -claim_inspections.c.qty), else_=0),
    )
    .join_from(
        claim_inspections,
        claim_lines,
        and_(claim_lines.c.claim_id == claim_inspections.c.claim_id, claim_lines.c.line == claim_inspections.c.line),
    )
    .where(claim_inspections.c.disposition.not_in([Disposition.REPAIR.value, Disposition.TO_CUSTOMER.value])),
).subquery("document_lines")
_MOVED = (
    select(
        movements.c.document,
        movements.c.document_id,
        movements.c.line,
        movements.c.sku_id,
        func.sum(movements.c.delta_qty).label("moved"),
    )
    .group_by(movements.c.document, movements.c.document_id, movements.c.line, movements.c.sku_id)
    .subquery("moved")
)
_SAME_LINE = and_(
    _MOVED.c.document == _DOCUMENT_LINES.c.document,
    _MOVED.c.document_id == _DOCUMENT_LINES.c.document_id,
    _MOVED.c.line == _DOCUMENT_LINES.c.line,
    _MOVED.c.sku_id == _DOCUMENT_LINES.c.sku_id,
)
_WITHOUT_DOCUMENT = (
    select(
        _MOVED.c.document,
        _MOVED.c.document_id,
        _MOVED.c.line,
        _MOVED.c.sku_id,
        _MOVED.c.moved,
        _DOCUMENT_LINES.c.moved.label("line_says"),
    )
    .join_from(_MOVED, _DOCUMENT_LINES, _SAME_LINE, isouter=True)
    .where(or_(_DOCUMENT_LINES.c.moved.is_(None), _DOCUMENT_LINES.c.moved != _MOVED.c.moved))
)
_NOT_MOVED = (
    select(_DOCUMENT_LINES.c.document, _DOCUMENT_LINES.c.document_id, _DOCUMENT_LINES.c.line, _DOCUMENT_LINES.c.sku_id)
    .join_from(_DOCUMENT_LINES, _MOVED, _SAME_LINE, isouter=True)
    .where(_MOVED.c.moved.is_(None))
)

_IN_POOL = (
    select(
        pool_warehouses.c.channel_id,
        stocks.c.sku_id,
        func.sum(stocks.c.sellable_qty - stocks.c.reserved_qty - stocks.c.safety_qty).label("free_qty"),
    )
    .join_from(pool_warehouses, stocks, stocks.c.warehouse_id == pool_warehouses.c.warehouse_id)
    .group_by(pool_warehouses.c.channel_id, stocks.c.sku_id)
    .subquery("in_pool")
)
# A virtual bundle has no stock of its own; what is shown of it follows from its components.
_PUBLISHED_TOO_MUCH = (
    select(published.c.channel_id, published.c.sku_id, published.c.qty, _IN_POOL.c.free_qty)
    .join_from(
        published,
        _IN_POOL,
        and_(_IN_POOL.c.channel_id == published.c.channel_id, _IN_POOL.c.sku_id == published.c.sku_id),
        isouter=True,
    )
    .where(
        published.c.qty > 0,
        published.c.qty > func.coalesce(_IN_POOL.c.free_qty, 0),
        published.c.sku_id.not_in(select(bundle_parts.c.bundle_id)),
    )
)

_FREE: Final = func.coalesce(stocks.c.sellable_qty - stocks.c.reserved_qty - stocks.c.safety_qty, 0)
_PARTS = (
    select(sku_components.c.bundle_id, sku_components.c.sku_id, func.sum(sku_components.c.qty).label("qty"))
    .group_by(sku_components.c.bundle_id, sku_components.c.sku_id)
    .subquery("parts")
)
_PART_IN_PLACE = (
    select(
        published.c.channel_id,
        published.c.sku_id,
        published.c.qty.label("shown_qty"),
        pool_warehouses.c.warehouse_id,
        _PARTS.c.sku_id.label("part_id"),
        _PARTS.c.qty.label("each_qty"),
        _FREE.label("free_qty"),
    )
    .join_from(published, _PARTS, _PARTS.c.bundle_id == published.c.sku_id)
    .join(pool_warehouses, pool_warehouses.c.channel_id == published.c.channel_id, isouter=True)
    .join(
        stocks,
        and_(stocks.c.sku_id == _PARTS.c.sku_id, stocks.c.warehouse_id == pool_warehouses.c.warehouse_id),
        isouter=True,
    )
    .where(published.c.qty > 0)
    .subquery("part_in_place")
)
_BUNDLE: Final = (_PART_IN_PLACE.c.channel_id, _PART_IN_PLACE.c.sku_id, _PART_IN_PLACE.c.shown_qty)
_WHOLE_IN_PLACE = (
    select(*_BUNDLE, func.min(_PART_IN_PLACE.c.free_qty // _PART_IN_PLACE.c.each_qty).label("whole_qty"))
    .group_by(*_BUNDLE, _PART_IN_PLACE.c.warehouse_id)
    .subquery("whole_in_place")
)
_PLACED: Final = (_WHOLE_IN_PLACE.c.channel_id, _WHOLE_IN_PLACE.c.sku_id, _WHOLE_IN_PLACE.c.shown_qty)
_WHOLE: Final = func.sum(case((_WHOLE_IN_PLACE.c.whole_qty > 0, _WHOLE_IN_PLACE.c.whole_qty), else_=0))
# a bundle goes out whole from one warehouse, and a warehouse that owes units takes them off the pool's sum.
_BUNDLES_PUBLISHED_TOO_MUCH = union_all(
    select(*_PLACED, _WHOLE.label("can_qty")).group_by(*_PLACED).having(_WHOLE_IN_PLACE.c.shown_qty > _WHOLE),
    select(*_BUNDLE, func.sum(_PART_IN_PLACE.c.free_qty))
    .group_by(*_BUNDLE, _PART_IN_PLACE.c.part_id, _PART_IN_PLACE.c.each_qty)
    .having(func.sum(_PART_IN_PLACE.c.free_qty) < _PART_IN_PLACE.c.shown_qty * _PART_IN_PLACE.c.each_qty),
).subquery("bundles_shown")

CHECKS: Final = (
    *_on_hand_checks(),
    rows(
        "S1-value",
        "the value of stock is the sum of what its movements brought",
        _against(movements, movements.c.value_minor, movements.c.seq > 0, "value_minor"),
    ),
    rows(
        "S2",
        "no more is promised than lies there",
        select(stocks.c.sku_id, stocks.c.warehouse_id, stocks.c.sellable_qty, stocks.c.reserved_qty, stocks.c.held_qty).where(
            or_(stocks.c.reserved_qty < 0, stocks.c.reserved_qty + stocks.c.held_qty > stocks.c.sellable_qty)
        ),
    ),
    rows(
        "S3",
        "what is reserved is the sum of open reservations",
        _against(reservations, reservations.c.qty, reservations.c.state == ReservationState.OPEN.value, "reserved_qty"),
    ),
    rows(
        "S3-held",
        "what is held is the sum of live holds",
        _against(held_lines, held_lines.c.qty, held_lines.c.state == HoldState.LIVE.value, "held_qty"),
    ),
    rows(
        "S3-fenced",
        "what is dedicated to channels is what their fences have left",
        _against(fences, fences.c.left_qty, fences.c.left_qty > 0, "dedicated_qty"),
    ),
    rows(
        "S3-owed",
        "what is owed of stock is what open oversells miss",
        _against(
            oversells,
            oversells.c.wanted_qty - oversells.c.got_qty,
            and_(oversells.c.state == OversellState.OPEN.value, oversells.c.warehouse_id.is_not(None)),
            "owed_qty",
        ),
    ),
    rows("S5", "the stock ledger runs without gap and its balances add up", _TORN_LEDGER),
    rows("S5-document", "every movement has the document line that it says", _WITHOUT_DOCUMENT),
    rows("S5-moved", "every posted document line has moved stock", _NOT_MOVED),
    rows("S9", "no channel shows more than is free", _PUBLISHED_TOO_MUCH),
    rows(
        "S9-bundles",
        "no channel shows more of a bundle than its components make, warehouse by warehouse (R-12)",
        select(_BUNDLES_PUBLISHED_TOO_MUCH),
    ),
    rows(
        "S11",
        "every oversell that is open has its owner, its cause and its due time",
        select(oversells.c.id, oversells.c.order_id, oversells.c.sku_id).where(
            oversells.c.state == OversellState.OPEN.value,
            or_(oversells.c.owner_queue == "", oversells.c.cause == "", oversells.c.due_at.is_(None)),
        ),
    ),
)
