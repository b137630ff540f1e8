"""Where an outbound order stands, and from where it may go on (SM-FO)."""

from __future__ import annotations

import enum
from typing import Final

from houtai.domain.moves import Moves


class OutboundKind(enum.Enum):
    """Why goods leave the building."""

    SALES = "sales"
    TRANSFER = "transfer"
    SUPPLIER_RETURN = "supplier-return"
    OTHER = "other"
    REPLACEMENT = "replacement"  # what a claim sends to the buyer


class OutboundState(enum.Enum):
    """The lifecycle from released to delivered, with the side states of what went otherwise."""

    NEW = "new"
    WAVED = "waved"
    PRINTED = "printed"  # a waybill number is bound and its label was asked for
    PICKING = "picking"
    SHORT = "short"  # a bin held less than the books said; somebody decides
    PICKED = "picked"
    CHECKED = "checked"
    PACKED = "packed"
    WEIGHED = "weighed"
    SHIPPED = "shipped"  # handed over to the carrier
    DELIVERED = "delivered"
    REJECTED_BY_BUYER = "rejected-by-buyer"
    RETURNING = "returning"
    INTERCEPTED = "intercepted"  # stopped with goods off the shelf, until they are put back
    CANCELLED = "cancelled"


_S = OutboundState

# A wave may be taken apart before anybody picks, so WAVED and PRINTED lead back to NEW; the waybill number stays bound. The fast
# lane prints after the scan at the bench, so WAVED leads to PICKING. A weight out of tolerance sends the parcel back to be
# checked, so PACKED and WEIGHED lead back to PICKED.
MOVES: Final[Moves[OutboundState]] = {
    _S.NEW: {_S.WAVED, _S.CANCELLED},
    _S.WAVED: {_S.NEW, _S.PRINTED, _S.PICKING, _S.CANCELLED},
    _S.PRINTED: {_S.NEW, _S.PICKING, _S.CANCELLED},
    _S.PICKING: {_S.PICKED, _S.SHORT, _S.INTERCEPTED, _S.CANCELLED},
    _S.SHORT: {_S.PICKING, _S.PICKED, _S.INTERCEPTED, _S.CANCELLED},
    _S.PICKED: {_S.CHECKED, _S.INTERCEPTED},
    _S.CHECKED: {_S.PACKED, _S.PICKED, _S.INTERCEPTED},
    _S.PACKED: {_S.WEIGHED, _S.PICKED, _S.INTERCEPTED},
    _S.WEIGHED: {_S.SHIPPED, _S.PICKED, _S.INTERCEPTED},
    _S.SHIPPED: {_S.DELIVERED, _S.REJECTED_BY_BUYER, _S.RETURNING},
    _S.DELIVERED: set(),
    _S.REJECTED_BY_BUYER: {_S.RETURNING},
    _S.RETURNING: set(),
    _S.INTERCEPTED: {_S.CANCELLED},
    _S.CANCELLED: set(),
}

OUT_OF_THE_HOUSE: Final = frozenset({_S.SHIPPED, _S.DELIVERED, _S.REJECTED_BY_BUYER, _S.RETURNING})
"""Those in which the carrier has or had the goods: cancelling is a return from here on."""

STOPPED: Final = frozenset({_S.INTERCEPTED, _S.CANCELLED})
"""Those in which no scan may take the order on."""
