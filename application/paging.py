"""Lists in pages: an opaque cursor and a bounded limit, the same in every delivery."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from typing import Final, Generic, TypeVar

import attrs

from houtai.domain import limits
from houtai.domain.refusal import InvalidValue

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

MAX_LIMIT = 100
MOST_ROUNDS: Final = 20


@attrs.frozen
class Page:
    """Which part of a list: `limit` records behind `cursor`, an opaque text from the slice before."""

    limit: int = attrs.field(default=20, validator=limits.between(1, MAX_LIMIT))
    cursor: str = ""
    newest_first: bool = True

    def after(self) -> str:
        """The sort key behind which the page starts, empty for the beginning. Raises InvalidValue for a foreign cursor."""
        try:
            return base64.urlsafe_b64decode(self.cursor.encode()).decode()
        except (binascii.Error, UnicodeError, ValueError) as error:
            raise InvalidValue(field="cursor", rule="must be a cursor from an earlier page") from error


@attrs.frozen
class Slice(Generic[T]):
    """One page: the records and the cursor of the next, empty at the end."""

    items: tuple[T, ...]
    next_cursor: str = ""

    @property
    def has_more(self) -> bool:
        """Whether another page follows."""
        return bool(self.next_cursor)


def seen_page(fetch: Callable[[Page], Slice[T]], page: Page, may: Callable[[T], bool]) -> Slice[T]:
    """A whole page of what may be seen, whatever lies between; it goes on behind the last one.

    After MOST_ROUNDS pages of what mostly may not be seen it is shorter than asked for, with the cursor to go on.
    """
    found: list[T] = []
    for _ in range(MOST_ROUNDS):
        part = fetch(attrs.evolve(page, limit=page.limit - len(found)))
        found += [one for one in part.items if may(one)]
        page = attrs.evolve(page, cursor=part.next_cursor)
        if not part.next_cursor or len(found) == page.limit:
            break
    return Slice(tuple(found), page.cursor)


def cursor_number(page: Page) -> int | None:
    """The number behind which the page starts, where the list is ordered by one; None for the beginning."""
    after = page.after()
    if not after:
        return None
    if not (after.isdecimal() and len(after) < 19):
        raise InvalidValue(field="cursor", rule="must be a cursor from an earlier page")
    return int(after)


def cursor_at(sort_key: str) -> str:
    """The cursor of the page that starts behind this sort key."""
    return base64.urlsafe_b64encode(sort_key.encode()).decode()
