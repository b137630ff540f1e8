"""The rows of `place_order` written by hand with the driver: what the same rows cost without the system.

The rows are those that `place_order` was seen to send for sample orders, every third with a promotion and a coupon. Each
order written by hand gets ids, numbers, keys and SKUs of its own. Parameters are ready before the clock starts. The floor reads
nothing but the three stock rows, which it locks first, in key order. It does not read goods, prices, promotions or buyers,
decides nothing, hashes nothing and takes part in no chain: it leaves out the update of the log's head and of the order number's
counter, the two rows that all orders share. So it never waits for another order, which the system may. `hot=True` adds those
two updates, to show what they cost.
"""

from __future__ import annotations

import itertools
import random
import re
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from typing import Any
from uuid import UUID, uuid4

import attrs
import psycopg
from sqlalchemy import event

from houtai.adapters.clock import SystemClock
from houtai.adapters.opening import open_database
from houtai.application.office import Office
from houtai.domain.ids import new_id
from tests.bench.callers import Run, called, coupons, place, wishes
from tests.bench.databases import Database
from tests.bench.market import Market

SAMPLES = 6
COUPONS = 11_000  # as many as the longest benchmark uses, each once
_WRITTEN = re.compile(r"(?:INSERT INTO|UPDATE) (\w+)")
_NUMBER = re.compile(r"[A-Z]{2}-\d{8}-\d{6,}")

Batch = tuple[str, list[Any]]  # a statement and the parameters of each of its rows


@attrs.frozen
class Order:
    """One order ready to be written: the stock rows to lock in key order, then every row."""

    locks: tuple[tuple[UUID, UUID], ...]
    writes: list[Batch]


@attrs.define
class Sample:
    """What `place_order` sent for one order."""

    writes: list[tuple[str, str, list[Any]]]  # table, statement, rows of parameters
    skus: list[UUID]
    qtys: list[int]
    coupon: UUID | None
    order: UUID
    fresh: set[UUID]


