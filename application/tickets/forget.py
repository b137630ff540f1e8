"""Letting go of a person who was erased: of all that was said on tickets that are over, and on the others when they are."""

from __future__ import annotations

from collections.abc import Sequence

from houtai.application.tickets.ports import MERGED_INTO, SAID_ON, TICKET_BY_CUSTOMER, TicketsTx
from houtai.application.timeline import write_line
from houtai.domain.act import Act
from houtai.domain.customers.customer import CustomerState
from houtai.domain.customers.events import CustomerErased
from houtai.domain.tickets.state import TicketState
from houtai.domain.tickets.ticket import Ticket

REASON = "the buyer was erased"


def on_customer_erased(tx: TicketsTx, event: CustomerErased, act: Act) -> None:
    """Forget every ticket of theirs that is over. All of them are locked: none ends unseen meanwhile."""
    theirs = {ticket.id: ticket for ticket in tx.tickets.lock_by(TICKET_BY_CUSTOMER, event.customer_id)}
    for ticket in theirs.values():
        goes_on_in = ticket if ticket.merged_into is None else theirs[ticket.merged_into]
        if goes_on_in.state is TicketState.CLOSED:
            _forget(tx, [ticket], act)


def let_go(tx: TicketsTx, closed: Ticket, act: Act) -> Ticket:
    """Forget what was said on a ticket that is closed now, and on all that were merged into it, if its buyer was erased."""
    if not is_forgotten(tx, closed):
        return closed
    merged = tx.tickets.lock_by(MERGED_INTO, closed.id)
    return _forget(tx, [closed, *merged], act)[0]


def is_forgotten(tx: TicketsTx, ticket: Ticket) -> bool:
    """Whether nothing is kept of what is said here: the ticket is closed, and its buyer erased."""
    buyer = None if ticket.customer_id is None else tx.customers.find(ticket.customer_id)
    return ticket.state is TicketState.CLOSED and buyer is not None and buyer.state is CustomerState.ERASED


def _forget(tx: TicketsTx, over: Sequence[Ticket], act: Act) -> list[Ticket]:
    said = tx.ticket_messages.by(SAID_ON, *(ticket.id for ticket in over))
    for words in tx.ticket_words.lock(message.id for message in said).values():
        if not words.erased:
            tx.ticket_words.save(words.forgotten())
    forgotten = []
    for ticket in over:
        bare = ticket.forgotten()
        tx.tickets.save(bare)
        write_line(tx, act, "ticket", bare, "buyer-erased", before=ticket.state, reason=REASON)
        forgotten.append(bare)
    return forgotten
