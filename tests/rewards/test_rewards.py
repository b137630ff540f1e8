"""What orders grant, from the promise to the confirmation, and what of it goes when they come back (R-7, R-9)."""

from __future__ import annotations

import attrs
import pytest

from houtai.application.aftersales.apply import ApplyForClaim, apply_for_claim
from houtai.application.aftersales.quote import ClaimWish
from houtai.domain.aftersales.given_back import Part
from houtai.domain.aftersales.reason import Reason
from houtai.domain.ids import ClaimId, new_id
from houtai.domain.orders.state import OrderState
from houtai.domain.points.account import PointsMove
from houtai.domain.points.policy import ShortBalance
from houtai.domain.pricing.coupons import TemplateState
from houtai.domain.refusal import InvalidValue, NotFound, VersionConflict
from houtai.domain.rewards.grant import GrantState
from houtai.domain.rewards.rule import RewardRuleState, Usable, WhenUsed
from tests.aftersales.desk import EXCHANGE, REFUND, RETURN
from tests.aftersales.test_forget import handed_over
from tests.points.purse import MANY
from tests.rewards.counter import Rewards

AT_ONCE = Usable.AT_PAYMENT


def test_points_are_promised_when_the_order_is_paid_and_given_when_nobody_can_complain_any_more(rewards: Rewards) -> None:
    rewards.rule(points_per_100_minor=100)
    order = rewards.shop.paid(CUP=1)
    grant = rewards.grant(order)
    assert (grant.state, grant.points, rewards.purse.balance) == (GrantState.PENDING, 9_990, 0)
    rewards.completed(order)
    assert (rewards.grant(order).state, rewards.purse.balance) == (GrantState.CONFIRMED, 9_990)
    assert rewards.desk.books("marketing", "points-liability") == {"marketing": 9_990, "points-liability": -9_990}


def test_points_are_earned_by_money_and_not_by_points(rewards: Rewards) -> None:
    rewards.rule(points_per_100_minor=10)
    rewards.purse.ask(4_990)
    order = rewards.purse.paid(4_990, CUP=1)
    assert rewards.grant(order).points == 500
    rewards.purse.ask(5_990)
    assert rewards.grants(rewards.purse.placed(5_990, rest=False, BOWL=1)) == []


def test_an_order_is_granted_a_rule_once_though_it_is_paid_after_its_expiry(rewards: Rewards) -> None:
    rewards.rule(points_per_100_minor=100, usable=AT_ONCE)
    order = rewards.shop.place(CUP=1)
    rewards.shop.let_expire()
    rewards.shop.capture(order)
    assert rewards.shop.order(order).paid_at is not None
    assert (len(rewards.grants(order)), rewards.purse.balance) == (1, 9_990)


def test_only_rules_that_fit_grant_anything(rewards: Rewards) -> None:
    template = rewards.template()
    rewards.rule(template=template.id, threshold_minor=9_991)
    rewards.stop(rewards.rule(template=template.id))
    assert rewards.grants(rewards.shop.paid(CUP=1)) == []
    rewards.shop.clock.advance(days=31)
    assert rewards.grants(rewards.shop.paid(CUP=2)) == []


def test_a_part_that_goes_back_before_the_points_are_there_makes_them_fewer(rewards: Rewards) -> None:
    rewards.rule(points_per_100_minor=100)
    order = rewards.shop.paid(CUP=2)
    rewards.desk.refunded(order, REFUND, Reason.NOT_WANTED, CUP=1)
    assert (rewards.grant(order).state, rewards.grant(order).taken_points) == (GrantState.PENDING, 9_990)
    rewards.desk.pay_out(order)
    rewards.completed(rewards.shop.order(order))
    assert (rewards.grant(order).state, rewards.purse.balance) == (GrantState.CONFIRMED, 9_990)


def test_an_order_that_is_cancelled_keeps_nothing_of_what_it_was_promised(rewards: Rewards) -> None:
    rewards.rule(points_per_100_minor=100)
    order = rewards.shop.paid(CUP=1)
    rewards.shop.cancel(order)
    assert (rewards.grant(order).state, rewards.purse.balance) == (GrantState.WITHDRAWN, 0)


