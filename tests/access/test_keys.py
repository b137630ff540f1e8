"""API keys: a machine's way in, with no more rights than its owner, from its own networks, for a limited time."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

import attrs
import pytest

from houtai.application.access.change_account import MoveAccount, disable_account
from houtai.application.access.credentials import IssuedKey
from houtai.application.access.issue_key import RevokeApiKey, revoke_api_key, revoke_own_api_key
from houtai.application.access.queries import list_keys_of, list_own_keys
from houtai.application.access.shape_role import ChangeRole, change_role
from houtai.domain.access.account import Account, Assignment
from houtai.domain.access.refusals import AddressNotAllowed, NotHeld
from houtai.domain.act import Act
from houtai.domain.authority import Dimension, Grant, Scope
from houtai.domain.ids import ApiKeyId, uuid7
from houtai.domain.refusal import Forbidden, IllegalMove, InvalidValue, NotFound, Unauthenticated
from tests.access.door import ELSEWHERE, House, origin

SHOP, OTHER = UUID(int=501), UUID(int=502)
READS = Grant("orders.read", within={Dimension.CHANNEL: frozenset({SHOP, OTHER})})
ONE_SHOP = attrs.evolve(READS, within={Dimension.CHANNEL: frozenset({SHOP})})


def issue(house: House, act: Act, *grants: Grant, days: int = 30, networks: tuple[str, ...] = ()) -> IssuedKey:
    """A key of the act's account."""
    key = ApiKeyId(uuid7(house.clock.now()))
    expires = house.clock.now() + dt.timedelta(days=days)
    return house.credentials.issue_api_key(key, "robot", grants or (ONE_SHOP,), expires, act, networks=networks)


@pytest.fixture
def li(stored_house: House) -> Account:
    """Somebody who reads the orders of two shops."""
    return stored_house.person("li", READS, Grant("orders.cancel"))


def test_a_key_opens_with_its_part_of_its_owners_rights(stored_house: House, li: Account) -> None:
    act = stored_house.door.act_of_api_key(issue(stored_house, stored_house.act("li")).secret, origin())
    deeds = [("orders.read", SHOP), ("orders.read", OTHER), ("orders.cancel", SHOP), ("access.own", None)]
    allowed = [act.authority.decide(verb, Scope(channel=shop), at=act.at).allowed for verb, shop in deeds]
    assert (act.actor, allowed) == (li.id, [True, False, False, False])


@pytest.mark.parametrize("grant", [Grant("*"), Grant("orders.read"), Grant("payments.refund")])
def test_nobody_issues_a_key_with_rights_beyond_their_own(house: House, grant: Grant) -> None:
    house.person("li", READS)
    with pytest.raises(NotHeld):
        issue(house, house.act("li"), grant)


def test_even_the_owners_key_to_everything_is_no_way_to_make_keys_or_change_passwords(house: House) -> None:
    act = house.door.act_of_api_key(issue(house, house.act(), Grant("*")).secret, origin())
    assert act.authority.decide("orders.cancel", at=act.at).allowed
    with pytest.raises(Forbidden):
        issue(house, act, Grant("orders.read"))


def test_a_key_loses_what_its_owner_loses(stored_house: House) -> None:
    role = stored_house.role("reads", READS, Grant("orders.cancel"))
    stored_house.person("li", roles=(Assignment(role.id),))
    secret = issue(stored_house, stored_house.act("li"), READS, Grant("orders.cancel")).secret
    stored_house.office.perform(change_role, ChangeRole(role.id, 1, "reads", (ONE_SHOP,), ()), stored_house.system())
    act = stored_house.door.act_of_api_key(secret, origin())
    deeds = [("orders.read", SHOP), ("orders.read", OTHER), ("orders.cancel", SHOP)]
    assert [act.authority.decide(verb, Scope(channel=shop), at=act.at).allowed for verb, shop in deeds] == [True, False, False]


def test_a_key_opens_no_more_once_it_is_revoked_expired_or_its_account_disabled(stored_house: House, li: Account) -> None:
    house = stored_house
    revoked, expired, orphaned = (issue(house, house.act("li"), days=days) for days in (30, 1, 30))
    house.office.perform(revoke_own_api_key, RevokeApiKey(revoked.key.id), house.act("li"))
    with pytest.raises(Unauthenticated):
        house.door.act_of_api_key(revoked.secret, origin())
    house.clock.advance(days=1)
    with pytest.raises(Unauthenticated):
        house.door.act_of_api_key(expired.secret, origin())
    assert house.door.act_of_api_key(orphaned.secret, origin()).name == "li"
    house.office.perform(disable_account, MoveAccount(li.id, 2), house.system())
    with pytest.raises(Unauthenticated):
        house.door.act_of_api_key(orphaned.secret, origin())


def test_a_key_opens_from_its_own_networks_and_its_accounts_only(house: House) -> None:
    house.person("li", READS, networks=("203.0.113.0/24",))
    secret = issue(house, house.act("li"), networks=("203.0.113.64/26", "192.0.2.0/24")).secret
    assert house.door.act_of_api_key(secret, origin("203.0.113.65")).name == "li"
    for address in ("203.0.113.7", "192.0.2.1", ELSEWHERE, "unknown"):
        with pytest.raises(AddressNotAllowed):
            house.door.act_of_api_key(secret, origin(address))
    assert house.log(outcome="access.address-not-allowed")[0].deed == "use_api_key"


@pytest.mark.parametrize(
    "damage", [lambda s: s[:-1] + "?", lambda s: s[:17], lambda s: "", lambda s: s.upper(), lambda s: "htk__"]
)
def test_a_damaged_secret_opens_nothing(house: House, damage: object) -> None:
    house.person("li", READS)
    secret = issue(house, house.act("li")).secret
    assert callable(damage)
    with pytest.raises(Unauthenticated):
        house.door.act_of_api_key(damage(secret), origin())


def test_a_key_for_a_verb_that_no_deed_needs_is_refused(house: House) -> None:
    house.person("li", Grant("*"))
    with pytest.raises(InvalidValue) as refused:
        issue(house, house.act("li"), Grant("orders.reed"))
    assert refused.value.field == "grants[0]"


@pytest.mark.parametrize("days", [-1, 0, 367])
def test_a_key_lives_for_a_year_at_most_and_has_an_end(house: House, days: int) -> None:
    house.person("li", READS)
    with pytest.raises(InvalidValue):
        issue(house, house.act("li"), days=days)


def test_keys_are_revoked_by_their_owner_or_an_administrator_and_once(house: House) -> None:
    li = house.person("li", READS)
    house.person("wang", READS)
    first, second = issue(house, house.act("li")).key, issue(house, house.act("li")).key
    with pytest.raises(NotFound):
        house.office.perform(revoke_own_api_key, RevokeApiKey(first.id), house.act("wang"))
    house.office.perform(revoke_own_api_key, RevokeApiKey(first.id), house.act("li"))
    house.office.perform(revoke_api_key, RevokeApiKey(second.id, "left the company"), house.system())
    with pytest.raises(IllegalMove):
        house.office.perform(revoke_api_key, RevokeApiKey(second.id), house.system())
    states = [key.state for key in house.office.ask(list_keys_of, li.id, house.system())]
    assert states == ["revoked", "revoked"]
    assert house.office.ask(list_own_keys, None, house.act("wang")) == ()


def test_a_key_whose_owner_has_a_one_time_password_rests(house: House) -> None:
    li = house.person("li", READS)
    secret = issue(house, house.act("li")).secret
    house.credentials.reset_password(li.id, house.system())
    with pytest.raises(Unauthenticated):
        house.door.act_of_api_key(secret, origin())
