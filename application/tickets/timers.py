"""What time does to tickets: resolved ones are closed for good, overdue ones go one level up (D7)."""

from __future__ import annotations

import attrs

from houtai.application.office import Office
from houtai.application.permission import logged_as, needs
from houtai.application.tickets.ports import TICKET_DUE, TicketsTx
from houtai.application.tickets.say import shut
from houtai.application.timeline import write_line
from houtai.domain import limits
from houtai.domain.act import Act, Entry


@attrs.frozen
class RunTickets:
    """Up to `most` tickets whose time has come."""

    most: int = attrs.field(default=100, validator=limits.between(1, 1_000))


@logged_as(None)
@needs("tickets.run-timers")
def run_tickets(tx: TicketsTx, cmd: RunTickets, act: Act) -> int:
    """Close what was resolved long enough ago, escalate what is overdue; how many. For the timer, until it answers 0."""
    due = tx.tickets.lock_due(TICKET_DUE, act.at, cmd.most)
    for ticket in due:
        if not ticket.is_open:
            shut(tx, ticket, act)
            continue
        higher = ticket.escalated(act.at)
        tx.tickets.save(higher)
        details = {"level": higher.level, "queue": higher.queue}
        write_line(tx, act, "ticket", higher, "escalated", before=ticket.state, details=details)
    return len(due)


def run_due_tickets(office: Office) -> int:
    """Do what is due now; how many tickets went on."""
    return office.perform(run_tickets, RunTickets(), Act.of_system(office.clock.now(), Entry.TIMER))
