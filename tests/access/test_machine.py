"""Accounts and roles as a machine that anybody may push about: some things stay true whatever happens."""

from __future__ import annotations

import contextlib
from typing import Any

from hypothesis import settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from houtai.adapters.memory.store import MemoryStore
from houtai.application.access.change_account import (
    ChangeAccount,
    MoveAccount,
    change_account,
    disable_account,
    enable_account,
)
from houtai.application.access.operation_log import VerifyAudit, verify_audit
from houtai.application.access.queries import (
    AccountView,
    ListAccounts,
    ListRoles,
    WhoCan,
    find_account,
    list_accounts,
    list_roles,
    who_can,
)
from houtai.application.access.shape_role import ChangeRole, MoveRole, change_role, retire_role, revive_role
from houtai.application.house import OF_DOCUMENT
from houtai.application.office import Office
from houtai.application.paging import Page
from houtai.application.permission import open_to_anyone
from houtai.domain.access.account import AccountState, Assignment
from houtai.domain.access.role import Role
from houtai.domain.act import Act
from houtai.domain.authority import Grant
from houtai.domain.refusal import Refusal, Unauthenticated
from tests.access.door import House, open_house, origin
from tests.conftest import StillClock

NAMES = ("owner", "li", "wang")
ROLES = ("owner", "all", "reads")
refused = contextlib.suppress(Refusal)


@open_to_anyone
def lines_of(views: Any, document_id: Any, _: Act) -> int:
    """How many lines a document's timeline has."""
    return len(views.timeline.by(OF_DOCUMENT, document_id))


class DoorMachine(RuleBasedStateMachine):
    """Three people, three roles, and whoever wants to change them."""

    house: House

    @initialize()
    def open(self) -> None:
        self.house = open_house(Office(MemoryStore(), StillClock()), StillClock())
        self.house.clock = self.house.office.clock
        self.house.role("all", Grant("*"))
        self.house.role("reads", Grant("orders.read"), Grant("access.accounts.write"))
        for name in NAMES[1:]:
            self.house.person(name)
        self.tokens: dict[str, str] = {}

    def account(self, name: str) -> AccountView:
        """An account by its name."""
        people = self.house.office.ask(list_accounts, ListAccounts(Page(limit=100)), self.house.system()).items
        return next(one for one in people if one.name == name)

    def role(self, name: str) -> Role:
        """A role by its name."""
        roles = self.house.office.ask(list_roles, ListRoles(Page(limit=100)), self.house.system()).items
        return next(one for one in roles if one.name == name)

    def act(self, name: str) -> Act:
        """Somebody's act by the session they have."""
        return self.house.door.act_of_token(self.tokens[name], origin())

    @rule(name=st.sampled_from(NAMES))
    def log_in(self, name: str) -> None:
        with refused:
            self.tokens[name] = self.house.enter(name).token

    @rule(by=st.sampled_from(NAMES), whom=st.sampled_from(NAMES), roles=st.sets(st.sampled_from(ROLES)))
    def give_roles(self, by: str, whom: str, roles: set[str]) -> None:
        if by in self.tokens:
            account = self.account(whom)
            given = tuple(Assignment(self.role(name).id) for name in sorted(roles))
            with refused:
                self.house.office.perform(change_account, ChangeAccount(account.id, account.version, roles=given), self.act(by))

    @rule(by=st.sampled_from(NAMES), whom=st.sampled_from(NAMES), deed=st.sampled_from([disable_account, enable_account]))
    def move(self, by: str, whom: str, deed: Any) -> None:
        if by in self.tokens:
            account = self.account(whom)
            with refused:
                self.house.office.perform(deed, MoveAccount(account.id, account.version), self.act(by))

    @rule(name=st.sampled_from(ROLES), deed=st.sampled_from([retire_role, revive_role]))
    def move_role(self, name: str, deed: Any) -> None:
        role = self.role(name)
        with refused:
            self.house.office.perform(deed, MoveRole(role.id, role.version), self.house.system())

    @rule(name=st.sampled_from(ROLES), verb=st.sampled_from(["*", "orders.read"]))
    def change_role(self, name: str, verb: str) -> None:
        role = self.role(name)
        with refused:
            self.house.office.perform(change_role, ChangeRole(role.id, role.version, grants=(Grant(verb),)), self.house.system())

    @invariant()
    def somebody_may_do_everything(self) -> None:
        assert self.house.office.ask(who_can, WhoCan("anything.at.all"), self.house.system())

    @invariant()
    def nobody_disabled_comes_in(self) -> None:
        for name, token in self.tokens.items():
            if self.account(name).state is AccountState.DISABLED:
                with contextlib.suppress(Unauthenticated):
                    self.house.door.act_of_token(token, origin())
                    raise AssertionError(name)

    @invariant()
    def every_edit_has_its_line(self) -> None:
        for name in NAMES:
            account = self.account(name)
            found = self.house.office.ask(find_account, account.id, self.house.system())
            assert self.house.office.ask(lines_of, account.id, self.house.system()) == found.version

    @invariant()
    def the_log_is_whole(self) -> None:
        assert self.house.office.ask(verify_audit, VerifyAudit(), self.house.system()).ok


DoorMachine.TestCase.settings = settings(max_examples=15, stateful_step_count=15, deadline=None)
TestDoor = DoorMachine.TestCase
