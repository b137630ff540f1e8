"""The tables of outbound: orders with lines, waves, walks, picks, parcels, manifests, transfers, and what is edited."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import Boolean, CheckConstraint, Column, ForeignKey, ForeignKeyConstraint, Index, Table, UniqueConstraint

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
    weight_g,
    whole_number,
    words,
)
from houtai.domain.catalog.standing import Standing
from houtai.domain.inventory.stock import StockState
from houtai.domain.limits import MAX_LINES, MAX_QTY
from houtai.domain.outbound.manifest import MAX_ENTRIES, ManifestState
from houtai.domain.outbound.parcel import ParcelState
from houtai.domain.outbound.paths import WalkMethod
from houtai.domain.outbound.planning import BasketShape
from houtai.domain.outbound.state import OutboundKind, OutboundState
from houtai.domain.outbound.transfer import TransferState
from houtai.domain.outbound.wave import MAX_WAVE, PickMethod, WaveState
from houtai.domain.outbound.work import PickState, RunState

MAX_SEQ: Final = MAX_LINES * 60


def _warehouse(name: str = "warehouse_id") -> Column[Any]:
    return id_column(name, ForeignKey("warehouses.id"))


def _outbound(**options: Any) -> Column[Any]:
    return id_column("outbound_id", ForeignKey("outbound_orders.id"), **options)


def _check(text: str, name: str) -> CheckConstraint:
    return CheckConstraint(text, name=name)


waves: Final = Table(
    "waves",
    METADATA,
    id_column("id", primary_key=True),
    words("number", 64, unique=True),
    _warehouse(),
    one_of("shape", BasketShape),
    one_of("method", PickMethod),
    moment("made_at"),
    words("template", 64),
    words("carrier", 64),
    moment("ship_by", nullable=True),
    words("skill", 40),
    one_of("state", WaveState),
    version(),
)
Index("ix_waves_warehouse_id_state", waves.c.warehouse_id, waves.c.state, waves.c.id)

outbound_orders: Final = Table(
    "outbound_orders",
    METADATA,
    id_column("id", primary_key=True),
    words("number", 64, unique=True),
    one_of("kind", OutboundKind),
    _warehouse(),
    words("recipient", 100),
    words("phone", 24),
    words("country", 2),
    words("region", 60),
    words("city", 60),
    words("district", 60),
    words("street", 200),
    words("postcode", 16),
    moment("made_at"),
    id_column("source_id", nullable=True, index=True),
    words("source_number", 64),
    id_column("channel_id", ForeignKey("channels.id"), nullable=True),
    owner_column("merchant_id"),
    words("carrier", 64),
    words("waybill", 64, nullable=True, index=True),
    whole_number("priority", 0, 9),
    moment("ship_by", nullable=True),
    Column("partial", Boolean(), nullable=False),
    Column("label_after_scan", Boolean(), nullable=False),
    id_column("wave_id", ForeignKey("waves.id"), nullable=True, index=True),
    whole_number("slot", 0, MAX_WAVE),
    id_column("station_id", ForeignKey("stations.id"), nullable=True),
    one_of("state", OutboundState),
    words("stop_reason", 200),
    version(),
    _check("state <> 'waved' OR wave_id IS NOT NULL", "waved_in_a_wave"),
    _check("state NOT IN ('packed', 'weighed', 'shipped') OR waybill IS NOT NULL", "packed_has_a_waybill"),
)
Index("ix_outbound_orders_warehouse_id_state", outbound_orders.c.warehouse_id, outbound_orders.c.state, outbound_orders.c.id)
Index("ix_outbound_orders_merchant_id", outbound_orders.c.merchant_id, outbound_orders.c.id)

outbound_lines: Final = Table(
    "outbound_lines",
    METADATA,
    _outbound(primary_key=True),
    whole_number("seq", 1, MAX_SEQ, primary_key=True, autoincrement=False),
    id_column("sku_id", index=True),
    words("sku_code", 128),
    qty("qty", 1),
    *(qty(f"{step}_qty") for step in ("allocated", "picked", "short", "cancelled", "checked", "packed", "shipped")),
    whole_number("source_line", 0, MAX_SEQ),
    id_column("source_id", nullable=True),
    owner_column("merchant_id", known=False),
    ForeignKeyConstraint(["merchant_id", "sku_id"], ["skus.merchant_id", "skus.id"]),
    _check("allocated_qty + picked_qty + short_qty + cancelled_qty <= qty", "every_unit_once"),
    _check("shipped_qty <= packed_qty AND packed_qty <= checked_qty AND checked_qty <= picked_qty", "step_by_step"),
)

joint_shares: Final = Table(
    "joint_shares",
    METADATA,
    id_column("id", primary_key=True),
    _outbound(),
    id_column("source_id", index=True),
    words("source_number", 64),
    UniqueConstraint("outbound_id", "source_id"),
)

wave_slots: Final = Table(
    "wave_slots",
    METADATA,
    id_column("wave_id", ForeignKey("waves.id"), primary_key=True),
    whole_number("slot", 1, MAX_WAVE, primary_key=True, autoincrement=False),
    _outbound(),
    UniqueConstraint("wave_id", "outbound_id"),
)

pick_runs: Final = Table(
    "pick_runs",
    METADATA,
    id_column("id", primary_key=True),
    id_column("wave_id", ForeignKey("waves.id"), index=True),
    words("wave_number", 64),
    _warehouse(),
    plain("picking"),
    moment("made_at"),
    words("zone", 64),
    id_column("picker", nullable=True),
    id_column("open_picker", nullable=True, index=True),  # again while there is something to fetch, for a short index
    id_column("unit_id", ForeignKey("handling_units.id"), nullable=True),
    id_column("open_unit_id", nullable=True, unique=True),  # again while nothing else is fetched with it
    id_column("place_id", ForeignKey("locations.id"), nullable=True),
    moment("begun_at", nullable=True),
    moment("done_at", nullable=True),
    one_of("state", RunState),
    version(),
    _check("(state = 'done') = (done_at IS NOT NULL)", "done_at_known"),
    _check("open_picker IS NULL OR (state = 'open' AND open_picker = picker)", "picker_told_twice"),
    _check("open_unit_id IS NULL OR (state = 'open' AND open_unit_id = unit_id)", "unit_told_twice"),
)
Index("ix_pick_runs_warehouse_id_state", pick_runs.c.warehouse_id, pick_runs.c.state, pick_runs.c.id)

picks: Final = Table(
    "picks",
    METADATA,
    _outbound(primary_key=True),
    whole_number("number", 1, MAX_QTY, primary_key=True, autoincrement=False),
    whole_number("line", 1, MAX_SEQ),
    id_column("bin_id", ForeignKey("bins.id"), index=True),
    _warehouse(),
    id_column("location_id", ForeignKey("locations.id")),
    id_column("sku_id"),
    one_of("stock_state", StockState),
    id_column("handling_unit_id", ForeignKey("handling_units.id"), nullable=True),
    id_column("lot_id", ForeignKey("lots.id"), nullable=True),
    owner_column("merchant_id", known=False),
    qty("qty", 1),
    id_column("wave_id", ForeignKey("waves.id"), index=True),
    id_column("run_id", ForeignKey("pick_runs.id"), nullable=True),
    whole_number("pick_line", 0, MAX_QTY),
    one_of("state", PickState),
    ForeignKeyConstraint(["outbound_id", "line"], ["outbound_lines.outbound_id", "outbound_lines.seq"]),
    ForeignKeyConstraint(["merchant_id", "sku_id"], ["skus.merchant_id", "skus.id"]),
)
Index("ix_picks_run_id_pick_line", picks.c.run_id, picks.c.pick_line)

bench_checks: Final = Table(
    "bench_checks",
    METADATA,
    _outbound(primary_key=True),
    plain("checking"),
    id_column("by"),
    moment("begun_at"),
    moment("done_at", nullable=True),
    version(),
)

wave_lanes: Final = Table(
    "wave_lanes", METADATA, id_column("wave_id", ForeignKey("waves.id"), primary_key=True), plain("lane"), version()
)

wall_sorts: Final = Table(
    "wall_sorts",
    METADATA,
    id_column("wave_id", ForeignKey("waves.id"), primary_key=True),
    id_column("wall_id", ForeignKey("handling_units.id")),
    id_column("open_wall_id", nullable=True, unique=True),  # again while nothing else is sorted there
    plain("sorting"),
    version(),
    _check("open_wall_id IS NULL OR open_wall_id = wall_id", "wall_told_twice"),
)

parcels: Final = Table(
    "parcels",
    METADATA,
    id_column("id", primary_key=True),
    words("number", 64, unique=True),
    _outbound(index=True),
    words("carrier", 64),
    words("waybill", 64, nullable=True, index=True),
    words("box_code", 64),
    weight_g("tare_g"),
    weight_g("filler_g"),
    weight_g("weight_g"),
    moment("weighed_at", nullable=True),
    words("manifest_number", 64, nullable=True, index=True),
    one_of("state", ParcelState),
    version(),
    _check("state NOT IN ('weighed', 'handed-over') OR weighed_at IS NOT NULL", "weighed_at_known"),
    _check("state <> 'handed-over' OR manifest_number IS NOT NULL", "handed_over_on_a_manifest"),
)

parcel_contents: Final = Table(
    "parcel_contents",
    METADATA,
    id_column("parcel_id", ForeignKey("parcels.id"), primary_key=True),
    whole_number("place", 1, MAX_SEQ, primary_key=True, autoincrement=False),
    whole_number("line", 1, MAX_SEQ),
    id_column("sku_id", ForeignKey("skus.id")),
    qty("qty", 1),
)

manifests: Final = Table(
    "manifests",
    METADATA,
    id_column("id", primary_key=True),
    words("number", 64, unique=True),
    _warehouse(),
    words("carrier", 64),
    moment("closed_at", nullable=True),
    one_of("state", ManifestState),
    version(),
    _check("(state = 'closed') = (closed_at IS NOT NULL)", "closed_at_known"),
)
Index("ix_manifests_warehouse_id_state", manifests.c.warehouse_id, manifests.c.state, manifests.c.id)

manifest_entries: Final = Table(
    "manifest_entries",
    METADATA,
    id_column("manifest_id", ForeignKey("manifests.id"), primary_key=True),
    whole_number("place", 1, MAX_ENTRIES, primary_key=True, autoincrement=False),
    id_column("parcel_id", ForeignKey("parcels.id")),
    _outbound(),
    words("waybill", 64),
    weight_g("weight_g"),
)
Index("ix_manifest_entries_parcel_id", manifest_entries.c.parcel_id, unique=True)  # a parcel goes once

transfers: Final = Table(
    "transfers",
    METADATA,
    id_column("id", primary_key=True),
    words("number", 64, unique=True),
    id_column("source_id", ForeignKey("warehouses.id"), index=True),
    id_column("destination_id", ForeignKey("warehouses.id"), index=True),
    moment("made_at"),
    words("currency", 3),
    one_of("state", TransferState),
    version(),
    _check("source_id <> destination_id", "goes_somewhere"),
)

transfer_lines: Final = Table(
    "transfer_lines",
    METADATA,
    id_column("transfer_id", ForeignKey("transfers.id"), primary_key=True),
    whole_number("seq", 1, MAX_LINES, primary_key=True, autoincrement=False),
    id_column("sku_id", ForeignKey("skus.id")),
    qty("qty", 1),
    *(qty(f"{step}_qty") for step in ("shipped", "received", "lost", "damaged", "miscount", "returned")),
    minor("value_minor", 0),
    _check("shipped_qty <= qty", "no_more_than_wanted"),
    _check("received_qty + lost_qty + damaged_qty + miscount_qty + returned_qty <= shipped_qty", "every_unit_once"),
)

sku_weights: Final = Table(
    "sku_weights", METADATA, id_column("sku_id", ForeignKey("skus.id"), primary_key=True), plain("samples")
)

pack_boxes: Final = Table(
    "pack_boxes",
    METADATA,
    id_column("id", primary_key=True),
    words("code", 64, unique=True),
    plain("box"),
    one_of("state", Standing, index=True),
    version(),
)

wave_templates: Final = Table(
    "wave_templates",
    METADATA,
    id_column("id", primary_key=True),
    id_column("warehouse_id", ForeignKey("warehouses.id"), index=True),
    plain("template"),
    one_of("method", PickMethod),
    whole_number("place", 1, 10_000),
    one_of("state", Standing),
    version(),
)

dispatch_settings: Final = Table(
    "dispatch_settings",
    METADATA,
    id_column("warehouse_id", ForeignKey("warehouses.id"), primary_key=True),
    id_column("id", unique=True),
    plain("sender"),
    plain("carriers"),
    id_column("label_printer_id", ForeignKey("printers.id"), nullable=True),
    id_column("list_printer_id", ForeignKey("printers.id"), nullable=True),
    plain("tolerance"),
    plain("category_tolerances"),
    Column("zero_check", Boolean(), nullable=False),
    one_of("walk", WalkMethod),
    plain("cut_offs"),
    one_of("state", Standing),
    version(),
)
