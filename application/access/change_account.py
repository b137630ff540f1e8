"""Changing an account: its name on screen, roles, networks and state. Nobody touches an account that may do more than they."""

from __future__ import annotations

import attrs
from attrs.validators import optional

from houtai.application.access.end_session import end_open_sessions
from houtai.application.access.open_account import WRITE_ACCOUNTS
from houtai.application.access.ports import AccessTx
from houtai.application.access.queries import AccountView, shown
from houtai.application.access.reach import (
    check_charge,
    check_somebody_remains,
    check_version,
    lock_account,
    roles_of,
    take_turn,
)
from houtai.application.permission import EVERY_AXIS, MERCHANT, needs
from houtai.application.timeline import write_line
from houtai.domain import limits
from houtai.domain.access.account import MOVES, OWN_VERB, AccountState, Assignment
from houtai.domain.access.networks import plain_networks
from houtai.domain.act import Act
from houtai.domain.ids import AccountId
from houtai.domain.moves import check_move


@attrs.frozen
class ChangeAccount:
    """The account's new name on screen, roles and networks; what is None stays."""

    account: AccountId
    expected_version: int
    display_name: str | None = attrs.field(default=None, validator=optional(limits.text(1, 100)))
    roles: tuple[Assignment, ...] | None = None
    networks: tuple[str, ...] | None = attrs.field(default=None, validator=optional(plain_networks))


@needs(WRITE_ACCOUNTS, along=(MERCHANT,))
def change_account(tx: AccessTx, cmd: ChangeAccount, act: Act) -> AccountView:
    """Give the account another name, roles or networks.

    Raises NotFound, VersionConflict, NotHeld where it may or would do more than the actor, LastAdministrator.
    """
    take_turn(tx)
    account = lock_account(tx, cmd.account, WRITE_ACCOUNTS, act)
    check_version("account", account, cmd.expected_version)
    changed = attrs.evolve(
        account,
        display_name=account.display_name if cmd.display_name is None else cmd.display_name,
        roles=account.roles if cmd.roles is None else cmd.roles,
        networks=account.networks if cmd.networks is None else cmd.networks,
        version=account.version + 1,
    )
    check_charge(act, account, roles_of(tx, account))
    check_charge(act, changed, roles_of(tx, changed))
    check_somebody_remains(tx, act, account=changed)
    tx.accounts.save(changed)
    write_line(tx, act, "account", changed, "changed", before=account.state)
    return shown(changed)


@attrs.frozen
class ChangeOwnName:
    """One's own name on screen."""

    expected_version: int
    display_name: str = attrs.field(validator=limits.text(1, 100))


@needs(OWN_VERB, regardless=EVERY_AXIS, own=True)
def change_own_name(tx: AccessTx, cmd: ChangeOwnName, act: Act) -> AccountView:
    """Change what one is called on screen, and nothing else about oneself. Raises NotFound, VersionConflict."""
    account = tx.accounts.lock_one(AccountId(act.actor))
    check_version("account", account, cmd.expected_version)
    changed = attrs.evolve(account, display_name=cmd.display_name, version=account.version + 1)
    tx.accounts.save(changed)
    write_line(tx, act, "account", changed, "renamed", before=account.state)
    return shown(changed)


@attrs.frozen
class MoveAccount:
    """Disable or enable an account, and why."""

    account: AccountId
    expected_version: int
    reason: str = attrs.field(default="", validator=limits.text(0, 500))


@needs(WRITE_ACCOUNTS, along=(MERCHANT,))
def disable_account(tx: AccessTx, cmd: MoveAccount, act: Act) -> AccountView:
    """Close the door on an account and end its sessions at once; its keys open nothing any more.

    Raises NotFound, VersionConflict, IllegalMove, NotHeld, LastAdministrator.
    """
    disabled = _move(tx, cmd, act, AccountState.DISABLED)
    end_open_sessions(tx, disabled.id, act, "the account was disabled")
    return disabled


@needs(WRITE_ACCOUNTS, along=(MERCHANT,))
def enable_account(tx: AccessTx, cmd: MoveAccount, act: Act) -> AccountView:
    """Open the door again. Raises NotFound, VersionConflict, IllegalMove, NotHeld."""
    return _move(tx, cmd, act, AccountState.ACTIVE)


def _move(tx: AccessTx, cmd: MoveAccount, act: Act, wanted: AccountState) -> AccountView:
    take_turn(tx)
    account = lock_account(tx, cmd.account, WRITE_ACCOUNTS, act)
    check_version("account", account, cmd.expected_version)
    check_move("account", MOVES, account.state, wanted)
    check_charge(act, account, roles_of(tx, account))
    moved = attrs.evolve(account, state=wanted, version=account.version + 1)
    check_somebody_remains(tx, act, account=moved)
    tx.accounts.save(moved)
    write_line(tx, act, "account", moved, wanted.value, before=account.state, reason=cmd.reason)
    return shown(moved)
