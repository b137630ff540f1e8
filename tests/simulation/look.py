"""What the office's rows say after a step, read in one snapshot, and everything that a refusal must leave as it was."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import attrs
from sqlalchemy import select

from houtai.adapters.memory.store import MemoryStore
from houtai.adapters.sql.columns import METADATA
from houtai.application.inventory import ports as inventory
from houtai.application.orders.ports import OrdersViews
from houtai.application.payments import ports as payments
from houtai.application.permission import needs
from houtai.domain.act import Act
from houtai.domain.ids import CampaignId, CouponId, HoldId, OrderId, PaymentId, RefundId
from houtai.domain.inventory.oversell import Oversell
from houtai.domain.inventory.reservation import HeldLine, Reservation
from houtai.domain.inventory.stock import Stock, StockKey
from houtai.domain.orders.order import Order
from houtai.domain.payments.payment import Payment
from houtai.domain.payments.refund import Refund
from houtai.domain.pricing.campaigns import Budget
from houtai.domain.pricing.coupons import Coupon
from tests.simulation.house import CHANNEL, SHOWN, SKUS


@attrs.frozen
class Named:
    """What to look at."""

    orders: tuple[OrderId, ...]
    holds: tuple[HoldId, ...]
    coupons: tuple[CouponId, ...]
    campaigns: tuple[CampaignId, ...]


@attrs.frozen
class Seen:
    """Committed records, as they stood together at one moment."""

    stocks: dict[StockKey, Stock]
    orders: dict[OrderId, Order]
    payments: dict[PaymentId, Payment]
    refunds: dict[RefundId, Refund]
    reservations: Sequence[Reservation]
    held: Sequence[HeldLine]
    oversells: Sequence[Oversell]
    coupons: dict[CouponId, Coupon]
    budgets: dict[CampaignId, Budget]
    balances: dict[str, int]  # by account code, all parties together
    shown: dict[str, int]  # by code of the goods, what the channel was told


@needs("tests.look-at-all")
def look(views: OrdersViews, named: Named, act: Act) -> Seen:
    """Everything that the model has a word about."""
    del act
    balances: dict[str, int] = {}
    for account, minor in views.sum_rows("balances").items():  # type: ignore[attr-defined]  # every store's views have it
        balances[account.code.value] = balances.get(account.code.value, 0) + minor
    found = views.payments.by(payments.OF_ORDER, *named.orders)
    return Seen(
        stocks={stock.key: stock for stock in views.stocks.by(inventory.STOCK_BY_SKU, *SKUS.values())},
        orders=views.orders.many(named.orders),
        payments={payment.id: payment for payment in found},
        refunds={one.id: one for one in views.refunds.by(payments.REFUNDS_OF_ORDER, *named.orders)},
        reservations=[one for one in views.reservations.by(inventory.RESERVATION_BY_ORDER, *named.orders) if one.open],
        held=views.held_lines.by(inventory.HELD_BY_HOLD, *named.holds),
        oversells=views.oversells.by(inventory.OVERSELL_BY_ORDER, *named.orders),
        coupons=views.coupons.many(named.coupons),
        budgets=views.budgets.many(named.campaigns),
        balances=balances,
        shown={code: views.published.get((CHANNEL, SKUS[code])).qty for code in SHOWN},
    )


def everything(store: Any) -> dict[str, Any]:
    """Every row of the store but the operation log, which also keeps refusals."""
    if isinstance(store, MemoryStore):
        kept: dict[str, Any] = {name: dict(shelf.held) for name, shelf in store.shelves.items()}
        return kept | {f"sum {name}": dict(sums) for name, sums in store.sums.items()} | {"requests": set(store.requests)}
    with store.snapshot() as views:
        tables = [table for table in METADATA.sorted_tables if not table.name.startswith("audit")]
        return {table.name: set(map(repr, views.connection.execute(select(table)))) for table in tables}
