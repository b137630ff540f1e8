"""What the house must be able to read again lies sealed: for its owner alone, under keys that can be changed."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from uuid import UUID

import attrs
import pytest
from hypothesis import given, strategies as st
from sqlalchemy import text

from houtai.adapters.secret_box import AesSecretBox, keys_of, new_key
from houtai.adapters.totp import PyotpCodes
from houtai.application.access.authenticate import Authenticator
from houtai.application.access.reseal import check_secrets, reseal
from houtai.application.office import Office
from houtai.application.secret_box import NoSecretKey, SealBroken
from houtai.domain.ids import AccountId
from houtai.domain.refusal import InvalidValue
from houtai.entrypoints.container import house as wired
from houtai.entrypoints.http.app import app_of
from houtai.entrypoints.settings import Settings
from tests.access.door import House, open_house
from tests.boxes import KEY, OTHER_KEY, a_box


@given(st.text(), st.text(max_size=80))
def test_what_was_sealed_opens_to_the_same_text(plain: str, whose: str) -> None:
    plain, whose = (one.encode("utf-8", "ignore").decode() for one in (plain, whose))
    assert a_box().open(a_box().seal(plain, whose), whose) == plain


def test_the_same_secret_sealed_twice_looks_different_and_never_like_itself() -> None:
    first, second = (a_box().seal("JBSWY3DPEHPK3PXP", "li") for _ in range(2))
    assert first != second
    assert "JBSWY3DPEHPK3PXP" not in first


def test_it_opens_in_no_other_row_and_not_after_a_change() -> None:
    sealed = a_box().seal("secret", "li")
    head, _, body = sealed.rpartition(".")
    for wrong, whose in ((sealed, "wang"), (f"{head}.{body[:-4]}AAAA", "li"), (f"{head}.", "li"), ("secret", "li"), ("", "li")):
        with pytest.raises(SealBroken):
            a_box().open(wrong, whose)


def test_older_keys_open_and_the_first_one_seals() -> None:
    old, both, new = a_box(KEY), a_box(OTHER_KEY, KEY), a_box(OTHER_KEY)
    sealed = old.seal("secret", "li")
    assert both.open(sealed, "li") == "secret"
    assert both.key_of(both.seal("secret", "li")) == new.key_ids()[0] == both.key_ids()[0]
    with pytest.raises(SealBroken, match=old.key_ids()[0]):
        new.open(sealed, "li")


def test_without_a_key_nothing_is_sealed() -> None:
    with pytest.raises(NoSecretKey):
        AesSecretBox(keys_of("", "", "postgresql://houtai@db/houtai")).seal("secret", "li")


@pytest.mark.parametrize("weak", ["short", "", "x" * 31, f"{KEY} short"])
def test_a_weak_key_is_refused_and_not_repeated(weak: str, tmp_path: Path) -> None:
    file = tmp_path / "keys"
    file.write_text(weak)
    with pytest.raises(InvalidValue) as refused:
        AesSecretBox(keys_of("", str(file), "memory://")).key_ids()
    assert not weak or weak not in str(refused.value)


def test_a_key_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidValue, match="cannot be read"):
        AesSecretBox(keys_of("", str(tmp_path / "gone"), "memory://")).key_ids()


def test_an_sqlite_house_makes_its_key_once_and_keeps_it_to_its_owner(tmp_path: Path) -> None:
    boxes = [AesSecretBox(keys_of("", "", f"sqlite:///{tmp_path}/house.db")) for _ in range(8)]
    with ThreadPoolExecutor(8) as pool:
        ids = set(pool.map(AesSecretBox.key_ids, boxes))
    file = tmp_path / "house.db-secret-key"
    assert len(ids) == 1
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [file]


def test_no_store_holds_a_secret_of_one_time_codes_in_clear(sql_store: Any, clock: Any) -> None:
    house = open_house(Office(sql_store, clock), clock)
    totp, _ = house.with_codes()
    with sql_store.engine.connect() as connection:
        kept = connection.execute(text("SELECT totp_secret FROM accounts WHERE totp_secret IS NOT NULL")).scalar_one()
        log = connection.execute(text("SELECT * FROM audit_log")).all()
    assert kept.startswith(f"s1.{a_box().key_ids()[0]}.")
    assert totp.secret not in kept
    assert totp.secret not in str(log) and kept not in str(log)


def test_a_secret_that_was_copied_to_another_account_opens_nothing(house: House) -> None:
    house.person("li")
    codes = PyotpCodes(a_box())
    shared = codes.new_secret(AccountId(UUID(int=1)))
    with pytest.raises(SealBroken):
        codes.step_of(AccountId(UUID(int=2)), shared.sealed, "000000", house.clock.now())


def opened_with(house: House, box: AesSecretBox) -> House:
    return attrs.evolve(house, door=Authenticator(house.office, house.credentials._hasher, PyotpCodes(box)))


def test_keys_are_changed_without_asking_anybody_to_enrol_again(stored_house: House) -> None:
    house, act = stored_house, stored_house.system()
    before = house.act()
    totp, _ = house.with_codes()
    assert reseal(house.office, a_box(OTHER_KEY, KEY), act) == 1
    assert reseal(house.office, a_box(OTHER_KEY, KEY), act) == 0
    turned = opened_with(house, a_box(OTHER_KEY))
    assert turned.enter(code=totp.at(house.clock.now())).account.id == before.actor
    assert check_secrets(house.office, a_box(OTHER_KEY), act) == 1
    assert [entry.outcome for entry in house.log(deed="reseal_codes")] == ["done"]


def test_a_house_whose_key_is_lost_does_not_start_and_says_which(tmp_path: Path) -> None:
    settings = Settings(db=f"sqlite:///{tmp_path}/house.db", secret_key=KEY)
    container = wired(settings)
    house = House(container.office(), container.clock(), container.authenticator(), container.credentials())
    handed = container.credentials().first_start()
    assert handed is not None
    house.settle("owner", handed.password)
    house.credentials.set_up_codes("lantern kettle 42", house.act())
    house.office.close()
    with pytest.raises(SealBroken, match=a_box().key_ids()[0]):
        app_of(wired(attrs.evolve(settings, secret_key=new_key())))
    app_of(wired(attrs.evolve(settings, secret_key=f"{new_key()}, {KEY}")))
