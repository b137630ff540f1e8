"""What holds for every basket and every book: sums, bounds, bearers, digests (R-2, R-3, R-4, M7, M8)."""

from __future__ import annotations

import datetime as dt
import random

import attrs
from hypothesis import given, strategies as st

from houtai.domain.pricing.basket import Adjustment, Basket
from houtai.domain.pricing.bearers import BearerSplit
from houtai.domain.pricing.book import PriceBook
from houtai.domain.pricing.coupons import FixedValue, PercentValue
from houtai.domain.pricing.price import price
from houtai.domain.pricing.promotions import (
    AmountOff,
    FixedPrice,
    PayForFewer,
    PercentOff,
    Promotion,
    ReturnPolicy,
    Rule,
    SpendAndSave,
    Tier,
)
from houtai.domain.pricing.quote import Quote
from houtai.domain.pricing.scope import GoodsScope
from houtai.domain.pricing.units import KeptLine, keep_shares, payable_of_kept, refund_of_units, reprice_refund
from houtai.domain.refusal import Refusal
from tests.pricing import shop

prices = st.integers(1, 200_000)
points = st.integers(1, 10_000)
PLAIN = (1, 2, 3)
BUNDLE = 9


@st.composite
def splits(draw: st.DrawFn) -> BearerSplit:
    cuts = sorted(draw(st.lists(st.integers(0, 100), min_size=3, max_size=3)))
    return BearerSplit(cuts[0], cuts[1] - cuts[0], cuts[2] - cuts[1], 100 - cuts[2])


def tiers() -> st.SearchStrategy[Rule]:
    return st.integers(1, 300_000).flatmap(
        lambda spend: st.builds(SpendAndSave, st.builds(lambda save: (Tier(spend, save),), st.integers(1, spend)), st.booleans())
    )


def rules() -> st.SearchStrategy[Rule]:
    return st.one_of(
        st.builds(PercentOff, points),
        st.builds(AmountOff, prices),
        st.builds(FixedPrice, prices),
        st.just(PayForFewer(3, 2)),
        tiers(),
        st.just(shop.gift(4, buy_qty=2, value_minor=300)),
    )


@st.composite
def promotions(draw: st.DrawFn) -> tuple[Promotion, ...]:
    made = []
    for number in range(draw(st.integers(0, 4))):
        rule: Rule = draw(rules())
        policy = draw(st.sampled_from(ReturnPolicy)) if isinstance(rule, SpendAndSave) else ReturnPolicy.KEEP
        scope = draw(st.sampled_from([GoodsScope(), GoodsScope(skus=(shop.sku(1), shop.sku(BUNDLE)))]))
        stackable, bearers = draw(st.booleans()), draw(splits())
        made.append(shop.promotion(rule, number, on_return=policy, scope=scope, stackable=stackable, bearers=bearers))
    return tuple(made)


@st.composite
def cases(draw: st.DrawFn) -> tuple[Basket, PriceBook]:
    items = [shop.item(number, merchant=draw(st.sampled_from([None, shop.MERCHANT]))) for number in PLAIN]
    items.append(shop.item(BUNDLE, parts=[(1, 1), (2, 2)]))
    sheets = []
    for number in (*PLAIN, BUNDLE):
        listed = [shop.listed(draw(prices))]
        if draw(st.booleans()):
            listed.append(shop.listed(draw(prices), channel_id=shop.CHANNEL))
        if draw(st.booleans()):
            listed.append(shop.listed(draw(prices), level="gold"))
        sheets.append(shop.sheet(number, *listed))
    book = shop.book({}, level=draw(st.sampled_from(["", "gold"])), items=items, sheets=sheets)
    held = [
        shop.coupon(draw(values()), number, stackable=True, bearers=draw(splits())) for number in range(draw(st.integers(0, 2)))
    ]
    book = attrs.evolve(shop.with_coupons(book, *held), promotions=draw(promotions()))
    wanted = draw(st.lists(st.tuples(st.sampled_from((*PLAIN, BUNDLE)), st.integers(1, 9)), min_size=1, max_size=6))
    adjusted = [Adjustment(shop.sku(50 + n), draw(prices), "by hand") for n in range(draw(st.integers(0, 2)))]
    return shop.basket(*wanted, coupons=shop.use(*held), adjustments=tuple(adjusted)), book


def values() -> st.SearchStrategy[FixedValue | PercentValue]:
    return st.one_of(st.builds(FixedValue, prices), st.builds(shop.percent, points, st.none() | prices))


def quote_or_none(asked: Basket, book: PriceBook, at: dt.datetime = shop.NOW) -> Quote | None:
    """A coupon that finds nothing left is rightly refused; everything else must be priced."""
    try:
        return price(asked, book, at)
    except Refusal as refusal:
        assert asked.coupons, refusal
        return price(attrs.evolve(asked, coupons=()), book, at)


@given(cases())
def test_discount_rows_add_up_to_the_discount_and_lie_within_their_lines(case: tuple[Basket, PriceBook]) -> None:
    quoted = quote_or_none(*case)
    assert quoted is not None
    assert sum(row.amount_minor for row in quoted.discounts) == quoted.discount_minor
    assert all(0 <= line.discount_minor <= line.gross_minor for line in quoted.lines)


