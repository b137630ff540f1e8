"""Records of others: what lies outside an actor's reach is answered as if it were not there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar
from uuid import UUID

from houtai.domain.act import Act
from houtai.domain.authority import HOUSE, Dimension, Scope
from houtai.domain.refusal import NotFound

F = TypeVar("F", bound=Callable[..., Any])


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


def looks_beyond(query: F) -> F:
    """Mark a query whose answer rests on rows of others that it does not show, such as a price on the house's gifts."""
    query.__dict__["looks_beyond"] = True
    return query


def merchants_of(query: Callable[..., Any], act: Act) -> frozenset[UUID] | None:
    """Whose rows are enough to answer this actor: the merchants that all its grants together reach.

    None where a grant is not narrowed to merchants, where none is held, and where the query looks beyond.
    """
    if query.__dict__.get("looks_beyond"):
        return None
    reached = [grant.within.get(Dimension.MERCHANT) for grant in act.authority.grants]
    if not reached or any(merchants is None for merchants in reached):
        return None
    return frozenset[UUID]().union(*(merchants for merchants in reached if merchants is not None))
