"""Everybody's accounts and roles over HTTP, and who can do what and why."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from houtai.application.access.change_account import (
    ChangeAccount,
    MoveAccount,
    change_account,
    disable_account,
    enable_account,
)
from houtai.application.access.end_session import EndSessionsOf, end_sessions_of
from houtai.application.access.issue_key import RevokeApiKey, revoke_api_key
from houtai.application.access.open_account import open_account
from houtai.application.access.queries import (
    ExplainAccess,
    ListAccounts,
    ListRoles,
    WhoCan,
    explain_access,
    find_account,
    find_role,
    list_accounts,
    list_keys_of,
    list_roles,
    list_verbs,
    who_can,
)
from houtai.application.access.set_password import reset_password
from houtai.application.access.shape_role import (
    ChangeRole,
    CreateRole,
    MoveRole,
    change_role,
    create_role,
    retire_role,
    revive_role,
)
from houtai.domain.access.account import AccountState
from houtai.domain.access.networks import networks
from houtai.domain.access.refusals import LastAdministrator, NotHeld
from houtai.domain.access.role import RoleState
from houtai.domain.ids import AccountId, ApiKeyId, MerchantId, RoleId
from houtai.domain.refusal import IllegalMove
from houtai.entrypoints.http import wire
from houtai.entrypoints.http.access import EndedOut, KeysOut
from houtai.entrypoints.http.access_wire import (
    AccountOut,
    DeedBody,
    ExplanationOut,
    Grants,
    HandedOutOut,
    KeyOut,
    LoginName,
    Networks,
    RoleOut,
    RolesHeld,
    ShownName,
    account_out,
    explanation_out,
    granted,
    handed_out,
    held,
    key_out,
    role_out,
)
from houtai.entrypoints.http.desk import Desk
from houtai.entrypoints.http.routes import Routes

ROUTES = Routes("accounts", "Accounts, roles, and who can do what and why.")


class AccountQuery(wire.PageQuery):
    """Which accounts to list."""

    state: AccountState | None = None


@ROUTES.get("/accounts", list_accounts)
def get_accounts(desk: Desk, query: AccountQuery) -> wire.Listed[AccountOut]:
    """List accounts, newest first."""
    return wire.listed(desk.ask(list_accounts, ListAccounts(query.page(), query.state)), account_out)


@ROUTES.get("/accounts/{account_id}", find_account)
def get_account(desk: Desk, account_id: wire.Id) -> AccountOut:
    """Look at one account."""
    return account_out(desk.ask(find_account, AccountId(account_id)))


class NewAccount(wire.Wire, kw_only=True):
    """A new account; its one-time password is made here."""

    name: LoginName
    display_name: ShownName
    roles: RolesHeld = ()
    networks: Networks = ()
    merchant_id: wire.Id | None = None
    id: wire.Id | None = None


# What shows a secret has no stored answer to give again, so these routes know no Idempotency-Key; with an id of its own a
# repeated request is answered by 409.
@ROUTES.post("/accounts", open_account, status=201, location="/accounts/{id}", keyed=False, refuses=(NotHeld,))
def post_account(desk: Desk, body: NewAccount) -> HandedOutOut:
    """Open an account and show its one-time password."""
    handed = desk.credentials.open_account(
        AccountId(desk.new_id(body.id)),
        body.name,
        body.display_name,
        desk.act,
        roles=held(body.roles),
        networks=networks(body.networks),
        merchant_id=None if body.merchant_id is None else MerchantId(body.merchant_id),
    )
    return handed_out(handed.account, handed.password)


class AccountChange(wire.Wire, kw_only=True):
    """What changes about an account; what is left out stays."""

    display_name: ShownName | msgspec.UnsetType = msgspec.UNSET
    roles: RolesHeld | msgspec.UnsetType = msgspec.UNSET
    networks: Networks | msgspec.UnsetType = msgspec.UNSET


@ROUTES.patch("/accounts/{account_id}", change_account, refuses=(NotHeld, LastAdministrator))
def patch_account(desk: Desk, account_id: wire.Id, body: AccountChange) -> AccountOut:
    """Change an account's name on screen, roles or networks."""
    cmd = ChangeAccount(
        AccountId(account_id),
        desk.expected_version,
        None if body.display_name is msgspec.UNSET else body.display_name,
        None if body.roles is msgspec.UNSET else held(body.roles),
        None if body.networks is msgspec.UNSET else networks(body.networks),
    )
    return account_out(desk.perform(change_account, cmd))


