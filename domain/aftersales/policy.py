"""How long buyers may complain, what is approved without a person, and what the house pays for the way back."""

from __future__ import annotations

import enum
from typing import NewType
from uuid import UUID

import attrs

from houtai.domain import limits
from houtai.domain.authority import HOUSE
from houtai.domain.ids import ChannelId, WarehouseId, derive
from houtai.domain.money import MAX_MINOR

AftersalesPolicyId = NewType("AftersalesPolicyId", UUID)

_days = limits.between(0, 3_650)
_hours = limits.between(1, 24 * 60)


class PolicyState(enum.Enum):
    """A policy is in force from its first version on."""

    IN_FORCE = "in-force"


@attrs.frozen
class AftersalesPolicy:
    """The rules of one channel, or of all that have none of their own. Days count from the delivery of the last parcel.

    A claim is approved at once while all that were so on its order come to `auto_approve_minor` at most, in whatever currency
    the order has. `b_grade_percent` is what a unit that is sold as B grade is still worth in the books, `freight_cap_minor` the
    most that a buyer gets for the way back. With `return_label` the house sends a label of its own wherever it bears the way
    back.
    """

    id: AftersalesPolicyId
    channel_id: ChannelId | None = None
    return_days: int = attrs.field(default=7, validator=_days)
    quality_days: int = attrs.field(default=30, validator=_days)
    price_days: int = attrs.field(default=7, validator=_days)
    review_hours: int = attrs.field(default=24, validator=_hours)
    send_back_hours: int = attrs.field(default=24 * 10, validator=_hours)
    inspect_hours: int = attrs.field(default=48, validator=_hours)
    auto_approve_minor: int = attrs.field(default=0, validator=limits.between(0, MAX_MINOR))
    freight_cap_minor: int = attrs.field(default=1_200, validator=limits.between(0, MAX_MINOR))
    b_grade_percent: int = attrs.field(default=70, validator=limits.between(0, 100))
    warehouse_id: WarehouseId | None = None  # where goods are sent back to; None: where they came from
    return_label: bool = False
    version: int = 0  # 0: nobody has stored one, this is the built-in policy

    @property
    def state(self) -> PolicyState:
        """Always in force."""
        return PolicyState.IN_FORCE


def policy_id(channel_id: ChannelId | None) -> AftersalesPolicyId:
    """The id of a channel's policy; None: of the house's."""
    return AftersalesPolicyId(derive(channel_id or HOUSE, "aftersales-policy"))


def built_in() -> AftersalesPolicy:
    """What holds where nobody stored a policy."""
    return AftersalesPolicy(policy_id(None))
