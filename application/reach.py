"""Records of others: what lies outside an actor's reach is answered as if it were not there."""

from __future__ import annotations

from uuid import UUID

from houtai.domain.act import Act
from houtai.domain.authority import HOUSE, Dimension, Scope
from houtai.domain.refusal import NotFound


def demand_within(
    act: Act,
    verb: str,
    what: str,
    key: object,
    *,
    merchant: UUID | None = None,
    channel: UUID | None = None,
    maker: UUID | None = None,
) -> None:
    """Demand the verb on a record of this merchant (None: the house's own) and, if given, this channel.

    Refuses with Forbidden who lacks the verb at all or made what it checks, with NotFound (`what`, `key`: as for a
    missing record) who holds the verb for other merchants or channels only. What is the house's lies outside a merchant's reach.
    """
    act.demand(verb)
    merchants = act.authority.reach(verb, Dimension.MERCHANT, at=act.at)
    channels = act.authority.reach(verb, Dimension.CHANNEL, at=act.at)
    owner = merchant or HOUSE
    hidden = merchants is not None and owner not in merchants
    if hidden or (channel is not None and channels is not None and channel not in channels):
        raise NotFound(what=what, key=str(key))
    act.demand(verb, Scope(merchant=owner, channel=channel), maker=maker)
