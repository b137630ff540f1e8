"""The golden case of conversations, by name, on every adapter."""

from __future__ import annotations

from houtai.domain.tickets.state import TicketState
from tests.tickets.talk import Talk


def test_g37_a_reply_to_a_merged_ticket_goes_to_the_survivor(talk: Talk) -> None:
    by_phone = talk.open("said on the phone")
    talk.clock.advance(minutes=1)
    by_mail = talk.open("written in a mail")
    talk.clock.advance(minutes=1)
    talk.merge(by_phone, into=by_mail)
    landed = talk.buyer_says(by_phone, "here is the picture")
    assert landed.id == by_mail.id
    assert (talk.now(by_phone).state, talk.now(by_phone).messages) == (TicketState.MERGED, 1)
    assert [(one.text, one.ticket_number) for one in talk.thread(by_mail)] == [
        ("said on the phone", by_phone.number),
        ("written in a mail", by_mail.number),
        ("here is the picture", by_mail.number),
    ]


def test_g37_a_reply_to_what_was_merged_twice_goes_to_the_last_survivor(talk: Talk) -> None:
    first, second, third = talk.open("one"), talk.open("two"), talk.open("three")
    talk.merge(first, into=second)
    talk.merge(second, into=third)
    assert [talk.buyer_says(ticket, f"to {ticket.number}").id for ticket in (first, second, third)] == [third.id] * 3
    assert sorted(talk.texts(third)) == sorted(["one", "two", "three", *(f"to {t.number}" for t in (first, second, third))])


def test_g37_a_reply_to_a_closed_ticket_opens_a_new_one_that_follows_it(talk: Talk) -> None:
    old = talk.closed()
    new = talk.buyer_says(old, "it broke again")
    assert (new.follows, new.state, new.customer_id, new.subject_id) == (old.id, TicketState.NEW, old.customer_id, old.subject_id)
    assert talk.now(old) == old
    assert (talk.texts(old), talk.texts(new)) == (["the cup is broken"], ["it broke again"])
    assert talk.buyer_says(old, "are you there?").id == new.id


def test_g37_a_reply_to_a_ticket_whose_survivor_is_closed_opens_a_new_one(talk: Talk) -> None:
    gone, survivor = talk.open("one"), talk.open("two")
    talk.merge(gone, into=survivor)
    talk.resolve(survivor)
    talk.clock.advance(days=8)
    new = talk.buyer_says(gone, "it broke again")
    assert (new.follows, talk.now(survivor).state) == (survivor.id, TicketState.CLOSED)
    assert talk.texts(new) == ["it broke again"]
