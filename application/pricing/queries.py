"""Reading prices, promotions, campaigns and coupons."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

import attrs

from houtai.application.masking import MASK_KEY
from houtai.application.paging import Page, Slice
from houtai.application.permission import CHANNEL, MERCHANT, needs
from houtai.application.ports import Index
from houtai.application.pricing.ports import (
    CAMPAIGN_BY_STATE,
    CHANGE_BY_SKU,
    COUPON_BY_CUSTOMER,
    COUPON_BY_STATE,
    COUPON_BY_TEMPLATE,
    PROMOTION_BY_OWNER,
    PROMOTION_BY_STATE,
    REDEMPTION_BY_COUPON,
    TEMPLATE_BY_OWNER,
    TEMPLATE_BY_STATE,
    PricingViews,
)
from houtai.application.pricing.reach import READ, demand_own, is_seen, owners_seen
from houtai.application.reach import demand_within
from houtai.domain.act import Act
from houtai.domain.authority import HOUSE, Scope
from houtai.domain.catalog.sku import Sku
from houtai.domain.ids import CampaignId, ChannelId, CouponId, CouponTemplateId, CustomerId, OrderId, PromotionId, SkuId
from houtai.domain.pricing.campaigns import Budget, Campaign
from houtai.domain.pricing.coupons import (
    Coupon,
    CouponState,
    CouponTemplate,
    Redemption,
    RedemptionState,
    TemplateState,
    count_id,
)
from houtai.domain.pricing.prices import PriceChange, PriceSheet, sheet_id
from houtai.domain.pricing.promotions import Promotion, RunState
from houtai.domain.refusal import NotFound


@attrs.frozen
class ShowPrices:
    """The present and coming prices of one SKU."""

    sku: SkuId


@attrs.frozen
class ListPriceChanges:
    """Every edit of one SKU's prices."""

    sku: SkuId
    page: Page = attrs.field(factory=Page)


@attrs.frozen
class ListPromotions:
    """Which promotions."""

    state: RunState | None = None
    page: Page = attrs.field(factory=Page)


@attrs.frozen
class ListCampaigns:
    """Which campaigns."""

    state: RunState | None = None
    page: Page = attrs.field(factory=Page)


@attrs.frozen
class CampaignView:
    """A campaign with what it has spent."""

    campaign: Campaign
    spent_minor: int
    spent_uses: int


@attrs.frozen
class ListTemplates:
    """Which coupon templates."""

    state: TemplateState | None = None
    page: Page = attrs.field(factory=Page)


@attrs.frozen
class TemplateView:
    """A template with how many it has issued."""

    template: CouponTemplate
    issued_qty: int


@attrs.frozen
class ListCoupons:
    """Which coupons; one of template and customer is given."""

    template: CouponTemplateId | None = None
    customer: CustomerId | None = None
    state: CouponState | None = None
    page: Page = attrs.field(factory=Page)


@attrs.frozen
class CouponView:
    """A coupon. Its code is worth money to whoever reads it, so grants may hide it."""

    id: CouponId
    template_id: CouponTemplateId
    code: str = attrs.field(metadata={MASK_KEY: "coupon_code"})
    customer_id: CustomerId | None
    state: CouponState
    issued_at: dt.datetime
    valid_from: dt.datetime
    valid_until: dt.datetime
    order_id: OrderId | None
    version: int
    uses: tuple[Redemption, ...] = ()


@needs(READ, along=(CHANNEL, MERCHANT))
def show_prices(views: PricingViews, query: ShowPrices, act: Act) -> PriceSheet:
    """The SKU's sheet, an empty one of version 0 where no price was set yet; other channels' prices left out of a narrow view."""
    sku = views.skus.find(query.sku)
    if sku is None:
        raise NotFound(what="sku", key=str(query.sku))
    demand_within(act, READ, "sku", query.sku, merchant=sku.merchant_id)
    sheet = views.price_sheets.find(sheet_id(query.sku)) or PriceSheet(sheet_id(query.sku), query.sku, version=0)
    return attrs.evolve(sheet, prices=tuple(price for price in sheet.prices if _on(act, sku, price.channel_id)))


@needs(READ, along=(CHANNEL, MERCHANT))
def list_price_changes(views: PricingViews, query: ListPriceChanges, act: Act) -> Slice[PriceChange]:
    """The history of the SKU's prices, other channels' left out of a narrow view. Raises NotFound."""
    sku = views.skus.find(query.sku)
    if sku is None:
        raise NotFound(what="sku", key=str(query.sku))
    demand_within(act, READ, "sku", query.sku, merchant=sku.merchant_id)
    found = views.price_changes.page(query.page, {CHANGE_BY_SKU: query.sku})
    return Slice(tuple(change for change in found.items if _on(act, sku, change.channel_id)), found.next_cursor)


def _on(act: Act, sku: Sku, channel_id: ChannelId | None) -> bool:
    """Whether a price of this channel may be seen; one of every channel is told to each."""
    return act.may(READ, Scope(channel=channel_id, merchant=sku.merchant_id or HOUSE))


