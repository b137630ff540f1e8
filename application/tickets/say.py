"""Where a message belongs and how it is written down: past merges, and behind what is closed onto a ticket that follows."""

from __future__ import annotations

import attrs

from houtai.application.numbers import next_number
from houtai.application.tickets.forget import is_forgotten, let_go
from houtai.application.tickets.ports import FOLLOWER_OF, TicketsTx
from houtai.application.timeline import write_line
from houtai.domain.act import Act
from houtai.domain.ids import MessageId, TicketId, derive
from houtai.domain.refusal import AlreadyExists
from houtai.domain.tickets.merging import follow
from houtai.domain.tickets.message import ASKS_FOR_WORK, Author, Message, Words
from houtai.domain.tickets.state import TicketState
from houtai.domain.tickets.ticket import Ticket

PREFIX = "TK"
_SAID = {
    Author.BUYER: "buyer-wrote",
    Author.AGENT: "answered",
    Author.INTERNAL: "noted",
    Author.SYSTEM: "told",
}


@attrs.frozen
class Said:
    """What somebody says: the same id is the same message, however often it comes."""

    id: MessageId
    author: Author
    text: str
    attachments: tuple[str, ...] = ()


def said_before(tx: TicketsTx, said: Said) -> Ticket | None:
    """The ticket that the message stands on already, None for a new one. Raises AlreadyExists where it said something else."""
    known = tx.ticket_messages.find(said.id)
    if known is None:
        return None
    words = tx.ticket_words.get(said.id)
    same = words.erased or (words.text, words.attachments) == (said.text, said.attachments)
    if known.author is not said.author or not same:
        raise AlreadyExists(what="message", key=str(said.id))
    return tx.tickets.get(known.ticket_id)


def survivor_of(tx: TicketsTx, ticket_id: TicketId) -> Ticket:
    """The ticket, or the one in which it goes on since they were merged, locked. Raises NotFound."""
    found = tx.tickets.get(ticket_id)
    while True:
        if found.merged_into is not None:
            found = tx.tickets.get(found.merged_into)
            continue
        locked = tx.tickets.lock_one(found.id)
        if locked.merged_into is None:
            return locked
        found = locked  # merged while this deed waited for it


def tip_of(tx: TicketsTx, ticket_id: TicketId, act: Act) -> Ticket:
    """The last ticket in line, locked: past merges, and past closed ones to what follows them. It may be over itself.

    Only whoever holds a closed ticket adds its follower, so that each has one at most.
    """
    ticket = survivor_of(tx, ticket_id)
    while ticket.is_over(act.at):
        follower = tx.tickets.first(FOLLOWER_OF, ticket.id)
        if follower is None:
            return ticket
        ticket = survivor_of(tx, follower.id)
    return ticket


def say(tx: TicketsTx, ticket_id: TicketId, said: Said, act: Act) -> Ticket:
    """Write the message down where the conversation goes on; the ticket that has it, which another may follow from there.

    A buyer's or an agent's words to what is closed begin a new ticket that `follows`; notes and the house's own words are
    added to the closed one. Raises NotFound, TicketTooLong.
    """
    ticket = tip_of(tx, ticket_id, act)
    if said.author in ASKS_FOR_WORK and ticket.is_over(act.at):
        ticket = _begin_follower(tx, ticket, said, act)
    return _write(tx, ticket, said, act)


def write_first(tx: TicketsTx, ticket: Ticket, said: Said, act: Act) -> Ticket:
    """Write the message on a ticket that this deed has just opened."""
    return _write(tx, ticket, said, act)


def _begin_follower(tx: TicketsTx, over: Ticket, said: Said, act: Act) -> Ticket:
    if over.state is TicketState.RESOLVED:
        over = shut(tx, over, act)
    new = follow(over, TicketId(derive(said.id, "follows")), next_number(tx, PREFIX, act.at), act.at)
    tx.tickets.add(new)
    write_line(tx, act, "ticket", new, "opened", before=None, details={"follows": over.number})
    return new


def shut(tx: TicketsTx, ticket: Ticket, act: Act) -> Ticket:
    """Close what is resolved for good, and let go of a buyer who was erased meanwhile."""
    closed = ticket.closed()
    tx.tickets.save(closed)
    write_line(tx, act, "ticket", closed, "closed", before=ticket.state)
    return let_go(tx, closed, act)


def _write(tx: TicketsTx, ticket: Ticket, said: Said, act: Act) -> Ticket:
    if said.author is Author.BUYER and not ticket.is_over(act.at):
        spoken = ticket.heard(act.at)
    elif said.author is Author.AGENT and not ticket.is_over(act.at):
        spoken = ticket.answered(act.at)
    else:
        spoken = ticket.spoken()
    name = "" if said.author is Author.BUYER else act.name
    tx.ticket_messages.add(Message(said.id, ticket.id, spoken.messages, said.author, act.at, act.actor, name))
    words = Words(said.id, said.text, said.attachments)
    tx.ticket_words.add(words.forgotten() if is_forgotten(tx, ticket) else words)
    tx.tickets.save(spoken)
    details = {"message": str(said.id)}
    write_line(tx, act, "ticket", spoken, _SAID[said.author], before=ticket.state, details=details)
    return spoken
