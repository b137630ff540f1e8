"""Finding points that have ended in memory: every lot is looked at."""

from __future__ import annotations

import datetime as dt
from typing import Any

from houtai.adapters.memory.store import MemoryStore
from houtai.domain.points.account import PointsAccountId, PointsLot


class PointsSearch:
    """See `PointsViews`: what is searched."""

    store: MemoryStore

    def points_ended(self, until: dt.datetime, limit: int) -> list[PointsAccountId]:
        """See `PointsViews.points_ended`."""
        lots: dict[Any, PointsLot] = self.store.shelves["points_lots"].held
        first: dict[PointsAccountId, dt.datetime] = {}
        for lot in lots.values():
            if lot.left_points and lot.expires_at <= until:
                first[lot.account_id] = min(lot.expires_at, first.get(lot.account_id, lot.expires_at))
        return sorted(first, key=lambda account: (first[account], account))[:limit]
