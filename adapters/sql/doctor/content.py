"""Whether ledgers still say what was written: each record against the digest that the operation log's chain holds of it (M3).

Both sides are read once, in the order in which they lie, and only sums of digests are kept, by kind and by a few hundred
heaps of keys: so a year of records takes no more memory than a day. Where two sums differ, that heap is looked at again one
by one.
"""

from __future__ import annotations

import json
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any, Final

from sqlalchemy import Connection, select

from houtai.adapters.sql.doctor.check import Check
from houtai.adapters.sql.house import audit_log
from houtai.adapters.sql.mapping import Mapping
from houtai.adapters.sql.modules import MAPPINGS
from houtai.application.audit import digest_of

HEAPS: Final = 512
TOGETHER: Final = 2_000
WITNESSED: Final = tuple(mapping for mapping in MAPPINGS if mapping.records.witnessed)

Told = tuple[str, str, str]  # kind, key, digest
Heap = tuple[str, int]


def _heap(kind: str, key: str) -> Heap:
    return kind, zlib.crc32(key.encode()) % HEAPS


def _logged(connection: Connection) -> Iterator[Told]:
    """What the operation log says was added."""
    statement = select(audit_log.c.changes).where(audit_log.c.changes.contains('"digest"')).execution_options(yield_per=TOGETHER)
    for changes in connection.execute(statement).scalars():
        for change in json.loads(changes):
            if "digest" in change:
                yield change["record"], change["added"], change["digest"]


def _kept(connection: Connection, mapping: Mapping[Any]) -> Iterator[Told]:
    """What stands in the ledger now."""
    table, records = mapping.table, mapping.records
    rows = connection.execute(select(table).execution_options(yield_per=TOGETHER)).mappings()
    for part in rows.partitions():
        for record in mapping.build(connection, part):
            yield records.name, str(records.key(record)), digest_of(record)


def _all_kept(connection: Connection) -> Iterator[Told]:
    for mapping in WITNESSED:
        yield from _kept(connection, mapping)


def _sums(told: Iterable[Told]) -> Counter[Heap]:
    found: Counter[Heap] = Counter()
    for kind, key, digest in told:
        found[_heap(kind, key)] += int(digest, 16)
    return found


def _rewritten(connection: Connection) -> Iterator[str]:
    written, kept = _sums(_logged(connection)), _sums(_all_kept(connection))
    wrong = {heap for heap in written | kept if written[heap] != kept[heap]}
    if not wrong:
        return
    before = {(kind, key): digest for kind, key, digest in _logged(connection) if _heap(kind, key) in wrong}
    for kind, key, digest in _all_kept(connection):
        if _heap(kind, key) in wrong:
            logged = before.pop((kind, key), None)
            if logged is None:
                yield f"{kind} {key} was written by no deed that the log knows"
            elif logged != digest:
                yield f"{kind} {key} does not say any more what was written"
    for kind, key in before:
        yield f"{kind} {key} was written and is gone"


CHECK: Final = Check("M3-content", "every record of the ledgers says what it said when it was written", _rewritten)
