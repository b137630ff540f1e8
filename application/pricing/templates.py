"""Coupon templates: drafted, opened for issue, paused, ended."""

from __future__ import annotations

import datetime as dt
from typing import Any

import attrs

from houtai.application.permission import CHANNEL, MERCHANT, needs
from houtai.application.pricing.lifecycle import lock_terms, save_moved
from houtai.application.pricing.ports import TEMPLATE_BY_CLAIM_CODE, TEMPLATE_BY_CODE, PricingTx
from houtai.application.pricing.promote import check_campaign, check_channels
from houtai.application.pricing.reach import demand_goods
from houtai.application.timeline import write_line
from houtai.domain.act import Act
from houtai.domain.ids import CampaignId, ChannelId, CouponTemplateId
from houtai.domain.money import Money
from houtai.domain.pricing.bearers import PLATFORM_PAYS, BearerSplit
from houtai.domain.pricing.coupons import (
    TEMPLATE_MOVES,
    CouponTemplate,
    FixedValue,
    IssueCount,
    PercentValue,
    TemplateState,
    check_edit,
    count_id,
)
from houtai.domain.pricing.scope import ALL_GOODS, GoodsScope
from houtai.domain.refusal import AlreadyExists

TEMPLATES = "pricing.coupon-templates"


@attrs.frozen
class TemplateTerms:
    """What a template says; see CouponTemplate."""

    name: str
    value: FixedValue | PercentValue
    valid_from: dt.datetime
    valid_until: dt.datetime
    quota_qty: int
    per_customer: int = 1
    per_order: int = 1
    valid_days: int | None = None
    grace_days: int = 0
    threshold_minor: int = 0
    scope: GoodsScope = ALL_GOODS
    channels: tuple[ChannelId, ...] = ()
    claim_code: str = ""
    stackable: bool = False
    bearers: BearerSplit = PLATFORM_PAYS
    campaign_id: CampaignId | None = None


@attrs.frozen
class DefineTemplate:
    """A new template, a draft at first."""

    template: CouponTemplateId
    code: str
    currency: str
    terms: TemplateTerms


@attrs.frozen
class EditTemplate:
    """The template's new terms; once it was open, what customers hold stays as it is."""

    template: CouponTemplateId
    expected_version: int
    terms: TemplateTerms


@attrs.frozen
class MoveTemplate:
    """Open it for issue, pause, resume or end it."""

    template: CouponTemplateId
    expected_version: int
    to: TemplateState


@needs(TEMPLATES, along=(CHANNEL, MERCHANT))
def define_template(tx: PricingTx, cmd: DefineTemplate, act: Act) -> CouponTemplate:
    """Draft a template. Raises AlreadyExists for its code or claim code, NotFound, CurrencyMismatch."""
    demand_goods(act, TEMPLATES, cmd.terms.channels, cmd.terms.scope)
    template = CouponTemplate(id=cmd.template, code=cmd.code, currency=Money.zero(cmd.currency).currency, **_fields(cmd.terms))
    if tx.coupon_templates.first(TEMPLATE_BY_CODE, cmd.code) is not None:
        raise AlreadyExists(what="coupon template", key=cmd.code)
    _check_named(tx, template, act)
    tx.coupon_templates.add(template)
    tx.issue_counts.add(IssueCount(count_id(template.id, None), template.id, None))
    write_line(tx, act, "coupon-template", template, "drafted", before=None)
    return template


@needs(TEMPLATES, along=(CHANNEL, MERCHANT))
def edit_template(tx: PricingTx, cmd: EditTemplate, act: Act) -> CouponTemplate:
    """Change its terms. Raises TemplateFixed for what no longer may change, NotFound, VersionConflict, AlreadyExists."""
    template = lock_terms(tx.coupon_templates, cmd.template, cmd.expected_version, TEMPLATES, "coupon template", act)
    demand_goods(act, TEMPLATES, cmd.terms.channels, cmd.terms.scope)
    edited = attrs.evolve(template, version=template.version + 1, **_fields(cmd.terms))
    check_edit(template, edited)
    _check_named(tx, edited, act)
    tx.coupon_templates.save(edited)
    write_line(tx, act, "coupon-template", edited, "edited", before=template.state)
    return edited


@needs(TEMPLATES, along=(CHANNEL, MERCHANT))
def move_template(tx: PricingTx, cmd: MoveTemplate, act: Act) -> CouponTemplate:
    """Open, pause, resume or end it. Raises NotFound, VersionConflict, IllegalMove."""
    template = lock_terms(tx.coupon_templates, cmd.template, cmd.expected_version, TEMPLATES, "coupon template", act)
    moved = attrs.evolve(template, state=cmd.to, version=template.version + 1)
    return save_moved(tx, tx.coupon_templates, template, moved, TEMPLATE_MOVES, "coupon template", act)


def _fields(terms: TemplateTerms) -> dict[str, Any]:
    return attrs.asdict(terms, recurse=False)


def _check_named(tx: PricingTx, template: CouponTemplate, act: Act) -> None:
    check_channels(tx, template.channels)
    check_campaign(tx, template.campaign_id, template.currency, TEMPLATES, act)
    if template.claim_code:
        holder = tx.coupon_templates.first(TEMPLATE_BY_CLAIM_CODE, template.claim_code)
        if holder is not None and holder.id != template.id:
            raise AlreadyExists(what="claim code", key=template.claim_code)
