"""Coupons: the template that says what they are worth, the instance a customer holds, and the trace of its use (SM-CP, R-8)."""

from __future__ import annotations

import base64
import datetime as dt
import enum
import hashlib
from typing import NewType
from uuid import UUID

import attrs

from houtai.domain import limits
from houtai.domain.ids import CampaignId, ChannelId, CouponId, CouponTemplateId, CustomerId, OrderId, derive
from houtai.domain.money import MAX_MINOR
from houtai.domain.moves import Moves, check_move
from houtai.domain.pricing.bearers import PLATFORM_PAYS, BearerSplit
from houtai.domain.pricing.promotions import PercentOff
from houtai.domain.pricing.refusals import (
    CouponNotValidNow,
    CouponSpent,
    CustomerLimitReached,
    QuotaSpent,
    TemplateFixed,
    TemplateNotOpen,
)
from houtai.domain.pricing.scope import ALL_GOODS, GoodsScope, members
from houtai.domain.refusal import InvalidValue

RedemptionId = NewType("RedemptionId", UUID)
IssueCountId = NewType("IssueCountId", UUID)


def plain_code(text: str) -> str:
    """A claim code as it is kept: without space around it, in capitals."""
    return text.strip().upper()


@attrs.frozen
class FixedValue:
    """So much off, at most what is to pay."""

    amount_minor: int = attrs.field(validator=limits.between(1, MAX_MINOR))


@attrs.frozen
class PercentValue:
    """A part off, at most `cap_minor`."""

    percent: PercentOff
    cap_minor: int | None = attrs.field(default=None, validator=attrs.validators.optional(limits.between(1, MAX_MINOR)))


class TemplateState(enum.Enum):
    """Where a template stands; only an ACTIVE one issues. What is issued stays good till its own end."""

    DRAFT = "draft"
    ACTIVE = "active"
    PAUSED = "paused"
    ENDED = "ended"


TEMPLATE_MOVES: Moves[TemplateState] = {
    TemplateState.DRAFT: {TemplateState.ACTIVE, TemplateState.ENDED},
    TemplateState.ACTIVE: {TemplateState.PAUSED, TemplateState.ENDED},
    TemplateState.PAUSED: {TemplateState.ACTIVE, TemplateState.ENDED},
    TemplateState.ENDED: set(),
}


@attrs.frozen
class CouponTemplate:
    """What the coupons of one kind are worth, for what, for whom and how many.

    Coupons are valid from `valid_from` until `valid_until`, or `valid_days` from their issue where that is given (never past
    `valid_until`). `claim_code` lets anyone who knows it claim one. `grace_days` prolongs a coupon that expired while an order
    held it. One that is not `stackable` is the only one on its order; `per_order` bounds those that are.
    """

    id: CouponTemplateId
    code: str = attrs.field(validator=limits.code)
    name: str = attrs.field(validator=limits.text())
    currency: str
    value: FixedValue | PercentValue
    valid_from: dt.datetime = attrs.field(validator=limits.aware)
    valid_until: dt.datetime = attrs.field(validator=limits.aware)
    quota_qty: int = attrs.field(validator=limits.positive_qty)
    per_customer: int = attrs.field(default=1, validator=limits.positive_qty)
    per_order: int = attrs.field(default=1, validator=limits.between(1, 20))
    valid_days: int | None = attrs.field(default=None, validator=attrs.validators.optional(limits.between(1, 3650)))
    grace_days: int = attrs.field(default=0, validator=limits.between(0, 365))
    threshold_minor: int = attrs.field(default=0, validator=limits.between(0, MAX_MINOR))
    scope: GoodsScope = ALL_GOODS
    channels: tuple[ChannelId, ...] = attrs.field(default=(), converter=members, validator=limits.at_most(200))
    claim_code: str = attrs.field(default="", converter=plain_code, validator=limits.text(0, 64))
    stackable: bool = False
    bearers: BearerSplit = PLATFORM_PAYS
    campaign_id: CampaignId | None = None
    state: TemplateState = TemplateState.DRAFT
    version: int = 1

    def __attrs_post_init__(self) -> None:
        if self.valid_until <= self.valid_from:
            raise InvalidValue(field="valid_until", rule="must lie after valid_from")
        if self.per_order > 1 and not self.stackable:
            raise InvalidValue(field="per_order", rule="needs a stackable coupon")

    def validity(self, issued_at: dt.datetime) -> tuple[dt.datetime, dt.datetime]:
        """From when until when a coupon issued now is valid."""
        if self.valid_days is None:
            return self.valid_from, self.valid_until
        begin = max(issued_at, self.valid_from)
        return begin, min(begin + dt.timedelta(days=self.valid_days), self.valid_until)

    def check_open(self, at: dt.datetime) -> None:
        """Refuse with TemplateNotOpen unless it issues at this moment."""
        if self.state is not TemplateState.ACTIVE:
            raise TemplateNotOpen(template=self.code, state=self.state.value)
        if at >= self.valid_until:
            raise TemplateNotOpen(template=self.code, state="over")


_FREE_TO_CHANGE = frozenset({"name", "quota_qty", "per_customer", "claim_code", "version"})


def check_edit(before: CouponTemplate, after: CouponTemplate) -> None:
    """Refuse with TemplateFixed a change of what customers were promised, once the template was open."""
    changed = {field.name for field in attrs.fields(CouponTemplate) if getattr(before, field.name) != getattr(after, field.name)}
    fixed = tuple(sorted(changed - _FREE_TO_CHANGE))
    if before.state is not TemplateState.DRAFT and fixed:
        raise TemplateFixed(template=before.code, fields=fixed)


