"""What other modules call: each document of theirs has one thread, wherever it goes on by now."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import attrs
import pytest

from houtai.application.permission import needs
from houtai.application.plain import SECRET
from houtai.application.tickets.ports import TicketsTx
from houtai.application.tickets.thread import add_message, open_thread, settle_thread
from houtai.domain.act import Act
from houtai.domain.ids import MessageId, derive, new_id
from houtai.domain.refusal import NotFound
from houtai.domain.tickets.message import Author
from houtai.domain.tickets.state import TicketState
from houtai.domain.tickets.ticket import Ticket
from tests.tickets.talk import Talk


@attrs.frozen
class Do:
    """A deed of another module."""

    deed: Callable[[TicketsTx, Act], Ticket] = attrs.field(metadata={SECRET: True})  # no log can hold it


@needs("tests.do")
def do(tx: TicketsTx, cmd: Do, act: Act) -> Ticket:
    return cmd.deed(tx, act)


def opened(talk: Talk, claim: UUID) -> Ticket:
    def deed(tx: TicketsTx, act: Act) -> Ticket:
        return open_thread(tx, "claim", claim, title="return", channel_id=talk.channel, customer_id=talk.buyer, act=act)

    return talk.office.perform(do, Do(deed), talk.act)


def told(talk: Talk, claim: UUID, text: str, author: Author = Author.SYSTEM) -> Ticket:
    message = MessageId(derive(claim, text))

    def deed(tx: TicketsTx, act: Act) -> Ticket:
        return add_message(tx, "claim", claim, message_id=message, author=author, text=text, act=act)

    return talk.office.perform(do, Do(deed), talk.act)


def settled(talk: Talk, claim: UUID) -> Ticket:
    return talk.office.perform(do, Do(lambda tx, act: settle_thread(tx, "claim", claim, act)), talk.act)


def test_a_document_has_one_thread(talk: Talk) -> None:
    claim = new_id()
    thread = opened(talk, claim)
    assert (thread.subject, thread.subject_id, thread.customer_id) == ("claim", claim, talk.buyer)
    assert opened(talk, claim) == thread
    assert opened(talk, new_id()).id != thread.id


def test_what_is_told_twice_is_written_once(talk: Talk) -> None:
    claim = new_id()
    thread = opened(talk, claim)
    assert told(talk, claim, "approved") == told(talk, claim, "approved")
    assert talk.texts(thread) == ["approved"]
    assert talk.now(thread).responded_at is None


def test_what_is_told_after_a_merge_is_read_where_the_thread_goes_on(talk: Talk) -> None:
    claim = new_id()
    thread, survivor = opened(talk, claim), talk.open("where is my money?")
    talk.merge(thread, into=survivor)
    assert told(talk, claim, "refunded").id == survivor.id
    assert talk.texts(survivor) == ["where is my money?", "refunded"]


def test_the_houses_own_words_reach_a_closed_thread_and_begin_nothing(memory_talk: Talk) -> None:
    claim = new_id()
    opened(memory_talk, claim)
    assert settled(memory_talk, claim).state is TicketState.RESOLVED
    memory_talk.clock.advance(days=8)
    closed = told(memory_talk, claim, "the bank has paid")
    assert (closed.state, memory_talk.to_do()) == (TicketState.RESOLVED, [])
    assert told(memory_talk, claim, "but it came back", Author.BUYER).follows == closed.id


def test_settling_resolves_the_thread_once_and_not_what_is_about_something_else(memory_talk: Talk) -> None:
    claim, other = new_id(), new_id()
    thread = opened(memory_talk, claim)
    opened(memory_talk, other)
    assert settled(memory_talk, claim) == settled(memory_talk, claim) == memory_talk.now(thread)
    survivor = memory_talk.open()
    memory_talk.merge(memory_talk.now(opened(memory_talk, other)), into=survivor)
    assert settled(memory_talk, other) == memory_talk.now(survivor)
    assert memory_talk.now(survivor).state is TicketState.NEW


def test_a_document_without_a_thread_is_refused(memory_talk: Talk) -> None:
    with pytest.raises(NotFound):
        told(memory_talk, new_id(), "x")
    with pytest.raises(NotFound):
        settled(memory_talk, new_id())
