"""Merging and splitting: one conversation in the end, nothing lost, nothing twice, and each word with where it was said."""

from __future__ import annotations

import threading
from collections.abc import Callable

import attrs
import pytest

from houtai.application.tickets.merge import MergeTickets, merge_tickets
from houtai.application.tickets.queries import show_ticket
from houtai.domain.ids import MessageId, TicketId, new_id
from houtai.domain.refusal import AlreadyExists, IllegalMove, NotFound, VersionConflict
from houtai.domain.tickets.refusals import MergedIntoItself, NotOfThread, OtherParties
from houtai.domain.tickets.state import TicketState
from tests.catalog.arrange import some_channel
from tests.tickets.talk import Talk


def test_a_merged_ticket_is_over_and_says_where_it_goes_on(talk: Talk) -> None:
    gone, survivor = talk.open(), talk.open()
    taken = talk.merge(gone, into=survivor)
    left = talk.now(gone)
    assert (left.state, left.merged_into, left.merged_messages) == (TicketState.MERGED, survivor.id, 1)
    assert (left.due_at, left.next_action) == (None, "")
    assert taken == talk.now(survivor)
    assert (talk.history(gone)[-1], talk.history(survivor)[-1]) == ("merged", "took-in")
    assert talk.office.ask(show_ticket, survivor.id, talk.act).merged == (gone.number,)


def test_what_was_merged_before_goes_along(talk: Talk) -> None:
    tickets = [talk.open(text) for text in ("one", "two", "three", "four")]
    talk.merge(tickets[0], into=tickets[1])
    talk.merge(tickets[2], into=tickets[1])
    talk.merge(tickets[1], into=tickets[3])
    assert {talk.now(ticket).merged_into for ticket in tickets[:3]} == {tickets[3].id}
    assert sorted(talk.texts(tickets[3])) == ["four", "one", "three", "two"]
    assert (talk.texts(tickets[0]), talk.texts(tickets[1])) == (["one"], ["two"])


def test_merging_into_what_was_merged_goes_to_where_that_goes_on(talk: Talk) -> None:
    first, second, third = talk.open(), talk.open(), talk.open()
    talk.merge(first, into=second)
    assert talk.merge(third, into=first).id == second.id
    assert talk.now(third).merged_into == second.id


def test_no_ticket_is_merged_into_itself(memory_talk: Talk) -> None:
    talk = memory_talk
    gone, survivor = talk.open(), talk.open()
    talk.merge(gone, into=survivor)
    for into in (survivor, gone):
        with pytest.raises(MergedIntoItself):
            talk.merge(survivor, into=into)


def test_what_is_over_is_not_merged_and_takes_nothing_in(memory_talk: Talk) -> None:
    talk = memory_talk
    gone, survivor, resolved, closed = talk.open(), talk.open(), talk.resolve(talk.open()), talk.closed()
    survivor = talk.open()
    talk.merge(gone, into=survivor)
    for ticket, into in ((gone, talk.open()), (closed, survivor), (talk.open(), resolved), (talk.open(), closed)):
        with pytest.raises(IllegalMove):
            talk.merge(ticket, into)


def test_what_was_resolved_twice_is_merged_all_the_same(memory_talk: Talk) -> None:
    resolved, survivor = memory_talk.resolve(memory_talk.open()), memory_talk.open()
    assert memory_talk.merge(resolved, into=survivor).state is TicketState.NEW


def test_tickets_of_different_customers_channels_or_merchants_stay_two(memory_talk: Talk) -> None:
    talk = memory_talk
    survivor = talk.open()
    nobodys, stranger = talk.open(customer=None), talk.open(customer=talk.customer("李四"))
    elsewhere = talk.open(channel=some_channel(talk.office, talk.act, "OTHER"))
    for ticket, into, what in (
        (stranger, survivor, "customer"),
        (survivor, nobodys, "customer"),
        (elsewhere, survivor, "channel"),
    ):
        with pytest.raises(OtherParties, match=what):
            talk.merge(ticket, into)


def test_a_ticket_of_nobody_known_becomes_the_survivors_buyers_with_all_that_went_before(talk: Talk) -> None:
    first, second, third = talk.open(customer=None), talk.open(customer=None), talk.open()
    talk.merge(first, into=second)
    talk.merge(second, into=third)
    assert [talk.now(ticket).customer_id for ticket in (first, second)] == [talk.buyer] * 2


def test_the_survivor_takes_the_more_urgent_clock(memory_talk: Talk) -> None:
    talk = memory_talk
    early = talk.open()
    talk.clock.advance(hours=5)
    late = talk.open()
    taken = talk.merge(early, into=late)
    assert (taken.due_at, taken.respond_by) == (early.due_at, early.respond_by)


