"""Where promised units lie now: a cart or tote that was carried somewhere took them along."""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from houtai.application.outbound.ports import OutboundTx
from houtai.application.warehouse.passage import roots
from houtai.domain.outbound.work import PickRow


def where_they_lie(tx: OutboundTx, rows: Sequence[PickRow]) -> list[PickRow]:
    """The rows with the place where their handling unit stands; those beside no unit lie where they were put."""
    inside = {row.bin.handling_unit_id for row in rows if row.bin.handling_unit_id is not None}
    if not inside:
        return list(rows)
    stands = roots(tx, tx.handling_units.many(inside))
    found = []
    for row in rows:
        unit_id = row.bin.handling_unit_id
        place_id = None if unit_id is None else stands[unit_id]
        found.append(row if place_id is None else attrs.evolve(row, bin=attrs.evolve(row.bin, location_id=place_id)))
    return found
