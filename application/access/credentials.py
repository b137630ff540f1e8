"""Making and changing what people come in with: passwords, keys and codes. Each secret is shown once and stored as a hash."""

from __future__ import annotations

import base64
import datetime as dt
import secrets
from collections.abc import Sequence
from typing import Final

import attrs

from houtai.application.access.issue_key import IssueApiKey, issue_api_key
from houtai.application.access.login_log import login_entry
from houtai.application.access.open_account import FirstStart, OpenAccount, open_account, open_first_account
from houtai.application.access.ports import AccessViews, OneTimeCodes, PasswordHasher
from houtai.application.access.set_password import (
    ChangeOwnPassword,
    ResetPassword,
    change_own_password,
    count_proof,
    reset_password,
)
from houtai.application.access.set_up_codes import (
    ConfirmCodes,
    DropCodes,
    SetUpCodes,
    confirm_codes,
    drop_codes,
    set_up_codes,
)
from houtai.application.access.settings import AccessSettings
from houtai.application.permission import EVERY_AXIS, needs
from houtai.application.ports import Performer
from houtai.domain.access.account import OWN_VERB, Account, Assignment, login_name
from houtai.domain.access.api_key import KEY_PREFIX, ApiKey
from houtai.domain.access.passwords import check_password, typed_password
from houtai.domain.access.refusals import WrongPassword
from houtai.domain.access.session import token_hash
from houtai.domain.access.totp import RECOVERY_CODES, in_place, recovery_hash
from houtai.domain.act import Act
from houtai.domain.authority import Grant
from houtai.domain.ids import AccountId, ApiKeyId, MerchantId, RoleId, uuid7

OWNER: Final = "owner"


@attrs.frozen
class HandedOut:
    """An account and its one-time password, which nobody can read again."""

    account: Account
    password: str = attrs.field(repr=False)


@attrs.frozen
class Enrolment:
    """What an authenticator needs to make one-time codes."""

    secret: str = attrs.field(repr=False)
    uri: str = attrs.field(repr=False)


@attrs.frozen
class IssuedKey:
    """A key and its secret, which nobody can read again."""

    key: ApiKey
    secret: str = attrs.field(repr=False)


@needs(OWN_VERB, regardless=EVERY_AXIS, own=True)
def _own_account(views: AccessViews, _: None, act: Act) -> Account:
    return views.accounts.get(AccountId(act.actor))


