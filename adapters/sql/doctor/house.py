"""Checks on the house itself: the operation log's chain, the outbox, the idempotency keys (A1 … A3, Q1, Q2)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Final

from sqlalchemy import Connection, and_, func, or_, select

from houtai.adapters.sql.doctor.check import Check, rows
from houtai.adapters.sql.house import audit_head, audit_log, load_sealed, outbox, requests, timeline
from houtai.application.audit import GENESIS, seal
from houtai.application.outbox import Delivery

MAX_ATTEMPTS: Final = 50


def _broken_links(connection: Connection) -> Iterator[str]:
    previous = GENESIS
    chain = select(audit_log).order_by(audit_log.c.seq).execution_options(yield_per=2_000)
    walk = connection.execute(chain).mappings()
    for row in walk:
        sealed = load_sealed(dict(row), json.loads(row["command"]), json.loads(row["changes"]))
        if sealed.previous_hash != previous:
            yield f"row {sealed.seq} does not follow the row before it"
        if seal(sealed.entry, sealed.seq, sealed.previous_hash).hash != sealed.hash:
            yield f"row {sealed.seq} was changed after it was written"
        previous = sealed.hash
    head = connection.execute(select(audit_head.c.seq, audit_head.c.hash)).one_or_none()
    if head is not None and head.hash != previous:
        yield f"the chain does not end at row {head.seq} as its head says"


def _gaps(connection: Connection) -> Iterator[str]:
    count, last = connection.execute(select(func.count(), func.coalesce(func.max(audit_log.c.seq), 0))).one()
    head = connection.execute(select(audit_head.c.seq)).scalar() or 0
    if not count == last == head:
        yield f"{count} rows, the last is {last}, the head says {head}"


def _unlogged(connection: Connection) -> Iterator[str]:
    """As a difference of sets: a join of two logs by moment and actor is slow where one actor does everything."""
    lines = select(timeline.c.at, timeline.c.actor).distinct()
    for at, actor in connection.execute(lines.except_(select(audit_log.c.at, audit_log.c.actor))):
        yield f"at {at} something was done by {actor} that the log does not know"


_STUCK = select(outbox.c.id, outbox.c.topic, outbox.c.state, outbox.c.attempts).where(
    or_(
        and_(outbox.c.state == Delivery.PENDING.value, or_(outbox.c.due_at.is_(None), outbox.c.attempts > MAX_ATTEMPTS)),
        and_(outbox.c.state != Delivery.PENDING.value, outbox.c.due_at.is_not(None)),
    )
)

CHECKS: Final = (
    Check("A1", "every row of the operation log follows from the one before", _broken_links),
    Check("A2", "the operation log has no gap and its tail is not cut", _gaps),
    Check("A3", "every line of a document's timeline has its entry in the operation log", _unlogged),
    rows("Q1", "every message is delivered, waiting with a due time, in the queue of events, or on a human's list", _STUCK),
    rows(
        "Q2",
        "every idempotency key holds its answer",
        select(requests.c.owner, requests.c.key).where(requests.c.answer.is_(None)),
    ),
)
