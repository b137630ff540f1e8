"""Which commission an order line is sold under: the merchant's rate at the moment of the sale, cited by its version (G-35)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

import attrs

from houtai.application.merchants.ports import RATES_OF
from houtai.application.orders.ports import OrdersTx
from houtai.domain.catalog.category import Category
from houtai.domain.ids import CategoryId, SkuId
from houtai.domain.merchants.commission import CommissionRate, rate_in_force
from houtai.domain.orders.line import CitedCommission, OrderLine


def cite_commissions(tx: OrdersTx, lines: Iterable[OrderLine], at: dt.datetime) -> tuple[OrderLine, ...]:
    """The lines, those of merchants' goods with the rate under which they were sold `at` this moment.

    Lines that cite one already keep it; a line cites nothing where its merchant had no rate then.
    """
    lines = tuple(lines)
    open_ones = [line for line in lines if line.merchant_id is not None and line.commission is None]
    if not open_ones:
        return lines
    by_merchant: dict[object, list[CommissionRate]] = {}
    for rate in tx.commission_rates.by(RATES_OF, *sorted({line.merchant_id for line in open_ones if line.merchant_id})):
        by_merchant.setdefault(rate.merchant_id, []).append(rate)
    paths = _paths(tx, open_ones) if any(rate.category_id for rates in by_merchant.values() for rate in rates) else {}
    cited = {}
    for line in open_ones:
        path = paths.get(line.sku_id, ()) if line.sku_id is not None else ()
        agreed = rate_in_force(by_merchant.get(line.merchant_id, ()), path, at)
        if agreed is not None:
            cited[line.seq] = attrs.evolve(line, commission=CitedCommission(agreed.version, agreed.basis_points))
    return tuple(cited.get(line.seq, line) for line in lines)


def _paths(tx: OrdersTx, lines: Iterable[OrderLine]) -> Mapping[SkuId, tuple[CategoryId, ...]]:
    """By SKU, its category and those above it, nearest first."""
    skus = tx.skus.many({line.sku_id for line in lines if line.sku_id is not None})
    products = tx.products.many({sku.product_id for sku in skus.values()})
    known: dict[CategoryId, Category] = {}
    wanted = {product.category_id for product in products.values()}
    while wanted:
        found = tx.categories.many(wanted)
        known |= found
        wanted = {one.parent_id for one in found.values() if one.parent_id is not None} - known.keys()
    return {sku_id: _upwards(products[sku.product_id].category_id, known) for sku_id, sku in skus.items()}


def _upwards(category_id: CategoryId, known: Mapping[CategoryId, Category]) -> tuple[CategoryId, ...]:
    path = [category_id]
    while (parent := known[path[-1]].parent_id) is not None:
        path.append(parent)
    return tuple(path)
