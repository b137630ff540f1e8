"""What outbound is kept in, and how its use cases and queries reach it."""

from __future__ import annotations

from typing import Any, Final, Protocol
from uuid import UUID

from houtai.application.outbound.wishes import (
    FreeWalks,
    GoodsIssueFilter,
    ManifestWish,
    OutboundWish,
    ParcelWish,
    RunWish,
    TransferFilter,
    WaveWish,
)
from houtai.application.paging import Page, Slice
from houtai.application.ports import Index, Reading, Records, Rows
from houtai.application.printing.ports import PrintingTx, PrintingViews
from houtai.application.shipping.ports import ShippingTx, ShippingViews
from houtai.application.timeline import TimelineEntry, TimelineKey
from houtai.application.warehouse.bin_ports import BinsTx, BinsViews
from houtai.domain.ids import (
    BoxId,
    GoodsIssueId,
    JointShareId,
    ManifestId,
    OutboundId,
    ParcelId,
    PickRunId,
    SkuId,
    TransferId,
    WarehouseId,
    WaveId,
    WaveTemplateId,
    derive,
)
from houtai.domain.outbound.goods_issue import GoodsIssue
from houtai.domain.outbound.joint import JointShare
from houtai.domain.outbound.manifest import Manifest
from houtai.domain.outbound.order import OutboundOrder
from houtai.domain.outbound.parcel import Parcel
from houtai.domain.outbound.transfer import Transfer
from houtai.domain.outbound.wave import Wave
from houtai.domain.outbound.work import (
    BenchCheck,
    DispatchSettings,
    PackBox,
    PickKey,
    PickRow,
    PickRun,
    RunState,
    SkuWeight,
    StoredTemplate,
    WallSort,
    WaveLane,
)

OUTBOUND_BY_NUMBER: Final[Index[OutboundOrder, str]] = Index("number", lambda order: order.number, unique=True)
OUTBOUND_OF: Final[Index[OutboundOrder, UUID]] = Index("source_id", lambda order: order.source_id)
OUTBOUND_IN_WAVE: Final[Index[OutboundOrder, UUID]] = Index("wave_id", lambda order: order.wave_id)
OUTBOUND_BY_WAYBILL: Final[Index[OutboundOrder, str]] = Index("waybill", lambda order: order.waybill or None)
OUTBOUND_IN: Final[Index[OutboundOrder, tuple[UUID, str]]] = Index(
    "warehouse_state", lambda order: (order.warehouse_id, order.state.value)
)
OUTBOUND_ORDERS: Final[Records[OutboundId, OutboundOrder]] = Records(
    "outbound_orders",
    OutboundOrder,
    lambda order: order.id,
    (OUTBOUND_BY_NUMBER, OUTBOUND_OF, OUTBOUND_IN_WAVE, OUTBOUND_BY_WAYBILL, OUTBOUND_IN),
    secret=frozenset({"receiver"}),
)

SHARES_OF: Final[Index[JointShare, UUID]] = Index("source_id", lambda share: share.source_id)
JOINT_SHARES: Final[Records[JointShareId, JointShare]] = Records(
    "joint_shares", JointShare, lambda share: share.id, (SHARES_OF,), append_only=True
)

PICKS_OF: Final[Index[PickRow, UUID]] = Index("outbound_id", lambda row: row.outbound_id)
PICKS_IN_WAVE: Final[Index[PickRow, UUID]] = Index("wave_id", lambda row: row.wave_id)
PICKS_OF_LINE: Final[Index[PickRow, tuple[UUID, int]]] = Index(
    "run_line", lambda row: None if row.run_id is None else (row.run_id, row.pick_line)
)
PICKS: Final[Records[PickKey, PickRow]] = Records(
    "picks", PickRow, lambda row: row.key, (PICKS_OF, PICKS_IN_WAVE, PICKS_OF_LINE), logged=False
)

