"""Outbound between record and rows."""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping as Lookup
from typing import Any, Final

import attrs

from houtai.adapters.sql import outbound_tables as tables
from houtai.adapters.sql.mapping import Child, Mapping, Row
from houtai.application.outbound import ports
from houtai.application.plain import from_plain, to_plain
from houtai.domain.catalog.standing import Standing
from houtai.domain.customers.customer import Address
from houtai.domain.inventory.stock import StockState
from houtai.domain.outbound.cartonise import Box
from houtai.domain.outbound.checking import Checking, FastLane
from houtai.domain.outbound.cut_off import CutOff
from houtai.domain.outbound.joint import JointShare
from houtai.domain.outbound.line import OutboundLine
from houtai.domain.outbound.manifest import Manifest, ManifestEntry, ManifestState
from houtai.domain.outbound.order import OutboundOrder
from houtai.domain.outbound.parcel import Content, Parcel, ParcelState
from houtai.domain.outbound.paths import WalkMethod
from houtai.domain.outbound.picking import Picking
from houtai.domain.outbound.planning import BasketShape, WaveTemplate
from houtai.domain.outbound.sorting import Sorting
from houtai.domain.outbound.state import OutboundKind, OutboundState
from houtai.domain.outbound.transfer import Transfer, TransferLine, TransferState
from houtai.domain.outbound.wave import PickMethod, Wave, WaveSlot, WaveState
from houtai.domain.outbound.weighing import CategoryTolerance, LearntWeight, WeighTolerance
from houtai.domain.outbound.work import (
    BenchCheck,
    DispatchSettings,
    PackBox,
    PickRow,
    PickRun,
    PickState,
    RunState,
    SkuWeight,
    StoredTemplate,
    WallSort,
    WaveLane,
)
from houtai.domain.shipping.parcel import Contact
from houtai.domain.warehouse.bins import BinKey

_ADDRESS: Final = tuple(field.name for field in attrs.fields(Address))
_LINE: Final = tuple(field.name for field in attrs.fields(OutboundLine))
_BIN: Final = tuple(field.name for field in attrs.fields(BinKey) if field.name != "state")


def _row(record: Any, *left_out: str, **instead: Any) -> Row:
    """A record's fields as columns of the same names, enums by value, those left out or given instead apart."""
    row: Row = {}
    for field in attrs.fields(type(record)):
        if field.name not in left_out and field.name not in instead:
            value = getattr(record, field.name)
            row[field.name] = value.value if isinstance(value, enum.Enum) else value
    return {**row, **instead}


def _children(parent: str, of: str, members: Callable[[Any], Any]) -> Callable[[Any], list[Row]]:
    """Members of a record as rows, each with its parent's key and its place."""

    def dump(record: Any) -> list[Row]:
        return [{parent: record.id, of: place, **_row(one)} for place, one in enumerate(members(record), start=1)]

    return dump


def _without(row: Row, *names: str) -> Row:
    return {name: value for name, value in row.items() if name not in names}


def _dump_outbound(order: OutboundOrder) -> Row:
    return {**_row(order, "lines", "receiver", waybill=order.waybill or None), **_row(order.receiver)}


def _load_outbound(row: Row, lines: Lookup[str, list[Row]]) -> OutboundOrder:
    return OutboundOrder(
        **_without(row, *_ADDRESS, "kind", "state", "waybill"),
        kind=OutboundKind(row["kind"]),
        state=OutboundState(row["state"]),
        waybill=row["waybill"] or "",
        receiver=Address(**{name: row[name] for name in _ADDRESS}),
        lines=tuple(OutboundLine(**{name: line[name] for name in _LINE}) for line in lines["outbound_lines"]),
    )


def _dump_outbound_lines(order: OutboundOrder) -> list[Row]:
    return [{"outbound_id": order.id, **_row(line)} for line in order.lines]


def _load_wave(row: Row, lines: Lookup[str, list[Row]]) -> Wave:
    known = {
        "shape": BasketShape(row["shape"]),
        "method": PickMethod(row["method"]),
        "state": WaveState(row["state"]),
        "slots": tuple(WaveSlot(one["slot"], one["outbound_id"]) for one in lines["wave_slots"]),
    }
    return Wave(**{**row, **known})


def _dump_slots(wave: Wave) -> list[Row]:
    return [{"wave_id": wave.id, **_row(one)} for one in wave.slots]


def _dump_run(run: PickRun) -> Row:
    going = run.state is RunState.OPEN
    again = {"open_picker": run.picker if going else None, "open_unit_id": run.unit_id if going else None}
    return _row(run, picking=to_plain(run.picking), **again)


