"""Coming in and one's own affairs over HTTP: login, password, sessions, API keys and one-time codes."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from msgspec import Meta

from houtai.application.access.change_account import ChangeOwnName, change_own_name
from houtai.application.access.end_session import EndOwnSessions, EndSession, LogOut, end_own_sessions, end_session, log_out
from houtai.application.access.issue_key import RevokeApiKey, issue_api_key, revoke_own_api_key
from houtai.application.access.queries import (
    ExplainAccess,
    explain_mine,
    find_me,
    key_shown,
    list_own_keys,
    list_own_sessions,
    shown,
)
from houtai.application.access.set_password import change_own_password
from houtai.application.access.set_up_codes import confirm_codes, drop_codes, set_up_codes
from houtai.domain.access.networks import networks
from houtai.domain.access.refusals import (
    AddressNotAllowed,
    CodeNeeded,
    CodesAlreadyOn,
    CodesNotSetUp,
    LoginRefused,
    NotHeld,
    TooManyTries,
    WeakPassword,
    WrongCode,
    WrongPassword,
)
from houtai.domain.access.session import token_hash
from houtai.domain.ids import AccountId, ApiKeyId, SessionId
from houtai.domain.refusal import IllegalMove
from houtai.entrypoints.http import wire
from houtai.entrypoints.http.access_wire import (
    AccountOut,
    DeedBody,
    ExplanationOut,
    GrantBody,
    KeyOut,
    Networks,
    SessionOut,
    ShownName,
    account_out,
    explanation_out,
    granted,
    key_out,
    session_out,
)
from houtai.entrypoints.http.desk import Desk
from houtai.entrypoints.http.routes import Routes

ROUTES = Routes("access", "Coming in, and one's own password, sessions, keys and one-time codes.")

OneTimeCode = Annotated[str, Meta(max_length=64, description="Six digits, or a recovery code.", examples=["492039"])]


class Login(wire.Wire):
    """Name and password, and a one-time or recovery code where the account asks for one."""

    name: wire.Name
    password: wire.Secret
    code: OneTimeCode = ""


class LoggedInOut(wire.Wire):
    """A session's token, which is shown here once and never again; it goes into `Authorization: Bearer`."""

    token: str
    session_id: wire.Id
    expires_at: dt.datetime
    must_change_password: bool
    account: AccountOut


@ROUTES.post("/login", None, public=True, keyed=False, refuses=(LoginRefused, CodeNeeded, TooManyTries, AddressNotAllowed))
def post_login(desk: Desk, body: Login) -> LoggedInOut:
    """Log in.

    A wrong name and a wrong password are answered alike, and too many of either by 429 with Retry-After.
    """
    found = desk.authenticator.log_in(body.name, body.password, body.code, desk.act.origin)
    return LoggedInOut(
        token=found.token,
        session_id=found.session.id,
        expires_at=found.session.expires_at,
        must_change_password=found.must_change_password,
        account=account_out(shown(found.account)),
    )


@ROUTES.post("/logout", log_out, with_one_time_password=True)
def post_logout(desk: Desk) -> None:
    """End the session that one is in."""
    desk.perform(log_out, LogOut(token_hash(desk.token)))


@ROUTES.get("/me", find_me, with_one_time_password=True)
def get_me(desk: Desk) -> AccountOut:
    """Look at one's own account."""
    return account_out(desk.ask(find_me, None))


class OwnChange(wire.Wire):
    """What people may change about themselves."""

    display_name: ShownName


@ROUTES.patch("/me", change_own_name)
def patch_me(desk: Desk, body: OwnChange) -> AccountOut:
    """Change one's own name on screen."""
    return account_out(desk.perform(change_own_name, ChangeOwnName(desk.expected_version, body.display_name)))


class PasswordChange(wire.Wire):
    """The present password and the new one."""

    present: wire.Secret
    new: wire.Secret


# What shows or takes a secret has no stored answer to give again, so these routes know no Idempotency-Key.
@ROUTES.post("/me/password", change_own_password, with_one_time_password=True, keyed=False, refuses=(WrongPassword, WeakPassword))
def post_me_password(desk: Desk, body: PasswordChange) -> None:
    """Change one's own password; all other sessions end."""
    desk.credentials.change_own_password(body.present, body.new, desk.act, keep_token=desk.token)


class SessionsOut(wire.Wire):
    """One's own live sessions, latest first."""

    items: tuple[SessionOut, ...]


@ROUTES.get("/me/sessions", list_own_sessions)
def get_me_sessions(desk: Desk) -> SessionsOut:
    """List one's own live sessions."""
    return SessionsOut(tuple(session_out(one) for one in desk.ask(list_own_sessions, token_hash(desk.token))))