WAVE_BY_NUMBER: Final[Index[Wave, str]] = Index("number", lambda wave: wave.number, unique=True)
WAVE_IN: Final[Index[Wave, tuple[UUID, str]]] = Index("warehouse_state", lambda wave: (wave.warehouse_id, wave.state.value))
WAVES: Final[Records[WaveId, Wave]] = Records("waves", Wave, lambda wave: wave.id, (WAVE_BY_NUMBER, WAVE_IN))

RUNS_OF_WAVE: Final[Index[PickRun, UUID]] = Index("wave_id", lambda run: run.wave_id)
OPEN_RUNS_OF: Final[Index[PickRun, UUID]] = Index("open_picker", lambda run: run.picker if run.state is RunState.OPEN else None)
OPEN_RUN_WITH: Final[Index[PickRun, UUID]] = Index(
    "open_unit", lambda run: run.unit_id if run.state is RunState.OPEN else None, unique=True
)
PICK_RUNS: Final[Records[PickRunId, PickRun]] = Records(
    "pick_runs", PickRun, lambda run: run.id, (RUNS_OF_WAVE, OPEN_RUNS_OF, OPEN_RUN_WITH), logged=False
)

CHECKS: Final[Records[OutboundId, BenchCheck]] = Records(
    "bench_checks", BenchCheck, lambda check: check.outbound_id, logged=False
)
LANES: Final[Records[WaveId, WaveLane]] = Records("wave_lanes", WaveLane, lambda lane: lane.wave_id, logged=False)
SORT_AT: Final[Index[WallSort, UUID]] = Index("open_wall", lambda sort: sort.wall_id if sort.open else None, unique=True)
SORTS: Final[Records[WaveId, WallSort]] = Records("wall_sorts", WallSort, lambda sort: sort.wave_id, (SORT_AT,), logged=False)

PARCEL_BY_NUMBER: Final[Index[Parcel, str]] = Index("number", lambda parcel: parcel.number, unique=True)
PARCELS_OF: Final[Index[Parcel, UUID]] = Index("outbound_id", lambda parcel: parcel.outbound_id)
PARCELS_BY_WAYBILL: Final[Index[Parcel, str]] = Index("waybill", lambda parcel: parcel.waybill or None)
PARCELS_ON: Final[Index[Parcel, str]] = Index("manifest_number", lambda parcel: parcel.manifest_number or None)
PARCELS: Final[Records[ParcelId, Parcel]] = Records(
    "parcels", Parcel, lambda parcel: parcel.id, (PARCEL_BY_NUMBER, PARCELS_OF, PARCELS_BY_WAYBILL, PARCELS_ON)
)

MANIFEST_BY_NUMBER: Final[Index[Manifest, str]] = Index("number", lambda manifest: manifest.number, unique=True)
MANIFESTS_IN: Final[Index[Manifest, tuple[UUID, str]]] = Index(
    "warehouse_state", lambda manifest: (manifest.warehouse_id, manifest.state.value)
)
MANIFESTS: Final[Records[ManifestId, Manifest]] = Records(
    "manifests", Manifest, lambda manifest: manifest.id, (MANIFEST_BY_NUMBER, MANIFESTS_IN)
)

TRANSFER_BY_NUMBER: Final[Index[Transfer, str]] = Index("number", lambda transfer: transfer.number, unique=True)
TRANSFERS_FROM: Final[Index[Transfer, UUID]] = Index("source_id", lambda transfer: transfer.source_id)
TRANSFERS_TO: Final[Index[Transfer, UUID]] = Index("destination_id", lambda transfer: transfer.destination_id)
TRANSFERS: Final[Records[TransferId, Transfer]] = Records(
    "transfers", Transfer, lambda transfer: transfer.id, (TRANSFER_BY_NUMBER, TRANSFERS_FROM, TRANSFERS_TO)
)

