"""Any order of talking, merging, splitting, resolving and waiting: no word is lost or doubled, none lands on what is over."""

from __future__ import annotations

from typing import Any

from hypothesis import settings, strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule

from houtai.adapters.memory.store import MemoryStore
from houtai.application.house import OF_DOCUMENT
from houtai.application.office import Office
from houtai.application.tickets.timers import run_due_tickets
from houtai.domain.ids import MessageId, TicketId, new_id
from houtai.domain.refusal import IllegalMove
from houtai.domain.tickets.refusals import GraceOver, MergedIntoItself, OtherParties
from houtai.domain.tickets.state import MOVES, OPEN, TicketState
from houtai.domain.tickets.ticket import Ticket
from tests.conftest import StillClock
from tests.tickets.talk import Talk

REFUSED = (IllegalMove, GraceOver, MergedIntoItself, OtherParties)
OVER = (TicketState.CLOSED, TicketState.MERGED)


class Conversations(RuleBasedStateMachine):
    """One buyer, and somebody whom nobody knows yet; `said` remembers every message and to which ticket it was sent."""

    tickets: Bundle[TicketId] = Bundle("tickets")

    def __init__(self) -> None:
        super().__init__()
        self.store = MemoryStore()
        self.clock = StillClock()
        self.talk = Talk(Office(self.store, self.clock), self.clock)
        self.said: dict[MessageId, TicketId] = {}

    # -- deeds

    @rule(target=tickets, known=st.booleans())
    def open(self, known: bool) -> TicketId:
        message = MessageId(new_id())
        fields: dict[str, Any] = {} if known else {"customer": None}
        ticket = self.talk.open(message=message, **fields)
        self.said[message] = ticket.id
        return ticket.id

    @rule(ticket=tickets, author=st.sampled_from(["buyer_says", "answer", "note"]), twice=st.booleans())
    def speak(self, ticket: TicketId, author: str, twice: bool) -> None:
        message = MessageId(new_id())
        before = {one.id: one.state for one in self.all()}
        landed = [getattr(self.talk, author)(ticket, "words", message) for _ in range(1 + twice)]
        assert landed[0].state is not TicketState.MERGED
        assert author == "note" or before.get(landed[0].id) is not TicketState.CLOSED
        assert len({one.id for one in landed}) == 1
        self.said[message] = landed[0].id
        self.clock.advance(seconds=1)

    @rule(ticket=tickets, into=tickets)
    def merge(self, ticket: TicketId, into: TicketId) -> None:
        self.tried(lambda: self.talk.merge(ticket, into))

    @rule(target=tickets, ticket=tickets, which=st.integers(0, 5))
    def split(self, ticket: TicketId, which: int) -> TicketId:
        thread = self.talk.thread(ticket)
        if not thread:
            return ticket
        new = self.tried(lambda: self.talk.split(self.talk.now(ticket), thread[which % len(thread)].id))
        return ticket if new is None else new.id

    @rule(ticket=tickets, deed=st.sampled_from(["assign", "begin", "wait", "resolve", "reopen"]))
    def work(self, ticket: TicketId, deed: str) -> None:
        self.tried(lambda: getattr(self.talk, deed)(self.talk.now(ticket)))

    @rule(hours=st.sampled_from([1, 30, 24 * 8]))
    def passes(self, hours: int) -> None:
        self.clock.advance(hours=hours, seconds=1)
        run_due_tickets(self.talk.office)

    def tried(self, deed: Any) -> Ticket | None:
        try:
            return deed()  # type: ignore[no-any-return]  # every deed answers a ticket
        except REFUSED:
            return None

    # -- what holds

    def all(self) -> list[Ticket]:
        return list(self.store.shelves["tickets"].held.values())

    @invariant()
    def every_message_is_read_once_in_the_thread_that_goes_on(self) -> None:
        read: dict[MessageId, set[TicketId]] = {}
        for ticket in self.all():
            if ticket.merged_into is None:
                found = [message.id for message in self.talk.thread(ticket)]
                assert len(found) == len(set(found)), "a message is read twice"
                for message_id in found:
                    read.setdefault(message_id, set()).add(ticket.id)
        assert read.keys() == self.said.keys()
        for message_id, place in self.said.items():
            goes_on_in = self.talk.now(place)
            assert (goes_on_in.merged_into or place) in read[message_id]

    @invariant()
    def nothing_was_said_on_what_was_merged(self) -> None:
        messages = list(self.store.shelves["ticket_messages"].held.values())
        for ticket in self.all():
            own = sorted(message.seq for message in messages if message.ticket_id == ticket.id)
            assert own == list(range(1, ticket.messages + 1))
            if ticket.merged_into is not None:
                assert ticket.messages == ticket.merged_messages
                assert self.talk.now(ticket.merged_into).state is not TicketState.MERGED

    @invariant()
    def every_open_ticket_has_an_owner_an_action_and_a_due_time(self) -> None:
        for ticket in self.all():
            assert (ticket.due_at is None) == (ticket.state in OVER)
            if ticket.state in OPEN:
                assert ticket.queue
                assert ticket.next_action

    @invariant()
    def every_edge_is_a_legal_move(self) -> None:
        held = self.store.shelves["timeline"]
        for ticket in self.all():
            entries = sorted(held.load_by(OF_DOCUMENT, [ticket.id], lock=False), key=lambda entry: entry.version)
            assert [entry.version for entry in entries] == list(range(1, ticket.version + 1))
            for entry in entries[1:]:
                before, after = TicketState(entry.before), TicketState(entry.after)
                assert before is after or after in MOVES[before]


Conversations.TestCase.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)
TestConversations = Conversations.TestCase
