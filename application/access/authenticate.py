"""Coming in: by name and password, by a session's token, by an API key. Flows of several transactions around a slow hash."""

from __future__ import annotations

import datetime as dt
import hmac
import re
import secrets
import threading
from collections.abc import Mapping
from typing import Final, NoReturn
from uuid import UUID

import attrs

from houtai.application.access.log_in import (
    Admitted,
    NoteSeen,
    OpenSession,
    TakeBack,
    Try,
    count_knock,
    count_try,
    may_enter,
    note_seen,
    open_session,
    spend,
    take_back_try,
)
from houtai.application.access.login_log import login_entry
from houtai.application.access.ports import BY_PREFIX, BY_TOKEN, AccessViews, OneTimeCodes, PasswordHasher
from houtai.application.access.settings import AccessSettings
from houtai.application.permission import open_to_anyone
from houtai.application.ports import Performer
from houtai.domain.access.account import Account, authority_of, check_address, fold_name
from houtai.domain.access.api_key import KEY_PREFIX, ApiKey, authority_of_key
from houtai.domain.access.networks import neighbourhood
from houtai.domain.access.passwords import typed_password
from houtai.domain.access.refusals import (
    AddressNotAllowed,
    CodeNeeded,
    LoginRefused,
    PasswordChangeNeeded,
    TooManyTries,
)
from houtai.domain.access.role import Role
from houtai.domain.access.session import Session, token_hash
from houtai.domain.act import Act, Origin
from houtai.domain.authority import Authority
from houtai.domain.ids import RoleId, SessionId, uuid7
from houtai.domain.refusal import Refusal, Unauthenticated

TOKEN_PREFIX: Final = "hts_"  # noqa: S105  # what every token begins with, so that leaked ones can be searched for
TOLD_EVERY: Final = dt.timedelta(minutes=1)
MOST_TOLD: Final = 10_000
_TOTP: Final = re.compile(r"\d{6}")


@attrs.frozen
class LoggedIn:
    """A fresh session: its token is shown here once and never again."""

    token: str = attrs.field(repr=False)
    session: Session
    account: Account
    must_change_password: bool


@attrs.frozen
class _Code:
    step: int | None = None
    recovery: str | None = None


@attrs.frozen
class _Door:
    account: Account
    roles: Mapping[RoleId, Role]
    session: Session | None = None
    key: ApiKey | None = None


@open_to_anyone
def _behind_token(views: AccessViews, digest: str, _: Act) -> _Door | None:
    session = views.sessions.first(BY_TOKEN, digest)
    account = views.accounts.find(session.account_id) if session else None
    return _Door(account, _roles(views, account), session=session) if account else None


@open_to_anyone
def _behind_prefix(views: AccessViews, prefix: str, _: Act) -> _Door | None:
    key = views.api_keys.first(BY_PREFIX, prefix)
    account = views.accounts.find(key.account_id) if key else None
    return _Door(account, _roles(views, account), key=key) if account else None


def _roles(views: AccessViews, account: Account) -> Mapping[RoleId, Role]:
    return views.roles.many([assignment.role_id for assignment in account.roles])


