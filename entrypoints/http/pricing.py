"""Prices, floors, promotions, campaigns and price quotes over HTTP."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from houtai.application.pricing.budget import (
    DefineCampaign,
    EditCampaign,
    MoveCampaign,
    define_campaign,
    edit_campaign,
    move_campaign,
)
from houtai.application.pricing.promote import (
    DefinePromotion,
    EditPromotion,
    MovePromotion,
    define_promotion,
    edit_promotion,
    move_promotion,
)
from houtai.application.pricing.queries import (
    CampaignView,
    ListCampaigns,
    ListPriceChanges,
    ListPromotions,
    ShowPrices,
    list_campaigns,
    list_price_changes,
    list_promotions,
    show_campaign,
    show_prices,
    show_promotion,
)
from houtai.application.pricing.quote import GetQuote, get_quote
from houtai.application.pricing.set_prices import (
    MAX_ENTRIES,
    SetFloor,
    SetPrice,
    SetPrices,
    WithdrawPrice,
    set_floor,
    set_price,
    set_prices,
    withdraw_price,
)
from houtai.domain.ids import CampaignId, ChannelId, PromotionId, SkuId
from houtai.domain.pricing.campaigns import Campaign
from houtai.domain.pricing.promotions import RunState
from houtai.domain.pricing.refusals import PriceBelowFloor
from houtai.entrypoints.http import wire
from houtai.entrypoints.http.desk import Desk
from houtai.entrypoints.http.pricing_wire import (
    Level,
    PriceChangeOut,
    PriceSheetOut,
    PromotionOut,
    TermsIn,
    change_out,
    promotion_out,
    sheet_out,
)
from houtai.entrypoints.http.quote_wire import QUOTE_REFUSALS, PriceQuoteIn, PriceQuoteOut, price_quote_out
from houtai.entrypoints.http.routes import Routes

ROUTES = Routes("pricing", "Prices and floors, promotions, campaigns with their budgets, and what a basket costs.")


class PriceIn(wire.Wire, kw_only=True):
    """A price from now on, or within a time. A price under the floor needs a reason and the right to it."""

    amount: wire.Money
    channel_id: wire.Id | None = None
    level: Level = ""
    valid_from: wire.Moment | None = None
    valid_until: wire.Moment | None = None
    below_floor_reason: wire.Line = ""

    def value(self, sku_id: wire.Id, version: int | None = None) -> SetPrice:
        """As the command."""
        return SetPrice(
            sku=SkuId(sku_id),
            amount_minor=self.amount.minor,
            currency=self.amount.currency,
            channel=None if self.channel_id is None else ChannelId(self.channel_id),
            level=self.level,
            valid_from=self.valid_from,
            valid_until=self.valid_until,
            below_floor_reason=self.below_floor_reason,
            expected_version=version,
        )


class SkuPriceIn(PriceIn, kw_only=True):
    """A price of one of several SKUs."""

    sku_id: wire.Id


class PricesIn(wire.Wire):
    """Many prices, all or none."""

    prices: Annotated[tuple[SkuPriceIn, ...], Meta(min_length=1, max_length=MAX_ENTRIES)]


class PricesOut(wire.Wire):
    """The sheets after it."""

    sheets: tuple[PriceSheetOut, ...]


class PriceSlot(wire.Wire, kw_only=True):
    """Which price to take back: what it is for, and when it begins and ends."""

    currency: wire.Currency
    valid_from: wire.Moment
    valid_until: wire.Moment | None = None
    channel_id: wire.Id | None = None
    level: Level = ""


class FloorIn(wire.Wire):
    """The least that a unit may be sold for; null for no such bound."""

    amount_minor: wire.Minor | None


class StateQuery(wire.PageQuery):
    """In which state."""

    state: RunState | None = None


class NewPromotion(TermsIn, kw_only=True):
    """A new promotion, a draft at first."""

    code: wire.Code
    currency: wire.Currency
    id: wire.Id | None = None


class CampaignIn(wire.Wire, kw_only=True):
    """What a campaign may spend, in money and in orders; null is not limited."""

    name: wire.Name
    budget_minor: wire.Minor | None = None
    budget_uses: wire.Minor | None = None


class NewCampaign(CampaignIn, kw_only=True):
    """A new campaign, a draft at first."""

    code: wire.Code
    currency: wire.Currency
    id: wire.Id | None = None


class CampaignOut(wire.Versioned):
    """A campaign; what it has spent is null right after an edit, which does not look."""

    id: wire.Id
    code: str
    name: str
    currency: str
    state: RunState
    budget_minor: int | None
    budget_uses: int | None
    spent_minor: int | None
    spent_uses: int | None


def campaign_out(campaign: Campaign, spent_minor: int | None = None, spent_uses: int | None = None) -> CampaignOut:
    """A campaign as it goes out."""
    return CampaignOut(
        id=campaign.id,
        code=campaign.code,
        name=campaign.name,
        currency=campaign.currency,
        state=campaign.state,
        budget_minor=campaign.budget_minor,
        budget_uses=campaign.budget_uses,
        spent_minor=spent_minor,
        spent_uses=spent_uses,
        version=campaign.version,
    )


def _view_out(view: CampaignView) -> CampaignOut:
    return campaign_out(view.campaign, view.spent_minor, view.spent_uses)


@ROUTES.get("/skus/{sku_id}/prices", show_prices)
def get_prices(desk: Desk, sku_id: wire.Id) -> PriceSheetOut:
    """Look at a SKU's present and coming prices."""
    return sheet_out(desk.ask(show_prices, ShowPrices(SkuId(sku_id))))


