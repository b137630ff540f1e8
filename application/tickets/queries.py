"""Reading tickets: lists, worklists, one ticket, and its thread with everything that was merged into it."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

import attrs

from houtai.application.masking import MASK_KEY
from houtai.application.paging import Page, Slice
from houtai.application.permission import CHANNEL, MERCHANT, needs
from houtai.application.tickets.ports import MERGED_INTO, TicketFilter, TicketsViews
from houtai.application.tickets.reach import demand_ticket, filter_within, sees_notes, within_reach
from houtai.domain.act import Act
from houtai.domain.ids import MessageId, TicketId
from houtai.domain.tickets.message import Author
from houtai.domain.tickets.ticket import Ticket

READ = "tickets.read"


@attrs.frozen
class TicketView:
    """A ticket, and the numbers of those that were merged into it."""

    ticket: Ticket
    merged: tuple[str, ...]


@attrs.frozen
class MessageView:
    """One message of a thread. `ticket_number` is where it was said, which may be a ticket that was merged since."""

    id: MessageId
    ticket_id: TicketId
    ticket_number: str
    author: Author
    at: dt.datetime
    actor: UUID
    actor_name: str
    text: str = attrs.field(metadata={MASK_KEY: "remark"})
    attachments: tuple[str, ...] | None = attrs.field(metadata={MASK_KEY: "remark"})
    erased: bool = False


@attrs.frozen
class ListTickets:
    """Which tickets, newest first."""

    page: Page = Page()  # noqa: RUF009  # frozen
    where: TicketFilter = TicketFilter()  # noqa: RUF009  # frozen


@attrs.frozen
class ReadThread:
    """Which part of a ticket's thread."""

    ticket: TicketId
    page: Page = Page(newest_first=False)  # noqa: RUF009  # frozen


@needs(READ, along=(CHANNEL, MERCHANT), own=True)
def list_tickets(views: TicketsViews, query: ListTickets, act: Act) -> Slice[Ticket]:
    """Tickets of the channels, merchants and buyers that the actor reaches."""
    where = filter_within(act, READ, query.where)
    return Slice(()) if where is None else _seen(views.find_tickets(query.page, where), act)


@needs(READ, along=(CHANNEL, MERCHANT), own=True)
def list_tickets_to_do(views: TicketsViews, query: ListTickets, act: Act) -> Slice[Ticket]:
    """Open tickets that the actor reaches, of a queue or a person, or overdue ones; the most urgent first."""
    where = filter_within(act, READ, query.where)
    return Slice(()) if where is None else _seen(views.tickets_to_do(query.page, where), act)


@needs(READ, along=(CHANNEL, MERCHANT), own=True)
def show_ticket(views: TicketsViews, query: TicketId, act: Act) -> TicketView:
    """One ticket, with what was merged into it. Raises NotFound, also where it lies outside the actor's reach."""
    ticket = views.tickets.get(query)
    demand_ticket(act, READ, ticket)
    merged = tuple(sorted(one.number for one in views.tickets.by(MERGED_INTO, ticket.id)))
    return TicketView(ticket, merged)


@needs(READ, along=(CHANNEL, MERCHANT), own=True)
def read_thread(views: TicketsViews, query: ReadThread, act: Act) -> Slice[MessageView]:
    """Everything that was said on the ticket and on all that were merged into it, by time; notes only for who may read them.

    Raises NotFound, also where the ticket lies outside the actor's reach.
    """
    ticket = views.tickets.get(query.ticket)
    demand_ticket(act, READ, ticket)
    found = views.thread_of(query.page, ticket.id, notes=sees_notes(act, ticket))
    words = views.ticket_words.many(message.id for message in found.items)
    places = views.tickets.many({message.ticket_id for message in found.items})
    shown = (
        MessageView(
            id=message.id,
            ticket_id=message.ticket_id,
            ticket_number=places[message.ticket_id].number,
            author=message.author,
            at=message.at,
            actor=message.actor,
            actor_name=message.actor_name,
            text=words[message.id].text,
            attachments=words[message.id].attachments,
            erased=words[message.id].erased,
        )
        for message in found.items
    )
    return Slice(tuple(shown), found.next_cursor)


def _seen(found: Slice[Ticket], act: Act) -> Slice[Ticket]:
    return Slice(tuple(ticket for ticket in found.items if within_reach(act, READ, ticket)), found.next_cursor)
