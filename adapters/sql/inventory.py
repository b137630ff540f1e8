"""Inventory on SQL: how each record lies in its rows, and the stock list."""

from __future__ import annotations

import enum
from collections.abc import Mapping as Lookup, Sequence
from typing import Any, Final
from uuid import UUID

import attrs
from sqlalchemy import Connection, select

from houtai.adapters.sql import inventory_tables as tables
from houtai.adapters.sql.catalog import skus
from houtai.adapters.sql.keyset import rows_of_page
from houtai.adapters.sql.mapping import Child, Mapping, Row
from houtai.application.inventory import ports
from houtai.application.paging import Page, Slice
from houtai.application.plain import from_plain, to_plain
from houtai.domain.ids import SkuId, WarehouseId
from houtai.domain.inventory.adjustment import Adjustment, AdjustmentLine, AdjustmentState, OpeningReceipt, ReceiptLine
from houtai.domain.inventory.movement import Movement, Reason
from houtai.domain.inventory.oversell import Consumption, Oversell, OversellCause, OversellState, RootCause
from houtai.domain.inventory.publishing import (
    AtZero,
    BundlePart,
    Figure,
    PausedBy,
    PolicyState,
    Publication,
    Published,
    PublishPolicy,
    Unimported,
)
from houtai.domain.inventory.reservation import (
    Allotment,
    Fence,
    HeldLine,
    Hold,
    Holder,
    HoldState,
    Reservation,
    ReservationState,
)
from houtai.domain.inventory.stock import Stock, StockState
from houtai.domain.inventory.warehouse import ChannelWarehouses, HoldRule, PoolState, Warehouse, WarehouseState

Rows = Lookup[str, list[Row]]


def _row(record: Any, *left_out: str) -> Row:
    """A record's fields as columns of the same names, enums by value."""
    row: Row = {}
    for field in attrs.fields(type(record)):
        if field.name not in left_out:
            value = getattr(record, field.name)
            row[field.name] = value.value if isinstance(value, enum.Enum) else value
    return row


def _dump_pool(pool: ChannelWarehouses) -> Row:
    return {**_row(pool, "warehouses", "holds"), **_row(pool.holds)}


def _load_pool(row: Row, lines: Rows) -> ChannelWarehouses:
    rule = HoldRule(**{field.name: row[field.name] for field in attrs.fields(HoldRule)})
    served = tuple(line["warehouse_id"] for line in lines["pool_warehouses"])
    return ChannelWarehouses(row["channel_id"], served, rule, PoolState(row["state"]), row["version"])


def _dump_pool_places(pool: ChannelWarehouses) -> Sequence[Row]:
    return [
        {"channel_id": pool.channel_id, "place": place, "warehouse_id": warehouse}
        for place, warehouse in enumerate(pool.warehouses, start=1)
    ]


def _dump_hold(hold: Hold) -> Row:
    due_at = hold.expires_at if hold.state is HoldState.LIVE else None
    return {**_row(hold), "lines": to_plain(hold.lines), "due_at": due_at}


def _load_hold(row: Row, _: Rows) -> Hold:
    del row["due_at"]
    return Hold(**{**row, "lines": from_plain(row["lines"], tuple[Allotment, ...]), "state": HoldState(row["state"])})


def _load_movement(row: Row, _: Rows) -> Movement:
    return Movement(**{**row, "state": StockState(row["state"]), "reason": Reason(row["reason"])})


def _dump_adjustment_lines(adjustment: Adjustment) -> Sequence[Row]:
    return [
        {"adjustment_id": adjustment.id, "place": place, **_row(line)} for place, line in enumerate(adjustment.lines, start=1)
    ]


def _load_adjustment(row: Row, lines: Rows) -> Adjustment:
    own = [
        AdjustmentLine(
            line=line["line"],
            sku_id=line["sku_id"],
            state=StockState(line["state"]),
            delta_qty=line["delta_qty"],
            to_state=None if line["to_state"] is None else StockState(line["to_state"]),
            unit_minor=line["unit_minor"],
            location_id=line["location_id"],
        )
        for line in lines["adjustment_lines"]
    ]
    state, reason = AdjustmentState(row["state"]), Reason(row["reason"])
    return Adjustment(**{**row, "state": state, "reason": reason, "lines": tuple(own)})


