"""The end of waves: stopped orders leave theirs, and a wave of which every order left the house or was stopped is closed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from houtai.application.outbound.ports import OUTBOUND_IN_WAVE, RUNS_OF_WAVE, OutboundTx
from houtai.application.ports import TryAgain
from houtai.application.timeline import write_line
from houtai.domain.act import Act
from houtai.domain.ids import OutboundId, WaveId
from houtai.domain.outbound.order import OutboundOrder
from houtai.domain.outbound.state import OUT_OF_THE_HOUSE
from houtai.domain.outbound.wave import Wave, WaveState
from houtai.domain.outbound.work import RunState

DOCUMENT: Final = "wave"
Waves = dict[WaveId, Wave]


def lock_waves(tx: OutboundTx, outbound_ids: Iterable[OutboundId]) -> Waves:
    """The waves that these orders are in, locked before the orders, as whoever picks them does. Two statements at most."""
    seen = tx.outbound_orders.many(outbound_ids)
    wanted = {order.wave_id for order in seen.values() if order.wave_id is not None}
    return dict(tx.waves.lock(wanted)) if wanted else {}


def demand_locked(waves: Mapping[WaveId, Wave], orders: Iterable[OutboundOrder]) -> None:
    """Raises TryAgain where an order went into a wave between the look and its lock."""
    if any(order.wave_id is not None and order.wave_id not in waves for order in orders):
        message = "an order came into a wave meanwhile"
        raise TryAgain(message)


def take_out(tx: OutboundTx, waves: Waves, stopped: Sequence[OutboundOrder], act: Act) -> None:
    """Orders that were stopped before they were picked leave their waves; their slots stay empty.

    A wave that nobody has begun and that has no order left is CANCELLED with its walks. The caller holds waves and orders.
    """
    leaving: dict[WaveId, list[OutboundOrder]] = {}
    for order in stopped:
        if order.wave_id is not None:
            leaving.setdefault(order.wave_id, []).append(order)
    for wave_id, orders in leaving.items():
        before = after = waves[wave_id]
        for order in orders:
            after = after.without(order.id)
        if after.state is WaveState.CANCELLED:
            for run in tx.pick_runs.lock_by(RUNS_OF_WAVE, wave_id):
                tx.pick_runs.save(run.edited(state=RunState.CANCELLED))
        details = {"orders": [order.number for order in orders]}
        waves[wave_id] = _keep(tx, before, after, "orders taken out", act, details)


def close_done(tx: OutboundTx, waves: Iterable[Wave], act: Act) -> None:
    """Those that are picked and of which every order left the house or was stopped are CLOSED. The caller holds the waves."""
    picked = {wave.id: wave for wave in waves if wave.state is WaveState.PICKED}
    if not picked:
        return
    waiting = {
        order.wave_id
        for order in tx.outbound_orders.by(OUTBOUND_IN_WAVE, *picked)
        if not order.stopped and order.state not in OUT_OF_THE_HOUSE
    }
    for wave in picked.values():
        if wave.id not in waiting:
            _keep(tx, wave, wave.moved(WaveState.CLOSED), "closed", act, {})


def _keep(tx: OutboundTx, before: Wave, after: Wave, event: str, act: Act, details: Mapping[str, object]) -> Wave:
    """Save the wave as its next version, with one line in its timeline."""
    kept = after.numbered(before.version + 1)
    tx.waves.save(kept)
    write_line(tx, act, DOCUMENT, kept, event, before=before.state, details=details)
    return kept
