"""Passwords anew: one's own after proving the present one, somebody else's as a one-time password."""

from __future__ import annotations

import datetime as dt

import attrs

from houtai.application.access.end_session import end_open_sessions
from houtai.application.access.log_in import lock_tallies
from houtai.application.access.ports import AccessTx
from houtai.application.access.reach import check_charge, lock_account, roles_of
from houtai.application.permission import EVERY_AXIS, MERCHANT, logged_as, needs
from houtai.application.plain import SECRET
from houtai.application.timeline import write_line
from houtai.domain.access.account import OWN_VERB, Account
from houtai.domain.access.lockout import name_subject, proof_subject, rule_of
from houtai.domain.access.refusals import TooManyTries, WrongPassword
from houtai.domain.act import Act
from houtai.domain.ids import AccountId
from houtai.domain.limits import aware
from houtai.domain.refusal import NotFound

RESET_PASSWORDS = "access.passwords.reset"


@logged_as(None)
@needs(OWN_VERB, regardless=EVERY_AXIS, own=True)
def count_proof(tx: AccessTx, _: None, act: Act) -> Account:
    """Count a try to prove one's password beforehand. Raises TooManyTries: a stolen session is no way to guess it."""
    subject = proof_subject(act.actor)
    tally = lock_tallies(tx, subject)[subject]
    if blocked := tally.blocked_s(act.at):
        raise TooManyTries(retry_after_s=blocked)
    tx.tallies.save(tally.count(act.at, rule_of(subject)))
    account = tx.accounts.find(AccountId(act.actor))
    if account is None:
        raise NotFound(what="account", key=str(act.actor))
    return account


def lock_proved(tx: AccessTx, seen_hash: str, act: Act) -> Account:
    """The actor's own account, locked, its password proved. Raises WrongPassword where it has changed since."""
    account = tx.accounts.lock_one(AccountId(act.actor))
    if account.password_hash != seen_hash:
        raise WrongPassword
    subject = proof_subject(act.actor)
    tx.tallies.save(lock_tallies(tx, subject)[subject].clear())
    return account


@attrs.frozen
class ChangeOwnPassword:
    """The new hash; `seen_hash` is the present one that was verified, `keep_token` the hash of the session to stay in."""

    seen_hash: str = attrs.field(repr=False, metadata={SECRET: True})
    new_hash: str = attrs.field(repr=False, metadata={SECRET: True})
    keep_token: str = attrs.field(default="", repr=False, metadata={SECRET: True})


@needs(OWN_VERB, regardless=EVERY_AXIS, own=True)
def change_own_password(tx: AccessTx, cmd: ChangeOwnPassword, act: Act) -> Account:
    """Give oneself another password; all other sessions end. Raises WrongPassword."""
    account = lock_proved(tx, cmd.seen_hash, act)
    changed = attrs.evolve(
        account, password_hash=cmd.new_hash, must_change_password=False, one_time_until=None, version=account.version + 1
    )
    tx.accounts.save(changed)
    write_line(tx, act, "account", changed, "password-changed", before=account.state)
    end_open_sessions(tx, account.id, act, "the password was changed", keep_token=cmd.keep_token)
    return changed


@attrs.frozen
class ResetPassword:
    """Hand out a one-time password; `without_codes` also switches one-time codes off, for a lost telephone."""

    account: AccountId
    password_hash: str = attrs.field(repr=False, metadata={SECRET: True})
    one_time_until: dt.datetime = attrs.field(validator=aware)
    without_codes: bool = False


@needs(RESET_PASSWORDS, along=(MERCHANT,))
def reset_password(tx: AccessTx, cmd: ResetPassword, act: Act) -> Account:
    """Replace a password by a one-time one; the account's sessions end and its waits are lifted.

    Raises NotFound, and NotHeld for an account that may do more than the actor: its password would be theirs.
    """
    account = lock_account(tx, cmd.account, RESET_PASSWORDS, act)
    check_charge(act, account, roles_of(tx, account))
    changed = attrs.evolve(
        account,
        password_hash=cmd.password_hash,
        must_change_password=True,
        one_time_until=cmd.one_time_until,
        totp=None if cmd.without_codes else account.totp,
        version=account.version + 1,
    )
    tx.accounts.save(changed)
    write_line(tx, act, "account", changed, "password-reset", before=account.state)
    end_open_sessions(tx, account.id, act, "the password was reset")
    for tally in lock_tallies(tx, name_subject(account.name), proof_subject(account.id)).values():
        tx.tallies.save(tally.clear())
    return changed
