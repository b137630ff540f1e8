"""The numbers that people call documents by: prefix, local day, running count, without gaps (D4)."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from houtai.application.ports import Counter, HouseTx

HOUSE_TIME = ZoneInfo("Asia/Shanghai")


def next_number(tx: HouseTx, prefix: str, at: dt.datetime) -> str:
    """The next number, for example SO-20261122-000123. Call it last: its counter stays locked until the commit."""
    day = f"{prefix}-{at.astimezone(HOUSE_TIME):%Y%m%d}"
    counter = tx.counters.lock([day]).get(day)
    if counter is None:
        counter = Counter(day, 1)
        tx.counters.add(counter)
    else:
        counter = Counter(day, counter.last + 1)
        tx.counters.save(counter)
    return f"{day}-{counter.last:06d}"
