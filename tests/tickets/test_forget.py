"""Who is erased is gone from what was said: from closed tickets at once, from the others when they are closed."""

from __future__ import annotations

from typing import Any

from houtai.adapters.sql.doctor.examine import examine
from houtai.adapters.sql.doctor.tickets import CHECKS
from houtai.adapters.sql.store import SqlStore
from houtai.application.tickets.timers import run_due_tickets
from houtai.domain.tickets.state import TicketState
from tests.tickets.talk import Talk


def doctor_says(talk: Talk) -> list[str]:
    store: Any = talk.office._store
    return [finding.id for finding in examine(store, CHECKS).broken()] if isinstance(store, SqlStore) else []


def test_closed_tickets_forget_every_word_at_once_and_keep_that_it_was_said(talk: Talk) -> None:
    ticket = talk.closed("I am 王小明, call 13812345678")
    talk.erase()
    (message,) = talk.thread(ticket)
    assert (talk.now(ticket).title, message.text, message.attachments, message.erased) == ("", "", (), True)
    assert (talk.history(ticket)[-1], doctor_says(talk)) == ("buyer-erased", [])


def test_an_open_ticket_keeps_its_words_until_it_is_closed_and_loses_them_with_all_that_was_merged(talk: Talk) -> None:
    gone, survivor = talk.open("one"), talk.open("two")
    talk.merge(gone, into=survivor)
    talk.erase()
    assert (sorted(talk.texts(survivor)), doctor_says(talk)) == (["one", "two"], [])
    talk.resolve(survivor)
    talk.clock.advance(days=8)
    run_due_tickets(talk.office)
    assert (talk.texts(survivor), talk.texts(gone), talk.now(gone).title) == (["", ""], [""], "")
    assert (talk.now(survivor).state, doctor_says(talk)) == (TicketState.CLOSED, [])


def test_what_was_merged_into_a_closed_ticket_is_forgotten_with_it(talk: Talk) -> None:
    gone, survivor = talk.open("one", customer=None), talk.open("two")
    talk.merge(gone, into=survivor)
    talk.resolve(survivor)
    talk.clock.advance(days=8)
    run_due_tickets(talk.office)
    talk.erase()
    assert (talk.texts(survivor), doctor_says(talk)) == (["", ""], [])


def test_what_is_noted_on_a_forgotten_ticket_is_not_kept(talk: Talk) -> None:
    ticket = talk.closed()
    talk.erase()
    talk.note(ticket, "王小明 called")
    assert (talk.texts(ticket), doctor_says(talk)) == (["", ""], [])


def test_an_erased_buyer_who_writes_again_is_heard_until_that_is_settled_too(talk: Talk) -> None:
    ticket = talk.closed()
    talk.erase()
    new = talk.buyer_says(ticket, "one thing more")
    assert talk.texts(new) == ["one thing more"]
    talk.resolve(new)
    talk.clock.advance(days=8)
    run_due_tickets(talk.office)
    assert (talk.texts(new), doctor_says(talk)) == ([""], [])
