"""The chain's head, noted outside of the database: what shows a tail that was cut off together with its head row (A4)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Final

import attrs

from houtai.application.access.operation_log import READ_LOG
from houtai.application.access.ports import AccessViews
from houtai.application.audit import BrokenLink
from houtai.application.permission import needs
from houtai.domain import limits
from houtai.domain.act import Act

NOTED_AT_LEAST: Final = dt.timedelta(days=2)  # one missed day is a restart, two are a timer that nobody misses


@attrs.frozen
class NotedHead:
    """Where the chain ended at a moment: its last row's place and hash."""

    at: dt.datetime = attrs.field(validator=limits.aware)
    seq: int = attrs.field(validator=limits.between(1, 2**62))
    hash: str = attrs.field(validator=limits.text(64, 64))


@needs(READ_LOG)
def current_head(views: AccessViews, _: None, act: Act) -> NotedHead | None:
    """The head as it is to be noted; None before the first row."""
    seq = views.audit_head()
    return NotedHead(act.at, seq, views.audit_head_hash()) if seq else None


@attrs.frozen
class CompareHeads:
    """Heads that were noted outside, in any order."""

    heads: tuple[NotedHead, ...]


@needs(READ_LOG)
def compare_heads(views: AccessViews, query: CompareHeads, _: Act) -> BrokenLink | None:
    """The first noted head that is no row of the chain any more, or None; `verify_audit` says whether the chain itself holds."""
    return next(iter(lost_heads(views, query.heads)), None)


def lost_heads(views: AccessViews, heads: Iterable[NotedHead]) -> Iterable[BrokenLink]:
    """Every noted head that is missing from the chain or differs from its row, by place."""
    for seq, digest in sorted({(head.seq, head.hash) for head in heads}):
        row = next(iter(views.audit_chain(after_seq=seq - 1, limit=1)), None)
        if row is None or row.seq != seq:
            yield BrokenLink(seq, f"row {seq} was noted outside and is missing: the tail was cut off")
        elif row.hash != digest:
            yield BrokenLink(seq, f"row {seq} is not the one whose hash was noted outside")
