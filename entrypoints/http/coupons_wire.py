"""What travels about coupon templates and coupons."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from msgspec import Meta

from houtai.application.pricing.issue import MAX_BATCH
from houtai.application.pricing.queries import CouponView, TemplateView
from houtai.application.pricing.templates import TemplateTerms
from houtai.domain.ids import CampaignId, ChannelId
from houtai.domain.pricing.coupons import (
    Coupon,
    CouponState,
    CouponTemplate,
    FixedValue,
    PercentValue,
    RedemptionState,
    TemplateState,
)
from houtai.domain.pricing.promotions import PercentOff
from houtai.entrypoints.http import wire
from houtai.entrypoints.http.pricing_wire import (
    Amount,
    BasisPoints,
    Bearers,
    Channels,
    Goods,
    Short,
    bearers_of,
    goods_of,
)


class FixedOff(wire.Wire, tag_field="kind", tag="fixed-off"):
    """So much off, at most what is to pay."""

    amount_minor: Amount


class PartOff(wire.Wire, tag_field="kind", tag="part-off"):
    """A part off, at most `cap_minor`."""

    basis_points: BasisPoints
    cap_minor: Amount | None = None


class TemplateIn(wire.Wire, kw_only=True):
    """What the coupons of a template are worth, for what, for whom and how many."""

    name: wire.Name
    value: FixedOff | PartOff
    valid_from: wire.Moment
    valid_until: wire.Moment
    quota_qty: wire.Qty
    per_customer: wire.Qty = 1
    per_order: Annotated[int, Meta(ge=1, le=20)] = 1
    valid_days: Annotated[int, Meta(ge=1, le=3650)] | None = None
    grace_days: Annotated[int, Meta(ge=0, le=365)] = 0
    threshold_minor: wire.Minor = 0
    goods: Goods = Goods()
    channel_ids: Channels = ()
    claim_code: Short = ""
    stackable: bool = False
    bearers: Bearers = Bearers(platform=100)
    campaign_id: wire.Id | None = None

    def terms(self) -> TemplateTerms:
        """As the command's terms."""
        return TemplateTerms(
            name=self.name,
            value=_value(self.value),
            valid_from=self.valid_from,
            valid_until=self.valid_until,
            quota_qty=self.quota_qty,
            per_customer=self.per_customer,
            per_order=self.per_order,
            valid_days=self.valid_days,
            grace_days=self.grace_days,
            threshold_minor=self.threshold_minor,
            scope=self.goods.value(),
            channels=tuple(map(ChannelId, self.channel_ids)),
            claim_code=self.claim_code,
            stackable=self.stackable,
            bearers=self.bearers.value(),
            campaign_id=None if self.campaign_id is None else CampaignId(self.campaign_id),
        )


class NewTemplate(TemplateIn, kw_only=True):
    """A new template, a draft at first."""

    code: wire.Code
    currency: wire.Currency
    id: wire.Id | None = None


class TemplateOut(wire.Versioned):
    """A coupon template; `issued_qty` is null right after an edit, which does not look."""

    id: wire.Id
    code: str
    currency: str
    state: TemplateState
    name: str
    value: FixedOff | PartOff
    valid_from: dt.datetime
    valid_until: dt.datetime
    quota_qty: int
    issued_qty: int | None
    per_customer: int
    per_order: int
    valid_days: int | None
    grace_days: int
    threshold_minor: int
    goods: Goods
    channel_ids: tuple[wire.Id, ...]
    claim_code: str
    stackable: bool
    bearers: Bearers
    campaign_id: wire.Id | None


class TemplateQuery(wire.PageQuery):
    """In which state."""

    state: TemplateState | None = None


class Receivers(wire.Wire):
    """Who gets a coupon each; a customer named twice gets two."""

    customer_ids: Annotated[tuple[wire.Id, ...], Meta(min_length=1, max_length=MAX_BATCH)]


class BatchIn(wire.Wire):
    """How many codes to make."""

    qty: Annotated[int, Meta(ge=1, le=MAX_BATCH)]


class ClaimIn(wire.Wire):
    """A code, and who brings it."""

    code: Annotated[str, Meta(min_length=1, max_length=64)]
    customer_id: wire.Id


class VoidIn(wire.Wire):
    """Why the coupon is taken out of use."""

    reason: Annotated[str, Meta(min_length=2, max_length=200)]


class UseOut(wire.Wire):
    """One step of a coupon's use by an order."""

    order_id: wire.Id
    state: RedemptionState
    amount_minor: int
    at: dt.datetime


class CouponOut(wire.Versioned):
    """A coupon. Its code is worth money: not everybody sees it."""

    id: wire.Id
    template_id: wire.Id
    code: str
    customer_id: wire.Id | None
    state: CouponState
    issued_at: dt.datetime
    valid_from: dt.datetime
    valid_until: dt.datetime
    order_id: wire.Id | None
    uses: tuple[UseOut, ...]


class CouponsOut(wire.Wire):
    """The coupons made."""

    coupons: tuple[CouponOut, ...]


class CouponQuery(wire.PageQuery):
    """Whose coupons, of which template, in which state."""

    template_id: wire.Id | None = None
    customer_id: wire.Id | None = None
    state: CouponState | None = None


def template_out(template: CouponTemplate, issued_qty: int | None = None) -> TemplateOut:
    """A template as it goes out."""
    return TemplateOut(
        id=template.id,
        code=template.code,
        currency=template.currency,
        state=template.state,
        name=template.name,
        value=_value_out(template.value),
        valid_from=template.valid_from,
        valid_until=template.valid_until,
        quota_qty=template.quota_qty,
        issued_qty=issued_qty,
        per_customer=template.per_customer,
        per_order=template.per_order,
        valid_days=template.valid_days,
        grace_days=template.grace_days,
        threshold_minor=template.threshold_minor,
        goods=goods_of(template.scope),
        channel_ids=template.channels,
        claim_code=template.claim_code,
        stackable=template.stackable,
        bearers=bearers_of(template.bearers),
        campaign_id=template.campaign_id,
        version=template.version,
    )


def template_view_out(view: TemplateView) -> TemplateOut:
    """A template with its count as it goes out."""
    return template_out(view.template, view.issued_qty)


def _value(value: FixedOff | PartOff) -> FixedValue | PercentValue:
    if isinstance(value, FixedOff):
        return FixedValue(value.amount_minor)
    return PercentValue(PercentOff(value.basis_points), value.cap_minor)


def _value_out(value: FixedValue | PercentValue) -> FixedOff | PartOff:
    if isinstance(value, FixedValue):
        return FixedOff(value.amount_minor)
    return PartOff(value.percent.basis_points, value.cap_minor)


def coupon_out(coupon: Coupon | CouponView) -> CouponOut:
    """A coupon as it goes out."""
    uses = coupon.uses if isinstance(coupon, CouponView) else ()
    return CouponOut(
        id=coupon.id,
        template_id=coupon.template_id,
        code=coupon.code,
        customer_id=coupon.customer_id,
        state=coupon.state,
        issued_at=coupon.issued_at,
        valid_from=coupon.valid_from,
        valid_until=coupon.valid_until,
        order_id=coupon.order_id,
        uses=tuple(UseOut(use.order_id, use.state, use.amount_minor, use.at) for use in uses),
        version=coupon.version,
    )
