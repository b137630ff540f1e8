"""What access answers: accounts, roles, sessions and keys in lists, why somebody may or may not, and who can."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from uuid import UUID

import attrs

from houtai.application.access.ports import (
    BY_MERCHANT,
    BY_ROLE_STATE,
    BY_STATE,
    KEYS_OF,
    OPEN_OF,
    AccessViews,
)
from houtai.application.access.reach import in_reach
from houtai.application.paging import Page, Slice
from houtai.application.permission import EVERY_AXIS, EXTENTS, MERCHANT, VERBS, needs
from houtai.domain.access.account import OWN_VERB, Account, AccountState, Assignment, authority_of
from houtai.domain.access.api_key import ApiKey
from houtai.domain.access.role import Role, RoleState
from houtai.domain.access.session import Session
from houtai.domain.act import Act
from houtai.domain.authority import Authority, Decision, Dimension, Grant, Scope, nearest
from houtai.domain.ids import AccountId, ApiKeyId, RoleId, SessionId
from houtai.domain.refusal import NotFound

READ_ACCOUNTS = "access.accounts.read"
EXPLAIN = "access.explain"


@attrs.frozen
class AccountView:
    """An account as others may see it, without anything to come in with."""

    id: AccountId
    name: str
    display_name: str
    state: AccountState
    roles: tuple[Assignment, ...]
    networks: tuple[str, ...]
    codes_on: bool
    must_change_password: bool
    merchant_id: UUID | None
    created_at: dt.datetime
    version: int


def shown(account: Account) -> AccountView:
    """The account without its secrets."""
    return AccountView(
        id=account.id,
        name=account.name,
        display_name=account.display_name,
        state=account.state,
        roles=account.roles,
        networks=account.networks,
        codes_on=account.totp is not None and account.totp.on,
        must_change_password=account.must_change_password,
        merchant_id=account.merchant_id,
        created_at=account.created_at,
        version=account.version,
    )


@attrs.frozen
class ListAccounts:
    """Accounts, newest first, in any state or one."""

    page: Page = attrs.field(factory=Page)
    state: AccountState | None = None


@needs(READ_ACCOUNTS, along=(MERCHANT,))
def list_accounts(views: AccessViews, query: ListAccounts, act: Act) -> Slice[AccountView]:
    """The accounts within the actor's reach."""
    where: dict[object, object] = {} if query.state is None else {BY_STATE: query.state.value}
    merchants = act.authority.reach(READ_ACCOUNTS, Dimension.MERCHANT, at=act.at)
    if merchants is not None:
        where[BY_MERCHANT] = merchants
    found = views.accounts.page(query.page, where)  # type: ignore[arg-type]  # indexes of several value types in one mapping
    return Slice(tuple(shown(account) for account in found.items), found.next_cursor)


@needs(READ_ACCOUNTS, along=(MERCHANT,))
def find_account(views: AccessViews, account_id: AccountId, act: Act) -> AccountView:
    """One account. Raises NotFound for one that is missing or out of reach."""
    return shown(_account_in_reach(views, account_id, READ_ACCOUNTS, act))


@needs(OWN_VERB, regardless=EVERY_AXIS, own=True)
def find_me(views: AccessViews, _: None, act: Act) -> AccountView:
    """One's own account."""
    return shown(views.accounts.get(AccountId(act.actor)))


@attrs.frozen
class ListRoles:
    """Roles, newest first, in any state or one."""

    page: Page = attrs.field(factory=Page)
    state: RoleState | None = None


@needs("access.roles.read")
def list_roles(views: AccessViews, query: ListRoles, _: Act) -> Slice[Role]:
    """The roles with their grants."""
    return views.roles.page(query.page, {} if query.state is None else {BY_ROLE_STATE: query.state.value})


@needs("access.roles.read")
def find_role(views: AccessViews, role_id: RoleId, _: Act) -> Role:
    """One role. Raises NotFound."""
    return views.roles.get(role_id)


