"""Opening tickets: by a buyer or for one, and by other modules for what they handle."""

from __future__ import annotations

from uuid import UUID

import attrs

from houtai.application.numbers import next_number
from houtai.application.orders.reach import owners_of
from houtai.application.permission import CHANNEL, MERCHANT, needs
from houtai.application.plain import SECRET
from houtai.application.tickets.ports import TicketsTx
from houtai.application.tickets.reach import demand_ticket, within_reach
from houtai.application.tickets.say import PREFIX, Said, said_before, write_first
from houtai.application.timeline import write_line
from houtai.domain import limits
from houtai.domain.act import Act
from houtai.domain.authority import HOUSE
from houtai.domain.ids import ChannelId, CustomerId, MerchantId, MessageId, OrderId, TicketId
from houtai.domain.refusal import AlreadyExists, InvalidValue, NotFound
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
    matter = _about_order(tx, cmd, cmd.order, act) if cmd.order is not None else _about_nothing_sold(tx, cmd)
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


def _about_order(tx: TicketsTx, cmd: OpenTicket, order_id: OrderId, act: Act) -> Matter:
    """Whose the order is decides whose the ticket is; one with goods of several merchants is the house's."""
    order = tx.orders.get(order_id)
    owners = owners_of(order)
    whole = MerchantId(next(iter(owners))) if len(owners) == 1 and HOUSE not in owners else None
    matter = Matter("order", order.id, cmd.title, order.channel_id, order.customer_id, order.id, whole, cmd.queue)
    if not within_reach(act, OPEN_VERB, _draft(cmd.ticket, "", matter, act)):
        raise NotFound(what="order", key=str(order_id))
    same = {
        "channel": cmd.channel == matter.channel_id,
        "customer": cmd.customer in (None, matter.customer_id),
        "merchant": cmd.merchant in (None, matter.merchant_id),
    }
    for field, holds in same.items():
        if not holds:
            raise InvalidValue(field=field, rule="must be the order's")
    return matter


def _about_nothing_sold(tx: TicketsTx, cmd: OpenTicket) -> Matter:
    tx.channels.get(cmd.channel)
    subject: tuple[str, UUID] = ("ticket", cmd.ticket)
    if cmd.customer is not None:
        subject = ("customer", tx.customers.get(cmd.customer).id)
    return Matter(*subject, cmd.title, cmd.channel, cmd.customer, None, cmd.merchant, cmd.queue)
