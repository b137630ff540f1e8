"""Checks on what left: reservations, stock, order lines and books agree to the fen, and every label is known (O6 … O9)."""

from __future__ import annotations

from typing import Final

from sqlalchemy import and_, func, literal, or_, select, union_all

from houtai.adapters.sql.doctor.check import Check, rows, unequal
from houtai.adapters.sql.doctor.joint import BOOKED, IS_BOOKED, SERVES
from houtai.adapters.sql.doctor.sale import wrong_sales
from houtai.adapters.sql.inventory_tables import movements, reservations, stocks
from houtai.adapters.sql.ledger import entries, journals
from houtai.adapters.sql.orders_tables import order_lines, orders
from houtai.adapters.sql.outbound_tables import manifests, outbound_lines, outbound_orders, parcels, transfers
from houtai.adapters.sql.printing import print_jobs
from houtai.adapters.sql.shipping import waybills
from houtai.domain.inventory.reservation import ReservationState
from houtai.domain.ledger.account import AccountCode
from houtai.domain.orders.state import OrderState
from houtai.domain.outbound.manifest import ManifestState
from houtai.domain.outbound.parcel import ParcelState
from houtai.domain.outbound.state import OUT_OF_THE_HOUSE, STOPPED, OutboundKind, OutboundState
from houtai.domain.printing.documents import WAYBILLS
from houtai.domain.printing.job import JobState
from houtai.domain.shipping.waybill import ENDED, WaybillState

_OUT: Final = sorted(state.value for state in OUT_OF_THE_HOUSE)
_STOPPED: Final = sorted(state.value for state in STOPPED)
_SALE: Final = outbound_orders.c.kind == OutboundKind.SALES.value

# -- units: what is sent is reserved in the name of whoever wants it, an order or a transfer

_SENT = (
    select(
        SERVES.label("order_id"),
        outbound_lines.c.source_line.label("line"),
        outbound_orders.c.warehouse_id,
        outbound_lines.c.shipped_qty.label("sent_qty"),
    )
    .join_from(outbound_lines, outbound_orders, outbound_orders.c.id == outbound_lines.c.outbound_id)
    .where(SERVES.is_not(None), outbound_lines.c.shipped_qty > 0)
)
_SOLD = _SENT.where(_SALE).subquery("sold")
_LINES = _SENT.subquery("sent")
_OF_SALE: Final = reservations.c.order_id.not_in(select(transfers.c.id))
_SHIPPED = reservations.c.state == ReservationState.SHIPPED.value
_UNLIKE_RESERVATIONS = unequal(
    union_all(
        select(*_LINES.c, literal(0).label("reservations_say")),
        select(reservations.c.order_id, reservations.c.line, reservations.c.warehouse_id, literal(0), reservations.c.qty).where(
            _SHIPPED
        ),
    ).subquery("sides"),
    3,
)
_UNLIKE_ORDERS = unequal(
    union_all(
        select(order_lines.c.order_id, order_lines.c.seq, order_lines.c.shipped_qty, literal(0).label("sent_qty")).where(
            order_lines.c.shipped_qty > 0
        ),
        select(_SOLD.c.order_id, _SOLD.c.line, literal(0), _SOLD.c.sent_qty),
    ).subquery("sides"),
    2,
)

# -- orders and their outbound orders

