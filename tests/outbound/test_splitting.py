"""Split and merge: whatever is cut or joined, units, prices, discounts, freight and tenders add up to the fen (R-2, R-13)."""

from __future__ import annotations

from uuid import UUID

import attrs
import pytest
from hypothesis import given, strategies as st

from houtai.domain.customers.customer import Address
from houtai.domain.ids import ChannelId, CustomerId, MerchantId, OrderId
from houtai.domain.outbound.refusals import NotMergeable, NotSplittable
from houtai.domain.outbound.splitting import (
    MergeCandidate,
    MoneyLine,
    SealedPart,
    cut,
    merge,
    merge_groups,
    rejoin,
    sealed_groups,
    split,
    totals,
)
from tests.outbound.arrange import sku

FIRST, SECOND = OrderId(UUID(int=21)), OrderId(UUID(int=22))
HOME = Address("王芳", "13800000000", "CN", "浙江", "杭州", "西湖", "文三路 1 号")


def money(line: int, qty: int, gross: int, discount: int = 0, freight: int = 0, order: OrderId = FIRST) -> MoneyLine:
    paid = (("wechat", gross - discount + freight),)
    return MoneyLine(order, line, sku(line), qty, gross, freight, 1_000 * qty, (("coupon/platform", discount),), paid)


def golden() -> tuple[MoneyLine, ...]:
    """The worked numbers: lines 9990 and 3 × 5990 under a coupon of 3000, a gift, freight 1000 by weight."""
    return money(1, 1, 9990, 1072, 600), money(2, 3, 17970, 1928, 400), money(3, 1, 0)


def test_an_order_split_and_put_together_again_costs_what_it_cost() -> None:
    """The golden case of split and merge."""
    before = golden()
    parts = split(before, [{1: 1, 2: 1}, {2: 2, 3: 1}])
    by_hand = [[(one.line, one.gross_minor - one.discount_minor, one.freight_minor) for one in part] for part in parts]
    assert by_hand == [[(1, 8918, 600), (2, 5347, 133)], [(2, 10695, 267), (3, 0, 0)]]
    assert [sum(one.payable_minor for one in part) for part in parts] == [8918 + 600 + 5347 + 133, 10695 + 267]
    assert totals([one for part in parts for one in part]) == totals(before)
    assert rejoin(parts) == before


def test_three_equal_parcels_share_the_freight_to_the_fen() -> None:
    pieces = cut(money(1, 3, 3000, freight=1000), [1, 1, 1])
    assert [piece.freight_minor for piece in pieces] == [334, 333, 333]


shares = st.integers(0, 5_000)


@st.composite
def money_lines(draw: st.DrawFn, number: int) -> MoneyLine:
    qty, discounts = draw(st.integers(1, 9)), draw(st.lists(shares, max_size=3))
    gross = sum(discounts) + draw(st.sampled_from([0, 0, 1, 7, 9_999]))
    freight = draw(shares)
    payable = gross - sum(discounts) + freight
    first = draw(st.integers(0, payable))
    named = tuple((f"rule{at}", minor) for at, minor in enumerate(discounts) if minor)
    tenders = tuple((name, minor) for name, minor in (("gift-card", first), ("wechat", payable - first)) if minor)
    return MoneyLine(FIRST, number, sku(number), qty, gross, freight, draw(shares), named, tenders)


@st.composite
def splits(draw: st.DrawFn) -> tuple[tuple[MoneyLine, ...], list[dict[int, int]]]:
    lines = tuple(draw(money_lines(number)) for number in range(1, draw(st.integers(1, 4)) + 1))
    parts: list[dict[int, int]] = [{} for _ in range(draw(st.integers(1, 4)))]
    for line in lines:
        for _ in range(line.qty):
            part = draw(st.sampled_from(parts))
            part[line.line] = part.get(line.line, 0) + 1
    return lines, [part for part in parts if part]


@given(splits())
def test_any_split_keeps_every_total_and_can_be_undone(case: tuple[tuple[MoneyLine, ...], list[dict[int, int]]]) -> None:
    lines, wanted = case
    parts = split(lines, wanted)
    assert totals([one for part in parts for one in part]) == totals(lines)
    assert rejoin(parts) == lines


