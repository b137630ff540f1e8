"""Checks on goods between warehouses: every unit that left a source is in a destination, explained, or on the road (S6)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sqlalchemy import Connection, func, literal, select, union_all

from houtai.adapters.sql.doctor.check import Check, rows, unequal
from houtai.adapters.sql.doctor.errands import unlike_outbound, unlike_reserved
from houtai.adapters.sql.ledger import entries
from houtai.adapters.sql.outbound_tables import transfer_lines, transfers
from houtai.adapters.sql.warehouse_bins import bin_moves
from houtai.adapters.sql.warehouse_tables import locations
from houtai.domain.ledger.account import AccountCode
from houtai.domain.money import half_up
from houtai.domain.outbound.state import OutboundKind
from houtai.domain.outbound.transfer import ON_THE_ROAD, TransferState
from houtai.domain.warehouse.location import LocationKind

_L = transfer_lines.c
_OFF: Final = _L.received_qty + _L.lost_qty + _L.damaged_qty + _L.miscount_qty + _L.returned_qty
_OUTSTANDING: Final = _L.shipped_qty - _OFF
_ON_ROAD: Final = sorted(state.value for state in ON_THE_ROAD)

_STRANDED = (
    select(transfers.c.number, transfers.c.state, _L.seq, _OUTSTANDING.label("outstanding_qty"))
    .join_from(transfer_lines, transfers, transfers.c.id == _L.transfer_id)
    .where(_OUTSTANDING > 0, transfers.c.state.not_in(_ON_ROAD))
)
_TRANSIT = select(locations.c.id).where(locations.c.kind == LocationKind.TRANSIT.value)
_UNLIKE_BINS = unequal(
    union_all(
        select(_L.sku_id, _OUTSTANDING.label("transfers_say"), literal(0).label("places_say")),
        select(bin_moves.c.sku_id, literal(0), bin_moves.c.qty).where(bin_moves.c.to_location_id.in_(_TRANSIT)),
        select(bin_moves.c.sku_id, literal(0), -bin_moves.c.qty).where(bin_moves.c.from_location_id.in_(_TRANSIT)),
    ).subquery("sides"),
    1,
)
_UNLIKE_OUTBOUND = unlike_outbound(transfer_lines, _L.transfer_id, (OutboundKind.TRANSFER,))
_UNLIKE_RESERVED = unlike_reserved(transfers, transfer_lines, _L.transfer_id, TransferState.READY.value)

_POSTED = (
    select(entries.c.currency, func.sum(entries.c.amount_minor))
    .where(entries.c.code == AccountCode.IN_TRANSIT.value)
    .group_by(entries.c.currency)
)
_WORTH = (
    select(transfers.c.currency, _L.value_minor, _L.shipped_qty, _OFF)
    .join_from(transfer_lines, transfers, transfers.c.id == _L.transfer_id)
    .where(_OUTSTANDING > 0)
)


def _unlike_books(connection: Connection) -> Iterator[str]:
    """The currencies in which the books have another value in transit than the units on the road bring along."""
    road: dict[str, int] = {}
    for currency, value_minor, shipped_qty, off_qty in connection.execute(_WORTH):
        road[currency] = road.get(currency, 0) + value_minor - half_up(value_minor * off_qty, shipped_qty)
    books = {currency: int(minor) for currency, minor in connection.execute(_POSTED)}
    for currency in sorted({*road, *books}):
        if road.get(currency, 0) != books.get(currency, 0):
            yield f"currency {currency}, road_minor {road.get(currency, 0)}, books_minor {books.get(currency, 0)}"


CHECKS: Final = (
    rows("S6", "no goods are on the road of a transfer that is over", _STRANDED),
    rows("S6-places", "what is between the places of two warehouses is what transfers have on the road", _UNLIKE_BINS),
    rows("S6-sent", "what a transfer says was sent is what its outbound orders have sent", _UNLIKE_OUTBOUND),
    rows("S6-reserved", "goods are reserved for a transfer while it is ready, and no more than it wants", _UNLIKE_RESERVED),
    Check("S6-books", "what the books have in transit is the value of the units on the road, to the fen", _unlike_books),
)