class ByHand:
    """Writes orders into a copy of the market by hand."""

    def __init__(self, market: Market, database: Database) -> None:
        """`database` is a copy that the floor may spoil: its log is no chain and its numbers have gaps."""
        self.market, self.database = market, database
        self._postgres = database.kind == "postgresql"
        self._pick = random.Random(7)
        self._seq = itertools.count(10**9)
        store = open_database(database.url)
        office = Office(store, SystemClock())
        try:
            self._samples = [self._sample(store, office, wish) for wish in wishes(office, market, SAMPLES, 1)]
            self._coupons = itertools.cycle([coupon for coupon, _ in coupons(office, market, COUPONS, self._pick)])
        finally:
            store.close()

    def _sample(self, store: Any, office: Office, wish: Any) -> Sample:
        sent: list[tuple[str, str, list[Any]]] = []

        def hear(_: Any, __: Any, statement: str, parameters: Any, ___: Any, many: bool) -> None:
            if written := _WRITTEN.match(statement):
                sent.append((written.group(1), statement, list(parameters) if many else [parameters]))

        event.listen(store.engine, "before_cursor_execute", hear)
        place(office, wish)
        event.remove(store.engine, "before_cursor_execute", hear)
        skus = [line.sku_id for line in wish.basket.lines]
        coupon = wish.basket.coupons[0] if wish.basket.coupons else None
        shared = {
            *skus,
            coupon,
            wish.basket.buyer_id,
            self.market.channel,
            self.market.warehouse,
            self.market.template,
            UUID(int=1),
            UUID(int=2),
        }
        fresh: set[UUID] = set()
        for table, statement, rows in sent:
            if statement.startswith("INSERT") and table in (
                "orders",
                "payments",
                "reservations",
                "outbox",
                "redemptions",
                "timeline",
            ):
                fresh |= {one for row in rows for one in _ids(row) if one not in shared}
        return Sample(sent, list(skus), [line.qty for line in wish.basket.lines], coupon, wish.order, fresh)

    # -- making orders

    def orders(self, count: int, *, hot: bool = False) -> list[Order]:
        """So many, with everything bound."""
        return [self._order(self._samples[number % SAMPLES], hot=hot) for number in range(count)]

    def _order(self, sample: Sample, *, hot: bool) -> Order:
        new: dict[UUID, UUID] = {old: new_id() for old in sample.fresh}
        skus = self._pick.sample(self.market.skus["sale" if sample.coupon else "plain"], len(sample.skus))
        new |= dict(zip(sample.skus, skus, strict=True))
        if sample.coupon:
            new[sample.coupon] = next(self._coupons)
        order = new[sample.order]
        number = f"SO-20991231-{next(self._seq)}"
        texts = {form: shown for old, one in new.items() for form, shown in ((str(old), str(one)), (old.hex, one.hex))}
        pattern = re.compile("|".join(texts))

        def renewed(value: Any) -> Any:
            if isinstance(value, UUID):
                return new.get(value, value)
            if isinstance(value, str):
                return _NUMBER.sub(number, pattern.sub(lambda found: texts[found.group()], value))
            return type(value)(renewed(value.obj)) if type(value).__name__ in ("Jsonb", "Json") else _deep(value, renewed)

        warehouse = self.market.warehouse
        amounts = sorted(zip(skus, sample.qtys, strict=True), key=lambda one: one[0])
        writes: list[Batch] = []
        for table, statement, rows in sample.writes:
            if table == "stocks":
                mark = "%s" if self._postgres else "?"
                taken = f"UPDATE stocks SET reserved_qty = reserved_qty + {mark} WHERE sku_id = {mark} AND warehouse_id = {mark}"
                writes.append((taken, [(qty, self._id(sku), self._id(warehouse)) for sku, qty in amounts]))
            elif table == "coupons":
                mark = "%s" if self._postgres else "?"
                used = f"UPDATE coupons SET state = 'locked', order_id = {mark}, version = version + 1 WHERE id = {mark}"
                writes.append((used, [(self._id(order), self._id(new[sample.coupon])) if sample.coupon else ()]))
            elif table == "audit_log":
                writes.append((statement, [_logged(renewed(row), next(self._seq)) for row in rows]))
            elif table not in ("audit_head", "counters"):
                writes.append((statement, [renewed(row) for row in rows]))
        if hot:
            writes.append(
                (
                    "UPDATE counters SET last = last + 1 WHERE name LIKE 'SO-%%'"
                    if self._postgres
                    else "UPDATE counters SET last = last + 1 WHERE name LIKE 'SO-%'",
                    [()],
                )
            )
            writes.append(("UPDATE audit_head SET seq = seq + 1", [()]))
        return Order(tuple((sku, warehouse) for sku, _ in amounts), writes)

    def _id(self, value: UUID) -> Any:
        return value if self._postgres else value.hex

    # -- writing them

    def row_by_row(self, orders: Sequence[Order], callers: int, *, pipelined: bool = False) -> Run:
        """One statement a row and one commit an order, by so many callers with a connection each."""
        turn = threading.Lock()
        local = threading.local()
        opened: list[Any] = []

        def once(order: Order) -> None:
            if not hasattr(local, "connection"):
                local.connection = self._connect()
                opened.append(local.connection)
            if self._postgres:
                _write_postgres(local.connection, order, pipelined=pipelined)
            else:
                with turn:
                    _write_sqlite(local.connection, [order], many=False)

        try:
            return called(once, orders, callers)
        finally:
            for connection in opened:
                connection.close()

    def grouped(self, orders: Sequence[Order], size: int) -> Run:
        """One writer, so many orders a commit, a batch a table."""
        with closing(self._connect()) as connection:
            batches = [orders[start : start + size] for start in range(0, len(orders), size)]
            merged = [(batch, _merged(batch)) for batch in batches]
            started = time.perf_counter()
            for batch, writes in merged:
                if self._postgres:
                    _write_group(connection, batch, writes)
                else:
                    _write_sqlite(connection, batch, many=True, writes=writes)
            seconds = time.perf_counter() - started
        each = seconds / len(batches) * 1_000
        return Run(1, seconds, [each] * len(orders), called(lambda _: None, [], 1).errors)

    def _connect(self) -> Any:
        if self._postgres:
            return psycopg.connect(self.database.url)
        connection = sqlite3.connect(self.database.file, isolation_level=None, check_same_thread=False)
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=10000", "cache_size=-65536"):
            connection.execute(f"PRAGMA {pragma}")
        return connection


