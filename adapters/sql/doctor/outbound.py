"""Checks on goods on their way out: promised units, picked units, parcels and manifests say the same (O1 … O5)."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import and_, case, func, literal, or_, select, union_all
from sqlalchemy.sql.elements import ColumnElement

from houtai.adapters.sql.doctor.check import rows, unequal
from houtai.adapters.sql.outbound_tables import (
    manifest_entries,
    manifests,
    outbound_lines,
    outbound_orders,
    parcel_contents,
    parcels,
    pick_runs,
    picks,
    wave_slots,
    waves,
)
from houtai.adapters.sql.warehouse_bins import bins
from houtai.domain.outbound.manifest import ManifestState
from houtai.domain.outbound.parcel import ParcelState
from houtai.domain.outbound.state import OUT_OF_THE_HOUSE, STOPPED, OutboundState
from houtai.domain.outbound.work import LIVE_PICKS, PickState, RunState


def _values(states: Any) -> list[str]:
    return sorted(state.value for state in states)


# A cart that is carried takes its goods along: what lies in a unit is told by the unit, what does not by its place.
def _where(table: Any) -> tuple[ColumnElement[Any], ...]:
    place = case((table.c.handling_unit_id.is_(None), table.c.location_id)).label("location_id")
    return (table.c.warehouse_id, place, table.c.handling_unit_id, table.c.sku_id, table.c.lot_id, table.c.merchant_id)


_PROMISED = unequal(
    union_all(
        select(*_where(bins), bins.c.state, bins.c.allocated_qty.label("bin_says"), literal(0).label("picks_say")).where(
            bins.c.allocated_qty > 0
        ),
        select(*_where(picks), picks.c.stock_state, literal(0), picks.c.qty).where(picks.c.state.in_(_values(LIVE_PICKS))),
    ).subquery("sides"),
    7,
)


def _steps(column: str, *states: PickState) -> Any:
    """The lines whose `column` is not the sum of their picks in these states."""
    return unequal(
        union_all(
            select(
                outbound_lines.c.outbound_id,
                outbound_lines.c.seq,
                outbound_lines.c[column].label(column),
                literal(0).label("picks_qty"),
            ),
            select(picks.c.outbound_id, picks.c.line, literal(0), picks.c.qty).where(picks.c.state.in_(_values(states))),
        ).subquery("sides"),
        2,
    )


_O = OutboundState
_STATES: Final = {
    PickState.PROMISED: {_O.WAVED, _O.PRINTED, _O.PICKING, _O.SHORT},
    PickState.PICKED: {_O.PICKING, _O.SHORT, _O.PICKED, _O.CHECKED, _O.PACKED, _O.WEIGHED, _O.INTERCEPTED},
    PickState.ISSUED: OUT_OF_THE_HOUSE,
    PickState.RETURNED: STOPPED,
}
_OUT_OF_STEP = (
    select(outbound_orders.c.number, outbound_orders.c.state, picks.c.number.label("pick"), picks.c.state.label("pick_state"))
    .join_from(picks, outbound_orders, outbound_orders.c.id == picks.c.outbound_id)
    .where(
        or_(
            *(
                and_(picks.c.state == state.value, outbound_orders.c.state.not_in(_values(fitting)))
                for state, fitting in _STATES.items()
            )
        )
    )
)
_OTHER_NUMBER = (
    select(pick_runs.c.id, pick_runs.c.wave_number, waves.c.number)
    .join_from(pick_runs, waves, waves.c.id == pick_runs.c.wave_id)
    .where(pick_runs.c.wave_number != waves.c.number)
)
_NOBODY_FETCHES = (
    select(picks.c.outbound_id, picks.c.number, pick_runs.c.id.label("walk"), pick_runs.c.state)
    .join_from(picks, pick_runs, pick_runs.c.id == picks.c.run_id, isouter=True)
    .where(picks.c.state == PickState.PROMISED.value, or_(pick_runs.c.id.is_(None), pick_runs.c.state != RunState.OPEN.value))
)
_OTHER_GOODS = (
    select(picks.c.outbound_id, picks.c.number, picks.c.sku_id, outbound_lines.c.sku_id.label("line_wants"))
    .join_from(
        picks,
        outbound_lines,
        and_(outbound_lines.c.outbound_id == picks.c.outbound_id, outbound_lines.c.seq == picks.c.line),
    )
    .join(outbound_orders, outbound_orders.c.id == picks.c.outbound_id)
    .where(or_(picks.c.sku_id != outbound_lines.c.sku_id, picks.c.warehouse_id != outbound_orders.c.warehouse_id))
)
_NO_SLOT = (
    select(outbound_orders.c.number, outbound_orders.c.wave_id, outbound_orders.c.slot, wave_slots.c.slot.label("wave_says"))
    .join_from(
        outbound_orders,
        wave_slots,
        and_(wave_slots.c.wave_id == outbound_orders.c.wave_id, wave_slots.c.outbound_id == outbound_orders.c.id),
        isouter=True,
    )
    .where(
        outbound_orders.c.wave_id.is_not(None),
        or_(wave_slots.c.slot.is_(None), wave_slots.c.slot != outbound_orders.c.slot),
    )
)

_CLOSED: Final = _values((ParcelState.SEALED, ParcelState.WEIGHED, ParcelState.HANDED_OVER))
_PACKED = unequal(
    union_all(
        select(
            outbound_lines.c.outbound_id,
            outbound_lines.c.seq,
            outbound_lines.c.packed_qty,
            literal(0).label("parcels_hold"),
        ),
        select(parcels.c.outbound_id, parcel_contents.c.line, literal(0), parcel_contents.c.qty)
        .join_from(parcels, parcel_contents, parcel_contents.c.parcel_id == parcels.c.id)
        .where(parcels.c.state.in_(_CLOSED)),
    ).subquery("sides"),
    2,
)
_WEIGHED: Final = _values((ParcelState.WEIGHED, ParcelState.HANDED_OVER))
_AHEAD = (
    select(
        outbound_orders.c.number, outbound_orders.c.state, parcels.c.number.label("parcel"), parcels.c.state.label("parcel_state")
    )
    .join_from(parcels, outbound_orders, outbound_orders.c.id == parcels.c.outbound_id)
    .where(
        or_(
            and_(
                outbound_orders.c.state == _O.WEIGHED.value,
                parcels.c.state.in_((ParcelState.OPEN.value, ParcelState.SEALED.value)),
            ),
            and_(
                outbound_orders.c.state.in_(_values(OUT_OF_THE_HOUSE)),
                parcels.c.state.in_((ParcelState.OPEN.value, ParcelState.SEALED.value, ParcelState.WEIGHED.value)),
            ),
            and_(
                outbound_orders.c.state.not_in(_values(OUT_OF_THE_HOUSE)),
                parcels.c.state == ParcelState.HANDED_OVER.value,
            ),
            and_(outbound_orders.c.state.in_(_values(STOPPED)), parcels.c.state.in_(_CLOSED)),
        )
    )
)
_TWICE = (
    select(manifest_entries.c.parcel_id, func.count().label("manifests"))
    .group_by(manifest_entries.c.parcel_id)
    .having(func.count() > 1)
)
_LISTED = (
    select(manifests.c.number, manifests.c.state, parcels.c.number.label("parcel"), parcels.c.state.label("parcel_state"))
    .join_from(manifest_entries, manifests, manifests.c.id == manifest_entries.c.manifest_id)
    .join(parcels, parcels.c.id == manifest_entries.c.parcel_id)
    .where(
        or_(
            parcels.c.manifest_number.is_distinct_from(manifests.c.number),
            parcels.c.waybill.is_distinct_from(manifest_entries.c.waybill),
            parcels.c.outbound_id != manifest_entries.c.outbound_id,
            parcels.c.carrier != manifests.c.carrier,
            parcels.c.weight_g != manifest_entries.c.weight_g,
            and_(manifests.c.state == ManifestState.CLOSED.value, parcels.c.state != ParcelState.HANDED_OVER.value),
            and_(manifests.c.state == ManifestState.OPEN.value, parcels.c.state != ParcelState.WEIGHED.value),
            manifests.c.state == ManifestState.CANCELLED.value,
        )
    )
)
_NOT_LISTED = (
    select(parcels.c.number, parcels.c.state, parcels.c.manifest_number)
    .join_from(parcels, manifest_entries, manifest_entries.c.parcel_id == parcels.c.id, isouter=True)
    .where(
        manifest_entries.c.parcel_id.is_(None),
        or_(parcels.c.manifest_number.is_not(None), parcels.c.state == ParcelState.HANDED_OVER.value),
    )
)

CHECKS: Final = (
    rows("O1", "what a bin has promised is the sum of the picks that it was promised to", _PROMISED),
    rows("O2-promised", "every line was promised what its picks are", _steps("allocated_qty", PickState.PROMISED)),
    rows(
        "O2-picked", "every line has off the shelf what its picks have", _steps("picked_qty", PickState.PICKED, PickState.ISSUED)
    ),
    rows("O2-shipped", "every line has sent what its picks have sent", _steps("shipped_qty", PickState.ISSUED)),
    rows("O2-goods", "every pick is of the goods and the warehouse that its line wants", _OTHER_GOODS),
    rows("O3", "no pick is ahead of its order, or behind it", _OUT_OF_STEP),
    rows("O3-walks", "somebody fetches everything that is promised", _NOBODY_FETCHES),
    rows("O3-number", "every walk is called by the number of its wave", _OTHER_NUMBER),
    rows("O3-slots", "every order in a wave has the slot that the wave says", _NO_SLOT),
    rows("O4", "the closed parcels of an order hold what was packed of each line", _PACKED),
    rows("O4-state", "no parcel is ahead of its order, or behind it", _AHEAD),
    rows("O5", "no parcel is on two manifests", _TWICE),
    rows("O5-listed", "every parcel on a manifest is the one that the manifest says, and as far", _LISTED),
    rows("O5-found", "every parcel that was handed over is on a manifest", _NOT_LISTED),
)
