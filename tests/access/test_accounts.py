"""Accounts and roles: nobody gives, or takes charge of, more than they hold, and somebody always remains."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import attrs
import pytest

from houtai.application.access.change_account import (
    ChangeAccount,
    ChangeOwnName,
    MoveAccount,
    change_account,
    change_own_name,
    disable_account,
    enable_account,
)
from houtai.application.access.clear_rules import ClearRules, clear_rules
from houtai.application.access.end_session import (
    EndSessionsOf,
    end_sessions_of,
)
from houtai.application.access.queries import (
    AccountView,
    ListAccounts,
    ListRoles,
    find_account,
    find_me,
    find_role,
    list_accounts,
    list_roles,
    list_verbs,
)
from houtai.application.access.shape_role import ChangeRole, MoveRole, change_role, retire_role, revive_role
from houtai.application.house import OF_DOCUMENT
from houtai.application.paging import Page
from houtai.application.permission import open_to_anyone
from houtai.domain.access.account import Account, AccountState, Assignment
from houtai.domain.access.refusals import LastAdministrator, NotHeld
from houtai.domain.access.role import Role
from houtai.domain.act import Act
from houtai.domain.authority import Dimension, Grant
from houtai.domain.ids import AccountId, MerchantId, RoleId
from houtai.domain.refusal import AlreadyExists, Forbidden, IllegalMove, InvalidValue, NotFound, VersionConflict
from tests.access.door import House, origin, outcome

MANAGES = (
    Grant("access.accounts.write"),
    Grant("access.accounts.read"),
    Grant("access.roles.write"),
    Grant("access.passwords.reset"),
)
CANCELS = Grant("orders.cancel", limits={"refund_minor": 10_000})


@pytest.fixture
def manager(house: House) -> Act:
    """Somebody who keeps accounts and roles and may cancel orders up to an amount."""
    house.person("manager", *MANAGES, CANCELS)
    return house.act("manager")


def stored(house: House, account: Account) -> Account:
    """The account as it is now, by way of its view's version."""
    view = house.office.ask(find_account, account.id, house.system())
    return attrs.evolve(account, version=view.version, roles=view.roles, display_name=view.display_name, networks=view.networks)


def change(house: House, account: Account, by: Act, **wanted: Any) -> AccountView:
    """Edit an account on its present version."""
    now = stored(house, account)
    cmd = ChangeAccount(
        now.id,
        wanted.get("version", now.version),
        wanted.get("display_name", now.display_name),
        wanted.get("roles", now.roles),
        wanted.get("networks", now.networks),
    )
    return house.office.perform(change_account, cmd, by)


def owner_id(house: House) -> AccountId:
    """The owner's account."""
    return AccountId(house.act().actor)


@pytest.mark.parametrize(
    "grant",
    [
        Grant("*"),
        Grant("orders.*"),
        Grant("payments.refund"),
        Grant("orders.cancel"),
        Grant("orders.cancel", limits={"refund_minor": 10_001}),
    ],
    ids=["everything", "a module", "another verb", "without a limit", "a higher limit"],
)
def test_a_role_manager_cannot_put_into_a_role_what_they_do_not_hold(house: House, manager: Act, grant: Grant) -> None:
    with pytest.raises(NotHeld):
        house.role("too much", grant, by=manager)


def test_a_role_manager_makes_roles_of_what_they_hold(house: House, manager: Act) -> None:
    role = house.role("cancels", Grant("orders.cancel", limits={"refund_minor": 9_999}), by=manager)
    house.person("li", roles=(Assignment(role.id),), by=manager)
    assert house.act("li").authority.decide("orders.cancel", at=house.clock.now(), amounts={"refund_minor": 9_999}).allowed


def test_a_role_manager_cannot_give_a_mightier_role_to_anybody_themselves_included(house: House, manager: Act) -> None:
    mighty = house.role("mighty", Grant("payments.refund"))
    li = house.person("li")
    me = house.office.ask(find_me, None, manager)
    for account in (li, attrs.evolve(li, id=me.id)):
        with pytest.raises(NotHeld):
            change(house, account, manager, roles=(Assignment(mighty.id),))


