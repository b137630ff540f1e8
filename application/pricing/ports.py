"""What pricing keeps, and how its use cases and queries reach it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Hashable, Iterable
from typing import Any, Final, Protocol, TypeVar
from uuid import UUID

from houtai.application.catalog.ports import CatalogTx
from houtai.application.ports import Index, Reading, Records, Rows
from houtai.domain.authority import HOUSE
from houtai.domain.catalog.category import Category
from houtai.domain.catalog.channel import Channel
from houtai.domain.catalog.product import Product
from houtai.domain.catalog.sku import Sku
from houtai.domain.customers.customer import Customer
from houtai.domain.ids import (
    CampaignId,
    CategoryId,
    ChannelId,
    CouponId,
    CouponTemplateId,
    CustomerId,
    ProductId,
    PromotionId,
    SkuId,
)
from houtai.domain.pricing.campaigns import Budget, BudgetEntry, BudgetEntryId, Campaign
from houtai.domain.pricing.coupons import (
    Coupon,
    CouponState,
    CouponTemplate,
    IssueCount,
    IssueCountId,
    Redemption,
    RedemptionId,
)
from houtai.domain.pricing.prices import PriceChange, PriceChangeId, PriceSheet, PriceSheetId
from houtai.domain.pricing.promotions import Promotion
from houtai.domain.pricing.scope import GoodsScope
from houtai.domain.pricing.told import ToldPrice, ToldPriceKey

K = TypeVar("K", bound=Hashable)
R = TypeVar("R")
V = TypeVar("V", bound=Hashable)


def owner_of(scope: GoodsScope) -> UUID:
    """Whose promotion or coupon it is: the one merchant whose goods it is about, else the house."""
    return scope.merchants[0] if len(scope.merchants) == 1 else HOUSE


def _expires(coupon: Coupon) -> dt.datetime | None:
    return coupon.valid_until if coupon.state is CouponState.ISSUED else None


SHEET_BY_SKU: Index[PriceSheet, UUID] = Index("sku_id", lambda sheet: sheet.sku_id, unique=True)
CHANGE_BY_SKU: Index[PriceChange, UUID] = Index("sku_id", lambda change: change.sku_id)
TOLD_BY_SKU: Index[ToldPrice, UUID] = Index("sku_id", lambda told: told.sku_id)
PROMOTION_BY_CODE: Index[Promotion, str] = Index("code", lambda promotion: promotion.code, unique=True)
PROMOTION_BY_STATE: Index[Promotion, str] = Index("state", lambda promotion: promotion.state.value)
PROMOTION_BY_OWNER: Index[Promotion, UUID] = Index("owner", lambda promotion: owner_of(promotion.scope))
CAMPAIGN_BY_CODE: Index[Campaign, str] = Index("code", lambda campaign: campaign.code, unique=True)
CAMPAIGN_BY_STATE: Index[Campaign, str] = Index("state", lambda campaign: campaign.state.value)
ENTRY_BY_ORDER: Index[BudgetEntry, UUID] = Index("order_id", lambda entry: entry.order_id)
ENTRY_BY_CAMPAIGN: Index[BudgetEntry, UUID] = Index("campaign_id", lambda entry: entry.campaign_id)
TEMPLATE_BY_CODE: Index[CouponTemplate, str] = Index("code", lambda template: template.code, unique=True)
TEMPLATE_BY_CLAIM_CODE: Index[CouponTemplate, str] = Index(
    "claim_code", lambda template: template.claim_code or None, unique=True
)
TEMPLATE_BY_STATE: Index[CouponTemplate, str] = Index("state", lambda template: template.state.value)
TEMPLATE_BY_OWNER: Index[CouponTemplate, UUID] = Index("owner", lambda template: owner_of(template.scope))
COUPON_BY_CODE: Index[Coupon, str] = Index("code", lambda coupon: coupon.code, unique=True)
COUPON_BY_TEMPLATE: Index[Coupon, UUID] = Index("template_id", lambda coupon: coupon.template_id)
COUPON_BY_CUSTOMER: Index[Coupon, UUID] = Index("customer_id", lambda coupon: coupon.customer_id)
COUPON_BY_STATE: Index[Coupon, str] = Index("state", lambda coupon: coupon.state.value)
COUPON_BY_EXPIRY: Index[Coupon, dt.datetime] = Index("expires_at", _expires)
REDEMPTION_BY_ORDER: Index[Redemption, UUID] = Index("order_id", lambda row: row.order_id)
REDEMPTION_BY_COUPON: Index[Redemption, UUID] = Index("coupon_id", lambda row: row.coupon_id)

PRICE_SHEETS: Records[PriceSheetId, PriceSheet] = Records(
    "price_sheets", PriceSheet, lambda sheet: sheet.id, (SHEET_BY_SKU,), reference=True
)
PRICE_CHANGES: Records[PriceChangeId, PriceChange] = Records(
    "price_changes", PriceChange, lambda change: change.id, (CHANGE_BY_SKU,), append_only=True, logged=False
)
TOLD_PRICES: Records[ToldPriceKey, ToldPrice] = Records(
    "told_prices", ToldPrice, lambda told: told.key, (TOLD_BY_SKU,), logged=False
)
PROMOTIONS: Records[PromotionId, Promotion] = Records(
    "promotions",
    Promotion,
    lambda promotion: promotion.id,
    (PROMOTION_BY_CODE, PROMOTION_BY_STATE, PROMOTION_BY_OWNER),
    reference=True,
)
CAMPAIGNS: Records[CampaignId, Campaign] = Records(
    "campaigns", Campaign, lambda campaign: campaign.id, (CAMPAIGN_BY_CODE, CAMPAIGN_BY_STATE), reference=True
)
BUDGETS: Records[CampaignId, Budget] = Records("budgets", Budget, lambda budget: budget.campaign_id)
BUDGET_ENTRIES: Records[BudgetEntryId, BudgetEntry] = Records(
    "budget_entries",
    BudgetEntry,
    lambda entry: entry.id,
    (ENTRY_BY_ORDER, ENTRY_BY_CAMPAIGN),
    append_only=True,
)
COUPON_TEMPLATES: Records[CouponTemplateId, CouponTemplate] = Records(
    "coupon_templates",
    CouponTemplate,
    lambda template: template.id,
    (TEMPLATE_BY_CODE, TEMPLATE_BY_CLAIM_CODE, TEMPLATE_BY_STATE, TEMPLATE_BY_OWNER),
    reference=True,
)
COUPONS: Records[CouponId, Coupon] = Records(
    "coupons",
    Coupon,
    lambda coupon: coupon.id,
    (COUPON_BY_CODE, COUPON_BY_TEMPLATE, COUPON_BY_CUSTOMER, COUPON_BY_STATE, COUPON_BY_EXPIRY),
    secret=frozenset({"code"}),
)
ISSUE_COUNTS: Records[IssueCountId, IssueCount] = Records("issue_counts", IssueCount, lambda count: count.id)
REDEMPTIONS: Records[RedemptionId, Redemption] = Records(
    "redemptions", Redemption, lambda row: row.id, (REDEMPTION_BY_ORDER, REDEMPTION_BY_COUPON), append_only=True
)

RECORDS: Final[tuple[Records[Any, Any], ...]] = (
    PRICE_SHEETS,
    PRICE_CHANGES,
    TOLD_PRICES,
    PROMOTIONS,
    CAMPAIGNS,
    BUDGETS,
    BUDGET_ENTRIES,
    COUPON_TEMPLATES,
    COUPONS,
    ISSUE_COUNTS,
    REDEMPTIONS,
)


class Known(Protocol[K, R]):
    """Records to look up, in a transaction or in a snapshot alike."""

    def find(self, key: K) -> R | None:
        """The record or None."""

    def many(self, keys: Iterable[K]) -> dict[K, R]:
        """Those that exist, in one statement."""

    def by(self, index: Index[R, V], *values: V) -> list[R]:
        """The records found under any of the values."""


class BookSource(Protocol):
    """What a price book is read from: a transaction when an order is placed, a snapshot when one only asks."""

    @property
    def channels(self) -> Known[ChannelId, Channel]:
        """For the currency."""

    @property
    def categories(self) -> Known[CategoryId, Category]:
        """For promotions on a category and all below it."""

    @property
    def products(self) -> Known[ProductId, Product]:
        """For brand and category."""

    @property
    def skus(self) -> Known[SkuId, Sku]:
        """What is bought, with its components."""

    @property
    def customers(self) -> Known[CustomerId, Customer]:
        """For the member level."""

    @property
    def price_sheets(self) -> Known[PriceSheetId, PriceSheet]:
        """Prices and floors."""

    @property
    def promotions(self) -> Known[PromotionId, Promotion]:
        """Those that run."""

    @property
    def campaigns(self) -> Known[CampaignId, Campaign]:
        """Whether they run."""

    @property
    def budgets(self) -> Known[CampaignId, Budget]:
        """What they have left."""

    @property
    def coupon_templates(self) -> Known[CouponTemplateId, CouponTemplate]:
        """What coupons are worth."""

    @property
    def coupons(self) -> Known[CouponId, Coupon]:
        """Those that the basket names."""


class PricingTx(CatalogTx, Protocol):
    """What pricing writes. Customers are only looked up, for their member level."""

    @property
    def customers(self) -> Rows[CustomerId, Customer]:
        """Looked up only."""

    @property
    def price_sheets(self) -> Rows[PriceSheetId, PriceSheet]:
        """Prices and floors of each SKU."""

    @property
    def price_changes(self) -> Rows[PriceChangeId, PriceChange]:
        """Every edit of a price."""

    @property
    def told_prices(self) -> Rows[ToldPriceKey, ToldPrice]:
        """What each channel was told last."""

    @property
    def promotions(self) -> Rows[PromotionId, Promotion]:
        """Reductions, thresholds and gifts."""

    @property
    def campaigns(self) -> Rows[CampaignId, Campaign]:
        """What promotions and coupons are run for."""

    @property
    def budgets(self) -> Rows[CampaignId, Budget]:
        """What campaigns may spend and have spent."""

    @property
    def budget_entries(self) -> Rows[BudgetEntryId, BudgetEntry]:
        """Each order's draw on a budget."""

    @property
    def coupon_templates(self) -> Rows[CouponTemplateId, CouponTemplate]:
        """What coupons are worth."""

    @property
    def coupons(self) -> Rows[CouponId, Coupon]:
        """What customers hold."""

    @property
    def issue_counts(self) -> Rows[IssueCountId, IssueCount]:
        """How many coupons were issued."""

    @property
    def redemptions(self) -> Rows[RedemptionId, Redemption]:
        """The use of every coupon, step by step."""


