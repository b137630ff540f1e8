"""One-time passwords, and choosing one's own: how long they count, which sessions they end, and how often one may guess."""

from __future__ import annotations

from uuid import UUID

import pytest

from houtai.domain.access.refusals import (
    PasswordChangeNeeded,
    TooManyTries,
    WeakPassword,
    WrongPassword,
)
from houtai.domain.ids import AccountId
from houtai.domain.refusal import Kind, Unauthenticated
from tests.access.door import ELSEWHERE, PASSWORD, House, guess, origin, outcome


def test_a_one_time_password_opens_nothing_but_its_own_change(house: House) -> None:
    handed = house.credentials.open_account(AccountId(UUID(int=77)), "li", "Li", house.system())
    token = house.enter("li", handed.password).token
    with pytest.raises(PasswordChangeNeeded):
        house.door.act_of_token(token, origin())
    act = house.door.act_of_token(token, origin(), with_one_time_password=True)
    house.credentials.change_own_password(handed.password, PASSWORD, act, keep_token=token)
    assert house.door.act_of_token(token, origin()).name == "li"


def test_a_one_time_password_is_dead_an_hour_after_its_first_login(stored_house: House) -> None:
    handed = stored_house.credentials.open_account(AccountId(UUID(int=77)), "li", "Li", stored_house.system())
    stored_house.enter("li", handed.password)
    stored_house.clock.advance(minutes=59)
    stored_house.enter("li", handed.password)
    stored_house.clock.advance(minutes=1)
    assert outcome(stored_house, name="li", password=handed.password) == "access.login-refused"


def test_the_first_login_puts_off_no_earlier_end_of_a_one_time_password(house: House) -> None:
    handed = house.credentials.open_account(AccountId(UUID(int=77)), "li", "Li", house.system())
    house.clock.advance(days=2, hours=23, minutes=50)
    house.enter("li", handed.password)
    house.clock.advance(minutes=10)
    assert outcome(house, name="li", password=handed.password) == "access.login-refused"


def test_a_one_time_password_carries_one_session_at_a_time(stored_house: House) -> None:
    handed = stored_house.credentials.open_account(AccountId(UUID(int=77)), "li", "Li", stored_house.system())
    first, second = (stored_house.enter("li", handed.password).token for _ in range(2))
    with pytest.raises(Unauthenticated):
        stored_house.door.act_of_token(first, origin(), with_one_time_password=True)
    act = stored_house.door.act_of_token(second, origin(), with_one_time_password=True)
    stored_house.credentials.change_own_password(handed.password, PASSWORD, act, keep_token=second)
    assert stored_house.enter("li").must_change_password is False


def test_a_password_of_ones_own_has_no_end_and_any_number_of_sessions(house: House) -> None:
    first = house.enter().token
    house.clock.advance(hours=1)
    house.enter()
    assert house.door.act_of_token(first, origin()).name == "owner"


def test_a_one_time_password_dies_after_three_days(house: House) -> None:
    handed = house.credentials.open_account(AccountId(UUID(int=77)), "li", "Li", house.system())
    house.clock.advance(days=3)
    assert outcome(house, name="li", password=handed.password) == "access.login-refused"


def test_a_new_password_ends_every_other_session(stored_house: House) -> None:
    here, there = stored_house.enter().token, stored_house.enter().token
    act = stored_house.door.act_of_token(here, origin())
    stored_house.credentials.change_own_password(PASSWORD, "another lantern 43", act, keep_token=here)
    assert stored_house.door.act_of_token(here, origin()).name == "owner"
    with pytest.raises(Unauthenticated):
        stored_house.door.act_of_token(there, origin())
    assert outcome(stored_house, password=PASSWORD) == "access.login-refused"


def test_a_weak_new_password_is_refused(house: House) -> None:
    with pytest.raises(WeakPassword):
        house.credentials.change_own_password(PASSWORD, "owner2026", house.act())


def test_guessing_the_present_password_inside_a_session_is_bounded(house: House) -> None:
    act = house.act()
    refused = []
    for _ in range(6):
        with pytest.raises((WrongPassword, TooManyTries)) as caught:
            house.credentials.change_own_password("wrong guess", "another lantern 43", act)
        refused.append(caught.value.kind)
    assert refused == [Kind.FORBIDDEN] * 5 + [Kind.LIMITED]


def test_a_reset_password_ends_the_sessions_and_lifts_the_waits(house: House) -> None:
    li = house.person("li")
    token = house.enter("li").token
    guess(house, 6, name="li", address=ELSEWHERE)
    handed = house.credentials.reset_password(li.id, house.system())
    with pytest.raises(Unauthenticated):
        house.door.act_of_token(token, origin())
    assert outcome(house, name="li", password=handed.password, address=ELSEWHERE) == "in"
