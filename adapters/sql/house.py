"""Tables of the house itself: timeline, numbers, outbox, idempotency keys and the operation log."""

from __future__ import annotations

import json
from typing import Any, Final

from sqlalchemy import BigInteger, Column, Index, Table, Text, text

from houtai.adapters.sql.columns import (
    METADATA,
    append_only,
    id_column,
    long_text,
    moment,
    one_of,
    plain,
    whole_number,
    words,
)
from houtai.adapters.sql.mapping import Mapping, Row
from houtai.application import house
from houtai.application.audit import AuditEntry, Category, Form, SealedEntry
from houtai.application.outbox import Delivery, Message
from houtai.application.ports import Counter
from houtai.application.timeline import TimelineEntry

timeline: Final = append_only(
    Table(
        "timeline",
        METADATA,
        id_column("document_id", primary_key=True),
        Column("version", BigInteger(), primary_key=True),
        words("document", 40),
        words("event", 60),
        words("before", 40),
        words("after", 40),
        moment("at"),
        id_column("actor"),
        words("actor_name"),
        words("reason", 500),
        plain("details"),
    )
)

counters: Final = Table("counters", METADATA, words("name", 60, primary_key=True), whole_number("last", 1, 2**62))

outbox: Final = Table(
    "outbox",
    METADATA,
    id_column("id", primary_key=True),
    words("topic", 60),
    plain("payload"),
    moment("created_at"),
    moment("due_at", nullable=True),
    one_of("state", Delivery),
    whole_number("attempts", 0, 10_000),
    words("last_error", 500),
)
Index(
    "ix_outbox_due_at", outbox.c.due_at, postgresql_where=outbox.c.due_at.is_not(None), sqlite_where=outbox.c.due_at.is_not(None)
)
Index("ix_outbox_state", outbox.c.state, outbox.c.id)
DELIVERED: Final = f"state = '{Delivery.DELIVERED.value}'"
"""Written out in each statement that means it: with a parameter the database could not tell that the index below fits."""
Index("ix_outbox_delivered", outbox.c.created_at, postgresql_where=text(DELIVERED), sqlite_where=text(DELIVERED))

requests: Final = Table(
    "requests",
    METADATA,
    words("owner", 60, primary_key=True),
    words("key", 255, primary_key=True),
    words("fingerprint", 64),
    moment("at"),
    Column("answer", Text(), nullable=True),
)
Index("ix_requests_at", requests.c.at)

audit_log: Final = append_only(
    Table(
        "audit_log",
        METADATA,
        Column("seq", BigInteger(), primary_key=True, autoincrement=False),
        one_of("category", Category),
        moment("at"),
        id_column("actor"),
        words("actor_name"),
        id_column("on_behalf_of", nullable=True),
        words("entry", 40),
        words("address", 64),
        words("agent", 500),
        words("deed", 80),
        words("outcome", 80),
        words("reason", 500),
        id_column("correlation", nullable=True),
        long_text("command"),  # text, not JSON: the hash is over exactly these bytes
        long_text("changes"),
        words("previous_hash", 64),
        words("hash", 64, unique=True),
    )
)
Index("ix_audit_log_actor", audit_log.c.actor, audit_log.c.seq)
Index("ix_audit_log_deed", audit_log.c.deed, audit_log.c.seq)
Index("ix_audit_log_category", audit_log.c.category, audit_log.c.seq)
Index("ix_audit_log_at", audit_log.c.at)

audit_head: Final = Table(
    "audit_head",
    METADATA,
    whole_number("id", 1, 1, primary_key=True, autoincrement=False),
    whole_number("seq", 0, 2**62),
    words("hash", 64),
)


def _dump_message(message: Message) -> Row:
    return {
        "id": message.id,
        "topic": message.topic,
        "payload": dict(message.payload),
        "created_at": message.created_at,
        "due_at": message.due_at,
        "state": message.state.value,
        "attempts": message.attempts,
        "last_error": message.last_error,
    }


def _dump_line(entry: TimelineEntry) -> Row:
    return {
        "document_id": entry.document_id,
        "version": entry.version,
        "document": entry.document,
        "event": entry.event,
        "before": entry.before,
        "after": entry.after,
        "at": entry.at,
        "actor": entry.actor,
        "actor_name": entry.actor_name,
        "reason": entry.reason,
        "details": dict(entry.details),
    }


MAPPINGS: Final[tuple[Mapping[Any], ...]] = (
    Mapping(
        house.TIMELINE,
        timeline,
        dump=_dump_line,
        load=lambda row, _: TimelineEntry(**row),
        found_by={house.OF_DOCUMENT: ("document_id",)},
    ),
    Mapping(
        house.COUNTERS,
        counters,
        dump=lambda counter: {"name": counter.name, "last": counter.last},
        load=lambda row, _: Counter(**row),
    ),
    Mapping(
        house.OUTBOX,
        outbox,
        dump=_dump_message,
        load=lambda row, _: Message(**{**row, "state": Delivery(row["state"])}),
        found_by={house.DUE: ("due_at",), house.WITH_STATE: ("state",)},
    ),
)


def dump_sealed(sealed: SealedEntry, form: Form) -> Row:
    """The row of a sealed entry; its form comes along because the hash was taken over it."""
    entry = sealed.entry
    return {
        "seq": sealed.seq,
        "category": entry.category.value,
        "at": entry.at,
        "actor": entry.actor,
        "actor_name": entry.actor_name,
        "on_behalf_of": entry.on_behalf_of,
        "entry": entry.entry,
        "address": entry.address,
        "agent": entry.agent,
        "deed": entry.deed,
        "outcome": entry.outcome,
        "reason": entry.reason,
        "correlation": entry.correlation,
        "command": form.command,
        "changes": form.changes,
        "previous_hash": sealed.previous_hash,
        "hash": sealed.hash,
    }


def load_sealed(row: Row, command: Any, changes: Any) -> SealedEntry:
    """A row as the entry that was sealed; `command` and `changes` come parsed."""
    own = {name: row[name] for name in _ENTRY_COLUMNS}
    entry = AuditEntry(category=Category(row["category"]), command=command, changes=changes, **own)
    return SealedEntry(row["seq"], entry, row["previous_hash"], row["hash"])


_ENTRY_COLUMNS: Final = (
    "at",
    "actor",
    "actor_name",
    "on_behalf_of",
    "entry",
    "address",
    "agent",
    "deed",
    "outcome",
    "reason",
    "correlation",
)


def sealed_of(row: Any) -> SealedEntry:
    """A row of the operation log as the entry that was sealed."""
    return load_sealed(dict(row), json.loads(row["command"]), json.loads(row["changes"]))
