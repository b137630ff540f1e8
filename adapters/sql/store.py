"""The store on SQLite or PostgreSQL: connections, isolation, and the pragmas that keep acknowledged commits."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DBAPIError

from houtai.adapters.sql.confine import can_confine, confine
from houtai.adapters.sql.deadline import DEADLINE_S, Deadlines
from houtai.adapters.sql.faults import translated
from houtai.adapters.sql.forgetting import FORGET
from houtai.adapters.sql.reference import Looked, Reference
from houtai.adapters.sql.tx import BY_NAME, SqlTx, leave
from houtai.adapters.sql.views import SqlViews
from houtai.application.kept import Kept
from houtai.application.plain import to_json

# With synchronous=NORMAL, simulated power cuts lost acknowledged commits; FULL lost none.
SQLITE_PRAGMAS: Final = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA busy_timeout=10000",
    "PRAGMA cache_size=-65536",
)
POSTGRES_OPTIONS: Final = "-c statement_timeout=30000 -c lock_timeout=10000 -c idle_in_transaction_session_timeout=60000"
PREPARED: Final = 1_000
"""How many of the statements by key (see wire.py) a connection to PostgreSQL keeps prepared; the driver's own 100 are too few."""
NEVER: Final = 2**31
"""After how many times the driver would prepare by itself; a search is planned for the words that it looks for."""
POOL_WAIT_S: Final = 10
SURVEY_S: Final = 3_600.0


class SqlStore:
    """See `Store`. Safe to share between threads."""

    def __init__(self, url: str | URL, *, pool_size: int = 16, deadline_s: float = DEADLINE_S) -> None:
        """Connect lazily; the schema must be there (see schema.py).

        On PostgreSQL a transaction or snapshot that has not ended `deadline_s` after its beginning loses its connection.
        """
        parsed = make_url(url)
        self.is_sqlite = parsed.get_backend_name() == "sqlite"
        self.engine = _sqlite(parsed, pool_size) if self.is_sqlite else _postgres(parsed, pool_size)
        self._writer = self.engine.execution_options(houtai_begin="BEGIN IMMEDIATE")
        self._reader = self.engine.execution_options(houtai_begin="BEGIN")
        if not self.is_sqlite:
            self._reader = self.engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        self._deadlines = None if self.is_sqlite else Deadlines(deadline_s)
        if self._deadlines is not None:
            self._deadlines.guard(self.engine)
        self._confines: bool | None = None
        self._reference = Reference()
        # SQLite has one writer: waiting in line here is fairer and cheaper than its busy handler.
        self._turn = threading.Lock() if self.is_sqlite else nullcontext()

    @contextmanager
    def begin(self) -> Iterator[SqlTx]:
        """See `Store.begin`."""
        with self._turn, self._in_time(), _connected(self._writer) as connection:
            tx = SqlTx(connection, self._reference)
            try:
                yield tx
            finally:
                if not tx.sent:
                    leave(connection)

    @contextmanager
    def snapshot(self, merchants: frozenset[UUID] | None = None) -> Iterator[SqlViews]:
        """See `Store.snapshot`."""
        with self._in_time(), _connected(self._reader) as connection:
            if merchants is not None and self._can_confine(connection):
                with translated():
                    confine(connection, merchants)
                yield SqlViews(connection)
            else:
                yield SqlViews(connection, Looked(self._reference, connection, BY_NAME))
            leave(connection)

    @contextmanager
    def survey(self, at_least_s: float = SURVEY_S) -> Iterator[SqlViews]:
        """A snapshot for whoever reads the whole house, with as much time."""
        with self._in_time(at_least_s), _connected(self._reader) as connection:
            yield SqlViews(connection)

    def forget(self, kept: Kept, before: dt.datetime, most: int) -> int:
        """See `Store.forget`."""
        with self._turn, self._in_time(), translated(), self._writer.begin() as connection:
            return int(connection.execute(FORGET[self.is_sqlite][kept], {"before": before, "most": most}).rowcount)

    def _can_confine(self, connection: Connection) -> bool:
        """Asked once: roles and grants change when the program stands still."""
        if self._confines is None:
            with translated():
                self._confines = can_confine(connection)
        return self._confines

    def _in_time(self, at_least_s: float = 0) -> AbstractContextManager[None]:
        return nullcontext() if self._deadlines is None else self._deadlines.unit(at_least_s)

    def close(self) -> None:
        """Give back all connections."""
        self.engine.dispose()
        if self._deadlines is not None:
            self._deadlines.close()


@contextmanager
def _connected(engine: Engine) -> Iterator[Any]:
    with translated():
        connection = engine.connect()
    try:
        with translated():  # whatever reads or writes meanwhile, in a view or a transaction
            connection.begin()
            yield connection
    finally:
        _give_back(connection)


def _give_back(connection: Connection) -> None:
    """One that cannot even roll back is thrown away by the pool; its transaction ends with it, and the fault has been told."""
    with suppress(DBAPIError):
        connection.close()


def _sqlite(url: URL, pool_size: int) -> Engine:
    engine = create_engine(url, pool_size=pool_size, max_overflow=0, pool_timeout=POOL_WAIT_S, json_serializer=to_json)

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _: Any) -> None:
        connection.isolation_level = None  # the driver must not begin by itself
        for pragma in SQLITE_PRAGMAS:
            connection.execute(pragma)

    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:
        connection.exec_driver_sql(connection.get_execution_options().get("houtai_begin", "BEGIN IMMEDIATE"))

    return engine


def _postgres(url: URL, pool_size: int) -> Engine:
    engine = create_engine(
        url.set(drivername="postgresql+psycopg"),
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=POOL_WAIT_S,
        json_serializer=to_json,
        connect_args={"options": POSTGRES_OPTIONS, "connect_timeout": 5},
    )

    @event.listens_for(engine, "connect")
    def prepare_what_is_said(connection: Any, _: Any) -> None:
        connection.prepared_max = PREPARED
        connection.prepare_threshold = NEVER

    return engine
