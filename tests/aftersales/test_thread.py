"""A claim's thread, on every adapter: the buyer's words, what becomes of the claim, who has it, and merging (G-37)."""

from __future__ import annotations

import datetime as dt

import pytest

from houtai.application.aftersales.apply import ApplyForClaim, TakeOver, apply_for_claim, take_over_claim
from houtai.application.aftersales.thread import SENT_NO_WORDS
from houtai.application.aftersales.timers import run_claim_timers
from houtai.application.tickets.thread import thread_id
from houtai.application.tickets.timers import run_due_tickets
from houtai.domain.aftersales.claim import Claim, Disposition, Grade
from houtai.domain.aftersales.reason import Reason
from houtai.domain.aftersales.state import ClaimState
from houtai.domain.ids import ClaimId, TicketId, new_id
from houtai.domain.tickets import ticket as tickets
from houtai.domain.tickets.message import Author
from houtai.domain.tickets.state import TicketState
from houtai.domain.tickets.ticket import Ticket
from tests.aftersales.desk import REFUND, RETURN, ServiceDesk
from tests.tickets.talk import Talk


def talk_at(desk: ServiceDesk) -> Talk:
    return Talk(desk.office, desk.shop.clock, desk.shop)


def thread_of(claim: Claim) -> TicketId:
    return thread_id("claim", claim.id)


def told(talk: Talk, ticket: TicketId | Ticket) -> list[tuple[str, str]]:
    thread = talk.thread(ticket if isinstance(ticket, Ticket) else talk.now(ticket))
    return [(one.author.value, one.text.partition(": ")[2] or one.text) for one in thread]


def waiting(desk: ServiceDesk) -> Claim:
    """A claim on a cup that has left, in the buyer's words."""
    order = desk.shop.paid(CUP=2)
    desk.shipped(order)
    wish = ApplyForClaim(
        ClaimId(new_id()), order.id, RETURN, Reason.DEFECTIVE, desk.wishes(order, CUP=1), "the handle is off", ("pictures/1.jpg",)
    )
    return desk.office.perform(apply_for_claim, wish, desk.act)


def test_a_new_claim_opens_its_thread_with_the_buyers_words(desk: ServiceDesk) -> None:
    claim, talk = waiting(desk), talk_at(desk)
    ticket = talk.now(thread_of(claim))
    (message,) = talk.thread(ticket)
    assert (message.author, message.text, message.attachments) == (Author.BUYER, "the handle is off", ("pictures/1.jpg",))
    assert (ticket.subject, ticket.subject_id, ticket.order_id) == ("claim", claim.id, claim.order_id)
    assert (ticket.customer_id, ticket.title) == (claim.customer_id, f"{claim.number}: return-refund, defective")
    assert (ticket.queue, ticket.next_action, ticket.due_at) == (claim.queue, claim.next_action, claim.due_at)


def test_a_claim_without_words_says_so(desk: ServiceDesk) -> None:
    claim = desk.claim(desk.shop.paid(CUP=1), REFUND, Reason.NOT_WANTED, CUP=1)
    assert told(talk_at(desk), thread_of(claim)) == [("buyer", SENT_NO_WORDS)]


def test_what_becomes_of_a_claim_is_told_and_what_is_internal_is_noted(desk: ServiceDesk) -> None:
    claim, talk = waiting(desk), talk_at(desk)
    ticket = talk.now(thread_of(claim))
    claim = desk.office.perform(take_over_claim, TakeOver(claim.id, claim.version), desk.boss)
    assert (talk.now(ticket).state, talk.now(ticket).assignee) == (TicketState.ASSIGNED, claim.assignee)
    claim = desk.approve(claim)
    led = talk.now(ticket)
    assert (led.state, led.due_at, led.responded_at) == (TicketState.WAITING_CUSTOMER, claim.due_at, desk.shop.clock.now())
    claim = desk.look(desk.back(desk.tell(claim), CUP=1), "CUP", 1)
    desk.pay_out(desk.shop.order(claim.order_id))
    until = claim.opened_at + dt.timedelta(days=10)
    assert told(talk, ticket) == [
        ("buyer", "the handle is off"),
        ("internal", "under review."),
        ("agent", f"approved. Please send the goods back until {until:%Y-%m-%d} and tell us the waybill."),
        ("internal", "the goods are on their way here."),
        ("system", "your goods have come, and somebody looks at them."),
        ("internal", "the goods were looked at; what they are worth to the buyer is to be decided."),
        ("system", "approved. You get back 99.90 CNY."),
        ("internal", "money goes back."),
        ("system", "done."),
    ]
    assert talk.now(ticket).state is TicketState.RESOLVED


