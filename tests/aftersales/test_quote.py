"""The worked figures of what goes back: units, thresholds, gifts, bundles, freight (golden-cases.md, R-5 to R-14)."""

from __future__ import annotations

from uuid import UUID

import attrs
import pytest

from houtai.domain.aftersales.given_back import GivenBack, Part
from houtai.domain.aftersales.quote import Quote, Wish, WishLine, quote, return_freight
from houtai.domain.aftersales.reason import Reason
from houtai.domain.aftersales.refusals import BundleGoesWhole, MoreThanKept, MoreThanLeft, NoSuchLine
from houtai.domain.catalog.sku import ReturnPolicy as BundleReturn
from houtai.domain.ids import MerchantId
from houtai.domain.orders.order import Order
from houtai.domain.pricing.promotions import GiftReturn, ReturnPolicy, SpendAndSave, Tier
from houtai.domain.refusal import InvalidValue
from tests.aftersales.orders import gift, line, order, part_of, shipped

CASE = UUID(int=1000)
SAVE = SpendAndSave((Tier(30_000, 5_000),))


class Returns:
    """An order and what was given back of it, case after case."""

    def __init__(self, bought: Order) -> None:
        self.order = bought
        self.rows: list[GivenBack] = []

    def asked(self, *lines: WishLine, reason: Reason = Reason.NOT_WANTED, **fields: object) -> Quote:
        wish = Wish(lines, reason, **fields)  # type: ignore[arg-type]  # by name
        return quote(self.order, self.rows, wish, CASE)

    def back(self, *lines: WishLine, reason: Reason = Reason.NOT_WANTED, **fields: object) -> int:
        told = self.asked(*lines, reason=reason, **fields)
        self.rows += told.rows
        return told.net_minor


def units(seq: int, qty: int = 1) -> WishLine:
    return WishLine(seq, qty)


def test_the_units_of_a_line_come_back_one_by_one_to_the_fen() -> None:
    returns = Returns(
        shipped(order(line(1, 9_990), line(2, 17_970, 3), gift(3, (1,), on_return=GiftReturn.WAIVE), coupon_minor=3_000))
    )
    assert [returns.back(units(2)) for _ in range(3)] == [5_347, 5_348, 5_347]
    assert returns.back(units(1)) == 8_918


@pytest.mark.parametrize(("policy", "amount"), [(ReturnPolicy.KEEP, 10_125), (ReturnPolicy.REPRICE, 7_000)])
def test_a_threshold_that_is_lost_costs_what_its_promotion_says(policy: ReturnPolicy, amount: int) -> None:
    returns = Returns(shipped(order(line(1, 20_000), line(2, 12_000), save=SAVE, on_return=policy)))
    assert returns.back(units(2)) == amount
    assert returns.back(units(1)) == 27_000 - amount


def test_a_coupon_after_the_threshold_does_not_count_towards_it() -> None:
    returns = Returns(
        shipped(order(line(1, 30_000), line(2, 1_000), save=SAVE, on_return=ReturnPolicy.REPRICE, coupon_minor=9_000))
    )
    kept = returns.asked(units(2))
    assert kept.of(Part.REPRICED) == returns.order.discounts[0].amount_minor * -1 + 5_000  # all of it is earned by what stays


def test_g5_an_allowance_and_then_everything_is_what_was_paid() -> None:
    returns = Returns(shipped(order(line(1, 16_042, 3))))
    assert returns.back(WishLine(1, allowance_minor=500), reason=Reason.GOODWILL) == 500
    assert [returns.back(units(1)) for _ in range(3)] == [5_181, 5_181, 5_180]


def test_g7_a_component_comes_back_and_then_the_rest_of_the_bundle() -> None:
    bundle = (
        line(1, 12_036, bundle=part_of(1, BundleReturn.COMPONENT)),
        line(2, 7_864, 2, bundle=part_of(1, BundleReturn.COMPONENT)),
    )
    returns = Returns(shipped(order(*bundle)))
    assert returns.back(units(2)) == 3_932
    assert returns.back(units(1), units(2)) == 12_036 + 3_932


def test_a_bundle_that_goes_whole_refuses_its_parts() -> None:
    bundle = (
        line(1, 24_072, 2, bundle=part_of(1, BundleReturn.WHOLE_ONLY, 2)),
        line(2, 15_728, 4, bundle=part_of(1, BundleReturn.WHOLE_ONLY, 2)),
    )
    returns = Returns(shipped(order(*bundle)))
    with pytest.raises(BundleGoesWhole) as told:
        returns.back(units(2))
    assert told.value.facts() == {"bundle": "SET-1", "line": 1, "wanted_qty": 0, "whole_qty": 1}
    assert returns.back(units(1), units(2, 2)) == 19_900