class Why(wire.Wire):
    """Why; it stays in the document's timeline."""

    reason: Annotated[str, Meta(max_length=500)] = ""


@ROUTES.post(
    "/accounts/{account_id}/disable", disable_account, match="required", refuses=(IllegalMove, NotHeld, LastAdministrator)
)
def post_account_disable(desk: Desk, account_id: wire.Id, body: Why) -> AccountOut:
    """Close the door on an account; its sessions end at once."""
    return account_out(desk.perform(disable_account, MoveAccount(AccountId(account_id), desk.expected_version, body.reason)))


@ROUTES.post("/accounts/{account_id}/enable", enable_account, match="required", refuses=(IllegalMove, NotHeld))
def post_account_enable(desk: Desk, account_id: wire.Id, body: Why) -> AccountOut:
    """Open the door to an account again."""
    return account_out(desk.perform(enable_account, MoveAccount(AccountId(account_id), desk.expected_version, body.reason)))


class Reset(wire.Wire):
    """`without_codes` also switches one-time codes off, for a lost telephone."""

    without_codes: bool = False


@ROUTES.post("/accounts/{account_id}/reset-password", reset_password, keyed=False, refuses=(NotHeld,))
def post_account_reset_password(desk: Desk, account_id: wire.Id, body: Reset) -> HandedOutOut:
    """Hand out a one-time password; the account's sessions end."""
    credentials = desk.credentials
    handed = credentials.reset_password(AccountId(account_id), desk.act, without_codes=body.without_codes)
    return handed_out(handed.account, handed.password)


@ROUTES.post("/accounts/{account_id}/end-sessions", end_sessions_of, refuses=(NotHeld,))
def post_account_end_sessions(desk: Desk, account_id: wire.Id) -> EndedOut:
    """End all sessions of an account."""
    return EndedOut(desk.perform(end_sessions_of, EndSessionsOf(AccountId(account_id))))


@ROUTES.get("/accounts/{account_id}/api-keys", list_keys_of)
def get_account_api_keys(desk: Desk, account_id: wire.Id) -> KeysOut:
    """List an account's API keys."""
    return KeysOut(tuple(key_out(key) for key in desk.ask(list_keys_of, AccountId(account_id))))


@ROUTES.post("/api-keys/{key_id}/revoke", revoke_api_key, refuses=(IllegalMove, NotHeld))
def post_api_key_revoke(desk: Desk, key_id: wire.Id, body: Why) -> KeyOut:
    """End anybody's API key."""
    return key_out(desk.perform(revoke_api_key, RevokeApiKey(ApiKeyId(key_id), body.reason)))


class RoleQuery(wire.PageQuery):
    """Which roles to list."""

    state: RoleState | None = None


@ROUTES.get("/roles", list_roles)
def get_roles(desk: Desk, query: RoleQuery) -> wire.Listed[RoleOut]:
    """List roles, newest first."""
    return wire.listed(desk.ask(list_roles, ListRoles(query.page(), query.state)), role_out)


@ROUTES.get("/roles/{role_id}", find_role)
def get_role(desk: Desk, role_id: wire.Id) -> RoleOut:
    """Look at one role."""
    return role_out(desk.ask(find_role, RoleId(role_id)))


