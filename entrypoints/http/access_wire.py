"""How accounts, roles, grants, sessions, keys and explanations look on the wire."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Annotated

from msgspec import Meta

from houtai.application.access.queries import AccountView, Explanation, KeyView, SessionView
from houtai.domain.access.account import Account, AccountState, Assignment
from houtai.domain.access.role import Role, RoleState
from houtai.domain.authority import Dimension, Grant, Scope
from houtai.domain.ids import RoleId
from houtai.entrypoints.http import wire

Verb = Annotated[str, Meta(min_length=1, max_length=100, examples=["orders.cancel", "orders.*", "*"])]
Word = Annotated[str, Meta(min_length=1, max_length=64, pattern="^[a-z][a-z0-9_]*$", examples=["refund_minor"])]
NetworkText = Annotated[str, Meta(min_length=1, max_length=64, examples=["203.0.113.0/24", "2001:db8::/32"])]
Networks = Annotated[tuple[NetworkText, ...], Meta(max_length=100, description="Where from; empty for everywhere.")]
LoginName = Annotated[str, Meta(min_length=1, max_length=64, examples=["li.na"])]
ShownName = Annotated[str, Meta(min_length=1, max_length=100, examples=["Li Na"])]


class Axis(wire.Wire):
    """One axis on which a grant is narrowed; no ids at all allow nothing on it."""

    dimension: Dimension
    ids: Annotated[tuple[wire.Id, ...], wire.Many] = ()


class Amount(wire.Wire):
    """An amount by its name: a grant's maximum, or what a deed wants."""

    name: Word
    value: wire.Minor


class GrantBody(wire.Wire):
    """One permission: a verb within a scope, with hidden fields, limits and a time of validity."""

    verb: Verb
    within: Annotated[tuple[Axis, ...], Meta(max_length=4)] = ()
    own_only: bool = False
    hidden: Annotated[tuple[Word, ...], wire.Few] = ()
    limits: Annotated[tuple[Amount, ...], wire.Few] = ()
    valid_from: wire.Moment | None = None
    valid_until: wire.Moment | None = None

    def value(self) -> Grant:
        """As the domain's grant."""
        return Grant(
            verb=self.verb,
            within={axis.dimension: frozenset(axis.ids) for axis in self.within},
            own_only=self.own_only,
            hidden=frozenset(self.hidden),
            limits={limit.name: limit.value for limit in self.limits},
            valid_from=self.valid_from,
            valid_until=self.valid_until,
        )

    @classmethod
    def of(cls, grant: Grant) -> GrantBody:
        """From the domain's grant, in a stable order."""
        axes = sorted(grant.within.items(), key=lambda axis: axis[0].value)
        return cls(
            verb=grant.verb,
            within=tuple(Axis(dimension, tuple(sorted(ids))) for dimension, ids in axes),
            own_only=grant.own_only,
            hidden=tuple(sorted(grant.hidden)),
            limits=tuple(Amount(name, most) for name, most in sorted(grant.limits.items())),
            valid_from=grant.valid_from,
            valid_until=grant.valid_until,
        )


Grants = Annotated[tuple[GrantBody, ...], wire.Few]


class RoleHeld(wire.Wire):
    """A role that an account holds, for a time or for good."""

    role_id: wire.Id
    valid_from: wire.Moment | None = None
    valid_until: wire.Moment | None = None

    def value(self) -> Assignment:
        """As the domain's assignment."""
        return Assignment(RoleId(self.role_id), self.valid_from, self.valid_until)


RolesHeld = Annotated[tuple[RoleHeld, ...], Meta(max_length=50)]


class AccountOut(wire.Versioned):
    """An account, without anything to come in with."""

    id: wire.Id
    name: str
    display_name: str
    state: AccountState
    roles: tuple[RoleHeld, ...]
    networks: tuple[str, ...]
    codes_on: bool
    must_change_password: bool
    merchant_id: wire.Id | None
    created_at: dt.datetime


def account_out(account: AccountView) -> AccountOut:
    """An account as it goes out."""
    return AccountOut(
        id=account.id,
        name=account.name,
        display_name=account.display_name,
        state=account.state,
        roles=tuple(RoleHeld(role.role_id, role.valid_from, role.valid_until) for role in account.roles),
        networks=account.networks,
        codes_on=account.codes_on,
        must_change_password=account.must_change_password,
        merchant_id=account.merchant_id,
        created_at=account.created_at,
        version=account.version,
    )


