"""The record of a file that was taken in, so that the same one is not taken twice."""

from __future__ import annotations

import datetime as dt
import enum
from uuid import UUID

import attrs

from houtai.domain import limits
from houtai.domain.ids import MerchantId

ImportKey = str


class ImportState(enum.Enum):
    """A row-wise import runs over several transactions; one that broke off is taken up by sending the file again."""

    RUNNING = "running"
    DONE = "done"


@attrs.frozen
class Import:
    """One file. Its key is what it holds and for whom; counts are rows."""

    kind: str
    content_hash: str
    owner: MerchantId | None
    id: UUID
    file_name: str = attrs.field(validator=limits.text(0, 200))
    at: dt.datetime
    actor: UUID
    state: ImportState = ImportState.RUNNING
    imported: int = 0
    updated: int = 0
    skipped: int = 0
    failed: int = 0

    @property
    def key(self) -> ImportKey:
        """Kind, owner and content hash as one text."""
        return import_key(self.kind, self.owner, self.content_hash)


def import_key(kind: str, owner: MerchantId | None, content_hash: str) -> ImportKey:
    """The key of a file's record."""
    return f"{kind}:{owner or 'house'}:{content_hash}"
