"""The ticket: one matter of one buyer, always with an owner, a next action and a due time until it is over (SM-TK, D7)."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final
from uuid import UUID

import attrs

from houtai.domain import limits
from houtai.domain.ids import AccountId, ChannelId, CustomerId, MerchantId, MessageId, OrderId, TicketId
from houtai.domain.moves import check_move
from houtai.domain.refusal import IllegalMove
from houtai.domain.tickets.message import MAX_MESSAGES
from houtai.domain.tickets.refusals import GraceOver, TicketTooLong
from houtai.domain.tickets.state import ESCALATED, GRACE, LADDER, MOVES, OPEN, RESPONSE, WORK, TicketState

ANSWER: Final = "answer the buyer"
GO_ON: Final = "settle it, or wait for whom it waits"
TAKE_OVER: Final = "take over what is overdue"
MAX_CARRIED: Final = 200
MAX_LEVEL: Final = 1_000

_WRITTEN: Final = {"mask": "remark"}
_SEVERAL = limits.at_most(MAX_CARRIED)


@attrs.frozen
class Ticket:
    """`subject` names what it is about (``order``, ``claim``), `queue` who has it, `due_at` when the next action is due.

    A resolved ticket is due when it is closed for good. `respond_by` is the response clock, stopped by `responded_at`.
    `merged_into` is the ticket in which the conversation goes on, itself never merged; `merged_messages` how many messages this
    one had then. `follows` is the closed ticket that somebody replied to, `split_from` the one that this was taken out of, with
    the messages `carried` over. `merchant_id` is None where the house itself answers.
    """

    id: TicketId
    number: str
    channel_id: ChannelId
    title: str = attrs.field(validator=limits.text(0, 200), metadata=_WRITTEN)
    subject: str = attrs.field(validator=limits.code)
    subject_id: UUID
    queue: str = attrs.field(validator=limits.code)
    next_action: str = attrs.field(validator=limits.text(0, 500), metadata=_WRITTEN)
    opened_at: dt.datetime = attrs.field(validator=limits.aware)
    respond_by: dt.datetime = attrs.field(validator=limits.aware)
    due_at: dt.datetime | None
    responded_at: dt.datetime | None = None
    customer_id: CustomerId | None = None
    order_id: OrderId | None = None
    merchant_id: MerchantId | None = None
    assignee: AccountId | None = None
    state: TicketState = TicketState.NEW
    level: int = 0
    messages: int = 0
    merged_into: TicketId | None = None
    merged_messages: int | None = None
    follows: TicketId | None = None
    split_from: TicketId | None = None
    carried: tuple[MessageId, ...] = attrs.field(default=(), validator=_SEVERAL)
    version: int = 1

    def __attrs_post_init__(self) -> None:
        owned = bool(self.next_action) and self.due_at is not None
        assert owned or self.state not in OPEN, "an open ticket has a next action and a due time (D7)"
        assert (self.merged_into is None) == (self.state is not TicketState.MERGED), "merged is merged into something"

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to act."""
        return self.state in OPEN

    def is_over(self, at: dt.datetime) -> bool:
        """Whether a reply begins another ticket: it is closed, or should be."""
        lapsed = self.state is TicketState.RESOLVED and self.due_at is not None and self.due_at <= at
        return lapsed or self.state is TicketState.CLOSED

    def edited(self, **fields: Any) -> Ticket:
        """The next version with these fields set."""
        return attrs.evolve(self, version=self.version + 1, **fields)

    def moved(self, state: TicketState, **fields: Any) -> Ticket:
        """The next version in another state. Raises IllegalMove, which names the legal ones."""
        check_move("ticket", MOVES, self.state, state)
        return self.edited(state=state, **fields)

    def demand_open(self) -> None:
        """Refuse with IllegalMove what is resolved, closed or merged."""
        check_move("ticket", MOVES, self.state, TicketState.RESOLVED)

    # -- what is said

    def spoken(self) -> Ticket:
        """With one message more, and nothing else changed. Raises TicketTooLong."""
        return self.edited(messages=self._one_more())

    def heard(self, at: dt.datetime) -> Ticket:
        """With one message more, of the buyer: what waited for them, or was resolved, is in progress again."""
        count = self._one_more()
        if self.state not in (TicketState.WAITING_CUSTOMER, TicketState.RESOLVED):
            return self.edited(messages=count)
        return self.moved(TicketState.IN_PROGRESS, messages=count, next_action=ANSWER, due_at=at + RESPONSE)

    def answered(self, at: dt.datetime) -> Ticket:
        """With one message more, to the buyer: it stops the response clock, and work has begun."""
        said = {"messages": self._one_more(), "responded_at": self.responded_at or at}
        if self.state not in (TicketState.NEW, TicketState.ASSIGNED):
            return self.edited(**said)
        return self.moved(TicketState.IN_PROGRESS, **said, next_action=GO_ON, due_at=at + WORK)

    def _one_more(self) -> int:
        if self.messages >= MAX_MESSAGES:
            raise TicketTooLong(number=self.number, most=MAX_MESSAGES)
        return self.messages + 1

    # -- what is done

    def assigned(self, queue: str, assignee: AccountId | None, next_action: str, due_at: dt.datetime) -> Ticket:
        """With another owner. Raises IllegalMove unless it is open."""
        self.demand_open()
        given = {"queue": queue, "assignee": assignee, "next_action": next_action, "due_at": due_at}
        if self.state is TicketState.NEW and assignee is not None:
            return self.moved(TicketState.ASSIGNED, **given)
        return self.edited(**given)

    def begun(self, at: dt.datetime) -> Ticket:
        """Somebody works on it. Raises IllegalMove; what is resolved is reopened instead."""
        self.demand_open()
        return self.moved(TicketState.IN_PROGRESS, next_action=GO_ON, due_at=at + WORK)

    def waiting(self, state: TicketState, next_action: str, due_at: dt.datetime) -> Ticket:
        """It waits for the buyer or for colleagues, until `due_at`. Raises IllegalMove."""
        assert state in (TicketState.WAITING_CUSTOMER, TicketState.WAITING_INTERNAL)
        return self.moved(state, next_action=next_action, due_at=due_at)

    def resolved(self, at: dt.datetime) -> Ticket:
        """Settled, and closed for good when the grace is over. Raises IllegalMove."""
        return self.moved(TicketState.RESOLVED, next_action="", due_at=at + GRACE)

    def reopened(self, at: dt.datetime) -> Ticket:
        """Taken up again. Raises GraceOver, and IllegalMove unless it is resolved."""
        if self.state is not TicketState.RESOLVED:
            legal = tuple(sorted(state.value for state in MOVES[self.state]))
            raise IllegalMove(what="ticket", current=self.state.value, wanted="reopened", legal=legal)
        if self.is_over(at):
            raise GraceOver(number=self.number, until="" if self.due_at is None else self.due_at.isoformat())
        return self.moved(TicketState.IN_PROGRESS, next_action=GO_ON, due_at=at + WORK)

    def closed(self) -> Ticket:
        """Over for good. Raises IllegalMove."""
        return self.moved(TicketState.CLOSED, next_action="", due_at=None)

    def escalated(self, at: dt.datetime) -> Ticket:
        """One level up, to nobody in particular: overdue as it is, whoever has it is not enough. Raises IllegalMove."""
        self.demand_open()
        level = min(self.level + 1, MAX_LEVEL)
        queue = LADDER[min(level, len(LADDER)) - 1]
        return self.edited(level=level, queue=queue, assignee=None, next_action=TAKE_OVER, due_at=at + ESCALATED)

    def forgotten(self) -> Ticket:
        """Without what might say who the buyer is. Only for what is over."""
        assert self.state in (TicketState.CLOSED, TicketState.MERGED), "whoever settles it still needs the words"
        return self.edited(title="", next_action="")