class HandedOutOut(wire.Versioned):
    """An account and its one-time password, which is shown here once and never again."""

    id: wire.Id
    name: str
    one_time_password: str
    valid_until: dt.datetime | None


def handed_out(account: Account, password: str) -> HandedOutOut:
    """A one-time password as it goes out."""
    return HandedOutOut(
        id=account.id,
        name=account.name,
        one_time_password=password,
        valid_until=account.one_time_until,
        version=account.version,
    )


class RoleOut(wire.Versioned):
    """A role with its grants."""

    id: wire.Id
    name: str
    grants: tuple[GrantBody, ...]
    networks: tuple[str, ...]
    state: RoleState


def role_out(role: Role) -> RoleOut:
    """A role as it goes out."""
    grants = tuple(GrantBody.of(grant) for grant in role.grants)
    return RoleOut(id=role.id, name=role.name, grants=grants, networks=role.networks, state=role.state, version=role.version)


class SessionOut(wire.Wire):
    """One of one's own sessions."""

    id: wire.Id
    created_at: dt.datetime
    last_seen_at: dt.datetime
    expires_at: dt.datetime
    address: str
    agent: str
    entry: str
    current: bool


def session_out(session: SessionView) -> SessionOut:
    """A session as it goes out."""
    return SessionOut(
        session.id,
        session.created_at,
        session.last_seen_at,
        session.expires_at,
        session.address,
        session.agent,
        session.entry,
        session.current,
    )


class KeyOut(wire.Wire):
    """An API key without its secret; `prefix` is how the secret begins."""

    id: wire.Id
    account_id: wire.Id
    name: str
    prefix: str
    grants: tuple[GrantBody, ...]
    networks: tuple[str, ...]
    created_at: dt.datetime
    expires_at: dt.datetime
    state: str
    live: bool


def key_out(key: KeyView) -> KeyOut:
    """A key as it goes out."""
    return KeyOut(
        key.id,
        key.account_id,
        key.name,
        key.prefix,
        tuple(GrantBody.of(grant) for grant in key.grants),
        key.networks,
        key.created_at,
        key.expires_at,
        key.state,
        key.live,
    )


class ScopeBody(wire.Wire):
    """Where a deed takes place; what is left out does not matter to it."""

    channel: wire.Id | None = None
    warehouse: wire.Id | None = None
    merchant: wire.Id | None = None
    supplier: wire.Id | None = None
    owner: wire.Id | None = None

    def value(self) -> Scope:
        """As the domain's scope."""
        return Scope(self.channel, self.warehouse, self.merchant, self.supplier, self.owner)


class DeedBody(wire.Wire, kw_only=True):
    """A deed to ask about: the verb, where, up to how much, and who made what it is done to."""

    verb: Verb
    scope: ScopeBody = ScopeBody()
    amounts: Annotated[tuple[Amount, ...], wire.Few] = ()
    maker: wire.Id | None = None

    def wanted(self) -> Mapping[str, int]:
        """The amounts by name."""
        return {amount.name: amount.value for amount in self.amounts}


class WeighedOut(wire.Wire):
    """One grant that holds the verb, and why it does or does not allow the deed."""

    verb: str
    source: str
    allows: bool
    denial: str
    explanation: str


class ClosedOut(wire.Wire):
    """A deed of the same verb that is not open as well, and why."""

    deed: str
    denial: str
    explanation: str


class ExplanationOut(wire.Wire):
    """Whether and why, with every grant that was weighed, and the deeds of the verb that stay closed all the same."""

    allowed: bool
    denial: str
    explanation: str
    by: str
    hidden: tuple[str, ...]
    weighed: tuple[WeighedOut, ...]
    closed: tuple[ClosedOut, ...]


def explanation_out(told: Explanation) -> ExplanationOut:
    """An explanation as it goes out."""
    weighed = tuple(WeighedOut(one.verb, one.source, one.allows, one.denial, one.explanation) for one in told.weighed)
    closed = tuple(ClosedOut(one.deed, one.denial, one.explanation) for one in told.closed)
    return ExplanationOut(told.allowed, told.denial, told.explanation, told.by, told.hidden, weighed, closed)


def held(roles: tuple[RoleHeld, ...]) -> tuple[Assignment, ...]:
    """The roles of a body as the domain's assignments."""
    return tuple(role.value() for role in roles)


def granted(grants: tuple[GrantBody, ...]) -> tuple[Grant, ...]:
    """The grants of a body as the domain's."""
    return tuple(grant.value() for grant in grants)