@needs("access.roles.read", regardless=EVERY_AXIS, own=True)
def list_verbs(_: AccessViews, __: None, ___: Act) -> dict[str, str]:
    """Every verb that the running program asks for, with what it is for: what menus and role editors are made from."""
    return dict(sorted(VERBS.items()))


@attrs.frozen
class SessionView:
    """A session as its owner may see it."""

    id: SessionId
    created_at: dt.datetime
    last_seen_at: dt.datetime
    expires_at: dt.datetime
    address: str
    agent: str
    entry: str
    current: bool


@needs(OWN_VERB, regardless=EVERY_AXIS, own=True)
def list_own_sessions(views: AccessViews, current_token_hash: str, act: Act) -> tuple[SessionView, ...]:
    """One's own live sessions, latest first; `current` marks the one with this token hash."""
    live = [session for session in views.sessions.by(OPEN_OF, act.actor) if session.live_at(act.at)]
    return tuple(_seen(session, current_token_hash) for session in sorted(live, key=lambda one: one.created_at, reverse=True))


def _seen(session: Session, current: str) -> SessionView:
    return SessionView(
        id=session.id,
        created_at=session.created_at,
        last_seen_at=session.last_seen_at,
        expires_at=session.expires_at,
        address=session.address,
        agent=session.agent,
        entry=session.entry,
        current=session.token_hash == current,
    )


@attrs.frozen
class KeyView:
    """A key without its secret."""

    id: ApiKeyId
    account_id: AccountId
    name: str
    prefix: str
    grants: tuple[Grant, ...]
    networks: tuple[str, ...]
    created_at: dt.datetime
    expires_at: dt.datetime
    state: str
    live: bool


def key_shown(key: ApiKey, at: dt.datetime) -> KeyView:
    """The key without its secret's hash."""
    return KeyView(
        id=key.id,
        account_id=key.account_id,
        name=key.name,
        prefix=key.prefix,
        grants=key.grants,
        networks=key.networks,
        created_at=key.created_at,
        expires_at=key.expires_at,
        state=key.state.value,
        live=key.live_at(at),
    )


@needs(OWN_VERB, regardless=EVERY_AXIS, own=True)
def list_own_keys(views: AccessViews, _: None, act: Act) -> tuple[KeyView, ...]:
    """One's own keys, revoked and expired ones included."""
    return tuple(key_shown(key, act.at) for key in views.api_keys.by(KEYS_OF, act.actor))


@needs(READ_ACCOUNTS, along=(MERCHANT,))
def list_keys_of(views: AccessViews, account_id: AccountId, act: Act) -> tuple[KeyView, ...]:
    """Somebody's keys. Raises NotFound for an account that is missing or out of reach."""
    account = _account_in_reach(views, account_id, READ_ACCOUNTS, act)
    return tuple(key_shown(key, act.at) for key in views.api_keys.by(KEYS_OF, account.id))


@attrs.frozen
class ExplainAccess:
    """May this account do this, here, up to this much, on what that person made?"""

    account: AccountId
    verb: str
    scope: Scope = attrs.field(factory=Scope)
    amounts: Mapping[str, int] = attrs.field(factory=dict)
    maker: UUID | None = None


@attrs.frozen
class GrantWeighed:
    """One grant that holds the verb, and why it does or does not allow the deed."""

    verb: str
    source: str
    allows: bool
    denial: str
    explanation: str


@attrs.frozen
class DeedRefused:
    """A deed of the verb that stays closed though another one is open, and why: one's own channel, but not a new one."""

    deed: str
    denial: str
    explanation: str


@attrs.frozen
class Explanation:
    """The answer, its reason, and every grant that was weighed. `closed` are deeds of the same verb that are not open as well."""

    allowed: bool
    denial: str
    explanation: str
    by: str
    hidden: tuple[str, ...]
    weighed: tuple[GrantWeighed, ...]
    closed: tuple[DeedRefused, ...] = ()


@needs(EXPLAIN, along=(MERCHANT,))
def explain_access(views: AccessViews, query: ExplainAccess, act: Act) -> Explanation:
    """Why an account may or may not, at this moment. Raises NotFound for an account that is missing or out of reach."""
    account = _account_in_reach(views, query.account, EXPLAIN, act)
    if not account.open:
        return Explanation(False, "disabled", f"account {account.name} is disabled", "", (), ())
    return explained(_authority(views, account), query, act.at)