def _load_run(row: Row, _: object) -> PickRun:
    known = {"picking": from_plain(row["picking"], Picking), "state": RunState(row["state"])}
    return PickRun(**{**_without(row, "open_picker", "open_unit_id"), **known})


def _dump_sort(sort: WallSort) -> Row:
    open_wall = sort.wall_id if sort.open else None
    return _row(sort, "open", sorting=to_plain(sort.sorting), open_wall_id=open_wall)


def _load_sort(row: Row, _: object) -> WallSort:
    known = {"sorting": from_plain(row["sorting"], Sorting), "open": row["open_wall_id"] is not None}
    return WallSort(**{**_without(row, "open_wall_id"), **known})


def _dump_pick(one: PickRow) -> Row:
    key = one.bin
    return {**_row(one, "bin"), **_row(key, "state"), "stock_state": key.state.value, "bin_id": key.id}


def _load_pick(row: Row, _: object) -> PickRow:
    key = BinKey(**{name: row[name] for name in _BIN}, state=StockState(row["stock_state"]))
    rest = _without(row, *_BIN, "bin_id", "stock_state", "state")
    return PickRow(**rest, bin=key, state=PickState(row["state"]))


def _load_check(row: Row, _: object) -> BenchCheck:
    return BenchCheck(**{**row, "checking": from_plain(row["checking"], Checking)})


def _dump_parcel(parcel: Parcel) -> Row:
    return _row(parcel, "contents", waybill=parcel.waybill or None, manifest_number=parcel.manifest_number or None)


def _load_parcel(row: Row, lines: Lookup[str, list[Row]]) -> Parcel:
    known = {
        "state": ParcelState(row["state"]),
        "waybill": row["waybill"] or "",
        "manifest_number": row["manifest_number"] or "",
        "contents": tuple(Content(one["line"], one["sku_id"], one["qty"]) for one in lines["parcel_contents"]),
    }
    return Parcel(**{**row, **known})


def _load_manifest(row: Row, lines: Lookup[str, list[Row]]) -> Manifest:
    entries = tuple(ManifestEntry(**_without(one, "manifest_id", "place")) for one in lines["manifest_entries"])
    return Manifest(**{**row, "entries": entries, "state": ManifestState(row["state"])})


def _load_transfer(row: Row, lines: Lookup[str, list[Row]]) -> Transfer:
    members = tuple(TransferLine(**_without(one, "transfer_id")) for one in lines["transfer_lines"])
    return Transfer(**{**row, "lines": members, "state": TransferState(row["state"])})


def _dump_transfer_lines(transfer: Transfer) -> list[Row]:
    return [{"transfer_id": transfer.id, **_row(line)} for line in transfer.lines]


def _load_template(row: Row, _: object) -> StoredTemplate:
    known = {
        "template": from_plain(row["template"], WaveTemplate),
        "method": PickMethod(row["method"]),
        "state": Standing(row["state"]),
    }
    return StoredTemplate(**{**row, **known})


def _dump_settings(one: DispatchSettings) -> Row:
    plain = {name: to_plain(getattr(one, name)) for name in ("sender", "tolerance", "category_tolerances", "cut_offs")}
    return _row(one, id=one.id, carriers=list(one.carriers), **plain)


def _load_settings(row: Row, _: object) -> DispatchSettings:
    known = {
        "sender": from_plain(row["sender"], Contact),
        "carriers": tuple(row["carriers"]),
        "tolerance": from_plain(row["tolerance"], WeighTolerance),
        "category_tolerances": from_plain(row["category_tolerances"], tuple[CategoryTolerance, ...]),
        "cut_offs": from_plain(row["cut_offs"], tuple[CutOff, ...]),
        "walk": WalkMethod(row["walk"]),
        "state": Standing(row["state"]),
    }
    return DispatchSettings(**{**_without(row, "id"), **known})