_WORKED_ON = (
    select(
        SERVES.label("order_id"),
        outbound_lines.c.source_line.label("line"),
        outbound_orders.c.warehouse_id,
        func.sum(outbound_lines.c.qty - outbound_lines.c.cancelled_qty).label("qty"),
    )
    .join_from(outbound_lines, outbound_orders, outbound_orders.c.id == outbound_lines.c.outbound_id)
    .where(SERVES.is_not(None), outbound_orders.c.state.not_in((*_OUT, *_STOPPED)))
    .group_by(SERVES, outbound_lines.c.source_line, outbound_orders.c.warehouse_id)
    .subquery("worked_on")
)
_OPEN = (
    select(reservations.c.order_id, reservations.c.line, reservations.c.warehouse_id, func.sum(reservations.c.qty).label("qty"))
    .where(reservations.c.state == ReservationState.OPEN.value)
    .group_by(reservations.c.order_id, reservations.c.line, reservations.c.warehouse_id)
    .subquery("open_ones")
)
_NOT_RESERVED = (
    select(_WORKED_ON.c.order_id, _WORKED_ON.c.line, _WORKED_ON.c.qty, _OPEN.c.qty.label("reserved_qty"))
    .join_from(
        _WORKED_ON,
        _OPEN,
        and_(
            _OPEN.c.order_id == _WORKED_ON.c.order_id,
            _OPEN.c.line == _WORKED_ON.c.line,
            _OPEN.c.warehouse_id == _WORKED_ON.c.warehouse_id,
        ),
        isouter=True,
    )
    .where(func.coalesce(_OPEN.c.qty, 0) != _WORKED_ON.c.qty)
)
_GIVEN = (
    select(
        SERVES.label("order_id"),
        outbound_lines.c.source_line.label("line"),
        outbound_orders.c.warehouse_id,
        func.sum(outbound_lines.c.qty).label("qty"),
    )
    .join_from(outbound_lines, outbound_orders, outbound_orders.c.id == outbound_lines.c.outbound_id)
    .where(_SALE, outbound_orders.c.state.not_in(_OUT))
    .group_by(SERVES, outbound_lines.c.source_line, outbound_orders.c.warehouse_id)
    .subquery("given")
)
_FORGOTTEN = (
    select(orders.c.number, _OPEN.c.line, _OPEN.c.warehouse_id, _OPEN.c.qty, _GIVEN.c.qty.label("given_qty"))
    .join_from(_OPEN, orders, orders.c.id == _OPEN.c.order_id)
    .join(
        _GIVEN,
        and_(
            _GIVEN.c.order_id == _OPEN.c.order_id,
            _GIVEN.c.line == _OPEN.c.line,
            _GIVEN.c.warehouse_id == _OPEN.c.warehouse_id,
        ),
        isouter=True,
    )
    .where(orders.c.state == OrderState.RELEASED.value, func.coalesce(_GIVEN.c.qty, 0) < _OPEN.c.qty)
)
_WITHOUT_ORDER = (
    select(outbound_orders.c.number, outbound_orders.c.state, orders.c.number.label("order"), orders.c.state.label("order_state"))
    .join_from(outbound_lines, outbound_orders, outbound_orders.c.id == outbound_lines.c.outbound_id)
    .join(orders, orders.c.id == SERVES, isouter=True)
    .where(
        _SALE,
        outbound_lines.c.cancelled_qty < outbound_lines.c.qty,
        outbound_orders.c.state.not_in(_STOPPED),
        or_(
            orders.c.id.is_(None),
            and_(outbound_orders.c.state.not_in(_OUT), orders.c.state != OrderState.RELEASED.value),
            orders.c.state.not_in((OrderState.RELEASED.value, OrderState.COMPLETED.value, OrderState.CLOSED_REFUNDED.value)),
        ),
    )
    .distinct()
)

# -- the books


_COSTS: Final = [code.value for code in (AccountCode.COGS, AccountCode.MARKETING)]
_POSTED_COST = (
    select(BOOKED.c.order_id, BOOKED.c.warehouse_id, entries.c.currency, entries.c.amount_minor)
    .join_from(entries, journals, journals.c.id == entries.c.journal_id)
    .join(BOOKED, IS_BOOKED)
    .where(entries.c.code.in_(_COSTS))
)
_COST = _POSTED_COST.subquery("cost")
_UNLIKE_STOCK = unequal(
    union_all(
        select(
            _COST.c.order_id,
            _COST.c.warehouse_id,
            _COST.c.currency,
            _COST.c.amount_minor.label("posted"),
            literal(0).label("left"),
        ),
        select(reservations.c.order_id, reservations.c.warehouse_id, stocks.c.currency, literal(0), -movements.c.value_minor)
        .join_from(movements, reservations, reservations.c.id == movements.c.document_id)
        .join(orders, orders.c.id == reservations.c.order_id)
        .join(stocks, and_(stocks.c.sku_id == movements.c.sku_id, stocks.c.warehouse_id == movements.c.warehouse_id))
        .where(movements.c.document == "reservation", _OF_SALE),
    ).subquery("sides"),
    3,
)

_FREIGHT = unequal(
    union_all(
        select(
            journals.c.document_id.label("manifest_id"),
            entries.c.currency,
            entries.c.amount_minor.label("posted"),
            literal(0).label("charged"),
        )
        .join_from(entries, journals, journals.c.id == entries.c.journal_id)
        .where(journals.c.document == "manifest", entries.c.code == AccountCode.FREIGHT_COST.value),
        select(manifests.c.id, waybills.c.currency, literal(0), waybills.c.charge_minor)
        .join_from(parcels, manifests, manifests.c.number == parcels.c.manifest_number)
        .join(waybills, waybills.c.live_parcel_id == parcels.c.id)
        .where(manifests.c.state == ManifestState.CLOSED.value, waybills.c.charge_minor.is_not(None)),
    ).subquery("sides"),
    2,
)

# -- labels

