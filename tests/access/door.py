"""A house with an owner who has changed the first password, and short ways to open accounts and come in."""

from __future__ import annotations

from typing import Any

import attrs
import pyotp

from houtai.adapters.passwords import Argon2Passwords
from houtai.adapters.totp import PyotpCodes
from houtai.application.access.authenticate import Authenticator, LoggedIn
from houtai.application.access.credentials import Credentials
from houtai.application.access.operation_log import ListLog, list_log
from houtai.application.access.ports import LogFilter
from houtai.application.access.shape_role import CreateRole, create_role
from houtai.application.audit import AuditEntry, Category
from houtai.application.office import Office
from houtai.application.paging import Page
from houtai.domain.access.account import Account, Assignment
from houtai.domain.access.role import Role
from houtai.domain.act import Act, Entry, Origin
from houtai.domain.authority import Grant
from houtai.domain.ids import AccountId, RoleId, uuid7
from houtai.domain.refusal import Refusal
from tests.boxes import a_box

PASSWORD = "lantern kettle 42"
HOME = "203.0.113.7"
ELSEWHERE = "198.51.100.23"


def origin(address: str = HOME, entry: Entry = Entry.HTTP) -> Origin:
    """A request from this address."""
    return Origin(entry, address, "test")


@attrs.define
class House:
    """The office with its doors."""

    office: Office
    clock: Any
    door: Authenticator
    credentials: Credentials

    def act(self, name: str = "owner", address: str = HOME) -> Act:
        """Somebody who has just logged in."""
        return self.door.act_of_token(self.enter(name, address=address).token, origin(address))

    def enter(self, name: str = "owner", password: str = PASSWORD, code: str = "", address: str = HOME) -> LoggedIn:
        """A login."""
        return self.door.log_in(name, password, code, origin(address))

    def system(self) -> Act:
        """The house itself, now."""
        return Act.of_system(self.clock.now())

    def role(self, name: str, *grants: Grant, by: Act | None = None, networks: tuple[str, ...] = ()) -> Role:
        """A new role."""
        cmd = CreateRole(RoleId(uuid7(self.clock.now())), name, grants, networks)
        return self.office.perform(create_role, cmd, by or self.system())

    def person(self, name: str, *grants: Grant, by: Act | None = None, **options: Any) -> Account:
        """Somebody with a role of these grants, their one-time password already changed."""
        roles = (Assignment(self.role(f"{name}'s", *grants).id),) if grants else ()
        options.setdefault("roles", roles)
        account_id = AccountId(uuid7(self.clock.now()))
        handed = self.credentials.open_account(account_id, name, name.title(), by or self.system(), **options)
        self.settle(name, handed.password, options.get("networks", ()))
        return handed.account

    def settle(self, name: str, one_time: str, networks: tuple[str, ...] = ()) -> None:
        """Change a one-time password to the one that everybody here has."""
        address = networks[0].split("/")[0] if networks else HOME
        token = self.enter(name, one_time, address=address).token
        act = self.door.act_of_token(token, origin(address), with_one_time_password=True)
        self.credentials.change_own_password(one_time, PASSWORD, act, keep_token=token)

    def with_codes(self, name: str = "owner") -> tuple[pyotp.TOTP, tuple[str, ...]]:
        """Switch one-time codes on; the authenticator and the recovery codes. The clock moves on past the code used."""
        act = self.act(name)
        totp = pyotp.TOTP(self.credentials.set_up_codes(PASSWORD, act).secret)
        recovery = self.credentials.confirm_codes(totp.at(self.clock.now()), act)
        self.clock.advance(seconds=60)
        return totp, recovery

    def log(self, **wanted: Any) -> tuple[AuditEntry, ...]:
        """Entries of the operation log, newest first."""
        found = self.office.ask(list_log, ListLog(LogFilter(**wanted), Page(limit=100)), self.system())
        return tuple(sealed.entry for sealed in found.items)

    def logins(self) -> list[tuple[str, str, str]]:
        """The login log, oldest first: who, outcome, why."""
        return [(entry.actor_name, entry.outcome, entry.reason) for entry in reversed(self.log(category=Category.LOGIN))]


def open_house(office: Office, clock: Any) -> House:
    """A house after its first start."""
    hasher, codes = Argon2Passwords(time_cost=1, memory_kib=8, lanes=1), PyotpCodes(a_box())
    house = House(office, clock, Authenticator(office, hasher, codes), Credentials(office, hasher, codes))
    handed = house.credentials.first_start()
    assert handed is not None
    house.settle("owner", handed.password)
    return house


def outcome(house: House, **login: Any) -> str:
    """The refusal's code, or "in"."""
    try:
        house.enter(**login)
    except Refusal as refused:
        return refused.code
    return "in"


def guess(house: House, times: int, **login: Any) -> list[str]:
    """Wrong passwords in a row."""
    return [outcome(house, password=f"wrong guess {number}", **login) for number in range(times)]