@ROUTES.post("/skus/{sku_id}/prices", set_price, status=200, refuses=(PriceBelowFloor,), match="optional")
def post_price(desk: Desk, sku_id: wire.Id, body: PriceIn) -> PriceSheetOut:
    """Set one price of a SKU."""
    return sheet_out(desk.perform(set_price, body.value(sku_id, desk.version_if_given)))


@ROUTES.post("/prices", set_prices, status=200, refuses=(PriceBelowFloor,))
def post_prices(desk: Desk, body: PricesIn) -> PricesOut:
    """Set prices of many SKUs, all or none."""
    cmd = SetPrices(tuple(price.value(price.sku_id) for price in body.prices))
    return PricesOut(tuple(map(sheet_out, desk.perform(set_prices, cmd))))


@ROUTES.post("/skus/{sku_id}/prices/withdraw", withdraw_price, status=200, match="required")
def post_price_withdraw(desk: Desk, sku_id: wire.Id, body: PriceSlot) -> PriceSheetOut:
    """Take one price back; what it stood above is in force again."""
    cmd = WithdrawPrice(
        sku=SkuId(sku_id),
        expected_version=desk.expected_version,
        currency=body.currency,
        valid_from=body.valid_from,
        valid_until=body.valid_until,
        channel=None if body.channel_id is None else ChannelId(body.channel_id),
        level=body.level,
    )
    return sheet_out(desk.perform(withdraw_price, cmd))


@ROUTES.put("/skus/{sku_id}/floors/{currency}", set_floor, refuses=(PriceBelowFloor,))
def put_floor(desk: Desk, sku_id: wire.Id, currency: wire.Code, body: FloorIn) -> PriceSheetOut:
    """Bound what a SKU may be sold for."""
    return sheet_out(desk.perform(set_floor, SetFloor(SkuId(sku_id), currency, body.amount_minor, desk.expected_version)))


@ROUTES.get("/skus/{sku_id}/price-changes", list_price_changes)
def get_price_changes(desk: Desk, sku_id: wire.Id, query: wire.PageQuery) -> wire.Listed[PriceChangeOut]:
    """Look through every edit of a SKU's prices."""
    return wire.listed(desk.ask(list_price_changes, ListPriceChanges(SkuId(sku_id), query.page())), change_out)


@ROUTES.post("/promotions", define_promotion, status=201, location="/promotions/{id}")
def post_promotion(desk: Desk, body: NewPromotion) -> PromotionOut:
    """Draft a promotion."""
    cmd = DefinePromotion(PromotionId(desk.new_id(body.id)), body.code, body.currency, body.value())
    return promotion_out(desk.perform(define_promotion, cmd))


@ROUTES.get("/promotions", list_promotions)
def get_promotions(desk: Desk, query: StateQuery) -> wire.Listed[PromotionOut]:
    """List promotions, newest first."""
    return wire.listed(desk.ask(list_promotions, ListPromotions(query.state, query.page())), promotion_out)


@ROUTES.get("/promotions/{promotion_id}", show_promotion)
def get_promotion(desk: Desk, promotion_id: wire.Id) -> PromotionOut:
    """Look at one promotion."""
    return promotion_out(desk.ask(show_promotion, PromotionId(promotion_id)))


