"""The price book: what a basket's price depends on, and who may ask for exceptions."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import attrs
import pytest

from houtai.application.customers.keep import RegisterCustomer, register_customer
from houtai.application.office import Office
from houtai.application.pricing.quote import GetQuote, get_quote
from houtai.application.pricing.set_prices import SetFloor, SetPrice, set_floor, set_price
from houtai.domain.act import Act
from houtai.domain.authority import Authority, Grant
from houtai.domain.ids import ChannelId, CustomerId, SkuId
from houtai.domain.pricing.basket import Adjustment
from houtai.domain.pricing.promotions import AmountOff
from houtai.domain.pricing.quote import Source
from houtai.domain.pricing.refusals import PriceBelowFloor
from houtai.domain.pricing.scope import GoodsScope
from houtai.domain.refusal import Forbidden, NotFound
from tests.pricing import market
from tests.pricing.market import CHANNEL, FOOD, LEAF, POT, TEA, WANG

OFF = Adjustment(UUID(int=1), 500, "box dented")


@pytest.fixture
def office(memory_office: Office, system: Act) -> Office:
    market.open_market(memory_office, system)
    return memory_office


def limited(system: Act, minor: int) -> Act:
    grants = (Grant("pricing.quote"), Grant("pricing.adjust", limits={"discount_minor": minor}))
    return attrs.evolve(system, actor=UUID(int=5), authority=Authority(UUID(int=5), grants))


def test_the_level_is_the_buyers_own_and_not_the_callers_to_say(office: Office, system: Act) -> None:
    office.perform(set_price, SetPrice(LEAF, 8800, "CNY", level="gold"), system)
    sources = [
        [row.source_type for row in office.ask(get_quote, GetQuote(market.basket((LEAF, 1), buyer_id=buyer)), system).discounts]
        for buyer in (market.LI, WANG, None)
    ]
    assert sources == [[Source.MEMBER_PRICE], [], []]


@pytest.mark.parametrize("category", [TEA, FOOD])
def test_a_promotion_on_a_category_reaches_all_below_it(office: Office, system: Act, category: Any) -> None:
    market.promote(office, system, AmountOff(100), scope=GoodsScope(categories=(category,)))
    assert office.ask(get_quote, GetQuote(market.basket((LEAF, 1))), system).discount_minor == 100


@pytest.mark.parametrize(
    "wrong",
    [{"channel_id": ChannelId(UUID(int=99))}, {"buyer_id": CustomerId(UUID(int=99))}],
)
def test_an_unknown_channel_or_buyer_is_not_found(office: Office, system: Act, wrong: dict[str, Any]) -> None:
    with pytest.raises(NotFound):
        office.ask(get_quote, GetQuote(market.basket((LEAF, 1), **wrong)), system)


def test_an_unknown_sku_is_not_found(office: Office, system: Act) -> None:
    with pytest.raises(NotFound):
        office.ask(get_quote, GetQuote(market.basket((SkuId(UUID(int=99)), 1))), system)


@pytest.mark.parametrize(("limit", "allowed"), [(500, True), (499, False)])
def test_an_adjustment_by_hand_stays_within_the_actors_limit(office: Office, system: Act, limit: int, *, allowed: bool) -> None:
    asked = GetQuote(market.basket((LEAF, 1), adjustments=(OFF,)))
    if allowed:
        assert office.ask(get_quote, asked, limited(system, limit)).discount_minor == 500
    else:
        with pytest.raises(Forbidden) as refused:
            office.ask(get_quote, asked, limited(system, limit))
        assert refused.value.reason == "over-limit"


def test_two_adjustments_count_together_against_the_limit(office: Office, system: Act) -> None:
    both = (OFF, attrs.evolve(OFF, id=UUID(int=2)))
    with pytest.raises(Forbidden):
        office.ask(get_quote, GetQuote(market.basket((LEAF, 1), adjustments=both)), limited(system, 999))


def test_a_floor_holds_at_placement_unless_somebody_with_authority_says_why(office: Office, system: Act) -> None:
    office.perform(set_floor, SetFloor(LEAF, "CNY", 9900), system)
    market.promote(office, system, AmountOff(100))
    clerk = market.clerk(system, "pricing.quote")
    with pytest.raises(PriceBelowFloor):
        office.ask(get_quote, GetQuote(market.basket((LEAF, 1))), clerk)
    excepted = GetQuote(market.basket((LEAF, 1), below_floor_reason="last box"))
    with pytest.raises(Forbidden):
        office.ask(get_quote, excepted, clerk)
    assert office.ask(get_quote, excepted, market.clerk(system, "pricing.quote", "pricing.below-floor")).payable_minor == 9890


def test_whoever_is_limited_to_another_channel_gets_no_quote(office: Office, system: Act) -> None:
    with pytest.raises(Forbidden):
        office.ask(get_quote, GetQuote(market.basket((LEAF, 1))), market.clerk(system, "pricing.quote", channels=(WANG,)))


class Counting:
    """A source that counts how often it is asked."""

    def __init__(self, source: Any, asked: list[str]) -> None:
        self._source, self._asked = source, asked

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._source, name)
        if callable(found):
            self._asked.append(name)
        return found if callable(found) else Counting(found, self._asked)


def test_a_long_basket_takes_no_more_statements_than_a_short_one(office: Office, system: Act) -> None:
    asked: list[int] = []
    for lines in (((LEAF, 1),), ((LEAF, 1), (POT, 1), (market.FAN, 2), (LEAF, 3), (POT, 2))):
        counted: list[str] = []

        def count(views: Any, query: GetQuote, act: Act, counted: list[str] = counted) -> Any:
            return get_quote(Counting(views, counted), query, act)

        count.__dict__["verb"] = "pricing.quote"
        office.ask(count, GetQuote(market.basket(*lines)), system)
        asked.append(len(counted))
    assert asked[0] == asked[1] <= 6


def test_a_new_buyer_without_a_level_pays_the_list_price(office: Office, system: Act) -> None:
    office.perform(register_customer, RegisterCustomer(CustomerId(UUID(int=0x52)), "韩梅梅"), system)
    asked = market.basket((LEAF, 1), channel_id=CHANNEL, buyer_id=CustomerId(UUID(int=0x52)))
    assert office.ask(get_quote, GetQuote(asked), system).payable_minor == 9990
