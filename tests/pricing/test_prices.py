"""Price sheets: which price is in force, what the floor allows, and what is kept of the past."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

import pytest

from houtai.domain.ids import ChannelId
from houtai.domain.pricing.prices import Price, UnitPrice, unit_price, with_floor, with_price, without_price
from houtai.domain.pricing.refusals import PriceBelowFloor
from houtai.domain.pricing.units import refund_of_units
from houtai.domain.refusal import InvalidValue
from tests.pricing import shop

DAY = dt.timedelta(days=1)
OTHER = ChannelId(UUID(int=70))


def of(*prices: Price, level: str = "", at: dt.datetime = shop.NOW, floor: int | None = None) -> UnitPrice | None:
    return unit_price(shop.sheet(1, *prices, floor=floor), "CNY", shop.CHANNEL, level, at)


def test_the_channels_price_comes_before_the_list_price() -> None:
    found = of(shop.listed(1000), shop.listed(900, channel_id=shop.CHANNEL), shop.listed(1, channel_id=OTHER))
    assert found == UnitPrice(list_minor=1000, channel_minor=900, unit_minor=900)


def test_a_members_price_on_the_channel_comes_before_the_general_one() -> None:
    prices = (shop.listed(1000), shop.listed(700, level="gold"), shop.listed(800, channel_id=shop.CHANNEL, level="gold"))
    found = of(*prices, level="gold")
    assert found == UnitPrice(list_minor=1000, channel_minor=1000, unit_minor=800)


def test_a_member_never_pays_more_than_everybody() -> None:
    found = of(shop.listed(1000), shop.listed(1100, level="gold"), level="gold")
    assert found == UnitPrice(list_minor=1000, channel_minor=1000, unit_minor=1000)


def test_a_price_for_members_alone_is_no_price_for_others() -> None:
    assert of(shop.listed(1000, level="gold")) is None


def test_of_two_prices_for_the_same_the_one_that_began_last_is_in_force_until_it_ends() -> None:
    timed = shop.listed(500, valid_from=shop.NOW, valid_until=shop.NOW + DAY)
    moments = (shop.NOW - DAY, shop.NOW, shop.NOW + DAY - dt.timedelta(seconds=1), shop.NOW + DAY)
    found = [of(shop.listed(1000), timed, at=at) for at in moments]
    assert [price.unit_minor for price in found if price] == [1000, 500, 500, 1000]


def test_a_price_below_the_floor_is_refused() -> None:
    with pytest.raises(PriceBelowFloor):
        with_price(shop.sheet(1, floor=900), Price("CNY", 899, shop.NOW), "SKU-1", shop.NOW)


def test_a_price_below_the_floor_stands_where_it_was_authorised_and_lowers_the_floor_for_itself() -> None:
    allowed = with_price(shop.sheet(1, floor=900), Price("CNY", 800, shop.NOW, below_floor=True), "SKU-1", shop.NOW)
    assert unit_price(allowed, "CNY", shop.CHANNEL, "", shop.NOW) == UnitPrice(800, 800, 800, floor_minor=800)


def test_a_floor_above_a_price_to_come_is_refused() -> None:
    coming = shop.listed(800, valid_from=shop.NOW + DAY)
    with pytest.raises(PriceBelowFloor):
        with_floor(shop.sheet(1, shop.listed(1000), coming), "CNY", 900, "SKU-1", shop.NOW)


def test_a_floor_can_be_raised_to_the_price_and_taken_away() -> None:
    held = with_floor(shop.sheet(1, shop.listed(1000)), "CNY", 1000, "SKU-1", shop.NOW)
    assert [held.floor_minor("CNY"), with_floor(held, "CNY", None, "SKU-1", shop.NOW).floor_minor("CNY")] == [1000, None]


def test_a_price_cannot_begin_in_the_past() -> None:
    with pytest.raises(InvalidValue):
        with_price(shop.sheet(1), Price("CNY", 1, shop.BEFORE), "SKU-1", shop.NOW)


def test_a_price_must_end_after_it_begins() -> None:
    with pytest.raises(InvalidValue):
        Price("CNY", 1, shop.NOW, shop.NOW)


def test_a_sheet_forgets_what_can_never_be_in_force_again() -> None:
    old = (shop.listed(1000), shop.listed(500, valid_until=shop.NOW), shop.listed(700, level="gold"))
    sheet = with_price(shop.sheet(1, *old), Price("CNY", 1200, shop.NOW), "SKU-1", shop.NOW)
    assert [(price.amount_minor, price.level) for price in sheet.prices] == [(1200, ""), (700, "gold")]


def test_a_timed_price_leaves_the_one_beneath_it() -> None:
    timed = Price("CNY", 500, shop.NOW, shop.NOW + DAY)
    sheet = with_price(shop.sheet(1, shop.listed(1000)), timed, "SKU-1", shop.NOW)
    assert [price.amount_minor for price in sheet.prices] == [1000, 500]


def test_a_new_list_price_leaves_a_running_sale_in_force() -> None:
    sale = shop.listed(500, valid_until=shop.NOW + DAY)
    sheet = with_price(shop.sheet(1, shop.listed(1000), sale), Price("CNY", 900, shop.NOW), "SKU-1", shop.NOW)
    found = [unit_price(sheet, "CNY", shop.CHANNEL, "", at) for at in (shop.NOW, shop.NOW + DAY)]
    assert [price.unit_minor for price in found if price] == [500, 900]


def test_of_two_prices_that_begin_together_the_shorter_is_in_force() -> None:
    ends = (None, shop.NOW + 2 * DAY, shop.NOW + DAY)
    prices = [shop.listed(1000 - 100 * n, valid_from=shop.NOW, valid_until=end) for n, end in enumerate(ends)]
    found = [of(*prices, at=shop.NOW + n * DAY) for n in range(3)]
    assert [price.unit_minor for price in found if price] == [800, 900, 1000]


def test_every_edit_counts_up_the_version() -> None:
    sheet = with_price(shop.sheet(1, shop.listed(1000)), Price("CNY", 500, shop.NOW, shop.NOW + DAY), "SKU-1", shop.NOW)
    assert [sheet.version, without_price(sheet, sheet.prices[-1], shop.NOW).version] == [2, 3]


@pytest.mark.parametrize("case", [(100, 3, 0, 0, 0), (100, 3, 2, 0, 2), (100, 3, 0, 101, 1), (100, 3, 0, -1, 1)])
def test_a_refund_of_units_that_are_not_there_is_refused(case: tuple[int, int, int, int, int]) -> None:
    with pytest.raises(InvalidValue):
        refund_of_units(*case)