@needs(READ, along=(CHANNEL, MERCHANT))
def show_promotion(views: PricingViews, query: PromotionId, act: Act) -> Promotion:
    """One promotion. Raises NotFound."""
    promotion = views.promotions.get(query)
    demand_own(act, READ, "promotion", query, promotion.scope, promotion.channels)
    return promotion


@needs(READ, along=(CHANNEL, MERCHANT))
def list_promotions(views: PricingViews, query: ListPromotions, act: Act) -> Slice[Promotion]:
    """The promotions of the merchants and on the channels within reach."""
    where = _owned(PROMOTION_BY_OWNER, act)
    if query.state is not None:
        where[PROMOTION_BY_STATE] = query.state.value
    found = views.promotions.page(query.page, where)
    return Slice(tuple(one for one in found.items if is_seen(act, READ, one.scope, one.channels)), found.next_cursor)


@needs(READ)
def show_campaign(views: PricingViews, query: CampaignId, _: Act) -> CampaignView:
    """One campaign with what it has spent. Raises NotFound."""
    return _campaign_view(views.campaigns.get(query), views.budgets.get(query))


@needs(READ)
def list_campaigns(views: PricingViews, query: ListCampaigns, _: Act) -> Slice[CampaignView]:
    """All campaigns."""
    found = views.campaigns.page(query.page, {CAMPAIGN_BY_STATE: query.state.value} if query.state else None)
    budgets = views.budgets.many(campaign.id for campaign in found.items)
    return Slice(tuple(_campaign_view(one, budgets[one.id]) for one in found.items), found.next_cursor)


@needs(READ, along=(CHANNEL, MERCHANT))
def show_template(views: PricingViews, query: CouponTemplateId, act: Act) -> TemplateView:
    """One coupon template with how many it has issued. Raises NotFound."""
    template = views.coupon_templates.get(query)
    demand_own(act, READ, "coupon template", query, template.scope, template.channels)
    return TemplateView(template, views.issue_counts.get(count_id(query, None)).issued_qty)


@needs(READ, along=(CHANNEL, MERCHANT))
def list_templates(views: PricingViews, query: ListTemplates, act: Act) -> Slice[TemplateView]:
    """The coupon templates of the merchants and on the channels within reach."""
    where = _owned(TEMPLATE_BY_OWNER, act)
    if query.state is not None:
        where[TEMPLATE_BY_STATE] = query.state.value
    found = views.coupon_templates.page(query.page, where)
    seen = [template for template in found.items if is_seen(act, READ, template.scope, template.channels)]
    counts = views.issue_counts.many(count_id(template.id, None) for template in seen)
    items = tuple(TemplateView(one, counts[count_id(one.id, None)].issued_qty) for one in seen)
    return Slice(items, found.next_cursor)


@needs(READ, along=(CHANNEL, MERCHANT))
def show_coupon(views: PricingViews, query: CouponId, act: Act) -> CouponView:
    """One coupon with every step of its use. Raises NotFound."""
    coupon = views.coupons.get(query)
    template = views.coupon_templates.get(coupon.template_id)
    demand_own(act, READ, "coupon", query, template.scope, template.channels)
    rows = views.redemptions.by(REDEMPTION_BY_COUPON, query)
    uses = sorted(rows, key=lambda row: (row.coupon_version, row.state is RedemptionState.FORFEITED))
    return attrs.evolve(_coupon_view(coupon), uses=tuple(uses))


@needs(READ, along=(CHANNEL, MERCHANT))
def list_coupons(views: PricingViews, query: ListCoupons, act: Act) -> Slice[CouponView]:
    """Coupons of a template or of a customer, as far as their templates lie within reach."""
    where: dict[Index[Coupon, Any], Any] = {}
    if query.template is not None:
        template = views.coupon_templates.find(query.template)
        if template is None:
            raise NotFound(what="coupon template", key=str(query.template))
        demand_own(act, READ, "coupon template", query.template, template.scope, template.channels)
        where[COUPON_BY_TEMPLATE] = query.template
    if query.customer is not None:
        where[COUPON_BY_CUSTOMER] = query.customer
    if query.state is not None:
        where[COUPON_BY_STATE] = query.state.value
    found = views.coupons.page(query.page, where)
    templates = views.coupon_templates.many({coupon.template_id for coupon in found.items})
    seen = {key for key, template in templates.items() if is_seen(act, READ, template.scope, template.channels)}
    return Slice(tuple(_coupon_view(coupon) for coupon in found.items if coupon.template_id in seen), found.next_cursor)


def _owned(index: Index[Any, UUID], act: Act) -> dict[Index[Any, Any], Any]:
    owners = owners_seen(act)
    return {} if owners is None else {index: owners}


def _campaign_view(campaign: Campaign, budget: Budget) -> CampaignView:
    return CampaignView(campaign, budget.spent_minor, budget.spent_uses)


def _coupon_view(coupon: Coupon) -> CouponView:
    return CouponView(
        id=coupon.id,
        template_id=coupon.template_id,
        code=coupon.code,
        customer_id=coupon.customer_id,
        state=coupon.state,
        issued_at=coupon.issued_at,
        valid_from=coupon.valid_from,
        valid_until=coupon.valid_until,
        order_id=coupon.order_id,
        version=coupon.version,
    )