def test_whoever_is_refused_reads_why(desk: ServiceDesk) -> None:
    claim, talk = waiting(desk), talk_at(desk)
    claim = desk.back(desk.approve(claim), CUP=1)
    claim = desk.reject(claim)
    assert claim.state is ClaimState.RESHIPPING
    claim = desk.send_back(claim, CUP=1)
    assert told(talk, thread_of(claim))[-2:] == [("agent", "goods go out to you."), ("system", "rejected.")]
    other = desk.reject(desk.claim(desk.shop.paid(CUP=1), REFUND, Reason.NOT_WANTED, CUP=1))
    assert told(talk, thread_of(other))[-1] == ("agent", "rejected: not our fault")


def test_a_thread_waits_as_long_as_its_claim_and_no_longer_than_the_buyer(desk: ServiceDesk) -> None:
    claim, talk = waiting(desk), talk_at(desk)
    claim = desk.approve(claim)
    desk.shop.clock.advance(days=9)
    assert run_due_tickets(desk.office) == 0
    asked = talk.buyer_says(thread_of(claim), "where do I send it?")
    assert (asked.state, asked.next_action) == (TicketState.IN_PROGRESS, tickets.ANSWER)
    claim = desk.tell(claim)
    assert talk.now(asked).next_action == tickets.ANSWER
    assert talk.now(asked).due_at == desk.shop.clock.now() + dt.timedelta(hours=24)
    talk.answer(asked)
    desk.shop.clock.advance(days=2)
    assert run_due_tickets(desk.office) == 1
    assert talk.now(asked).queue == "service-leads"


def test_goods_that_never_come_end_the_claim_and_settle_its_thread(desk: ServiceDesk) -> None:
    claim, talk = desk.approve(waiting(desk)), talk_at(desk)
    desk.shop.clock.advance(days=10)
    assert run_claim_timers(desk.office) == 1
    assert told(talk, thread_of(claim))[-1] == ("system", "closed, since no goods came back in time.")
    assert talk.now(thread_of(claim)).state is TicketState.RESOLVED


def test_g37_threads_of_two_claims_are_merged_and_both_claims_go_on(desk: ServiceDesk) -> None:
    one, two, talk = waiting(desk), waiting(desk), talk_at(desk)
    gone, survivor = talk.now(thread_of(one)), talk.now(thread_of(two))
    talk.merge(gone, into=survivor)
    one = desk.look(desk.back(desk.approve(one), CUP=1), "CUP", 1)
    desk.pay_out(desk.shop.order(one.order_id))
    assert desk.now(one).state is ClaimState.COMPLETED
    thread = talk.thread(talk.now(survivor))
    assert [one_.text for one_ in thread if one_.author is Author.SYSTEM][-1] == f"{one.number}: done."
    assert {one_.ticket_number for one_ in thread} == {gone.number, survivor.number}
    assert talk.now(survivor).state is TicketState.IN_PROGRESS, "it goes on about the other claim"
    assert talk.buyer_says(gone, "and the other one?").id == survivor.id
    two = desk.reject(two)
    assert (two.state, talk.now(survivor).state) == (ClaimState.REJECTED, TicketState.RESOLVED)
    assert talk.now(gone).state is TicketState.MERGED


def test_a_claim_goes_on_though_its_thread_is_full(desk: ServiceDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    claim, talk = waiting(desk), talk_at(desk)
    with monkeypatch.context() as full:
        full.setattr(tickets, "MAX_MESSAGES", 1)  # as if so much had been said
        claim = desk.approve(claim)
    assert claim.state is ClaimState.AWAITING_RETURN
    assert told(talk, thread_of(claim)) == [("buyer", "the handle is off")]
    assert talk.now(thread_of(claim)).due_at == claim.due_at


def test_what_is_told_after_the_thread_was_closed_stands_on_it_and_opens_nothing(desk: ServiceDesk) -> None:
    claim, talk = waiting(desk), talk_at(desk)
    claim = desk.back(desk.approve(claim), CUP=1)
    claim = desk.look(claim, "CUP", 1, Disposition.RESTOCK, Grade.AS_NEW)
    talk.resolve(talk.now(thread_of(claim)))
    desk.shop.clock.advance(days=8)
    run_due_tickets(desk.office)
    desk.pay_out(desk.shop.order(claim.order_id))
    assert talk.now(thread_of(claim)).state is TicketState.CLOSED
    assert told(talk, thread_of(claim))[-1] == ("system", "done.")
