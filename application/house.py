"""The records that belong to the house itself: every document's timeline, the running numbers, the outbox, disclosures."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final
from uuid import UUID

from houtai.application.disclosures import Disclosure
from houtai.application.outbox import Message
from houtai.application.ports import Counter, Index, Records
from houtai.application.timeline import TimelineEntry, TimelineKey

OF_DOCUMENT: Final[Index[TimelineEntry, UUID]] = Index("document", lambda entry: entry.document_id)
TIMELINE: Final[Records[TimelineKey, TimelineEntry]] = Records(
    "timeline",
    TimelineEntry,
    key=lambda entry: (entry.document_id, entry.version),
    indexes=(OF_DOCUMENT,),
    append_only=True,
    logged=False,
)

COUNTERS: Final[Records[str, Counter]] = Records("counters", Counter, key=lambda counter: counter.name, logged=False)

DUE: Final[Index[Message, dt.datetime]] = Index("due", lambda message: message.due_at)
WITH_STATE: Final[Index[Message, str]] = Index("state", lambda message: message.state.value)
OUTBOX: Final[Records[UUID, Message]] = Records(
    "outbox", Message, key=lambda message: message.id, indexes=(DUE, WITH_STATE), logged=False
)

DISCLOSED_OF: Final[Index[Disclosure, UUID]] = Index("record", lambda disclosure: disclosure.record_id)
DISCLOSED_BY: Final[Index[Disclosure, UUID]] = Index("actor", lambda disclosure: disclosure.actor)
DISCLOSURES: Final[Records[UUID, Disclosure]] = Records(
    "disclosures",
    Disclosure,
    key=lambda disclosure: disclosure.id,
    indexes=(DISCLOSED_OF, DISCLOSED_BY),
    append_only=True,
)

RECORDS: Final[tuple[Records[Any, Any], ...]] = (TIMELINE, COUNTERS, OUTBOX, DISCLOSURES)