class Credentials:
    """Flows around the slow hash and the random secrets; each ends in one use case. Safe to share between threads."""

    def __init__(
        self, office: Performer, hasher: PasswordHasher, codes: OneTimeCodes, settings: AccessSettings = AccessSettings()
    ) -> None:
        """`hasher` is never called inside a transaction."""
        self._office = office
        self._hasher = hasher
        self._codes = codes
        self._settings = settings

    def first_start(self, name: str = OWNER) -> HandedOut | None:
        """Open the owner's account with a one-time password, or None where the house has accounts already.

        However many start at once, one of them opens it. The password has no end, because nobody else could renew it.
        """
        at = self._office.clock.now()
        password = one_time_password()
        start = FirstStart(AccountId(uuid7(at)), RoleId(uuid7(at)), login_name(name), self._hasher.hash(password))
        account = self._office.perform(open_first_account, start, Act.of_system(at, reason="first start"))
        return None if account is None else HandedOut(account, password)

    def open_account(
        self,
        account: AccountId,
        name: str,
        display_name: str,
        act: Act,
        *,
        roles: tuple[Assignment, ...] = (),
        networks: tuple[str, ...] = (),
        merchant_id: MerchantId | None = None,
    ) -> HandedOut:
        """Open an account with a one-time password. Raises what `open_account` raises."""
        password = one_time_password()
        opening = OpenAccount(
            account=account,
            name=login_name(name),
            display_name=display_name,
            password_hash=self._hasher.hash(password),
            one_time_until=act.at + self._settings.one_time_life,
            roles=roles,
            networks=networks,
            merchant_id=merchant_id,
        )
        return HandedOut(self._office.perform(open_account, opening, act), password)

    def reset_password(self, account: AccountId, act: Act, *, without_codes: bool = False) -> HandedOut:
        """Hand out a one-time password for somebody else. Raises NotFound, NotHeld."""
        password = one_time_password()
        until = act.at + self._settings.one_time_life
        reset = ResetPassword(account, self._hasher.hash(password), until, without_codes)
        return HandedOut(self._office.perform(reset_password, reset, act), password)

    def change_own_password(self, present: str, new: str, act: Act, *, keep_token: str = "") -> Account:
        """Give oneself another password and end all other sessions than that of `keep_token`.

        Raises TooManyTries, WrongPassword, WeakPassword.
        """
        account = self._proved(present, act)
        plain = check_password(new, account.name, account.display_name)
        keep = token_hash(keep_token) if keep_token else ""
        change = ChangeOwnPassword(account.password_hash, self._hasher.hash(plain), keep)
        return self._office.perform(change_own_password, change, act)

    def set_up_codes(self, present: str, act: Act) -> Enrolment:
        """Begin with one-time codes. Raises TooManyTries, WrongPassword, CodesAlreadyOn."""
        account = self._proved(present, act)
        shared = self._codes.new_secret(account.id)
        self._office.perform(set_up_codes, SetUpCodes(account.password_hash, shared.sealed), act)
        return Enrolment(shared.plain, self._codes.enrolment_uri(shared.plain, account.name))

    def confirm_codes(self, code: str, act: Act) -> tuple[str, ...]:
        """Switch one-time codes on with a first one; the recovery codes. Raises CodesNotSetUp, CodesAlreadyOn, WrongCode."""
        account = self._office.ask(_own_account, None, act)
        step = self._codes.step_of(account.id, in_place(account.totp).secret, code.replace(" ", ""), act.at)
        recovery = tuple(recovery_code() for _ in range(RECOVERY_CODES))
        hashes = tuple(recovery_hash(one) for one in recovery)
        self._office.perform(confirm_codes, ConfirmCodes(step, hashes), act)
        return recovery

    def drop_codes(self, present: str, act: Act) -> Account:
        """Switch one's own one-time codes off. Raises TooManyTries, WrongPassword, CodesNotSetUp."""
        account = self._proved(present, act)
        return self._office.perform(drop_codes, DropCodes(account.password_hash), act)

    def issue_api_key(
        self,
        key: ApiKeyId,
        name: str,
        grants: Sequence[Grant],
        expires_at: dt.datetime,
        act: Act,
        *,
        networks: tuple[str, ...] = (),
    ) -> IssuedKey:
        """Issue a key for one's own account. Raises NotHeld, InvalidValue."""
        prefix = secrets.token_hex(6)
        secret = f"{KEY_PREFIX}{prefix}_{secrets.token_urlsafe(32)}"
        issue = IssueApiKey(key, name, prefix, token_hash(secret), tuple(grants), expires_at, networks)
        return IssuedKey(self._office.perform(issue_api_key, issue, act), secret)

    def _proved(self, present: str, act: Act) -> Account:
        """The actor's account, if this is its password. Raises TooManyTries, WrongPassword."""
        account = self._office.perform(count_proof, None, act)
        if not self._hasher.verify(account.password_hash, typed_password(present)):
            self._office.log(login_entry("prove_password", act, account, WrongPassword.code))
            raise WrongPassword
        return account


def one_time_password() -> str:
    """Twenty letters and digits in four groups, 100 random bits."""
    return _grouped(13, 20)


def recovery_code() -> str:
    """Sixteen letters and digits in groups, 80 random bits."""
    return _grouped(10, 16)


def _grouped(random_bytes: int, length: int) -> str:
    text = base64.b32encode(secrets.token_bytes(random_bytes)).decode()[:length]
    size = 5 if length % 5 == 0 else 4
    return "-".join(text[start : start + size] for start in range(0, length, size))
