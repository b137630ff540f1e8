"""Tickets on SQL: the tables, the mapping, and what is read from them."""

from __future__ import annotations

from collections.abc import Mapping as Lookup
from typing import Any, Final

import attrs
from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    ColumnElement,
    Connection,
    ForeignKey,
    Index,
    Table,
    UniqueConstraint,
    or_,
    select,
)

from houtai.adapters.sql.columns import (
    METADATA,
    append_only,
    id_column,
    long_text,
    moment,
    one_of,
    owner_column,
    plain,
    version,
    whole_number,
    words,
)
from houtai.adapters.sql.keyset import rows_of_page
from houtai.adapters.sql.mapping import Child, Mapping, Row
from houtai.application.paging import Page, Slice
from houtai.application.tickets import ports
from houtai.application.tickets.ports import TicketFilter
from houtai.domain.ids import MessageId, TicketId
from houtai.domain.tickets.message import MAX_MESSAGES, Author, Message, Words
from houtai.domain.tickets.state import OPEN, TicketState
from houtai.domain.tickets.ticket import MAX_CARRIED, MAX_LEVEL, Ticket

_OPEN: Final = ", ".join(f"'{state.value}'" for state in TicketState if state in OPEN)

tickets: Final = Table(
    "tickets",
    METADATA,
    id_column("id", primary_key=True),
    words("number", 64, unique=True),
    id_column("channel_id", ForeignKey("channels.id")),
    words("title", 200),
    words("subject", 64),
    id_column("subject_id", index=True),
    words("queue", 64),
    words("next_action", 500),
    moment("opened_at"),
    moment("respond_by"),
    moment("due_at", nullable=True),
    moment("responded_at", nullable=True),
    id_column("customer_id", ForeignKey("customers.id"), nullable=True, index=True),
    id_column("order_id", ForeignKey("orders.id"), nullable=True, index=True),
    owner_column("merchant_id", index=True),
    id_column("assignee", nullable=True),
    one_of("state", TicketState),
    whole_number("level", 0, MAX_LEVEL),
    whole_number("messages", 0, MAX_MESSAGES),
    id_column("merged_into", ForeignKey("tickets.id"), nullable=True, index=True),
    whole_number("merged_messages", 0, MAX_MESSAGES, nullable=True),
    id_column("follows", ForeignKey("tickets.id"), nullable=True, unique=True),
    id_column("split_from", ForeignKey("tickets.id"), nullable=True),
    version(),
    CheckConstraint(f"state NOT IN ({_OPEN}) OR (queue <> '' AND next_action <> '')", name="queue_owned"),
    CheckConstraint("(due_at IS NULL) = (state IN ('closed', 'merged'))", name="due_at_until_over"),
    CheckConstraint("(merged_into IS NOT NULL) = (state = 'merged')", name="merged_into_something"),
    CheckConstraint("(merged_into IS NULL) = (merged_messages IS NULL)", name="merged_messages_counted"),
    CheckConstraint("merged_into <> id AND follows <> id AND split_from <> id", name="id_is_another"),
)
Index("ix_tickets_due_at", tickets.c.due_at, tickets.c.id)
Index("ix_tickets_worklist", tickets.c.state, tickets.c.due_at, tickets.c.id)

ticket_carried: Final = Table(
    "ticket_carried",
    METADATA,
    id_column("ticket_id", ForeignKey("tickets.id"), primary_key=True),
    whole_number("place", 0, MAX_CARRIED, primary_key=True, autoincrement=False),
    id_column("message_id", ForeignKey("ticket_messages.id")),
)

ticket_messages: Final = append_only(
    Table(
        "ticket_messages",
        METADATA,
        id_column("id", primary_key=True),
        id_column("ticket_id", ForeignKey("tickets.id")),
        whole_number("seq", 1, MAX_MESSAGES),
        one_of("author", Author),
        moment("at"),
        id_column("actor"),
        words("actor_name", 200),
        UniqueConstraint("ticket_id", "seq"),
    )
)

ticket_words: Final = Table(
    "ticket_words",
    METADATA,
    id_column("id", ForeignKey("ticket_messages.id"), primary_key=True),
    long_text("text"),
    plain("attachments"),
    Column("erased", Boolean(), nullable=False),
    CheckConstraint("NOT erased OR text = ''", name="erased_says_nothing"),
)


def _dump_ticket(ticket: Ticket) -> Row:
    row = {field.name: getattr(ticket, field.name) for field in attrs.fields(Ticket)}
    del row["carried"]
    return {**row, "state": ticket.state.value}


def _dump_carried(ticket: Ticket) -> list[Row]:
    return [{"ticket_id": ticket.id, "place": place, "message_id": message_id} for place, message_id in enumerate(ticket.carried)]


