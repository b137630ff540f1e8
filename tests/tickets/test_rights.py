"""Who may know of which ticket: by channel, merchant and buyer; and who reads what the house notes among itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import attrs
import pytest

from houtai.application.paging import Page
from houtai.application.tickets.begin import open_ticket
from houtai.application.tickets.merge import MergeTickets, SplitTicket, merge_tickets, split_ticket
from houtai.application.tickets.ports import TicketFilter
from houtai.application.tickets.queries import (
    ListTickets,
    ReadThread,
    list_tickets,
    list_tickets_to_do,
    read_thread,
    show_ticket,
)
from houtai.application.tickets.reply import note_on_ticket, reply_to_buyer, take_buyer_reply
from houtai.application.tickets.work import (
    AssignTicket,
    MoveTicket,
    WaitForSomebody,
    assign_ticket,
    begin_ticket,
    reopen_ticket,
    resolve_ticket,
    wait_on_ticket,
)
from houtai.domain.act import Act
from houtai.domain.authority import Authority, Grant
from houtai.domain.ids import MerchantId, TicketId, new_id
from houtai.domain.refusal import Forbidden, InvalidValue, NotFound
from houtai.domain.tickets.message import Author
from houtai.domain.tickets.refusals import OtherParties
from houtai.domain.tickets.ticket import Ticket
from tests.catalog.arrange import limited, some_channel, some_merchant
from tests.tickets.talk import Talk


def own(act: Act, buyer: UUID, *verbs: str) -> Act:
    """The buyer themselves."""
    return attrs.evolve(
        act, actor=buyer, name="the buyer", authority=Authority(buyer, tuple(Grant(v, own_only=True) for v in verbs))
    )


def edits(talk: Talk, ticket: Ticket) -> dict[str, tuple[Callable[..., Any], Any]]:
    """Everything that can be done to a ticket, each as right as can be."""
    move, soon = MoveTicket(ticket.id, ticket.version), talk.soon()
    said = talk.said(ticket, "hello?")
    return {
        "tickets.take-reply": (take_buyer_reply, said),
        "tickets.reply": (reply_to_buyer, said),
        "tickets.note": (note_on_ticket, said),
        "tickets.assign": (assign_ticket, AssignTicket(ticket.id, ticket.version, "tea", "look", soon)),
        "tickets.resolve": (resolve_ticket, move),
        "tickets.reopen": (reopen_ticket, move),
        "tickets.merge": (merge_tickets, MergeTickets(ticket.id, ticket.version, ticket.id)),
        "tickets.split": (split_ticket, SplitTicket(ticket.id, ticket.version, TicketId(new_id()), "x", (said.message,))),
    }


def test_a_ticket_of_another_channel_is_as_if_it_were_not_there(memory_talk: Talk) -> None:
    talk, act = memory_talk, memory_talk.act
    ticket = talk.open()
    elsewhere = some_channel(talk.office, act, "OTHER")
    for verb, (deed, cmd) in edits(talk, ticket).items():
        with pytest.raises(NotFound, match=str(ticket.id)):
            talk.office.perform(deed, cmd, limited(act, verb, channel=elsewhere))
    waiting = WaitForSomebody(ticket.id, ticket.version, for_customer=True, next_action="x", due_at=talk.soon())
    worker = limited(act, "tickets.work", channel=elsewhere)
    with pytest.raises(NotFound):
        talk.office.perform(begin_ticket, MoveTicket(ticket.id, ticket.version), worker)
    with pytest.raises(NotFound):
        talk.office.perform(wait_on_ticket, waiting, worker)
    reader = limited(act, "tickets.read", channel=elsewhere)
    for query, asked in ((show_ticket, ticket.id), (read_thread, ReadThread(ticket.id))):
        with pytest.raises(NotFound):
            talk.office.ask(query, asked, reader)  # type: ignore[arg-type]  # each with its own
    assert talk.now(ticket) == ticket


def test_without_the_verb_nothing_is_done(memory_talk: Talk) -> None:
    talk, ticket = memory_talk, memory_talk.open()
    reader = limited(talk.act, "tickets.read", channel=talk.channel)
    for deed, cmd in edits(talk, ticket).values():
        with pytest.raises(Forbidden):
            talk.office.perform(deed, cmd, reader)
    assert talk.office.ask(show_ticket, ticket.id, reader).ticket == ticket


def test_lists_show_what_the_actor_reaches(talk: Talk) -> None:
    act, elsewhere = talk.act, some_channel(talk.office, talk.act, "OTHER")
    here, there = talk.open(), talk.open(channel=elsewhere)
    for query in (list_tickets, list_tickets_to_do):
        found = talk.office.ask(query, ListTickets(), limited(act, "tickets.read", channel=elsewhere)).items
        assert [ticket.id for ticket in found] == [there.id]
    newest = talk.office.ask(list_tickets, ListTickets(), act).items
    assert {ticket.id for ticket in newest} == {here.id, there.id}


def test_a_merchants_people_see_the_merchants_tickets_alone(talk: Talk) -> None:
    act = talk.act
    ours, theirs = (some_merchant(talk.office, act, name) for name in ("OURS", "THEIRS"))
    mine, others, houses = talk.open(merchant=ours), talk.open(merchant=theirs), talk.open()
    clerk = limited(act, "tickets.read", "tickets.open", "tickets.take-reply", "tickets.merge", merchant=ours)
    assert [ticket.id for ticket in talk.office.ask(list_tickets, ListTickets(), clerk).items] == [mine.id]
    assert [one.text for one in talk.office.ask(read_thread, ReadThread(mine.id), clerk).items] == ["the cup is broken"]
    for hidden in (others, houses):
        with pytest.raises(NotFound):
            talk.office.ask(read_thread, ReadThread(hidden.id), clerk)
        with pytest.raises(NotFound):
            talk.office.perform(merge_tickets, MergeTickets(mine.id, mine.version, hidden.id), clerk)
        with pytest.raises(OtherParties):
            talk.merge(mine, into=hidden)
    with pytest.raises(NotFound):
        talk.office.perform(open_ticket, talk.wish(), clerk)
    assert talk.office.perform(open_ticket, talk.wish(merchant=ours), clerk).merchant_id == ours
    assert talk.office.perform(take_buyer_reply, talk.said(mine, "hello?"), clerk).messages == 2


def test_a_buyer_sees_their_own_tickets_and_never_a_note(talk: Talk) -> None:
    act = talk.act
    mine, others = talk.open(), talk.open(customer=talk.customer("李四"))
    nobodys = talk.open(customer=None)
    talk.note(mine)
    buyer = own(act, talk.buyer, "tickets.*")
    assert [ticket.id for ticket in talk.office.ask(list_tickets, ListTickets(), buyer).items] == [mine.id]
    assert [message.author for message in talk.thread(mine, buyer)] == [Author.BUYER]
    for hidden in (others, nobodys):
        with pytest.raises(NotFound):
            talk.thread(hidden, buyer)
        with pytest.raises(NotFound):
            talk.office.perform(take_buyer_reply, talk.said(hidden, "hello?"), buyer)
    others_filter = ListTickets(Page(), TicketFilter(customer_id=others.customer_id))
    assert talk.office.ask(list_tickets, others_filter, buyer).items == ()
    assert talk.office.perform(open_ticket, talk.wish(), buyer).customer_id == talk.buyer
    assert talk.office.perform(take_buyer_reply, talk.said(mine, "hello?"), buyer).messages == 3


def test_notes_are_read_by_who_may_read_notes(talk: Talk) -> None:
    ticket = talk.open()
    talk.note(ticket, "between us")
    outsider = limited(talk.act, "tickets.read", channel=talk.channel)
    insider = limited(talk.act, "tickets.read", "tickets.read-notes", channel=talk.channel)
    assert [message.text for message in talk.thread(ticket, outsider)] == ["the cup is broken"]
    assert [message.text for message in talk.thread(ticket, insider)] == ["the cup is broken", "between us"]


def test_a_grant_that_hides_remarks_hides_the_words(memory_talk: Talk) -> None:
    ticket = memory_talk.open()
    grant = Grant("tickets.read", hidden=frozenset({"remark"}))
    act = attrs.evolve(limited(memory_talk.act), authority=Authority(UUID(int=78), (grant,)))
    (message,) = memory_talk.thread(ticket, act)
    assert (message.text, message.attachments) == ("•••", None)
    assert memory_talk.office.ask(show_ticket, ticket.id, act).ticket.title == "•••"


def test_an_order_that_one_may_not_see_cannot_be_talked_about(shop: Any) -> None:
    talk = Talk(shop.office, shop.clock, shop)
    order = shop.paid(CUP=1)
    elsewhere = some_channel(talk.office, talk.act, "OTHER")
    clerk = limited(talk.act, "tickets.open", merchant=MerchantId(new_id()))
    for act in (clerk, limited(talk.act, "tickets.open", channel=elsewhere)):
        with pytest.raises(NotFound, match="order"):
            talk.office.perform(open_ticket, talk.wish(order=order.id), act)
    with pytest.raises(InvalidValue, match="merchant"):
        talk.open(order=order.id, merchant=MerchantId(new_id()))
