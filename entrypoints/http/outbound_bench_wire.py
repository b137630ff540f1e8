"""How the bench and the scale travel over HTTP: checks, proposed boxes, parcels, weights."""

from __future__ import annotations

import datetime as dt
from typing import Annotated
from uuid import UUID

from msgspec import Meta

from houtai.application.outbound.pack import PackedParcel
from houtai.application.outbound.weigh import ParcelWeighed
from houtai.domain.ids import SkuId
from houtai.domain.limits import MAX_LINES, MAX_WEIGHT_G
from houtai.domain.outbound.cartonise import PackedBox, PackingProposal, Piece
from houtai.domain.outbound.parcel import MAX_PARCELS, Content, Parcel, ParcelState
from houtai.domain.outbound.weighing import WeighVerdict
from houtai.domain.outbound.work import BenchCheck
from houtai.entrypoints.http import wire
from houtai.entrypoints.http.orders_out import shown
from houtai.entrypoints.http.outbound_wire import ParcelOut, ScannedText, Traced, parcel_out

Grams = Annotated[int, Meta(ge=1, le=MAX_WEIGHT_G, description="What the scale says, in grams.")]


class CheckStart(wire.Wire):
    """What was scanned: the order's waybill or number, or the code of its parcel."""

    code: ScannedText


class CheckPieceIn(wire.Wire, kw_only=True):
    """Pieces that were scanned at the bench."""

    sku_id: wire.Id
    qty: wire.Qty = 1
    lot: Traced = ""
    serial: Traced = ""


class CheckLineOut(wire.Wire):
    """So many of a SKU that were picked, and how many of them are checked."""

    line: int
    sku_id: UUID
    sku_code: str
    qty: int
    checked_qty: int


class CheckedPieceOut(wire.Wire):
    """Who checked what, and when."""

    line: int
    sku_id: UUID
    qty: int
    by: str
    at: dt.datetime
    lot: str
    serial: str


class CheckOut(wire.Versioned, kw_only=True):
    """The check of one order, as far as it has come."""

    outbound_id: UUID
    number: str
    waybill: str
    lines: tuple[CheckLineOut, ...]
    pieces: tuple[CheckedPieceOut, ...]
    done: bool
    by: UUID
    begun_at: dt.datetime
    done_at: dt.datetime | None


class PlacedPieceOut(wire.Wire):
    """Where a piece lies: its corner nearest to the box's, and its sides as it was turned; millimetres."""

    piece: int
    x_mm: int
    y_mm: int
    z_mm: int
    length_mm: int
    width_mm: int
    height_mm: int


class ProposedBoxOut(wire.Wire):
    """A box with what lies in it."""

    code: str
    weight_g: int
    cost_minor: int
    pieces: tuple[PlacedPieceOut, ...]


class BoxProposalOut(wire.Wire):
    """Boxes that hold the pieces; `too_large` are those that no box of the catalogue takes. Goods without sizes are left out."""

    boxes: tuple[ProposedBoxOut, ...]
    too_large: tuple[int, ...]
    cost_minor: int


class ContentIn(wire.Wire):
    """So many units of one line of the order."""

    line: Annotated[int, Meta(ge=1, le=MAX_LINES * 60)]
    sku_id: wire.Id
    qty: wire.Qty


class PackedParcelIn(wire.Wire, kw_only=True):
    """One parcel as it was closed: the box that was scanned (empty: the goods' own), what lies in it (empty: everything).

    `code` is what stands on it; empty for the order's number and a count.
    """

    box: Traced = ""
    contents: Annotated[tuple[ContentIn, ...], wire.Many] = ()
    code: Traced = ""

    def value(self) -> PackedParcel:
        """As the use case takes it."""
        contents = tuple(Content(one.line, SkuId(one.sku_id), one.qty) for one in self.contents)
        return PackedParcel(self.box, contents, self.code)


class PackIn(wire.Wire):
    """All parcels of an order; together they hold exactly what was checked."""

    parcels: Annotated[tuple[PackedParcelIn, ...], Meta(min_length=1, max_length=MAX_PARCELS)]


class ParcelsOut(wire.Wire):
    """The parcels of an order."""

    items: tuple[ParcelOut, ...]


class ParcelQuery(wire.PageQuery):
    """Which parcels; `code` is a parcel's own number or its waybill's."""

    warehouse_id: wire.Id | None = None
    outbound_id: wire.Id | None = None
    state: ParcelState | None = None
    manifest_number: Traced = ""
    code: Traced = ""


class WeighingIn(wire.Wire):
    """A parcel on the scale, by its code or waybill."""

    code: ScannedText
    weight_g: Grams


class WeighingOut(wire.Wire):
    """What the weight means; out of tolerance the parcel stays packed. `earlier_g` is what it weighed before, 0 for nothing."""

    parcel: ParcelOut
    verdict: WeighVerdict
    blocks: bool
    weight_g: int
    expected_g: int
    allowed_g: int
    earlier_g: int


class BenchReason(wire.Wire):
    """Why."""

    reason: wire.Reason


def check_out(bench: BenchCheck) -> CheckOut:
    """A check as it goes out."""
    checking = bench.checking
    return CheckOut(
        outbound_id=bench.outbound_id,
        number=checking.number,
        waybill=checking.waybill,
        lines=tuple(shown(CheckLineOut, line) for line in checking.lines),
        pieces=tuple(shown(CheckedPieceOut, piece) for piece in checking.pieces),
        done=checking.done,
        by=bench.by,
        begun_at=bench.begun_at,
        done_at=bench.done_at,
        version=bench.version,
    )


def box_proposal_out(found: PackingProposal) -> BoxProposalOut:
    """Proposed boxes as they go out."""
    return BoxProposalOut(tuple(map(_box, found.boxes)), _keys(found.too_large), found.cost_minor)


def _box(packed: PackedBox) -> ProposedBoxOut:
    pieces = (PlacedPieceOut(one.piece.key, *one.at, *one.size) for one in packed.placements)
    return ProposedBoxOut(packed.box.code, packed.weight_g, packed.box.cost_minor, tuple(pieces))


def _keys(pieces: tuple[Piece, ...]) -> tuple[int, ...]:
    return tuple(piece.key for piece in pieces)


def parcels_out(parcels: tuple[Parcel, ...]) -> ParcelsOut:
    """An order's parcels as they go out."""
    return ParcelsOut(tuple(map(parcel_out, parcels)))


def weighing_out(done: ParcelWeighed) -> WeighingOut:
    """A weight as it goes out."""
    found = done.weighed
    return WeighingOut(
        parcel=parcel_out(done.parcel),
        verdict=found.verdict,
        blocks=found.blocks,
        weight_g=found.weight_g,
        expected_g=found.expected_g,
        allowed_g=found.allowed_g,
        earlier_g=done.earlier_g,
    )