class PricingViews(Protocol):
    """What queries of pricing read."""

    @property
    def channels(self) -> Reading[ChannelId, Channel]:
        """For the currency."""

    @property
    def categories(self) -> Reading[CategoryId, Category]:
        """For promotions on a category."""

    @property
    def products(self) -> Reading[ProductId, Product]:
        """For brand and category."""

    @property
    def skus(self) -> Reading[SkuId, Sku]:
        """What is bought."""

    @property
    def customers(self) -> Reading[CustomerId, Customer]:
        """For the member level."""

    @property
    def price_sheets(self) -> Reading[PriceSheetId, PriceSheet]:
        """Prices and floors of each SKU."""

    @property
    def price_changes(self) -> Reading[PriceChangeId, PriceChange]:
        """Every edit of a price."""

    @property
    def told_prices(self) -> Reading[ToldPriceKey, ToldPrice]:
        """What each channel was told last."""

    @property
    def promotions(self) -> Reading[PromotionId, Promotion]:
        """Reductions, thresholds and gifts."""

    @property
    def campaigns(self) -> Reading[CampaignId, Campaign]:
        """What promotions and coupons are run for."""

    @property
    def budgets(self) -> Reading[CampaignId, Budget]:
        """What campaigns may spend and have spent."""

    @property
    def budget_entries(self) -> Reading[BudgetEntryId, BudgetEntry]:
        """Each order's draw on a budget."""

    @property
    def coupon_templates(self) -> Reading[CouponTemplateId, CouponTemplate]:
        """What coupons are worth."""

    @property
    def coupons(self) -> Reading[CouponId, Coupon]:
        """What customers hold."""

    @property
    def issue_counts(self) -> Reading[IssueCountId, IssueCount]:
        """How many coupons were issued."""

    @property
    def redemptions(self) -> Reading[RedemptionId, Redemption]:
        """The use of every coupon, step by step."""
