"""What was said on a ticket: who said it when, for good, and the words, which are forgotten with the person."""

from __future__ import annotations

import datetime as dt
import enum
from typing import Final
from uuid import UUID

import attrs

from houtai.domain import limits
from houtai.domain.ids import MessageId, TicketId

MAX_WORDS: Final = 10_000
MAX_ATTACHMENTS: Final = 20
MAX_MESSAGES: Final = 5_000
"""On one ticket."""


class Author(enum.Enum):
    """Who speaks. What is internal no buyer ever sees."""

    BUYER = "buyer"
    AGENT = "agent"
    INTERNAL = "internal"
    SYSTEM = "system"


PUBLIC: Final = frozenset({Author.BUYER, Author.AGENT, Author.SYSTEM})
ASKS_FOR_WORK: Final = frozenset({Author.BUYER, Author.AGENT})
"""Whose words begin a new ticket where the one they are said to is closed."""


@attrs.frozen
class Message:
    """That something was said: never changed, never removed. `ticket_id` is where it was said, whatever is merged later.

    `seq` counts the ticket's messages from 1. `actor_name` is empty for a buyer, whose name is kept nowhere but with the person.
    """

    id: MessageId
    ticket_id: TicketId
    seq: int = attrs.field(validator=limits.between(1, MAX_MESSAGES))
    author: Author
    at: dt.datetime = attrs.field(validator=limits.aware)
    actor: UUID
    actor_name: str = attrs.field(default="", validator=limits.text(0, 200))


@attrs.frozen
class Words:
    """What a message says. `attachments` are references to pictures and files that lie elsewhere. `erased` ones say nothing."""

    id: MessageId
    text: str = attrs.field(validator=limits.text(0, MAX_WORDS))
    attachments: tuple[str, ...] = attrs.field(
        default=(),
        validator=[
            limits.at_most(MAX_ATTACHMENTS),
            attrs.validators.deep_iterable(limits.text(1, 500)),
        ],
    )
    erased: bool = False

    def forgotten(self) -> Words:
        """Nothing of it is left."""
        return Words(self.id, "", (), erased=True)
