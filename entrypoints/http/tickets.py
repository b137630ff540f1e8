"""Tickets over HTTP: open, talk, note, assign, wait, resolve, reopen, merge, split, and what there is to do."""

from __future__ import annotations

from houtai.application.tickets.begin import OpenTicket, open_ticket
from houtai.application.tickets.merge import MergeTickets, SplitTicket, merge_tickets, split_ticket
from houtai.application.tickets.ports import TicketFilter
from houtai.application.tickets.queries import (
    ListTickets,
    ReadThread,
    list_tickets,
    list_tickets_to_do,
    read_thread,
    show_ticket,
)
from houtai.application.tickets.reply import Say, note_on_ticket, reply_to_buyer, take_buyer_reply
from houtai.application.tickets.work import (
    AssignTicket,
    MoveTicket,
    WaitForSomebody,
    assign_ticket,
    begin_ticket,
    reopen_ticket,
    resolve_ticket,
    wait_on_ticket,
)
from houtai.domain.ids import AccountId, ChannelId, CustomerId, MerchantId, MessageId, OrderId, TicketId
from houtai.domain.refusal import IllegalMove
from houtai.domain.tickets.refusals import GraceOver, MergedIntoItself, NotOfThread, OtherParties, TicketTooLong
from houtai.domain.tickets.state import TicketState
from houtai.entrypoints.http import wire
from houtai.entrypoints.http.desk import Desk
from houtai.entrypoints.http.routes import Routes
from houtai.entrypoints.http.tickets_wire import (
    NewMessage,
    NewTicket,
    TicketAssignment,
    TicketDetailOut,
    TicketMerge,
    TicketMessageOut,
    TicketOut,
    TicketSplit,
    TicketWait,
    message_out,
    ticket_out,
)

ROUTES = Routes("tickets", "What buyers and the house say to each other: threads, notes, merging, and what there is to do.")


class TicketQuery(wire.PageQuery):
    """Which tickets; `overdue_at` means due before then."""

    state: TicketState | None = None
    queue: wire.Code | None = None
    assignee: wire.Id | None = None
    customer_id: wire.Id | None = None
    order_id: wire.Id | None = None
    subject_id: wire.Id | None = None
    merged_into: wire.Id | None = None
    overdue_at: wire.Moment | None = None

    def where(self) -> TicketFilter:
        """As the application asks."""
        return TicketFilter(
            states=frozenset() if self.state is None else frozenset([self.state]),
            queue=self.queue,
            assignee=None if self.assignee is None else AccountId(self.assignee),
            customer_id=None if self.customer_id is None else CustomerId(self.customer_id),
            order_id=None if self.order_id is None else OrderId(self.order_id),
            subject_id=self.subject_id,
            merged_into=None if self.merged_into is None else TicketId(self.merged_into),
            overdue_at=self.overdue_at,
        )


class ThreadQuery(wire.PageQuery):
    """Which part of a thread."""

    newest_first: bool = False


@ROUTES.post(
    "/tickets",
    open_ticket,
    status=201,
    location="/tickets/{id}",
    refuses=(TicketTooLong,),
    example={
        "channel_id": "01934f6e-1c00-7000-8000-000000000000",
        "order_id": "01934f6e-1c00-7000-8000-000000000001",
        "title": "one cup arrived broken",
        "text": "The blue one has a crack, see the picture.",
        "attachments": ["pictures/2026/11/22/cup.jpg"],
    },
)
def post_ticket(desk: Desk, body: NewTicket) -> TicketOut:
    """Open a ticket with what the buyer says."""
    cmd = OpenTicket(
        ticket=TicketId(desk.new_id(body.id)),
        message=MessageId(desk.new_id(body.message_id)),
        channel=ChannelId(body.channel_id),
        title=body.title,
        text=body.text,
        customer=None if body.customer_id is None else CustomerId(body.customer_id),
        order=None if body.order_id is None else OrderId(body.order_id),
        merchant=None if body.merchant_id is None else MerchantId(body.merchant_id),
        attachments=body.attachments,
        queue=body.queue,
    )
    return ticket_out(desk.perform(open_ticket, cmd))


@ROUTES.get("/tickets", list_tickets)
def get_tickets(desk: Desk, query: TicketQuery) -> wire.Listed[TicketOut]:
    """List tickets, newest first."""
    return wire.listed(desk.ask(list_tickets, ListTickets(query.page(), query.where())), ticket_out)


@ROUTES.get("/tickets-to-do", list_tickets_to_do)
def get_tickets_to_do(desk: Desk, query: TicketQuery) -> wire.Listed[TicketOut]:
    """List open tickets, the most urgent first."""
    return wire.listed(desk.ask(list_tickets_to_do, ListTickets(query.page(), query.where())), ticket_out)


@ROUTES.get("/tickets/{ticket_id}", show_ticket)
def get_ticket(desk: Desk, ticket_id: wire.Id) -> TicketDetailOut:
    """Look at one ticket."""
    found = desk.ask(show_ticket, TicketId(ticket_id))
    return TicketDetailOut(version=found.ticket.version, ticket=ticket_out(found.ticket), merged=found.merged)


