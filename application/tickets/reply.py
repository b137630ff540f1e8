"""Talking on a ticket: what the buyer says, what the house answers, and what people of the house note among themselves."""

from __future__ import annotations

import attrs

from houtai.application.permission import CHANNEL, MERCHANT, needs
from houtai.application.plain import SECRET
from houtai.application.tickets.ports import TicketsTx
from houtai.application.tickets.reach import demand_ticket
from houtai.application.tickets.say import Said, said_before, say
from houtai.domain import limits
from houtai.domain.act import Act
from houtai.domain.ids import MessageId, TicketId
from houtai.domain.tickets.message import MAX_WORDS, Author
from houtai.domain.tickets.ticket import Ticket


@attrs.frozen
class Say:
    """A message for a ticket. Its id is the caller's: the same one is the same message, however often it comes."""

    ticket: TicketId
    message: MessageId
    text: str = attrs.field(validator=limits.text(1, MAX_WORDS), metadata={SECRET: True})
    attachments: tuple[str, ...] = attrs.field(default=(), metadata={SECRET: True})


@needs("tickets.take-reply", along=(CHANNEL, MERCHANT), own=True)
def take_buyer_reply(tx: TicketsTx, cmd: Say, act: Act) -> Ticket:
    """What the buyer says goes where the conversation goes on: on the ticket, on the one that it was merged into (G-37).

    What waited for the buyer, or was resolved within its grace, is in progress again. A closed ticket stays closed: the reply
    begins a new one that `follows` it. Answers the ticket that has the message. Raises NotFound, TicketTooLong, and
    AlreadyExists for a message id that said something else.
    """
    return _say(tx, cmd, Author.BUYER, "tickets.take-reply", act)


@needs("tickets.reply", along=(CHANNEL, MERCHANT))
def reply_to_buyer(tx: TicketsTx, cmd: Say, act: Act) -> Ticket:
    """Answer the buyer; the first answer stops the response clock. It goes where the buyer's own words would go.

    Raises NotFound, TicketTooLong, and AlreadyExists for a message id that said something else.
    """
    return _say(tx, cmd, Author.AGENT, "tickets.reply", act)


@needs("tickets.note", along=(CHANNEL, MERCHANT))
def note_on_ticket(tx: TicketsTx, cmd: Say, act: Act) -> Ticket:
    """Write down what only the house sees. It changes no state and no clock, and is possible on closed tickets too.

    Raises NotFound, TicketTooLong, and AlreadyExists for a message id that said something else.
    """
    return _say(tx, cmd, Author.INTERNAL, "tickets.note", act)


def _say(tx: TicketsTx, cmd: Say, author: Author, verb: str, act: Act) -> Ticket:
    demand_ticket(act, verb, tx.tickets.get(cmd.ticket))
    said = Said(cmd.message, author, cmd.text, cmd.attachments)
    known = said_before(tx, said)
    if known is not None:
        demand_ticket(act, verb, known)
        return known
    return say(tx, cmd.ticket, said, act)
