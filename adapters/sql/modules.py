"""The modules' tables in one literal: which mapping serves which record, which table which running total."""

from __future__ import annotations

from typing import Any, Final

from houtai.adapters.sql import (
    access,
    aftersales,
    catalog,
    customers,
    disclosures,
    goods_issues,
    house,
    inventory,
    ledger,
    merchants,
    orders,
    outbound,
    payments,
    points,
    pricing,
    printing,
    rewards,
    shipping,
    tickets,
    told_prices,
    warehouse,
    warehouse_bins,
    webhooks,
)
from houtai.adapters.sql.mapping import Mapping
from houtai.adapters.sql.totals import Totals

MAPPINGS: Final[tuple[Mapping[Any], ...]] = (
    *house.MAPPINGS,
    *disclosures.MAPPINGS,
    *ledger.MAPPINGS,
    *payments.MAPPINGS,
    *access.MAPPINGS,
    *catalog.MAPPINGS,
    *customers.MAPPINGS,
    *merchants.MAPPINGS,
    *points.MAPPINGS,
    *inventory.MAPPINGS,
    *pricing.MAPPINGS,
    *told_prices.MAPPINGS,
    *shipping.MAPPINGS,
    *printing.MAPPINGS,
    *warehouse.MAPPINGS,
    *warehouse_bins.MAPPINGS,
    *outbound.MAPPINGS,
    *goods_issues.MAPPINGS,
    *orders.MAPPINGS,
    *rewards.MAPPINGS,
    *aftersales.MAPPINGS,
    *webhooks.MAPPINGS,
    *tickets.MAPPINGS,
)

TOTALS: Final[dict[str, Totals]] = {**ledger.TOTALS}
