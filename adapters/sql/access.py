"""Tables of access: accounts with their roles, sessions, keys and tallies; and the search in the operation log."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping as Lookup
from typing import Any, Final

from sqlalchemy import BigInteger, Boolean, Column, Connection, ForeignKey, Index, Table, func, select

from houtai.adapters.sql.columns import METADATA, id_column, moment, one_of, owner_column, plain, version, whole_number, words
from houtai.adapters.sql.house import audit_log, sealed_of
from houtai.adapters.sql.mapping import Child, Mapping, Row
from houtai.application.access import ports
from houtai.application.access.ports import KnownAddress, LogFilter
from houtai.application.audit import SealedEntry
from houtai.application.paging import Page, Slice, cursor_at, cursor_number
from houtai.application.plain import from_plain, to_plain
from houtai.domain.access.account import Account, AccountState, Assignment
from houtai.domain.access.api_key import ApiKey, ApiKeyState
from houtai.domain.access.lockout import Tally
from houtai.domain.access.role import Role, RoleState
from houtai.domain.access.session import Session
from houtai.domain.access.totp import Totp
from houtai.domain.authority import Grant

roles: Final = Table(
    "roles",
    METADATA,
    id_column("id", primary_key=True),
    words("name", 100, unique=True),
    plain("grants"),
    plain("networks"),
    one_of("state", RoleState, index=True),
    version(),
)

accounts: Final = Table(
    "accounts",
    METADATA,
    id_column("id", primary_key=True),
    words("name", 64, unique=True),
    words("display_name", 100),
    words("password_hash", 255),
    moment("created_at"),
    one_of("state", AccountState, index=True),
    plain("networks"),
    words("totp_secret", 255, nullable=True),  # sealed
    moment("totp_confirmed_at", nullable=True),
    Column("totp_last_step", BigInteger(), nullable=True),
    plain("totp_recovery", nullable=True),
    Column("must_change_password", Boolean(), nullable=False),
    moment("one_time_until", nullable=True),
    owner_column("merchant_id", known=False, index=True),  # no foreign key: merchants lie above access
    version(),
)

account_roles: Final = Table(
    "account_roles",
    METADATA,
    id_column("account_id", ForeignKey("accounts.id"), primary_key=True),
    id_column("role_id", ForeignKey("roles.id"), primary_key=True, index=True),
    whole_number("place", 0, 50),
    moment("valid_from", nullable=True),
    moment("valid_until", nullable=True),
)

sessions: Final = Table(
    "sessions",
    METADATA,
    id_column("id", primary_key=True),
    id_column("account_id", ForeignKey("accounts.id")),
    id_column("open_account_id", nullable=True),  # the account again while the session is open, for a short index
    words("token_hash", 64, unique=True),
    moment("created_at"),
    moment("expires_at", index=True),
    whole_number("idle_s", 1, 2**31),
    moment("last_seen_at"),
    words("address", 64),
    words("agent", 500),
    words("entry", 40),
    moment("revoked_at", nullable=True),
    words("end_reason", 100),
)
Index(
    "ix_sessions_open_account_id",
    sessions.c.open_account_id,
    postgresql_where=sessions.c.open_account_id.is_not(None),
    sqlite_where=sessions.c.open_account_id.is_not(None),
)

api_keys: Final = Table(
    "api_keys",
    METADATA,
    id_column("id", primary_key=True),
    id_column("account_id", ForeignKey("accounts.id"), index=True),
    words("name", 100),
    words("prefix", 32, unique=True),
    words("secret_hash", 64),
    plain("grants"),
    moment("created_at"),
    moment("expires_at"),
    plain("networks"),
    one_of("state", ApiKeyState),
    version(),
)

tallies: Final = Table(
    "tallies",
    METADATA,
    words("subject", 120, primary_key=True),
    whole_number("failures", 0, 2**31),
    moment("last_at", nullable=True, index=True),
    moment("blocked_until", nullable=True),
)

known_addresses: Final = Table(
    "known_addresses",
    METADATA,
    id_column("account_id", ForeignKey("accounts.id"), primary_key=True),
    words("neighbourhood", 64, primary_key=True),
    moment("last_at", index=True),
)


def _dump_role(role: Role) -> Row:
    return {
        "id": role.id,
        "name": role.name,
        "grants": to_plain(role.grants),
        "networks": list(role.networks),
        "state": role.state.value,
        "version": role.version,
    }


def _load_role(row: Row, _: Lookup[str, list[Row]]) -> Role:
    return Role(
        id=row["id"],
        name=row["name"],
        grants=from_plain(row["grants"], tuple[Grant, ...]),
        networks=tuple(row["networks"]),
        state=RoleState(row["state"]),
        version=row["version"],
    )


def _dump_account(account: Account) -> Row:
    totp = account.totp
    return {
        "id": account.id,
        "name": account.name,
        "display_name": account.display_name,
        "password_hash": account.password_hash,
        "created_at": account.created_at,
        "state": account.state.value,
        "networks": list(account.networks),
        "totp_secret": totp.secret if totp else None,
        "totp_confirmed_at": totp.confirmed_at if totp else None,
        "totp_last_step": totp.last_step if totp else None,
        "totp_recovery": list(totp.recovery) if totp else None,
        "must_change_password": account.must_change_password,
        "one_time_until": account.one_time_until,
        "merchant_id": account.merchant_id,
        "version": account.version,
    }


def _dump_assignments(account: Account) -> list[Row]:
    return [
        {
            "account_id": account.id,
            "role_id": assignment.role_id,
            "place": place,
            "valid_from": assignment.valid_from,
            "valid_until": assignment.valid_until,
        }
        for place, assignment in enumerate(account.roles)
    ]


def _load_account(row: Row, lines: Lookup[str, list[Row]]) -> Account:
    totp = None
    if row["totp_secret"] is not None:
        totp = Totp(row["totp_secret"], row["totp_confirmed_at"], row["totp_last_step"], tuple(row["totp_recovery"]))
    return Account(
        id=row["id"],
        name=row["name"],
        display_name=row["display_name"],
        password_hash=row["password_hash"],
        created_at=row["created_at"],
        state=AccountState(row["state"]),
        roles=tuple(Assignment(line["role_id"], line["valid_from"], line["valid_until"]) for line in lines["account_roles"]),
        networks=tuple(row["networks"]),
        totp=totp,
        must_change_password=row["must_change_password"],
        one_time_until=row["one_time_until"],
        merchant_id=row["merchant_id"],
        version=row["version"],
    )


_SESSION_COLUMNS: Final = [column.name for column in sessions.columns if column.name != "open_account_id"]


def _dump_session(session: Session) -> Row:
    row = {name: getattr(session, name) for name in _SESSION_COLUMNS}
    return {**row, "open_account_id": None if session.revoked_at else session.account_id}


def _load_session(row: Row, _: Lookup[str, list[Row]]) -> Session:
    return Session(**{name: row[name] for name in _SESSION_COLUMNS})


def _dump_key(key: ApiKey) -> Row:
    return {
        "id": key.id,
        "account_id": key.account_id,
        "name": key.name,
        "prefix": key.prefix,
        "secret_hash": key.secret_hash,
        "grants": to_plain(key.grants),
        "created_at": key.created_at,
        "expires_at": key.expires_at,
        "networks": list(key.networks),
        "state": key.state.value,
        "version": key.version,
    }


def _load_key(row: Row, _: Lookup[str, list[Row]]) -> ApiKey:
    typed = {
        "grants": from_plain(row["grants"], tuple[Grant, ...]),
        "networks": tuple(row["networks"]),
        "state": ApiKeyState(row["state"]),
    }
    return ApiKey(**{**row, **typed})


def _dump_tally(tally: Tally) -> Row:
    return {
        "subject": tally.subject,
        "failures": tally.failures,
        "last_at": tally.last_at,
        "blocked_until": tally.blocked_until,
    }


def _dump_known(known: KnownAddress) -> Row:
    return {"account_id": known.account_id, "neighbourhood": known.neighbourhood, "last_at": known.last_at}


MAPPINGS: Final[tuple[Mapping[Any], ...]] = (
    Mapping(
        ports.ROLES,
        roles,
        dump=_dump_role,
        load=_load_role,
        found_by={ports.BY_ROLE_NAME: ("name",), ports.BY_ROLE_STATE: ("state",)},
    ),
    Mapping(
        ports.ACCOUNTS,
        accounts,
        dump=_dump_account,
        load=_load_account,
        found_by={ports.BY_NAME: ("name",), ports.BY_STATE: ("state",), ports.BY_MERCHANT: ("merchant_id",)},
        children=(Child(account_roles, parent=("account_id",), dump=_dump_assignments, order_by=("place",)),),
    ),
    Mapping(
        ports.SESSIONS,
        sessions,
        dump=_dump_session,
        load=_load_session,
        found_by={ports.BY_TOKEN: ("token_hash",), ports.OPEN_OF: ("open_account_id",)},
    ),
    Mapping(
        ports.API_KEYS,
        api_keys,
        dump=_dump_key,
        load=_load_key,
        found_by={ports.BY_PREFIX: ("prefix",), ports.KEYS_OF: ("account_id",)},
    ),
    Mapping(ports.TALLIES, tallies, dump=_dump_tally, load=lambda row, _: Tally(**row)),
    Mapping(ports.KNOWN_ADDRESSES, known_addresses, dump=_dump_known, load=lambda row, _: KnownAddress(**row)),
)


class AccessViews:
    """The searches of access."""

    connection: Connection

    def first_session_end(self) -> dt.datetime | None:
        """See `AccessViews.first_session_end`."""
        end = sessions.c.expires_at
        found: dt.datetime | None = self.connection.execute(select(func.min(end, type_=end.type))).scalar_one()
        return found

    def search_audit(self, wanted: LogFilter, page: Page) -> Slice[SealedEntry]:
        """See `AccessViews.search_audit`."""
        log = audit_log.c
        statement = select(audit_log)
        for column, value in (
            (log.actor, wanted.actor),
            (log.deed, wanted.deed),
            (log.category, wanted.category.value if wanted.category else None),
            (log.outcome, wanted.outcome),
        ):
            if value is not None:
                statement = statement.where(column == value)
        if wanted.since is not None:
            statement = statement.where(log.at >= wanted.since)
        if wanted.until is not None:
            statement = statement.where(log.at < wanted.until)
        after = cursor_number(page)
        if after is not None:
            statement = statement.where(log.seq < after if page.newest_first else log.seq > after)
        ordered = statement.order_by(log.seq.desc() if page.newest_first else log.seq).limit(page.limit + 1)
        found = [sealed_of(row) for row in self.connection.execute(ordered).mappings()]
        shown = found[: page.limit]
        return Slice(tuple(shown), cursor_at(str(shown[-1].seq)) if len(found) > page.limit else "")
