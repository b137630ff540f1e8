"""Rows that were written once, repeated by the thousand: ids, moments, numbers and codes anew each time, the rest as it was.

A `Pattern` holds the rows of one deed as lines of text with holes. `Press` fills the holes, chains the operation log, adds up
what the deed changed in rows that many deeds share (stock, balances, counters), and sends all of it in bulk.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import random
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import itemgetter
from typing import Any, Final
from uuid import UUID

import attrs
from sqlalchemy import JSON, Boolean, Dialect, Table, TypeDecorator, Uuid, select
from sqlalchemy.dialects import postgresql, sqlite

from houtai.adapters.sql.columns import METADATA, Moment
from houtai.adapters.sql.house import sealed_of
from houtai.adapters.sql.modules import MAPPINGS, TOTALS
from houtai.adapters.sql.store import SqlStore
from houtai.application.audit import DIGEST_DIGITS, GENESIS, canonical, digest_of
from houtai.application.numbers import HOUSE_TIME
from houtai.application.plain import to_plain, to_sorted_json

Row = dict[str, Any]
Image = dict[str, dict[tuple[Any, ...], Row]]  # every row of a database by table and key

# Written by other means, or only for processes that are at work meanwhile.
SPECIAL: Final = frozenset({"audit_log", "audit_head", "counters", "reference_heads", "reference_changes"})
TOTAL_TABLES: Final = frozenset(totals.table.name for totals in TOTALS.values())
FIELD, LINE, NULL = "\x04", "\x05", "\x06"  # no text of ours holds them, so that nothing needs escaping
DIALECTS: Final[dict[str, Dialect]] = {"postgresql": postgresql.dialect(), "sqlite": sqlite.dialect()}  # type: ignore[no-untyped-call]  # the library left them untyped
_BASE32: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_HOLE: Final = (
    r"(?P<dashed>(?<![0-9a-f-])[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?![0-9a-f]))"
    r"|(?P<hex>(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f]))"
    r"|(?P<moment>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)"
    r"|(?P<number>\b[A-Z]{2}-\d{8}-[0-9A-Z]{6,12}\b)"
    r"|(?P<event>\bevt_\d{8}_)"
    r"|(?P<period>\x02\d{4}-\d\d)"
    r"|(?P<word>\b[Pp]\d{7}(?!\d))"
)


def image(store: SqlStore) -> Image:
    """Everything that the database holds; for small ones."""
    found: Image = {}
    with store.engine.connect() as connection:
        for table in METADATA.sorted_tables:
            names = [column.name for column in table.primary_key.columns]
            rows = connection.execute(select(table)).mappings()
            found[table.name] = {tuple(row[name] for name in names): dict(row) for row in rows}
    return found


def cell(table: Table, name: str, value: Any, dialect: str) -> str:
    """A value as the database reads it from text."""
    kind = table.c[name].type
    if isinstance(kind, TypeDecorator) and not isinstance(kind, Moment):
        value, kind = kind.process_bind_param(value, DIALECTS[dialect]), kind.impl_instance
    if value is None:
        return NULL
    if isinstance(kind, Uuid):
        return str(value) if dialect == "postgresql" else UUID(str(value)).hex
    if isinstance(kind, Moment):
        return str(value.astimezone(dt.UTC).isoformat(timespec="microseconds"))
    if isinstance(kind, Boolean):
        return str(int(value))
    if isinstance(kind, JSON):
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    if table.name == "journals" and name == "period":
        return f"\x02{value}"
    return str(value)


def line_of(table: Table, row: Row, dialect: str) -> str:
    """A row as a line of text."""
    return FIELD.join(cell(table, column.name, row[column.name], dialect) for column in stored(table)) + LINE


def stored(table: Table) -> list[Any]:
    """The columns that rows bring themselves."""
    return [column for column in table.columns if column.computed is None]


class _Text:
    """A text with numbered holes."""

    def __init__(self, text: str, holes: Sequence[int]) -> None:
        self._text = text
        self._pick: Callable[[Sequence[str]], Any] = itemgetter(*holes) if holes else lambda _: ()

    def filled(self, values: Sequence[str]) -> str:
        """The text with these values in its holes."""
        filled: str = self._text % self._pick(values)
        return filled


@attrs.define
class _Sum:
    """What a deed adds to a row that it shares with others."""

    table: str
    key: _Text
    columns: tuple[str, ...]
    deltas: tuple[int, ...]


@attrs.define
class _Entry:
    """One entry of the operation log: the row up to its place in the chain, and the bytes that are hashed."""

    row: _Text  # with \x03 where seq, previous hash and hash go, and \x07 with a number where a digest goes
    hashed: _Text
    witnessed: list[_Text]  # what each digest is of


class Pattern:
    """The rows that lie between two images of a database, ready to be repeated.

    Ids that first appear in them are made anew. `given` are ids and words that each repetition names itself. `derived` are new
    ids that follow from other ids of the pattern: by id its parent and how it is made, as the records are looked up by them.
    """

    def __init__(
        self,
        before: Image,
        after: Image,
        *,
        dialect: str,
        given: Iterable[UUID | str] = (),
        derived: Mapping[UUID, tuple[UUID, Callable[[UUID], UUID]]] | None = None,
    ) -> None:
        self.dialect = dialect
        self._derived = derived or {}
        self._given = {one.hex if isinstance(one, UUID) else one for one in given}
        literals = sorted((re.escape(one) for one in self._given if not re.fullmatch(r"P\d{7}|[0-9a-f]{32}", one)), reverse=True)
        self._hole_at = re.compile("|".join([f"(?P<literal>{'|'.join(literals)})", _HOLE] if literals else [_HOLE]))
        self._known = {value.hex for rows in before.values() for key in rows for value in key if isinstance(value, UUID)}
        self._holes: dict[tuple[str, ...], int] = {}
        self.fresh: dict[str, int] = {}  # hex of the id in the pattern: its place among the new ones
        self.texts: dict[str, _Text] = {}
        self.sums: list[_Sum] = []
        self.entries: list[_Entry] = []
        self.at = min(row["at"] for key, row in after["audit_log"].items() if key not in before["audit_log"])
        self._witnessed = _witnessed(after)
        for table in METADATA.sorted_tables:
            self._take(table, before[table.name], after[table.name])
        self.holes = list(self._holes)
        self.follows = [
            (self.fresh[one.hex], self.fresh.get(parent.hex), parent.hex, make)
            for one, (parent, make) in self._derived.items()
            if one.hex in self.fresh
        ]

    def _take(self, table: Table, before: Mapping[Any, Row], after: Mapping[Any, Row]) -> None:
        new = [row for key, row in after.items() if key not in before]
        changed = [(before[key], row) for key, row in after.items() if key in before and before[key] != row]
        if table.name == "audit_log":
            self.entries = [self._entry(table, row) for row in sorted(new, key=lambda row: int(row["seq"]))]
        elif table.name in TOTAL_TABLES:
            self.sums += [self._sum(table, None, row) for row in new]
            self.sums += [self._sum(table, old, row) for old, row in changed]
        elif table.name not in SPECIAL:
            if new:
                self.texts[table.name] = self._text("".join(line_of(table, row, self.dialect) for row in new))
            self.sums += [self._sum(table, old, row) for old, row in changed]

    def _sum(self, table: Table, before: Row | None, row: Row) -> _Sum:
        old = before or {}
        key = [column.name for column in table.primary_key.columns]
        names = tuple(name for name in row if name not in key and row[name] != old.get(name))
        for name in names:
            assert isinstance(row[name], int), f"{table.name}.{name} of a shared row changed and is no number"
        shared = FIELD.join(cell(table, name, row[name], self.dialect) for name in key)
        return _Sum(table.name, self._text(shared), names, tuple(row[name] - old.get(name, 0) for name in names))

    def _entry(self, table: Table, row: Row) -> _Entry:
        place = {"seq": "\x03seq", "previous_hash": "\x03previous", "hash": "\x03hash"}
        line = FIELD.join(
            place.get(column.name) or cell(table, column.name, row[column.name], self.dialect) for column in stored(table)
        )
        seq = int(row["seq"])
        hashed = canonical(sealed_of(row).entry, seq).decode()
        assert hashed.count(f'"seq":{seq},') or hashed.endswith(f'"seq":{seq}}}'), hashed
        start = hashed.rindex(f'"seq":{seq}')
        marked = f'{hashed[:start]}"seq":\x03seq{hashed[start + len(str(seq)) + 6 :]}'
        digests = [change["digest"] for change in json.loads(row["changes"]) if "digest" in change]
        for nth, digest in enumerate(digests):
            line, marked = line.replace(digest, f"\x07{nth}\x07"), marked.replace(digest, f"\x07{nth}\x07")
        return _Entry(self._text(line + LINE), self._text(marked), [self._text(self._witnessed[digest]) for digest in digests])

    def _text(self, text: str) -> _Text:
        parts: list[str] = []
        holes: list[int] = []
        end = 0
        for found in self._hole_at.finditer(text):
            hole = self._hole(str(found.lastgroup), found.group())
            if hole is not None:
                parts += [text[end : found.start()].replace("%", "%%"), "%s"]
                holes.append(self._holes.setdefault(hole, len(self._holes)))
                end = found.end()
        return _Text("".join([*parts, text[end:].replace("%", "%%")]), holes)

    def _hole(self, kind: str, text: str) -> tuple[str, ...] | None:
        if kind in ("dashed", "hex"):
            bare = text.replace("-", "")
            if bare in self._given:
                return (kind, "given", bare)
            if bare in self._known or int(bare, 16) < 2**64:
                return None
            self.fresh.setdefault(bare, len(self.fresh))
            return (kind, "fresh", bare)
        if kind == "literal":
            return ("word", "given", text)
        if kind == "word":
            return ("lower" if text[0] == "p" else "word", "given", text.upper()) if text.upper() in self._given else None
        if kind == "event":
            return (kind, "event", text)
        if kind == "number":
            return (kind, "counted" if text.rpartition("-")[2].isdigit() else "made", text)
        return (kind, "", text)


def _witnessed(found: Image) -> dict[str, str]:
    """By its digest, the text of every witnessed record of an image, with \x02 before a journal's period."""
    texts = {}
    for mapping in MAPPINGS:
        if mapping.records.witnessed:
            names = [column.name for column in mapping.table.primary_key.columns]
            for row in found[mapping.table.name].values():
                key = tuple(row[name] for name in names)
                lines = {
                    child.table.name: sorted(
                        (one for one in found[child.table.name].values() if tuple(one[name] for name in child.parent) == key),
                        key=itemgetter(*child.order_by),
                    )
                    for child in mapping.children
                }
                record = mapping.load(dict(row), lines)
                text = to_sorted_json(to_plain(record))
                texts[digest_of(record)] = text.replace('"period":"', '"period":"\x02')
    return texts


