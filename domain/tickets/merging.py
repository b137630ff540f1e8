"""Merging and splitting: two tickets become one conversation, or a part of one becomes a ticket of its own (CS-4)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import attrs

from houtai.domain.ids import MessageId, TicketId
from houtai.domain.tickets.refusals import MergedIntoItself, OtherParties
from houtai.domain.tickets.state import FIRST_QUEUE, RESPONSE, TicketState
from houtai.domain.tickets.ticket import ANSWER, Ticket


@attrs.frozen
class Merged:
    """Both tickets and those that were merged into the one before, as they are from now on."""

    gone: Ticket
    survivor: Ticket
    followed: tuple[Ticket, ...]


def merge(gone: Ticket, survivor: Ticket, before: Sequence[Ticket], at: dt.datetime) -> Merged:
    """`gone` goes on in `survivor`, and so does everything that went on in it until now (`before`).

    Raises MergedIntoItself, OtherParties, and IllegalMove where `gone` is over or `survivor` is not open.
    """
    if gone.id == survivor.id:
        raise MergedIntoItself(number=gone.number)
    _demand_same(gone, survivor)
    survivor.demand_open()
    ended = gone.moved(
        TicketState.MERGED,
        merged_into=survivor.id,
        merged_messages=gone.messages,
        customer_id=survivor.customer_id,
        next_action="",
        due_at=None,
    )
    assert all(one.merged_into == gone.id for one in before), "only what was merged into it goes along"
    followed = tuple(one.edited(merged_into=survivor.id, customer_id=survivor.customer_id) for one in before)
    return Merged(ended, _taking(survivor, gone, at), followed)


def _demand_same(gone: Ticket, survivor: Ticket) -> None:
    """A ticket of nobody known may be merged into one of a customer, who is then known; not the other way round."""
    pairs: dict[str, tuple[Any, Any]] = {
        "channel": (gone.channel_id, survivor.channel_id),
        "merchant": (gone.merchant_id, survivor.merchant_id),
        "customer": (gone.customer_id or survivor.customer_id, survivor.customer_id),
    }
    for what, (left, right) in pairs.items():
        if left != right:
            raise OtherParties(number=gone.number, into=survivor.number, what=what)


def _taking(survivor: Ticket, gone: Ticket, at: dt.datetime) -> Ticket:
    """The survivor with the more urgent of both clocks. A buyer who is waited for has spoken, if the other ticket is work."""
    fields: dict[str, Any] = {"level": max(survivor.level, gone.level)}
    if survivor.responded_at is None and gone.responded_at is None:
        fields["respond_by"] = min(survivor.respond_by, gone.respond_by)
    if not gone.is_open or gone.state is TicketState.WAITING_CUSTOMER:
        return survivor.edited(**fields)
    if survivor.state is TicketState.WAITING_CUSTOMER:
        return survivor.moved(TicketState.IN_PROGRESS, **fields, next_action=ANSWER, due_at=at + RESPONSE)
    assert gone.due_at is not None
    assert survivor.due_at is not None
    return survivor.edited(**fields, due_at=min(gone.due_at, survivor.due_at))


def split(ticket: Ticket, ticket_id: TicketId, title: str, carried: tuple[MessageId, ...], at: dt.datetime) -> Ticket:
    """A new ticket, without a number yet, for a part of the matter; the messages `carried` over stay in the first one too.

    Raises IllegalMove unless the first one is open.
    """
    ticket.demand_open()
    return Ticket(
        id=ticket_id,
        number="",
        channel_id=ticket.channel_id,
        title=title,
        subject=ticket.subject,
        subject_id=ticket.subject_id,
        queue=ticket.queue,
        next_action=ANSWER,
        opened_at=at,
        respond_by=at + RESPONSE,
        due_at=at + RESPONSE,
        customer_id=ticket.customer_id,
        order_id=ticket.order_id,
        merchant_id=ticket.merchant_id,
        split_from=ticket.id,
        carried=carried,
    )


def follow(ticket: Ticket, ticket_id: TicketId, number: str, at: dt.datetime) -> Ticket:
    """The new ticket that a reply to this closed one begins."""
    assert ticket.is_over(at), "what is not over is replied to"
    return Ticket(
        id=ticket_id,
        number=number,
        channel_id=ticket.channel_id,
        title=ticket.title,
        subject=ticket.subject,
        subject_id=ticket.subject_id,
        queue=FIRST_QUEUE,
        next_action=ANSWER,
        opened_at=at,
        respond_by=at + RESPONSE,
        due_at=at + RESPONSE,
        customer_id=ticket.customer_id,
        order_id=ticket.order_id,
        merchant_id=ticket.merchant_id,
        follows=ticket.id,
    )