def test_points_that_are_there_are_taken_back_in_proportion_and_with_the_last_all_the_rest(rewards: Rewards) -> None:
    rewards.rule(points_per_100_minor=33, usable=AT_ONCE)
    order = rewards.shop.paid(CUP=1, BOWL=3)
    assert rewards.purse.balance == 9_226
    rewards.desk.shipped(order)
    rewards.desk.returned(order, BOWL=1)
    assert rewards.purse.balance == 9_226 - 1_977
    rewards.desk.returned(order, BOWL=2)
    rewards.desk.returned(order, CUP=1)
    assert (rewards.purse.balance, rewards.grant(order).state) == (0, GrantState.WITHDRAWN)
    assert rewards.desk.books("marketing", "points-liability") == {"marketing": 0, "points-liability": 0}


def test_points_go_with_what_cheaper_goods_give_back_and_all_others_with_the_goods(rewards: Rewards) -> None:
    rewards.rule(points_per_100_minor=100, usable=AT_ONCE)
    order, bowl = rewards.shop.paid(CUP=1), rewards.shop.sku["BOWL"]
    rewards.desk.shipped(order)
    wish = ApplyForClaim(ClaimId(new_id()), order.id, EXCHANGE, Reason.NOT_WANTED, (ClaimWish(1, 1, replacement=bowl),))
    claim = rewards.desk.approve(rewards.office.perform(apply_for_claim, wish, rewards.shop.act))
    claim = rewards.desk.look(rewards.desk.back(claim, CUP=1), "CUP", 1)
    assert (claim.decided_minor, rewards.purse.balance) == (4_000, 5_990)
    handed_over(rewards.desk, claim)
    back = ApplyForClaim(ClaimId(new_id()), order.id, RETURN, Reason.DEFECTIVE, (ClaimWish(1, 1, sku=bowl),))
    claim = rewards.desk.approve(rewards.office.perform(apply_for_claim, back, rewards.shop.act))
    claim = rewards.desk.look(rewards.desk.back(claim, CUP=1), "CUP", 1)
    assert (claim.decided_minor, rewards.purse.balance, rewards.grant(order).state) == (5_990, 0, GrantState.WITHDRAWN)


def test_earned_points_that_were_spent_are_taken_off_the_refund_at_their_worth(rewards: Rewards) -> None:
    rewards.rule(points_per_100_minor=100, usable=AT_ONCE)
    order = rewards.shop.paid(CUP=1)
    rewards.purse.paid(5_000, BOWL=1)
    rewards.desk.shipped(order)
    quote = rewards.desk.quote(order, RETURN, CUP=1).quote
    assert quote is not None
    assert (quote.of(Part.GOODS), quote.of(Part.CLAWED_BACK), quote.net_minor) == (9_990, -5_000 + 990, 9_990 - 4_010)


def test_earned_points_that_ended_unspent_are_not_paid_for(rewards: Rewards) -> None:
    rewards.purse.rules(valid_days=5, most_permille=1_000, adjust_alone_points=MANY)
    rewards.rule(points_per_100_minor=100, usable=AT_ONCE)
    order = rewards.shop.paid(CUP=1)
    rewards.purse.placed(5_990, rest=False, BOWL=1)
    rewards.desk.shipped(order)
    rewards.shop.clock.advance(days=6)
    claim = rewards.desk.returned(order, CUP=1)
    grant = rewards.grant(order)
    assert (grant.lapsed_points, grant.short_points, grant.charged_minor) == (4_000, 5_990, 5_990)
    assert claim.decided_minor == 4_000