@pytest.mark.parametrize("deed", ["reset", "disable", "change", "end sessions"])
def test_nobody_takes_charge_of_an_account_that_may_do_more(house: House, manager: Act, deed: str) -> None:
    boss = stored(house, attrs.evolve(house.person("boss", Grant("payments.refund"))))
    deeds: dict[str, Callable[[], object]] = {
        "reset": lambda: house.credentials.reset_password(boss.id, manager),
        "disable": lambda: house.office.perform(disable_account, MoveAccount(boss.id, boss.version), manager),
        "change": lambda: change(house, boss, manager, display_name="Mine"),
        "end sessions": lambda: house.office.perform(
            end_sessions_of, EndSessionsOf(boss.id), attrs.evolve(manager, authority=with_grant(manager, "access.sessions.end"))
        ),
    }
    with pytest.raises(NotHeld):
        deeds[deed]()


def with_grant(act: Act, verb: str) -> Any:
    """The act's authority with one more verb."""
    return attrs.evolve(act.authority, grants=(*act.authority.grants, Grant(verb)))


def test_a_role_held_for_a_time_is_given_on_for_no_longer(house: House) -> None:
    now = house.clock.now()
    until = now + dt.timedelta(days=7)
    keeps = house.role("keeps", *MANAGES, Grant("orders.read"))
    house.person("deputy", roles=(Assignment(keeps.id, None, until),))
    reader = house.role("reads", Grant("orders.read"))
    deputy = house.act("deputy")
    house.person("li", roles=(Assignment(reader.id, now, until),), by=deputy)
    with pytest.raises(NotHeld):
        house.person("wang", roles=(Assignment(reader.id, now, until + dt.timedelta(seconds=1)),), by=deputy)


def test_a_change_of_a_role_counts_from_the_next_request_on(stored_house: House) -> None:
    role = stored_house.role("reads", Grant("orders.read"), Grant("orders.cancel"))
    stored_house.person("li", roles=(Assignment(role.id),))
    token = stored_house.enter("li").token
    changed = ChangeRole(role.id, 1, "reads", (Grant("orders.read"),), ())
    stored_house.office.perform(change_role, changed, stored_house.system())
    act = stored_house.door.act_of_token(token, origin())
    assert [act.authority.decide(verb, at=act.at).allowed for verb in ("orders.read", "orders.cancel")] == [True, False]


def test_a_retired_role_grants_nothing_until_it_is_revived(house: House) -> None:
    role = house.role("reads", Grant("orders.read"))
    house.person("li", roles=(Assignment(role.id),))
    house.office.perform(retire_role, MoveRole(role.id, 1), house.system())
    assert not house.act("li").authority.decide("orders.read", at=house.clock.now()).allowed
    with pytest.raises(IllegalMove):
        house.office.perform(retire_role, MoveRole(role.id, 2), house.system())
    house.office.perform(revive_role, MoveRole(role.id, 2), house.system())
    assert house.act("li").authority.decide("orders.read", at=house.clock.now()).allowed


@pytest.mark.parametrize("deed", ["disable", "strip", "retire", "weaken", "limit in time"])
def test_the_last_administrator_cannot_be_shut_out(stored_house: House, deed: str) -> None:
    house, owner = stored_house, owner_id(stored_house)
    role = house.office.ask(list_roles, ListRoles(), house.system()).items[0]
    account = house.office.ask(find_account, owner, house.system())
    until = house.clock.now() + dt.timedelta(days=1)
    by = house.system()

    def edit(*roles: Assignment) -> Any:
        return house.office.perform(change_account, ChangeAccount(owner, account.version, "Owner", roles, ()), by)

    deeds: dict[str, Callable[[], object]] = {
        "disable": lambda: house.office.perform(disable_account, MoveAccount(owner, account.version), by),
        "strip": edit,
        "retire": lambda: house.office.perform(retire_role, MoveRole(role.id, 1), by),
        "weaken": lambda: house.office.perform(change_role, ChangeRole(role.id, 1, "owner", (Grant("orders.*"),), ()), by),
        "limit in time": lambda: edit(Assignment(role.id, None, until)),
    }
    with pytest.raises(LastAdministrator):
        deeds[deed]()


def test_of_two_administrators_who_disable_each_other_one_remains(stored_house: House) -> None:
    house = stored_house
    role = house.office.ask(list_roles, ListRoles(), house.system()).items[0]
    house.person("second", roles=(Assignment(role.id),))
    acts = {name: house.act(name) for name in ("owner", "second")}
    views = {name: house.office.ask(find_me, None, act) for name, act in acts.items()}

    def disable(by: str, whom: str) -> bool:
        try:
            house.office.perform(disable_account, MoveAccount(views[whom].id, views[whom].version), acts[by])
        except LastAdministrator:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(disable, ("owner", "second"), ("second", "owner")))
    assert sorted(done) == [False, True]


