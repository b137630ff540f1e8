"""Merging and splitting tickets. What was said stays where it was said; who reads the survivor reads all of it (G-37)."""

from __future__ import annotations

import attrs

from houtai.application.numbers import next_number
from houtai.application.permission import CHANNEL, MERCHANT, needs
from houtai.application.plain import SECRET
from houtai.application.tickets.ports import MERGED_INTO, TicketsTx
from houtai.application.tickets.reach import demand_ticket
from houtai.application.tickets.say import PREFIX
from houtai.application.tickets.work import demand_version, locked_ticket
from houtai.application.timeline import write_line
from houtai.domain import limits
from houtai.domain.act import Act
from houtai.domain.ids import MessageId, TicketId
from houtai.domain.refusal import AlreadyExists
from houtai.domain.tickets.merging import merge, split
from houtai.domain.tickets.refusals import NotOfThread
from houtai.domain.tickets.ticket import MAX_CARRIED, Ticket

MERGE = "tickets.merge"
SPLIT = "tickets.split"


@attrs.frozen
class MergeTickets:
    """One ticket goes on in another one, or in whatever that one goes on in by now."""

    ticket: TicketId
    expected_version: int
    into: TicketId


@attrs.frozen
class SplitTicket:
    """A part of the matter becomes the ticket `new`, with these messages of the thread."""

    ticket: TicketId
    expected_version: int
    new: TicketId
    title: str = attrs.field(validator=limits.text(1, 200), metadata={SECRET: True})
    messages: tuple[MessageId, ...] = attrs.field(validator=limits.at_most(MAX_CARRIED, low=1))


@needs(MERGE, along=(CHANNEL, MERCHANT))
def merge_tickets(tx: TicketsTx, cmd: MergeTickets, act: Act) -> Ticket:
    """Merge; answers the survivor. From now on every reply to the merged one lands there, as do those to what was merged before.

    Raises NotFound, VersionConflict (of the one that goes), MergedIntoItself, OtherParties, IllegalMove where the one is over or
    the other not open.
    """
    for ticket_id in (cmd.ticket, cmd.into):
        demand_ticket(act, MERGE, tx.tickets.get(ticket_id))
    gone, survivor, before = _locked(tx, cmd)
    demand_version(gone, cmd.expected_version)
    merged = merge(gone, survivor, before, act.at)
    for old, new in ((gone, merged.gone), *zip(before, merged.followed, strict=True)):
        tx.tickets.save(new)
        details = {"into": survivor.number, "messages": new.merged_messages}
        write_line(tx, act, "ticket", new, "merged", before=old.state, details=details)
    tx.tickets.save(merged.survivor)
    details = {"ticket": gone.number}
    write_line(tx, act, "ticket", merged.survivor, "took-in", before=survivor.state, details=details)
    return merged.survivor


def _locked(tx: TicketsTx, cmd: MergeTickets) -> tuple[Ticket, Ticket, list[Ticket]]:
    """What goes, where it goes on, and what went on in it until now: all locked, in one statement unless somebody is faster."""
    into = tx.tickets.get(cmd.into)
    while True:
        wanted = into.merged_into or into.id
        before = [ticket.id for ticket in tx.tickets.by(MERGED_INTO, cmd.ticket)]
        tx.tickets.lock([cmd.ticket, wanted, *before])
        into = tx.tickets.lock_one(wanted)
        if into.merged_into is None:
            return tx.tickets.lock_one(cmd.ticket), into, tx.tickets.lock_by(MERGED_INTO, cmd.ticket)


@needs(SPLIT, along=(CHANNEL, MERCHANT))
def split_ticket(tx: TicketsTx, cmd: SplitTicket, act: Act) -> Ticket:
    """Begin the new ticket; it is of the same buyer, and the messages are read in both, each with where it was said.

    Raises NotFound, VersionConflict, IllegalMove unless the ticket is open, NotOfThread, AlreadyExists for a taken id.
    """
    ticket = locked_ticket(tx, cmd.ticket, cmd.expected_version, SPLIT, act)
    if tx.tickets.find(cmd.new) is not None:
        raise AlreadyExists(what="ticket", key=str(cmd.new))
    carried = tuple(dict.fromkeys(cmd.messages))
    draft = split(ticket, cmd.new, cmd.title, carried, act.at)
    _demand_of_thread(tx, ticket, carried)
    new = attrs.evolve(draft, number=next_number(tx, PREFIX, act.at))
    tx.tickets.add(new)
    write_line(tx, act, "ticket", new, "opened", before=None, details={"split_from": ticket.number, "messages": len(carried)})
    left = ticket.edited()
    tx.tickets.save(left)
    write_line(tx, act, "ticket", left, "split", before=ticket.state, details={"ticket": new.number})
    return new


def _demand_of_thread(tx: TicketsTx, ticket: Ticket, wanted: tuple[MessageId, ...]) -> None:
    whole = [ticket, *tx.tickets.by(MERGED_INTO, ticket.id)]
    places = {one.id for one in whole}
    carried = {message_id for one in whole for message_id in one.carried}
    found = tx.ticket_messages.many(wanted)
    for message_id in wanted:
        message = found.get(message_id)
        if message is None or (message.ticket_id not in places and message_id not in carried):
            raise NotOfThread(message=str(message_id), number=ticket.number)