@ROUTES.put("/promotions/{promotion_id}", edit_promotion)
def put_promotion(desk: Desk, promotion_id: wire.Id, body: TermsIn) -> PromotionOut:
    """Replace a promotion's terms; orders keep what they got."""
    cmd = EditPromotion(PromotionId(promotion_id), desk.expected_version, body.value())
    return promotion_out(desk.perform(edit_promotion, cmd))


@ROUTES.move("/promotions/{promotion_id}/start", move_promotion)
def post_promotion_start(desk: Desk, promotion_id: wire.Id) -> PromotionOut:
    """Start a promotion, or go on with it."""
    return _moved_promotion(desk, promotion_id, RunState.ACTIVE)


@ROUTES.move("/promotions/{promotion_id}/pause", move_promotion)
def post_promotion_pause(desk: Desk, promotion_id: wire.Id) -> PromotionOut:
    """Pause a promotion."""
    return _moved_promotion(desk, promotion_id, RunState.PAUSED)


@ROUTES.move("/promotions/{promotion_id}/end", move_promotion)
def post_promotion_end(desk: Desk, promotion_id: wire.Id) -> PromotionOut:
    """End a promotion for good."""
    return _moved_promotion(desk, promotion_id, RunState.ENDED)


@ROUTES.post("/campaigns", define_campaign, status=201, location="/campaigns/{id}")
def post_campaign(desk: Desk, body: NewCampaign) -> CampaignOut:
    """Draft a campaign with its budget."""
    cmd = DefineCampaign(
        campaign=CampaignId(desk.new_id(body.id)),
        code=body.code,
        name=body.name,
        currency=body.currency,
        budget_minor=body.budget_minor,
        budget_uses=body.budget_uses,
    )
    return campaign_out(desk.perform(define_campaign, cmd), 0, 0)


@ROUTES.get("/campaigns", list_campaigns)
def get_campaigns(desk: Desk, query: StateQuery) -> wire.Listed[CampaignOut]:
    """List campaigns with what they have spent, newest first."""
    return wire.listed(desk.ask(list_campaigns, ListCampaigns(query.state, query.page())), _view_out)


@ROUTES.get("/campaigns/{campaign_id}", show_campaign)
def get_campaign(desk: Desk, campaign_id: wire.Id) -> CampaignOut:
    """Look at one campaign and what it has spent."""
    return _view_out(desk.ask(show_campaign, CampaignId(campaign_id)))


@ROUTES.put("/campaigns/{campaign_id}", edit_campaign)
def put_campaign(desk: Desk, campaign_id: wire.Id, body: CampaignIn) -> CampaignOut:
    """Change a campaign's name and budget."""
    cmd = EditCampaign(CampaignId(campaign_id), desk.expected_version, body.name, body.budget_minor, body.budget_uses)
    return campaign_out(desk.perform(edit_campaign, cmd))


@ROUTES.move("/campaigns/{campaign_id}/start", move_campaign)
def post_campaign_start(desk: Desk, campaign_id: wire.Id) -> CampaignOut:
    """Start a campaign, or go on with it."""
    return _moved_campaign(desk, campaign_id, RunState.ACTIVE)


@ROUTES.move("/campaigns/{campaign_id}/pause", move_campaign)
def post_campaign_pause(desk: Desk, campaign_id: wire.Id) -> CampaignOut:
    """Pause a campaign, and with it all that draws on its budget."""
    return _moved_campaign(desk, campaign_id, RunState.PAUSED)


@ROUTES.move("/campaigns/{campaign_id}/end", move_campaign)
def post_campaign_end(desk: Desk, campaign_id: wire.Id) -> CampaignOut:
    """End a campaign for good."""
    return _moved_campaign(desk, campaign_id, RunState.ENDED)


@ROUTES.post("/price-quotes", get_quote, status=200, refuses=QUOTE_REFUSALS, keyed=False)
def post_price_quote(desk: Desk, body: PriceQuoteIn) -> PriceQuoteOut:
    """Ask what a basket costs, without delivery: every line, every discount with who bears it, and the steps that led there.

    Nothing is written. Placing an order asks the same function again.
    """
    return price_quote_out(desk.ask(get_quote, GetQuote(body.value())))


def _moved_promotion(desk: Desk, promotion_id: wire.Id, to: RunState) -> PromotionOut:
    cmd = MovePromotion(PromotionId(promotion_id), desk.expected_version, to)
    return promotion_out(desk.perform(move_promotion, cmd))


def _moved_campaign(desk: Desk, campaign_id: wire.Id, to: RunState) -> CampaignOut:
    return campaign_out(desk.perform(move_campaign, MoveCampaign(CampaignId(campaign_id), desk.expected_version, to)))
