"""What tickets are kept in, and how their use cases and queries reach it.

Tickets are locked after payments and orders. One that was merged is never locked to speak on it: it points to where to go.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, Final, Protocol
from uuid import UUID

import attrs

from houtai.application.paging import Page, Slice
from houtai.application.ports import HouseTx, Index, Reading, Records, Rows
from houtai.domain.catalog.channel import Channel
from houtai.domain.customers.customer import Customer
from houtai.domain.ids import AccountId, ChannelId, CustomerId, MessageId, OrderId, TicketId
from houtai.domain.orders.order import Order
from houtai.domain.tickets.message import Message, Words
from houtai.domain.tickets.state import TicketState
from houtai.domain.tickets.ticket import Ticket

TICKET_BY_NUMBER: Final[Index[Ticket, str]] = Index("number", lambda ticket: ticket.number, unique=True)
TICKET_BY_CUSTOMER: Final[Index[Ticket, UUID]] = Index("customer_id", lambda ticket: ticket.customer_id)
TICKETS_ABOUT: Final[Index[Ticket, UUID]] = Index("subject_id", lambda ticket: ticket.subject_id)
MERGED_INTO: Final[Index[Ticket, UUID]] = Index("merged_into", lambda ticket: ticket.merged_into)
FOLLOWER_OF: Final[Index[Ticket, UUID]] = Index("follows", lambda ticket: ticket.follows, unique=True)
TICKET_DUE: Final[Index[Ticket, dt.datetime]] = Index("due_at", lambda ticket: ticket.due_at)
TICKETS: Final[Records[TicketId, Ticket]] = Records(
    "tickets",
    Ticket,
    key=lambda ticket: ticket.id,
    indexes=(TICKET_BY_NUMBER, TICKET_BY_CUSTOMER, TICKETS_ABOUT, MERGED_INTO, FOLLOWER_OF, TICKET_DUE),
    secret=frozenset({"title", "next_action"}),
)

SAID_ON: Final[Index[Message, UUID]] = Index("ticket_id", lambda message: message.ticket_id)
MESSAGES: Final[Records[MessageId, Message]] = Records(
    "ticket_messages", Message, key=lambda message: message.id, indexes=(SAID_ON,), append_only=True
)
WORDS: Final[Records[MessageId, Words]] = Records(
    "ticket_words", Words, key=lambda words: words.id, secret=frozenset({"text", "attachments"})
)
RECORDS: Final[tuple[Records[Any, Any], ...]] = (TICKETS, MESSAGES, WORDS)


class TicketsTx(HouseTx, Protocol):
    """What tickets write. Orders, channels and customers are only looked up, to see whose matter it is."""

    @property
    def tickets(self) -> Rows[TicketId, Ticket]:
        """Every matter of every buyer."""

    @property
    def ticket_messages(self) -> Rows[MessageId, Message]:
        """Append-only: that something was said."""

    @property
    def ticket_words(self) -> Rows[MessageId, Words]:
        """What was said, until the person is forgotten."""

    @property
    def orders(self) -> Rows[OrderId, Order]:
        """What was sold."""

    @property
    def channels(self) -> Rows[ChannelId, Channel]:
        """Where goods are sold."""

    @property
    def customers(self) -> Rows[CustomerId, Customer]:
        """All buyers."""


@attrs.frozen
class TicketFilter:
    """Which tickets: all conditions that are set hold; None for a reach is everywhere. `overdue_at` means due before then."""

    states: frozenset[TicketState] = frozenset()
    queue: str | None = None
    assignee: AccountId | None = None
    customer_id: CustomerId | None = None
    order_id: OrderId | None = None
    subject_id: UUID | None = None
    merged_into: TicketId | None = None
    overdue_at: dt.datetime | None = None
    channels: frozenset[UUID] | None = None
    merchants: frozenset[UUID] | None = None


class TicketsViews(Protocol):
    """Tickets and what was said on them, as last committed."""

    @property
    def tickets(self) -> Reading[TicketId, Ticket]:
        """By id, number, customer or subject."""

    @property
    def ticket_messages(self) -> Reading[MessageId, Message]:
        """By id or ticket."""

    @property
    def ticket_words(self) -> Reading[MessageId, Words]:
        """By message."""

    def find_tickets(self, page: Page, where: TicketFilter) -> Slice[Ticket]:
        """Tickets by id, which is the order in which they were opened."""

    def tickets_to_do(self, page: Page, where: TicketFilter) -> Slice[Ticket]:
        """Open tickets by due time, the most urgent first."""

    def thread_of(self, page: Page, ticket_id: TicketId, *, notes: bool) -> Slice[Message]:
        """What was said on the ticket, on all that were merged into it, and what they carry over from others; by time.

        Each message once, the internal ones among them only with `notes`.
        """