@ROUTES.delete("/me/sessions/{session_id}", end_session, match="none")
def delete_me_session(desk: Desk, session_id: wire.Id) -> None:
    """End one of one's own sessions."""
    desk.perform(end_session, EndSession(SessionId(session_id)))


class EndedOut(wire.Wire):
    """How many sessions have ended."""

    ended: int


@ROUTES.post("/me/sessions/end-others", end_own_sessions)
def post_me_sessions_end_others(desk: Desk) -> EndedOut:
    """End all of one's own sessions but the present one."""
    keep = token_hash(desk.token) if desk.token else ""
    return EndedOut(desk.perform(end_own_sessions, EndOwnSessions(keep)))


class NewKey(wire.Wire, kw_only=True):
    """A key with some of one's own rights, for a year at most."""

    name: ShownName
    grants: Annotated[tuple[GrantBody, ...], wire.AtLeastOne]
    expires_at: wire.Moment
    networks: Networks = ()
    id: wire.Id | None = None


class KeyIssuedOut(wire.Wire):
    """A key and its secret, which is shown here once and never again; it goes into `X-Api-Key`."""

    id: wire.Id
    secret: str
    key: KeyOut


class KeysOut(wire.Wire):
    """Keys, revoked and expired ones included."""

    items: tuple[KeyOut, ...]


@ROUTES.get("/me/api-keys", list_own_keys)
def get_me_api_keys(desk: Desk) -> KeysOut:
    """List one's own API keys."""
    return KeysOut(tuple(key_out(key) for key in desk.ask(list_own_keys, None)))


@ROUTES.post("/me/api-keys", issue_api_key, status=201, keyed=False, refuses=(NotHeld,))
def post_me_api_key(desk: Desk, body: NewKey) -> KeyIssuedOut:
    """Issue an API key."""
    issued = desk.credentials.issue_api_key(
        ApiKeyId(desk.new_id(body.id)),
        body.name,
        granted(body.grants),
        body.expires_at,
        desk.act,
        networks=networks(body.networks),
    )
    return KeyIssuedOut(issued.key.id, issued.secret, key_out(key_shown(issued.key, desk.act.at)))


@ROUTES.post("/me/api-keys/{key_id}/revoke", revoke_own_api_key, refuses=(IllegalMove,))
def post_me_api_key_revoke(desk: Desk, key_id: wire.Id) -> KeyOut:
    """End one of one's own API keys."""
    return key_out(desk.perform(revoke_own_api_key, RevokeApiKey(ApiKeyId(key_id))))


class PresentPassword(wire.Wire):
    """The present password, to prove who is asking."""

    present: wire.Secret


class EnrolmentOut(wire.Wire):
    """What an authenticator needs, as text and as the address in a square code."""

    secret: str
    uri: str


@ROUTES.post("/me/codes", set_up_codes, keyed=False, refuses=(WrongPassword, CodesAlreadyOn))
def post_me_codes(desk: Desk, body: PresentPassword) -> EnrolmentOut:
    """Begin with one-time codes; login asks for them once a first code was confirmed."""
    enrolment = desk.credentials.set_up_codes(body.present, desk.act)
    return EnrolmentOut(enrolment.secret, enrolment.uri)


class FirstCode(wire.Wire):
    """The first code that the authenticator shows."""

    code: OneTimeCode


class RecoveryOut(wire.Wire):
    """Codes for a lost telephone, each good for one login; shown here once and never again."""

    recovery_codes: tuple[str, ...]


@ROUTES.post("/me/codes/confirm", confirm_codes, keyed=False, refuses=(WrongCode, CodesNotSetUp, CodesAlreadyOn))
def post_me_codes_confirm(desk: Desk, body: FirstCode) -> RecoveryOut:
    """Switch one-time codes on."""
    return RecoveryOut(desk.credentials.confirm_codes(body.code, desk.act))


@ROUTES.post("/me/codes/drop", drop_codes, keyed=False, refuses=(WrongPassword, CodesNotSetUp))
def post_me_codes_drop(desk: Desk, body: PresentPassword) -> AccountOut:
    """Switch one's own one-time codes off."""
    return account_out(shown(desk.credentials.drop_codes(body.present, desk.act)))


@ROUTES.post("/me/explanations", explain_mine, keyed=False)
def post_me_explanation(desk: Desk, body: DeedBody) -> ExplanationOut:
    """Ask why one may or may not do something."""
    query = ExplainAccess(AccountId(desk.act.actor), body.verb, body.scope.value(), body.wanted(), body.maker)
    return explanation_out(desk.ask(explain_mine, query))
