"""What travels over HTTP: the strict base of every body, bounded types, money, pages and the way to check that all is bounded."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Annotated, Generic, Self, TypeVar, dataclass_transform
from uuid import UUID

import msgspec
from msgspec import Meta

from houtai.application.paging import MAX_LIMIT, Page, Slice
from houtai.domain import money
from houtai.domain.limits import MAX_LINES, MAX_QTY, MAX_TEXT, MAX_WEIGHT_G
from houtai.domain.money import MAX_MINOR
from houtai.domain.refusal import InvalidValue
from houtai.entrypoints.http.problems import Problem

T = TypeVar("T")
R = TypeVar("R")

MAX_ENTRIES = 200  # members of any list in a body, unless the field says otherwise


@dataclass_transform(frozen_default=True, kw_only_default=False, field_specifiers=(msgspec.field,))
class Wire(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The base of every body, query and answer: frozen, and closed to fields that it does not name."""


class Versioned(Wire, kw_only=True):
    """An answer about an editable document: its `version` goes out as the ETag too."""

    version: int


# Numbers. Every number that comes in has a range: a plain `int` is refused when the route is declared.
Qty = Annotated[int, Meta(ge=1, le=MAX_QTY, description="A count of pieces, at least one.")]
QtyOrZero = Annotated[int, Meta(ge=0, le=MAX_QTY, description="A count of pieces.")]
SignedQty = Annotated[int, Meta(ge=-MAX_QTY, le=MAX_QTY, description="A change in pieces.")]
WeightG = Annotated[int, Meta(ge=0, le=MAX_WEIGHT_G, description="A weight in grams.")]
LengthMm = Annotated[int, Meta(ge=0, le=1_000_000, description="A length in millimetres.")]
Percent = Annotated[int, Meta(ge=0, le=100)]
Days = Annotated[int, Meta(ge=0, le=36_500)]
Seconds = Annotated[int, Meta(ge=0, le=31_536_000)]
Priority = Annotated[int, Meta(ge=-1_000_000, le=1_000_000)]
Minor = Annotated[int, Meta(ge=0, le=MAX_MINOR, description="An amount in the currency's smallest unit.")]
SignedMinor = Annotated[int, Meta(ge=-MAX_MINOR, le=MAX_MINOR, description="A signed amount in the smallest unit.")]

# Texts. Every text that comes in has a length. The domain refuses control characters.
Code = Annotated[str, Meta(min_length=1, max_length=64, examples=["TEA-100"])]
Name = Annotated[str, Meta(min_length=1, max_length=200)]
Line = Annotated[str, Meta(max_length=200)]
Text = Annotated[str, Meta(max_length=MAX_TEXT)]
Reason = Annotated[str, Meta(min_length=1, max_length=500, description="Why; it stays in the document's timeline.")]
Secret = Annotated[str, Meta(min_length=1, max_length=1_024)]
Currency = Annotated[str, Meta(pattern="^[A-Z]{3}$", max_length=3, description="ISO 4217.", examples=["CNY"])]

Moment = Annotated[dt.datetime, Meta(tz=True, description="RFC 3339 with its offset; answers are in UTC.")]
Limit = Annotated[int, Meta(ge=1, le=MAX_LIMIT, description="How many records.")]
Cursor = Annotated[
    str,
    Meta(max_length=500, pattern="^[A-Za-z0-9_=-]*$", description="Opaque: `next_cursor` of the page before."),
]

Few = Meta(max_length=MAX_ENTRIES)  # Annotated[tuple[X, ...], wire.Few]
Many = Meta(max_length=MAX_LINES)  # for the lines of a document
AtLeastOne = Meta(min_length=1, max_length=MAX_ENTRIES)
Id = UUID  # ids travel as strings: JavaScript's numbers end at 2^53


class Money(Wire):
    """An exact amount: an integer count of the currency's smallest unit (fen, cent)."""

    minor: SignedMinor
    currency: Currency

    @classmethod
    def of(cls, amount: money.Money) -> Self:
        """From the domain's money."""
        return cls(amount.minor, amount.currency)

    def value(self) -> money.Money:
        """As the domain's money."""
        return money.Money(self.minor, self.currency)


class PageQuery(Wire, kw_only=True):
    """The query of every list; a module's own filters are fields of a subclass."""

    limit: Limit = 20
    cursor: Cursor = ""

    def page(self, *, newest_first: bool = True) -> Page:
        """The page that the query asks for. Raises Problem (400) for a cursor that no page gave."""
        page = Page(self.limit, self.cursor, newest_first)
        try:
            page.after()
        except InvalidValue as error:
            raise Problem.of_fields("invalid-parameter", {"cursor": error.rule}) from error
        return page


class Nothing(Wire):
    """A query without parameters."""


class Listed(Wire, Generic[T]):
    """One page of a list; `next_cursor` is empty at the end."""

    items: tuple[T, ...]
    next_cursor: str
    has_more: bool


def listed(found: Slice[R], present: Callable[[R], T]) -> Listed[T]:
    """A slice from a query as it goes out, each record through `present`."""
    return Listed(tuple(present(record) for record in found.items), found.next_cursor, found.has_more)
