"""The tables of prices, promotions, campaigns and coupons, row by row."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import Boolean, CheckConstraint, Column, ForeignKey, Index, Table

from houtai.adapters.sql.columns import (
    METADATA,
    append_only,
    id_column,
    minor,
    moment,
    one_of,
    owner_column,
    plain,
    qty,
    version,
    whole_number,
    words,
)
from houtai.adapters.sql.mapping import Mapping, Row
from houtai.application.plain import from_plain, to_plain
from houtai.application.pricing import ports
from houtai.domain.ids import ChannelId
from houtai.domain.money import MAX_MINOR
from houtai.domain.pricing.bearers import BearerSplit
from houtai.domain.pricing.campaigns import Budget, BudgetEntry, BudgetMove, Campaign
from houtai.domain.pricing.coupons import (
    Coupon,
    CouponState,
    CouponTemplate,
    FixedValue,
    IssueCount,
    PercentValue,
    Redemption,
    RedemptionState,
    TemplateState,
)
from houtai.domain.pricing.prices import Floor, Price, PriceChange, PriceSheet
from houtai.domain.pricing.promotions import Promotion, ReturnPolicy, Rule, RunState
from houtai.domain.pricing.scope import GoodsScope

# A sheet is one row, so that the prices of a whole basket come in one statement; its history is laid out in price_changes.
price_sheets: Final = Table(
    "price_sheets",
    METADATA,
    id_column("id", primary_key=True),
    id_column("sku_id", ForeignKey("skus.id"), unique=True),
    plain("prices"),
    plain("floors"),
    version(),
)

price_changes: Final = append_only(
    Table(
        "price_changes",
        METADATA,
        id_column("id", primary_key=True),
        id_column("sku_id", ForeignKey("skus.id"), index=True),
        version(),
        one_of("what", ("price", "withdrawn", "floor")),
        words("currency", 3),
        id_column("channel_id", ForeignKey("channels.id"), nullable=True),
        words("level", 64),
        minor("before_minor", 0, nullable=True),
        minor("after_minor", 0, nullable=True),
        moment("valid_from", nullable=True),
        moment("valid_until", nullable=True),
        moment("at"),
        id_column("actor"),
        words("reason", 500),
    )
)

campaigns: Final = Table(
    "campaigns",
    METADATA,
    id_column("id", primary_key=True),
    words("code", 64, unique=True),
    words("name"),
    words("currency", 3),
    minor("budget_minor", 0, nullable=True),
    whole_number("budget_uses", 0, MAX_MINOR, nullable=True),
    one_of("state", RunState, index=True),
    version(),
)

budgets: Final = Table(
    "budgets",
    METADATA,
    id_column("campaign_id", ForeignKey("campaigns.id"), primary_key=True),
    words("code", 64),
    minor("limit_minor", 0, nullable=True),
    whole_number("limit_uses", 0, MAX_MINOR, nullable=True),
    minor("spent_minor", 0),
    whole_number("spent_uses", 0, MAX_MINOR),
)

budget_entries: Final = append_only(
    Table(
        "budget_entries",
        METADATA,
        id_column("id", primary_key=True),
        id_column("campaign_id", ForeignKey("campaigns.id"), index=True),
        id_column("order_id", index=True),
        one_of("move", BudgetMove),
        minor("amount_minor"),
        whole_number("uses", -1, 1),
        moment("at"),
        CheckConstraint("(move = 'reserved') = (uses = 1)", name="move_signs_uses"),
    )
)

promotions: Final = Table(
    "promotions",
    METADATA,
    id_column("id", primary_key=True),
    words("code", 64, unique=True),
    words("name"),
    plain("rule"),
    words("currency", 3),
    moment("valid_from"),
    moment("valid_until"),
    plain("scope"),
    owner_column("owner", index=True),  # the one merchant whose goods it is about, else the house
    plain("channels"),
    plain("levels"),
    whole_number("priority", -1000, 1000),
    Column("stackable", Boolean(), nullable=False),
    plain("bearers"),
    one_of("on_return", ReturnPolicy),
    id_column("campaign_id", ForeignKey("campaigns.id"), nullable=True),
    one_of("state", RunState, index=True),
    version(),
)

coupon_templates: Final = Table(
    "coupon_templates",
    METADATA,
    id_column("id", primary_key=True),
    words("code", 64, unique=True),
    words("name"),
    words("currency", 3),
    plain("value"),
    moment("valid_from"),
    moment("valid_until"),
    qty("quota_qty", 1),
    whole_number("per_customer", 1, 2**31 - 1),
    whole_number("per_order", 1, 20),
    whole_number("valid_days", 1, 3650, nullable=True),
    whole_number("grace_days", 0, 365),
    minor("threshold_minor", 0),
    plain("scope"),
    owner_column("owner", index=True),
    plain("channels"),
    words("claim_code", 64, nullable=True, unique=True),
    Column("stackable", Boolean(), nullable=False),
    plain("bearers"),
    id_column("campaign_id", ForeignKey("campaigns.id"), nullable=True),
    one_of("state", TemplateState, index=True),
    version(),
)

coupons: Final = Table(
    "coupons",
    METADATA,
    id_column("id", primary_key=True),
    id_column("template_id", ForeignKey("coupon_templates.id"), index=True),
    words("code", 64, unique=True),
    id_column("customer_id", ForeignKey("customers.id"), nullable=True, index=True),
    moment("issued_at"),
    moment("valid_from"),
    moment("valid_until"),
    moment("expires_at", nullable=True),  # when the timer closes it; null once nothing is left to close
    id_column("order_id", nullable=True, index=True),
    one_of("state", CouponState, index=True),
    version(),
    CheckConstraint("(state IN ('locked', 'redeemed')) = (order_id IS NOT NULL)", name="held_by_an_order"),
)
Index(
    "ix_coupons_expires_at",
    coupons.c.expires_at,
    postgresql_where=coupons.c.expires_at.is_not(None),
    sqlite_where=coupons.c.expires_at.is_not(None),
)

issue_counts: Final = Table(
    "issue_counts",
    METADATA,
    id_column("id", primary_key=True),
    id_column("template_id", ForeignKey("coupon_templates.id"), index=True),
    id_column("customer_id", ForeignKey("customers.id"), nullable=True),
    qty("issued_qty"),
)

redemptions: Final = append_only(
    Table(
        "redemptions",
        METADATA,
        id_column("id", primary_key=True),
        id_column("coupon_id", ForeignKey("coupons.id"), index=True),
        id_column("template_id", ForeignKey("coupon_templates.id"), index=True),
        id_column("customer_id", ForeignKey("customers.id"), nullable=True),
        id_column("order_id", index=True),
        version("coupon_version"),
        one_of("state", RedemptionState),
        minor("amount_minor", 0),
        moment("at"),
    )
)


def _columns(record: Any, *names: str) -> Row:
    return {name: getattr(record, name) for name in names}


def _dump_sheet(sheet: PriceSheet) -> Row:
    return {
        "id": sheet.id,
        "sku_id": sheet.sku_id,
        "prices": to_plain(sheet.prices),
        "floors": to_plain(sheet.floors),
        "version": sheet.version,
    }


def _load_sheet(row: Row, _: object) -> PriceSheet:
    row["prices"] = from_plain(row["prices"], tuple[Price, ...])
    row["floors"] = from_plain(row["floors"], tuple[Floor, ...])
    return PriceSheet(**row)


_CHANGE: Final = tuple(column.name for column in price_changes.columns)
_BUDGET: Final = tuple(column.name for column in budgets.columns)
_COUNT: Final = tuple(column.name for column in issue_counts.columns)


def _dump_campaign(campaign: Campaign) -> Row:
    own = _columns(campaign, "id", "code", "name", "currency", "budget_minor", "budget_uses", "version")
    return {**own, "state": campaign.state.value}


def _dump_entry(entry: BudgetEntry) -> Row:
    return {**_columns(entry, "id", "campaign_id", "order_id", "amount_minor", "uses", "at"), "move": entry.move.value}


_SHARED: Final = ("id", "code", "name", "currency", "valid_from", "valid_until", "stackable", "campaign_id", "version")


def _dump_promotion(promotion: Promotion) -> Row:
    return {
        **_columns(promotion, *_SHARED, "priority"),
        "rule": to_plain(promotion.rule),
        "scope": to_plain(promotion.scope),
        "owner": ports.owner_of(promotion.scope),
        "channels": to_plain(promotion.channels),
        "levels": list(promotion.levels),
        "bearers": to_plain(promotion.bearers),
        "on_return": promotion.on_return.value,
        "state": promotion.state.value,
    }


def _load_promotion(row: Row, _: object) -> Promotion:
    del row["owner"]
    row["rule"] = from_plain(row["rule"], Rule)
    row["on_return"] = ReturnPolicy(row["on_return"])
    row["state"] = RunState(row["state"])
    row["levels"] = tuple(row["levels"])
    return Promotion(**_goods(row))


def _goods(row: Row) -> Row:
    """What promotions and coupon templates have in common, as values."""
    row["scope"] = from_plain(row["scope"], GoodsScope)
    row["channels"] = from_plain(row["channels"], tuple[ChannelId, ...])
    row["bearers"] = from_plain(row["bearers"], BearerSplit)
    return row


def _dump_template(template: CouponTemplate) -> Row:
    own = ("quota_qty", "per_customer", "per_order", "valid_days", "grace_days", "threshold_minor")
    return {
        **_columns(template, *_SHARED, *own),
        "value": to_plain(template.value),
        "scope": to_plain(template.scope),
        "owner": ports.owner_of(template.scope),
        "channels": to_plain(template.channels),
        "claim_code": template.claim_code or None,
        "bearers": to_plain(template.bearers),
        "state": template.state.value,
    }


def _load_template(row: Row, _: object) -> CouponTemplate:
    del row["owner"]
    row["value"] = from_plain(row["value"], FixedValue | PercentValue)
    row["claim_code"] = row["claim_code"] or ""
    row["state"] = TemplateState(row["state"])
    return CouponTemplate(**_goods(row))


def _dump_coupon(coupon: Coupon) -> Row:
    own = ("id", "template_id", "code", "customer_id", "issued_at", "valid_from", "valid_until", "order_id", "version")
    return {**_columns(coupon, *own), "expires_at": ports.COUPON_BY_EXPIRY.of(coupon), "state": coupon.state.value}


def _load_coupon(row: Row, _: object) -> Coupon:
    del row["expires_at"]
    return Coupon(**{**row, "state": CouponState(row["state"])})


def _dump_redemption(row: Redemption) -> Row:
    own = ("id", "coupon_id", "template_id", "customer_id", "order_id", "coupon_version", "amount_minor", "at")
    return {**_columns(row, *own), "state": row.state.value}


MAPPINGS: Final[tuple[Mapping[Any], ...]] = (
    Mapping(ports.PRICE_SHEETS, price_sheets, _dump_sheet, _load_sheet, {ports.SHEET_BY_SKU: ("sku_id",)}),
    Mapping(
        ports.PRICE_CHANGES,
        price_changes,
        dump=lambda change: _columns(change, *_CHANGE),
        load=lambda row, _: PriceChange(**row),
        found_by={ports.CHANGE_BY_SKU: ("sku_id",)},
    ),
    Mapping(
        ports.PROMOTIONS,
        promotions,
        _dump_promotion,
        _load_promotion,
        {
            ports.PROMOTION_BY_CODE: ("code",),
            ports.PROMOTION_BY_STATE: ("state",),
            ports.PROMOTION_BY_OWNER: ("owner",),
        },
    ),
    Mapping(
        ports.CAMPAIGNS,
        campaigns,
        _dump_campaign,
        lambda row, _: Campaign(**{**row, "state": RunState(row["state"])}),
        {ports.CAMPAIGN_BY_CODE: ("code",), ports.CAMPAIGN_BY_STATE: ("state",)},
    ),
    Mapping(ports.BUDGETS, budgets, dump=lambda budget: _columns(budget, *_BUDGET), load=lambda row, _: Budget(**row)),
    Mapping(
        ports.BUDGET_ENTRIES,
        budget_entries,
        _dump_entry,
        lambda row, _: BudgetEntry(**{**row, "move": BudgetMove(row["move"])}),
        {ports.ENTRY_BY_ORDER: ("order_id",), ports.ENTRY_BY_CAMPAIGN: ("campaign_id",)},
    ),
    Mapping(
        ports.COUPON_TEMPLATES,
        coupon_templates,
        _dump_template,
        _load_template,
        {
            ports.TEMPLATE_BY_CODE: ("code",),
            ports.TEMPLATE_BY_CLAIM_CODE: ("claim_code",),
            ports.TEMPLATE_BY_STATE: ("state",),
            ports.TEMPLATE_BY_OWNER: ("owner",),
        },
    ),
    Mapping(
        ports.COUPONS,
        coupons,
        _dump_coupon,
        _load_coupon,
        {
            ports.COUPON_BY_CODE: ("code",),
            ports.COUPON_BY_TEMPLATE: ("template_id",),
            ports.COUPON_BY_CUSTOMER: ("customer_id",),
            ports.COUPON_BY_STATE: ("state",),
            ports.COUPON_BY_EXPIRY: ("expires_at",),
        },
    ),
    Mapping(
        ports.ISSUE_COUNTS,
        issue_counts,
        dump=lambda count: _columns(count, *_COUNT),
        load=lambda row, _: IssueCount(**row),
    ),
    Mapping(
        ports.REDEMPTIONS,
        redemptions,
        _dump_redemption,
        lambda row, _: Redemption(**{**row, "state": RedemptionState(row["state"])}),
        {ports.REDEMPTION_BY_ORDER: ("order_id",), ports.REDEMPTION_BY_COUPON: ("coupon_id",)},
    ),
)