class Press:
    """Repeats patterns into one database. `flush` sends what is ready; `end` the sums and the counters too."""

    def __init__(
        self, send: Callable[[str, str], None], execute: Callable[[str, list[Any]], None], dialect: str, base: Image
    ) -> None:
        """`send` takes a table and lines of text, `execute` a statement with a list of parameters."""
        self._send, self._execute, self._dialect = send, execute, dialect
        self._random = random.Random(20261122)
        self._ready: dict[str, list[str]] = defaultdict(list)
        self._added: dict[tuple[str, tuple[str, ...]], dict[str, list[int]]] = defaultdict(dict)
        self._counters = {row["name"]: int(row["last"]) for row in base["counters"].values()}
        self.seq, self.hash = 0, GENESIS
        for head in base["audit_head"].values():
            self.seq, self.hash = int(head["seq"]), str(head["hash"])
        self._waiting = 0
        self._events = 10_000_000  # past those of the pattern

    def repeat(
        self, pattern: Pattern, at: dt.datetime, given: Mapping[str, str], *, without: frozenset[str] = frozenset()
    ) -> list[str]:
        """One more of the pattern at this moment; the new ids as hex, by their place in `pattern.fresh`."""
        millis = f"{int(at.timestamp() * 1000):012x}"
        fresh = [self._id(millis, old) for old in pattern.fresh]
        for own, parent, name, make in pattern.follows:
            fresh[own] = make(UUID(fresh[parent] if parent is not None else given[name])).hex
        values = self._values(pattern, at, given, fresh)
        for table, text in pattern.texts.items():
            if table not in without:
                self._ready[table].append(text.filled(values))
        for one in pattern.sums:
            key = one.key.filled(values)
            held = self._added[one.table, one.columns].get(key)
            if held is None:
                self._added[one.table, one.columns][key] = list(one.deltas)
            else:
                for place, delta in enumerate(one.deltas):
                    held[place] += delta
        for entry in pattern.entries:
            self._chain(entry, values)
        self._waiting += 1
        if self._waiting >= 2_000:
            self.flush()
        return fresh

    def _id(self, millis: str, like: str) -> str:
        tail = f"{self._random.getrandbits(74) | 1 << 74:019x}"
        return f"{millis}{like[12]}{tail[1:4]}8{tail[4:19]}"

    def _values(self, pattern: Pattern, at: dt.datetime, given: Mapping[str, str], fresh: list[str]) -> list[str]:
        shift = at - pattern.at
        assert not shift.microseconds, "moments are written anew to the second"
        values: list[str] = []
        made: dict[str, str] = {}
        for kind, source, text in pattern.holes:
            if source == "fresh" or (source == "given" and kind in ("dashed", "hex")):
                bare = fresh[pattern.fresh[text]] if source == "fresh" else given[text]
                values.append(bare if kind == "hex" else f"{bare[:8]}-{bare[8:12]}-{bare[12:16]}-{bare[16:20]}-{bare[20:]}")
            elif source == "given":
                values.append(given[text].lower() if kind == "lower" else given[text])
            elif kind == "moment":
                values.append((dt.datetime.fromisoformat(text) + shift).isoformat())
            elif kind == "period":
                values.append(f"{at.astimezone(HOUSE_TIME):%Y-%m}")
            else:
                if text not in made:
                    made[text] = self._event() if kind == "event" else self._number(text, at, counted=source == "counted")
                values.append(made[text])
        return values

    def _event(self) -> str:
        self._events += 1
        return f"evt_{self._events:08d}_"

    def _number(self, like: str, at: dt.datetime, *, counted: bool) -> str:
        day = f"{like[:2]}-{at.astimezone(HOUSE_TIME):%Y%m%d}"
        if not counted:
            return f"{day}-{''.join(self._random.choices(_BASE32, k=12))}"
        self._counters[day] = self._counters.get(day, 0) + 1
        return f"{day}-{self._counters[day]:06d}"

    def _chain(self, entry: _Entry, values: Sequence[str]) -> None:
        self.seq += 1
        seq = str(self.seq)
        row, hashed = entry.row.filled(values), entry.hashed.filled(values)
        for place, text in enumerate(entry.witnessed):
            content = text.filled(values).replace("\x02", "").encode()
            digest = hashlib.sha256(content).hexdigest()[:DIGEST_DIGITS]
            row, hashed = row.replace(f"\x07{place}\x07", digest), hashed.replace(f"\x07{place}\x07", digest)
        hashed = self.hash + hashed.replace("\x03seq", seq, 1)
        previous, self.hash = self.hash, hashlib.sha256(hashed.encode()).hexdigest()
        row = row.replace("\x03seq", seq, 1).replace("\x03previous", previous, 1)
        self._ready["audit_log"].append(row.replace("\x03hash", self.hash, 1))

    def rows(self, table: str, lines: Iterable[str]) -> None:
        """Lines that are no repetition."""
        self._ready[table].extend(lines)

    def flush(self) -> None:
        """Send the rows, parents first."""
        for table in METADATA.sorted_tables:
            if lines := self._ready.pop(table.name, None):
                self._send(table.name, "".join(lines).replace("\x02", ""))
        self._waiting = 0

    def end(self) -> None:
        """Send everything that is left, the sums, the counters and the head of the chain."""
        self.flush()
        mark = "%s" if self._dialect == "postgresql" else "?"
        for (table, columns), rows in self._added.items():
            key = [column.name for column in METADATA.tables[table].primary_key.columns]
            grown = ", ".join(f"{name} = {table}.{name} + {mark}" for name in columns)
            if table in TOTAL_TABLES:
                named = ", ".join([*key, *columns])
                marks = ", ".join([mark] * (len(key) + len(columns)))
                statement = f"INSERT INTO {table} ({named}) VALUES ({marks}) ON CONFLICT ({', '.join(key)}) DO UPDATE SET {grown}"
                self._execute(statement, [(*at.split(FIELD), *deltas, *deltas) for at, deltas in rows.items()])
            else:
                where = " AND ".join(f"{name} = {mark}" for name in key)
                statement = f"UPDATE {table} SET {grown} WHERE {where}"
                self._execute(statement, [(*deltas, *at.split(FIELD)) for at, deltas in rows.items()])
        self._added.clear()
        counters = (
            f"INSERT INTO counters (name, last) VALUES ({mark}, {mark}) ON CONFLICT (name) DO UPDATE SET last = excluded.last"
        )
        self._execute(counters, sorted(self._counters.items()))
        head = f"INSERT INTO audit_head (id, seq, hash) VALUES (1, {mark}, {mark}) ON CONFLICT (id) DO UPDATE SET seq = excluded.seq, hash = excluded.hash"
        self._execute(head, [(self.seq, self.hash)])
