"""What access keeps, and what it needs from outside: a slow password hash and a clock-bound code."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any, Final, Protocol
from uuid import UUID

import attrs

from houtai.application.audit import Category, SealedEntry
from houtai.application.paging import Page, Slice
from houtai.application.ports import HouseTx, Index, Reading, Records, Rows
from houtai.domain.access.account import Account
from houtai.domain.access.api_key import ApiKey
from houtai.domain.access.lockout import Tally
from houtai.domain.access.role import Role
from houtai.domain.access.session import Session
from houtai.domain.authority import HOUSE
from houtai.domain.ids import AccountId, ApiKeyId, RoleId, SessionId

KnownKey = tuple[AccountId, str]


@attrs.frozen
class KnownAddress:
    """A neighbourhood from which an account has logged in; for `KNOWN_FOR` it keeps a budget of tries of its own there."""

    account_id: AccountId
    neighbourhood: str
    last_at: dt.datetime


KNOWN_FOR: Final = dt.timedelta(days=90)

BY_NAME: Final[Index[Account, str]] = Index("name", lambda account: account.name, unique=True)
BY_STATE: Final[Index[Account, str]] = Index("state", lambda account: account.state.value)
BY_MERCHANT: Final[Index[Account, UUID]] = Index("merchant", lambda account: account.merchant_id or HOUSE)
ACCOUNTS: Final[Records[AccountId, Account]] = Records(
    "accounts",
    Account,
    key=lambda account: account.id,
    indexes=(BY_NAME, BY_STATE, BY_MERCHANT),
    secret=frozenset({"password_hash", "totp"}),
    reference=True,  # every request asks whose it is
)

BY_ROLE_NAME: Final[Index[Role, str]] = Index("name", lambda role: role.name, unique=True)
BY_ROLE_STATE: Final[Index[Role, str]] = Index("state", lambda role: role.state.value)
ROLES: Final[Records[RoleId, Role]] = Records(
    "roles", Role, key=lambda role: role.id, indexes=(BY_ROLE_NAME, BY_ROLE_STATE), reference=True
)

BY_TOKEN: Final[Index[Session, str]] = Index("token_hash", lambda session: session.token_hash, unique=True)
OPEN_OF: Final[Index[Session, UUID]] = Index(
    "open_account", lambda session: session.account_id if session.revoked_at is None else None
)
SESSIONS: Final[Records[SessionId, Session]] = Records(
    "sessions", Session, key=lambda session: session.id, indexes=(BY_TOKEN, OPEN_OF), secret=frozenset({"token_hash"})
)

BY_PREFIX: Final[Index[ApiKey, str]] = Index("prefix", lambda key: key.prefix, unique=True)
KEYS_OF: Final[Index[ApiKey, UUID]] = Index("account", lambda key: key.account_id)
API_KEYS: Final[Records[ApiKeyId, ApiKey]] = Records(
    "api_keys", ApiKey, key=lambda key: key.id, indexes=(BY_PREFIX, KEYS_OF), secret=frozenset({"secret_hash"}), reference=True
)

TALLIES: Final[Records[str, Tally]] = Records("tallies", Tally, key=lambda tally: tally.subject, logged=False)
KNOWN_ADDRESSES: Final[Records[KnownKey, KnownAddress]] = Records(
    "known_addresses", KnownAddress, key=lambda known: (known.account_id, known.neighbourhood), logged=False
)

RECORDS: Final[tuple[Records[Any, Any], ...]] = (ROLES, ACCOUNTS, SESSIONS, API_KEYS, TALLIES, KNOWN_ADDRESSES)


class AccessTx(HouseTx, Protocol):
    """What access may write."""

    @property
    def accounts(self) -> Rows[AccountId, Account]:
        """Everybody who may come in."""

    @property
    def roles(self) -> Rows[RoleId, Role]:
        """The bundles of grants."""

    @property
    def sessions(self) -> Rows[SessionId, Session]:
        """Logins, open and ended."""

    @property
    def api_keys(self) -> Rows[ApiKeyId, ApiKey]:
        """The machines' ways in."""

    @property
    def tallies(self) -> Rows[str, Tally]:
        """Failed tries by subject."""

    @property
    def known_addresses(self) -> Rows[KnownKey, KnownAddress]:
        """Where accounts have logged in from."""


@attrs.frozen
class LogFilter:
    """Which entries of the operation log: each condition that is not None has to hold; `since` is included, `until` not."""

    actor: UUID | None = None
    deed: str | None = None
    category: Category | None = None
    outcome: str | None = None
    since: dt.datetime | None = None
    until: dt.datetime | None = None


class AccessViews(Protocol):
    """What access reads outside of a transaction."""

    @property
    def accounts(self) -> Reading[AccountId, Account]:
        """Everybody who may come in."""

    @property
    def roles(self) -> Reading[RoleId, Role]:
        """The bundles of grants."""

    @property
    def sessions(self) -> Reading[SessionId, Session]:
        """Logins, open and ended."""

    @property
    def api_keys(self) -> Reading[ApiKeyId, ApiKey]:
        """The machines' ways in."""

    def first_session_end(self) -> dt.datetime | None:
        """The earliest moment at which a session ends by itself, whether ended before or not."""

    def audit_chain(self, *, after_seq: int = 0, limit: int = 1_000_000) -> Iterable[SealedEntry]:
        """The operation log behind `after_seq` in order."""

    def audit_head(self) -> int:
        """The last row's place in the chain, by its head."""

    def audit_head_hash(self) -> str:
        """The last row's hash, by its head; empty before the first row."""

    def search_audit(self, wanted: LogFilter, page: Page) -> Slice[SealedEntry]:
        """One page of the operation log, by place in the chain."""


class PasswordHasher(Protocol):
    """A hash that is slow on purpose; never called inside a transaction."""

    def hash(self, password: str) -> str:
        """A salted hash that says how it was made."""

    def verify(self, hashed: str, password: str) -> bool:
        """Whether this is the password; takes its time either way."""

    def outdated(self, hashed: str) -> bool:
        """Whether the hash was made with weaker settings than today's."""


@attrs.frozen
class SharedSecret:
    """What an authenticator is told once, in base32, and the sealed form that is stored."""

    plain: str = attrs.field(repr=False)
    sealed: str = attrs.field(repr=False)


def whose_codes(owner: AccountId) -> str:
    """To whom a sealed secret is bound: in another account's row it does not open."""
    return f"one-time codes of {owner}"


class OneTimeCodes(Protocol):
    """Time-based one-time codes (RFC 6238). Of their secrets only the sealed form is stored."""

    def new_secret(self, owner: AccountId) -> SharedSecret:
        """A fresh shared secret. Raises NoSecretKey."""

    def step_of(self, owner: AccountId, sealed: str, code: str, at: dt.datetime) -> int | None:
        """The time step whose code this is, one step early or late allowed; None for a wrong code. Raises SealBroken."""

    def enrolment_uri(self, secret: str, name: str) -> str:
        """The otpauth:// address that an authenticator reads from a square code."""
