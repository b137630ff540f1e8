"""Whose tickets are whose: what lies outside an actor's reach is answered as if it were not there."""

from __future__ import annotations

import attrs

from houtai.application.permission import CHANNEL, MERCHANT, needs_inside
from houtai.application.reach import demand_within
from houtai.application.tickets.ports import TicketFilter
from houtai.domain.act import NOBODY, Act
from houtai.domain.authority import HOUSE, Dimension, Scope
from houtai.domain.ids import CustomerId
from houtai.domain.tickets.ticket import Ticket

ALONG = (CHANNEL, MERCHANT)

READ_NOTES = needs_inside("tickets.read-notes", "See what people of the house note on a ticket among themselves.", along=ALONG)


def demand_ticket(act: Act, verb: str, ticket: Ticket) -> None:
    """Refuse with NotFound a ticket of other channels, merchants or buyers, with Forbidden who lacks the verb at all."""
    scope = _scope(ticket)
    demand_within(act, verb, "ticket", ticket.id, merchant=ticket.merchant_id, channel=ticket.channel_id, owner=scope.owner)


def sees_notes(act: Act, ticket: Ticket) -> bool:
    """Whether this actor may read what is internal on it. Nobody whose grants reach only their own records may."""
    return act.may(READ_NOTES, _scope(ticket))


def filter_within(act: Act, verb: str, where: TicketFilter) -> TicketFilter | None:
    """The filter, no wider than the actor's reach; None where nothing can be found."""
    owners = act.authority.owners(verb, at=act.at)
    if owners is not None:
        if not owners or where.customer_id not in (None, *owners):
            return None
        where = attrs.evolve(where, customer_id=CustomerId(min(owners)))
    channels = act.authority.reach(verb, Dimension.CHANNEL, at=act.at)
    return attrs.evolve(where, channels=channels, merchants=act.authority.reach(verb, Dimension.MERCHANT, at=act.at))


def within_reach(act: Act, verb: str, ticket: Ticket) -> bool:
    """Whether one single grant brings this actor there; several may have let the list's filter through."""
    return act.may(verb, _scope(ticket))


def _scope(ticket: Ticket) -> Scope:
    return Scope(channel=ticket.channel_id, merchant=ticket.merchant_id or HOUSE, owner=ticket.customer_id or NOBODY)
