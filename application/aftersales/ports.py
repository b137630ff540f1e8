"""What claims are kept in, and how their use cases and queries reach it.

One order of locks for all deeds: what is under way in warehouses, payments, the order, the claim, then as orders have it.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, Final, Protocol
from uuid import UUID

import attrs

from houtai.application.paging import Page, Slice
from houtai.application.ports import Index, Reading, Records, Rows
from houtai.application.rewards.ports import RewardsTx, RewardsViews
from houtai.application.tickets.ports import TicketsTx, TicketsViews
from houtai.domain import limits
from houtai.domain.aftersales.claim import Claim, Inspection
from houtai.domain.aftersales.given_back import GivenBackEntry
from houtai.domain.aftersales.policy import AftersalesPolicy, AftersalesPolicyId
from houtai.domain.aftersales.return_parcel import ReturnParcel
from houtai.domain.aftersales.state import ClaimKind, ClaimState
from houtai.domain.ids import ClaimId, OrderId, ReturnParcelId, WarehouseId

CLAIM_BY_NUMBER: Final[Index[Claim, str]] = Index("number", lambda claim: claim.number, unique=True)
CLAIM_BY_EXTERNAL: Final[Index[Claim, tuple[UUID, str]]] = Index(
    "external", lambda claim: (claim.channel_id, claim.external_id) if claim.external_id else None, unique=True
)
CLAIMS_OF_ORDER: Final[Index[Claim, UUID]] = Index("order_id", lambda claim: claim.order_id)
CLAIMS_OF_CUSTOMER: Final[Index[Claim, UUID]] = Index("customer_id", lambda claim: claim.customer_id)
CLAIM_BY_WAYBILL: Final[Index[Claim, str]] = Index("waybill", lambda claim: claim.waybill or None)
CLAIMS_IN: Final[Index[Claim, tuple[UUID, str]]] = Index(
    "warehouse_state", lambda claim: None if claim.warehouse_id is None else (claim.warehouse_id, claim.state.value)
)
CLAIMS: Final[Records[ClaimId, Claim]] = Records(
    "claims",
    Claim,
    key=lambda claim: claim.id,
    indexes=(CLAIM_BY_NUMBER, CLAIM_BY_EXTERNAL, CLAIMS_OF_ORDER, CLAIMS_OF_CUSTOMER, CLAIM_BY_WAYBILL, CLAIMS_IN),
    secret=frozenset({"text", "evidence"}),
)
GIVEN_BACK_OF: Final[Index[GivenBackEntry, UUID]] = Index("order_id", lambda entry: entry.order_id)
GIVEN_BACK: Final[Records[tuple[UUID, int], GivenBackEntry]] = Records(
    "given_back",
    GivenBackEntry,
    key=lambda entry: entry.key,
    indexes=(GIVEN_BACK_OF,),
    append_only=True,
)
INSPECTIONS_OF: Final[Index[Inspection, UUID]] = Index("claim_id", lambda inspection: inspection.claim_id)
INSPECTIONS: Final[Records[tuple[ClaimId, int], Inspection]] = Records(
    "claim_inspections",
    Inspection,
    key=lambda inspection: inspection.key,
    indexes=(INSPECTIONS_OF,),
    append_only=True,
)
PARCEL_BY_NUMBER: Final[Index[ReturnParcel, str]] = Index("number", lambda parcel: parcel.number, unique=True)
PARCEL_BY_WAYBILL: Final[Index[ReturnParcel, str]] = Index("waybill", lambda parcel: parcel.waybill or None)
RETURN_PARCELS: Final[Records[ReturnParcelId, ReturnParcel]] = Records(
    "return_parcels",
    ReturnParcel,
    key=lambda parcel: parcel.id,
    indexes=(PARCEL_BY_NUMBER, PARCEL_BY_WAYBILL),
)
AFTERSALES_POLICIES: Final[Records[AftersalesPolicyId, AftersalesPolicy]] = Records(
    "aftersales_policies",
    AftersalesPolicy,
    key=lambda policy: policy.id,
    reference=True,
)
RECORDS: Final[tuple[Records[Any, Any], ...]] = (CLAIMS, GIVEN_BACK, INSPECTIONS, RETURN_PARCELS, AFTERSALES_POLICIES)


class AftersalesTx(TicketsTx, RewardsTx, Protocol):
    """What aftersales write: their own records, and those of the modules that they stand on."""

    @property
    def claims(self) -> Rows[ClaimId, Claim]:
        """What buyers want put right; locked behind their order."""

    @property
    def given_back(self) -> Rows[tuple[UUID, int], GivenBackEntry]:
        """What was given back of each order, only ever added to."""

    @property
    def claim_inspections(self) -> Rows[tuple[ClaimId, int], Inspection]:
        """What was found about units that came back."""

    @property
    def return_parcels(self) -> Rows[ReturnParcelId, ReturnParcel]:
        """Parcels at the returns desk that nobody could assign at once."""

    @property
    def aftersales_policies(self) -> Rows[AftersalesPolicyId, AftersalesPolicy]:
        """The rules by channel."""


@attrs.frozen
class ClaimFilter:
    """Which claims: all conditions that are set hold. `overdue_at` means due before then; None for a reach is everywhere."""

    states: frozenset[ClaimState] = frozenset()
    kind: ClaimKind | None = None
    order_id: OrderId | None = None
    customer_id: UUID | None = None
    queue: str = attrs.field(default="", validator=limits.text(0, 64))
    waybill: str = attrs.field(default="", validator=limits.text(0, 64))
    external_id: str = attrs.field(default="", validator=limits.text(0, 128))
    assignee: UUID | None = None
    overdue_at: dt.datetime | None = None
    channels: frozenset[UUID] | None = None
    merchants: frozenset[UUID] | None = None


@attrs.frozen
class ParcelFilter:
    """Which return parcels: of these warehouses (None: of all), only `open` ones that nobody has assigned yet or any."""

    warehouses: frozenset[WarehouseId] | None = None
    open: bool = False


class AftersalesViews(TicketsViews, RewardsViews, Protocol):
    """What queries of aftersales read."""

    @property
    def claims(self) -> Reading[ClaimId, Claim]:
        """By id, number, order or waybill."""

    @property
    def given_back(self) -> Reading[tuple[UUID, int], GivenBackEntry]:
        """By order."""

    @property
    def claim_inspections(self) -> Reading[tuple[ClaimId, int], Inspection]:
        """By claim."""

    @property
    def return_parcels(self) -> Reading[ReturnParcelId, ReturnParcel]:
        """By id, number or waybill."""

    @property
    def aftersales_policies(self) -> Reading[AftersalesPolicyId, AftersalesPolicy]:
        """By id."""

    def find_claims(self, page: Page, where: ClaimFilter) -> Slice[Claim]:
        """Claims by id, which is the order in which they were made."""

    def claims_due(self, until: dt.datetime, limit: int) -> list[ClaimId]:
        """Open claims whose time has run out by `until`, the earliest first."""

    def find_return_parcels(self, page: Page, where: ParcelFilter) -> Slice[ReturnParcel]:
        """Return parcels by id."""

    def stored_aftersales_policies(self) -> list[AftersalesPolicy]:
        """Every policy that somebody stored, the house's first, then by channel."""
