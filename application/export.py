"""Taking records out of the house: noted in the operation log before the first of them is read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TypeVar

import attrs

from houtai.application.audit import Category
from houtai.application.disclosures import Disclosed, note_disclosure
from houtai.application.paging import MAX_LIMIT, Page, Slice
from houtai.application.permission import EVERY_AXIS, logged_as, needs
from houtai.application.ports import HouseTx
from houtai.application.sheets import SheetFormat
from houtai.domain import limits
from houtai.domain.act import Act

T = TypeVar("T")


@attrs.frozen
class NoteExport:
    """What leaves, as which kind of file, and by which filters it was chosen."""

    what: str = attrs.field(validator=limits.text(1, 64))
    file_format: SheetFormat
    filters: Mapping[str, str] = attrs.field(factory=dict, validator=limits.at_most(30))


@logged_as(Category.DISCLOSURE)
@needs("house.export", regardless=EVERY_AXIS, own=True)
def note_export(tx: HouseTx, cmd: NoteExport, act: Act) -> None:
    """Writes that the list leaves the house, so that every export is known (A3)."""
    note_disclosure(tx, act, Disclosed.EXPORTED, cmd.what)


def all_pages(ask: Callable[[Page], Slice[T]]) -> Iterator[T]:
    """Everything that a list holds, oldest first, page by page."""
    page = Page(MAX_LIMIT, newest_first=False)
    while True:
        part = ask(page)
        yield from part.items
        if not part.has_more:
            return
        page = attrs.evolve(page, cursor=part.next_cursor)
