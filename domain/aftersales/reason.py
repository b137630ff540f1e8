"""Why goods or money come back, and who has to answer for it: freight both ways follows the reason (R-14)."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from typing import Final


class Fault(enum.Enum):
    """Who has to answer for a case."""

    SELLER = "seller"
    CARRIER = "carrier"  # towards the buyer the same as the seller; the carrier is claimed against
    BUYER = "buyer"


class Reason(enum.Enum):
    """The reason codes of a case."""

    NOT_WANTED = "not-wanted"  # within the days in which nobody has to say why
    ORDERED_WRONG = "ordered-wrong"
    TOO_LATE = "too-late"
    DEFECTIVE = "defective"
    DAMAGED_ON_THE_WAY = "damaged-on-the-way"
    NOT_AS_DESCRIBED = "not-as-described"
    WRONG_GOODS = "wrong-goods"
    MISSING_GOODS = "missing-goods"
    NOT_DELIVERED = "not-delivered"
    OUT_OF_STOCK = "out-of-stock"
    PRICE_FELL = "price-fell"
    GOODWILL = "goodwill"

    @property
    def fault(self) -> Fault:
        """Who has to answer for it."""
        return _FAULTS[self]


_FAULTS: Final[Mapping[Reason, Fault]] = {
    Reason.NOT_WANTED: Fault.BUYER,
    Reason.ORDERED_WRONG: Fault.BUYER,
    Reason.TOO_LATE: Fault.SELLER,
    Reason.DEFECTIVE: Fault.SELLER,
    Reason.DAMAGED_ON_THE_WAY: Fault.CARRIER,
    Reason.NOT_AS_DESCRIBED: Fault.SELLER,
    Reason.WRONG_GOODS: Fault.SELLER,
    Reason.MISSING_GOODS: Fault.SELLER,
    Reason.NOT_DELIVERED: Fault.CARRIER,
    Reason.OUT_OF_STOCK: Fault.SELLER,
    Reason.PRICE_FELL: Fault.SELLER,
    Reason.GOODWILL: Fault.SELLER,
}
