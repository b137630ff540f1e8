"""Campaigns and their budgets."""

from __future__ import annotations

import attrs

from houtai.application.permission import needs
from houtai.application.pricing.lifecycle import check_version, save_moved
from houtai.application.pricing.ports import CAMPAIGN_BY_CODE, PricingTx
from houtai.application.pricing.reach import demand_goods
from houtai.application.timeline import write_line
from houtai.domain.act import Act
from houtai.domain.ids import CampaignId
from houtai.domain.money import Money
from houtai.domain.pricing.campaigns import Budget, Campaign
from houtai.domain.pricing.promotions import RUN_MOVES, RunState
from houtai.domain.pricing.scope import ALL_GOODS
from houtai.domain.refusal import AlreadyExists, NotFound

CAMPAIGN = "pricing.campaigns"


@attrs.frozen
class DefineCampaign:
    """A new campaign, a draft at first. None for a budget that is not limited."""

    campaign: CampaignId
    code: str
    name: str
    currency: str
    budget_minor: int | None = None
    budget_uses: int | None = None


@attrs.frozen
class EditCampaign:
    """The campaign's new name and budget. What is spent stays spent, also where the new budget is less."""

    campaign: CampaignId
    expected_version: int
    name: str
    budget_minor: int | None = None
    budget_uses: int | None = None


@attrs.frozen
class MoveCampaign:
    """Start, pause, resume or end it, and with it all that draws on it."""

    campaign: CampaignId
    expected_version: int
    to: RunState


@needs(CAMPAIGN)
def define_campaign(tx: PricingTx, cmd: DefineCampaign, act: Act) -> Campaign:
    """Draft a campaign with its budget. Raises AlreadyExists for its code."""
    demand_goods(act, CAMPAIGN, (), ALL_GOODS)
    campaign = Campaign(
        id=cmd.campaign,
        code=cmd.code,
        name=cmd.name,
        currency=Money.zero(cmd.currency).currency,
        budget_minor=cmd.budget_minor,
        budget_uses=cmd.budget_uses,
    )
    if tx.campaigns.first(CAMPAIGN_BY_CODE, cmd.code) is not None:
        raise AlreadyExists(what="campaign", key=cmd.code)
    tx.campaigns.add(campaign)
    tx.budgets.add(Budget(campaign.id, campaign.code, campaign.budget_minor, campaign.budget_uses))
    write_line(tx, act, "campaign", campaign, "drafted", before=None)
    return campaign


@needs(CAMPAIGN)
def edit_campaign(tx: PricingTx, cmd: EditCampaign, act: Act) -> Campaign:
    """Change name and budget. Raises NotFound, VersionConflict."""
    campaign = _editable(tx, cmd.campaign, cmd.expected_version, act)
    edited = attrs.evolve(
        campaign, name=cmd.name, budget_minor=cmd.budget_minor, budget_uses=cmd.budget_uses, version=campaign.version + 1
    )
    budget = tx.budgets.lock_one(campaign.id)
    tx.campaigns.save(edited)
    tx.budgets.save(attrs.evolve(budget, limit_minor=cmd.budget_minor, limit_uses=cmd.budget_uses))
    write_line(tx, act, "campaign", edited, "edited", before=campaign.state)
    return edited


@needs(CAMPAIGN)
def move_campaign(tx: PricingTx, cmd: MoveCampaign, act: Act) -> Campaign:
    """Start, pause, resume or end it. Raises NotFound, VersionConflict, IllegalMove."""
    campaign = _editable(tx, cmd.campaign, cmd.expected_version, act)
    moved = attrs.evolve(campaign, state=cmd.to, version=campaign.version + 1)
    return save_moved(tx, tx.campaigns, campaign, moved, RUN_MOVES, "campaign", act)


def _editable(tx: PricingTx, campaign_id: CampaignId, expected_version: int, act: Act) -> Campaign:
    demand_goods(act, CAMPAIGN, (), ALL_GOODS)
    campaign = tx.campaigns.lock([campaign_id]).get(campaign_id)
    if campaign is None:
        raise NotFound(what="campaign", key=str(campaign_id))
    check_version("campaign", campaign, expected_version)
    return campaign
