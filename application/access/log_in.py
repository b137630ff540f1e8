"""The two transactions of a login: count the try before the password is looked at, and open the session once it was right."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Final
from uuid import UUID

import attrs

from houtai.application.access.end_session import end_open_sessions
from houtai.application.access.ports import BY_NAME, KNOWN_FOR, AccessTx, KnownAddress
from houtai.application.audit import Category
from houtai.application.permission import logged_as, open_to_anyone
from houtai.application.plain import SECRET
from houtai.application.timeline import write_line
from houtai.domain.access.account import Account, check_address
from houtai.domain.access.lockout import Tally, address_subject, known_subject, name_subject, rule_of
from houtai.domain.access.networks import neighbourhood
from houtai.domain.access.refusals import AddressNotAllowed, LoginRefused, TooManyTries
from houtai.domain.access.role import Role
from houtai.domain.access.session import Session
from houtai.domain.access.totp import Totp
from houtai.domain.act import NOBODY, Act
from houtai.domain.ids import AccountId, RoleId, SessionId
from houtai.domain.refusal import Refusal

NO_ACCOUNT: Final = AccountId(NOBODY)


@attrs.frozen
class Try:
    """Somebody wants to come in as `name` (folded)."""

    name: str = attrs.field(metadata={SECRET: True})  # people type passwords into the wrong field


@attrs.frozen
class Admitted:
    """What the try met: the account if there is one, under what it is counted, and the refusal if it goes no further."""

    account: Account | None
    subject: str
    refusal: Refusal | None = None


@logged_as(None)
@open_to_anyone
def count_try(tx: AccessTx, cmd: Try, act: Act) -> Admitted:
    """Count a login try as failed before anything is checked, so that parallel guesses cannot outrun the count.

    Somebody who has logged in from this neighbourhood lately has a budget of tries of their own there; all others share
    the name's and the address's. The address rules are looked at here, so a refusal says nothing about the password.
    """
    address = act.origin.address
    account = tx.accounts.first(BY_NAME, cmd.name)
    roles = tx.roles.many([assignment.role_id for assignment in account.roles] if account else [])
    known = tx.known_addresses.find((account.id if account else NO_ACCOUNT, neighbourhood(address)))
    at_home = known is not None and act.at - known.last_at < KNOWN_FOR
    subject = known_subject(cmd.name, address) if at_home else name_subject(cmd.name)
    of_address = address_subject(address)
    tallies = lock_tallies(tx, subject, of_address)
    blocked = max(tallies[subject].blocked_s(act.at), 0 if at_home else tallies[of_address].blocked_s(act.at))
    for tally in tallies.values():
        if not tally.blocked_s(act.at) and (not blocked or tally.subject == of_address):
            tx.tallies.save(tally.count(act.at, rule_of(tally.subject)))
    if blocked:
        return Admitted(account, subject, TooManyTries(retry_after_s=blocked))
    try:
        if account is not None:
            check_address(account, roles, address, act.at)
    except AddressNotAllowed as refused:
        return Admitted(account, subject, refused)
    return Admitted(account, subject)


def lock_tallies(tx: AccessTx, *subjects: str) -> dict[str, Tally]:
    """The tallies of these subjects, locked; new ones where nothing was counted yet."""
    found = tx.tallies.lock(subjects)
    for subject in subjects:
        if subject not in found:
            found[subject] = Tally(subject)
            tx.tallies.add(found[subject])
    return found


@attrs.frozen
class OpenSession:
    """Open a session for somebody whose password was right.

    `seen_hash` is the password hash that was verified; until `choose_until` a password that was handed out can be changed.
    """

    session: SessionId
    account: AccountId
    subject: str
    token_hash: str = attrs.field(repr=False, metadata={SECRET: True})
    seen_hash: str = attrs.field(repr=False, metadata={SECRET: True})
    expires_at: dt.datetime
    choose_until: dt.datetime
    idle_s: int
    new_hash: str | None = attrs.field(default=None, repr=False, metadata={SECRET: True})
    code_step: int | None = attrs.field(default=None, metadata={SECRET: True})
    recovery_code: str | None = attrs.field(default=None, repr=False, metadata={SECRET: True})


@logged_as(Category.LOGIN)
@open_to_anyone
def open_session(tx: AccessTx, cmd: OpenSession, act: Act) -> Session:
    """Open the session, or refuse with LoginRefused where the account changed since its password was looked at.

    Nothing is held any more against who came in, and the address is remembered as theirs. Of a password that was handed out
    there is one session at a time.
    """
    account = tx.accounts.lock([cmd.account]).get(cmd.account)
    if account is None or account.password_hash != cmd.seen_hash or not may_enter(account, act.at):
        raise LoginRefused
    check_address(account, tx.roles.many([assignment.role_id for assignment in account.roles]), act.origin.address, act.at)
    _use_code(tx, cmd, account, act)
    if account.must_change_password:
        end_open_sessions(tx, account.id, act, "its one-time password was used again")
    session = Session(
        id=cmd.session,
        account_id=account.id,
        token_hash=cmd.token_hash,
        created_at=act.at,
        expires_at=cmd.expires_at,
        idle_s=cmd.idle_s,
        last_seen_at=act.at,
        address=act.origin.address,
        agent=act.origin.agent,
        entry=act.origin.entry.value,
    )
    tx.sessions.add(session)
    _forgive(tx, cmd.subject, account, act)
    return session


def may_enter(account: Account, at: dt.datetime) -> bool:
    """Whether the account is open and its password, if handed out for one use, not dead yet."""
    return account.open and (account.one_time_until is None or at < account.one_time_until)


def _use_code(tx: AccessTx, cmd: OpenSession, account: Account, act: Act) -> None:
    """Use up the one-time code; without a new version for a plain one, because nothing that anybody edits has changed."""
    changed = attrs.evolve(account.came_in(cmd.choose_until), password_hash=cmd.new_hash or account.password_hash)
    if account.totp is not None and account.totp.on:
        used = spend(account.totp, cmd.code_step, cmd.recovery_code)
        if used is None:
            raise LoginRefused
        changed = attrs.evolve(changed, totp=used)
        if cmd.recovery_code is not None:
            changed = attrs.evolve(changed, version=account.version + 1)
            write_line(tx, act, "account", changed, "recovery-code-used", before=account.state)
    if changed != account:
        tx.accounts.save(changed)


def spend(totp: Totp, step: int | None, recovery_code: str | None) -> Totp | None:
    """The codes after the one that was given; None where it is wrong or used up."""
    return totp.use_step(step) if recovery_code is None else totp.use_recovery(recovery_code)


def _forgive(tx: AccessTx, subject: str, account: Account, act: Act) -> None:
    of_address = address_subject(act.origin.address)
    tallies = lock_tallies(tx, subject, of_address)
    tx.tallies.save(tallies[subject].clear())
    tx.tallies.save(tallies[of_address].take_back(rule_of(of_address)))
    key = (account.id, neighbourhood(act.origin.address))
    known = KnownAddress(*key, act.at)
    if tx.known_addresses.lock([key]):
        tx.known_addresses.save(known)
    else:
        tx.known_addresses.add(known)


@attrs.frozen
class TakeBack:
    """A try that was no guess: the password was right and only the code is still missing."""

    subject: str


@logged_as(None)
@open_to_anyone
def take_back_try(tx: AccessTx, cmd: TakeBack, act: Act) -> None:
    """Uncount one failure of the subject and of the address."""
    for tally in lock_tallies(tx, cmd.subject, address_subject(act.origin.address)).values():
        tx.tallies.save(tally.take_back(rule_of(tally.subject)))


@logged_as(None)
@open_to_anyone
def count_knock(tx: AccessTx, _: None, act: Act) -> int:
    """Count a valid token or key in the wrong place against the address; for how many seconds nobody listens to it."""
    tally = lock_tallies(tx, address_subject(act.origin.address))[address_subject(act.origin.address)]
    blocked = tally.blocked_s(act.at)
    if not blocked:
        tx.tallies.save(tally.count(act.at, rule_of(tally.subject)))
    return blocked


@attrs.frozen
class NoteSeen:
    """A session was used."""

    session: SessionId


@logged_as(None)
@open_to_anyone
def note_seen(tx: AccessTx, cmd: NoteSeen, act: Act) -> None:
    """Put off the session's idle end; an ended session stays ended."""
    session = tx.sessions.lock([cmd.session]).get(cmd.session)
    if session is not None and session.live_at(act.at):
        tx.sessions.save(attrs.evolve(session, last_seen_at=max(act.at, session.last_seen_at)))


@attrs.frozen
class Identity:
    """Whoever stands behind a token or key."""

    account: Account
    roles: Mapping[RoleId, Role]
    door: UUID  # the session's or key's id