OUTBOUND: Final = Mapping(
    ports.OUTBOUND_ORDERS,
    tables.outbound_orders,
    _dump_outbound,
    _load_outbound,
    {
        ports.OUTBOUND_BY_NUMBER: ("number",),
        ports.OUTBOUND_OF: ("source_id",),
        ports.OUTBOUND_IN_WAVE: ("wave_id",),
        ports.OUTBOUND_BY_WAYBILL: ("waybill",),
        ports.OUTBOUND_IN: ("warehouse_id", "state"),
    },
    (Child(tables.outbound_lines, ("outbound_id",), _dump_outbound_lines, ("seq",)),),
)
WAVE: Final = Mapping(
    ports.WAVES,
    tables.waves,
    lambda wave: _row(wave, "slots"),
    _load_wave,
    {ports.WAVE_BY_NUMBER: ("number",), ports.WAVE_IN: ("warehouse_id", "state")},
    (Child(tables.wave_slots, ("wave_id",), _dump_slots, ("slot",)),),
)
MANIFEST: Final = Mapping(
    ports.MANIFESTS,
    tables.manifests,
    lambda manifest: _row(manifest, "entries"),
    _load_manifest,
    {ports.MANIFEST_BY_NUMBER: ("number",), ports.MANIFESTS_IN: ("warehouse_id", "state")},
    (
        Child(
            tables.manifest_entries,
            ("manifest_id",),
            _children("manifest_id", "place", lambda manifest: manifest.entries),
            ("place",),
        ),
    ),
)
RUN: Final = Mapping(
    ports.PICK_RUNS,
    tables.pick_runs,
    _dump_run,
    _load_run,
    {
        ports.RUNS_OF_WAVE: ("wave_id",),
        ports.OPEN_RUNS_OF: ("open_picker",),
        ports.OPEN_RUN_WITH: ("open_unit_id",),
    },
)
PARCEL: Final = Mapping(
    ports.PARCELS,
    tables.parcels,
    _dump_parcel,
    _load_parcel,
    {
        ports.PARCEL_BY_NUMBER: ("number",),
        ports.PARCELS_OF: ("outbound_id",),
        ports.PARCELS_BY_WAYBILL: ("waybill",),
        ports.PARCELS_ON: ("manifest_number",),
    },
    (
        Child(
            tables.parcel_contents,
            ("parcel_id",),
            _children("parcel_id", "place", lambda parcel: parcel.contents),
            ("place",),
        ),
    ),
)
TRANSFER: Final = Mapping(
    ports.TRANSFERS,
    tables.transfers,
    lambda transfer: _row(transfer, "lines"),
    _load_transfer,
    {
        ports.TRANSFER_BY_NUMBER: ("number",),
        ports.TRANSFERS_FROM: ("source_id",),
        ports.TRANSFERS_TO: ("destination_id",),
    },
    (Child(tables.transfer_lines, ("transfer_id",), _dump_transfer_lines, ("seq",)),),
)

MAPPINGS: Final[tuple[Mapping[Any], ...]] = (
    WAVE,
    OUTBOUND,
    RUN,
    Mapping(
        ports.JOINT_SHARES,
        tables.joint_shares,
        _row,
        lambda row, _: JointShare(**row),
        {ports.SHARES_OF: ("source_id",)},
    ),
    Mapping(
        ports.PICKS,
        tables.picks,
        _dump_pick,
        _load_pick,
        {
            ports.PICKS_OF: ("outbound_id",),
            ports.PICKS_IN_WAVE: ("wave_id",),
            ports.PICKS_OF_LINE: ("run_id", "pick_line"),
        },
    ),
    Mapping(ports.CHECKS, tables.bench_checks, lambda one: _row(one, checking=to_plain(one.checking)), _load_check),
    Mapping(
        ports.LANES,
        tables.wave_lanes,
        lambda one: _row(one, lane=to_plain(one.lane)),
        lambda row, _: WaveLane(**{**row, "lane": from_plain(row["lane"], FastLane)}),
    ),
    Mapping(
        ports.SORTS,
        tables.wall_sorts,
        _dump_sort,
        _load_sort,
        {ports.SORT_AT: ("open_wall_id",)},
    ),
    PARCEL,
    MANIFEST,
    TRANSFER,
    Mapping(
        ports.SKU_WEIGHTS,
        tables.sku_weights,
        lambda one: {"sku_id": one.sku_id, "samples": list(one.learnt.samples_g)},
        lambda row, _: SkuWeight(row["sku_id"], LearntWeight(tuple(row["samples"]))),
    ),
    Mapping(
        ports.BOXES,
        tables.pack_boxes,
        lambda one: _row(one, box=to_plain(one.box), code=one.box.code),
        lambda row, _: PackBox(row["id"], from_plain(row["box"], Box), Standing(row["state"]), row["version"]),
        {ports.BOX_BY_CODE: ("code",), ports.BOXES_IN: ("state",)},
    ),
    Mapping(
        ports.TEMPLATES,
        tables.wave_templates,
        lambda one: _row(one, template=to_plain(one.template)),
        _load_template,
        {ports.TEMPLATES_OF: ("warehouse_id",)},
    ),
    Mapping(ports.SETTINGS, tables.dispatch_settings, _dump_settings, _load_settings),
)
