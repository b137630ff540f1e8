"""What a check is: an id and a promise of docs/reliability.md, and the search for what breaks it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

import attrs
from sqlalchemy import Connection, FromClause, Select, func, select

Search = Callable[[Connection], Iterable[str]]

SHOWN: Final = 10


class NotRun(Exception):
    """Raised by a search that lacks what it would compare with; its text is the reason."""


@attrs.frozen
class Check:
    """One invariant. `search` yields one text for each place that breaks it; nothing yielded means that it holds.

    A search that cannot look raises NotRun, which is neither.
    """

    id: str
    promise: str
    search: Search


@attrs.frozen
class Finding:
    """A check's outcome; `first` holds up to ten of the `count` offending places.

    `not_run` is the reason why nobody looked, empty where somebody did; then nothing is known, and `ok` is False.
    """

    id: str
    promise: str
    ok: bool
    count: int
    first: tuple[str, ...]
    millis: int
    not_run: str = ""


def rows(check_id: str, promise: str, query: Select[Any]) -> Check:
    """A check whose offenders are the rows of one query, told by their columns."""

    def search(connection: Connection) -> Iterator[str]:
        for row in connection.execute(query).mappings():
            yield ", ".join(f"{name} {value}" for name, value in row.items())

    return Check(check_id, promise, search)


def unequal(sides: FromClause, keys: int) -> Select[Any]:
    """The groups by the first `keys` columns of `sides`, of which the last two do not add up to the same."""
    *place, figure, proof = list(sides.c)
    assert len(place) == keys, place
    left, right = func.sum(figure), func.sum(proof)
    return select(*place, left.label(figure.name), right.label(proof.name)).group_by(*place).having(left != right)
