"""The way in for other modules: each document of theirs has one thread, wherever it goes on by now."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from houtai.application.tickets.begin import Matter, begin
from houtai.application.tickets.ports import TicketsTx
from houtai.application.tickets.say import Said, said_before, say, tip_of
from houtai.application.timeline import write_line
from houtai.domain.act import Act
from houtai.domain.ids import AccountId, ChannelId, CustomerId, MerchantId, MessageId, OrderId, TicketId, derive
from houtai.domain.refusal import NotFound
from houtai.domain.tickets.message import Author
from houtai.domain.tickets.state import FIRST_QUEUE, TicketState
from houtai.domain.tickets.ticket import ANSWER, Ticket


def thread_id(subject: str, subject_id: UUID) -> TicketId:
    """The ticket with which the thread of this document begins."""
    return TicketId(derive(subject_id, "thread", subject))


def open_thread(
    tx: TicketsTx,
    subject: str,
    subject_id: UUID,
    *,
    title: str,
    channel_id: ChannelId,
    act: Act,
    customer_id: CustomerId | None = None,
    order_id: OrderId | None = None,
    merchant_id: MerchantId | None = None,
    queue: str = FIRST_QUEUE,
) -> Ticket:
    """The thread of a document, opened if it has none; a second time it is the first one. The caller has checked its rights.

    It takes a number: call it late, for the counter stays locked until the commit.
    """
    ticket_id = thread_id(subject, subject_id)
    existing = tx.tickets.find(ticket_id)
    if existing is not None:
        return existing
    matter = Matter(subject, subject_id, title, channel_id, customer_id, order_id, merchant_id, queue)
    return begin(tx, ticket_id, matter, act)


def add_message(
    tx: TicketsTx,
    subject: str,
    subject_id: UUID,
    *,
    message_id: MessageId,
    author: Author,
    text: str,
    act: Act,
    attachments: tuple[str, ...] = (),
) -> Ticket:
    """Say something on the thread of a document, wherever it goes on by now; the ticket that has it.

    The same id is the same message. Raises NotFound where the document has no thread, AlreadyExists for an id that said
    something else.
    """
    said = Said(message_id, author, text, attachments)
    known = said_before(tx, said)
    return known if known is not None else say(tx, _demand_thread(tx, subject, subject_id), said, act)


def lead_thread(
    tx: TicketsTx,
    subject: str,
    subject_id: UUID,
    *,
    queue: str,
    assignee: AccountId | None,
    next_action: str,
    due_at: dt.datetime,
    act: Act,
) -> Ticket:
    """The document goes on by itself: its thread has nothing to do until then, unless the buyer writes.

    Before anybody answered, whoever has the document has the thread as well. Nothing happens where the buyer waits for an
    answer, to one that is over, and to one that goes on in a ticket about something else. Raises NotFound.
    """
    ticket = tip_of(tx, _demand_thread(tx, subject, subject_id), act)
    if not ticket.is_open or (ticket.subject, ticket.subject_id) != (subject, subject_id):
        return ticket
    if ticket.state in (TicketState.NEW, TicketState.ASSIGNED):
        led = ticket.assigned(queue, assignee, next_action, due_at)
    elif ticket.next_action == ANSWER:
        return ticket
    elif ticket.state is TicketState.WAITING_CUSTOMER:
        led = ticket.edited(next_action=next_action, due_at=due_at)
    else:
        led = ticket.waiting(TicketState.WAITING_CUSTOMER, next_action, due_at)
    tx.tickets.save(led)
    write_line(tx, act, "ticket", led, "led", before=ticket.state, details={"subject": subject})
    return led


def settle_thread(tx: TicketsTx, subject: str, subject_id: UUID, act: Act) -> Ticket:
    """The document is over: its thread is resolved, unless it goes on in a ticket that is about something else as well.

    Nothing happens to one that is resolved or closed already. Raises NotFound where the document has no thread.
    """
    ticket = tip_of(tx, _demand_thread(tx, subject, subject_id), act)
    if not ticket.is_open or (ticket.subject, ticket.subject_id) != (subject, subject_id):
        return ticket
    resolved = ticket.resolved(act.at)
    tx.tickets.save(resolved)
    write_line(tx, act, "ticket", resolved, "resolved", before=ticket.state)
    return resolved


def _demand_thread(tx: TicketsTx, subject: str, subject_id: UUID) -> TicketId:
    ticket_id = thread_id(subject, subject_id)
    if tx.tickets.find(ticket_id) is None:
        raise NotFound(what="thread", key=f"{subject} {subject_id}")
    return ticket_id
