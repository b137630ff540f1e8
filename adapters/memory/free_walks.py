"""Free walks in memory, as a deed looks them up: every walk is looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from houtai.application.outbound.wishes import FreeWalks
from houtai.domain.ids import PickRunId
from houtai.domain.outbound.planning import LAST
from houtai.domain.outbound.wave import Wave
from houtai.domain.outbound.work import PickRun, RunState

if TYPE_CHECKING:
    from houtai.adapters.memory.store import MemoryStore


class FreeWalksLook:
    """See `OutboundTx`: what a deed looks up of walks."""

    _store: MemoryStore

    def free_walks(self, wish: FreeWalks, *, skip: int, most: int) -> list[PickRunId]:
        """See `OutboundTx.free_walks`."""
        held: dict[Any, PickRun] = self._store.shelves["pick_runs"].held
        waves: dict[Any, Wave] = self._store.shelves["waves"].held
        found = [
            run
            for run in held.values()
            if run.warehouse_id == wish.warehouse_id
            and run.state is RunState.OPEN
            and run.picker is None
            and wish.zone in ("", run.zone)
            and (wish.skills is None or waves[run.wave_id].skill in wish.skills)
        ]
        found.sort(key=lambda run: (waves[run.wave_id].ship_by or LAST, run.made_at, run.id))
        return [run.id for run in found[skip : skip + most]]
