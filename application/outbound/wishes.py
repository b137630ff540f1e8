"""What is looked for in outbound: which orders, waves, walks, parcels, manifests, transfers and goods issues."""

from __future__ import annotations

from uuid import UUID

import attrs

from houtai.domain.ids import OutboundId, WarehouseId, WaveId
from houtai.domain.outbound.goods_issue import IssueReason, IssueState
from houtai.domain.outbound.manifest import ManifestState
from houtai.domain.outbound.parcel import ParcelState
from houtai.domain.outbound.state import OutboundKind, OutboundState
from houtai.domain.outbound.transfer import TransferState
from houtai.domain.outbound.wave import WaveState
from houtai.domain.outbound.work import RunState


@attrs.frozen
class OutboundWish:
    """Which outbound orders: of these warehouses and owners (None: of all), in these states (none: in any), of one wave."""

    warehouses: frozenset[WarehouseId] | None = None
    merchants: frozenset[UUID] | None = None
    states: frozenset[OutboundState] = frozenset()
    wave_id: WaveId | None = None
    source_id: UUID | None = None
    kind: OutboundKind | None = None
    code: str = ""  # the order's own number or its waybill's; '' for any


@attrs.frozen
class RunWish:
    """Which walks: of these warehouses (None: of all), of one wave, in these states (none: in any)."""

    warehouses: frozenset[WarehouseId] | None = None
    wave_id: WaveId | None = None
    states: frozenset[RunState] = frozenset()


@attrs.frozen
class ParcelWish:
    """Which parcels: of orders of these warehouses and owners (None: of all), of one order or manifest, in these states."""

    warehouses: frozenset[WarehouseId] | None = None
    merchants: frozenset[UUID] | None = None
    outbound_id: OutboundId | None = None
    states: frozenset[ParcelState] = frozenset()
    manifest_number: str = ""  # '' for any
    code: str = ""  # the parcel's own number or its waybill's; '' for any


@attrs.frozen
class WaveWish:
    """Which waves: of these warehouses (None: of all), in these states (none: in any)."""

    warehouses: frozenset[WarehouseId] | None = None
    states: frozenset[WaveState] = frozenset()


@attrs.frozen
class ManifestWish:
    """Which manifests: of these warehouses (None: of all), of one carrier ('' for any), in one state."""

    warehouses: frozenset[WarehouseId] | None = None
    carrier: str = ""
    state: ManifestState | None = None


@attrs.frozen
class TransferFilter:
    """Which transfers: from or to these warehouses (None: all), in these states (none: in any)."""

    warehouses: frozenset[WarehouseId] | None = None
    states: frozenset[TransferState] = frozenset()


@attrs.frozen
class GoodsIssueFilter:
    """Which goods issues: of these warehouses (None: all), in these states (none: in any), for one reason."""

    warehouses: frozenset[WarehouseId] | None = None
    states: frozenset[IssueState] = frozenset()
    reason: IssueReason | None = None


@attrs.frozen
class FreeWalks:
    """Which free walks: of a warehouse, of one zone ('' for any), of waves that ask for one of these skills (None: for any)."""

    warehouse_id: WarehouseId
    zone: str = ""
    skills: frozenset[str] | None = None