_LOCK = b"SELECT * FROM stocks WHERE (sku_id, warehouse_id) IN (SELECT * FROM unnest(%s::uuid[], %s::uuid[])) ORDER BY sku_id, warehouse_id FOR UPDATE"


def _write_postgres(connection: psycopg.Connection, order: Order, *, pipelined: bool) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, ([sku for sku, _ in order.locks], [warehouse for _, warehouse in order.locks]))
        cursor.fetchall()
        if pipelined:
            with connection.pipeline():
                _each(cursor, order)
                connection.commit()
            return
        _each(cursor, order)
        connection.commit()


def _each(cursor: Any, order: Order) -> None:
    for statement, rows in order.writes:
        for row in rows:
            cursor.execute(statement, row)


def _merged(batch: Sequence[Order]) -> list[Batch]:
    """The batch's rows by statement, in the order of the first order that has it; stock rows in key order."""
    merged: dict[str, list[Any]] = {}
    longest = sorted(batch, key=lambda order: -len(order.writes))
    for order in longest:
        for statement, rows in order.writes:
            merged.setdefault(statement, []).extend(rows)
    return list(merged.items())


def _write_group(connection: psycopg.Connection, batch: Sequence[Order], writes: list[Batch]) -> None:
    locks = sorted({lock for order in batch for lock in order.locks})
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, ([sku for sku, _ in locks], [warehouse for _, warehouse in locks]))
        cursor.fetchall()
        with connection.pipeline():
            for statement, rows in writes:
                cursor.executemany(statement.encode(), rows)
            connection.commit()


def _write_sqlite(
    connection: sqlite3.Connection, batch: Sequence[Order], *, many: bool, writes: list[Batch] | None = None
) -> None:
    connection.execute("BEGIN IMMEDIATE")
    with connection:  # commits, or takes back
        for order in batch:
            for sku, warehouse in order.locks:
                connection.execute(
                    "SELECT * FROM stocks WHERE sku_id = ? AND warehouse_id = ?", (sku.hex, warehouse.hex)
                ).fetchone()
        for statement, rows in writes if writes is not None else batch[0].writes:
            if many:
                connection.executemany(statement, rows)
            else:
                for row in rows:
                    connection.execute(statement, row)


def _values(row: Any) -> Iterator[Any]:
    yield from row.values() if isinstance(row, dict) else row


def _ids(row: Any) -> Iterator[UUID]:
    """The ids among a row's parameters; SQLite's are text of 32 digits."""
    for value in _values(row):
        if isinstance(value, UUID):
            yield value
        elif isinstance(value, str) and re.fullmatch("[0-9a-f]{32}", value):
            yield UUID(value)


def _deep(value: Any, renewed: Callable[[Any], Any]) -> Any:
    if isinstance(value, dict):
        return {name: renewed(one) for name, one in value.items()}
    if isinstance(value, tuple | list):
        return type(value)(renewed(one) for one in value)
    return value


def _logged(row: Any, seq: int) -> Any:
    """An entry of the log with a place and a hash of its own."""
    if isinstance(row, dict):
        return {**row, "seq": seq, "hash": uuid4().hex * 2}
    return (seq, *row[1:-1], uuid4().hex * 2)
