"""Plan promotions, start, pause and end them."""

from __future__ import annotations

import datetime as dt
from typing import Any

import attrs

from houtai.application.permission import CHANNEL, MERCHANT, needs
from houtai.application.pricing.lifecycle import lock_terms, save_moved
from houtai.application.pricing.ports import PROMOTION_BY_CODE, PricingTx
from houtai.application.pricing.reach import demand_goods
from houtai.application.reach import demand_within
from houtai.application.timeline import write_line
from houtai.domain.act import Act
from houtai.domain.authority import HOUSE
from houtai.domain.ids import CampaignId, ChannelId, PromotionId
from houtai.domain.money import Money
from houtai.domain.pricing.bearers import PLATFORM_PAYS, BearerSplit
from houtai.domain.pricing.promotions import RUN_MOVES, BuyAndGet, Promotion, ReturnPolicy, Rule, RunState
from houtai.domain.pricing.scope import ALL_GOODS, GoodsScope
from houtai.domain.refusal import AlreadyExists, CurrencyMismatch, InvalidValue, NotFound

PROMOTE = "pricing.promotions"


@attrs.frozen
class PromotionTerms:
    """What a promotion says; see Promotion."""

    name: str
    rule: Rule
    valid_from: dt.datetime
    valid_until: dt.datetime
    scope: GoodsScope = ALL_GOODS
    channels: tuple[ChannelId, ...] = ()
    levels: tuple[str, ...] = ()
    priority: int = 0
    stackable: bool = False
    bearers: BearerSplit = PLATFORM_PAYS
    on_return: ReturnPolicy = ReturnPolicy.KEEP
    campaign_id: CampaignId | None = None


@attrs.frozen
class DefinePromotion:
    """A new promotion, a draft at first."""

    promotion: PromotionId
    code: str
    currency: str
    terms: PromotionTerms


@attrs.frozen
class EditPromotion:
    """The promotion's new terms. Orders keep what they got."""

    promotion: PromotionId
    expected_version: int
    terms: PromotionTerms


@attrs.frozen
class MovePromotion:
    """Start, pause, resume or end it."""

    promotion: PromotionId
    expected_version: int
    to: RunState


@needs(PROMOTE, along=(CHANNEL, MERCHANT))
def define_promotion(tx: PricingTx, cmd: DefinePromotion, act: Act) -> Promotion:
    """Draft a promotion. Raises AlreadyExists for its code, NotFound for what it names, CurrencyMismatch with its campaign."""
    demand_goods(act, PROMOTE, cmd.terms.channels, cmd.terms.scope)
    promotion = Promotion(id=cmd.promotion, code=cmd.code, currency=Money.zero(cmd.currency).currency, **_fields(cmd.terms))
    if tx.promotions.first(PROMOTION_BY_CODE, cmd.code) is not None:
        raise AlreadyExists(what="promotion", key=cmd.code)
    _check_named(tx, promotion, act)
    tx.promotions.add(promotion)
    write_line(tx, act, "promotion", promotion, "drafted", before=None)
    return promotion


@needs(PROMOTE, along=(CHANNEL, MERCHANT))
def edit_promotion(tx: PricingTx, cmd: EditPromotion, act: Act) -> Promotion:
    """Change its terms. Raises NotFound, VersionConflict, InvalidValue for one that has ended."""
    promotion = lock_terms(tx.promotions, cmd.promotion, cmd.expected_version, PROMOTE, "promotion", act)
    if promotion.state is RunState.ENDED:
        raise InvalidValue(field="promotion", rule="has ended; draft another")
    demand_goods(act, PROMOTE, cmd.terms.channels, cmd.terms.scope)
    edited = attrs.evolve(promotion, version=promotion.version + 1, **_fields(cmd.terms))
    _check_named(tx, edited, act)
    tx.promotions.save(edited)
    write_line(tx, act, "promotion", edited, "edited", before=promotion.state)
    return edited


@needs(PROMOTE, along=(CHANNEL, MERCHANT))
def move_promotion(tx: PricingTx, cmd: MovePromotion, act: Act) -> Promotion:
    """Start, pause, resume or end it. Raises NotFound, VersionConflict, IllegalMove."""
    promotion = lock_terms(tx.promotions, cmd.promotion, cmd.expected_version, PROMOTE, "promotion", act)
    moved = attrs.evolve(promotion, state=cmd.to, version=promotion.version + 1)
    return save_moved(tx, tx.promotions, promotion, moved, RUN_MOVES, "promotion", act)


def _fields(terms: PromotionTerms) -> dict[str, Any]:
    return attrs.asdict(terms, recurse=False)


def _check_named(tx: PricingTx, promotion: Promotion, act: Act) -> None:
    """Channels, campaign and gifts must exist and be the actor's to give, the campaign in the same currency, gifts plain SKUs."""
    check_channels(tx, promotion.channels)
    check_campaign(tx, promotion.campaign_id, promotion.currency, PROMOTE, act)
    if isinstance(promotion.rule, BuyAndGet):
        gifts = (promotion.rule.gift_sku_id, *promotion.rule.substitutes)
        found = tx.skus.many(gifts)
        for sku_id in gifts:
            if sku_id not in found:
                raise NotFound(what="sku", key=str(sku_id))
            demand_within(act, PROMOTE, "sku", sku_id, merchant=found[sku_id].merchant_id)
            if found[sku_id].is_bundle:
                raise InvalidValue(field="rule.gift_sku_id", rule="must not be a bundle")


def check_channels(tx: PricingTx, channels: tuple[ChannelId, ...]) -> None:
    """Refuse with NotFound a channel that does not exist."""
    found = tx.channels.many(channels) if channels else {}
    for channel_id in channels:
        if channel_id not in found:
            raise NotFound(what="channel", key=str(channel_id))


def check_campaign(tx: PricingTx, campaign_id: CampaignId | None, currency: str, verb: str, act: Act) -> None:
    """Refuse a campaign that does not exist or counts in another currency; to a merchant none exists, they are the house's."""
    if campaign_id is not None:
        demand_within(act, verb, "campaign", campaign_id, channel=HOUSE)
        campaign = tx.campaigns.find(campaign_id)
        if campaign is None:
            raise NotFound(what="campaign", key=str(campaign_id))
        if campaign.currency != currency:
            raise CurrencyMismatch(left=currency, right=campaign.currency)
