"""How a store stands: whether it answers, at which schema it is, and how far behind the outbox is; one quick look."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import attrs

from houtai.adapters.memory.store import MemoryStore
from houtai.application.outbox import Delivery, Message

if TYPE_CHECKING:
    from houtai.adapters.sql.store import SqlStore

MOST_COUNTED: Final = 10_000


@attrs.frozen
class StoreCondition:
    """`schema` is what was found, empty where a store has none. Counts stop at MOST_COUNTED, which then means at least so many.

    `overdue_s` is for how long the message has been due that waits longest for its next try, `oldest_s` how long ago the oldest
    message that is not delivered was written; both 0 where none waits. `queued` and `queued_s` count events that wait for their
    broker, and tell for how long the first one does.
    """

    schema: str
    pending: int
    given_up: int
    oldest_s: int
    overdue_s: int
    queued: int = 0
    queued_s: int = 0


def condition_of(store: Any, now: dt.datetime) -> StoreCondition:
    """Look at the store. Raises StoreUnavailable."""
    return _of_memory(store, now) if isinstance(store, MemoryStore) else _of_sql(store, now)


def _of_memory(store: MemoryStore, now: dt.datetime) -> StoreCondition:
    with store.snapshot():
        messages: Sequence[Message] = list(store.shelves["outbox"].held.values())
    pending = [message for message in messages if message.state is Delivery.PENDING]
    queued = [message for message in messages if message.state is Delivery.QUEUED]
    return StoreCondition(
        schema="",
        pending=len(pending),
        given_up=sum(message.state is Delivery.GIVEN_UP for message in messages),
        oldest_s=_since(now, min((message.created_at for message in pending), default=None)),
        overdue_s=_since(now, min((message.due_at for message in pending if message.due_at), default=None)),
        queued=len(queued),
        queued_s=_since(now, min((message.created_at for message in queued), default=None)),
    )


def _of_sql(store: SqlStore, now: dt.datetime) -> StoreCondition:
    from sqlalchemy import column, func, select, table  # noqa: PLC0415  # a store in memory needs no SQLAlchemy

    from houtai.adapters.sql.faults import translated  # noqa: PLC0415
    from houtai.adapters.sql.house import outbox  # noqa: PLC0415

    def few(state: Delivery) -> Any:
        return select(outbox.c.created_at).where(outbox.c.state == state.value).limit(MOST_COUNTED).subquery()

    pending, given_up, queued = few(Delivery.PENDING), few(Delivery.GIVEN_UP), few(Delivery.QUEUED)
    with store.snapshot() as views, translated():
        schema = views.connection.execute(select(column("version_num")).select_from(table("alembic_version"))).scalar()
        counted, oldest = views.connection.execute(select(func.count(), func.min(pending.c.created_at))).one()
        events, first = views.connection.execute(select(func.count(), func.min(queued.c.created_at))).one()
        lost = views.connection.execute(select(func.count()).select_from(given_up)).scalar_one()
        due = views.connection.execute(select(func.min(outbox.c.due_at)).where(outbox.c.due_at.is_not(None))).scalar()
    return StoreCondition(
        schema=str(schema or ""),
        pending=counted,
        given_up=lost,
        oldest_s=_since(now, oldest),
        overdue_s=_since(now, due),
        queued=events,
        queued_s=_since(now, first),
    )


def _since(now: dt.datetime, moment: dt.datetime | None) -> int:
    return 0 if moment is None else max(0, int((now - moment).total_seconds()))
