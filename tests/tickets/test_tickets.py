"""One matter from its first message to its end: clocks, owners, states, and what is refused (SM-TK)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import attrs
import pytest

from houtai.application.tickets.begin import open_ticket
from houtai.application.tickets.reply import Say, take_buyer_reply
from houtai.application.tickets.timers import run_due_tickets
from houtai.application.tickets.work import AssignTicket, MoveTicket, WaitForSomebody, resolve_ticket
from houtai.domain.ids import ChannelId, CustomerId, MessageId, OrderId, TicketId, new_id
from houtai.domain.refusal import AlreadyExists, IllegalMove, InvalidValue, NotFound, VersionConflict
from houtai.domain.tickets.message import MAX_MESSAGES, Author
from houtai.domain.tickets.refusals import GraceOver, TicketTooLong
from houtai.domain.tickets.state import GRACE, MOVES, OPEN, RESPONSE, TicketState
from houtai.domain.tickets.ticket import Ticket
from tests.orders.shop import Shop
from tests.tickets.talk import AGENT, Talk


def test_a_new_ticket_is_owned_has_an_action_and_is_due(talk: Talk) -> None:
    ticket = talk.open()
    assert (ticket.number, ticket.state, ticket.queue) == ("TK-20261122-000001", TicketState.NEW, "customer-service")
    assert (ticket.due_at, ticket.respond_by) == (talk.clock.now() + RESPONSE, talk.clock.now() + RESPONSE)
    assert (ticket.messages, talk.now(ticket)) == (1, ticket)
    assert talk.history(ticket) == ["opened", "buyer-wrote"]


def test_the_same_message_opens_one_ticket_and_is_written_once(talk: Talk) -> None:
    wish = talk.wish()
    first = talk.office.perform(open_ticket, wish, talk.act)
    again = talk.office.perform(open_ticket, attrs.evolve(wish, ticket=TicketId(new_id())), talk.act)
    reply = MessageId(new_id())
    landed = [talk.buyer_says(first, "hello?", reply) for _ in range(2)]
    assert (first, landed[0]) == (again, landed[1])
    assert talk.texts(first) == ["the cup is broken", "hello?"]


def test_a_message_id_that_said_something_else_is_refused(memory_talk: Talk) -> None:
    talk = memory_talk
    ticket, message = talk.open(), MessageId(new_id())
    talk.buyer_says(ticket, "hello?", message)
    with pytest.raises(AlreadyExists):
        talk.buyer_says(ticket, "good bye", message)
    with pytest.raises(AlreadyExists):
        talk.answer(ticket, "hello?", message)
    with pytest.raises(AlreadyExists):
        talk.open(ticket=ticket.id)


def test_the_response_clock_stops_on_the_first_public_answer(talk: Talk) -> None:
    ticket = talk.open()
    talk.note(ticket)
    assert talk.now(ticket).responded_at is None
    talk.clock.advance(hours=3)
    answered = talk.answer(ticket)
    assert (answered.responded_at, answered.state) == (talk.clock.now(), TicketState.IN_PROGRESS)
    talk.clock.advance(hours=3)
    assert talk.answer(ticket).responded_at == answered.responded_at


def test_notes_change_neither_state_nor_clock(memory_talk: Talk) -> None:
    ticket = memory_talk.wait(memory_talk.answer(memory_talk.open()))
    noted = memory_talk.note(ticket)
    assert noted == attrs.evolve(ticket, messages=3, version=ticket.version + 1)
    assert [message.author for message in memory_talk.thread(ticket)] == [Author.BUYER, Author.AGENT, Author.INTERNAL]


def test_what_waits_for_the_buyer_goes_on_when_they_write(talk: Talk) -> None:
    ticket = talk.wait(talk.answer(talk.open()))
    assert ticket.state is TicketState.WAITING_CUSTOMER
    spoken = talk.buyer_says(ticket)
    assert (spoken.state, spoken.due_at) == (TicketState.IN_PROGRESS, talk.clock.now() + RESPONSE)


def test_what_waits_for_colleagues_goes_on_waiting_for_them(memory_talk: Talk) -> None:
    ticket = memory_talk.wait(memory_talk.answer(memory_talk.open()), for_customer=False)
    spoken = memory_talk.buyer_says(ticket)
    assert (spoken.state, spoken.due_at) == (TicketState.WAITING_INTERNAL, ticket.due_at)
    assert memory_talk.begin(ticket).state is TicketState.IN_PROGRESS


def test_a_ticket_is_assigned_begun_resolved_and_reopened_within_its_grace(talk: Talk) -> None:
    ticket = talk.assign(talk.open())
    assert (ticket.state, ticket.queue, ticket.assignee) == (TicketState.ASSIGNED, "tea", AGENT)
    assert talk.assign(ticket, assignee=None, queue="pots").assignee is None
    assert talk.begin(ticket).state is TicketState.IN_PROGRESS
    resolved = talk.resolve(ticket)
    assert (resolved.state, resolved.due_at, resolved.next_action) == (TicketState.RESOLVED, talk.clock.now() + GRACE, "")
    talk.clock.advance(days=6)
    assert talk.reopen(ticket).state is TicketState.IN_PROGRESS


def test_a_buyer_who_writes_within_the_grace_reopens_the_ticket(talk: Talk) -> None:
    ticket = talk.resolve(talk.open())
    thanks = talk.answer(ticket, "good bye")
    assert (thanks.state, thanks.due_at) == (TicketState.RESOLVED, ticket.due_at)
    assert talk.buyer_says(ticket).state is TicketState.IN_PROGRESS


def test_after_the_grace_nothing_is_reopened(memory_talk: Talk) -> None:
    ticket = memory_talk.resolve(memory_talk.open())
    memory_talk.clock.advance(days=7)
    with pytest.raises(GraceOver):
        memory_talk.reopen(ticket)
    assert run_due_tickets(memory_talk.office) == 1
    with pytest.raises(IllegalMove):
        memory_talk.reopen(ticket)
    with pytest.raises(IllegalMove):
        memory_talk.reopen(memory_talk.open())


def test_a_note_on_a_closed_ticket_stays_there_and_begins_nothing(memory_talk: Talk) -> None:
    old = memory_talk.closed()
    noted = memory_talk.note(old, "the carrier paid")
    assert (noted.id, noted.state) == (old.id, TicketState.CLOSED)
    assert memory_talk.to_do() == []


def test_an_answer_to_a_closed_ticket_begins_the_one_that_follows(memory_talk: Talk) -> None:
    new = memory_talk.answer(memory_talk.closed(), "we found your bowl")
    assert (new.state, new.responded_at) == (TicketState.IN_PROGRESS, memory_talk.clock.now())


def test_overdue_tickets_go_up_level_by_level_and_are_never_without_an_owner(talk: Talk) -> None:
    ticket = talk.assign(talk.open())
    seen = []
    for _ in range(3):
        talk.clock.advance(hours=25)
        assert talk.to_do(overdue_at=talk.clock.now()) == [ticket.id]
        assert run_due_tickets(talk.office) == 1
        higher = talk.now(ticket)
        seen.append((higher.level, higher.queue, higher.assignee, higher.due_at))
    due = talk.clock.now() + dt.timedelta(hours=24)
    assert [(level, queue) for level, queue, _, _ in seen] == [
        (1, "service-leads"),
        (2, "service-management"),
        (3, "service-management"),
    ]
    assert seen[-1][2:] == (None, due)
    assert run_due_tickets(talk.office) == 0


def test_resolved_tickets_are_closed_when_their_grace_is_over(talk: Talk) -> None:
    ticket, other = talk.resolve(talk.open()), talk.open()
    talk.clock.advance(days=7)
    assert run_due_tickets(talk.office) == 2
    assert (talk.now(ticket).state, talk.now(ticket).due_at) == (TicketState.CLOSED, None)
    assert talk.now(other).level == 1


def test_the_worklist_is_the_most_urgent_first_and_holds_what_is_open(talk: Talk) -> None:
    later, urgent, done = talk.open(), talk.open(), talk.open()
    talk.assign(urgent, due_at=talk.soon(1))
    talk.resolve(done)
    assert talk.to_do() == [urgent.id, later.id]
    assert talk.to_do(queue="tea", assignee=AGENT) == [urgent.id]
    assert talk.to_do(overdue_at=talk.soon(2)) == [urgent.id]
    assert talk.to_do(customer_id=CustomerId(new_id())) == []


def test_an_edit_rests_on_the_version_that_was_seen(memory_talk: Talk) -> None:
    ticket = memory_talk.open()
    with pytest.raises(VersionConflict):
        memory_talk.assign(ticket, expected_version=ticket.version + 1)
    with pytest.raises(NotFound):
        memory_talk.office.perform(resolve_ticket, MoveTicket(TicketId(new_id()), 1), memory_talk.act)
    with pytest.raises(NotFound):
        memory_talk.buyer_says(TicketId(new_id()))


def test_nothing_is_due_in_the_past_or_without_words(memory_talk: Talk) -> None:
    ticket, past = memory_talk.open(), memory_talk.clock.now()
    with pytest.raises(InvalidValue):
        memory_talk.assign(ticket, due_at=past)
    with pytest.raises(InvalidValue):
        memory_talk.wait(memory_talk.begin(ticket), hours=0)
    for queue, action in (("", "look"), ("tea", "")):
        with pytest.raises(InvalidValue):
            AssignTicket(ticket.id, 1, queue, action, past)
    with pytest.raises(InvalidValue):
        WaitForSomebody(ticket.id, 1, for_customer=True, next_action="", due_at=past)
    with pytest.raises(InvalidValue):
        Say(ticket.id, MessageId(new_id()), "")


def test_what_is_over_is_not_worked_on(memory_talk: Talk) -> None:
    gone, survivor = memory_talk.open(), memory_talk.open()
    memory_talk.merge(gone, into=survivor)
    for ticket in (memory_talk.resolve(memory_talk.open()), gone):
        for deed in (memory_talk.assign, memory_talk.begin, memory_talk.wait, memory_talk.resolve):
            with pytest.raises(IllegalMove):
                deed(ticket)


def test_a_ticket_holds_so_many_messages_and_no_more(memory_talk: Talk) -> None:
    full = attrs.evolve(memory_talk.open(), messages=MAX_MESSAGES)
    for said in (full.spoken, lambda: full.heard(memory_talk.clock.now()), lambda: full.answered(memory_talk.clock.now())):
        with pytest.raises(TicketTooLong):
            said()


def test_every_open_state_leads_to_the_end_and_the_end_leads_nowhere() -> None:
    assert all({TicketState.RESOLVED, TicketState.MERGED} <= set(MOVES[state]) for state in OPEN)
    assert [state for state, legal in MOVES.items() if not legal] == [TicketState.CLOSED, TicketState.MERGED]


def test_a_ticket_about_an_order_is_its_buyers_and_of_its_channel(shop: Shop) -> None:
    order = shop.paid(CUP=1)
    ticket = Talk(shop.office, shop.clock, shop).open(order=order.id, customer=None)
    assert (ticket.customer_id, ticket.order_id, ticket.subject, ticket.subject_id) == (shop.buyer, order.id, "order", order.id)
    assert ticket.merchant_id is None


@pytest.mark.parametrize("fields", [{"customer": CustomerId(new_id())}, {"channel": ChannelId(new_id())}])
def test_what_is_not_the_orders_is_refused(shop: Shop, fields: dict[str, Any]) -> None:
    order = shop.paid(CUP=1)
    with pytest.raises(InvalidValue, match=f"{next(iter(fields))}: must be the order's"):
        Talk(shop.office, shop.clock, shop).open(order=order.id, **fields)


@pytest.mark.parametrize(
    "fields", [{"customer": CustomerId(new_id())}, {"channel": ChannelId(new_id())}, {"order": OrderId(new_id())}]
)
def test_nobody_talks_about_what_is_not_there(memory_talk: Talk, fields: dict[str, Any]) -> None:
    with pytest.raises(NotFound):
        memory_talk.open(**fields)


def test_what_came_too_late_for_its_ticket_is_written_once_under_the_next(talk: Talk) -> None:
    ticket, message = talk.resolve(talk.open()), MessageId(new_id())
    talk.clock.advance(days=30)
    said = talk.said(ticket, "still broken", message)
    landed = [talk.office.perform(take_buyer_reply, said, talk.act) for _ in range(2)]
    assert landed[0] == landed[1]
    assert (talk.now(ticket).state, landed[0].follows) == (TicketState.CLOSED, ticket.id)


def test_an_open_ticket_without_owner_action_or_time_cannot_be_made(memory_talk: Talk) -> None:
    ticket: Ticket = memory_talk.open()
    for fields in ({"next_action": ""}, {"due_at": None}):
        with pytest.raises(AssertionError):
            attrs.evolve(ticket, **fields)
