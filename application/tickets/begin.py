"""Opening tickets: by a buyer or for one, and by other modules for what they handle."""

from __future__ import annotations

from uuid import UUID

import attrs

from houtai.application.numbers import next_number
from houtai.application.orders.reach import owners_of
from houtai.application.permission import CHANNEL, MERCHANT, needs
from houtai.application.plain import SECRET
from houtai.application.tickets.ports import TicketsTx
from houtai.application.tickets.reach import demand_ticket
from houtai.application.tickets.say import PREFIX, Said, said_before, write_first
from houtai.application.timeline import write_line
from houtai.domain import limits
from houtai.domain.act import Act
from houtai.domain.authority import HOUSE
from houtai.domain.ids import ChannelId, CustomerId, MerchantId, MessageId, OrderId, TicketId
from houtai.domain.refusal import AlreadyExists, InvalidValue
from houtai.domain.tickets.message import MAX_WORDS, Author
from houtai.domain.tickets.state import FIRST_QUEUE, RESPONSE
from houtai.domain.tickets.ticket import ANSWER, Ticket

OPEN_VERB = "tickets.open"


@attrs.frozen
class Matter:
    """What a ticket is about, and whose it is. `merchant_id` None is the house's own business."""

    subject: str
    subject_id: UUID
    title: str
    channel_id: ChannelId
    customer_id: CustomerId | None = None
    order_id: OrderId | None = None
    merchant_id: MerchantId | None = None
    queue: str = FIRST_QUEUE


@attrs.frozen
class OpenTicket:
    """A new matter with its first message. With an `order`, channel, customer and merchant are the order's."""

    ticket: TicketId
    message: MessageId
    channel: ChannelId
    title: str = attrs.field(validator=limits.text(1, 200), metadata={SECRET: True})
    text: str = attrs.field(validator=limits.text(1, MAX_WORDS), metadata={SECRET: True})
    customer: CustomerId | None = None
    order: OrderId | None = None
    merchant: MerchantId | None = None
    attachments: tuple[str, ...] = attrs.field(default=(), metadata={SECRET: True})
    queue: str = attrs.field(default=FIRST_QUEUE, validator=limits.code)


@needs(OPEN_VERB, along=(CHANNEL, MERCHANT), own=True)
def open_ticket(tx: TicketsTx, cmd: OpenTicket, act: Act) -> Ticket:
    """Open it with what the buyer says; the response clock runs from now.

    The same message again is the same ticket. Raises NotFound, AlreadyExists for an id that is taken, InvalidValue where
    customer, channel or merchant are not the order's.
    """
    matter = _matter(tx, cmd)
    said = Said(cmd.message, Author.BUYER, cmd.text, cmd.attachments)
    draft = _draft(cmd.ticket, "", matter, act)
    demand_ticket(act, OPEN_VERB, draft)
    known = said_before(tx, said)
    if known is not None:
        demand_ticket(act, OPEN_VERB, known)
        return known
    if tx.tickets.find(cmd.ticket) is not None:
        raise AlreadyExists(what="ticket", key=str(cmd.ticket))
    return write_first(tx, begin(tx, cmd.ticket, matter, act), said, act)


def begin(tx: TicketsTx, ticket_id: TicketId, matter: Matter, act: Act) -> Ticket:
    """A new ticket that nothing was said on yet."""
    ticket = _draft(ticket_id, next_number(tx, PREFIX, act.at), matter, act)
    tx.tickets.add(ticket)
    write_line(tx, act, "ticket", ticket, "opened", before=None, details={"subject": matter.subject})
    return ticket


def _draft(ticket_id: TicketId, number: str, matter: Matter, act: Act) -> Ticket:
    return Ticket(
        id=ticket_id,
        number=number,
        channel_id=matter.channel_id,
        title=matter.title,
        subject=matter.subject,
        subject_id=matter.subject_id,
        queue=matter.queue,
        next_action=ANSWER,
        opened_at=act.at,
        respond_by=act.at + RESPONSE,
        due_at=act.at + RESPONSE,
        customer_id=matter.customer_id,
        order_id=matter.order_id,
        merchant_id=matter.merchant_id,
    )


def _matter(tx: TicketsTx, cmd: OpenTicket) -> Matter:
    customer, merchant = cmd.customer, cmd.merchant
    if cmd.order is not None:
        order = tx.orders.get(cmd.order)
        if order.channel_id != cmd.channel:
            raise InvalidValue(field="channel", rule="must be the order's")
        if customer not in (None, order.customer_id):
            raise InvalidValue(field="customer", rule="must be the order's buyer")
        customer, owners = order.customer_id, owners_of(order)
        whole = MerchantId(next(iter(owners))) if len(owners) == 1 and HOUSE not in owners else None
        if merchant not in (None, whole):
            raise InvalidValue(field="merchant", rule="must be the one whose goods the order holds")
        merchant = whole
    else:
        tx.channels.get(cmd.channel)
        if customer is not None:
            tx.customers.get(customer)
    about: tuple[str, UUID] = (
        ("order", cmd.order) if cmd.order else ("customer", customer) if customer else ("ticket", cmd.ticket)
    )
    return Matter(*about, cmd.title, cmd.channel, customer, cmd.order, merchant, cmd.queue)