def test_an_edit_on_an_old_version_is_refused(house: House) -> None:
    li = house.person("li")
    change(house, li, house.system(), display_name="Li Na")
    with pytest.raises(VersionConflict):
        change(house, li, house.system(), display_name="Li Wei", version=2)


def test_a_name_is_taken_once(stored_house: House) -> None:
    stored_house.person("li")
    with pytest.raises(AlreadyExists):
        stored_house.credentials.open_account(AccountId(UUID(int=9)), "LI", "Another", stored_house.system())
    stored_house.role("reads", Grant("orders.read"))
    with pytest.raises(AlreadyExists):
        stored_house.role("reads", Grant("orders.read"))


@pytest.mark.parametrize("name", ["", " ", "-li", "li wang", "l" * 65, "li\x00", "_", "li/../wang"])
def test_a_name_that_nobody_could_type_is_refused(house: House, name: str) -> None:
    with pytest.raises(InvalidValue):
        house.credentials.open_account(AccountId(UUID(int=9)), name, "Li", house.system())


@pytest.mark.parametrize(
    "grant",
    [
        Grant("Orders"),
        Grant("orders."),
        Grant("*.read"),
        Grant("orders.read", hidden=frozenset({"cost price"})),
        Grant("orders.read", hidden=frozenset({"phones"})),
        Grant("orders.read", limits={"refund minor": 1}),
        Grant("orders.read", limits={"refund_minor": -1}),
        Grant(
            "orders.read", valid_from=dt.datetime(2026, 1, 2, tzinfo=dt.UTC), valid_until=dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
        ),
        Grant("orders.read", valid_from=dt.datetime(2026, 1, 2)),  # noqa: DTZ001  # naive on purpose
    ],
)
def test_a_grant_that_says_nothing_sensible_is_refused(house: House, grant: Grant) -> None:
    with pytest.raises(InvalidValue) as refused:
        house.role("odd", grant)
    assert refused.value.field == "grants[0]"


@pytest.mark.parametrize("verb", ["orders.reed", "order.read", "orders.read.*", "order.*", "orders.read.all"])
def test_a_verb_that_no_deed_needs_is_refused(house: House, verb: str) -> None:
    role = house.role("reads", Grant("orders.read"))
    odd = (Grant("orders.*"), Grant(verb))
    with pytest.raises(InvalidValue) as refused:
        house.role("odd", *odd)
    assert refused.value.field == "grants[1]"
    with pytest.raises(InvalidValue):
        house.office.perform(change_role, ChangeRole(role.id, role.version, grants=odd), house.system())


@pytest.mark.parametrize("verb", ["*", "orders.*", "access.accounts.*", "ledger.close-period", "pricing.below-floor"])
def test_a_verb_and_whatever_stands_above_one_is_granted(house: House, verb: str) -> None:
    assert [grant.verb for grant in house.role("fine", Grant(verb)).grants] == [verb]


def test_a_role_that_does_not_exist_cannot_be_given(house: House) -> None:
    with pytest.raises(NotFound):
        house.person("li", roles=(Assignment(RoleId(UUID(int=9))),))


def test_a_merchants_administrator_sees_and_makes_only_their_own_people(stored_house: House) -> None:
    house = stored_house
    mine, theirs = MerchantId(UUID(int=71)), MerchantId(UUID(int=72))
    keeps = house.role("merchant admin", *MANAGES, Grant("orders.read"))
    role = (Assignment(keeps.id),)
    house.person("mine", merchant_id=mine, roles=role)
    other = house.person("theirs", merchant_id=theirs, roles=role)
    admin = house.act("mine")
    house.person("helper", merchant_id=mine, roles=role, by=admin)
    seen = house.office.ask(list_accounts, ListAccounts(), admin).items
    assert sorted(account.name for account in seen) == ["helper", "mine"]
    for hidden in (other.id, owner_id(house), AccountId(UUID(int=404))):
        with pytest.raises(NotFound) as refused:
            house.office.ask(find_account, hidden, admin)
        assert refused.value.facts() == {"what": "account", "key": str(hidden)}
        with pytest.raises(NotFound):
            house.credentials.reset_password(hidden, admin)
    for merchant in (theirs, None):
        with pytest.raises(Forbidden):
            house.person("spy", merchant_id=merchant, by=admin)
    with pytest.raises(Forbidden):
        house.role("mine too", Grant("orders.read"), by=admin)