@ROUTES.get("/tickets/{ticket_id}/messages", read_thread)
def get_ticket_messages(desk: Desk, ticket_id: wire.Id, query: ThreadQuery) -> wire.Listed[TicketMessageOut]:
    """Read a thread: all that was said on the ticket and on those merged into it, each with where it was said.

    Internal notes are there for whoever may read them.
    """
    page = query.page(newest_first=query.newest_first)
    return wire.listed(desk.ask(read_thread, ReadThread(TicketId(ticket_id), page)), message_out)


@ROUTES.post("/tickets/{ticket_id}/buyer-messages", take_buyer_reply, refuses=(TicketTooLong,))
def post_ticket_buyer_message(desk: Desk, ticket_id: wire.Id, body: NewMessage) -> TicketOut:
    """Take what the buyer says; answers the ticket that has it.

    That is the survivor where this one was merged, and a new ticket where it is closed.
    """
    return ticket_out(desk.perform(take_buyer_reply, _say(desk, ticket_id, body)))


@ROUTES.post("/tickets/{ticket_id}/replies", reply_to_buyer, refuses=(TicketTooLong,))
def post_ticket_reply(desk: Desk, ticket_id: wire.Id, body: NewMessage) -> TicketOut:
    """Answer the buyer; the first answer stops the response clock."""
    return ticket_out(desk.perform(reply_to_buyer, _say(desk, ticket_id, body)))


@ROUTES.post("/tickets/{ticket_id}/notes", note_on_ticket, refuses=(TicketTooLong,))
def post_ticket_note(desk: Desk, ticket_id: wire.Id, body: NewMessage) -> TicketOut:
    """Note what only the house sees."""
    return ticket_out(desk.perform(note_on_ticket, _say(desk, ticket_id, body)))


@ROUTES.post("/tickets/{ticket_id}/assign", assign_ticket, match="required", refuses=(IllegalMove,))
def post_ticket_assign(desk: Desk, ticket_id: wire.Id, body: TicketAssignment) -> TicketOut:
    """Give a ticket to a queue, or to a person of it."""
    cmd = AssignTicket(
        ticket=TicketId(ticket_id),
        expected_version=desk.expected_version,
        queue=body.queue,
        next_action=body.next_action,
        due_at=body.due_at,
        assignee=None if body.assignee is None else AccountId(body.assignee),
    )
    return ticket_out(desk.perform(assign_ticket, cmd))


@ROUTES.post("/tickets/{ticket_id}/begin", begin_ticket, match="required", refuses=(IllegalMove,))
def post_ticket_begin(desk: Desk, ticket_id: wire.Id) -> TicketOut:
    """Work on a ticket."""
    return ticket_out(desk.perform(begin_ticket, _move(desk, ticket_id)))


@ROUTES.post("/tickets/{ticket_id}/wait", wait_on_ticket, match="required", refuses=(IllegalMove,))
def post_ticket_wait(desk: Desk, ticket_id: wire.Id, body: TicketWait) -> TicketOut:
    """Wait for the buyer or for colleagues."""
    cmd = WaitForSomebody(TicketId(ticket_id), desk.expected_version, body.for_customer, body.next_action, body.due_at)
    return ticket_out(desk.perform(wait_on_ticket, cmd))


@ROUTES.post("/tickets/{ticket_id}/resolve", resolve_ticket, match="required", refuses=(IllegalMove,))
def post_ticket_resolve(desk: Desk, ticket_id: wire.Id) -> TicketOut:
    """Settle a ticket; it is closed for good when its grace is over."""
    return ticket_out(desk.perform(resolve_ticket, _move(desk, ticket_id)))


@ROUTES.post("/tickets/{ticket_id}/reopen", reopen_ticket, match="required", refuses=(IllegalMove, GraceOver))
def post_ticket_reopen(desk: Desk, ticket_id: wire.Id) -> TicketOut:
    """Take a resolved ticket up again, within its grace."""
    return ticket_out(desk.perform(reopen_ticket, _move(desk, ticket_id)))


@ROUTES.post(
    "/tickets/{ticket_id}/merge",
    merge_tickets,
    match="required",
    refuses=(IllegalMove, MergedIntoItself, OtherParties),
)
def post_ticket_merge(desk: Desk, ticket_id: wire.Id, body: TicketMerge) -> TicketOut:
    """Let a ticket go on in another one, which is the answer; every later reply to it goes there."""
    cmd = MergeTickets(TicketId(ticket_id), desk.expected_version, TicketId(body.into))
    return ticket_out(desk.perform(merge_tickets, cmd))


@ROUTES.post(
    "/tickets/{ticket_id}/split",
    split_ticket,
    status=201,
    location="/tickets/{id}",
    match="required",
    refuses=(IllegalMove, NotOfThread),
)
def post_ticket_split(desk: Desk, ticket_id: wire.Id, body: TicketSplit) -> TicketOut:
    """Make a ticket of its own from a part of the matter; its messages are read in both."""
    cmd = SplitTicket(
        ticket=TicketId(ticket_id),
        expected_version=desk.expected_version,
        new=TicketId(desk.new_id(body.id)),
        title=body.title,
        messages=tuple(map(MessageId, body.message_ids)),
    )
    return ticket_out(desk.perform(split_ticket, cmd))


def _say(desk: Desk, ticket_id: wire.Id, body: NewMessage) -> Say:
    return Say(TicketId(ticket_id), MessageId(desk.new_id(body.id)), body.text, body.attachments)


def _move(desk: Desk, ticket_id: wire.Id) -> MoveTicket:
    return MoveTicket(TicketId(ticket_id), desk.expected_version)
