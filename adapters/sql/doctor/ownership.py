"""Checks on whose things are: the tables say it of every row, and nothing of one hangs on another's (T1, T2)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sqlalchemy import Connection, ForeignKeyConstraint, inspect, select

from houtai.adapters.sql.catalog import listings, products, skus
from houtai.adapters.sql.columns import METADATA
from houtai.adapters.sql.doctor.check import Check, rows
from houtai.adapters.sql.orders_tables import order_lines
from houtai.adapters.sql.rights import owner_of_rows

_TENANTS: Final = {table.name: column for table in METADATA.sorted_tables if (column := owner_of_rows(table)) is not None}

_SKUS = (
    select(skus.c.code, skus.c.merchant_id, products.c.merchant_id.label("of_product"))
    .join_from(skus, products, products.c.id == skus.c.product_id)
    .where(skus.c.merchant_id.is_distinct_from(products.c.merchant_id))
)
_LISTINGS = (
    select(listings.c.id, listings.c.merchant_id, products.c.merchant_id.label("of_product"))
    .join_from(listings, products, products.c.id == listings.c.product_id)
    .where(listings.c.merchant_id.is_distinct_from(products.c.merchant_id))
)
_LINES = (
    select(order_lines.c.order_id, order_lines.c.seq, order_lines.c.merchant_id, skus.c.merchant_id.label("of_sku"))
    .join_from(order_lines, skus, skus.c.id == order_lines.c.sku_id)
    .where(order_lines.c.merchant_id.is_distinct_from(skus.c.merchant_id))
)


def _unowned(connection: Connection) -> Iterator[str]:
    """What the database's own catalogue lacks of what the tables in code say about owners."""
    catalogue, names = inspect(connection), list(_TENANTS)
    columns = {place[1]: found for place, found in catalogue.get_multi_columns(filter_names=names).items()}
    keys = {place[1]: found for place, found in catalogue.get_multi_foreign_keys(filter_names=names).items()}
    for table, column in _TENANTS.items():
        if any(found["name"] == column and found["nullable"] for found in columns[table]):
            yield f"{table}.{column} may be null"
        there = {
            (tuple(key["constrained_columns"]), key["referred_table"], tuple(key["referred_columns"])) for key in keys[table]
        }
        for wanted in METADATA.tables[table].foreign_key_constraints:
            if column in wanted.column_keys and _shape(wanted) not in there:
                own, other, theirs = _shape(wanted)
                yield f"{table} ({', '.join(own)}) is not bound to {other} ({', '.join(theirs)})"


def _shape(key: ForeignKeyConstraint) -> tuple[tuple[str, ...], str, tuple[str, ...]]:
    return tuple(key.column_keys), key.referred_table.name, tuple(element.column.name for element in key.elements)


CHECKS: Final = (
    Check("T1", "every row of a tenant's table says whose it is, and foreign keys hold it to the same owner", _unowned),
    rows("T2-skus", "every SKU belongs to whom its product belongs", _SKUS),
    rows("T2-listings", "every listing belongs to whom its product belongs", _LISTINGS),
    rows("T2-lines", "every order line belongs to whom its SKU belongs", _LINES),
)