GOODS_ISSUE_BY_NUMBER: Final[Index[GoodsIssue, str]] = Index("number", lambda issue: issue.number, unique=True)
GOODS_ISSUES: Final[Records[GoodsIssueId, GoodsIssue]] = Records(
    "goods_issues", GoodsIssue, lambda issue: issue.id, (GOODS_ISSUE_BY_NUMBER,), secret=frozenset({"receiver"})
)

SKU_WEIGHTS: Final[Records[SkuId, SkuWeight]] = Records("sku_weights", SkuWeight, lambda one: one.sku_id, logged=False)
BOX_BY_CODE: Final[Index[PackBox, str]] = Index("code", lambda one: one.box.code, unique=True)
BOXES_IN: Final[Index[PackBox, str]] = Index("state", lambda one: one.state.value)
BOXES: Final[Records[BoxId, PackBox]] = Records(
    "pack_boxes", PackBox, lambda one: one.id, (BOX_BY_CODE, BOXES_IN), reference=True
)
TEMPLATES_OF: Final[Index[StoredTemplate, UUID]] = Index("warehouse_id", lambda one: one.warehouse_id)
TEMPLATES: Final[Records[WaveTemplateId, StoredTemplate]] = Records(
    "wave_templates", StoredTemplate, lambda one: one.id, (TEMPLATES_OF,), reference=True
)
SETTINGS: Final[Records[WarehouseId, DispatchSettings]] = Records(
    "dispatch_settings", DispatchSettings, lambda one: one.warehouse_id, secret=frozenset({"sender"}), reference=True
)

RECORDS: Final[tuple[Records[Any, Any], ...]] = (
    OUTBOUND_ORDERS,
    JOINT_SHARES,
    WAVES,
    PICK_RUNS,
    PICKS,
    CHECKS,
    LANES,
    SORTS,
    PARCELS,
    MANIFESTS,
    TRANSFERS,
    GOODS_ISSUES,
    SKU_WEIGHTS,
    BOXES,
    TEMPLATES,
    SETTINGS,
)


def parcel_id(outbound_id: OutboundId, number: int = 1) -> ParcelId:
    """The id of an order's parcel. The first has the order's own, so that its waybill can come before it is packed."""
    return ParcelId(outbound_id if number == 1 else derive(outbound_id, "parcel", number))


class OutboundTx(ShippingTx, PrintingTx, BinsTx, Protocol):
    """What outbound writes.

    One order of locks: manifests, waves, outbound orders, parcels, pick runs, picks, then what the warehouse locks; transfers
    and goods issues behind the outbound orders, as a hand-over takes them. Shipping's waybills come before all of them where a
    carrier speaks, behind them where it is asked.
    """

    @property
    def outbound_orders(self) -> Rows[OutboundId, OutboundOrder]:
        """What warehouses send."""

    @property
    def joint_shares(self) -> Rows[JointShareId, JointShare]:
        """Which orders travel together."""

    @property
    def waves(self) -> Rows[WaveId, Wave]:
        """What is picked together."""

    @property
    def pick_runs(self) -> Rows[PickRunId, PickRun]:
        """Who walks where."""

    @property
    def picks(self) -> Rows[PickKey, PickRow]:
        """Which bin is promised to which line."""

    @property
    def bench_checks(self) -> Rows[OutboundId, BenchCheck]:
        """What was checked."""

    @property
    def wave_lanes(self) -> Rows[WaveId, WaveLane]:
        """The fast lanes."""

    @property
    def wall_sorts(self) -> Rows[WaveId, WallSort]:
        """The walls being filled."""

    @property
    def parcels(self) -> Rows[ParcelId, Parcel]:
        """What was packed."""

    @property
    def manifests(self) -> Rows[ManifestId, Manifest]:
        """What carriers took."""

    @property
    def transfers(self) -> Rows[TransferId, Transfer]:
        """Goods between warehouses."""

    @property
    def goods_issues(self) -> Rows[GoodsIssueId, GoodsIssue]:
        """Goods that leave and are not sold."""

    @property
    def sku_weights(self) -> Rows[SkuId, SkuWeight]:
        """What parcels have taught."""

    @property
    def pack_boxes(self) -> Rows[BoxId, PackBox]:
        """The catalogue of boxes."""

    @property
    def wave_templates(self) -> Rows[WaveTemplateId, StoredTemplate]:
        """How waves are made."""

    @property
    def dispatch_settings(self) -> Rows[WarehouseId, DispatchSettings]:
        """How each warehouse sends."""

    def free_walks(self, wish: FreeWalks, *, skip: int, most: int) -> list[PickRunId]:
        """Walks that nobody is on, the most urgent first: by cut-off, then by age.

        Of what is committed; for deeds that have written no walk yet. Whoever takes one on locks it and looks again.
        """


