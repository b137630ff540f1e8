"""Pages by keyset: a list in some order of columns, continued behind the place that a cursor names."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Column, Connection, Select, Uuid, literal, tuple_

from houtai.adapters.memory.store import sort_text
from houtai.adapters.sql.columns import Moment
from houtai.application.paging import Page, cursor_at
from houtai.domain.refusal import InvalidValue

Place = Sequence[Column[Any]]

_READERS: Final[dict[type[Any], Callable[[Any], Any]]] = {Uuid: UUID, Moment: dt.datetime.fromisoformat}


def rows_of_page(
    connection: Connection, statement: Select[Any], columns: Place, page: Page, *, newest_first: bool
) -> tuple[list[Any], str]:
    """The page's rows, ordered by these columns, and the next cursor. Raises InvalidValue for a foreign cursor.

    The columns must be selected, and together tell every row from every other.
    """
    after = page.after()
    if after:
        place = tuple_(*(literal(value, column.type) for column, value in zip(columns, _read(after, columns), strict=True)))
        statement = statement.where(tuple_(*columns) < place if newest_first else tuple_(*columns) > place)
    ordered = [column.desc() if newest_first else column.asc() for column in columns]
    rows = list(connection.execute(statement.order_by(*ordered).limit(page.limit + 1)).mappings())
    part = rows[: page.limit]
    more = len(rows) > page.limit
    return part, cursor_at(sort_text(tuple(part[-1][column.name] for column in columns))) if more else ""


def _read(after: str, columns: Place) -> list[Any]:
    try:
        values = json.loads(after)
        readers = [_READERS.get(type(column.type), _itself) for column in columns]
        return [reader(value) for reader, value in zip(readers, values, strict=True)]
    except (ValueError, TypeError, AttributeError) as error:
        raise InvalidValue(field="cursor", rule="must be a cursor from an earlier page") from error


def _itself(value: Any) -> Any:
    return value