_IN_USE = outbound_orders.c.state.not_in((OutboundState.NEW.value, OutboundState.WAVED.value, *_STOPPED))
_UNKNOWN_NUMBER = (
    select(outbound_orders.c.number, outbound_orders.c.carrier, outbound_orders.c.waybill, waybills.c.state)
    .join_from(
        outbound_orders,
        waybills,
        and_(
            waybills.c.parcel_id == outbound_orders.c.id,
            waybills.c.carrier == outbound_orders.c.carrier,
            waybills.c.number == outbound_orders.c.waybill,
        ),
        isouter=True,
    )
    .where(
        outbound_orders.c.waybill.is_not(None),
        outbound_orders.c.state.not_in(_STOPPED),
        or_(waybills.c.id.is_(None), waybills.c.state.in_(sorted(state.value for state in ENDED))),
    )
)
_SAME_NUMBER = (
    select(outbound_orders.c.carrier, outbound_orders.c.waybill, func.count().label("orders"))
    .where(outbound_orders.c.waybill.is_not(None), outbound_orders.c.state.not_in(_STOPPED))
    .group_by(outbound_orders.c.carrier, outbound_orders.c.waybill)
    .having(func.count() > 1)
)
_LIVE_PARCEL = parcels.c.state.not_in((ParcelState.STOPPED.value, ParcelState.DISSOLVED.value))
_SAME_ON_PARCELS = (
    select(parcels.c.carrier, parcels.c.waybill, func.count().label("parcels"))
    .where(parcels.c.waybill.is_not(None), _LIVE_PARCEL)
    .group_by(parcels.c.carrier, parcels.c.waybill)
    .having(func.count() > 1)
)
_KINDS: Final = sorted(kind.value for kind in WAYBILLS)
_LABEL = print_jobs.alias("label")
_NO_LABEL = (
    select(outbound_orders.c.number, outbound_orders.c.state, outbound_orders.c.waybill)
    .join_from(
        outbound_orders,
        _LABEL,
        and_(
            _LABEL.c.subject == outbound_orders.c.waybill,
            _LABEL.c.kind.in_(_KINDS),
            _LABEL.c.reprint_of.is_(None),
        ),
        isouter=True,
    )
    .where(
        _IN_USE,
        outbound_orders.c.label_after_scan.is_(False),
        _LABEL.c.id.is_(None),
        # Whose number was voided waits for the next, and for somebody who prints it where the warehouse has no printer.
        outbound_orders.c.id.not_in(select(waybills.c.parcel_id).where(waybills.c.state == WaybillState.VOIDED.value)),
    )
)
_VOIDED = select(waybills.c.number).where(waybills.c.state == WaybillState.VOIDED.value, waybills.c.number.is_not(None))
_WRONG_CLAIMS = select(print_jobs.c.id, print_jobs.c.subject, print_jobs.c.state, print_jobs.c.claim).where(
    print_jobs.c.kind.in_(_KINDS),
    or_(
        and_(print_jobs.c.reprint_of.is_not(None), print_jobs.c.claim.is_not(None)),
        and_(
            print_jobs.c.reprint_of.is_(None),
            print_jobs.c.state != JobState.CANCELLED.value,
            print_jobs.c.claim.is_distinct_from(literal("waybill ") + print_jobs.c.subject),
            or_(print_jobs.c.claim.is_not(None), print_jobs.c.subject.not_in(_VOIDED)),
        ),
    ),
)
_ROOT = print_jobs.alias("root")
_OTHER_CONTENT = (
    select(print_jobs.c.id, print_jobs.c.subject, _ROOT.c.subject.label("reprint_of"))
    .join_from(print_jobs, _ROOT, _ROOT.c.id == print_jobs.c.reprint_of)
    .where(or_(print_jobs.c.subject != _ROOT.c.subject, print_jobs.c.content_hash != _ROOT.c.content_hash))
)
_NEVER_SENT = select(print_jobs.c.id, print_jobs.c.subject, print_jobs.c.state).where(
    print_jobs.c.state.in_((JobState.SENT.value, JobState.ACCEPTED.value, JobState.DONE.value, JobState.UNCERTAIN.value)),
    or_(print_jobs.c.sent_at.is_(None), print_jobs.c.attempt == 0),
)

CHECKS: Final = (
    rows("O6", "what warehouses sent for an order is what its reservations say was shipped", _UNLIKE_RESERVATIONS),
    rows("O6-lines", "the lines of an order have shipped what warehouses sent for them", _UNLIKE_ORDERS),
    rows("O6-reserved", "a warehouse works on just the units that are reserved for its order", _NOT_RESERVED),
    rows("O6-given", "everything reserved for a released order is with the warehouse where it lies", _FORGOTTEN),
    rows("O6-order", "no warehouse works for an order that is not with it", _WITHOUT_ORDER),
    rows("O7-cost", "what was posted as cost of an order's goods is the value that left the stock, to the fen", _UNLIKE_STOCK),
    Check("O7-sale", "what was posted as sale is what the units that left bring, to the fen", wrong_sales),
    rows("O7-freight", "what was accrued for a manifest is what its carrier charges for the parcels on it", _FREIGHT),
    rows(
        "O8",
        "every number on an outbound order is one that its carrier gave to its parcel, and that still counts",
        _UNKNOWN_NUMBER,
    ),
    rows("O8-orders", "no waybill number stands on two outbound orders", _SAME_NUMBER),
    rows("O8-parcels", "no waybill number stands on two parcels", _SAME_ON_PARCELS),
    rows("O9", "for every order whose label comes first, and whose number was never void, a label was asked for", _NO_LABEL),
    rows("O9-claims", "every waybill is printed by one job, and again only as its reprint", _WRONG_CLAIMS),
    rows("O9-content", "a reprint is of the same content and number", _OTHER_CONTENT),
    rows("O9-sent", "every print that began is told with its moment and its try", _NEVER_SENT),
)
