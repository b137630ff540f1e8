"""What comes in about claims, goods that come back and aftersales policies."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from houtai.application.aftersales.policy import SetAftersalesPolicy
from houtai.application.aftersales.quote import ClaimWish
from houtai.domain.aftersales.claim import MAX_EVIDENCE, Disposition, Grade
from houtai.domain.aftersales.reason import Reason
from houtai.domain.aftersales.state import ClaimKind
from houtai.domain.ids import ChannelId, SkuId, WarehouseId
from houtai.domain.limits import MAX_LINES
from houtai.entrypoints.http import wire

LineNumber = Annotated[int, Meta(ge=1, le=MAX_LINES * 60, description="The number of a line of the order.")]
ClaimLines = Meta(min_length=1, max_length=MAX_LINES * 60)
Reference = Annotated[str, Meta(min_length=1, max_length=500, description="Where a picture or a paper lies.")]
References = Annotated[tuple[Reference, ...], Meta(max_length=MAX_EVIDENCE)]
Note = Annotated[str, Meta(max_length=500)]
Waybill = Annotated[str, Meta(min_length=1, max_length=64)]
WaybillIfAny = Annotated[str, Meta(max_length=64)]
Serials = Annotated[tuple[wire.Code, ...], wire.Many]


class ClaimWishIn(wire.Wire, kw_only=True):
    """Of one line of the order so many units, or money without units: give `qty` or `allowance_minor`.

    `unshipped_qty` None takes units that have not left first. `sku_id` is what the buyer has after an earlier exchange,
    `replacement_id` what an exchange sends for it; left out, the same once more.
    """

    line: LineNumber
    qty: wire.QtyOrZero = 0
    allowance_minor: wire.Minor = 0
    unshipped_qty: wire.QtyOrZero | None = None
    sku_id: wire.Id | None = None
    replacement_id: wire.Id | None = None

    def value(self) -> ClaimWish:
        """As the use cases take it."""
        return ClaimWish(
            line=self.line,
            qty=self.qty,
            allowance_minor=self.allowance_minor,
            unshipped_qty=self.unshipped_qty,
            sku=None if self.sku_id is None else SkuId(self.sku_id),
            replacement=None if self.replacement_id is None else SkuId(self.replacement_id),
        )


class NewClaimQuote(wire.Wire, kw_only=True):
    """A claim that somebody thinks of. `proved_minor` is what the buyer would pay for the way back."""

    order_id: wire.Id
    kind: ClaimKind
    reason: Reason
    lines: Annotated[tuple[ClaimWishIn, ...], ClaimLines]
    proved_minor: wire.Minor = 0


class NewClaim(wire.Wire, kw_only=True):
    """What a buyer wants put right, in their words; `evidence` names pictures and papers by reference."""

    order_id: wire.Id
    kind: ClaimKind
    reason: Reason
    lines: Annotated[tuple[ClaimWishIn, ...], ClaimLines]
    text: wire.Text = ""
    evidence: References = ()
    external_id: Annotated[str, Meta(max_length=128, description="The channel's own number for it.")] = ""
    id: wire.Id | None = None


class ClaimTakeOver(wire.Wire):
    """Who takes the claim; left out, whoever asks."""

    assignee: wire.Id | None = None


class ClaimDecision(wire.Wire, kw_only=True):
    """`seen_minor` is the sum that whoever decides has seen; `freight` is their word on delivery charges, if it is another."""

    seen_minor: wire.Minor
    freight: bool | None = None
    note: Note = ""


class ClaimWhy(wire.Wire):
    """Why."""

    reason: wire.Reason


class ClaimResumption(wire.Wire):
    """How it was settled, and how many hours there are for the next step."""

    note: wire.Reason
    hours: Annotated[int, Meta(ge=1, le=24 * 60)] = 24


class ReturnTold(wire.Wire):
    """With whom the buyer sent the goods, under which waybill, and what they can prove to have paid for it."""

    carrier: wire.Code
    waybill: Waybill
    proved_minor: wire.Minor = 0


class CameBackIn(wire.Wire, kw_only=True):
    """So many units of a line that lay in the parcel, and where they were put; left out, at the place of goods that have none.

    `unit_id` is the tote there that holds them.
    """

    line: LineNumber
    qty: wire.Qty
    location_id: wire.Id | None = None
    unit_id: wire.Id | None = None
    lot_id: wire.Id | None = None
    serials: Serials = ()


class ReturnReceipt(wire.Wire, kw_only=True):
    """What came back for a claim, at this warehouse."""

    warehouse_id: wire.Id
    lines: Annotated[tuple[CameBackIn, ...], Meta(min_length=1, max_length=MAX_LINES)]
    waybill: WaybillIfAny = ""


class FoundIn(wire.Wire, kw_only=True):
    """So many units of a line that are alike: their grade, what becomes of them, and where they are put."""

    line: LineNumber
    qty: wire.Qty
    grade: Grade
    disposition: Disposition
    note: Note = ""
    photos: References = ()
    from_location_id: wire.Id | None = None
    from_unit_id: wire.Id | None = None
    to_location_id: wire.Id | None = None
    lot_id: wire.Id | None = None
    serials: Serials = ()


class InspectionIn(wire.Wire):
    """What was found."""

    found: Annotated[tuple[FoundIn, ...], Meta(min_length=1, max_length=MAX_LINES)]


class GoingBackIn(wire.Wire, kw_only=True):
    """So many units of a line that go back to the buyer, and where they lie."""

    line: LineNumber
    qty: wire.Qty
    location_id: wire.Id | None = None
    unit_id: wire.Id | None = None
    lot_id: wire.Id | None = None
    serials: Serials = ()


class SendBackIn(wire.Wire):
    """Units that the house does not keep, and the waybill under which they leave."""

    lines: Annotated[tuple[GoingBackIn, ...], Meta(min_length=1, max_length=MAX_LINES)]
    carrier: wire.Code
    waybill: Waybill


class FoundGoodsIn(wire.Wire):
    """So many units of a SKU that lay in the parcel."""

    sku_id: wire.Id
    qty: wire.Qty


class NewReturnParcel(wire.Wire, kw_only=True):
    """A parcel that belongs to no claim that anybody knows."""

    warehouse_id: wire.Id
    waybill: WaybillIfAny = ""
    goods: Annotated[tuple[FoundGoodsIn, ...], wire.Many] = ()
    note: Note = ""
    id: wire.Id | None = None


class ParcelAssignment(wire.Wire):
    """The claim that the parcel belongs to, and what of it are which lines of its order."""

    claim_id: wire.Id
    lines: Annotated[tuple[CameBackIn, ...], Meta(min_length=1, max_length=MAX_LINES)]


class AftersalesPolicyIn(wire.Wire, kw_only=True):
    """Days to complain from the delivery of the last parcel, hours for each wait, and what is paid by rule."""

    return_days: Annotated[int, Meta(ge=0, le=3_650)] = 7
    quality_days: Annotated[int, Meta(ge=0, le=3_650)] = 30
    price_days: Annotated[int, Meta(ge=0, le=3_650)] = 7
    review_hours: Annotated[int, Meta(ge=1, le=24 * 60)] = 24
    send_back_hours: Annotated[int, Meta(ge=1, le=24 * 60)] = 240
    inspect_hours: Annotated[int, Meta(ge=1, le=24 * 60)] = 48
    auto_approve_minor: wire.Minor = 0
    freight_cap_minor: wire.Minor = 1_200
    b_grade_percent: wire.Percent = 70
    warehouse_id: wire.Id | None = None
    return_label: bool = False

    def command(self, version: int, channel_id: ChannelId | None) -> SetAftersalesPolicy:
        """As the command of this version."""
        return SetAftersalesPolicy(
            expected_version=version,
            channel=channel_id,
            return_days=self.return_days,
            quality_days=self.quality_days,
            price_days=self.price_days,
            review_hours=self.review_hours,
            send_back_hours=self.send_back_hours,
            inspect_hours=self.inspect_hours,
            auto_approve_minor=self.auto_approve_minor,
            freight_cap_minor=self.freight_cap_minor,
            b_grade_percent=self.b_grade_percent,
            warehouse=None if self.warehouse_id is None else WarehouseId(self.warehouse_id),
            return_label=self.return_label,
        )
