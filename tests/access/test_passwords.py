"""Which passwords are good enough, and that their hash keeps them."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from houtai.adapters.passwords import Argon2Passwords
from houtai.domain.access.passwords import MAX_LENGTH, check_password, typed_password
from houtai.domain.access.refusals import WeakPassword

CHEAP = Argon2Passwords(time_cost=1, memory_kib=8, lanes=1)


@pytest.mark.parametrize(
    ("password", "rule"),
    [
        ("short", "must have at least 12 characters"),
        ("x9" * 65, "must have at most 128 characters"),
        ("aaaaaaaaaaaaaaa", "must have at least 5 different characters"),
        ("zhang-wei-2026-01", "must not be made of the account's name"),
        ("mynameiszhangwei", "must not be made of the account's name"),
        *((text, "must not be a common one") for text in ("Password2026!!", "P@ssw0rd1234", "qwertyuiop123", "1qaz2wsx3edc")),
        *((text, "must not be a common one") for text in ("correct horse battery staple", "houtai123456", "woaini1314520")),
    ],
)
def test_a_weak_password_is_refused_with_the_rule_it_breaks(password: str, rule: str) -> None:
    with pytest.raises(WeakPassword) as refused:
        check_password(password, "zhangwei", "Zhang Wei")
    assert refused.value.rule == rule


@pytest.mark.parametrize(
    "password", ["lantern kettle 42", "839201746512", "tr0ub4dor&3xyz", "青山绿水一叶扁舟随风去了", "K7#mQz!v9Lw2"]
)
def test_a_strong_password_needs_no_special_signs(password: str) -> None:
    assert check_password(password, "zhangwei", "Zhang Wei") == password


@given(st.text(min_size=0, max_size=300), st.text(max_size=20), st.text(max_size=40))
def test_any_text_is_either_taken_or_refused(password: str, name: str, shown: str) -> None:
    try:
        assert 12 <= len(check_password(password, name, shown)) <= MAX_LENGTH
    except WeakPassword as refused:
        assert refused.rule.startswith("must")


def test_the_same_signs_from_another_keyboard_are_the_same_password() -> None:
    assert typed_password("ｌａｎｔｅｒｎ") == typed_password("lantern")


def test_a_hash_knows_its_password_and_no_other() -> None:
    hashed = CHEAP.hash("lantern kettle 42")
    assert [CHEAP.verify(hashed, text) for text in ("lantern kettle 42", "lantern kettle 43", "")] == [True, False, False]
    assert hashed.startswith("$argon2id$")


def test_what_is_no_hash_opens_to_nobody() -> None:
    assert not CHEAP.verify("!", "lantern kettle 42")


def test_a_hash_with_weaker_settings_is_outdated() -> None:
    stronger = Argon2Passwords(time_cost=2, memory_kib=8, lanes=1)
    assert [stronger.outdated(CHEAP.hash("x")), CHEAP.outdated(CHEAP.hash("x"))] == [True, False]
