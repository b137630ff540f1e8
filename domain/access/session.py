"""A session: one login's opaque token, stored only as its hash, ended by time, by its owner or by an administrator."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Final

import attrs

from houtai.domain import limits
from houtai.domain.authority import Authority, Grant, meet
from houtai.domain.ids import AccountId, SessionId

STATION: Final = "station"
"""The entry of a session that a badge opened: a short PIN opens no more than the work in a warehouse."""

STATION_VERBS: Final = (
    "warehouse.*",
    "outbound.*",
    "printing.*",
    "shipping.read",
    "aftersales.receive",
    "aftersales.inspect",
    "aftersales.send-back",
    "inventory.read",
    "inventory.adjust",  # asks for an adjustment, which somebody else approves with a password
    "catalog.read",
)
_AT_STATIONS: Final = tuple(map(Grant, STATION_VERBS))
NOT_AT_STATIONS: Final = frozenset(
    {"warehouse.layout", "warehouse.import", "warehouse.export", "warehouse.equipment", "warehouse.staff"}
)


@attrs.frozen
class Session:
    """`expires_at` is absolute; `idle_s` without a request end it too. `end_reason` is empty while it is open."""

    id: SessionId
    account_id: AccountId
    token_hash: str = attrs.field(repr=False)
    created_at: dt.datetime = attrs.field(validator=limits.aware)
    expires_at: dt.datetime = attrs.field(validator=limits.aware)
    idle_s: int
    last_seen_at: dt.datetime = attrs.field(validator=limits.aware)
    address: str = ""
    agent: str = ""
    entry: str = ""
    revoked_at: dt.datetime | None = None
    end_reason: str = ""

    def live_at(self, at: dt.datetime) -> bool:
        """Whether the token still opens the door."""
        idle = at - self.last_seen_at >= dt.timedelta(seconds=self.idle_s)
        return self.revoked_at is None and at < self.expires_at and not idle

    def narrowed(self, authority: Authority) -> Authority:
        """The account's authority as far as this session reaches: whole, or the work at stations."""
        if self.entry != STATION:
            return authority
        common = (meet(grant, work) for grant in authority.grants for work in _AT_STATIONS)
        grants = tuple(grant for grant in common if grant is not None)
        return Authority(authority.actor, grants, without=authority.without | NOT_AT_STATIONS)

    def end(self, at: dt.datetime, why: str) -> Session:
        """Ended for good; a session that has ended stays as it is."""
        return self if self.revoked_at is not None else attrs.evolve(self, revoked_at=at, end_reason=why)


def token_hash(token: str) -> str:
    """What is stored of a token or secret. It has 256 random bits, so a plain sha256 cannot be guessed backwards."""
    return hashlib.sha256(token.encode()).hexdigest()
