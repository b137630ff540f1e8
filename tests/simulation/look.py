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
from houtai.application.outbound import ports as outbound
from houtai.application.outbound.wishes import RunWish
from houtai.application.paging import MAX_LIMIT, Page
from houtai.application.payments import ports as payments
from houtai.application.permission import needs
from houtai.application.printing.ports import JOB_BY_WAREHOUSE
from houtai.application.shipping.ports import OF_PARCEL
from houtai.application.warehouse.bin_ports import BIN_BY_STOCK, FILLED
from houtai.domain.act import Act
from houtai.domain.ids import (
    CampaignId,
    CouponId,
    HandlingUnitId,
    HoldId,
    LocationId,
    ManifestId,
    OrderId,
    OutboundId,
    ParcelId,
    PaymentId,
    PickRunId,
    RefundId,
    WaveId,
    WaybillId,
)
from houtai.domain.inventory.oversell import Oversell
from houtai.domain.inventory.reservation import HeldLine, Reservation
from houtai.domain.inventory.stock import Stock, StockKey
from houtai.domain.orders.order import Order
from houtai.domain.outbound.manifest import Manifest, ManifestState
from houtai.domain.outbound.order import OutboundOrder
from houtai.domain.outbound.parcel import Parcel
from houtai.domain.outbound.wave import Wave
from houtai.domain.outbound.work import PickRun, PickState, RunState
from houtai.domain.payments.payment import Payment
from houtai.domain.payments.refund import Refund
from houtai.domain.pricing.campaigns import Budget
from houtai.domain.pricing.coupons import Coupon
from houtai.domain.printing.job import PrintJob
from houtai.domain.shipping.waybill import Waybill
from houtai.domain.warehouse.bins import Bin
from houtai.domain.warehouse.handling_unit import HandlingUnit
from tests.simulation.house import CHANNEL, PLACES, SHOWN, SKUS


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
    outbound: dict[OutboundId, OutboundOrder]
    runs: dict[PickRunId, PickRun]
    bins: Sequence[Bin]
    parcels: dict[ParcelId, Parcel]
    manifests: dict[ManifestId, Manifest]
    waybills: dict[WaybillId, Waybill]
    jobs: Sequence[PrintJob]


@needs("tests.look-at-all")
def look(views: OrdersViews, named: Named, act: Act) -> Seen:
    """Everything that the model has a word about."""
    del act
    balances: dict[str, int] = {}
    for account, minor in views.sum_rows("balances").items():  # type: ignore[attr-defined]  # every store's views have it
        balances[account.code.value] = balances.get(account.code.value, 0) + minor
    found = views.payments.by(payments.OF_ORDER, *named.orders)
    sent = {one.id: one for one in views.outbound_orders.by(outbound.OUTBOUND_OF, *named.orders)} if named.orders else {}
    stock_keys = [(sku, place, FILLED) for sku in SKUS.values() for place in PLACES]
    waves = {one.wave_id for one in sent.values() if one.wave_id is not None}
    open_runs = views.run_list(RunWish(frozenset(PLACES), states=frozenset({RunState.OPEN})), Page(MAX_LIMIT))
    assert not open_runs.has_more, "a short play has few open walks"
    manifests = [(place, state.value) for place in PLACES for state in ManifestState]
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
        outbound=sent,
        runs={run.id: run for run in (*views.pick_runs.by(outbound.RUNS_OF_WAVE, *waves), *open_runs.items)},
        bins=views.bins.by(BIN_BY_STOCK, *stock_keys),
        parcels={one.id: one for one in views.parcels.by(outbound.PARCELS_OF, *sent)},
        manifests={one.id: one for one in views.manifests.by(outbound.MANIFESTS_IN, *manifests)},
        waybills={one.id: one for one in views.waybills.by(OF_PARCEL, *sent)},
        jobs=[job for place in PLACES for job in views.print_jobs.by(JOB_BY_WAREHOUSE, place)],
    )


@needs("tests.look-at-all")
def look_at_bins(views: OrdersViews, stock: StockKey, act: Act) -> list[Bin]:
    """Where this SKU lies in this warehouse."""
    del act
    return views.bins.by(BIN_BY_STOCK, (*stock, FILLED))


@needs("tests.look-at-all")
def look_at_unit(views: OrdersViews, unit: HandlingUnitId, act: Act) -> HandlingUnit:
    """A tote or cart."""
    del act
    return views.handling_units.get(unit)


@needs("tests.look-at-all")
def look_at_wave(views: OrdersViews, wave: WaveId, act: Act) -> Wave:
    """A wave."""
    del act
    return views.waves.get(wave)


@needs("tests.look-at-all")
def look_at_promises(views: OrdersViews, lines: tuple[PickRunId, tuple[int, ...]], act: Act) -> list[Bin]:
    """The bins that have promised units to these lines of a walk, wherever they stand by now."""
    del act
    run, numbers = lines
    rows = [one for number in numbers for one in views.picks.by(outbound.PICKS_OF_LINE, (run, number))]
    found = {}
    for row in rows:
        if row.state is PickState.PROMISED:
            key = row.bin
            if key.handling_unit_id is not None:
                place = _stands(views, key.handling_unit_id)
                key = attrs.evolve(key, location_id=place)
            found[key.id] = views.bins.get(key.id)
    return list(found.values())


def _stands(views: OrdersViews, unit: HandlingUnitId) -> LocationId:
    """Where the outermost unit stands."""
    one = views.handling_units.get(unit)
    while one.parent_id is not None:
        one = views.handling_units.get(one.parent_id)
    assert one.location_id is not None, "every unit of the simulation stands somewhere"
    return one.location_id


def everything(store: Any) -> dict[str, Any]:
    """Every row of the store but the operation log, which also keeps refusals."""
    if isinstance(store, MemoryStore):
        kept: dict[str, Any] = {name: dict(shelf.held) for name, shelf in store.shelves.items()}
        return kept | {f"sum {name}": dict(sums) for name, sums in store.sums.items()} | {"requests": set(store.requests)}
    with store.snapshot() as views:
        tables = [table for table in METADATA.sorted_tables if not table.name.startswith("audit")]
        return {table.name: set(map(repr, views.connection.execute(select(table)))) for table in tables}
