"""Accounts from the machine itself: the first owner, new passwords, and the way back in for whoever is locked out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import attrs
import pytest

from houtai.application.access.change_account import ChangeAccount, change_account
from houtai.application.access.clear_rules import ClearRules, clear_rules
from houtai.application.access.operation_log import ListLog, list_log
from houtai.application.access.shape_role import ChangeRole, change_role
from houtai.application.audit import AuditEntry
from houtai.application.office import Office
from houtai.domain.access.account import Account
from houtai.domain.access.refusals import AddressNotAllowed, LoginRefused, NotHeld, TooManyTries
from houtai.domain.act import Act, Entry, Origin
from houtai.domain.authority import Authority, Grant
from houtai.domain.ids import AccountId
from houtai.domain.refusal import Forbidden, NotFound
from houtai.entrypoints.container import Container, house
from houtai.entrypoints.settings import Settings
from tests.access.door import PASSWORD, House, open_house
from tests.cli.conftest import Program
from tests.conftest import StillClock

OFFICE, ELSEWHERE = "10.1.2.3", "203.0.113.9"


@pytest.fixture
def container(db: str) -> Iterator[Container]:
    """The same house from inside."""
    opened = house(Settings(db=db))
    yield opened
    opened.office().close()


def enter(container: Container, name: str, password: str, address: str = OFFICE) -> Account:
    return container.authenticator().log_in(name, password, "", Origin(Entry.HTTP, address)).account


def last_deed(container: Container) -> AuditEntry:
    office = container.office()
    return office.ask(list_log, ListLog(), office.act_of_system()).items[0].entry


def test_the_first_owner_gets_a_password_once(houtai: Program, db: str, container: Container) -> None:
    ran = houtai("user", "first", "--db", db, "--json")
    handed = ran.json()
    assert (ran.code, handed["name"], handed["valid_until"]) == (0, "owner", None)
    assert enter(container, "owner", handed["one_time_password"]).must_change_password
    again = houtai("user", "first", "--db", db, "--json")
    assert (again.code, again.out, again.error()["code"]) == (3, "", "already-exists")


def test_the_first_owner_may_have_another_name_and_a_new_file(houtai: Program, tmp_path: Path) -> None:
    ran = houtai("user", "first", "--name", "not a name", "--json")
    assert (ran.code, ran.error()["field"]) == (3, "name")
    assert (tmp_path / "houtai.db").exists()


def test_accounts_are_listed_without_what_lets_one_in(houtai: Program, db: str) -> None:
    password = houtai("user", "first", "--name", "laoban", "--db", db, "--json").json()["one_time_password"]
    listed = houtai("user", "list", "--db", db, "--json").json()["accounts"]
    assert [(one["name"], one["state"], one["must_change_password"]) for one in listed] == [("laoban", "active", True)]
    assert not {"password_hash", "totp"} & set(listed[0])
    table = houtai("user", "list", "--db", db).out
    assert "laoban" in table
    assert password not in table


def test_a_reset_password_replaces_the_old_one_and_is_logged(houtai: Program, db: str, container: Container) -> None:
    old = houtai("user", "first", "--db", db, "--json").json()["one_time_password"]
    new = houtai("user", "reset-password", "OWNER", "--db", db, "--json").json()["one_time_password"]
    logged = last_deed(container)
    assert (logged.deed, logged.entry, new in str(logged)) == ("reset_password", "command-line", False)
    with pytest.raises(LoginRefused):
        enter(container, "owner", old)
    assert enter(container, "owner", new).name == "owner"


def test_secrets_are_sealed_anew_under_the_first_key(
    houtai: Program, db: str, container: Container, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner = container.credentials().first_start()
    assert owner is not None
    opened = House(container.office(), container.clock(), container.authenticator(), container.credentials())
    opened.settle("owner", owner.password)
    opened.credentials.set_up_codes(PASSWORD, opened.act(address=OFFICE))
    beside = Path(f"{db.removeprefix('sqlite:///')}-secret-key").read_text()
    monkeypatch.setenv("HOUTAI_SECRET_KEY", f"{'n' * 40} {beside}")
    assert houtai("user", "reseal", "--db", db, "--json").json() == {"resealed": 1}
    assert houtai("user", "reseal", "--db", db, "--json").json() == {"resealed": 0}
    monkeypatch.setenv("HOUTAI_SECRET_KEY", "o" * 40)
    refused = houtai("user", "reseal", "--db", db, "--json")
    assert (refused.code, refused.error()["code"]) == (4, "seal-broken")
    assert "n" * 40 not in refused.err + refused.out


def test_a_name_that_nobody_has_is_refused(houtai: Program, db: str) -> None:
    for call in ("reset-password", "clear-rules", "disable", "enable"):
        ran = houtai("user", call, "nobody", "--db", db, "--json")
        assert (ran.code, ran.error()["code"], ran.error()["key"]) == (3, "not-found", "nobody")


def test_the_last_owner_is_not_disabled_another_account_is(houtai: Program, db: str, container: Container) -> None:
    houtai("user", "first", "--db", db)
    assert houtai("user", "disable", "owner", "--db", db, "--json").error()["code"] == "access.last-administrator"
    act = container.office().act_of_system()
    clerk = container.credentials().open_account(AccountId(act.actor), "clerk", "Clerk", act)
    assert houtai("user", "disable", "clerk", "--reason", "has left", "--db", db, "--json").json()["state"] == "disabled"
    assert last_deed(container).reason == "has left"
    with pytest.raises(LoginRefused):
        enter(container, "clerk", clerk.password)
    assert houtai("user", "enable", "clerk", "--db", db).out == "clerk is active.\n"


def test_cleared_rules_let_the_owner_in_from_everywhere(houtai: Program, db: str, container: Container) -> None:
    password = houtai("user", "first", "--db", db, "--json").json()["one_time_password"]
    owner = enter(container, "owner", password)
    act = container.office().act_of_system()
    shut = ChangeAccount(owner.id, owner.version, owner.display_name, owner.roles, ("10.0.0.0/8",))
    container.office().perform(change_account, shut, act)
    with pytest.raises(AddressNotAllowed):
        enter(container, "owner", password, ELSEWHERE)
    assert houtai("user", "clear-rules", "owner", "--db", db).code == 0
    assert enter(container, "owner", password, ELSEWHERE).name == "owner"


def test_a_roles_rule_is_named_and_cleared_when_asked(houtai: Program, db: str, container: Container) -> None:
    password = houtai("user", "first", "--db", db, "--json").json()["one_time_password"]
    owner = enter(container, "owner", password)
    act = container.office().act_of_system()
    shut = ChangeRole(owner.roles[0].role_id, 1, "owner", (Grant("*"),), ("10.0.0.0/8",))
    container.office().perform(change_role, shut, act)
    left = houtai("user", "clear-rules", "owner", "--db", db, "--json").json()
    assert left == {"name": "owner", "cleared_roles": [], "ruling_roles": ["owner"]}
    with pytest.raises(AddressNotAllowed):
        enter(container, "owner", password, ELSEWHERE)
    told = houtai("user", "clear-rules", "owner", "--with-roles", "--db", db).out
    assert "The rule of the role owner is cleared" in told
    assert enter(container, "owner", password, ELSEWHERE).name == "owner"


@pytest.fixture
def door(office: Office, clock: StillClock) -> House:
    """A house with an owner, on every adapter."""
    return open_house(office, clock)


def fail_to_enter(door: House, name: str) -> None:
    """Somebody tries wrong passwords until they have to wait."""
    with pytest.raises(TooManyTries):
        for _ in range(30):
            with pytest.raises(LoginRefused):
                door.enter(name, "wrong and wrong again", address=ELSEWHERE)


def test_clearing_rules_lifts_the_waits_after_wrong_passwords(door: House) -> None:
    clerk = door.person("clerk")
    fail_to_enter(door, "clerk")
    door.office.perform(clear_rules, ClearRules(clerk.id), door.system())
    assert door.enter("clerk", address="198.51.100.77").account.name == "clerk"


def test_nobody_clears_the_rules_of_whoever_may_do_more(door: House, office: Office) -> None:
    owner = door.act().actor
    weak = Authority(owner, (Grant("access.accounts.write"),))
    act = attrs.evolve(door.system(), actor=owner, authority=weak)
    with pytest.raises(NotHeld):
        office.perform(clear_rules, ClearRules(AccountId(owner)), act)
    with pytest.raises(Forbidden):
        office.perform(clear_rules, ClearRules(AccountId(owner), with_roles=True), act)
    with pytest.raises(NotFound):
        office.perform(clear_rules, ClearRules(AccountId(Act.of_nobody(act.at).actor)), act)