class NewRole(wire.Wire, kw_only=True):
    """A new role."""

    name: ShownName
    grants: Grants
    networks: Networks = ()
    id: wire.Id | None = None


@ROUTES.post("/roles", create_role, status=201, location="/roles/{id}", refuses=(NotHeld,))
def post_role(desk: Desk, body: NewRole) -> RoleOut:
    """Make a role of rights that one holds oneself."""
    cmd = CreateRole(RoleId(desk.new_id(body.id)), body.name, granted(body.grants), networks(body.networks))
    return role_out(desk.perform(create_role, cmd))


class RoleChange(wire.Wire, kw_only=True):
    """What changes about a role; what is left out stays."""

    name: ShownName | msgspec.UnsetType = msgspec.UNSET
    grants: Grants | msgspec.UnsetType = msgspec.UNSET
    networks: Networks | msgspec.UnsetType = msgspec.UNSET


@ROUTES.patch("/roles/{role_id}", change_role, refuses=(NotHeld, LastAdministrator))
def patch_role(desk: Desk, role_id: wire.Id, body: RoleChange) -> RoleOut:
    """Change a role; it counts from its holders' next requests on."""
    cmd = ChangeRole(
        RoleId(role_id),
        desk.expected_version,
        None if body.name is msgspec.UNSET else body.name,
        None if body.grants is msgspec.UNSET else granted(body.grants),
        None if body.networks is msgspec.UNSET else networks(body.networks),
    )
    return role_out(desk.perform(change_role, cmd))


@ROUTES.post("/roles/{role_id}/retire", retire_role, match="required", refuses=(IllegalMove, NotHeld, LastAdministrator))
def post_role_retire(desk: Desk, role_id: wire.Id) -> RoleOut:
    """Let a role grant nothing any more."""
    return role_out(desk.perform(retire_role, MoveRole(RoleId(role_id), desk.expected_version)))


@ROUTES.post("/roles/{role_id}/revive", revive_role, match="required", refuses=(IllegalMove, NotHeld))
def post_role_revive(desk: Desk, role_id: wire.Id) -> RoleOut:
    """Let a role grant again what it says."""
    return role_out(desk.perform(revive_role, MoveRole(RoleId(role_id), desk.expected_version)))


class VerbOut(wire.Wire):
    """A verb and what it is for."""

    verb: str
    purpose: str


class VerbsOut(wire.Wire):
    """Every verb that the house asks for."""

    items: tuple[VerbOut, ...]


@ROUTES.get("/verbs", list_verbs)
def get_verbs(desk: Desk) -> VerbsOut:
    """List every verb that a grant can name."""
    return VerbsOut(tuple(VerbOut(verb, purpose) for verb, purpose in desk.ask(list_verbs, None).items()))


class ExplainBody(DeedBody, kw_only=True):
    """Whose right to ask about, and the deed."""

    account_id: wire.Id


@ROUTES.post("/explanations", explain_access, keyed=False)
def post_explanation(desk: Desk, body: ExplainBody) -> ExplanationOut:
    """Ask why somebody may or may not do something."""
    query = ExplainAccess(AccountId(body.account_id), body.verb, body.scope.value(), body.wanted(), body.maker)
    return explanation_out(desk.ask(explain_access, query))


class AbleOut(wire.Wire):
    """Somebody who may, and by which role."""

    account_id: wire.Id
    name: str
    display_name: str
    by: str


class WhoCanOut(wire.Wire):
    """Everybody who may, by name."""

    items: tuple[AbleOut, ...]


@ROUTES.post("/who-can", who_can, keyed=False)
def post_who_can(desk: Desk, body: DeedBody) -> WhoCanOut:
    """Ask who can do something."""
    able = desk.ask(who_can, WhoCan(body.verb, body.scope.value(), body.wanted(), body.maker))
    return WhoCanOut(tuple(AbleOut(one.account, one.name, one.display_name, one.by) for one in able))