class Authenticator:
    """The only way to an Act that is somebody's. Safe to share between threads."""

    def __init__(
        self, office: Performer, hasher: PasswordHasher, codes: OneTimeCodes, settings: AccessSettings = AccessSettings()
    ) -> None:
        """`hasher` and `codes` are called outside of every transaction."""
        self._office = office
        self._hasher = hasher
        self._codes = codes
        self._settings = settings
        self._dummy: str | None = None
        self._dummy_lock = threading.Lock()
        self._told: dict[tuple[str, str, UUID | None], dt.datetime] = {}
        self._told_lock = threading.Lock()

    def log_in(self, name: str, password: str, code: str, origin: Origin) -> LoggedIn:
        """Open a session. `code` is a one-time or recovery code, empty for none.

        Raises TooManyTries and AddressNotAllowed before the password is looked at, LoginRefused without saying what was
        wrong, CodeNeeded once the password was right. Every try is in the log. A name that nobody has costs the same time.
        """
        admitted = self._office.perform(count_try, Try(fold_name(name)), self._nobody(origin))
        if admitted.refusal is not None:
            self._refuse("log_in", origin, admitted.account, admitted.refusal)
        account = self._checked(admitted, password, origin)
        used = self._checked_code(admitted, account, code, origin)
        outdated = self._hasher.outdated(account.password_hash)
        new_hash = self._hasher.hash(typed_password(password)) if outdated else None
        return self._opened(admitted.subject, account, used, new_hash, origin)

    def act_of_token(self, token: str, origin: Origin, *, with_one_time_password: bool = False) -> Act:
        """The act of a session's owner, with the rights of this very moment.

        Raises Unauthenticated for an unknown, ended or idle session or a disabled account, AddressNotAllowed outside the
        networks, PasswordChangeNeeded on a one-time password unless `with_one_time_password`.
        """
        door = self._office.ask(_behind_token, token_hash(token), self._nobody(origin))
        at = self._office.clock.now()
        if door is None or door.session is None or not door.session.live_at(at) or not door.account.open:
            self._turn_away("use_session", origin, door.account if door else None, at)
        self._check_address("use_session", door, origin, at)
        if door.account.must_change_password and not with_one_time_password:
            raise PasswordChangeNeeded
        if at - door.session.last_seen_at >= self._settings.note_seen_after:
            self._office.perform(note_seen, NoteSeen(door.session.id), self._nobody(origin))
        authority = door.session.narrowed(authority_of(door.account, door.roles))
        return attrs.evolve(self._act(door.account, authority, origin, at), session=door.session.id)

    def act_of_api_key(self, secret: str, origin: Origin) -> Act:
        """The act of a key's account with the key's rights, as far as the account still has them.

        Raises Unauthenticated for an unknown, revoked or expired key, a disabled account or one with a one-time password,
        AddressNotAllowed outside the networks of key, account or roles.
        """
        prefix, _, _ = secret.removeprefix(KEY_PREFIX).partition("_")
        door = self._office.ask(_behind_prefix, prefix, self._nobody(origin))
        at = self._office.clock.now()
        if door is None or door.key is None or not hmac.compare_digest(door.key.secret_hash, token_hash(secret)):
            self._turn_away("use_api_key", origin, None, at)
        if not door.key.live_at(at) or not door.account.open or door.account.must_change_password:
            self._turn_away("use_api_key", origin, door.account, at)
        self._check_address("use_api_key", door, origin, at)
        authority = authority_of_key(door.key, authority_of(door.account, door.roles))
        return self._act(door.account, authority, origin, at)

    def _checked(self, admitted: Admitted, password: str, origin: Origin) -> Account:
        """The account, if the password is its own. An unknown name is measured against a hash that nobody has."""
        account = admitted.account
        hashed = account.password_hash if account is not None else self._nobodys_hash()
        right = self._hasher.verify(hashed, typed_password(password))
        if account is None or not right:
            self._refuse("log_in", origin, account, LoginRefused(), "wrong password" if account else "no such account")
        if not may_enter(account, self._office.clock.now()):
            why = "the one-time password is dead" if account.open else "the account is disabled"
            self._refuse("log_in", origin, account, LoginRefused(), why)
        return account

    def _checked_code(self, admitted: Admitted, account: Account, code: str, origin: Origin) -> _Code:
        """What proves the account's second factor; empty where it has none."""
        if account.totp is None or not account.totp.on:
            return _Code()
        if not code.strip():
            self._office.perform(take_back_try, TakeBack(admitted.subject), self._nobody(origin))
            self._refuse("log_in", origin, account, CodeNeeded())
        plain = code.replace(" ", "")
        is_totp = _TOTP.fullmatch(plain) is not None
        step = self._codes.step_of(account.id, account.totp.secret, plain, self._office.clock.now()) if is_totp else None
        recovery = None if is_totp else code
        if spend(account.totp, step, recovery) is None:
            self._refuse("log_in", origin, account, LoginRefused(), "wrong or used one-time code")
        return _Code(step, recovery)

    def _opened(self, subject: str, account: Account, used: _Code, new_hash: str | None, origin: Origin) -> LoggedIn:
        at = self._office.clock.now()
        token = TOKEN_PREFIX + secrets.token_urlsafe(32)
        opening = OpenSession(
            session=SessionId(uuid7(at)),
            account=account.id,
            subject=subject,
            token_hash=token_hash(token),
            seen_hash=account.password_hash,
            expires_at=at + self._settings.session_life,
            choose_until=at + self._settings.one_time_grace,
            idle_s=self._settings.idle // dt.timedelta(seconds=1),
            new_hash=new_hash,
            code_step=used.step,
            recovery_code=used.recovery,
        )
        act = self._act(account, Authority(account.id), origin, at)
        session = self._office.perform(open_session, opening, act)
        return LoggedIn(token, session, account, account.must_change_password)

    def _check_address(self, deed: str, door: _Door, origin: Origin, at: dt.datetime) -> None:
        try:
            check_address(door.account, door.roles, origin.address, at)
            if door.key is not None:
                door.key.check_address(origin.address)
        except AddressNotAllowed as refused:
            blocked = self._office.perform(count_knock, None, self._nobody(origin))
            if blocked:
                raise TooManyTries(retry_after_s=blocked) from refused
            self._refuse(deed, origin, door.account, refused)

    def _turn_away(self, deed: str, origin: Origin, account: Account | None, at: dt.datetime) -> NoReturn:
        """Refuse a credential that opens nothing; one line in the login log a minute for each address and account.

        A page that was left open, or a stranger with many guesses, would fill the log otherwise.
        """
        subject = (deed, neighbourhood(origin.address), account.id if account else None)
        with self._told_lock:
            told = at - self._told.get(subject, at - TOLD_EVERY) < TOLD_EVERY
            if not told:
                if len(self._told) >= MOST_TOLD:
                    self._told.clear()
                self._told[subject] = at
        if told:
            raise Unauthenticated
        self._refuse(deed, origin, account, Unauthenticated(), "it has ended" if account else "nobody's credential")

    def _refuse(self, deed: str, origin: Origin, account: Account | None, refusal: Refusal, why: str = "") -> NoReturn:
        """Put the try into the login log, then refuse it."""
        self._office.log(login_entry(deed, self._nobody(origin), account, refusal.code, why))
        raise refusal

    def _nobodys_hash(self) -> str:
        with self._dummy_lock:
            if self._dummy is None:
                self._dummy = self._hasher.hash(secrets.token_urlsafe(32))
            return self._dummy

    def _nobody(self, origin: Origin) -> Act:
        return Act.of_nobody(self._office.clock.now(), origin)

    @staticmethod
    def _act(account: Account, authority: Authority, origin: Origin, at: dt.datetime) -> Act:
        return Act(at=at, actor=account.id, authority=authority, name=account.name, origin=origin)
