"""The check on commission: what an order line cites is what its merchant had agreed to when it was sold."""

from __future__ import annotations

from typing import Final

from sqlalchemy import and_, or_, select

from houtai.adapters.sql.doctor.check import rows
from houtai.adapters.sql.merchants import commission_rates
from houtai.adapters.sql.orders_tables import order_lines, orders

_L: Final = order_lines.c
_R: Final = commission_rates.c

_UNFOUNDED = (
    select(orders.c.number, _L.seq, _L.commission_version, _L.commission_points, _R.basis_points, _R.valid_from)
    .join_from(order_lines, orders, orders.c.id == _L.order_id)
    .join(commission_rates, and_(_R.merchant_id == _L.merchant_id, _R.version == _L.commission_version), isouter=True)
    .where(
        _L.commission_version.is_not(None),
        or_(_R.version.is_(None), _R.basis_points != _L.commission_points, _R.valid_from > orders.c.placed_at),
    )
)

CHECK: Final = rows("M16", "the commission that an order line cites was its merchant's rate when it was sold", _UNFOUNDED)
