"""Checks on whose things are: nothing of one merchant hangs on another's, or on the house's by mistake (T2)."""

from __future__ import annotations

from typing import Final

from sqlalchemy import select

from houtai.adapters.sql.catalog import products, skus
from houtai.adapters.sql.doctor.check import rows
from houtai.adapters.sql.orders_tables import order_lines

_SKUS = (
    select(skus.c.code, skus.c.merchant_id, products.c.merchant_id.label("of_product"))
    .join_from(skus, products, products.c.id == skus.c.product_id)
    .where(skus.c.merchant_id.is_distinct_from(products.c.merchant_id))
)
_LINES = (
    select(order_lines.c.order_id, order_lines.c.seq, order_lines.c.merchant_id, skus.c.merchant_id.label("of_sku"))
    .join_from(order_lines, skus, skus.c.id == order_lines.c.sku_id)
    .where(order_lines.c.merchant_id.is_distinct_from(skus.c.merchant_id))
)

CHECKS: Final = (
    rows("T2-skus", "every SKU belongs to whom its product belongs", _SKUS),
    rows("T2-lines", "every order line belongs to whom its SKU belongs", _LINES),
)
