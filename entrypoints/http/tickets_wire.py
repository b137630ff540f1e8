"""What tickets and their messages look like over HTTP."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from msgspec import Meta

from houtai.application.tickets.queries import MessageView
from houtai.domain.tickets.message import MAX_ATTACHMENTS, MAX_WORDS, Author
from houtai.domain.tickets.state import FIRST_QUEUE, TicketState
from houtai.domain.tickets.ticket import MAX_CARRIED, Ticket
from houtai.entrypoints.http import wire

MessageText = Annotated[str, Meta(min_length=1, max_length=MAX_WORDS, description="What is said.")]
Reference = Annotated[str, Meta(min_length=1, max_length=500, description="Where a picture or a file lies.")]
References = Annotated[tuple[Reference, ...], Meta(max_length=MAX_ATTACHMENTS)]
MessageIds = Annotated[tuple[wire.Id, ...], Meta(min_length=1, max_length=MAX_CARRIED)]


class NewTicket(wire.Wire):
    """A new matter with what the buyer says. With an order, customer and merchant are the order's."""

    channel_id: wire.Id
    title: wire.Name
    text: MessageText
    customer_id: wire.Id | None = None
    order_id: wire.Id | None = None
    merchant_id: wire.Id | None = None
    attachments: References = ()
    queue: wire.Code = FIRST_QUEUE
    id: wire.Id | None = None
    message_id: wire.Id | None = None


class NewMessage(wire.Wire):
    """Something to be said; `id` is the caller's own for the message, which counts once however often it comes."""

    text: MessageText
    attachments: References = ()
    id: wire.Id | None = None


class TicketAssignment(wire.Wire):
    """Who takes a ticket, what they do and until when; none of it may be left empty."""

    queue: wire.Code
    next_action: wire.Reason
    due_at: wire.Moment
    assignee: wire.Id | None = None


class TicketWait(wire.Wire):
    """Whom a ticket waits for, the buyer or colleagues, for what and until when."""

    for_customer: bool
    next_action: wire.Reason
    due_at: wire.Moment


class TicketMerge(wire.Wire):
    """The ticket in which another one goes on."""

    into: wire.Id


class TicketSplit(wire.Wire):
    """A part of the matter that becomes a ticket of its own, with these messages of the thread."""

    title: wire.Name
    message_ids: MessageIds
    id: wire.Id | None = None


class TicketOut(wire.Versioned):
    """One matter of one buyer. `due_at` is when `next_action` is due; of a resolved one, when it is closed for good.

    `respond_by` is the response clock, which `responded_at` stopped.
    """

    id: wire.Id
    number: str
    title: str
    subject: str
    subject_id: wire.Id
    channel_id: wire.Id
    customer_id: wire.Id | None
    order_id: wire.Id | None
    merchant_id: wire.Id | None
    state: TicketState
    queue: str
    assignee: wire.Id | None
    next_action: str
    due_at: dt.datetime | None
    opened_at: dt.datetime
    respond_by: dt.datetime
    responded_at: dt.datetime | None
    level: int
    messages: int
    merged_into: wire.Id | None
    follows: wire.Id | None
    split_from: wire.Id | None


class TicketDetailOut(wire.Versioned):
    """A ticket, and the numbers of those that were merged into it."""

    ticket: TicketOut
    merged: tuple[str, ...]


class TicketMessageOut(wire.Wire):
    """One message of a thread; `ticket_number` is where it was said, which may be a ticket that was merged since."""

    id: wire.Id
    ticket_id: wire.Id
    ticket_number: str
    author: Author
    at: dt.datetime
    actor: wire.Id
    actor_name: str
    text: str
    attachments: tuple[str, ...]
    erased: bool


def ticket_out(ticket: Ticket) -> TicketOut:
    """A ticket as it goes out."""
    return TicketOut(
        version=ticket.version,
        id=ticket.id,
        number=ticket.number,
        title=ticket.title,
        subject=ticket.subject,
        subject_id=ticket.subject_id,
        channel_id=ticket.channel_id,
        customer_id=ticket.customer_id,
        order_id=ticket.order_id,
        merchant_id=ticket.merchant_id,
        state=ticket.state,
        queue=ticket.queue,
        assignee=ticket.assignee,
        next_action=ticket.next_action,
        due_at=ticket.due_at,
        opened_at=ticket.opened_at,
        respond_by=ticket.respond_by,
        responded_at=ticket.responded_at,
        level=ticket.level,
        messages=ticket.messages,
        merged_into=ticket.merged_into,
        follows=ticket.follows,
        split_from=ticket.split_from,
    )


def message_out(message: MessageView) -> TicketMessageOut:
    """A message as it goes out."""
    return TicketMessageOut(
        id=message.id,
        ticket_id=message.ticket_id,
        ticket_number=message.ticket_number,
        author=message.author,
        at=message.at,
        actor=message.actor,
        actor_name=message.actor_name,
        text=message.text,
        attachments=message.attachments or (),
        erased=message.erased,
    )
