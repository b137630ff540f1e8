"""The way back in for somebody whom a wrong network rule or too many tries keep out; for whoever runs the machine."""

from __future__ import annotations

import attrs

from houtai.application.access.log_in import lock_tallies
from houtai.application.access.open_account import WRITE_ACCOUNTS
from houtai.application.access.ports import AccessTx
from houtai.application.access.reach import check_charge, lock_account, roles_of, take_turn
from houtai.application.access.shape_role import WRITE_ROLES
from houtai.application.permission import MERCHANT, needs
from houtai.application.timeline import write_line
from houtai.domain.access.account import Account
from houtai.domain.access.lockout import name_subject, proof_subject
from houtai.domain.access.role import Role
from houtai.domain.act import Act
from houtai.domain.authority import HOUSE, Scope
from houtai.domain.ids import AccountId


@attrs.frozen
class ClearRules:
    """Whose rules; `with_roles` also clears those of the account's roles, for everybody who holds them."""

    account: AccountId
    with_roles: bool = False


@attrs.frozen
class Cleared:
    """The account without network rules, the names of roles that were cleared, and of those whose rule still holds for it."""

    account: Account
    cleared_roles: tuple[str, ...]
    ruling_roles: tuple[str, ...]


@needs(WRITE_ACCOUNTS, along=(MERCHANT,))
def clear_rules(tx: AccessTx, cmd: ClearRules, act: Act) -> Cleared:
    """Let the account in from everywhere again and lift its waits. A rule that is clear already stays as it is.

    Raises NotFound, NotHeld for an account that may do more than the actor, Forbidden where roles are out of their hands.
    """
    if cmd.with_roles:
        act.demand(WRITE_ROLES, Scope(merchant=HOUSE))
    take_turn(tx)
    account = lock_account(tx, cmd.account, WRITE_ACCOUNTS, act)
    held = roles_of(tx, account)
    check_charge(act, account, held)
    ruling = sorted((role for role in held.values() if role.networks), key=lambda role: role.name)
    names = tuple(role.name for role in ruling)
    if account.networks:
        account = attrs.evolve(account, networks=(), version=account.version + 1)
        tx.accounts.save(account)
        write_line(tx, act, "account", account, "rules-cleared", before=account.state)
    if cmd.with_roles:
        _clear_roles(tx, ruling, act)
    for tally in lock_tallies(tx, name_subject(account.name), proof_subject(account.id)).values():
        tx.tallies.save(tally.clear())
    return Cleared(account, names, ()) if cmd.with_roles else Cleared(account, (), names)


def _clear_roles(tx: AccessTx, ruling: list[Role], act: Act) -> None:
    for role in tx.roles.lock([role.id for role in ruling]).values():
        cleared = attrs.evolve(role, networks=(), version=role.version + 1)
        tx.roles.save(cleared)
        write_line(tx, act, "role", cleared, "rules-cleared", before=role.state)