def test_what_waited_for_the_buyer_goes_on_when_another_ticket_of_theirs_comes_in(memory_talk: Talk) -> None:
    waiting, spoken = memory_talk.wait(memory_talk.answer(memory_talk.open())), memory_talk.open("here is the picture")
    assert memory_talk.merge(spoken, into=waiting).state is TicketState.IN_PROGRESS


def test_merging_rests_on_the_version_that_was_seen(memory_talk: Talk) -> None:
    gone, survivor = memory_talk.open(), memory_talk.open()
    cmd = MergeTickets(gone.id, gone.version + 1, survivor.id)
    with pytest.raises(VersionConflict):
        memory_talk.office.perform(merge_tickets, cmd, memory_talk.act)
    with pytest.raises(NotFound):
        memory_talk.merge(gone, into=TicketId(new_id()))


def test_a_part_is_split_off_with_its_messages_and_where_they_were_said(talk: Talk) -> None:
    ticket = talk.open("the cup is broken")
    talk.buyer_says(ticket, "and the invoice is wrong")
    said = talk.thread(ticket)[1]
    new = talk.split(ticket, said.id)
    assert (new.split_from, new.customer_id, new.state) == (ticket.id, talk.buyer, TicketState.NEW)
    assert [(one.text, one.ticket_number) for one in talk.thread(new)] == [("and the invoice is wrong", ticket.number)]
    assert talk.texts(ticket) == ["the cup is broken", "and the invoice is wrong"]
    talk.buyer_says(new, "the name on it")
    assert (len(talk.texts(new)), len(talk.texts(ticket))) == (2, 2)


def test_what_was_split_off_and_merged_back_is_read_once(talk: Talk) -> None:
    ticket = talk.open("one")
    new = talk.split(ticket, talk.thread(ticket)[0].id)
    talk.clock.advance(minutes=1)
    talk.buyer_says(new, "two")
    talk.merge(new, into=ticket)
    assert talk.texts(ticket) == ["one", "two"]


def test_what_was_merged_in_or_carried_over_can_be_split_off_again(talk: Talk) -> None:
    gone, survivor = talk.open("one"), talk.open("two")
    talk.merge(gone, into=survivor)
    (first,) = (message for message in talk.thread(survivor) if message.text == "one")
    new = talk.split(survivor, first.id, first.id)
    assert talk.texts(talk.split(new, first.id)) == ["one"]


def test_only_what_is_in_the_thread_is_split_off(memory_talk: Talk) -> None:
    talk = memory_talk
    ticket, other = talk.open(), talk.open()
    for message in (talk.thread(other)[0].id, MessageId(new_id())):
        with pytest.raises(NotOfThread):
            talk.split(ticket, message)
    with pytest.raises(AlreadyExists):
        talk.split(ticket, talk.thread(ticket)[0].id, new=other.id)
    with pytest.raises(IllegalMove):
        talk.split(talk.resolve(ticket), talk.thread(ticket)[0].id)


def test_replies_and_merges_at_once_lose_nothing_and_leave_nothing_on_the_dead(talk: Talk) -> None:
    tickets = [talk.open(f"ticket {place}") for place in range(3)]
    start = threading.Barrier(6)
    failed: list[Exception] = []

    def run(deed: Callable[[], object]) -> None:
        start.wait()
        try:
            deed()
        except (VersionConflict, MergedIntoItself, IllegalMove):
            pass  # somebody else was faster
        except Exception as error:  # noqa: BLE001  # whatever else came is the finding
            failed.append(error)

    deeds: list[Callable[[], object]] = [
        *(lambda ticket=ticket: [talk.buyer_says(ticket, f"to {ticket.number} {n}") for n in range(3)] for ticket in tickets),
        lambda: talk.merge(tickets[0], into=tickets[1]),
        lambda: talk.merge(tickets[1], into=tickets[2]),
        lambda: talk.merge(tickets[0], into=tickets[2]),
    ]
    threads = [threading.Thread(target=run, args=(deed,)) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    living = [ticket for ticket in map(talk.now, tickets) if ticket.merged_into is None]
    assert sum(len(talk.texts(ticket)) for ticket in living) == 12
    assert all(ticket.messages == ticket.merged_messages for ticket in map(talk.now, tickets) if ticket not in living)
    assert {ticket.merged_into for ticket in map(talk.now, tickets)} <= {None, *(ticket.id for ticket in living)}


def test_a_ticket_is_merged_into_something_or_not_merged(memory_talk: Talk) -> None:
    with pytest.raises(AssertionError):
        attrs.evolve(memory_talk.open(), merged_into=TicketId(new_id()))
