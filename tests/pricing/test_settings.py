"""Setting prices, floors, promotions, campaigns and templates: who may, on which version, and what is refused."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

import attrs
import pytest

from houtai.application.house import OF_DOCUMENT
from houtai.application.office import Office
from houtai.application.permission import needs
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
    PromotionTerms,
    define_promotion,
    edit_promotion,
    move_promotion,
)
from houtai.application.pricing.queries import (
    ListCampaigns,
    ListPriceChanges,
    ListPromotions,
    ListTemplates,
    ShowPrices,
    list_campaigns,
    list_price_changes,
    list_promotions,
    list_templates,
    show_campaign,
    show_prices,
    show_promotion,
)
from houtai.application.pricing.set_prices import (
    SetFloor,
    SetPrice,
    SetPrices,
    WithdrawPrice,
    set_floor,
    set_price,
    set_prices,
    withdraw_price,
)
from houtai.application.pricing.templates import (
    DefineTemplate,
    EditTemplate,
    MoveTemplate,
    TemplateTerms,
    define_template,
    edit_template,
    move_template,
)
from houtai.application.tx import Views
from houtai.domain.act import Act
from houtai.domain.ids import CampaignId, ChannelId, CouponTemplateId, PromotionId, SkuId, new_id
from houtai.domain.pricing.coupons import FixedValue, TemplateState
from houtai.domain.pricing.prices import sheet_id
from houtai.domain.pricing.promotions import AmountOff, RunState
from houtai.domain.pricing.refusals import PriceBelowFloor, TemplateFixed
from houtai.domain.pricing.scope import GoodsScope
from houtai.domain.refusal import (
    AlreadyExists,
    CurrencyMismatch,
    Forbidden,
    IllegalMove,
    InvalidValue,
    NotFound,
    VersionConflict,
)
from tests.pricing import market
from tests.pricing.market import CHANNEL, FAN, LEAF, MERCHANT, POT, SET

NOWHERE = UUID(int=99)


@pytest.fixture
def office(memory_office: Office, system: Act) -> Office:
    market.open_market(memory_office, system)
    return memory_office


@needs("tests.look")
def versions(views: Views, document: UUID, act: Act) -> list[int]:
    """The versions on a document's timeline."""
    return [line.version for line in views.timeline.by(OF_DOCUMENT, document)]


def draft(code: str = "AUTUMN", **terms: Any) -> DefinePromotion:
    plain = PromotionTerms("秋季", AmountOff(100), market.NOW, market.NOW + market.MONTH)
    return DefinePromotion(PromotionId(new_id()), code, "CNY", attrs.evolve(plain, **terms))


def sketch(code: str = "TEN", **terms: Any) -> DefineTemplate:
    plain = TemplateTerms("十元券", FixedValue(1000), market.NOW, market.NOW + market.MONTH, quota_qty=100)
    return DefineTemplate(CouponTemplateId(new_id()), code, "CNY", attrs.evolve(plain, **terms))


def test_every_edit_of_a_sheet_has_its_version_and_line(office: Office, system: Act) -> None:
    office.perform(set_price, SetPrice(LEAF, 9000, "CNY", expected_version=1), system)
    sheet = office.perform(set_floor, SetFloor(LEAF, "CNY", 8000, 2), system)
    assert (sheet.version, office.ask(versions, sheet_id(LEAF), system)) == (3, [1, 2, 3])


def test_many_prices_are_set_all_or_none(office: Office, system: Act) -> None:
    office.perform(set_floor, SetFloor(POT, "CNY", 5000), system)
    many = SetPrices((SetPrice(LEAF, 9000, "CNY"), SetPrice(POT, 4999, "CNY")))
    with pytest.raises(PriceBelowFloor):
        office.perform(set_prices, many, system)
    assert office.ask(show_prices, ShowPrices(LEAF), system).version == 1


def test_two_prices_of_one_sku_in_one_command_are_two_versions(office: Office, system: Act) -> None:
    many = SetPrices((SetPrice(LEAF, 9000, "CNY"), SetPrice(LEAF, 8500, "CNY", CHANNEL)))
    assert [sheet.version for sheet in office.perform(set_prices, many, system)] == [3]
    assert len(office.ask(list_price_changes, ListPriceChanges(LEAF), system).items) == 3


def test_an_edit_on_an_old_version_is_refused(office: Office, system: Act) -> None:
    with pytest.raises(VersionConflict) as refused:
        office.perform(set_price, SetPrice(LEAF, 9000, "CNY", expected_version=0), system)
    assert (refused.value.expected_version, refused.value.current_version) == (0, 1)


def test_a_withdrawn_timed_price_gives_way_to_the_one_beneath(office: Office, system: Act) -> None:
    until = system.at + dt.timedelta(days=1)
    office.perform(set_price, SetPrice(LEAF, 8000, "CNY", valid_until=until), system)
    sheet = office.perform(withdraw_price, WithdrawPrice(LEAF, 2, "CNY", system.at, until), system)
    assert [price.amount_minor for price in sheet.prices] == [9990]
    assert [one.what for one in office.ask(list_price_changes, ListPriceChanges(LEAF), system).items].count("withdrawn") == 1


