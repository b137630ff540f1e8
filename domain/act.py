"""The act: who does something, when, from where and with what authority. No rule reads a clock or knows a user otherwise."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Mapping
from uuid import UUID

import attrs

from houtai.domain import limits
from houtai.domain.authority import SYSTEM_GRANTS, Authority, Scope
from houtai.domain.ids import SessionId, StationId

SYSTEM = UUID(int=1)  # the house itself: timers, relays, the first start
NOBODY = UUID(int=0)


class Entry(enum.Enum):
    """Through which door the act came."""

    LIBRARY = "library"
    HTTP = "http"
    TERMINAL = "terminal"
    COMMAND_LINE = "command-line"
    TIMER = "timer"
    WEBHOOK = "webhook"


@attrs.frozen
class Origin:
    """Where the act came from. `address` is the peer's IP as the trusted-proxy rule sees it, empty inside the house.

    `station` is the one that somebody scanned at, where it was a scan.
    """

    entry: Entry = Entry.LIBRARY
    address: str = ""
    agent: str = attrs.field(default="", validator=limits.text(0, 500))
    station: StationId | None = None


@attrs.frozen
class Act:
    """One deed's circumstances. `at` is aware; `correlation` ties everything that one request caused together.

    `session` is the login that it came by; None for an API key, a program or the house itself.
    """

    at: dt.datetime = attrs.field(validator=limits.aware)
    actor: UUID
    authority: Authority
    name: str = ""
    origin: Origin = Origin()
    on_behalf_of: UUID | None = None
    reason: str = attrs.field(default="", validator=limits.text(0, 500))
    correlation: UUID | None = None
    session: SessionId | None = None

    @classmethod
    def of_system(cls, at: dt.datetime, entry: Entry = Entry.LIBRARY, reason: str = "") -> Act:
        """The house acting by itself, or a program that embeds it: everything is allowed, nothing is unlogged."""
        authority = Authority(SYSTEM, SYSTEM_GRANTS)
        return cls(at=at, actor=SYSTEM, authority=authority, name="system", origin=Origin(entry), reason=reason)

    @classmethod
    def of_nobody(cls, at: dt.datetime, origin: Origin = Origin()) -> Act:
        """Somebody who has not logged in."""
        return cls(at=at, actor=NOBODY, authority=Authority(NOBODY), name="nobody", origin=origin)

    def may(self, verb: str, scope: Scope) -> bool:
        """Whether this actor may do `verb` in `scope`: what lists leave out, and what is answered like a missing record."""
        return self.authority.decide(verb, scope, at=self.at).allowed

    def scanned_at(self, station: StationId) -> Act:
        """The same act, done by a scan at this station."""
        return attrs.evolve(self, origin=attrs.evolve(self.origin, station=station))

    def demand(
        self, verb: str, scope: Scope = Scope(), *, amounts: Mapping[str, int] | None = None, maker: UUID | None = None
    ) -> None:
        """Refuse with Forbidden unless this actor may do `verb` in `scope` with `amounts` on what `maker` made.

        Whoever acts for the maker counts as the maker.
        """
        if maker is not None and maker == self.on_behalf_of:
            maker = self.authority.actor
        self.authority.decide(verb, scope, at=self.at, amounts=amounts, maker=maker).demand()
