"""A channel's order taken apart: whatever it holds, lines, discounts and freight add up to what the channel said."""

from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given, strategies as st

from houtai.domain.catalog.sku import Component, Sku
from houtai.domain.ids import ProductId, SkuId
from houtai.domain.orders.importing import ChannelDiscount, ChannelLine, Known, Laid, carry, identified, lay, take_off
from houtai.domain.pricing.bearers import BearerSplit
from houtai.domain.refusal import InvalidValue

SOURCE = UUID(int=5)
MIXED = BearerSplit(platform=33, merchant=33, supplier=0, channel=34)


def sku(number: int, parts: tuple[tuple[int, int], ...] = ()) -> Sku:
    components = tuple(Component(SkuId(UUID(int=part)), qty) for part, qty in parts)
    return Sku(SkuId(UUID(int=number)), ProductId(UUID(int=1)), f"S{number}", f"货 {number}", weight_g=10, components=components)


PARTS = {SkuId(UUID(int=number)): sku(number) for number in (11, 12, 13)}
PLAIN = Known(sku(11), {}, {SkuId(UUID(int=11)): 500})
BUNDLE = Known(sku(20, ((11, 1), (12, 2), (13, 1))), PARTS, {SkuId(UUID(int=11)): 15000, SkuId(UUID(int=12)): 4900})
UNPRICED = Known(sku(21, ((12, 3), (13, 1))), PARTS)

lines = st.builds(
    lambda qty, unit, percents: ChannelLine(
        "item",
        "名",
        qty,
        unit,
        discounts=tuple(
            ChannelDiscount(f"D{place}", amount, MIXED)
            for place, percent in enumerate(percents)
            if (amount := qty * unit * percent // 100)
        ),
    ),
    st.integers(1, 5),
    st.integers(0, 10**5),
    st.lists(st.integers(0, 33), max_size=3),
)
goods = st.sampled_from([None, PLAIN, BUNDLE, UNPRICED])


def by_line(laid: Laid) -> dict[int, int]:
    found: dict[int, int] = {}
    for row in laid.rows:
        found[row.line] = found.get(row.line, 0) + row.amount_minor
    return found


@given(st.lists(st.tuples(lines, goods), min_size=1, max_size=5), st.integers(0, 100), st.integers(0, 10**5))
def test_nothing_of_what_the_channel_said_is_lost_or_added(
    sold: list[tuple[ChannelLine, Known | None]], percent: int, freight: int
) -> None:
    laid = lay([line for line, _ in sold], [known for _, known in sold], SOURCE)
    gross = sum(line.gross_minor for line, _ in sold)
    taken = sum(discount.amount_minor for line, _ in sold for discount in line.discounts)
    whole = (gross - taken) * percent // 100
    laid = take_off(laid, (ChannelDiscount("满减", whole, MIXED),) if whole else (), SOURCE)
    carried = carry(laid.lines, freight)
    assert sum(line.gross_minor for line in carried) == gross
    assert sum(line.discount_minor for line in carried) == taken + whole
    assert sum(line.freight_minor for line in carried) == freight
    assert {line.seq: line.discount_minor for line in carried if line.discount_minor} == by_line(laid)
    assert len({line.seq for line in carried}) == len(carried)


@given(lines, st.integers(0, 1000))
def test_goods_that_become_known_later_cost_what_they_cost_before(line: ChannelLine, freight: int) -> None:
    unknown = lay([line], [None], SOURCE)
    (before,) = carry(unknown.lines, freight)
    after = identified(before, unknown.rows, BUNDLE, 2)
    assert [one.seq for one in after.lines] == [1, 2, 3]
    for name in ("gross_minor", "discount_minor", "freight_minor"):
        assert sum(getattr(one, name) for one in after.lines) == getattr(before, name)
    for who in ("platform_minor", "merchant_minor", "channel_minor"):
        assert sum(getattr(row.borne, who) for row in after.rows) == sum(getattr(row.borne, who) for row in unknown.rows)


def test_a_bundle_sold_by_a_channel_shares_its_price_like_our_own() -> None:
    laid = lay([ChannelLine("box", "礼盒", 1, 19900)], [BUNDLE], SOURCE)
    assert [(line.sku_code, line.qty, line.gross_minor) for line in laid.lines] == [
        ("S11", 1, 12036),
        ("S12", 2, 7864),
        ("S13", 1, 0),
    ]
    assert {line.bundle.code for line in laid.lines if line.bundle} == {"S20"}


def test_discounts_over_the_price_are_refused() -> None:
    with pytest.raises(InvalidValue):
        lay([ChannelLine("item", "名", 1, 100, discounts=(ChannelDiscount("D", 101),))], [None], SOURCE)
    with pytest.raises(InvalidValue):
        take_off(lay([ChannelLine("item", "名", 1, 100)], [None], SOURCE), (ChannelDiscount("D", 101),), SOURCE)
