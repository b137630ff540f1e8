"""The outbox over HTTP: what waits for delivery, what was given up, and a way to have it tried again."""

from __future__ import annotations

import datetime as dt

from houtai.application.outbox import Delivery, Message
from houtai.application.relay import ListMessages, list_messages, redeliver
from houtai.domain.refusal import IllegalMove
from houtai.entrypoints.http import wire
from houtai.entrypoints.http.desk import Desk
from houtai.entrypoints.http.routes import Routes

ROUTES = Routes("outbox", "Messages to payment providers and sales channels.")


class MessageOut(wire.Wire):
    """One message; its id is also the key under which the receiver knows it."""

    id: wire.Id
    topic: str
    state: Delivery
    attempts: int
    due_at: dt.datetime | None
    created_at: dt.datetime
    last_error: str


class MessageQuery(wire.PageQuery):
    """Which messages."""

    state: Delivery | None = None


@ROUTES.get("/outbox-messages", list_messages)
def get_outbox_messages(desk: Desk, query: MessageQuery) -> wire.Listed[MessageOut]:
    """List messages, newest first."""
    return wire.listed(desk.ask(list_messages, ListMessages(query.page(), query.state)), message_out)


@ROUTES.post("/outbox-messages/{message_id}/redeliver", redeliver, refuses=(IllegalMove,))
def post_outbox_message_redeliver(desk: Desk, message_id: wire.Id) -> MessageOut:
    """Have a message tried again that was given up."""
    return message_out(desk.perform(redeliver, message_id))


def message_out(message: Message) -> MessageOut:
    """A message as it goes out."""
    return MessageOut(
        id=message.id,
        topic=message.topic,
        state=message.state,
        attempts=message.attempts,
        due_at=message.due_at,
        created_at=message.created_at,
        last_error=message.last_error,
    )
