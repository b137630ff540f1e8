"""Changing an account: its name on screen, roles, networks and state. Nobody touches an account that may do more than they."""

from __future__ import annotations

import attrs

from houtai.application.access.end_session import end_open_sessions
from houtai.application.access.open_account import WRITE_ACCOUNTS
from houtai.application.access.ports import AccessTx
from houtai.application.access.reach import (
    check_charge,
    check_somebody_remains,
    check_version,
    lock_account,
    roles_of,
    take_turn,
)
from houtai.application.permission import needs
from houtai.application.timeline import write_line
from houtai.domain import limits
from houtai.domain.access.account import MOVES, Account, AccountState, Assignment
from houtai.domain.access.networks import plain_networks
from houtai.domain.act import Act
from houtai.domain.ids import AccountId
from houtai.domain.moves import check_move


@attrs.frozen
class ChangeAccount:
    """The account's new name on screen, roles and networks, all of them."""

    account: AccountId
    expected_version: int
    display_name: str = attrs.field(validator=limits.text(1, 100))
    roles: tuple[Assignment, ...]
    networks: tuple[str, ...] = attrs.field(validator=plain_networks)


@needs(WRITE_ACCOUNTS)
def change_account(tx: AccessTx, cmd: ChangeAccount, act: Act) -> Account:
    """Give the account another name, roles or networks.

    Raises NotFound, VersionConflict, NotHeld where it may or would do more than the actor, LastAdministrator.
    """
    take_turn(tx)
    account = lock_account(tx, cmd.account, WRITE_ACCOUNTS, act)
    check_version("account", account, cmd.expected_version)
    changed = attrs.evolve(
        account, display_name=cmd.display_name, roles=cmd.roles, networks=cmd.networks, version=account.version + 1
    )
    check_charge(act, account, roles_of(tx, account))
    check_charge(act, changed, roles_of(tx, changed))
    check_somebody_remains(tx, act, account=changed)
    tx.accounts.save(changed)
    write_line(tx, act, "account", changed, "changed", before=account.state)
    return changed


@attrs.frozen
class MoveAccount:
    """Disable or enable an account, and why."""

    account: AccountId
    expected_version: int
    reason: str = attrs.field(default="", validator=limits.text(0, 500))


@needs(WRITE_ACCOUNTS)
def disable_account(tx: AccessTx, cmd: MoveAccount, act: Act) -> Account:
    """Close the door on an account and end its sessions at once; its keys open nothing any more.

    Raises NotFound, VersionConflict, IllegalMove, NotHeld, LastAdministrator.
    """
    disabled = _move(tx, cmd, act, AccountState.DISABLED)
    end_open_sessions(tx, disabled.id, act, "the account was disabled")
    return disabled


@needs(WRITE_ACCOUNTS)
def enable_account(tx: AccessTx, cmd: MoveAccount, act: Act) -> Account:
    """Open the door again. Raises NotFound, VersionConflict, IllegalMove, NotHeld."""
    return _move(tx, cmd, act, AccountState.ACTIVE)


def _move(tx: AccessTx, cmd: MoveAccount, act: Act, wanted: AccountState) -> Account:
    take_turn(tx)
    account = lock_account(tx, cmd.account, WRITE_ACCOUNTS, act)
    check_version("account", account, cmd.expected_version)
    check_move("account", MOVES, account.state, wanted)
    check_charge(act, account, roles_of(tx, account))
    moved = attrs.evolve(account, state=wanted, version=account.version + 1)
    check_somebody_remains(tx, act, account=moved)
    tx.accounts.save(moved)
    write_line(tx, act, "account", moved, wanted.value, before=account.state, reason=cmd.reason)
    return moved


@attrs.frozen
class LiftNetworks:
    """Clear an account's network rule, and those of the roles it holds where `with_roles`."""

    account: AccountId
    with_roles: bool = False


@needs("access.networks.lift")
def lift_networks(tx: AccessTx, cmd: LiftNetworks, act: Act) -> Account:
    """The way back in after a wrong network rule, meant for the command line on the machine itself. Raises NotFound, NotHeld."""
    take_turn(tx)
    account = lock_account(tx, cmd.account, "access.networks.lift", act)
    roles = roles_of(tx, account)
    check_charge(act, account, roles)
    lifted = attrs.evolve(account, networks=(), version=account.version + 1)
    tx.accounts.save(lifted)
    write_line(tx, act, "account", lifted, "networks-lifted", before=account.state)
    for role in tx.roles.lock(roles if cmd.with_roles else ()).values():
        if role.networks:
            opened = attrs.evolve(role, networks=(), version=role.version + 1)
            tx.roles.save(opened)
            write_line(tx, act, "role", opened, "networks-lifted", before=role.state)
    return lifted