@given(cases())
def test_lines_add_up_to_what_is_payable_and_that_is_never_negative(case: tuple[Basket, PriceBook]) -> None:
    quoted = quote_or_none(*case)
    assert quoted is not None
    assert quoted.payable_minor == sum(line.paid_minor for line in quoted.lines) >= 0


@given(cases())
def test_what_all_bear_adds_up_to_each_row(case: tuple[Basket, PriceBook]) -> None:
    quoted = quote_or_none(*case)
    assert quoted is not None
    assert [row.borne.total_minor for row in quoted.discounts] == [row.amount_minor for row in quoted.discounts]


@given(cases())
def test_every_discount_as_a_whole_is_its_rows(case: tuple[Basket, PriceBook]) -> None:
    quoted = quote_or_none(*case)
    assert quoted is not None
    by_source: dict[object, int] = {(one.source_type, one.source_id): 0 for one in quoted.applied}
    for row in quoted.discounts:
        by_source[row.source_type, row.source_id] += row.amount_minor
    assert list(by_source.values()) == [one.amount_minor for one in quoted.applied]


@given(cases())
def test_the_trace_adds_up_step_by_step(case: tuple[Basket, PriceBook]) -> None:
    quoted = quote_or_none(*case)
    assert quoted is not None
    left = 0
    for step in quoted.trace:
        assert step.before_minor == left
        left += step.change_minor
    assert left == quoted.payable_minor


@given(cases(), st.integers(0, 10**6))
def test_the_same_basket_and_book_give_the_same_quote_at_any_moment(case: tuple[Basket, PriceBook], seconds: int) -> None:
    later = quote_or_none(*case, shop.NOW + dt.timedelta(seconds=seconds))
    now = quote_or_none(*case)
    assert now == later
    assert now is not None
    assert later is not None
    assert now.digest == later.digest


@given(cases(), st.integers(0, 100))
def test_neither_the_order_of_promotions_nor_of_coupons_matters(case: tuple[Basket, PriceBook], seed: int) -> None:
    asked, book = case
    shuffled, named = list(book.promotions), list(asked.coupons)
    random.Random(seed).shuffle(shuffled)
    random.Random(seed).shuffle(named)
    other = attrs.evolve(book, promotions=tuple(shuffled)), attrs.evolve(asked, coupons=tuple(named))
    assert quote_or_none(asked, book) == quote_or_none(other[1], other[0])


@given(cases())
def test_the_order_in_which_lines_are_handed_over_does_not_matter(case: tuple[Basket, PriceBook]) -> None:
    asked, book = case
    assert quote_or_none(attrs.evolve(asked, lines=asked.lines[::-1]), book) == quote_or_none(asked, book)


@given(cases(), st.integers(0, 10**6))
def test_freight_changes_the_digest_and_nothing_but_the_sum(case: tuple[Basket, PriceBook], freight: int) -> None:
    quoted = quote_or_none(*case)
    assert quoted is not None
    charged = quoted.with_freight(freight)
    assert charged.payable_minor == quoted.payable_minor + freight
    assert (charged.digest == quoted.digest) == (freight == 0)


@given(st.integers(0, 10**9), st.lists(st.integers(1, 20), min_size=1, max_size=10))
def test_units_refunded_in_any_parts_add_up_to_what_was_paid(paid_minor: int, parts: list[int]) -> None:
    refunded_qty = refunded = 0
    for part in parts:
        amount = refund_of_units(paid_minor, sum(parts), refunded_qty, refunded, part)
        assert 0 <= amount <= paid_minor - refunded
        refunded_qty, refunded = refunded_qty + part, refunded + amount
    assert refunded == paid_minor


@given(st.integers(0, 10**6), st.integers(1, 50), st.data())
def test_an_earlier_refund_of_money_alone_is_respected(paid_minor: int, qty: int, data: st.DataObject) -> None:
    earlier = data.draw(st.integers(0, paid_minor))
    assert refund_of_units(paid_minor, qty, 0, earlier, qty) == paid_minor - earlier


@given(st.lists(st.tuples(st.integers(0, 10**6), st.integers(1, 9)), min_size=1, max_size=6), st.data())
def test_pricing_again_never_refunds_more_than_is_left_nor_less_than_nothing(
    lines: list[tuple[int, int]], data: st.DataObject
) -> None:
    spend = data.draw(st.integers(1, 10**6))
    rule = SpendAndSave((Tier(spend, data.draw(st.integers(1, spend))),))
    kept = [KeptLine(n, basis, qty, data.draw(st.integers(0, qty))) for n, (basis, qty) in enumerate(lines)]
    paid = sum(basis for basis, _ in lines) - sum(keep_shares(rule, [basis for basis, _ in lines]))
    refunded = data.draw(st.integers(0, paid))
    assert 0 <= reprice_refund(kept, rule, paid, refunded) <= paid - refunded


@given(st.lists(st.tuples(st.integers(0, 10**6), st.integers(1, 9)), min_size=1, max_size=6))
def test_keeping_everything_refunds_nothing(lines: list[tuple[int, int]]) -> None:
    rule = SpendAndSave((Tier(30000, 5000),))
    kept = [KeptLine(n, basis, qty, qty) for n, (basis, qty) in enumerate(lines)]
    assert reprice_refund(kept, rule, payable_of_kept(kept, rule), 0) == 0