class OutboundViews(ShippingViews, PrintingViews, BinsViews, Protocol):
    """What queries of outbound read."""

    @property
    def outbound_orders(self) -> Reading[OutboundId, OutboundOrder]:
        """By id, number, source, wave, waybill, or warehouse and state."""

    @property
    def joint_shares(self) -> Reading[JointShareId, JointShare]:
        """By id, or by the order that travels with others."""

    @property
    def waves(self) -> Reading[WaveId, Wave]:
        """By id, number, or warehouse and state."""

    @property
    def pick_runs(self) -> Reading[PickRunId, PickRun]:
        """By id, wave, picker, or warehouse and state."""

    @property
    def picks(self) -> Reading[PickKey, PickRow]:
        """By order, wave, or line of a run."""

    @property
    def bench_checks(self) -> Reading[OutboundId, BenchCheck]:
        """By outbound order."""

    @property
    def wave_lanes(self) -> Reading[WaveId, WaveLane]:
        """By wave."""

    @property
    def wall_sorts(self) -> Reading[WaveId, WallSort]:
        """By wave."""

    @property
    def parcels(self) -> Reading[ParcelId, Parcel]:
        """By id, number, waybill, outbound order or manifest."""

    @property
    def manifests(self) -> Reading[ManifestId, Manifest]:
        """By id, number, or warehouse and state."""

    @property
    def transfers(self) -> Reading[TransferId, Transfer]:
        """By id, number, source or destination."""

    @property
    def goods_issues(self) -> Reading[GoodsIssueId, GoodsIssue]:
        """By id or number."""

    @property
    def sku_weights(self) -> Reading[SkuId, SkuWeight]:
        """By SKU."""

    @property
    def pack_boxes(self) -> Reading[BoxId, PackBox]:
        """By id, code or state."""

    @property
    def wave_templates(self) -> Reading[WaveTemplateId, StoredTemplate]:
        """By id or warehouse."""

    @property
    def dispatch_settings(self) -> Reading[WarehouseId, DispatchSettings]:
        """By warehouse."""

    @property
    def timeline(self) -> Reading[TimelineKey, TimelineEntry]:
        """What happened to each document."""

    def outbound_list(self, wish: OutboundWish, page: Page) -> Slice[OutboundOrder]:
        """Outbound orders by id, narrowed to the wish."""

    def wave_list(self, wish: WaveWish, page: Page) -> Slice[Wave]:
        """Waves by id, narrowed to the wish."""

    def run_list(self, wish: RunWish, page: Page) -> Slice[PickRun]:
        """Walks by id, narrowed to the wish."""

    def parcel_list(self, wish: ParcelWish, page: Page) -> Slice[Parcel]:
        """Parcels by id, narrowed to the wish."""

    def manifest_list(self, wish: ManifestWish, page: Page) -> Slice[Manifest]:
        """Manifests by id, narrowed to the wish."""

    def transfer_list(self, wish: TransferFilter, page: Page) -> Slice[Transfer]:
        """Transfers by id, narrowed to the wish."""

    def goods_issue_list(self, wish: GoodsIssueFilter, page: Page) -> Slice[GoodsIssue]:
        """Goods issues by id, narrowed to the wish."""
