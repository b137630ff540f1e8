"""A merchant: who sells through the house."""

from __future__ import annotations

import enum

import attrs

from houtai.domain import limits
from houtai.domain.ids import MerchantId
from houtai.domain.moves import Moves, check_move


class MerchantState(enum.Enum):
    """From the application to the end of the contract."""

    PENDING = "pending"
    ACTIVE = "active"
    SUSPENDED = "suspended"


MOVES: Moves[MerchantState] = {
    MerchantState.PENDING: {MerchantState.ACTIVE},
    MerchantState.ACTIVE: {MerchantState.SUSPENDED},
    MerchantState.SUSPENDED: {MerchantState.ACTIVE},
}


@attrs.frozen
class Merchant:
    """A seller. Its goods can be bought while it is ACTIVE. `commission_version` is that of its newest commission rate."""

    id: MerchantId
    code: str = attrs.field(validator=limits.code)
    name: str = attrs.field(validator=limits.text(1, 100))
    city: str = attrs.field(default="", validator=limits.text(0, 60))
    region: str = attrs.field(default="", validator=limits.text(0, 60))
    state: MerchantState = MerchantState.PENDING
    commission_version: int = 0
    version: int = 1


def move(merchant: Merchant, wanted: MerchantState) -> Merchant:
    """Activate or suspend."""
    check_move("merchant", MOVES, merchant.state, wanted)
    return attrs.evolve(merchant, state=wanted, version=merchant.version + 1)