def _dump_receipt_lines(receipt: OpeningReceipt) -> Sequence[Row]:
    return [{"receipt_id": receipt.id, "place": place, **_row(line)} for place, line in enumerate(receipt.lines, start=1)]


def _load_receipt(row: Row, lines: Rows) -> OpeningReceipt:
    own = [
        ReceiptLine(line["line"], line["sku_id"], line["qty"], line["unit_minor"], StockState(line["state"]))
        for line in lines["opening_receipt_lines"]
    ]
    return OpeningReceipt(**row, lines=tuple(own))


def _dump_publication(publication: Publication) -> Row:
    return {**_row(publication.figure), **_row(publication, "figure")}


def _load_publication(row: Row, _: Rows) -> Publication:
    paused_by = row.pop("paused_by")
    sums = {field.name: row.pop(field.name) for field in attrs.fields(Figure) if field.name != "paused_by"}
    figure = Figure(**sums, paused_by=None if paused_by is None else PausedBy(paused_by))
    return Publication(**row, figure=figure)


def _dump_oversell(oversell: Oversell) -> Row:
    cause = {**_row(oversell.root_cause), "consumed": to_plain(oversell.root_cause.consumed)}
    return {**_row(oversell, "root_cause"), **cause}


def _load_oversell(row: Row, _: Rows) -> Oversell:
    known: Row = {field.name: row.pop(field.name) for field in attrs.fields(RootCause)}
    known["cause"] = OversellCause(known["cause"])
    known["consumed"] = from_plain(known["consumed"], tuple[Consumption, ...])
    return Oversell(**{**row, "root_cause": RootCause(**known), "state": OversellState(row["state"])})


