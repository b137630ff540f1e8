"""The public Olist files as far as the replay reads them."""

from __future__ import annotations

import csv
import datetime as dt
from collections import Counter, defaultdict
from pathlib import Path

import attrs

from houtai.domain.money import Money

CURRENCY = "BRL"
Row = dict[str, str]


def read(folder: Path, name: str) -> list[Row]:
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def moment(text: str) -> dt.datetime | None:
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC) if text else None


def minor(text: str) -> int:
    return Money.of(text, CURRENCY).minor


def whole(text: str) -> int:
    return int(text.partition(".")[0]) if text else 0


@attrs.define
class Files:
    """The files as far as the replay reads them; lines and payments by order."""

    orders: list[Row]
    items: dict[str, list[Row]]
    payments: dict[str, list[Row]]
    customers: dict[str, Row]
    products: dict[str, Row]
    sellers: dict[str, Row]

    @classmethod
    def load(cls, folder: Path, most: int | None) -> Files:
        orders = sorted(read(folder, "orders"), key=lambda row: row["order_purchase_timestamp"])[:most]
        wanted = {row["order_id"] for row in orders}
        items, payments = defaultdict(list), defaultdict(list)
        for row in read(folder, "order_items"):
            if row["order_id"] in wanted:
                items[row["order_id"]].append(row)
        for row in read(folder, "order_payments"):
            if row["order_id"] in wanted:
                payments[row["order_id"]].append(row)
        buyers = {row["customer_id"] for row in orders}
        return cls(
            orders,
            dict(items),
            {key: sorted(rows, key=lambda row: int(row["payment_sequential"])) for key, rows in payments.items()},
            {row["customer_id"]: row for row in read(folder, "customers") if row["customer_id"] in buyers},
            {row["product_id"]: row for row in read(folder, "products")},
            {row["seller_id"]: row for row in read(folder, "sellers")},
        )

    def offers(self) -> dict[tuple[str, str], int]:
        """Units sold by product and seller: what one seller offers is a SKU of its own."""
        sold: Counter[tuple[str, str]] = Counter()
        for rows in self.items.values():
            sold.update((row["product_id"], row["seller_id"]) for row in rows)
        return dict(sorted(sold.items()))


def code_of(product: str, seller: str) -> str:
    """The SKU code of what one seller offers of a product."""
    return f"{product[:24]}-{seller[:24]}"
