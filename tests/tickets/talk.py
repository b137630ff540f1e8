"""A channel with buyers who talk to the house: tickets opened, answered, merged; all made through use cases."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from houtai.application.customers.keep import EraseCustomer, RegisterCustomer, erase_customer, register_customer
from houtai.application.house import OF_DOCUMENT
from houtai.application.office import Office
from houtai.application.orders.ports import OrdersViews
from houtai.application.paging import Page
from houtai.application.permission import needs
from houtai.application.tickets.begin import OpenTicket, open_ticket
from houtai.application.tickets.merge import MergeTickets, SplitTicket, merge_tickets, split_ticket
from houtai.application.tickets.ports import TicketFilter
from houtai.application.tickets.queries import (
    ListTickets,
    MessageView,
    ReadThread,
    list_tickets_to_do,
    read_thread,
    show_ticket,
)
from houtai.application.tickets.reply import Say, note_on_ticket, reply_to_buyer, take_buyer_reply
from houtai.application.tickets.timers import run_due_tickets
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
from houtai.application.timeline import TimelineEntry
from houtai.domain.act import Act
from houtai.domain.ids import AccountId, CustomerId, MessageId, TicketId, new_id
from houtai.domain.tickets.ticket import Ticket
from tests.catalog.arrange import some_channel
from tests.orders.shop import Shop

AGENT = AccountId(new_id())


@needs("tests.read")
def read_history(views: OrdersViews, query: TicketId, act: Act) -> list[TimelineEntry]:
    return sorted(views.timeline.by(OF_DOCUMENT, query), key=lambda entry: entry.version)


class Talk:
    """Buyers of one channel and the people who answer them."""

    def __init__(self, office: Office, clock: Any, shop: Shop | None = None) -> None:
        """On a channel of their own, or among the buyers of this shop."""
        self.office, self.clock = office, clock
        self.channel = some_channel(office, self.act, "TALK") if shop is None else shop.channel
        self.buyer = self.customer("王小明") if shop is None else shop.buyer

    @property
    def act(self) -> Act:
        """The house, at the clock's moment."""
        return Act.of_system(self.clock.now())

    def soon(self, hours: int = 5) -> dt.datetime:
        moment: dt.datetime = self.clock.now() + dt.timedelta(hours=hours)
        return moment

    # -- doing

    def customer(self, name: str) -> CustomerId:
        customer = CustomerId(new_id())
        return self.office.perform(register_customer, RegisterCustomer(customer, name), self.act).id

    def erase(self) -> None:
        self.office.perform(erase_customer, EraseCustomer(self.buyer, 1), self.act)

    def wish(self, text: str = "the cup is broken", **fields: Any) -> OpenTicket:
        plain: dict[str, Any] = {
            "ticket": TicketId(new_id()),
            "message": MessageId(new_id()),
            "channel": self.channel,
            "title": "a broken cup",
            "text": text,
            "customer": self.buyer,
        }
        return OpenTicket(**{**plain, **fields})

    def open(self, text: str = "the cup is broken", **fields: Any) -> Ticket:
        return self.office.perform(open_ticket, self.wish(text, **fields), self.act)

    def buyer_says(self, ticket: Ticket | TicketId, text: str = "and the bowl too", message: MessageId | None = None) -> Ticket:
        return self.office.perform(take_buyer_reply, self.said(ticket, text, message), self.act)

    def answer(self, ticket: Ticket | TicketId, text: str = "we are sorry", message: MessageId | None = None) -> Ticket:
        return self.office.perform(reply_to_buyer, self.said(ticket, text, message), self.act)

    def note(self, ticket: Ticket | TicketId, text: str = "looks like the carrier", message: MessageId | None = None) -> Ticket:
        return self.office.perform(note_on_ticket, self.said(ticket, text, message), self.act)

    def said(self, ticket: Ticket | TicketId, text: str, message: MessageId | None = None) -> Say:
        ticket_id = ticket.id if isinstance(ticket, Ticket) else ticket
        return Say(ticket_id, message or MessageId(new_id()), text)

    def assign(self, ticket: Ticket, **fields: Any) -> Ticket:
        plain: dict[str, Any] = {"queue": "tea", "next_action": "look at the picture", "due_at": self.soon(), "assignee": AGENT}
        version = fields.pop("expected_version", self.now(ticket).version)
        return self.office.perform(assign_ticket, AssignTicket(ticket.id, version, **{**plain, **fields}), self.act)

    def wait(self, ticket: Ticket, *, for_customer: bool = True, hours: int = 72) -> Ticket:
        cmd = WaitForSomebody(ticket.id, self.now(ticket).version, for_customer, "ask once more", self.soon(hours))
        return self.office.perform(wait_on_ticket, cmd, self.act)

    def begin(self, ticket: Ticket) -> Ticket:
        return self.office.perform(begin_ticket, self.move(ticket), self.act)

    def resolve(self, ticket: Ticket) -> Ticket:
        return self.office.perform(resolve_ticket, self.move(ticket), self.act)

    def reopen(self, ticket: Ticket) -> Ticket:
        return self.office.perform(reopen_ticket, self.move(ticket), self.act)

    def move(self, ticket: Ticket) -> MoveTicket:
        return MoveTicket(ticket.id, self.now(ticket).version)

    def merge(self, ticket: Ticket | TicketId, into: Ticket | TicketId) -> Ticket:
        gone, survivor = (one.id if isinstance(one, Ticket) else one for one in (ticket, into))
        cmd = MergeTickets(gone, self.now(gone).version, survivor)
        return self.office.perform(merge_tickets, cmd, self.act)

    def split(self, ticket: Ticket, *messages: MessageId, new: TicketId | None = None) -> Ticket:
        cmd = SplitTicket(ticket.id, self.now(ticket).version, new or TicketId(new_id()), "the other thing", messages)
        return self.office.perform(split_ticket, cmd, self.act)

    def closed(self, text: str = "the cup is broken") -> Ticket:
        """Resolved, and closed when its grace was over."""
        ticket = self.resolve(self.open(text))
        self.clock.advance(days=8)
        run_due_tickets(self.office)
        return self.now(ticket)

    # -- looking

    def now(self, ticket: Ticket | TicketId) -> Ticket:
        """As it is."""
        ticket_id = ticket.id if isinstance(ticket, Ticket) else ticket
        return self.office.ask(show_ticket, ticket_id, self.act).ticket

    def thread(self, ticket: Ticket | TicketId, act: Act | None = None) -> list[MessageView]:
        """Everything that was said, read page by page."""
        ticket_id = ticket.id if isinstance(ticket, Ticket) else ticket
        found: list[MessageView] = []
        cursor = ""
        while True:
            page = Page(limit=3, cursor=cursor, newest_first=False)
            part = self.office.ask(read_thread, ReadThread(ticket_id, page), act or self.act)
            found += part.items
            cursor = part.next_cursor
            if not cursor:
                return found

    def texts(self, ticket: Ticket | TicketId) -> list[str]:
        """What was said, in order."""
        return [message.text for message in self.thread(ticket)]

    def history(self, ticket: Ticket) -> list[str]:
        """What happened to it, in order."""
        return [entry.event for entry in self.office.ask(read_history, ticket.id, self.act)]

    def to_do(self, **where: Any) -> Sequence[TicketId]:
        """Open tickets, the most urgent first."""
        query = ListTickets(Page(limit=100), TicketFilter(**where))
        return [ticket.id for ticket in self.office.ask(list_tickets_to_do, query, self.act).items]
