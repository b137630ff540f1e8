"""The timeline of every document: each edit, move and note with who, when and why (SYS-7; D1, D2, D3, D5 rest on it)."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from uuid import UUID

import attrs

from houtai.domain.act import Act

if TYPE_CHECKING:
    from houtai.application.ports import HouseTx

TimelineKey = tuple[UUID, int]


@attrs.frozen
class TimelineEntry:
    """One line: `version` is the document's version after it, so that versions and lines count alike (D5)."""

    document: str  # the kind of document: "order", "listing", "coupon" …
    document_id: UUID
    version: int
    event: str  # what happened, in the trade's words: "placed", "paid", "note"
    before: str  # the state left, empty for a new document
    after: str  # the state reached; the same as before for an edit or a note
    at: dt.datetime
    actor: UUID
    actor_name: str
    reason: str = ""
    details: Mapping[str, Any] = attrs.field(factory=dict)


def write_line(
    tx: HouseTx,
    act: Act,
    document: str,
    record: Any,
    event: str,
    *,
    before: enum.Enum | None,
    reason: str = "",
    details: Mapping[str, Any] | None = None,
) -> None:
    """Add the line for a document's new form; `record` has id, version and state. `details` must be plain JSON."""
    tx.timeline.add(
        TimelineEntry(
            document=document,
            document_id=record.id,
            version=record.version,
            event=event,
            before="" if before is None else before.value,
            after=record.state.value,
            at=act.at,
            actor=act.actor,
            actor_name=act.name,
            reason=reason or act.reason,
            details=details or {},
        )
    )
