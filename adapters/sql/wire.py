"""Saying a statement to the driver without SQLAlchemy's own execution, which costs five times what the statement does.

Connections, pooling, transactions and errors stay SQLAlchemy's, and whoever listens to an engine's statements hears these too.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError


def say(connection: Connection, statement: str, parameters: Sequence[Any], *, many: bool = False) -> Any:
    """Execute the statement, once for each of `parameters` if `many`; the driver's cursor. Raises SQLAlchemy's DBAPIError."""
    cursor: Any = connection.connection.cursor()
    hears = connection.dispatch
    for hear in hears.before_cursor_execute:
        hear(connection, cursor, statement, parameters, None, many)
    try:
        if many:
            cursor.executemany(statement, parameters)
        elif connection.dialect.name == "postgresql":
            cursor.execute(statement, parameters, prepare=True)  # parsed and planned once a connection
        else:
            cursor.execute(statement, parameters)
    except connection.dialect.loaded_dbapi.Error as error:
        raise wrapped(connection, statement, error) from error
    for hear in hears.after_cursor_execute:
        hear(connection, cursor, statement, parameters, None, many)
    return cursor


def wrapped(connection: Connection, statement: str, error: BaseException) -> BaseException:
    """The driver's error as SQLAlchemy's, without the parameters, which may hold anything."""
    dbapi = connection.dialect.loaded_dbapi
    return DBAPIError.instance(statement, None, error, dbapi.Error, dialect=connection.dialect)
