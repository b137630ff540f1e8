"""The tables of orders: the header with its sums, lines, gifts, discounts, promotions and tenders, and the audit policies."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import CheckConstraint, Column, ForeignKey, ForeignKeyConstraint, Index, String, Table, and_

from houtai.adapters.sql.columns import (
    METADATA,
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
from houtai.domain.authority import HOUSE
from houtai.domain.catalog.sku import ReturnPolicy as BundleReturn
from houtai.domain.limits import MAX_LINES, MAX_QTY
from houtai.domain.merchants.commission import WHOLE
from houtai.domain.orders.line import DiscountSource
from houtai.domain.orders.state import OrderState
from houtai.domain.orders.tender import TenderState
from houtai.domain.pricing.promotions import GiftReturn, ReturnPolicy

MAX_SEQ: Final = MAX_LINES * 60


def _searched(name: str, length: int) -> Column[Any]:
    """A text that is found by how it begins, so its index has to sort by plain characters."""
    kind = String(length).with_variant(String(length, collation="C"), "postgresql")
    return Column(name, kind, nullable=False)


orders: Final = Table(
    "orders",
    METADATA,
    id_column("id", primary_key=True),
    _searched("number", 40),
    id_column("channel_id", ForeignKey("channels.id")),
    words("external_id", 128, nullable=True),
    one_of("state", OrderState),
    words("currency", 3),
    moment("placed_at"),
    id_column("customer_id", ForeignKey("customers.id"), nullable=True),
    words("member_level", 64),
    words("recipient", 100),
    words("phone", 24),
    words("country", 2),
    words("region", 60),
    words("city", 60),
    words("district", 60),
    words("street", 200),
    words("postcode", 16),
    _searched("phone_reversed", 24),  # the digits from the last one on: whoever calls says how the number ends
    words("remark", 500),
    words("quote_digest", 64),
    minor("goods_minor", 0),
    minor("discount_minor", 0),
    minor("freight_minor", 0),
    minor("payable_minor", 0),
    minor("paid_minor", 0),
    whole_number("audit_version", 0, 2**31 - 1),
    moment("expires_at", nullable=True),
    moment("paid_at", nullable=True),
    moment("confirm_at", nullable=True),
    moment("complete_at", nullable=True),
    plain("findings", nullable=True),
    words("hold_queue", 64, nullable=True),
    moment("hold_since", nullable=True),
    moment("hold_due_at", nullable=True),
    moment("reserved_until", nullable=True),
    words("hold_resume", 40, nullable=True),
    version(),
    CheckConstraint("payable_minor = goods_minor - discount_minor + freight_minor", name="payable_minor_sum"),
    CheckConstraint("discount_minor <= goods_minor", name="discount_minor_covered"),
    CheckConstraint("(state = 'pending-payment') = (expires_at IS NOT NULL)", name="expires_at_awaited"),
    CheckConstraint("confirm_at IS NULL OR state = 'paid'", name="confirm_at_audited"),
    CheckConstraint("complete_at IS NULL OR state IN ('released', 'completed')", name="complete_at_arrived"),
    CheckConstraint("(state IN ('hold', 'exception')) = (hold_queue IS NOT NULL)", name="hold_owned"),
    CheckConstraint("(hold_queue IS NULL) = (hold_due_at IS NULL)", name="hold_due"),
)
Index("uq_orders_number", orders.c.number, unique=True)
Index(
    "ix_orders_external_id",
    orders.c.external_id,
    postgresql_where=orders.c.external_id.is_not(None),
    sqlite_where=orders.c.external_id.is_not(None),
)
Index("uq_orders_channel_id_external_id", orders.c.channel_id, orders.c.external_id, unique=True)
Index("ix_orders_state", orders.c.state, orders.c.id)
Index("ix_orders_customer_id", orders.c.customer_id, orders.c.id)
Index("ix_orders_placed_at", orders.c.placed_at)
Index("ix_orders_phone_reversed", orders.c.phone_reversed)
Index("ix_orders_hold_queue", orders.c.hold_queue, orders.c.hold_due_at)
for _timer in ("expires_at", "confirm_at", "complete_at", "reserved_until"):
    _set = orders.c[_timer].is_not(None)
    Index(f"ix_orders_{_timer}", orders.c[_timer], postgresql_where=_set, sqlite_where=_set)

order_lines: Final = Table(
    "order_lines",
    METADATA,
    id_column("order_id", ForeignKey("orders.id"), primary_key=True),
    whole_number("seq", 1, MAX_SEQ, primary_key=True),
    id_column("sku_id", nullable=True, index=True),
    words("sku_code", 128),
    words("title", 400),
    qty("qty", 1),
    minor("unit_minor", 0),
    minor("gross_minor", 0),
    minor("list_minor", 0, nullable=True),
    minor("discount_minor", 0),
    minor("paid_minor", 0),
    minor("freight_minor", 0),
    whole_number("weight_g", 0, 2**62),
    owner_column("merchant_id", known=False),
    words("external_id", 128),
    id_column("bundle_sku_id", nullable=True),
    words("bundle_code", 128, nullable=True),
    qty("bundle_qty", 1, nullable=True),
    whole_number("bundle_line", 1, MAX_SEQ, nullable=True),
    one_of("bundle_return", BundleReturn, nullable=True),
    whole_number("commission_version", 1, MAX_QTY, nullable=True),
    whole_number("commission_points", 0, WHOLE, nullable=True),
    qty("shipped_qty"),
    qty("cancelled_qty"),
    qty("shortage_qty"),
    qty("settled_qty"),
    ForeignKeyConstraint(["merchant_id", "commission_version"], ["commission_rates.merchant_id", "commission_rates.version"]),
    CheckConstraint("(commission_version IS NULL) = (commission_points IS NULL)", name="commission_cited_whole"),
    ForeignKeyConstraint(["merchant_id", "sku_id"], ["skus.merchant_id", "skus.id"]),
    ForeignKeyConstraint(["merchant_id", "bundle_sku_id"], ["skus.merchant_id", "skus.id"]),
    CheckConstraint(f"sku_id IS NOT NULL OR merchant_id = '{HOUSE.hex}'", name="merchant_id_of_goods"),
    CheckConstraint("paid_minor = gross_minor - discount_minor", name="paid_minor_sum"),
    CheckConstraint("shipped_qty + cancelled_qty <= qty", name="shipped_qty_within"),
    CheckConstraint("shortage_qty <= qty - shipped_qty - cancelled_qty", name="shortage_qty_open"),
    CheckConstraint("settled_qty <= shortage_qty", name="settled_qty_short"),
)
Index("ix_order_lines_merchant_id", order_lines.c.merchant_id, order_lines.c.order_id)

# Which lines still wait to be shipped, found by what was bought: the SKU itself, or the bundle that it is part of.
STILL_OPEN: Final = order_lines.c.qty > order_lines.c.shipped_qty + order_lines.c.cancelled_qty  # as SQLite would turn it round
BOUGHT_ALONE: Final = and_(STILL_OPEN, order_lines.c.bundle_sku_id.is_(None))
BOUGHT_IN_BUNDLE: Final = and_(STILL_OPEN, order_lines.c.bundle_sku_id.is_not(None))
for _name, _bought, _open in (
    ("ix_order_lines_open_sku_id", order_lines.c.sku_id, BOUGHT_ALONE),
    ("ix_order_lines_open_bundle_sku_id", order_lines.c.bundle_sku_id, BOUGHT_IN_BUNDLE),
):
    Index(_name, _bought, order_lines.c.order_id, postgresql_where=_open, sqlite_where=_open)


def _of_line(*columns: str) -> ForeignKeyConstraint:
    return ForeignKeyConstraint(columns, ["order_lines.order_id", "order_lines.seq"])


order_gifts: Final = Table(
    "order_gifts",
    METADATA,
    id_column("order_id", primary_key=True),
    whole_number("seq", 1, MAX_SEQ, primary_key=True),
    id_column("promotion_id"),
    words("promotion_code", 64),
    plain("trigger_lines"),
    qty("buy_qty"),
    minor("spend_minor", 0),
    qty("gift_qty", 1),
    minor("value_minor", 0),
    one_of("on_return", GiftReturn),
    whole_number("platform_percent", 0, 100),
    whole_number("merchant_percent", 0, 100),
    whole_number("supplier_percent", 0, 100),
    whole_number("channel_percent", 0, 100),
    id_column("instead_of", nullable=True),
    _of_line("order_id", "seq"),
    CheckConstraint("platform_percent + merchant_percent + supplier_percent + channel_percent = 100", name="percent_sum"),
)

order_discounts: Final = Table(
    "order_discounts",
    METADATA,
    id_column("order_id", primary_key=True),
    whole_number("place", 0, 10**6, primary_key=True),
    whole_number("line", 1, MAX_SEQ),
    one_of("source_type", DiscountSource),
    id_column("source_id", index=True),
    words("name"),
    minor("amount_minor", 1),
    minor("platform_minor", 0),
    minor("merchant_minor", 0),
    minor("supplier_minor", 0),
    minor("channel_minor", 0),
    one_of("on_return", ReturnPolicy),
    _of_line("order_id", "line"),
    CheckConstraint("amount_minor = platform_minor + merchant_minor + supplier_minor + channel_minor", name="amount_minor_borne"),
)

order_promotions: Final = Table(
    "order_promotions",
    METADATA,
    id_column("order_id", ForeignKey("orders.id"), primary_key=True),
    whole_number("place", 0, 10**6, primary_key=True),
    one_of("source_type", DiscountSource),
    id_column("source_id"),
    words("code"),
    minor("amount_minor", 1),
    plain("lines"),
    id_column("campaign_id", nullable=True),
    one_of("on_return", ReturnPolicy),
    plain("rule", nullable=True),
)

order_tenders: Final = Table(
    "order_tenders",
    METADATA,
    id_column("order_id", ForeignKey("orders.id"), primary_key=True),
    id_column("payment_id", ForeignKey("payments.id"), primary_key=True),
    whole_number("place", 0, 1_000),
    words("provider", 64),
    minor("amount_minor", 1),
    one_of("state", TenderState),
)

audit_policies: Final = Table(
    "audit_policies",
    METADATA,
    id_column("id", primary_key=True),
    id_column("channel_id", ForeignKey("channels.id"), nullable=True, unique=True),
    plain("rules"),
    minor("amount_over_minor", 0, nullable=True),
    words("currency", 3, nullable=True),
    plain("blocked_phones"),
    whole_number("anomaly_percent", 1, 100),
    whole_number("payment_minutes", 1, 10**6),
    whole_number("merge_minutes", 0, 10**6),
    whole_number("hold_hours", 1, 10**6),
    whole_number("reserve_hours", 1, 10**6),
    version(),
)
