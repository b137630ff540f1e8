"""One-time codes: asked for once they are on, used once each, with recovery codes for a lost telephone."""

from __future__ import annotations

import datetime as dt
from typing import Final

import pytest

from houtai.domain.access.refusals import CodeNeeded, CodesAlreadyOn, CodesNotSetUp, LoginRefused, WrongCode, WrongPassword
from houtai.domain.authority import Grant
from tests.access.door import ELSEWHERE, PASSWORD, House, origin, outcome

STEP: Final = dt.timedelta(seconds=30)


def test_login_asks_for_a_code_once_it_is_confirmed_and_not_before(stored_house: House) -> None:
    secret = stored_house.credentials.set_up_codes(PASSWORD, stored_house.act())
    assert secret.uri.startswith("otpauth://totp/Houtai:owner?secret=")
    assert outcome(stored_house) == "in"
    stored_house.with_codes()
    assert outcome(stored_house) == "access.code-needed"


def test_the_right_code_opens_once(stored_house: House) -> None:
    totp, _ = stored_house.with_codes()
    code = totp.at(stored_house.clock.now())
    assert [outcome(stored_house, code=code), outcome(stored_house, code=code)] == ["in", "access.login-refused"]


def test_an_older_code_is_dead_once_a_newer_one_was_used(house: House) -> None:
    totp, _ = house.with_codes()
    older, newer = totp.at(house.clock.now()), totp.at(house.clock.now() + 1 * STEP)
    assert [outcome(house, code=newer), outcome(house, code=older)] == ["in", "access.login-refused"]


def test_a_clock_one_step_off_is_forgiven_two_are_not(house: House) -> None:
    totp, _ = house.with_codes()
    house.clock.advance(minutes=5)
    assert outcome(house, code=totp.at(house.clock.now() + -2 * STEP)) == "access.login-refused"
    assert outcome(house, code=totp.at(house.clock.now() + -1 * STEP)) == "in"


@pytest.mark.parametrize("code", ["000000", "12345", "１２３４５６", "abc", "AAAA-BBBB-CCCC-DDDD"])
def test_a_wrong_code_opens_nothing(house: House, code: str) -> None:
    house.with_codes()
    assert outcome(house, code=code) == "access.login-refused"


def test_guessing_codes_is_counted_and_asking_without_one_is_not(house: House) -> None:
    house.with_codes()
    without = [outcome(house, address=ELSEWHERE) for _ in range(8)]
    guessed = [outcome(house, code="000000", address=ELSEWHERE) for _ in range(6)]
    assert without == ["access.code-needed"] * 8
    assert guessed == ["access.login-refused"] * 5 + ["access.too-many-tries"]


def test_a_code_is_asked_for_only_after_the_right_password(house: House) -> None:
    house.with_codes()
    with pytest.raises(LoginRefused):
        house.enter(password="wrong guess")
    with pytest.raises(CodeNeeded):
        house.enter()


def test_each_recovery_code_opens_once_however_it_is_spelt(stored_house: House) -> None:
    _, recovery = stored_house.with_codes()
    assert len(set(recovery)) == 10
    spelt = recovery[0].lower().replace("-", " ")
    assert [outcome(stored_house, code=spelt), outcome(stored_house, code=recovery[0])] == ["in", "access.login-refused"]
    assert outcome(stored_house, code=recovery[1]) == "in"


def test_codes_need_the_password_to_be_set_up_or_switched_off(house: House) -> None:
    act = house.act()
    with pytest.raises(WrongPassword):
        house.credentials.set_up_codes("wrong guess", act)
    with pytest.raises(CodesNotSetUp):
        house.credentials.confirm_codes("000000", act)
    with pytest.raises(CodesNotSetUp):
        house.credentials.drop_codes(PASSWORD, act)


def test_codes_are_not_switched_on_by_a_wrong_first_code(house: House) -> None:
    act = house.act()
    house.credentials.set_up_codes(PASSWORD, act)
    with pytest.raises(WrongCode):
        house.credentials.confirm_codes("000000", act)
    assert outcome(house) == "in"


def test_codes_that_are_on_cannot_be_set_up_over(house: House) -> None:
    totp, _ = house.with_codes()
    act = house.door.act_of_token(house.enter(code=totp.at(house.clock.now())).token, origin())
    with pytest.raises(CodesAlreadyOn):
        house.credentials.set_up_codes(PASSWORD, act)
    house.credentials.drop_codes(PASSWORD, act)
    assert outcome(house) == "in"


def test_a_reset_after_a_lost_telephone_switches_codes_off(house: House) -> None:
    li = house.person("li", Grant("orders.read"))
    house.with_codes("li")
    handed = house.credentials.reset_password(li.id, house.system(), without_codes=True)
    assert outcome(house, name="li", password=handed.password) == "in"
