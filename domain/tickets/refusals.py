"""The ways in which tickets say no."""

from __future__ import annotations

import attrs

from houtai.domain.refusal import Kind, Refusal


@attrs.define(eq=False, slots=False)
class GraceOver(Refusal):
    """A resolved ticket is taken up again too late; what is said to it from now on begins a new one that follows it."""

    code = "tickets.grace-over"
    kind = Kind.CONFLICT
    text = "ticket {number} was resolved for good on {until}; a reply to it begins a new ticket that follows it"

    number: str
    until: str


@attrs.define(eq=False, slots=False)
class MergedIntoItself(Refusal):
    """Both tickets are one already, or are the same one."""

    code = "tickets.merged-into-itself"
    kind = Kind.CONFLICT
    text = "ticket {number} cannot be merged into itself"

    number: str


@attrs.define(eq=False, slots=False)
class OtherParties(Refusal):
    """Tickets of different customers, channels or merchants stay two: whoever reads one may be nobody to read the other."""

    code = "tickets.other-parties"
    kind = Kind.CONFLICT
    text = "ticket {number} and ticket {into} are not of the same {what}"

    number: str
    into: str
    what: str


@attrs.define(eq=False, slots=False)
class NotOfThread(Refusal):
    """A message that is to be split off is not in the ticket's thread."""

    code = "tickets.not-of-thread"
    kind = Kind.INVALID
    text = "message {message} is not in the thread of ticket {number}"

    message: str
    number: str


@attrs.define(eq=False, slots=False)
class TicketTooLong(Refusal):
    """The ticket holds as many messages as one may; split it, or begin another."""

    code = "tickets.too-long"
    kind = Kind.CONFLICT
    text = "ticket {number} holds {most} messages, and none can be added"

    number: str
    most: int
