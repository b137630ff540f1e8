"""Inventory's tables: the stock ledger, its projection with every bound as a CHECK, promises, figures and documents."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Table,
    UniqueConstraint,
)

from houtai.adapters.sql.columns import (
    METADATA,
    append_only,
    id_column,
    minor,
    moment,
    one_of,
    owner_column,
    plain,
    qty,
    version,
    whole_number,
    words,
)
from houtai.domain.inventory.adjustment import AdjustmentState
from houtai.domain.inventory.movement import Reason
from houtai.domain.inventory.oversell import OversellCause, OversellState
from houtai.domain.inventory.publishing import MAX_RATIO_PERCENT, AtZero, PausedBy, PolicyState
from houtai.domain.inventory.reservation import HoldState, ReservationState
from houtai.domain.inventory.stock import VALUED, StockState
from houtai.domain.inventory.warehouse import MAX_HOLD_S, PoolState, WarehouseState
from houtai.domain.limits import MAX_LINES, MAX_QTY

_LOWEST: Final = -MAX_QTY
_SEQ_MAX: Final = 2**31 - 1


def _check(text: str, name: str) -> CheckConstraint:
    return CheckConstraint(text, name=name)


def _stock_key(*, primary: bool = False) -> tuple[Column[Any], Column[Any]]:
    sku = id_column("sku_id", ForeignKey("skus.id"), primary_key=primary)
    return sku, id_column("warehouse_id", ForeignKey("warehouses.id"), primary_key=primary)


def _channel(**options: Any) -> Column[Any]:
    return id_column("channel_id", ForeignKey("channels.id"), **options)


warehouses: Final = Table(
    "warehouses",
    METADATA,
    id_column("id", primary_key=True),
    words("code", 64, unique=True),
    words("name"),
    words("currency", 3),
    owner_column("merchant_id"),
    one_of("state", WarehouseState),
    version(),
    UniqueConstraint("merchant_id", "id"),
)

channel_warehouses: Final = Table(
    "channel_warehouses",
    METADATA,
    _channel(primary_key=True),
    whole_number("ttl_s", 1, MAX_HOLD_S),
    whole_number("scarce_ttl_s", 1, MAX_HOLD_S),
    qty("scarce_below_qty"),
    qty("buyer_cap_qty"),
    one_of("state", PoolState, index=True),
    version(),
)

pool_warehouses: Final = Table(
    "pool_warehouses",
    METADATA,
    id_column("channel_id", ForeignKey("channel_warehouses.channel_id"), primary_key=True),
    Column("place", BigInteger(), primary_key=True, autoincrement=False),
    id_column("warehouse_id", ForeignKey("warehouses.id")),
)

_VALUED_SUM: Final = " + ".join(f"{state.value.replace('-', '_')}_qty" for state in StockState if state in VALUED)

stocks: Final = Table(
    "stocks",
    METADATA,
    *_stock_key(primary=True),
    words("currency", 3),
    qty("sellable_qty"),
    qty("quarantine_qty"),
    qty("damaged_qty"),
    qty("sample_qty"),
    qty("b_grade_qty"),
    qty("return_pending_qty"),
    qty("reserved_qty"),
    qty("held_qty"),
    qty("dedicated_qty"),
    qty("owed_qty"),
    qty("frozen_qty"),
    qty("safety_qty"),
    moment("holds_due_at", nullable=True),
    minor("value_minor", 0),
    minor("last_unit_minor", 0, nullable=True),
    whole_number("last_seq", 0, _SEQ_MAX),
    _check("reserved_qty + held_qty <= sellable_qty", "promised_is_there"),
    _check(f"value_minor = 0 OR {_VALUED_SUM} > 0", "no_value_without_units"),
    _check("held_qty = 0 OR holds_due_at IS NOT NULL", "holds_have_an_end"),
)
Index("ix_stocks_warehouse_id", stocks.c.warehouse_id, stocks.c.sku_id)

movements: Final = append_only(
    Table(
        "movements",
        METADATA,
        *_stock_key(primary=True),
        Column("seq", BigInteger(), primary_key=True, autoincrement=False),
        words("document", 40),
        id_column("document_id", index=True),
        whole_number("line", 1, MAX_LINES),
        one_of("state", StockState),
        qty("delta_qty", _LOWEST),
        qty("balance_after_qty"),
        minor("value_minor"),
        minor("unit_minor", 0, nullable=True),
        words("currency", 3),
        one_of("reason", Reason),
        moment("at"),
        id_column("actor"),
        _check("delta_qty <> 0", "moves_something"),
        _check("seq >= 1", "seq_counts"),
        _check("document <> 'opening-receipt' OR delta_qty > 0", "sign_fits_document"),
        _check("(delta_qty > 0 AND value_minor >= 0) OR (delta_qty < 0 AND value_minor <= 0)", "value_goes_along"),
    )
)

Index("ix_movements_warehouse_id", movements.c.warehouse_id, movements.c.sku_id)

reservations: Final = Table(
    "reservations",
    METADATA,
    id_column("id", primary_key=True),
    id_column("order_id", index=True),
    whole_number("line", 1, MAX_LINES),
    *_stock_key(),
    qty("qty", 1),
    moment("made_at"),
    _channel(nullable=True),
    qty("dedicated_qty"),
    one_of("state", ReservationState),
    moment("closed_at", nullable=True),
    ForeignKeyConstraint(["sku_id", "warehouse_id"], ["stocks.sku_id", "stocks.warehouse_id"]),
    _check("dedicated_qty <= qty", "drawn_is_part"),
    _check("(state = 'open') = (closed_at IS NULL)", "closed_has_a_time"),
)
Index("ix_reservations_sku_id_state", reservations.c.sku_id, reservations.c.state)

holds: Final = Table(
    "holds",
    METADATA,
    id_column("id", primary_key=True),
    id_column("buyer_id"),
    _channel(),
    plain("lines"),  # what was held; what still binds stock stands in held_lines
    moment("made_at"),
    moment("expires_at"),
    moment("due_at", nullable=True, index=True),  # null once it has ended
    one_of("state", HoldState),
    _check("(state = 'live') = (due_at IS NOT NULL)", "live_is_due"),
)

held_lines: Final = Table(
    "held_lines",
    METADATA,
    id_column("hold_id", ForeignKey("holds.id"), primary_key=True),
    whole_number("number", 1, _SEQ_MAX, primary_key=True, autoincrement=False),
    id_column("buyer_id"),
    _channel(),
    *_stock_key(),
    qty("qty", 1),
    qty("dedicated_qty"),
    moment("expires_at"),
    one_of("state", HoldState),
    ForeignKeyConstraint(["sku_id", "warehouse_id"], ["stocks.sku_id", "stocks.warehouse_id"]),
    _check("dedicated_qty <= qty", "drawn_is_part"),
)
Index("ix_held_lines_stock_state", held_lines.c.sku_id, held_lines.c.warehouse_id, held_lines.c.state)
Index("ix_held_lines_buyer_state", held_lines.c.buyer_id, held_lines.c.state)

holders: Final = Table("holders", METADATA, id_column("buyer_id", primary_key=True), whole_number("holds", 0, _SEQ_MAX))

fences: Final = Table(
    "fences",
    METADATA,
    _channel(primary_key=True),
    *_stock_key(primary=True),
    qty("total_qty"),
    qty("left_qty"),
    _check("left_qty <= total_qty", "left_is_part"),
)
Index("ix_fences_stock", fences.c.sku_id, fences.c.warehouse_id)

adjustments: Final = Table(
    "adjustments",
    METADATA,
    id_column("id", primary_key=True),
    words("number", 40, unique=True),
    id_column("warehouse_id", ForeignKey("warehouses.id"), index=True),
    one_of("reason", Reason),
    words("note", 500),
    id_column("requested_by"),
    moment("requested_at"),
    id_column("decided_by", nullable=True),
    moment("decided_at", nullable=True),
    one_of("state", AdjustmentState, index=True),
    version(),
    _check("(state = 'requested') = (decided_by IS NULL)", "decided_by_somebody"),
    _check("state <> 'posted' OR decided_by <> requested_by", "maker_is_not_checker"),
)

adjustment_lines: Final = Table(
    "adjustment_lines",
    METADATA,
    id_column("adjustment_id", ForeignKey("adjustments.id"), primary_key=True),
    whole_number("place", 1, MAX_LINES, primary_key=True, autoincrement=False),
    whole_number("line", 1, MAX_LINES),
    id_column("sku_id", ForeignKey("skus.id")),
    one_of("state", StockState),
    qty("delta_qty", _LOWEST),
    one_of("to_state", StockState, nullable=True),
    minor("unit_minor", 0, nullable=True),
    id_column("location_id", ForeignKey("locations.id"), nullable=True),
    _check("delta_qty <> 0", "moves_something"),
    _check("location_id IS NULL OR (delta_qty > 0 AND to_state IS NULL)", "place_of_what_is_found"),
)

opening_receipts: Final = append_only(
    Table(
        "opening_receipts",
        METADATA,
        id_column("id", primary_key=True),
        words("number", 40, unique=True),
        id_column("warehouse_id", ForeignKey("warehouses.id"), index=True),
        words("currency", 3),
        minor("value_minor", 0),
        words("note", 500),
        id_column("received_by"),
        moment("received_at"),
    )
)

opening_receipt_lines: Final = append_only(
    Table(
        "opening_receipt_lines",
        METADATA,
        id_column("receipt_id", ForeignKey("opening_receipts.id"), primary_key=True),
        whole_number("place", 1, MAX_LINES, primary_key=True, autoincrement=False),
        whole_number("line", 1, MAX_LINES),
        id_column("sku_id", ForeignKey("skus.id")),
        qty("qty", 1),
        minor("unit_minor", 0),
        one_of("state", StockState),
    )
)

publish_policies: Final = Table(
    "publish_policies",
    METADATA,
    id_column("id", primary_key=True),
    _channel(index=True),
    id_column("sku_id", ForeignKey("skus.id"), nullable=True),
    whole_number("ratio_percent", 0, MAX_RATIO_PERCENT),
    qty("buffer_qty"),
    qty("cap_qty", nullable=True),
    qty("min_publish_qty"),
    one_of("state", PolicyState),
    one_of("at_zero", AtZero),
    version(),
)

published: Final = Table(
    "published",
    METADATA,
    _channel(primary_key=True),
    id_column("sku_id", ForeignKey("skus.id"), primary_key=True, index=True),
    whole_number("seq", 1, _SEQ_MAX),
    qty("qty"),
    moment("at"),
)

publications: Final = append_only(
    Table(
        "publications",
        METADATA,
        _channel(primary_key=True),
        id_column("sku_id", ForeignKey("skus.id"), primary_key=True),
        whole_number("seq", 1, _SEQ_MAX, primary_key=True, autoincrement=False),
        qty("qty"),
        qty("shared_qty", _LOWEST),
        whole_number("ratio_percent", 0, MAX_RATIO_PERCENT),
        qty("buffer_qty"),
        qty("dedicated_qty"),
        qty("unimported_qty"),
        qty("cap_qty", nullable=True),
        qty("min_publish_qty"),
        one_of("paused_by", PausedBy, nullable=True),
        moment("at"),
        id_column("message_id"),  # no foreign key: the figure stays, its message is forgotten once it was delivered
    )
)

unimported: Final = Table(
    "unimported",
    METADATA,
    _channel(primary_key=True),
    id_column("sku_id", ForeignKey("skus.id"), primary_key=True),
    qty("qty"),
)

bundle_parts: Final = Table(
    "bundle_parts",
    METADATA,
    id_column("component_id", ForeignKey("skus.id"), primary_key=True),
    id_column("bundle_id", ForeignKey("skus.id"), primary_key=True),
)

oversells: Final = Table(
    "oversells",
    METADATA,
    id_column("id", primary_key=True),
    _channel(index=True),
    id_column("order_id", index=True),
    whole_number("line", 1, MAX_LINES),
    id_column("sku_id", ForeignKey("skus.id")),
    id_column("warehouse_id", ForeignKey("warehouses.id"), nullable=True),
    qty("wanted_qty", 1),
    qty("got_qty"),
    one_of("cause", OversellCause),
    whole_number("figure_seq", 1, _SEQ_MAX, nullable=True),
    qty("figure_qty", nullable=True),
    moment("figure_at", nullable=True),
    moment("last_published_at", nullable=True),
    plain("consumed"),
    moment("found_at"),
    words("owner_queue", 60),
    moment("due_at"),
    one_of("state", OversellState, index=True),
    words("resolution", 500),
    version(),
    _check("got_qty < wanted_qty", "something_is_missing"),
    _check("owner_queue <> ''", "has_an_owner"),
)
Index("ix_oversells_sku_id_state", oversells.c.sku_id, oversells.c.state)