@needs(OWN_VERB, regardless=EVERY_AXIS, own=True)
def explain_mine(_: AccessViews, query: ExplainAccess, act: Act) -> Explanation:
    """The same about oneself, with the rights one came in with; `query.account` is not looked at."""
    return explained(act.authority, query, act.at)


def explained(authority: Authority, query: ExplainAccess, at: dt.datetime) -> Explanation:
    """The decision in full, for the deed of the verb that the authority reaches best."""
    deeds = _decisions(authority, query, at)
    best = nearest(decision for _, decision in deeds)
    before, decision = next(one for one in deeds if one[1] is best)
    weighed = before.weigh(query.verb, query.scope, at=at, amounts=query.amounts)
    return Explanation(
        allowed=decision.allowed,
        denial=decision.denial.value if decision.denial else "",
        explanation=decision.explanation,
        by=decision.by,
        hidden=tuple(sorted(decision.hidden)),
        weighed=tuple(
            GrantWeighed(
                one.grant.verb, one.grant.source, one.denial is None, one.denial.value if one.denial else "", one.explanation
            )
            for one in weighed
        ),
        closed=_closed(authority, query, at) if decision.allowed else (),
    )


def _decisions(authority: Authority, query: ExplainAccess | WhoCan, at: dt.datetime) -> list[tuple[Authority, Decision]]:
    """The decision before every kind of deed that needs the verb, and where none does, by the scope alone."""
    extents = dict.fromkeys(EXTENTS.get(query.verb, {}).values())
    before = [authority.over({query.verb: extent}) for extent in extents] or [authority.over({})]
    return [(one, _decided(one, query, at)) for one in before]


def _decided(before: Authority, query: ExplainAccess | WhoCan, at: dt.datetime) -> Decision:
    return before.decide(query.verb, query.scope, at=at, amounts=query.amounts, maker=query.maker)


def _closed(authority: Authority, query: ExplainAccess, at: dt.datetime) -> tuple[DeedRefused, ...]:
    deeds = sorted(EXTENTS.get(query.verb, {}).items())
    decided = ((deed, _decided(authority.over({query.verb: extent}), query, at)) for deed, extent in deeds)
    return tuple(DeedRefused(deed, one.denial.value, one.explanation) for deed, one in decided if one.denial is not None)


@attrs.frozen
class WhoCan:
    """Who may do this, here, up to this much, on what that person made?"""

    verb: str
    scope: Scope = attrs.field(factory=Scope)
    amounts: Mapping[str, int] = attrs.field(factory=dict)
    maker: UUID | None = None


@attrs.frozen
class Able:
    """Somebody who may, and by which role."""

    account: AccountId
    name: str
    display_name: str
    by: str


@needs(EXPLAIN, along=(MERCHANT,))
def who_can(views: AccessViews, query: WhoCan, act: Act) -> tuple[Able, ...]:
    """Every account within reach that may, by name: the same decision as `explain`, taken for everybody."""
    roles = {role.id: role for role in views.roles.by(BY_ROLE_STATE, RoleState.ACTIVE.value)}
    able = []
    for account in views.accounts.by(BY_STATE, AccountState.ACTIVE.value):
        if in_reach(act, EXPLAIN, account):
            decision = nearest(decided for _, decided in _decisions(authority_of(account, roles), query, act.at))
            if decision.allowed:
                able.append(Able(account.id, account.name, account.display_name, decision.by))
    return tuple(sorted(able, key=lambda one: one.name))


def _authority(views: AccessViews, account: Account) -> Authority:
    return authority_of(account, views.roles.many([assignment.role_id for assignment in account.roles]))


def _account_in_reach(views: AccessViews, account_id: AccountId, verb: str, act: Act) -> Account:
    account = views.accounts.find(account_id)
    if account is None or not in_reach(act, verb, account):
        raise NotFound(what="account", key=str(account_id))
    return account
