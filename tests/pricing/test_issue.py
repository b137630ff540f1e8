"""Coupons on their way to customers: issued, printed as codes, claimed, and refused when there are none left."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

import attrs
import pytest

from houtai.application.office import Office
from houtai.application.pricing.issue import (
    ClaimCoupon,
    IssueCoupons,
    IssueTo,
    MakeCodes,
    VoidCoupon,
    claim_coupon,
    issue_coupons,
    make_codes,
    void_coupon,
)
from houtai.application.pricing.queries import CouponView, ListCoupons, list_coupons, show_coupon, show_template
from houtai.application.pricing.templates import MoveTemplate, move_template
from houtai.domain.act import Act
from houtai.domain.authority import Authority, Grant
from houtai.domain.ids import CouponId, CouponTemplateId, CustomerId, new_id
from houtai.domain.pricing.coupons import Coupon, CouponState, CouponTemplate, TemplateState
from houtai.domain.pricing.refusals import (
    CouponNotValidNow,
    CouponSpent,
    CustomerLimitReached,
    QuotaSpent,
    TemplateNotOpen,
)
from houtai.domain.pricing.scope import GoodsScope
from houtai.domain.refusal import AlreadyExists, Forbidden, NotFound, VersionConflict
from tests.conftest import StillClock
from tests.pricing import market
from tests.pricing.market import LI, MERCHANT, MONTH, WANG

DAY = dt.timedelta(days=1)


@pytest.fixture
def office(memory_office: Office, system: Act) -> Office:
    market.open_market(memory_office, system)
    return memory_office


def give(office: Office, act: Act, of: CouponTemplate, *customers: CustomerId) -> tuple[Coupon, ...]:
    return office.perform(issue_coupons, IssueCoupons(of.id, tuple(IssueTo(CouponId(new_id()), one) for one in customers)), act)


def claim(office: Office, act: Act, code: str, customer: CustomerId = LI) -> Coupon:
    return office.perform(claim_coupon, ClaimCoupon(code, customer, CouponId(new_id())), act)


def test_a_coupon_is_valid_for_its_days_but_never_past_the_templates_end(office: Office, system: Act, clock: StillClock) -> None:
    of = market.template(office, system, valid_days=7, per_customer=2)
    late = attrs.evolve(system, at=clock.advance(days=27))
    spans = [coupon.valid_until - coupon.valid_from for act in (system, late) for coupon in give(office, act, of, LI)]
    assert spans == [7 * DAY, 3 * DAY]


def test_coupons_count_against_quota_and_the_customers_own_limit(office: Office, system: Act) -> None:
    of = market.template(office, system, quota_qty=3, per_customer=2)
    give(office, system, of, LI, LI)
    with pytest.raises(CustomerLimitReached):
        give(office, system, of, LI)
    give(office, system, of, WANG)
    with pytest.raises(QuotaSpent):
        give(office, system, of, WANG)
    assert office.ask(show_template, of.id, system).issued_qty == 3


def test_a_batch_with_one_customer_too_many_gives_nobody_one(office: Office, system: Act) -> None:
    of = market.template(office, system)
    with pytest.raises(CustomerLimitReached):
        give(office, system, of, WANG, LI, LI)
    assert office.ask(list_coupons, ListCoupons(of.id), system).items == ()


@pytest.mark.parametrize("state", [TemplateState.PAUSED, TemplateState.ENDED])
def test_a_template_that_is_not_open_issues_nothing_and_what_is_out_stays_good(
    office: Office, system: Act, state: TemplateState
) -> None:
    of = market.template(office, system, per_customer=2)
    held = market.coupon(office, system, of)
    office.perform(move_template, MoveTemplate(of.id, 2, state), system)
    with pytest.raises(TemplateNotOpen):
        give(office, system, of, LI)
    quoted = office.perform(market.place, market.Place(market.order(), market.basket((market.LEAF, 1), coupons=(held,))), system)
    assert quoted.discount_minor == 1000


def test_a_template_whose_time_is_over_issues_nothing(office: Office, system: Act, clock: StillClock) -> None:
    of = market.template(office, system)
    with pytest.raises(TemplateNotOpen):
        give(office, attrs.evolve(system, at=clock.advance(days=30)), of, LI)


@pytest.mark.parametrize("unknown", ["template", "customer"])
def test_an_unknown_template_or_customer_is_not_found(office: Office, system: Act, unknown: str) -> None:
    of = market.template(office, system)
    if unknown == "template":
        of = attrs.evolve(of, id=CouponTemplateId(new_id()))
    with pytest.raises(NotFound):
        give(office, system, of, CustomerId(new_id()) if unknown == "customer" else LI)


def test_printed_codes_are_claimed_once_each_and_again_by_their_owner_without_effect(office: Office, system: Act) -> None:
    of = market.template(office, system)
    first, second = office.perform(make_codes, MakeCodes(of.id, new_id(), 2), system)
    mine = claim(office, system, f" {first.code.lower()} ")
    assert (mine.id, mine.customer_id, claim(office, system, first.code)) == (first.id, LI, mine)
    with pytest.raises(CouponSpent):
        claim(office, system, first.code, WANG)
    with pytest.raises(CustomerLimitReached):
        claim(office, system, second.code)


def test_codes_are_long_and_all_different(office: Office, system: Act) -> None:
    of = market.template(office, system)
    codes = {coupon.code for coupon in office.perform(make_codes, MakeCodes(of.id, new_id(), 100), system)}
    assert (len(codes), {len(code) for code in codes}) == (100, {16})


def test_codes_count_against_the_quota_when_they_are_made_and_not_again(office: Office, system: Act) -> None:
    of = market.template(office, system, quota_qty=1)
    (printed,) = office.perform(make_codes, MakeCodes(of.id, new_id(), 1), system)
    with pytest.raises(QuotaSpent):
        office.perform(make_codes, MakeCodes(of.id, new_id(), 1), system)
    assert claim(office, system, printed.code).id == printed.id


def test_a_batch_is_made_once(office: Office, system: Act) -> None:
    cmd = MakeCodes(market.template(office, system).id, new_id(), 3)
    office.perform(make_codes, cmd, system)
    with pytest.raises(AlreadyExists):
        office.perform(make_codes, cmd, system)


def test_a_code_for_everybody_gives_each_a_coupon_of_their_own(office: Office, system: Act) -> None:
    market.template(office, system, claim_code="春茶节")
    assert claim(office, system, "春茶节").id != claim(office, system, "春茶节", WANG).id


def test_a_code_that_nobody_made_is_not_found(office: Office, system: Act) -> None:
    with pytest.raises(NotFound):
        claim(office, system, "NOSUCHCODE")


def test_a_printed_code_out_of_time_or_void_is_refused(office: Office, system: Act, clock: StillClock) -> None:
    of = market.template(office, system, valid_days=1)
    void, over = office.perform(make_codes, MakeCodes(of.id, new_id(), 2), system)
    office.perform(void_coupon, VoidCoupon(void.id, 1, "misprinted"), system)
    with pytest.raises(CouponSpent):
        claim(office, system, void.code)
    with pytest.raises(CouponNotValidNow):
        claim(office, attrs.evolve(system, at=clock.advance(days=1)), over.code)


def test_a_void_rests_on_the_coupons_version(office: Office, system: Act) -> None:
    held = market.coupon(office, system, market.template(office, system))
    with pytest.raises(VersionConflict):
        office.perform(void_coupon, VoidCoupon(held, 2, "by mistake"), system)
    with pytest.raises(NotFound):
        office.perform(void_coupon, VoidCoupon(CouponId(new_id()), 1, "by mistake"), system)


def test_a_merchants_clerk_issues_and_sees_coupons_of_its_own_templates_alone(office: Office, system: Act) -> None:
    clerk = market.clerk(system, "pricing.coupons", "pricing.read", merchants=(MERCHANT,))
    own = market.template(office, system, "FANS", scope=GoodsScope(merchants=(MERCHANT,)))
    house = market.template(office, system)
    held = market.coupon(office, system, house)
    assert len(give(office, clerk, own, LI)) == 1
    with pytest.raises(NotFound):
        give(office, clerk, house, LI)
    with pytest.raises(NotFound):
        office.ask(show_coupon, held, clerk)
    with pytest.raises(NotFound):
        office.ask(list_coupons, ListCoupons(house.id), clerk)
    assert [one.template_id for one in office.ask(list_coupons, ListCoupons(customer=LI), clerk).items] == [own.id]


def test_a_customers_coupons_are_listed_over_all_templates(office: Office, system: Act) -> None:
    held = {market.coupon(office, system, market.template(office, system, code)) for code in ("A", "B")}
    assert {view.id for view in office.ask(list_coupons, ListCoupons(customer=LI), system).items} == held


def test_codes_are_hidden_from_whoever_may_not_see_them(office: Office, system: Act) -> None:
    held = market.coupon(office, system, market.template(office, system))
    grants = (Grant("pricing.read", hidden=frozenset({"coupon_code"})),)
    reader = attrs.evolve(system, actor=UUID(int=5), authority=Authority(UUID(int=5), grants))
    view: CouponView = office.ask(show_coupon, held, reader)
    assert (view.code, view.state) == ("•••", CouponState.ISSUED)


def test_whoever_may_only_claim_may_not_issue(office: Office, system: Act) -> None:
    of = market.template(office, system, claim_code="TEA", valid_until=system.at + MONTH)
    claimer = market.clerk(system, "pricing.claim-coupon")
    assert claim(office, claimer, "tea").customer_id == LI
    with pytest.raises(Forbidden):
        give(office, claimer, of, WANG)
