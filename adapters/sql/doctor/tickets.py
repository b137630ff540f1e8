"""Checks on conversations: nothing is said on a ticket that went on in another, nothing is lost, none is without an owner (K)."""

from __future__ import annotations

from typing import Final

from sqlalchemy import and_, func, or_, select

from houtai.adapters.sql.customers import customers
from houtai.adapters.sql.doctor.check import rows
from houtai.adapters.sql.tickets import ticket_carried, ticket_messages, ticket_words, tickets
from houtai.domain.customers.customer import CustomerState
from houtai.domain.tickets.state import OPEN, TicketState

_T: Final = tickets.c
_other: Final = tickets.alias("other")

_SAID: Final = (
    select(
        ticket_messages.c.ticket_id,
        func.count().label("said"),
        func.max(ticket_messages.c.seq).label("last"),
    )
    .group_by(ticket_messages.c.ticket_id)
    .subquery("said")
)
_SAID_LATER = (
    select(_T.number, _T.merged_messages, _SAID.c.said)
    .join_from(tickets, _SAID, _SAID.c.ticket_id == _T.id, isouter=True)
    .where(_T.state == TicketState.MERGED.value, func.coalesce(_SAID.c.said, 0) != _T.merged_messages)
)
_NOWHERE = (
    select(_T.number, _other.c.number.label("into"), _other.c.state.label("which_is"))
    .join_from(tickets, _other, _other.c.id == _T.merged_into, isouter=True)
    .where(_T.merged_into.is_not(None), or_(_other.c.id.is_(None), _other.c.state == TicketState.MERGED.value))
)
_STRANGERS = (
    select(_T.number, _other.c.number.label("into"))
    .join_from(tickets, _other, _other.c.id == _T.merged_into)
    .where(
        or_(
            _T.channel_id != _other.c.channel_id,
            _T.merchant_id != _other.c.merchant_id,
            _T.customer_id.is_distinct_from(_other.c.customer_id),
        )
    )
)
_LOST = (
    select(_T.number, _T.messages, _SAID.c.said, _SAID.c.last)
    .join_from(tickets, _SAID, _SAID.c.ticket_id == _T.id, isouter=True)
    .where(or_(func.coalesce(_SAID.c.said, 0) != _T.messages, func.coalesce(_SAID.c.last, 0) != _T.messages))
)
_WORDLESS = (
    select(ticket_messages.c.id, ticket_messages.c.ticket_id)
    .join_from(ticket_messages, ticket_words, ticket_words.c.id == ticket_messages.c.id, isouter=True)
    .where(ticket_words.c.id.is_(None))
)
_FOLLOWS_AN_OPEN_ONE = (
    select(_T.number, _other.c.number.label("follows"), _other.c.state)
    .join_from(tickets, _other, _other.c.id == _T.follows)
    .where(_other.c.state != TicketState.CLOSED.value)
)
_UNOWNED = select(_T.number, _T.state).where(
    or_(
        and_(
            _T.state.in_(sorted(state.value for state in OPEN)),
            or_(_T.queue == "", _T.next_action == "", _T.due_at.is_(None)),
        ),
        and_(_T.state == TicketState.RESOLVED.value, _T.due_at.is_(None)),
    )
)

# A ticket that was merged is over when the one in which it goes on is.
_GOES_ON: Final = func.coalesce(_T.merged_into, _T.id)
_KEPT_WORDS = (
    select(_T.number, ticket_messages.c.seq)
    .join_from(tickets, customers, customers.c.id == _T.customer_id)
    .join(_other, _other.c.id == _GOES_ON)
    .join(ticket_messages, ticket_messages.c.ticket_id == _T.id, isouter=True)
    .join(ticket_words, ticket_words.c.id == ticket_messages.c.id, isouter=True)
    .where(
        customers.c.state == CustomerState.ERASED.value,
        _other.c.state == TicketState.CLOSED.value,
        or_(_T.title != "", _T.next_action != "", ticket_words.c.erased.is_(False), ticket_words.c.text != ""),
    )
)
_CARRIED_FROM_STRANGERS = (
    select(_T.number, _other.c.number.label("said_on"))
    .join_from(ticket_carried, tickets, _T.id == ticket_carried.c.ticket_id)
    .join(ticket_messages, ticket_messages.c.id == ticket_carried.c.message_id)
    .join(_other, _other.c.id == ticket_messages.c.ticket_id)
    .where(or_(_T.channel_id != _other.c.channel_id, _T.merchant_id != _other.c.merchant_id))
)

CHECKS: Final = (
    rows("K1", "nothing was said on a ticket after it was merged into another", _SAID_LATER),
    rows("K1-survivors", "every merged ticket goes on in one that is not merged itself, so that no reply is lost", _NOWHERE),
    rows("K1-parties", "merged tickets are of one customer, one channel and one merchant", _STRANGERS),
    rows("K2", "every ticket has as many messages as it counts, without gaps", _LOST),
    rows("K2-words", "every message has its words, or says that they were erased", _WORDLESS),
    rows("K2-carried", "what was split off was said on the same channel and to the same merchant", _CARRIED_FROM_STRANGERS),
    rows("K3", "a ticket follows only one that is closed", _FOLLOWS_AN_OPEN_ONE),
    rows("D7-tickets", "every open ticket has a queue, a next action and a due time; every resolved one its end", _UNOWNED),
    rows("P2-tickets", "of a customer who was erased no closed ticket keeps a word", _KEPT_WORDS),
)
