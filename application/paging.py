"""Lists in pages: an opaque cursor and a bounded limit, the same in every delivery."""

from __future__ import annotations

import base64
import binascii
from typing import Generic, TypeVar

import attrs

from houtai.domain import limits
from houtai.domain.refusal import InvalidValue

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

MAX_LIMIT = 100


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