def test_withdrawing_a_price_that_is_not_there_is_refused(office: Office, system: Act) -> None:
    with pytest.raises(NotFound):
        office.perform(withdraw_price, WithdrawPrice(LEAF, 1, "CNY", system.at, system.at + market.MONTH), system)


def test_a_price_below_the_floor_needs_a_reason_and_the_authority(office: Office, system: Act) -> None:
    office.perform(set_floor, SetFloor(LEAF, "CNY", 9000), system)
    low = SetPrice(LEAF, 8000, "CNY", below_floor_reason="clearance")
    with pytest.raises(Forbidden):
        office.perform(set_price, low, market.clerk(system, "pricing.prices"))
    sheet = office.perform(set_price, low, market.clerk(system, "pricing.prices", "pricing.below-floor"))
    assert [(price.amount_minor, price.below_floor) for price in sheet.prices] == [(8000, True)]


def test_a_floor_above_the_price_is_refused(office: Office, system: Act) -> None:
    with pytest.raises(PriceBelowFloor):
        office.perform(set_floor, SetFloor(LEAF, "CNY", 10000), system)


@pytest.mark.parametrize(
    ("wrong", "refusal"),
    [
        (SetPrice(SkuId(NOWHERE), 100, "CNY"), NotFound),
        (SetPrice(LEAF, 100, "CNY", ChannelId(NOWHERE)), NotFound),
        (SetPrice(LEAF, 100, "USD", CHANNEL), CurrencyMismatch),
        (SetPrice(LEAF, -1, "CNY"), InvalidValue),
        (SetPrice(LEAF, 100, "yuan"), InvalidValue),
        (SetPrice(LEAF, 100, "CNY", valid_from=market.NOW - market.MONTH), InvalidValue),
    ],
)
def test_a_price_that_cannot_be_is_refused(office: Office, system: Act, wrong: SetPrice, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        office.perform(set_price, wrong, system)


def test_a_merchants_clerk_prices_its_own_goods_and_finds_no_others(office: Office, system: Act) -> None:
    clerk = market.clerk(system, "pricing.prices", "pricing.read", merchants=(MERCHANT,))
    assert office.perform(set_price, SetPrice(FAN, 2900, "CNY"), clerk).version == 2
    with pytest.raises(NotFound):
        office.perform(set_price, SetPrice(LEAF, 1, "CNY"), clerk)
    with pytest.raises(NotFound):
        office.ask(show_prices, ShowPrices(LEAF), clerk)


def test_a_channels_clerk_sets_its_channels_price_and_no_list_price(office: Office, system: Act) -> None:
    clerk = market.clerk(system, "pricing.prices", channels=(CHANNEL,))
    office.perform(set_price, SetPrice(LEAF, 9500, "CNY", CHANNEL), clerk)
    with pytest.raises(Forbidden):
        office.perform(set_price, SetPrice(LEAF, 9500, "CNY"), clerk)


def test_another_channels_price_is_left_out_of_a_narrow_view(office: Office, system: Act) -> None:
    office.perform(set_price, SetPrice(LEAF, 9500, "CNY", CHANNEL), system)
    narrow = market.clerk(system, "pricing.read", channels=(NOWHERE,))
    assert [price.amount_minor for price in office.ask(show_prices, ShowPrices(LEAF), narrow).prices] == [9990]


def test_a_sku_without_prices_shows_an_empty_sheet(office: Office, system: Act) -> None:
    assert office.ask(show_prices, ShowPrices(market.SAMPLE), system).version == 0


def test_a_promotion_goes_through_its_states_and_no_others(office: Office, system: Act) -> None:
    drafted = office.perform(define_promotion, draft(), system)
    states = [RunState.ACTIVE, RunState.PAUSED, RunState.ACTIVE, RunState.ENDED]
    for version, state in enumerate(states, start=1):
        office.perform(move_promotion, MovePromotion(drafted.id, version, state), system)
    with pytest.raises(IllegalMove):
        office.perform(move_promotion, MovePromotion(drafted.id, 5, RunState.ACTIVE), system)
    with pytest.raises(InvalidValue):
        office.perform(edit_promotion, EditPromotion(drafted.id, 5, draft().terms), system)
    assert office.ask(versions, drafted.id, system) == [1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    ("terms", "refusal"),
    [
        ({"campaign_id": CampaignId(NOWHERE)}, NotFound),
        ({"channels": (ChannelId(NOWHERE),)}, NotFound),
        ({"rule": market.gift_rule(SkuId(NOWHERE))}, NotFound),
        ({"rule": market.gift_rule(SET)}, InvalidValue),
        ({"valid_until": market.NOW}, InvalidValue),
    ],
)
def test_a_promotion_that_cannot_be_is_refused(
    office: Office, system: Act, terms: dict[str, Any], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        office.perform(define_promotion, draft(**terms), system)


def test_a_code_is_given_once(office: Office, system: Act) -> None:
    office.perform(define_promotion, draft(), system)
    with pytest.raises(AlreadyExists):
        office.perform(define_promotion, draft(), system)


def test_an_edit_of_a_promotion_rests_on_its_version(office: Office, system: Act) -> None:
    drafted = office.perform(define_promotion, draft(), system)
    edited = office.perform(edit_promotion, EditPromotion(drafted.id, 1, draft(name="冬季").terms), system)
    assert (edited.name, edited.version) == ("冬季", 2)
    with pytest.raises(VersionConflict):
        office.perform(edit_promotion, EditPromotion(drafted.id, 1, draft().terms), system)


def test_a_merchants_clerk_promotes_its_own_goods_alone(office: Office, system: Act) -> None:
    clerk = market.clerk(system, "pricing.promotions", "pricing.read", merchants=(MERCHANT,))
    own = office.perform(define_promotion, draft("FAN", scope=GoodsScope(merchants=(MERCHANT,))), clerk)
    with pytest.raises(Forbidden):
        office.perform(define_promotion, draft("ALL"), clerk)
    everybodys = office.perform(define_promotion, draft("ALL"), system)
    with pytest.raises(NotFound):
        office.ask(show_promotion, everybodys.id, clerk)
    with pytest.raises(NotFound):
        office.perform(move_promotion, MovePromotion(everybodys.id, 1, RunState.ENDED), clerk)
    assert office.ask(list_promotions, ListPromotions(), clerk).items == (own,)


def test_a_campaign_is_the_houses_business(office: Office, system: Act) -> None:
    clerk = market.clerk(system, "pricing.campaigns", "pricing.read", merchants=(MERCHANT,))
    running = market.campaign(office, system, 100)
    with pytest.raises(Forbidden):
        office.perform(define_campaign, DefineCampaign(CampaignId(new_id()), "X", "X", "CNY"), clerk)
    with pytest.raises(Forbidden):
        office.ask(show_campaign, running.id, clerk)
    with pytest.raises(Forbidden):
        office.ask(list_campaigns, ListCampaigns(), clerk)
    assert [view.campaign for view in office.ask(list_campaigns, ListCampaigns(RunState.ACTIVE), system).items] == [running]


def test_a_campaign_in_another_currency_is_refused(office: Office, system: Act) -> None:
    cmd = DefineCampaign(CampaignId(new_id()), "US", "US", "USD")
    office.perform(define_campaign, cmd, system)
    with pytest.raises(CurrencyMismatch):
        office.perform(define_promotion, draft(campaign_id=cmd.campaign), system)


def test_campaigns_are_edited_and_moved_on_their_version(office: Office, system: Act) -> None:
    running = market.campaign(office, system, 100)
    assert office.perform(edit_campaign, EditCampaign(running.id, 2, "双十二", None, 5), system).budget_uses == 5
    with pytest.raises(VersionConflict):
        office.perform(move_campaign, MoveCampaign(running.id, 2, RunState.ENDED), system)
    with pytest.raises(AlreadyExists):
        market.campaign(office, system)


def test_a_template_keeps_its_promise_once_it_was_open(office: Office, system: Act) -> None:
    drafted = office.perform(define_template, sketch(), system)
    changed = sketch(value=FixedValue(500)).terms
    office.perform(edit_template, EditTemplate(drafted.id, 1, changed), system)
    office.perform(move_template, MoveTemplate(drafted.id, 2, TemplateState.ACTIVE), system)
    more = office.perform(edit_template, EditTemplate(drafted.id, 3, attrs.evolve(changed, quota_qty=200)), system)
    with pytest.raises(TemplateFixed) as refused:
        office.perform(edit_template, EditTemplate(drafted.id, 4, sketch(threshold_minor=1).terms), system)
    assert (more.quota_qty, refused.value.fields) == (200, ("threshold_minor", "value"))


def test_a_template_moves_as_its_states_allow(office: Office, system: Act) -> None:
    drafted = office.perform(define_template, sketch(), system)
    with pytest.raises(IllegalMove):
        office.perform(move_template, MoveTemplate(drafted.id, 1, TemplateState.PAUSED), system)
    with pytest.raises(VersionConflict):
        office.perform(move_template, MoveTemplate(drafted.id, 2, TemplateState.ACTIVE), system)


def test_a_templates_code_and_claim_code_are_its_own(office: Office, system: Act) -> None:
    office.perform(define_template, sketch(claim_code="tea"), system)
    with pytest.raises(AlreadyExists):
        office.perform(define_template, sketch(), system)
    with pytest.raises(AlreadyExists):
        office.perform(define_template, sketch("OTHER", claim_code=" TEA "), system)


def test_templates_are_listed_by_state_within_reach(office: Office, system: Act) -> None:
    market.template(office, system)
    own = market.template(office, system, "FANS", scope=GoodsScope(merchants=(MERCHANT,)))
    clerk = market.clerk(system, "pricing.read", merchants=(MERCHANT,))
    assert [view.template for view in office.ask(list_templates, ListTemplates(TemplateState.ACTIVE), clerk).items] == [own]
