"""Who was shown or took away whose data, and why: one line for every look at a person in full and for every export."""

from __future__ import annotations

import datetime as dt
import enum
from typing import TYPE_CHECKING
from uuid import UUID

import attrs

from houtai.domain.act import Act
from houtai.domain.ids import uuid7

if TYPE_CHECKING:
    from houtai.application.ports import HouseTx


class Disclosed(enum.Enum):
    """How data left the masks."""

    SHOWN = "shown"  # one record in full
    EXPORTED = "exported"  # a list, as a file


@attrs.frozen
class Disclosure:
    """One line. `what` is the kind of record or list; `record_id` is None for a list. It holds nothing of what was seen."""

    id: UUID
    how: Disclosed
    what: str
    record_id: UUID | None
    reason: str
    at: dt.datetime
    actor: UUID
    actor_name: str


def note_disclosure(tx: HouseTx, act: Act, how: Disclosed, what: str, *, record_id: UUID | None = None, reason: str = "") -> None:
    """Add the line, in the transaction of the deed that discloses and beside its record in the operation log (A3)."""
    disclosure = Disclosure(
        id=uuid7(act.at),  # nothing refers to it, and the same look a second time is another one
        how=how,
        what=what,
        record_id=record_id,
        reason=reason or act.reason,
        at=act.at,
        actor=act.actor,
        actor_name=act.name,
    )
    tx.disclosures.add(disclosure)
