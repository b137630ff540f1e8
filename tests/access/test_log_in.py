"""Coming in by name and password: what opens, what does not, and how long one waits."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import attrs
import pytest

from houtai.adapters.passwords import Argon2Passwords
from houtai.adapters.totp import PyotpCodes
from houtai.application.access.authenticate import Authenticator
from houtai.application.access.change_account import MoveAccount, disable_account, enable_account
from houtai.application.access.credentials import Credentials
from houtai.application.access.end_session import LogOut, log_out
from houtai.application.audit import Category
from houtai.application.office import Office
from houtai.domain.access.account import Assignment
from houtai.domain.access.refusals import (
    AddressNotAllowed,
    LoginRefused,
    TooManyTries,
)
from houtai.domain.access.session import token_hash
from houtai.domain.authority import Grant
from houtai.domain.refusal import Refusal, Unauthenticated
from tests.access.door import ELSEWHERE, HOME, PASSWORD, House, guess, open_house, origin, outcome
from tests.boxes import a_box


def test_the_right_password_opens_a_session_with_the_accounts_rights(stored_house: House) -> None:
    stored_house.person("li", Grant("orders.read"))
    act = stored_house.act("li")
    assert (act.name, act.authority.decide("orders.read", at=act.at).allowed) == ("li", True)


@pytest.mark.parametrize("name", ["LI", " li ", "ｌｉ"])
def test_a_name_is_the_same_in_every_spelling(house: House, name: str) -> None:
    house.person("li")
    assert outcome(house, name=name) == "in"


def test_a_wrong_password_and_a_wrong_name_are_told_apart_only_in_the_log(house: House) -> None:
    refusals = []
    for name in ("owner", "nobody-here"):
        with pytest.raises(LoginRefused) as refused:
            house.enter(name, "wrong guess")
        refusals.append((str(refused.value), refused.value.facts()))
    assert refusals[0] == refusals[1]
    assert house.logins()[-2:] == [
        ("owner", "access.login-refused", "wrong password"),
        ("", "access.login-refused", "no such account"),
    ]


@attrs.define
class CountingPasswords(Argon2Passwords):
    """A hasher that counts its work."""

    verified: int = 0

    def __attrs_pre_init__(self) -> None:
        super().__init__(time_cost=1, memory_kib=8, lanes=1)

    def verify(self, hashed: str, password: str) -> bool:
        self.verified += 1
        return super().verify(hashed, password)


@pytest.mark.parametrize(("name", "hashes"), [("owner", 1), ("nobody-here", 1), ("gone", 1), ("afar", 0)])
def test_every_name_costs_one_hash_and_an_address_refused_costs_none(house: House, name: str, hashes: int) -> None:
    gone = house.person("gone")
    house.office.perform(disable_account, MoveAccount(gone.id, 2), house.system())
    house.person("afar", networks=("192.0.2.1/32",))
    counting = CountingPasswords()
    door = Authenticator(house.office, counting, PyotpCodes(a_box()))
    with pytest.raises(Refusal):
        door.log_in(name, "wrong guess", "", origin())
    assert counting.verified == hashes


def test_a_password_of_a_megabyte_is_just_wrong(house: House) -> None:
    assert outcome(house, password="ﷺ" * 1_000_000) == "access.login-refused"


def test_a_disabled_account_stays_out_even_with_the_right_password(house: House) -> None:
    li = house.person("li")
    house.office.perform(disable_account, MoveAccount(li.id, 2), house.system())
    assert outcome(house, name="li") == "access.login-refused"
    house.office.perform(enable_account, MoveAccount(li.id, 3), house.system())
    assert outcome(house, name="li") == "in"


def test_a_session_ends_at_once_when_its_account_is_disabled(stored_house: House) -> None:
    li = stored_house.person("li")
    token = stored_house.enter("li").token
    stored_house.office.perform(disable_account, MoveAccount(li.id, 2), stored_house.system())
    with pytest.raises(Unauthenticated):
        stored_house.door.act_of_token(token, origin())


def test_every_login_has_a_token_of_its_own(house: House) -> None:
    assert house.enter().token != house.enter().token


@pytest.mark.parametrize("token", ["", "hts_unknown", "\x00", "x" * 10_000])
def test_a_token_that_was_never_given_out_opens_nothing(house: House, token: str) -> None:
    with pytest.raises(Unauthenticated):
        house.door.act_of_token(token, origin())


def test_a_session_ends_after_twelve_hours_however_busy(house: House) -> None:
    token = house.enter().token
    for _ in range(11):
        house.clock.advance(hours=1)
        house.door.act_of_token(token, origin())
    house.clock.advance(hours=1)
    with pytest.raises(Unauthenticated):
        house.door.act_of_token(token, origin())


def test_a_session_ends_after_two_idle_hours_and_each_request_puts_that_off(stored_house: House) -> None:
    token = stored_house.enter().token
    stored_house.clock.advance(minutes=119)
    stored_house.door.act_of_token(token, origin())
    stored_house.clock.advance(minutes=119)
    stored_house.door.act_of_token(token, origin())
    stored_house.clock.advance(minutes=120)
    with pytest.raises(Unauthenticated):
        stored_house.door.act_of_token(token, origin())


def test_a_stranger_who_guesses_waits_and_the_right_password_does_not_help(stored_house: House) -> None:
    stored_house.person("li")
    tried = guess(stored_house, 7, name="li", address=ELSEWHERE)
    assert tried == ["access.login-refused"] * 5 + ["access.too-many-tries"] * 2
    assert outcome(stored_house, name="li", address=ELSEWHERE) == "access.too-many-tries"
    stored_house.clock.advance(seconds=61)
    assert outcome(stored_house, name="li", address=ELSEWHERE) == "in"


def test_the_wait_is_told_and_grows_with_each_further_failure(house: House) -> None:
    waits = []
    for _ in range(8):
        guess(house, 5, name="owner", address=ELSEWHERE)
        with pytest.raises(TooManyTries) as refused:
            house.enter(address=ELSEWHERE)
        waits.append(refused.value.retry_after_s)
        house.clock.advance(seconds=refused.value.retry_after_s)
    assert waits == [60, 120, 240, 480, 900, 900, 900, 900]


def test_strangers_from_everywhere_cannot_keep_an_owner_out_of_their_own_place(house: House) -> None:
    house.enter(address=HOME)
    for number in range(1, 40):
        guess(house, 3, name="owner", address=f"198.51.100.{number}")
    assert outcome(house, address="192.0.2.99") == "access.too-many-tries"  # the name is closed to strangers
    assert outcome(house, address=HOME) == "in"


def test_a_crowd_behind_the_owners_own_address_cannot_keep_them_out_either(house: House) -> None:
    house.enter(address=HOME)
    for number in range(30):
        guess(house, 1, name=f"stranger{number}", address=HOME)
    assert outcome(house, name="stranger1", address=HOME) == "access.too-many-tries"
    assert outcome(house, address=HOME) == "in"


def test_guesses_from_the_owners_own_address_are_bounded_as_well(house: House) -> None:
    house.enter(address=HOME)
    assert guess(house, 6, address=HOME)[-1] == "access.too-many-tries"
    house.clock.advance(minutes=15)
    assert outcome(house, address=HOME) == "in"


def test_an_address_that_tries_many_names_waits_for_all_of_them(house: House) -> None:
    house.person("li")
    tried = [guess(house, 1, name=f"name{number}", address=ELSEWHERE)[0] for number in range(21)]
    assert tried == ["access.login-refused"] * 20 + ["access.too-many-tries"]
    assert outcome(house, name="li", address=ELSEWHERE) == "access.too-many-tries"


def test_twenty_wrong_passwords_close_the_name_and_the_address(house: House) -> None:
    house.person("li")
    guess(house, 20, name="owner", address=ELSEWHERE)
    assert outcome(house, name="owner", address="192.0.2.1") == "access.too-many-tries"
    assert outcome(house, name="li", address=ELSEWHERE) == "access.too-many-tries"


def test_neighbours_in_one_ipv6_network_share_one_count(house: House) -> None:
    for number in range(20):
        guess(house, 1, name=f"name{number}", address=f"2001:db8:0:1::{number:x}")
    assert outcome(house, name="anyone", address="2001:db8:0:1:ffff::1") == "access.too-many-tries"


def test_a_place_is_forgotten_after_ninety_days(house: House) -> None:
    house.enter(address=HOME)
    house.clock.advance(days=91)
    guess(house, 5, name="owner", address=ELSEWHERE)
    assert outcome(house, address=HOME) == "access.too-many-tries"


def test_parallel_guesses_cannot_outrun_the_count(stored_house: House) -> None:
    stored_house.person("li")
    with ThreadPoolExecutor(6) as pool:
        tried = list(pool.map(lambda _: guess(stored_house, 2, name="li", address=ELSEWHERE), range(6)))
    flat = [one for pair in tried for one in pair]
    assert (flat.count("access.login-refused"), flat.count("access.too-many-tries")) == (5, 7)


def test_a_login_from_outside_the_accounts_networks_is_refused_before_the_password_and_logged(stored_house: House) -> None:
    stored_house.person("li", networks=("203.0.113.0/29",))
    codes = [outcome(stored_house, name="li", password=text, address=ELSEWHERE) for text in (PASSWORD, "wrong guess")]
    assert codes == ["access.address-not-allowed"] * 2
    assert stored_house.logins()[-1] == ("li", "access.address-not-allowed", "")


def test_a_roles_networks_bind_everybody_who_holds_it(house: House) -> None:
    role = house.role("night shift", Grant("orders.read"), networks=("203.0.113.0/29",))
    ends = house.clock.now() + dt.timedelta(days=1)
    house.person("li", roles=(Assignment(role.id, None, ends),))
    assert outcome(house, name="li", address=ELSEWHERE) == "access.address-not-allowed"
    house.clock.advance(days=2)
    assert outcome(house, name="li", address=ELSEWHERE) == "in"  # the role is over, and its rule with it


def test_a_session_carried_outside_the_networks_opens_nothing_and_is_logged(house: House) -> None:
    house.person("li", networks=("203.0.113.0/29",))
    token = house.enter("li", address="203.0.113.1").token
    with pytest.raises(AddressNotAllowed):
        house.door.act_of_token(token, origin(ELSEWHERE))
    assert house.log(outcome="access.address-not-allowed")[0].deed == "use_session"


def test_a_stolen_session_that_keeps_knocking_is_not_listened_to_any_more(house: House) -> None:
    house.person("li", networks=("203.0.113.0/29",))
    token = house.enter("li", address="203.0.113.1").token
    for _ in range(20):
        with pytest.raises(AddressNotAllowed):
            house.door.act_of_token(token, origin(ELSEWHERE))
    with pytest.raises(TooManyTries):
        house.door.act_of_token(token, origin(ELSEWHERE))
    assert len(house.log(outcome="access.address-not-allowed")) == 20


def test_a_login_with_an_older_hash_renews_it(house: House, clock: Any) -> None:
    stronger = Argon2Passwords(time_cost=2, memory_kib=8, lanes=1)
    door = Authenticator(house.office, stronger, PyotpCodes(a_box()))
    assert stronger.outdated(door.log_in("owner", PASSWORD, "", origin()).account.password_hash)
    assert not stronger.outdated(door.log_in("owner", PASSWORD, "", origin()).account.password_hash)


def test_the_house_has_no_password_before_its_first_start_and_one_owner_after_it(office: Office, clock: Any) -> None:
    house = open_house(office, clock)
    assert house.credentials.first_start() is None
    assert [outcome(house, name=name, password=name) for name in ("admin", "owner", "root")] == ["access.login-refused"] * 3


def test_of_many_first_starts_at_once_one_opens_the_house(store: Any, clock: Any) -> None:
    credentials = Credentials(Office(store, clock), Argon2Passwords(time_cost=1, memory_kib=8, lanes=1), PyotpCodes(a_box()))
    with ThreadPoolExecutor(4) as pool:
        handed = list(pool.map(lambda _: credentials.first_start(), range(4)))
    assert sum(one is not None for one in handed) == 1


def test_every_login_and_logout_has_its_line(house: House) -> None:
    token = house.enter().token
    act = house.door.act_of_token(token, origin())
    house.office.perform(log_out, LogOut(token_hash(token)), act)
    with pytest.raises(Unauthenticated):
        house.door.act_of_token(token, origin())
    lines = house.log(actor=act.actor)[:3]
    assert [(line.deed, line.outcome, line.address) for line in lines] == [
        ("use_session", "unauthenticated", HOME),
        ("log_out", "done", HOME),
        ("open_session", "done", HOME),
    ]


def test_a_credential_that_opens_nothing_is_logged_once_a_minute_however_often_it_is_shown(house: House) -> None:
    for _ in range(5):
        for call in (house.door.act_of_token, house.door.act_of_api_key):
            with pytest.raises(Unauthenticated):
                call("hts_guess", origin(ELSEWHERE))
    told = [(line.deed, line.outcome, line.address) for line in house.log(category=Category.LOGIN, outcome="unauthenticated")]
    assert told == [("use_api_key", "unauthenticated", ELSEWHERE), ("use_session", "unauthenticated", ELSEWHERE)]
    house.clock.advance(seconds=61)
    with pytest.raises(Unauthenticated):
        house.door.act_of_token("hts_guess", origin(ELSEWHERE))
    assert len(house.log(outcome="unauthenticated")) == 3


def test_the_log_holds_no_password_token_or_hash(house: House) -> None:
    token = house.enter().token
    house.person("li", Grant("orders.read"))
    outcome(house, name=PASSWORD, password="owner")
    lines = str(house.log())
    assert [secret in lines for secret in (PASSWORD, token, "argon2")] == [False, False, False]
