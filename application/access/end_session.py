"""Ending sessions: one's own, one by one or all; somebody else's, by an administrator."""

from __future__ import annotations

import attrs

from houtai.application.access.ports import BY_TOKEN, OPEN_OF, AccessTx
from houtai.application.access.reach import check_charge, lock_account, roles_of
from houtai.application.audit import Category
from houtai.application.permission import EVERY_AXIS, MERCHANT, logged_as, needs
from houtai.application.plain import SECRET
from houtai.domain.access.account import OWN_VERB
from houtai.domain.access.session import Session
from houtai.domain.act import Act
from houtai.domain.ids import AccountId, SessionId
from houtai.domain.refusal import NotFound

END_SESSIONS = "access.sessions.end"


def end_open_sessions(tx: AccessTx, account_id: AccountId, act: Act, why: str, *, keep_token: str = "") -> int:
    """End every open session of an account but the one whose token has the hash `keep_token`; how many there were."""
    ended = [session for session in tx.sessions.lock_by(OPEN_OF, account_id) if session.token_hash != keep_token]
    for session in ended:
        tx.sessions.save(session.end(act.at, why))
    return len(ended)


@attrs.frozen
class LogOut:
    """End the session whose token has this hash."""

    token_hash: str = attrs.field(repr=False, metadata={SECRET: True})


@logged_as(Category.LOGIN)
@needs(OWN_VERB, regardless=EVERY_AXIS, own=True)
def log_out(tx: AccessTx, cmd: LogOut, act: Act) -> None:
    """End the session that one is in. Raises NotFound for somebody else's."""
    found = tx.sessions.first(BY_TOKEN, cmd.token_hash)
    _end_own(tx, found, act, "logged out")


@attrs.frozen
class EndSession:
    """End one of one's own sessions."""

    session: SessionId


@needs(OWN_VERB, regardless=EVERY_AXIS, own=True)
def end_session(tx: AccessTx, cmd: EndSession, act: Act) -> None:
    """End one of one's own sessions, such as one left open elsewhere. Raises NotFound for somebody else's."""
    _end_own(tx, tx.sessions.find(cmd.session), act, "ended by its owner")


def _end_own(tx: AccessTx, found: Session | None, act: Act, why: str) -> None:
    if found is None or found.account_id != act.actor:
        raise NotFound(what="session", key=str(found.id) if found else "")
    session = tx.sessions.lock_one(found.id).end(act.at, why)
    tx.sessions.save(session)


@attrs.frozen
class EndOwnSessions:
    """End all of one's own sessions but the one whose token has the hash `keep_token`; empty for all."""

    keep_token: str = attrs.field(default="", repr=False, metadata={SECRET: True})


@needs(OWN_VERB, regardless=EVERY_AXIS, own=True)
def end_own_sessions(tx: AccessTx, cmd: EndOwnSessions, act: Act) -> int:
    """End all of one's own sessions but one; how many there were."""
    return end_open_sessions(tx, AccountId(act.actor), act, "ended by its owner", keep_token=cmd.keep_token)


@attrs.frozen
class EndSessionsOf:
    """End all sessions of an account."""

    account: AccountId


@needs(END_SESSIONS, along=(MERCHANT,))
def end_sessions_of(tx: AccessTx, cmd: EndSessionsOf, act: Act) -> int:
    """End all sessions of somebody else; how many there were. Raises NotFound, NotHeld."""
    account = lock_account(tx, cmd.account, END_SESSIONS, act)
    check_charge(act, account, roles_of(tx, account))
    return end_open_sessions(tx, account.id, act, "ended by an administrator")
