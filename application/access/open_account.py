"""Opening an account: with a one-time password, and with no more rights than whoever opens it has."""

from __future__ import annotations

import datetime as dt

import attrs

from houtai.application.access.ports import BY_NAME, BY_ROLE_NAME, BY_STATE, AccessTx
from houtai.application.access.reach import check_charge, roles_of, take_turn
from houtai.application.permission import MERCHANT, needs
from houtai.application.plain import SECRET
from houtai.application.timeline import write_line
from houtai.domain import limits
from houtai.domain.access.account import Account, AccountState, Assignment
from houtai.domain.access.networks import plain_networks
from houtai.domain.access.role import Role
from houtai.domain.act import Act
from houtai.domain.authority import HOUSE, Grant, Scope
from houtai.domain.ids import AccountId, MerchantId, RoleId
from houtai.domain.refusal import AlreadyExists

WRITE_ACCOUNTS = "access.accounts.write"


@attrs.frozen
class OpenAccount:
    """Open an account whose one-time password hashes to `password_hash` and dies at `one_time_until`."""

    account: AccountId
    name: str
    display_name: str = attrs.field(validator=limits.text(1, 100))
    password_hash: str = attrs.field(repr=False, metadata={SECRET: True})
    one_time_until: dt.datetime | None = None
    roles: tuple[Assignment, ...] = ()
    networks: tuple[str, ...] = attrs.field(default=(), validator=plain_networks)
    merchant_id: MerchantId | None = None


@needs(WRITE_ACCOUNTS, along=(MERCHANT,))
def open_account(tx: AccessTx, cmd: OpenAccount, act: Act) -> Account:
    """Open an account, or refuse with AlreadyExists, NotFound for a role, or NotHeld for rights beyond the actor's own."""
    account = Account(
        id=cmd.account,
        name=cmd.name,
        display_name=cmd.display_name,
        password_hash=cmd.password_hash,
        created_at=act.at,
        roles=cmd.roles,
        networks=cmd.networks,
        must_change_password=True,
        one_time_until=cmd.one_time_until,
        merchant_id=cmd.merchant_id,
    )
    act.demand(WRITE_ACCOUNTS, Scope(merchant=account.merchant_id or HOUSE))
    take_turn(tx)
    if tx.accounts.first(BY_NAME, account.name) is not None:
        raise AlreadyExists(what="account", key=account.name)
    check_charge(act, account, roles_of(tx, account))
    tx.accounts.add(account)
    write_line(tx, act, "account", account, "opened", before=None)
    return account


@attrs.frozen
class FirstStart:
    """Open the owner's account if there is none at all."""

    account: AccountId
    role: RoleId
    name: str
    password_hash: str = attrs.field(repr=False, metadata={SECRET: True})


@needs("access.first-start")
def open_first_account(tx: AccessTx, cmd: FirstStart, act: Act) -> Account | None:
    """Open the owner's account with a role that may do everything; None where the house has accounts already."""
    take_turn(tx)
    if tx.accounts.by(BY_STATE, *(state.value for state in AccountState)):
        return None
    role = tx.roles.first(BY_ROLE_NAME, "owner")
    if role is None:
        role = Role(cmd.role, "owner", grants=(Grant("*"),))
        tx.roles.add(role)
        write_line(tx, act, "role", role, "created", before=None)
    account = Account(
        id=cmd.account,
        name=cmd.name,
        display_name=cmd.name,
        password_hash=cmd.password_hash,
        created_at=act.at,
        roles=(Assignment(role.id),),
        must_change_password=True,
    )
    tx.accounts.add(account)
    write_line(tx, act, "account", account, "opened", before=None)
    return account