def test_a_gift_comes_back_or_is_taken_off_and_is_given_back_when_it_comes_later() -> None:
    returns = Returns(shipped(order(line(1, 20_000, 2), gift(2, (1,), buy_qty=2, value_minor=900))))
    with_it = returns.asked(units(1), units(2))
    assert (with_it.net_minor, with_it.gifts_due) == (10_000, ())
    alone = returns.asked(units(1))
    assert alone.net_minor == 9_100
    assert [attrs.astuple(due)[:3] for due in alone.gifts_due] == [(2, 1, 900)]
    assert (returns.back(units(1)), returns.back(units(2)), returns.back(units(1))) == (9_100, 900, 10_000)


def test_a_gift_takes_off_no_more_than_what_goes_back() -> None:
    returns = Returns(shipped(order(line(1, 300), gift(2, (1,), value_minor=900, on_return=GiftReturn.DEDUCT))))
    assert returns.back(units(1)) == 0
    assert returns.back(units(2)) == 300


def test_a_gift_that_nobody_minds_is_named_and_costs_nothing() -> None:
    told = Returns(shipped(order(line(1, 300), gift(2, (1,), on_return=GiftReturn.WAIVE)))).asked(units(1))
    assert (told.net_minor, told.gifts_due[0].worth_minor) == (300, 0)


def test_freight_follows_the_reason_once_the_goods_have_left() -> None:
    bought = shipped(order(line(1, 6_000), line(2, 4_000), freight_minor=1_000))
    assert Returns(bought).back(units(1)) == 6_000
    assert Returns(bought).back(units(1), reason=Reason.DEFECTIVE) == 6_600
    assert Returns(bought).back(units(1), reason=Reason.DEFECTIVE, freight=False) == 6_000
    assert Returns(bought).back(units(1), freight=True) == 6_600


def test_freight_goes_back_whole_where_nothing_of_the_seller_has_left() -> None:
    theirs = MerchantId(UUID(int=9))
    bought = order(line(1, 6_000), line(2, 4_000, merchant_id=theirs), freight_minor=1_000)
    assert Returns(bought).back(WishLine(1, 1, 1)) == 6_600
    left = attrs.evolve(bought, lines=(attrs.evolve(bought.lines[0], shipped_qty=1), bought.lines[1]))
    assert Returns(left).back(WishLine(2, 1, 1)) == 4_400


def test_g14_freight_goes_back_once_whatever_the_number_of_cases() -> None:
    returns = Returns(shipped(order(line(1, 9_000, 3), freight_minor=1_000)))
    back = [returns.back(units(1), reason=Reason.DEFECTIVE) for _ in range(3)]
    assert back == [3_333, 3_334, 3_333]
    assert sum(row.amount_minor for row in returns.rows if row.part is Part.FREIGHT) == 1_000


def test_g3_where_the_coupon_paid_for_the_goods_only_freight_is_left_and_its_rule_decides() -> None:
    bought = shipped(order(line(1, 9_000), coupon_minor=9_000, freight_minor=1_200))
    assert Returns(bought).back(units(1)) == 0
    assert Returns(bought).back(units(1), reason=Reason.DAMAGED_ON_THE_WAY) == 1_200


@pytest.mark.parametrize(
    ("reason", "amount"), [(Reason.DEFECTIVE, 1_000), (Reason.NOT_WANTED, -700), (Reason.DAMAGED_ON_THE_WAY, 1_000)]
)
def test_the_way_back_is_paid_by_whoever_has_to_answer(reason: Reason, amount: int) -> None:
    assert return_freight(reason, proved_minor=1_500, cap_minor=1_000, label_minor=700) == amount


def test_what_a_refund_cannot_take_off_is_carried_to_the_next() -> None:
    returns = Returns(shipped(order(line(1, 300), line(2, 2_000))))
    assert returns.back(units(1), return_freight_minor=-700) == 0
    assert returns.back(units(2)) == 1_600


def test_who_keeps_nothing_has_closed_the_order() -> None:
    returns = Returns(shipped(order(line(1, 300), gift(2, (1,)))))
    assert not returns.asked(units(1)).closes
    assert returns.asked(units(1), units(2)).closes


def test_more_than_is_there_is_refused_with_the_numbers() -> None:
    returns = Returns(shipped(order(line(1, 900, 3))))
    returns.back(units(1))
    with pytest.raises(MoreThanKept) as units_told:
        quote(returns.order, returns.rows, Wish((units(1, 2),), Reason.DEFECTIVE), CASE, busy={1: 1})
    assert units_told.value.facts() == {"line": 1, "wanted_qty": 2, "free_qty": 1}
    with pytest.raises(MoreThanLeft) as money_told:
        returns.back(WishLine(1, allowance_minor=601))
    assert money_told.value.facts() == {"line": 1, "wanted_minor": 601, "left_minor": 600}
    with pytest.raises(NoSuchLine):
        returns.back(units(7))


def test_a_wish_names_units_or_money_and_each_line_once() -> None:
    with pytest.raises(InvalidValue):
        WishLine(1)
    with pytest.raises(InvalidValue):
        WishLine(1, 1, allowance_minor=5)
    with pytest.raises(InvalidValue):
        WishLine(1, 1, 2)
    with pytest.raises(InvalidValue):
        Wish((units(1), units(1)), Reason.DEFECTIVE)
