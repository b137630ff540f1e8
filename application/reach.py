"""Records of others: what lies outside an actor's reach is answered as if it were not there."""

from __future__ import annotations

from uuid import UUID

from houtai.domain.act import Act
from houtai.domain.authority import HOUSE, Scope
from houtai.domain.refusal import NotFound


def demand_within(
    act: Act,
    verb: str,
    what: str,
    key: object,
    *,
    merchant: UUID | None = None,
    channel: UUID | None = None,
    owner: UUID | None = None,
    maker: UUID | None = None,
) -> None:
    """Demand the verb on a record of this merchant (None: the house's own) and, if given, this channel and owner.

    Refuses with Forbidden who lacks the verb at all or made what it checks, with NotFound (`what`, `key`: as for a
    missing record) whom no single grant brings there. What is the house's lies outside a merchant's reach.
    """
    scope = Scope(merchant=merchant or HOUSE, channel=channel, owner=owner)
    act.demand(verb)
    if not act.may(verb, scope):
        raise NotFound(what=what, key=str(key))
    act.demand(verb, scope, maker=maker)
