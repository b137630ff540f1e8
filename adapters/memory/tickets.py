"""Finding tickets in memory: every ticket is looked at."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from houtai.adapters.memory.store import MemoryStore, slice_of
from houtai.application.paging import Page, Slice
from houtai.application.tickets.ports import TicketFilter
from houtai.domain.authority import HOUSE
from houtai.domain.ids import TicketId
from houtai.domain.tickets.message import Author, Message
from houtai.domain.tickets.ticket import Ticket


class TicketsSearch:
    """See `TicketsViews`: what is searched."""

    store: MemoryStore

    def find_tickets(self, page: Page, where: TicketFilter) -> Slice[Ticket]:
        """See `TicketsViews.find_tickets`."""
        held: dict[Any, Ticket] = self.store.shelves["tickets"].held
        found = sorted((key for key, ticket in held.items() if _matches(ticket, where)), reverse=page.newest_first)
        return slice_of(found, held, page)

    def tickets_to_do(self, page: Page, where: TicketFilter) -> Slice[Ticket]:
        """See `TicketsViews.tickets_to_do`."""
        tickets: dict[Any, Ticket] = self.store.shelves["tickets"].held
        found: dict[tuple[dt.datetime, UUID], Ticket] = {}
        for ticket in tickets.values():
            if ticket.is_open and ticket.due_at is not None and _matches(ticket, where):
                found[ticket.due_at, ticket.id] = ticket
        return slice_of(sorted(found), found, page)

    def thread_of(self, page: Page, ticket_id: TicketId, *, notes: bool) -> Slice[Message]:
        """See `TicketsViews.thread_of`."""
        tickets: dict[Any, Ticket] = self.store.shelves["tickets"].held
        messages: dict[Any, Message] = self.store.shelves["ticket_messages"].held
        whole = [ticket for ticket in tickets.values() if ticket_id in (ticket.id, ticket.merged_into)]
        places = {ticket.id for ticket in whole}
        carried = {message_id for ticket in whole for message_id in ticket.carried}
        found = {
            (message.at, message.ticket_id, message.seq): message
            for message in messages.values()
            if (message.ticket_id in places or message.id in carried) and (notes or message.author is not Author.INTERNAL)
        }
        return slice_of(sorted(found, reverse=page.newest_first), found, page)


def _matches(ticket: Ticket, where: TicketFilter) -> bool:
    equal = ("queue", "assignee", "customer_id", "order_id", "subject_id", "merged_into")
    return (
        all(getattr(where, name) in (None, getattr(ticket, name)) for name in equal)
        and (not where.states or ticket.state in where.states)
        and (where.overdue_at is None or (ticket.due_at is not None and ticket.due_at < where.overdue_at))
        and (where.channels is None or ticket.channel_id in where.channels)
        and (where.merchants is None or (ticket.merchant_id or HOUSE) in where.merchants)
    )
