"""Identities: UUID version 7 for what a caller makes, and ids derived from those for what follows from it."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from typing import NewType
from uuid import UUID

AccountId = NewType("AccountId", UUID)
RoleId = NewType("RoleId", UUID)
SessionId = NewType("SessionId", UUID)
ApiKeyId = NewType("ApiKeyId", UUID)
ChannelId = NewType("ChannelId", UUID)
CategoryId = NewType("CategoryId", UUID)
BrandId = NewType("BrandId", UUID)
ProductId = NewType("ProductId", UUID)
SkuId = NewType("SkuId", UUID)
ListingId = NewType("ListingId", UUID)
CustomerId = NewType("CustomerId", UUID)
MerchantId = NewType("MerchantId", UUID)
WarehouseId = NewType("WarehouseId", UUID)
HoldId = NewType("HoldId", UUID)
ReservationId = NewType("ReservationId", UUID)
AdjustmentId = NewType("AdjustmentId", UUID)
MovementId = NewType("MovementId", UUID)
PriceListId = NewType("PriceListId", UUID)
PromotionId = NewType("PromotionId", UUID)
CampaignId = NewType("CampaignId", UUID)
CouponTemplateId = NewType("CouponTemplateId", UUID)
CouponId = NewType("CouponId", UUID)
OrderId = NewType("OrderId", UUID)
PaymentId = NewType("PaymentId", UUID)
RefundId = NewType("RefundId", UUID)
CaseId = NewType("CaseId", UUID)
ClaimId = NewType("ClaimId", UUID)
ReturnParcelId = NewType("ReturnParcelId", UUID)
JournalId = NewType("JournalId", UUID)
OutboundId = NewType("OutboundId", UUID)
JointShareId = NewType("JointShareId", UUID)
WaveId = NewType("WaveId", UUID)
TransferId = NewType("TransferId", UUID)
GoodsIssueId = NewType("GoodsIssueId", UUID)
ManifestId = NewType("ManifestId", UUID)
PickRunId = NewType("PickRunId", UUID)
WaveTemplateId = NewType("WaveTemplateId", UUID)
BoxId = NewType("BoxId", UUID)
ParcelId = NewType("ParcelId", UUID)
WaybillId = NewType("WaybillId", UUID)
PoolId = NewType("PoolId", UUID)
PrinterId = NewType("PrinterId", UUID)
PrintTemplateId = NewType("PrintTemplateId", UUID)
PrintJobId = NewType("PrintJobId", UUID)
LocationId = NewType("LocationId", UUID)
HandlingUnitId = NewType("HandlingUnitId", UUID)
StationId = NewType("StationId", UUID)
StaffId = NewType("StaffId", UUID)
StationWorkId = NewType("StationWorkId", UUID)
WantedCountId = NewType("WantedCountId", UUID)
WebhookEndpointId = NewType("WebhookEndpointId", UUID)
WebhookDeliveryId = NewType("WebhookDeliveryId", UUID)
TicketId = NewType("TicketId", UUID)
MessageId = NewType("MessageId", UUID)


def uuid7(at: dt.datetime, entropy: bytes | None = None) -> UUID:
    """A version 7 UUID (RFC 9562): sorts by time, needs no central counter. `entropy` is ten bytes, random by default."""
    millis = int(at.timestamp() * 1000)
    tail = int.from_bytes(entropy or secrets.token_bytes(10), "big")
    value = (millis & (2**48 - 1)) << 80 | tail
    value = value & ~(0xF << 76) | 7 << 76
    return UUID(int=value & ~(0x3 << 62) | 2 << 62)


def new_id() -> UUID:
    """A fresh id for a command, by the computer's clock. For callers: rules never make an id."""
    return uuid7(dt.datetime.now(dt.UTC))


def derive(parent: UUID, *names: object) -> UUID:
    """The id of what follows from `parent` under these names: same parent and names, same id, on every retry.

    It keeps the parent's time bits, so rows of one document lie together in an index (RFC 9562 version 8).
    """
    digest = hashlib.blake2b("\x1f".join(map(str, names)).encode(), key=parent.bytes, digest_size=10).digest()
    value = (parent.int >> 80) << 80 | int.from_bytes(digest, "big")
    value = value & ~(0xF << 76) | 8 << 76
    return UUID(int=value & ~(0x3 << 62) | 2 << 62)
