"""Checks on waybills: one number one parcel, nothing unknown without a question due, numbers in stock add up (W1 … W6)."""

from __future__ import annotations

from typing import Final

from sqlalchemy import and_, func, or_, select

from houtai.adapters.sql.doctor.check import Check, rows
from houtai.adapters.sql.shipping import pool_numbers, waybill_events, waybill_labels, waybill_pools, waybills
from houtai.domain.shipping.tracking import Outcome
from houtai.domain.shipping.waybill import ENDED, OPEN, WaybillState

_ENDED: Final = sorted(state.value for state in ENDED)
_ASKED: Final = sorted(state.value for state in OPEN - {WaybillState.REQUESTED})
_NEVER_BOUND: Final = sorted(state.value for state in (WaybillState.REQUESTED, WaybillState.UNKNOWN, *ENDED))
_LIVE: Final = waybills.c.state.not_in(_ENDED)

_NUMBERS = (
    select(waybills.c.carrier, waybills.c.number, func.count().label("waybills"))
    .where(_LIVE, waybills.c.number.is_not(None))
    .group_by(waybills.c.carrier, waybills.c.number)
    .having(func.count() > 1)
)
_PARCELS = select(waybills.c.parcel_id, func.count().label("waybills")).where(_LIVE)
_HELD = or_(
    and_(_LIVE, waybills.c.live_parcel_id.is_distinct_from(waybills.c.parcel_id)),
    and_(_LIVE, waybills.c.live_number.is_distinct_from(waybills.c.number)),
    and_(~_LIVE, or_(waybills.c.live_parcel_id.is_not(None), waybills.c.live_number.is_not(None))),
)
_LABELLED = select(waybills.c.id, waybills.c.state, waybills.c.format, waybill_labels.c.format.label("label")).join_from(
    waybills, waybill_labels, waybill_labels.c.waybill_id == waybills.c.id, isouter=True
)
_STRANGE_EVENTS = (
    select(waybill_events.c.carrier, waybill_events.c.key, waybill_events.c.number, waybills.c.number.label("waybill"))
    .join_from(waybill_events, waybills, waybills.c.id == waybill_events.c.waybill_id, isouter=True)
    .where(
        or_(
            waybills.c.number.is_distinct_from(waybill_events.c.number),
            waybills.c.carrier.is_distinct_from(waybill_events.c.carrier),
        ),
        waybill_events.c.outcome != Outcome.PARKED.value,
    )
)
_IN_STOCK = (
    select(
        pool_numbers.c.carrier,
        func.count().label("numbers"),
        func.count(pool_numbers.c.waybill_id).label("given"),
    )
    .group_by(pool_numbers.c.carrier)
    .subquery("in_stock")
)
_WRONG_POOLS = (
    select(waybill_pools.c.id, waybill_pools.c.added_qty, waybill_pools.c.given_qty, _IN_STOCK.c.numbers, _IN_STOCK.c.given)
    .join_from(waybill_pools, _IN_STOCK, _IN_STOCK.c.carrier == waybill_pools.c.carrier, isouter=True)
    .where(
        or_(
            func.coalesce(_IN_STOCK.c.numbers, 0) != waybill_pools.c.added_qty,
            func.coalesce(_IN_STOCK.c.given, 0) != waybill_pools.c.given_qty,
        )
    )
)
_WRONG_TAKERS = (
    select(pool_numbers.c.carrier, pool_numbers.c.place, pool_numbers.c.number, waybills.c.number.label("waybill"))
    .join_from(pool_numbers, waybills, waybills.c.id == pool_numbers.c.waybill_id, isouter=True)
    .where(
        pool_numbers.c.waybill_id.is_not(None),
        or_(waybills.c.number.is_distinct_from(pool_numbers.c.number), waybills.c.carrier != pool_numbers.c.carrier),
    )
)

CHECKS: Final[tuple[Check, ...]] = (
    rows("W1", "each waybill number of a carrier stands on one living waybill", _NUMBERS),
    rows(
        "W1-parcel",
        "each parcel bears one living waybill",
        _PARCELS.group_by(waybills.c.parcel_id).having(func.count() > 1),
    ),
    rows("W1-kept", "what the table keeps unique is what the waybill says", select(waybills.c.id, waybills.c.state).where(_HELD)),
    rows(
        "W2",
        "every waybill whose outcome is not known has a moment at which the carrier is asked",
        select(waybills.c.id, waybills.c.state).where(waybills.c.state.in_(_ASKED), waybills.c.ask_at.is_(None)),
    ),
    rows(
        "W3",
        "every waybill that was bound has its label, of the form it names, and no other has one",
        _LABELLED.where(
            or_(
                waybill_labels.c.format.is_distinct_from(waybills.c.format),
                and_(waybills.c.state.not_in(_NEVER_BOUND), waybill_labels.c.format.is_(None)),
            )
        ),
    ),
    rows("W4", "every event is of the waybill that bears its number, or parked", _STRANGE_EVENTS),
    rows("W5", "a stock of numbers has as many numbers, and as many of them given, as it counts", _WRONG_POOLS),
    rows("W6", "every number that was given from stock stands on the waybill that got it", _WRONG_TAKERS),
)
