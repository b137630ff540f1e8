"""Whom an actor may see and take charge of, and that somebody always remains who administers the house."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

import attrs

from houtai.application.access.ports import BY_ROLE_STATE, BY_STATE, AccessTx
from houtai.application.ports import Counter
from houtai.domain.access.account import OWN_VERB, Account, AccountState, authority_of, check_administered
from houtai.domain.access.refusals import NotHeld
from houtai.domain.access.role import Role, RoleState
from houtai.domain.act import Act
from houtai.domain.authority import HOUSE, Dimension, Grant
from houtai.domain.ids import AccountId, RoleId
from houtai.domain.refusal import NotFound, VersionConflict

TURN: Final = "access.administration"


def in_reach(act: Act, verb: str, account: Account) -> bool:
    """Whether a grant for `verb` reaches this account: a merchant's people see nobody but their own."""
    reached = act.authority.reach(verb, Dimension.MERCHANT, at=act.at)
    return reached is None or (account.merchant_id or HOUSE) in reached


def lock_account(tx: AccessTx, account_id: AccountId, verb: str, act: Act) -> Account:
    """The account, locked. Raises NotFound for one that is missing or out of reach."""
    account = tx.accounts.lock([account_id]).get(account_id)
    if account is None or not in_reach(act, verb, account):
        raise NotFound(what="account", key=str(account_id))
    return account


def check_version(what: str, record: Account | Role, expected: int) -> None:
    """Refuse with VersionConflict an edit that rests on another version."""
    if record.version != expected:
        raise VersionConflict(what=what, key=str(record.id), expected_version=expected, current_version=record.version)


def roles_of(tx: AccessTx, account: Account) -> dict[RoleId, Role]:
    """The roles assigned to the account. Raises NotFound for one that does not exist."""
    wanted = [assignment.role_id for assignment in account.roles]
    found = tx.roles.many(wanted)
    for role_id in wanted:
        if role_id not in found:
            raise NotFound(what="role", key=str(role_id))
    return found


def check_charge(act: Act, account: Account, roles: Mapping[RoleId, Role]) -> None:
    """Refuse with NotHeld to take charge of an account that may do, once open, what the actor may not."""
    opened = attrs.evolve(account, state=AccountState.ACTIVE)
    check_held(act, (grant for grant in authority_of(opened, roles).grants if grant.verb != OWN_VERB))


def check_held(act: Act, grants: Iterable[Grant]) -> None:
    """Refuse with NotHeld unless the actor holds every grant that is not over yet."""
    lacking = [
        grant.verb
        for grant in grants
        if (grant.valid_until is None or grant.valid_until > act.at) and not act.authority.holds((_from_now(grant, act),))
    ]
    if lacking:
        raise NotHeld(verbs=tuple(sorted(set(lacking))))


def _from_now(grant: Grant, act: Act) -> Grant:
    """The grant as far as it still lies ahead: what it allowed before this moment gives nobody anything."""
    begins = act.at if grant.valid_from is None else max(grant.valid_from, act.at)
    return attrs.evolve(grant, valid_from=begins)


def take_turn(tx: AccessTx) -> None:
    """Let changes of who may do what happen one after the other, so that two cannot each count on the other's administrator."""
    turn = tx.counters.lock([TURN]).get(TURN)
    if turn is None:
        tx.counters.add(Counter(TURN, 1))
    else:
        tx.counters.save(Counter(TURN, turn.last + 1))


def check_somebody_remains(tx: AccessTx, act: Act, *, account: Account | None = None, role: Role | None = None) -> None:
    """Refuse with LastAdministrator where the account's or role's new form leaves nobody who may do everything.

    Call it after `take_turn` and before saving.
    """
    before = {one.id: one for one in tx.accounts.by(BY_STATE, AccountState.ACTIVE.value)}
    old = {one.id: one for one in tx.roles.by(BY_ROLE_STATE, RoleState.ACTIVE.value)}
    after = before if account is None else {**before, account.id: account}
    new = old if role is None else {**old, role.id: role}
    check_administered(before.values(), after.values(), old, new, act.at)