def _load_ticket(row: Row, lines: Lookup[str, list[Row]]) -> Ticket:
    carried = tuple(MessageId(line["message_id"]) for line in lines["ticket_carried"])
    return Ticket(**{**row, "state": TicketState(row["state"])}, carried=carried)


def _dump_message(message: Message) -> Row:
    row = {field.name: getattr(message, field.name) for field in attrs.fields(Message)}
    return {**row, "author": message.author.value}


def _load_message(row: Row, _: Lookup[str, list[Row]]) -> Message:
    return Message(**{**row, "author": Author(row["author"])})


def _dump_words(said: Words) -> Row:
    return {"id": said.id, "text": said.text, "attachments": list(said.attachments), "erased": said.erased}


def _load_words(row: Row, _: Lookup[str, list[Row]]) -> Words:
    return Words(**{**row, "attachments": tuple(row["attachments"])})


TICKET_MAPPING: Final[Mapping[Ticket]] = Mapping(
    ports.TICKETS,
    tickets,
    dump=_dump_ticket,
    load=_load_ticket,
    found_by={
        ports.TICKET_BY_NUMBER: ("number",),
        ports.TICKET_BY_CUSTOMER: ("customer_id",),
        ports.TICKETS_ABOUT: ("subject_id",),
        ports.MERGED_INTO: ("merged_into",),
        ports.FOLLOWER_OF: ("follows",),
        ports.TICKET_DUE: ("due_at",),
    },
    children=(Child(ticket_carried, ("ticket_id",), _dump_carried, ("place",)),),
)
MESSAGE_MAPPING: Final[Mapping[Message]] = Mapping(
    ports.MESSAGES, ticket_messages, dump=_dump_message, load=_load_message, found_by={ports.SAID_ON: ("ticket_id",)}
)
MAPPINGS: Final[tuple[Mapping[Any], ...]] = (
    TICKET_MAPPING,
    MESSAGE_MAPPING,
    Mapping(ports.WORDS, ticket_words, dump=_dump_words, load=_load_words),
)


class TicketsSearch:
    """See `TicketsViews`: what is searched."""

    connection: Connection

    def find_tickets(self, page: Page, where: TicketFilter) -> Slice[Ticket]:
        """See `TicketsViews.find_tickets`."""
        statement = select(tickets).where(*_conditions(where))
        rows, cursor = rows_of_page(self.connection, statement, (tickets.c.id,), page, newest_first=page.newest_first)
        return Slice(tuple(TICKET_MAPPING.build(self.connection, rows)), cursor)

    def tickets_to_do(self, page: Page, where: TicketFilter) -> Slice[Ticket]:
        """See `TicketsViews.tickets_to_do`."""
        is_open = tickets.c.state.in_(sorted(state.value for state in OPEN))
        statement = select(tickets).where(is_open, *_conditions(where))
        place = (tickets.c.due_at, tickets.c.id)
        rows, cursor = rows_of_page(self.connection, statement, place, page, newest_first=False)
        return Slice(tuple(TICKET_MAPPING.build(self.connection, rows)), cursor)

    def thread_of(self, page: Page, ticket_id: TicketId, *, notes: bool) -> Slice[Message]:
        """See `TicketsViews.thread_of`."""
        own = ticket_messages.c
        whole = select(tickets.c.id).where(or_(tickets.c.id == ticket_id, tickets.c.merged_into == ticket_id))
        carried = select(ticket_carried.c.message_id).where(ticket_carried.c.ticket_id.in_(whole))
        statement = select(ticket_messages).where(or_(own.ticket_id.in_(whole), own.id.in_(carried)))
        if not notes:
            statement = statement.where(own.author != Author.INTERNAL.value)
        place = (own.at, own.ticket_id, own.seq)
        rows, cursor = rows_of_page(self.connection, statement, place, page, newest_first=page.newest_first)
        return Slice(tuple(MESSAGE_MAPPING.build(self.connection, rows)), cursor)


def _conditions(where: TicketFilter) -> list[ColumnElement[bool]]:
    own = tickets.c
    equal = (
        (own.queue, where.queue),
        (own.assignee, where.assignee),
        (own.customer_id, where.customer_id),
        (own.order_id, where.order_id),
        (own.subject_id, where.subject_id),
        (own.merged_into, where.merged_into),
    )
    found = [column == value for column, value in equal if value is not None]
    if where.states:
        found.append(own.state.in_(sorted(state.value for state in where.states)))
    if where.overdue_at is not None:
        found.append(own.due_at < where.overdue_at)
    if where.channels is not None:
        found.append(own.channel_id.in_(sorted(where.channels)))
    if where.merchants is not None:
        found.append(own.merchant_id.in_(sorted(where.merchants)))
    return found