@given(splits())
def test_no_piece_is_worth_less_than_nothing_and_each_is_paid_exactly(
    case: tuple[tuple[MoneyLine, ...], list[dict[int, int]]],
) -> None:
    lines, wanted = case
    for piece in (one for part in split(lines, wanted) for one in part):
        assert 0 <= piece.discount_minor <= piece.gross_minor
        assert sum(minor for _, minor in piece.tenders) == piece.payable_minor


@given(splits())
def test_a_part_can_be_split_again(case: tuple[tuple[MoneyLine, ...], list[dict[int, int]]]) -> None:
    lines, wanted = case
    parts = split(lines, wanted)
    again = [split(part, [{one.line: 1} for one in part for _ in range(one.qty)]) for part in parts]
    assert rejoin([units for each in again for units in each]) == lines


@pytest.mark.parametrize("wrong", [[{1: 1}], [{1: 1, 2: 4, 3: 1}], [{1: 1, 2: 3, 3: 1}, {}], [{1: 1, 2: 3, 3: 1, 9: 1}]])
def test_a_split_names_every_unit_once(wrong: list[dict[int, int]]) -> None:
    with pytest.raises(NotSplittable):
        split(golden(), wrong)


def test_owners_cold_goods_and_what_is_still_to_come_travel_apart() -> None:
    seller = MerchantId(UUID(int=7))
    asked = [SealedPart(1), SealedPart(2, seller), SealedPart(3), SealedPart(4, storage_class="frozen"), SealedPart(5, seller)]
    assert sealed_groups(asked) == ((1, 3), (2, 5), (4,))


def candidate(order: OrderId = FIRST, **fields: object) -> MergeCandidate:
    given: dict[str, object] = {
        "order_id": order,
        "number": f"SO-{order.int}",
        "channel_id": ChannelId(UUID(int=5)),
        "customer_id": CustomerId(UUID(int=6)),
        "receiver": HOME,
        "currency": "CNY",
        "service": "standard",
        "lines": (money(1, 2, 5000, freight=800, order=order),),
    }
    return MergeCandidate(**(given | fields))  # type: ignore[arg-type]  # fields by name


def test_merged_orders_cost_what_both_cost_freight_and_all() -> None:
    one, two = candidate(), candidate(SECOND)
    merged = merge([one, two])
    assert totals(merged) == totals([*one.lines, *two.lines])
    assert totals(merged).freight_minor == 1600
    assert [line.order_id for line in merged] == [FIRST, SECOND]


def test_a_merge_can_be_taken_apart_again() -> None:
    one, two = candidate(), candidate(SECOND)
    merged = merge([one, two])
    assert tuple(line for line in merged if line.order_id == FIRST) == one.lines


OTHERS = {
    "receiver": attrs.evolve(HOME, phone="13900000000"),
    "channel_id": ChannelId(UUID(int=50)),
    "customer_id": CustomerId(UUID(int=60)),
    "service": "cold",
    "currency": "USD",
}


@pytest.mark.parametrize("field", OTHERS)
def test_only_the_same_shop_buyer_receiver_and_service_merge(field: str) -> None:
    with pytest.raises(NotMergeable, match="differ"):
        merge([candidate(), candidate(SECOND, **{field: OTHERS[field]})])


OBSTACLES = [
    {"sealed": True},
    {"paid": False},
    {"approved": False},
    {"held": True},
    {"refunding": True},
    {"routed": True},
    {"receiver": Address()},
]


@pytest.mark.parametrize("obstacle", OBSTACLES, ids=lambda given: next(iter(given)))
def test_what_stands_in_the_way_of_a_merge_is_named(obstacle: dict[str, object]) -> None:
    with pytest.raises(NotMergeable, match="SO-22"):
        merge([candidate(), candidate(SECOND, **obstacle)])
    assert merge_groups([candidate(), candidate(SECOND, **obstacle)]) == ()


def test_one_order_is_no_merge_and_none_merges_with_itself() -> None:
    with pytest.raises(NotMergeable):
        merge([candidate()])
    with pytest.raises(NotMergeable, match="twice"):
        merge([candidate(), candidate()])


def test_orders_that_fit_are_found_among_many() -> None:
    stranger = candidate(OrderId(UUID(int=23)), customer_id=None)
    groups = merge_groups([candidate(), stranger, candidate(SECOND)])
    assert [[one.order_id for one in group] for group in groups] == [[FIRST, SECOND]]