class CouponState(enum.Enum):
    """Where a coupon stands. RESTORED of SM-CP is ISSUED again; its redemption rows tell that it was used."""

    ISSUED = "issued"
    LOCKED = "locked"
    REDEEMED = "redeemed"
    EXPIRED = "expired"
    VOID = "void"


COUPON_MOVES: Moves[CouponState] = {
    CouponState.ISSUED: {CouponState.LOCKED, CouponState.EXPIRED, CouponState.VOID},
    CouponState.LOCKED: {CouponState.REDEEMED, CouponState.ISSUED, CouponState.EXPIRED},
    CouponState.REDEEMED: {CouponState.ISSUED, CouponState.EXPIRED},
    CouponState.EXPIRED: {CouponState.ISSUED},
    CouponState.VOID: set(),
}


@attrs.frozen
class Coupon:
    """One coupon. Without a customer it waits for whoever brings its code; `order_id` is the order that holds it."""

    id: CouponId
    template_id: CouponTemplateId
    code: str
    customer_id: CustomerId | None
    issued_at: dt.datetime
    valid_from: dt.datetime
    valid_until: dt.datetime
    order_id: OrderId | None = None
    state: CouponState = CouponState.ISSUED
    version: int = 1

    def check_usable(self, at: dt.datetime) -> None:
        """Refuse with CouponSpent or CouponNotValidNow unless an order may take it at this moment."""
        if self.state is CouponState.EXPIRED or (
            self.state is CouponState.ISSUED and not self.valid_from <= at < self.valid_until
        ):
            raise CouponNotValidNow(
                coupon=self.code, valid_from=self.valid_from.isoformat(), valid_until=self.valid_until.isoformat()
            )
        if self.state is not CouponState.ISSUED:
            raise CouponSpent(coupon=self.code, state=self.state.value)

    def check_claimable(self, at: dt.datetime) -> None:
        """Refuse with CouponSpent or CouponNotValidNow unless somebody may still make it theirs."""
        if self.customer_id is not None:
            raise CouponSpent(coupon="with this code", state="taken")
        if self.state is not CouponState.ISSUED or at >= self.valid_until:
            self.check_usable(max(at, self.valid_from))

    def moved(self, state: CouponState, order_id: OrderId | None) -> Coupon:
        """The coupon in another state. Raises IllegalMove."""
        check_move(f"coupon {self.code}", COUPON_MOVES, self.state, state)
        return attrs.evolve(self, state=state, order_id=order_id, version=self.version + 1)

    def restored(self, at: dt.datetime, grace_days: int) -> Coupon:
        """The coupon after its order gave it back: with its old end, or `grace_days` from now if that is over (R-8)."""
        if at < self.valid_until:
            return self.moved(CouponState.ISSUED, None)
        if grace_days:
            longer = attrs.evolve(self, valid_until=at + dt.timedelta(days=grace_days))
            return longer.moved(CouponState.ISSUED, None)
        return self.moved(CouponState.EXPIRED, None)


class RedemptionState(enum.Enum):
    """What one redemption row says happened."""

    LOCKED = "locked"
    REDEEMED = "redeemed"
    RESTORED = "restored"
    FORFEITED = "forfeited"


@attrs.frozen
class Redemption:
    """One step of a coupon's use by an order; rows are only ever added, and a coupon's use is what they add up to."""

    id: RedemptionId
    coupon_id: CouponId
    template_id: CouponTemplateId
    customer_id: CustomerId | None
    order_id: OrderId
    coupon_version: int  # the coupon's form that this step made or found: it puts the steps in order
    state: RedemptionState
    amount_minor: int
    at: dt.datetime


def redemption_of(coupon: Coupon, order_id: OrderId, state: RedemptionState, amount_minor: int, at: dt.datetime) -> Redemption:
    """The row for the coupon's present version: one version has one row."""
    key = RedemptionId(derive(coupon.id, "redemption", coupon.version, state.value))
    return Redemption(key, coupon.id, coupon.template_id, coupon.customer_id, order_id, coupon.version, state, amount_minor, at)


@attrs.frozen
class IssueCount:
    """How many coupons of a template were issued, in all or to one customer: the row that issuing locks."""

    id: IssueCountId
    template_id: CouponTemplateId
    customer_id: CustomerId | None
    issued_qty: int = 0

    def more(self, template: CouponTemplate, qty: int) -> IssueCount:
        """So many more. Raises QuotaSpent or CustomerLimitReached."""
        limit = template.quota_qty if self.customer_id is None else template.per_customer
        if self.issued_qty + qty > limit and self.customer_id is None:
            raise QuotaSpent(template=template.code, quota_qty=limit, issued_qty=self.issued_qty, wanted_qty=qty)
        if self.issued_qty + qty > limit:
            raise CustomerLimitReached(template=template.code, limit_qty=limit, issued_qty=self.issued_qty)
        return attrs.evolve(self, issued_qty=self.issued_qty + qty)


def count_id(template_id: CouponTemplateId, customer_id: CustomerId | None) -> IssueCountId:
    """The id of a template's count, in all or for one customer."""
    return IssueCountId(derive(template_id, "issued", customer_id or "all"))


def coupon_code(coupon_id: CouponId) -> str:
    """Sixteen letters and digits that only the coupon's id gives away: 80 bits, not to be guessed."""
    digest = hashlib.blake2b(coupon_id.bytes, digest_size=10, person=b"houtai-coupon").digest()
    return base64.b32encode(digest).decode()