def test_earned_points_that_were_spent_are_owed_where_the_policy_says_so(rewards: Rewards) -> None:
    rewards.purse.rules(on_short=ShortBalance.NEGATIVE, most_permille=1_000, adjust_alone_points=MANY)
    rewards.rule(points_per_100_minor=100, usable=AT_ONCE)
    order = rewards.shop.paid(CUP=1)
    rewards.purse.placed(5_990, rest=False, BOWL=1)
    rewards.desk.shipped(order)
    claim = rewards.desk.returned(order, CUP=1)
    assert (claim.decided_minor, rewards.purse.balance) == (9_990, -5_990)
    assert (rewards.desk.books("points-liability"), rewards.grant(order).short_points) == ({"points-liability": 0}, 5_990)


def test_what_a_refund_cannot_cover_is_taken_off_the_next_one(rewards: Rewards) -> None:
    rewards.rule(points_per_100_minor=200, usable=AT_ONCE)
    order = rewards.shop.paid(CUP=1, BOWL=1)
    rewards.purse.ask(-31_960)
    rewards.desk.shipped(order)
    first = rewards.desk.look(rewards.desk.back(rewards.desk.claim(order, RETURN, BOWL=1), BOWL=1), "BOWL", 1)
    assert (first.decided_minor, rewards.desk.owed(order)) == (0, [])
    quote = rewards.desk.quote(order, RETURN, CUP=1).quote
    assert quote is not None
    assert (quote.of(Part.CLAWED_BACK), quote.of(Part.CARRIED), quote.net_minor) == (-19_980, 9_990, 0)


def test_a_coupon_that_cannot_be_given_stops_no_payment_and_its_grant_says_why(rewards: Rewards) -> None:
    template = rewards.template()
    rewards.rule(template=template.id, usable=AT_ONCE)
    rewards.move_template(template, TemplateState.PAUSED)
    order = rewards.shop.paid(CUP=1)
    assert (order.paid_at is not None, rewards.grant(order).state) == (True, GrantState.REFUSED)


def test_what_was_charged_is_given_back_when_the_order_is_cancelled_after_all(rewards: Rewards) -> None:
    rewards.rule(template=rewards.template(1_000).id, threshold_minor=15_000, usable=AT_ONCE)
    order = rewards.shop.paid(CUP=2)
    rewards.shop.paid([rewards.coupon_id(order)], BOWL=1)
    claim = rewards.desk.refunded(order, REFUND, Reason.NOT_WANTED, CUP=1)
    assert (claim.decided_minor, rewards.grant(order).state) == (8_990, GrantState.CHARGED)
    rewards.shop.cancel(rewards.shop.order(order))
    assert sum(rewards.desk.owed(order)) == 19_980
    assert rewards.shop.order(order).state is OrderState.CANCELLED


def test_a_customer_who_was_erased_gets_nothing(rewards: Rewards) -> None:
    rewards.rule(points_per_100_minor=100)
    order = rewards.shop.paid(CUP=1)
    rewards.purse.erase()
    rewards.completed(order)
    assert (rewards.grant(order).state, rewards.purse.balance) == (GrantState.REFUSED, 0)


def test_a_rule_says_what_it_grants_and_of_what(rewards: Rewards) -> None:
    with pytest.raises(InvalidValue, match="either points or a coupon template"):
        rewards.rule()
    with pytest.raises(NotFound):
        rewards.rule(template=rewards.shop.channel)
    with pytest.raises(NotFound):
        rewards.rule(points_per_100_minor=1, channel=rewards.shop.buyer)
    rule = rewards.rule(points_per_100_minor=1)
    with pytest.raises(VersionConflict):
        rewards.stop(attrs.evolve(rule, version=7))
    assert rewards.stop(rule).state is RewardRuleState.PAUSED


def test_each_order_says_when_its_points_came_and_went(rewards: Rewards) -> None:
    rewards.rule(points_per_100_minor=100, usable=AT_ONCE, when_used=WhenUsed.LET_GO)
    order = rewards.shop.paid(CUP=1)
    rewards.shop.cancel(order)
    assert [(one.move, one.points) for one in rewards.purse.entries()] == [
        (PointsMove.EARN, 9_990),
        (PointsMove.CLAW_BACK, -9_990),
    ]
