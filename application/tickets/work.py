"""Working on tickets: handed to somebody, begun, waiting, resolved, reopened. None is ever without owner, action and time."""

from __future__ import annotations

import datetime as dt
from typing import Final

import attrs

from houtai.application.permission import CHANNEL, MERCHANT, needs
from houtai.application.plain import SECRET
from houtai.application.tickets.ports import TicketsTx
from houtai.application.tickets.reach import demand_ticket
from houtai.application.timeline import write_line
from houtai.domain import limits
from houtai.domain.act import Act
from houtai.domain.ids import AccountId, TicketId
from houtai.domain.refusal import InvalidValue, VersionConflict
from houtai.domain.tickets.state import TicketState
from houtai.domain.tickets.ticket import Ticket

WORK: Final = "tickets.work"


@attrs.frozen
class AssignTicket:
    """Hand a ticket to a queue, or to a person of it, with what they do next and until when."""

    ticket: TicketId
    expected_version: int
    queue: str = attrs.field(validator=limits.code)
    next_action: str = attrs.field(validator=limits.text(1, 500), metadata={SECRET: True})
    due_at: dt.datetime = attrs.field(validator=limits.aware)
    assignee: AccountId | None = None


@attrs.frozen
class MoveTicket:
    """A ticket as its screen was drawn."""

    ticket: TicketId
    expected_version: int


@attrs.frozen
class WaitForSomebody:
    """What is waited for, and until when: then the next level hears of it."""

    ticket: TicketId
    expected_version: int
    for_customer: bool
    next_action: str = attrs.field(validator=limits.text(1, 500), metadata={SECRET: True})
    due_at: dt.datetime = attrs.field(validator=limits.aware)


@needs("tickets.assign", along=(CHANNEL, MERCHANT))
def assign_ticket(tx: TicketsTx, cmd: AssignTicket, act: Act) -> Ticket:
    """Give a ticket to somebody. Raises NotFound, VersionConflict, IllegalMove, InvalidValue for a due time in the past."""
    ticket = locked_ticket(tx, cmd.ticket, cmd.expected_version, "tickets.assign", act)
    given = ticket.assigned(cmd.queue, cmd.assignee, cmd.next_action, _future(cmd.due_at, act))
    details = {"queue": cmd.queue, "assignee": str(cmd.assignee or "")}
    tx.tickets.save(given)
    write_line(tx, act, "ticket", given, "assigned", before=ticket.state, details=details)
    return given


@needs(WORK, along=(CHANNEL, MERCHANT))
def begin_ticket(tx: TicketsTx, cmd: MoveTicket, act: Act) -> Ticket:
    """Work on it. Raises NotFound, VersionConflict, IllegalMove."""
    ticket = locked_ticket(tx, cmd.ticket, cmd.expected_version, WORK, act)
    return _moved(tx, ticket, ticket.begun(act.at), "begun", act)


@needs(WORK, along=(CHANNEL, MERCHANT))
def wait_on_ticket(tx: TicketsTx, cmd: WaitForSomebody, act: Act) -> Ticket:
    """Wait for the buyer or for colleagues. Raises NotFound, VersionConflict, IllegalMove, InvalidValue as assigning does."""
    ticket = locked_ticket(tx, cmd.ticket, cmd.expected_version, WORK, act)
    state = TicketState.WAITING_CUSTOMER if cmd.for_customer else TicketState.WAITING_INTERNAL
    return _moved(tx, ticket, ticket.waiting(state, cmd.next_action, _future(cmd.due_at, act)), "waits", act)


@needs("tickets.resolve", along=(CHANNEL, MERCHANT))
def resolve_ticket(tx: TicketsTx, cmd: MoveTicket, act: Act) -> Ticket:
    """Settled; it is closed for good when the grace is over. Raises NotFound, VersionConflict, IllegalMove."""
    ticket = locked_ticket(tx, cmd.ticket, cmd.expected_version, "tickets.resolve", act)
    return _moved(tx, ticket, ticket.resolved(act.at), "resolved", act)


@needs("tickets.reopen", along=(CHANNEL, MERCHANT))
def reopen_ticket(tx: TicketsTx, cmd: MoveTicket, act: Act) -> Ticket:
    """Take a resolved ticket up again, within its grace. Raises NotFound, VersionConflict, IllegalMove, GraceOver."""
    ticket = locked_ticket(tx, cmd.ticket, cmd.expected_version, "tickets.reopen", act)
    return _moved(tx, ticket, ticket.reopened(act.at), "reopened", act)


def locked_ticket(tx: TicketsTx, ticket_id: TicketId, expected_version: int, verb: str, act: Act) -> Ticket:
    """The ticket for an edit by a person. Raises NotFound, Forbidden, VersionConflict."""
    ticket = tx.tickets.lock_one(ticket_id)
    demand_ticket(act, verb, ticket)
    demand_version(ticket, expected_version)
    return ticket


def demand_version(ticket: Ticket, expected_version: int) -> None:
    """Refuse with VersionConflict unless the ticket is as the caller saw it."""
    if ticket.version != expected_version:
        raise VersionConflict(
            what="ticket", key=str(ticket.id), expected_version=expected_version, current_version=ticket.version
        )


def _moved(tx: TicketsTx, before: Ticket, ticket: Ticket, event: str, act: Act) -> Ticket:
    tx.tickets.save(ticket)
    write_line(tx, act, "ticket", ticket, event, before=before.state)
    return ticket


def _future(due_at: dt.datetime, act: Act) -> dt.datetime:
    if due_at <= act.at:
        raise InvalidValue(field="due_at", rule="must lie in the future")
    return due_at