MAPPINGS: Final[tuple[Mapping[Any], ...]] = (
    Mapping(
        ports.WAREHOUSES,
        tables.warehouses,
        dump=_row,
        load=lambda row, _: Warehouse(**{**row, "state": WarehouseState(row["state"])}),
        found_by={
            ports.WAREHOUSE_BY_CODE: ("code",),
            ports.WAREHOUSE_BY_ID: ("id",),
            ports.WAREHOUSE_BY_MERCHANT: ("merchant_id",),
        },
    ),
    Mapping(
        ports.POOLS,
        tables.channel_warehouses,
        dump=_dump_pool,
        load=_load_pool,
        found_by={ports.POOL_BY_STATE: ("state",)},
        children=(Child(tables.pool_warehouses, ("channel_id",), _dump_pool_places, ("place",)),),
    ),
    Mapping(
        ports.STOCKS,
        tables.stocks,
        dump=_row,
        load=lambda row, _: Stock(**row),
        found_by={ports.STOCK_BY_SKU: ("sku_id",)},
    ),
    Mapping(
        ports.MOVEMENTS,
        tables.movements,
        dump=_row,
        load=_load_movement,
        found_by={
            ports.MOVEMENT_BY_SKU: ("sku_id",),
            ports.MOVEMENT_BY_WAREHOUSE: ("warehouse_id",),
            ports.MOVEMENT_BY_STOCK: ("sku_id", "warehouse_id"),
            ports.MOVEMENT_BY_DOCUMENT: ("document_id",),
        },
    ),
    Mapping(
        ports.RESERVATIONS,
        tables.reservations,
        dump=_row,
        load=lambda row, _: Reservation(**{**row, "state": ReservationState(row["state"])}),
        found_by={ports.RESERVATION_BY_ORDER: ("order_id",), ports.RESERVATION_BY_SKU: ("sku_id", "state")},
    ),
    Mapping(
        ports.HOLDS,
        tables.holds,
        dump=_dump_hold,
        load=_load_hold,
        found_by={ports.HOLD_DUE: ("due_at",)},
    ),
    Mapping(
        ports.HELD_LINES,
        tables.held_lines,
        dump=_row,
        load=lambda row, _: HeldLine(**{**row, "state": HoldState(row["state"])}),
        found_by={
            ports.HELD_BY_HOLD: ("hold_id",),
            ports.HELD_BY_BUYER: ("buyer_id", "state"),
            ports.HELD_BY_STOCK: ("sku_id", "warehouse_id", "state"),
        },
    ),
    Mapping(ports.HOLDERS, tables.holders, dump=_row, load=lambda row, _: Holder(**row)),
    Mapping(
        ports.FENCES,
        tables.fences,
        dump=_row,
        load=lambda row, _: Fence(**row),
        found_by={ports.FENCE_BY_STOCK: ("sku_id", "warehouse_id")},
    ),
    Mapping(
        ports.ADJUSTMENTS,
        tables.adjustments,
        dump=lambda adjustment: _row(adjustment, "lines"),
        load=_load_adjustment,
        found_by={ports.ADJUSTMENT_BY_STATE: ("state",), ports.ADJUSTMENT_BY_WAREHOUSE: ("warehouse_id",)},
        children=(Child(tables.adjustment_lines, ("adjustment_id",), _dump_adjustment_lines, ("place",)),),
    ),
    Mapping(
        ports.RECEIPTS,
        tables.opening_receipts,
        dump=lambda receipt: _row(receipt, "lines"),
        load=_load_receipt,
        found_by={ports.RECEIPT_BY_WAREHOUSE: ("warehouse_id",)},
        children=(Child(tables.opening_receipt_lines, ("receipt_id",), _dump_receipt_lines, ("place",)),),
    ),
    Mapping(
        ports.POLICIES,
        tables.publish_policies,
        dump=lambda policy: {**_row(policy), "id": policy.id},
        load=lambda row, _: PublishPolicy(
            **{**_without(row, "id"), "state": PolicyState(row["state"]), "at_zero": AtZero(row["at_zero"])}
        ),
        found_by={ports.POLICY_BY_CHANNEL: ("channel_id",)},
    ),
    Mapping(
        ports.PUBLISHED,
        tables.published,
        dump=_row,
        load=lambda row, _: Published(**row),
        found_by={ports.PUBLISHED_BY_SKU: ("sku_id",), ports.PUBLISHED_BY_CHANNEL: ("channel_id",)},
    ),
    Mapping(
        ports.PUBLICATIONS,
        tables.publications,
        dump=_dump_publication,
        load=_load_publication,
        found_by={ports.PUBLICATION_BY_ROW: ("channel_id", "sku_id")},
    ),
    Mapping(ports.UNIMPORTED, tables.unimported, dump=_row, load=lambda row, _: Unimported(**row)),
    Mapping(
        ports.BUNDLE_PARTS,
        tables.bundle_parts,
        dump=_row,
        load=lambda row, _: BundlePart(**row),
        found_by={ports.PART_BY_COMPONENT: ("component_id",)},
    ),
    Mapping(
        ports.OVERSELLS,
        tables.oversells,
        dump=_dump_oversell,
        load=_load_oversell,
        found_by={
            ports.OVERSELL_BY_ORDER: ("order_id",),
            ports.OVERSELL_BY_STATE: ("state",),
            ports.OVERSELL_BY_CHANNEL: ("channel_id",),
            ports.OVERSELL_BY_SKU: ("sku_id", "state"),
        },
    ),
)


def _without(row: Row, *names: str) -> Row:
    return {name: value for name, value in row.items() if name not in names}


class InventorySearch:
    """See `InventoryViews`: its search."""

    connection: Connection

    def stock_list(
        self,
        warehouses: frozenset[WarehouseId] | None,
        sku_id: SkuId | None,
        available_at_most: int | None,
        merchants: frozenset[UUID] | None,
        page: Page,
    ) -> Slice[Stock]:
        """See `InventoryViews.stock_list`."""
        own = tables.stocks.c
        statement = select(tables.stocks)
        if warehouses is not None:
            statement = statement.where(own.warehouse_id.in_(sorted(warehouses)))
        if sku_id is not None:
            statement = statement.where(own.sku_id == sku_id)
        if available_at_most is not None:
            promised = own.reserved_qty + own.held_qty + own.frozen_qty + own.safety_qty
            statement = statement.where(own.sellable_qty - promised <= available_at_most)
        if merchants is not None:
            theirs = select(skus.c.id).where(skus.c.merchant_id.in_(sorted(merchants)))
            statement = statement.where(own.sku_id.in_(theirs))
        place = (own.sku_id, own.warehouse_id)
        rows, cursor = rows_of_page(self.connection, statement, place, page, newest_first=page.newest_first)
        return Slice(tuple(Stock(**row) for row in rows), cursor)
