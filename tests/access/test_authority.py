"""The one evaluation of rights: what a grant allows, what two allow together, and what may be handed on."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

import pytest
from hypothesis import given, strategies as st

from houtai.domain.access.account import Account, AccountState, Assignment, administers, authority_of
from houtai.domain.access.role import Role, RoleState
from houtai.domain.act import Act
from houtai.domain.authority import HOUSE, Authority, Denial, Dimension, Extent, Grant, Scope, meet
from houtai.domain.ids import AccountId, MerchantId, RoleId
from houtai.domain.refusal import Forbidden

NOON = dt.datetime(2026, 11, 22, 4, 0, tzinfo=dt.UTC)
IDS = [UUID(int=number) for number in range(10, 13)]
ME, OTHER = UUID(int=1000), UUID(int=1001)

verbs = st.sampled_from(["*", "orders.*", "orders.cancel", "orders.refund", "stock.*", "stock.adjust"])
asked = st.sampled_from(["orders.cancel", "orders.refund", "stock.adjust", "access.own"])
moments = st.none() | st.integers(-5, 5).map(lambda hours: NOON + dt.timedelta(hours=hours))
ids = st.frozensets(st.sampled_from(IDS))
grants = st.builds(
    Grant,
    verb=verbs,
    within=st.dictionaries(st.sampled_from([Dimension.CHANNEL, Dimension.WAREHOUSE]), ids),
    own_only=st.booleans(),
    hidden=st.frozensets(st.sampled_from(["cost", "phone"])),
    limits=st.dictionaries(st.sampled_from(["refund_minor", "adjust_qty"]), st.integers(0, 100)),
    valid_from=moments,
    valid_until=moments,
)
scopes = st.builds(
    Scope,
    channel=st.none() | st.sampled_from(IDS),
    warehouse=st.none() | st.sampled_from(IDS),
    owner=st.sampled_from([None, ME, OTHER]),
)
deeds = st.tuples(asked, scopes, st.dictionaries(st.sampled_from(["refund_minor", "adjust_qty"]), st.integers(0, 120)))


def allows(grant: Grant | None, deed: tuple[str, Scope, dict[str, int]]) -> bool:
    """Whether this grant alone allows it."""
    verb, scope, amounts = deed
    return Authority(ME, (grant,) if grant else ()).decide(verb, scope, at=NOON, amounts=amounts).allowed


@given(grants, grants, deeds)
def test_two_grants_met_allow_exactly_what_both_allow(left: Grant, right: Grant, deed: tuple[str, Scope, dict[str, int]]) -> None:
    assert allows(meet(left, right), deed) == (allows(left, deed) and allows(right, deed))


@given(grants, grants, deeds)
def test_who_holds_a_grant_may_do_all_that_it_allows(
    held: Grant, given_on: Grant, deed: tuple[str, Scope, dict[str, int]]
) -> None:
    if Authority(ME, (held,)).holds((given_on,)):
        assert allows(held, deed) or not allows(given_on, deed)


@given(grants, grants)
def test_what_two_grants_have_in_common_is_held_by_each(left: Grant, right: Grant) -> None:
    common = meet(left, right)
    assert common is None or (Authority(ME, (left,)).holds((common,)) and Authority(ME, (right,)).holds((common,)))


@given(st.lists(grants, max_size=4), deeds)
def test_a_decision_is_allowed_if_and_only_if_one_single_grant_allows_it(
    held: list[Grant], deed: tuple[str, Scope, dict[str, int]]
) -> None:
    verb, scope, amounts = deed
    decision = Authority(ME, tuple(held)).decide(verb, scope, at=NOON, amounts=amounts)
    assert decision.allowed == any(allows(grant, deed) for grant in held)
    assert decision.allowed or decision.explanation


@given(st.lists(grants, max_size=4), deeds)
def test_nobody_checks_what_they_made(held: list[Grant], deed: tuple[str, Scope, dict[str, int]]) -> None:
    verb, scope, amounts = deed
    assert not Authority(ME, tuple(held)).decide(verb, scope, at=NOON, amounts=amounts, maker=ME).allowed


def test_a_mask_is_not_lifted_by_a_grant_for_somewhere_else() -> None:
    here, there = UUID(int=71), UUID(int=72)
    hiding = Grant("orders.read", {Dimension.CHANNEL: frozenset({here})}, hidden=frozenset({"phone"}))
    showing = Grant("orders.read", {Dimension.CHANNEL: frozenset({there})})
    wide = Grant("orders.read", {Dimension.CHANNEL: frozenset({here, there})})
    both = Authority(ME, (hiding, showing)).over({"orders.read": Extent(frozenset({Dimension.CHANNEL}))})
    assert both.decide("orders.read", at=NOON).hidden == {"phone"}  # of which record nobody knows yet
    assert both.decide("orders.read", Scope(channel=here), at=NOON).hidden == {"phone"}
    assert both.decide("orders.read", Scope(channel=there), at=NOON).hidden == frozenset()
    for grants in ((hiding, wide), (hiding, Grant("orders.*"))):
        assert Authority(ME, grants).over(both.extents).decide("orders.read", at=NOON).hidden == frozenset()
    own = Grant("orders.read", own_only=True)
    masked = Grant("orders.read", hidden=frozenset({"phone"}))
    mine = Authority(ME, (own, masked)).over({"orders.read": Extent(own=True)})
    assert mine.decide("orders.read", at=NOON).hidden == {"phone"}
    assert mine.decide("orders.read", Scope(owner=ME), at=NOON).hidden == frozenset()


def test_a_field_is_hidden_only_if_every_grant_that_allows_hides_it() -> None:
    held = (Grant("orders.*", hidden=frozenset({"cost", "phone"})), Grant("orders.read", hidden=frozenset({"cost"})))
    assert Authority(ME, held).decide("orders.read", at=NOON).hidden == {"cost"}


def test_a_grant_for_one_merchant_does_not_reach_the_house() -> None:
    mine = Authority(ME, (Grant("catalog.*", within={Dimension.MERCHANT: frozenset({IDS[0]})}),))
    assert mine.decide("catalog.edit", Scope(merchant=HOUSE), at=NOON).denial is Denial.HOUSE_WIDE
    assert mine.decide("catalog.edit", Scope(merchant=IDS[0]), at=NOON).allowed


def account_with(role: Role, **options: object) -> Account:
    """An account that holds the role."""
    roles = options.pop("roles", (Assignment(role.id),))
    return Account(AccountId(ME), "li", "Li", "!", NOON, roles=roles, **options)  # type: ignore[arg-type]  # free options of a test


CLERK = Role(RoleId(IDS[0]), "clerk", (Grant("orders.*", valid_until=NOON + dt.timedelta(days=9)),))


def test_a_role_held_for_a_time_grants_for_that_time_only() -> None:
    until = NOON + dt.timedelta(days=1)
    authority = authority_of(account_with(CLERK, roles=(Assignment(CLERK.id, NOON, until),)), {CLERK.id: CLERK})
    moments = [NOON - dt.timedelta(seconds=1), NOON, until - dt.timedelta(seconds=1), until]
    assert [authority.decide("orders.read", at=at).allowed for at in moments] == [False, True, True, False]


def test_a_merchants_account_reaches_nothing_but_its_merchant() -> None:
    everything = Role(RoleId(IDS[0]), "all", (Grant("*"),))
    merchant = MerchantId(IDS[1])
    authority = authority_of(account_with(everything, merchant_id=merchant), {everything.id: everything})
    orders = authority.over({"orders.read": Extent(frozenset({Dimension.MERCHANT}))})
    assert orders.reach("orders.read", Dimension.MERCHANT, at=NOON) == frozenset[UUID]({merchant})
    assert not administers(account_with(everything, merchant_id=merchant), {everything.id: everything}, NOON)


def test_a_disabled_account_or_a_retired_role_grants_nothing() -> None:
    retired = Role(CLERK.id, "clerk", CLERK.grants, state=RoleState.RETIRED)
    assert authority_of(account_with(CLERK, state=AccountState.DISABLED), {CLERK.id: CLERK}).grants == ()
    assert [grant.verb for grant in authority_of(account_with(CLERK), {CLERK.id: retired}).grants] == ["access.own"]


def test_whoever_acts_for_the_maker_counts_as_the_maker() -> None:
    act = Act(NOON, ME, Authority(ME, (Grant("refunds.approve"),)), "li", on_behalf_of=OTHER)
    with pytest.raises(Forbidden) as refused:
        act.demand("refunds.approve", maker=OTHER)
    assert refused.value.reason == Denial.SAME_PERSON.value
    act.demand("refunds.approve", maker=UUID(int=1002))
