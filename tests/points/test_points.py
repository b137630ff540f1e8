"""Points of buyers on every adapter: earned by hand, spent, given back, expired, and always worth what the books say."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from houtai.application.orders.place import PlaceOrder, place_order
from houtai.application.points.adjust import DecidePointsAdjustment, approve_points_adjustment
from houtai.domain.ids import PaymentId, new_id
from houtai.domain.orders.state import OrderState
from houtai.domain.orders.tender import POINTS, TenderState, TenderWish
from houtai.domain.payments.payment import Tender
from houtai.domain.payments.refund import RefundState
from houtai.domain.payments.refusals import PaymentDiffers
from houtai.domain.points.account import PointsMove
from houtai.domain.points.adjustment import PointsAdjustmentState
from houtai.domain.points.refusals import NoPointsHere, PointsNeedCustomer, PointsOverShare, PointsShort, PointValueFixed
from houtai.domain.refusal import Forbidden, NotFound, VersionConflict
from tests.orders.shop import PROVIDER, Shop
from tests.points.purse import Purse


def test_an_order_is_paid_in_part_with_points_at_once(purse: Purse) -> None:
    purse.ask(5_000)
    order = purse.placed(3_000, CUP=1)
    assert (order.state, order.paid_minor) == (OrderState.PENDING_PAYMENT, 3_000)
    assert (purse.balance, purse.shop.balance("points-liability"), purse.shop.balance("customer-deposits")) == (
        2_000,
        -2_000,
        -3_000,
    )
    purse.shop.capture(order, 1)
    assert purse.shop.order(order).state in (OrderState.PAID, OrderState.CONFIRMED, OrderState.HOLD)
    assert [payment.tender for payment in purse.shop.payments(order) if payment.provider == "points"] == [Tender.POINTS]


def test_an_order_that_points_pay_whole_needs_no_other_payment(purse: Purse) -> None:
    purse.ask(9_990)
    order = purse.placed(9_990, rest=False, CUP=1)
    assert order.paid_at is not None
    assert (purse.balance, len(purse.shop.payments(order))) == (0, 1)


def test_more_than_there_are_is_refused_and_nothing_is_taken(purse: Purse) -> None:
    purse.ask(100)
    with pytest.raises(PointsShort, match="101 points are needed, 100 are there"):
        purse.placed(101, CUP=1)
    assert (purse.balance, purse.shop.reserved("CUP")) == (100, 0)


def test_points_pay_no_more_of_an_order_than_the_policy_allows(shop: Shop) -> None:
    purse = Purse(shop, most_permille=300)
    purse.ask(9_000)
    with pytest.raises(PointsOverShare, match="points may pay 2997 CNY of this order, 2998"):
        purse.placed(2_998, CUP=1)
    order = purse.placed(2_000, CUP=1)
    shop.decline(order, 1)
    with pytest.raises(PointsOverShare):
        purse.pay_more(shop.order(order), 998)
    assert purse.pay_more(shop.order(order), 997).paid_minor == 2_997


def test_points_can_pay_the_rest_after_another_payment_failed(purse: Purse) -> None:
    purse.ask(9_990)
    order = purse.placed(4_000, CUP=1)
    purse.shop.decline(order, 1)
    assert purse.pay_more(purse.shop.order(order), 5_990).paid_at is not None
    assert purse.balance == 0


def test_without_a_policy_nobody_pays_with_points(shop: Shop) -> None:
    purse = Purse.__new__(Purse)
    purse.shop, purse.office = shop, shop.office
    with pytest.raises(NoPointsHere):
        purse.placed(100, CUP=1)


def test_nobody_in_particular_has_no_points(purse: Purse) -> None:
    purse.shop.buyer = None  # type: ignore[assignment]  # an order without a known buyer
    with pytest.raises(PointsNeedCustomer):
        purse.placed(100, CUP=1)


def test_an_order_that_is_cancelled_gives_its_points_back_where_they_were(purse: Purse) -> None:
    purse.rules(valid_days=10, most_permille=1_000, adjust_alone_points=10**9)
    purse.ask(2_000)
    purse.rules(valid_days=100, most_permille=1_000, adjust_alone_points=10**9)
    purse.ask(2_000)
    order = purse.paid(3_000, CUP=1)
    assert purse.lots == [1_000]
    purse.shop.cancel(order)
    assert (purse.lots, purse.moved(PointsMove.GIVE_BACK)) == ([2_000, 2_000], 3_000)
    states = {one.payment_id: one.state for one in purse.shop.refunds(order)}
    assert states[order.tenders[0].payment_id] is RefundState.SUCCEEDED
    assert states[order.tenders[1].payment_id] is RefundState.CREATED
    assert purse.shop.balance("points-liability") == -4_000


def test_an_order_that_expires_unpaid_gives_its_points_back(purse: Purse) -> None:
    purse.ask(3_000)
    order = purse.placed(3_000, CUP=1)
    purse.shop.let_expire()
    assert (purse.balance, purse.shop.order(order).tenders[0].state) == (3_000, TenderState.GIVEN_BACK)
    assert purse.shop.balance("customer-deposits") == 0


def test_money_that_comes_after_the_expiry_does_not_bring_an_order_back_whose_points_are_gone(purse: Purse) -> None:
    purse.ask(3_000)
    order = purse.placed(3_000, CUP=1)
    purse.shop.let_expire()
    purse.shop.capture(order, 1)
    assert purse.shop.order(order).state is OrderState.EXPIRED
    assert {one.amount.minor for one in purse.shop.refunds(order)} == {3_000, 6_990}


def test_two_orders_do_not_spend_the_same_points(purse: Purse) -> None:
    purse.ask(5_000)
    purse.placed(3_000, CUP=1)
    with pytest.raises(PointsShort, match="3000 points are needed, 2000 are there"):
        purse.placed(3_000, BOWL=1)


def test_points_whose_time_is_over_are_expired_by_the_timer_and_become_income(purse: Purse) -> None:
    purse.ask(500)
    purse.shop.clock.advance(days=366)
    assert (purse.standing().worth_minor, purse.lots) == (0, [])
    assert (purse.end(), purse.end()) == (1, 0)
    assert (purse.balance, purse.shop.balance("points-expired"), purse.shop.balance("points-liability")) == (0, -500, 0)


def test_points_by_hand_above_the_bound_wait_for_a_second_person(shop: Shop) -> None:
    purse = Purse(shop, adjust_alone_points=100)
    assert purse.ask(100).state is PointsAdjustmentState.POSTED
    asked = purse.ask(101)
    assert (asked.state, purse.balance) == (PointsAdjustmentState.REQUESTED, 100)
    assert (purse.approve(asked).state, purse.balance) == (PointsAdjustmentState.POSTED, 201)
    assert (purse.reject(purse.ask(5_000)).state, purse.balance) == (PointsAdjustmentState.REJECTED, 201)


def test_nobody_approves_the_points_that_they_asked_for(shop: Shop) -> None:
    purse = Purse(shop, adjust_alone_points=0)
    asked = purse.ask(5)
    with pytest.raises(Forbidden):
        shop.office.perform(approve_points_adjustment, DecidePointsAdjustment(asked.id, asked.version), shop.act)


def test_no_more_is_taken_away_by_hand_than_there_is(purse: Purse) -> None:
    purse.ask(50)
    with pytest.raises(PointsShort):
        purse.ask(-51)
    purse.ask(-50)
    assert (purse.balance, purse.shop.balance("marketing")) == (0, 0)


def test_what_a_point_is_worth_stays(purse: Purse) -> None:
    with pytest.raises(PointValueFixed, match="worth 1 points for good"):
        purse.rules(points_per_minor=10)


def test_a_policy_rests_on_what_its_editor_saw(purse: Purse) -> None:
    purse.rules(grace_days=3)
    purse.policy = type(purse.policy)(purse.policy.id, "CNY", 1, version=1)
    with pytest.raises(VersionConflict):
        purse.rules(grace_days=4)


def test_ten_points_for_a_fen_pay_and_come_back_to_the_point(shop: Shop) -> None:
    purse = Purse(shop, points_per_minor=10)
    purse.ask(20_005)
    order = purse.paid(1_000, CUP=1)
    assert (purse.balance, shop.balance("points-liability")) == (10_005, -1_000)
    shop.cancel(order)
    assert (purse.balance, shop.balance("points-liability")) == (20_005, -2_000)


def test_a_customer_who_is_erased_loses_their_points_and_what_comes_back_expires(purse: Purse) -> None:
    purse.ask(5_000)
    order = purse.paid(3_000, CUP=1)
    purse.erase()
    assert (purse.balance, purse.shop.balance("points-expired")) == (0, -2_000)
    purse.shop.cancel(order)
    assert (purse.balance, purse.shop.balance("points-expired"), purse.shop.balance("points-liability")) == (0, -5_000, 0)
    with pytest.raises(NotFound):
        purse.ask(1)


def test_the_id_of_a_payment_is_taken_once(purse: Purse) -> None:
    purse.ask(5_000)
    order = purse.placed(1_000, CUP=1)
    taken = {"tenders": (TenderWish(order.tenders[0].payment_id, POINTS, 1_000), TenderWish(PaymentId(new_id()), PROVIDER))}
    with pytest.raises(PaymentDiffers):
        purse.shop.place((), taken, BOWL=1)


def test_of_many_orders_that_want_the_same_points_at_once_just_those_get_them_that_they_suffice_for(purse: Purse) -> None:
    purse.ask(3_500)
    wishes = [purse.shop.wish((), purse.tenders(1_000), BOWL=1) for _ in range(8)]

    def place(wish: PlaceOrder) -> bool:
        try:
            purse.office.perform(place_order, wish, purse.shop.act)
        except PointsShort:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(place, wishes)) == [False] * 5 + [True] * 3
    assert (purse.balance, purse.shop.balance("points-liability")) == (500, -500)
