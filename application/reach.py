"""Records of others: what lies outside an actor's reach is answered as if it were not there."""

from __future__ import annotations

from uuid import UUID

from houtai.domain.act import Act
from houtai.domain.authority import Dimension, Scope
from houtai.domain.refusal import NotFound


def demand_within(act: Act, verb: str, what: str, key: object, *, merchant: UUID | None, channel: UUID | None = None) -> None:
    """Refuse with NotFound what belongs to another merchant or channel than the actor's, then demand the verb there.

    Goods of the house (`merchant` None) are hidden from whoever is limited to merchants.
    """
    reach = act.authority.reach(verb, Dimension.MERCHANT, at=act.at)
    if reach is not None and reach and merchant not in reach:
        raise NotFound(what=what, key=str(key))
    if channel is not None:
        channels = act.authority.reach(verb, Dimension.CHANNEL, at=act.at)
        if channels is not None and channels and channel not in channels:
            raise NotFound(what=what, key=str(key))
    act.demand(verb, Scope(merchant=merchant, channel=channel))