def test_lists_come_in_pages_and_by_state(stored_house: House) -> None:
    people = [stored_house.person(f"p{number}") for number in range(3)]
    gone = stored(stored_house, people[0])
    stored_house.office.perform(disable_account, MoveAccount(gone.id, gone.version), stored_house.system())
    active = ListAccounts(Page(limit=2), AccountState.ACTIVE)
    first = stored_house.office.ask(list_accounts, active, stored_house.system())
    rest = stored_house.office.ask(
        list_accounts, attrs.evolve(active, page=Page(limit=2, cursor=first.next_cursor)), stored_house.system()
    )
    assert {account.name for account in (*first.items, *rest.items)} == {"owner", "p1", "p2"}
    assert (len(first.items), rest.next_cursor) == (2, "")


def test_a_role_comes_back_from_every_store_as_it_was_given(stored_house: House) -> None:
    now = stored_house.clock.now()
    grant = Grant(
        "orders.*",
        within={Dimension.CHANNEL: frozenset({UUID(int=1), UUID(int=2)}), Dimension.WAREHOUSE: frozenset()},
        own_only=True,
        hidden=frozenset({"cost", "phone"}),
        limits={"refund_minor": 5},
        valid_from=now,
        valid_until=now + dt.timedelta(days=1),
    )
    role = stored_house.role("odd", grant, networks=("10.0.0.0/8", "2001:db8::/32"))
    assert stored_house.office.ask(find_role, role.id, stored_house.system()) == role


def test_a_wrong_network_rule_is_lifted_from_inside_the_house(house: House) -> None:
    role = house.role("far", Grant("orders.read"), networks=("192.0.2.0/24",))
    li = house.person("li")
    change(house, li, house.system(), networks=("192.0.2.1/32",), roles=(Assignment(role.id),))
    assert outcome(house, name="li") == "access.address-not-allowed"
    cleared = house.office.perform(clear_rules, ClearRules(li.id), house.system())
    assert (cleared.cleared_roles, cleared.ruling_roles) == ((), ("far",))
    house.office.perform(clear_rules, ClearRules(li.id, with_roles=True), house.system())
    assert outcome(house, name="li") == "in"


def test_enabling_an_open_account_is_refused(house: House) -> None:
    li = stored(house, house.person("li"))
    with pytest.raises(IllegalMove):
        house.office.perform(enable_account, MoveAccount(li.id, li.version), house.system())


def test_every_change_of_an_account_has_its_line(stored_house: House) -> None:
    li = stored_house.person("li")
    changed = change(stored_house, li, stored_house.system(), display_name="Li Na")

    @open_to_anyone
    def lines(views: Any, account: AccountId, _: Act) -> list[str]:
        return [line.event for line in views.timeline.by(OF_DOCUMENT, account)]

    found = stored_house.office.ask(lines, li.id, stored_house.system())
    assert (found, changed.version) == (["opened", "password-changed", "changed"], 3)


def test_who_has_no_verb_makes_nothing(house: House) -> None:
    house.person("li", Grant("orders.read"))
    with pytest.raises(Forbidden):
        house.person("wang", by=house.act("li"))
    with pytest.raises(Forbidden):
        house.office.ask(list_accounts, ListAccounts(), house.act("li"))


def test_the_verbs_of_the_house_are_listed_with_what_they_are_for(house: House) -> None:
    verbs = house.office.ask(list_verbs, None, house.system())
    assert (
        verbs["access.passwords.reset"]
        == "Replace a password by a one-time one; the account's sessions end and its waits are lifted."
    )


def test_a_role_of_another_version_or_none_is_not_changed(house: House) -> None:
    role: Role = house.role("reads", Grant("orders.read"))
    with pytest.raises(VersionConflict):
        house.office.perform(change_role, ChangeRole(role.id, 2, "reads", (), ()), house.system())
    with pytest.raises(NotFound):
        house.office.perform(change_role, ChangeRole(RoleId(UUID(int=9)), 1, "reads", (), ()), house.system())


def test_people_name_themselves_as_they_like_and_nothing_more(stored_house: House) -> None:
    stored_house.person("li")
    named = stored_house.office.perform(change_own_name, ChangeOwnName(2, "李娜"), stored_house.act("li"))
    assert (named.display_name, named.version) == ("李娜", 3)
    with pytest.raises(VersionConflict):
        stored_house.office.perform(change_own_name, ChangeOwnName(2, "Li"), stored_house.act("li"))
