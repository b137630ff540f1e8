"""Campaigns: a budget of money and uses that promotions and coupons draw on when an order is placed (MKT-5)."""

from __future__ import annotations

import datetime as dt
import enum
from typing import NewType
from uuid import UUID

import attrs

from houtai.domain import limits
from houtai.domain.ids import CampaignId, OrderId, derive
from houtai.domain.money import MAX_MINOR
from houtai.domain.pricing.promotions import RunState
from houtai.domain.pricing.refusals import BudgetSpent

BudgetEntryId = NewType("BudgetEntryId", UUID)
_most = attrs.validators.optional(limits.between(0, MAX_MINOR))


@attrs.frozen
class Campaign:
    """What promotions and coupons are run for. Paused or ended, it stops all of them."""

    id: CampaignId
    code: str = attrs.field(validator=limits.code)
    name: str = attrs.field(validator=limits.text())
    currency: str
    budget_minor: int | None = attrs.field(default=None, validator=_most)  # None: not limited
    budget_uses: int | None = attrs.field(default=None, validator=_most)
    state: RunState = RunState.DRAFT
    version: int = 1


@attrs.frozen
class Budget:
    """What a campaign may spend and has spent: the row that placements lock. Spent is the sum of its entries."""

    campaign_id: CampaignId
    code: str
    limit_minor: int | None
    limit_uses: int | None
    spent_minor: int = 0
    spent_uses: int = 0

    @property
    def left_minor(self) -> int | None:
        """The money left, None where it is not limited."""
        return None if self.limit_minor is None else max(0, self.limit_minor - self.spent_minor)

    @property
    def left_uses(self) -> int | None:
        """The uses left, None where they are not limited."""
        return None if self.limit_uses is None else max(0, self.limit_uses - self.spent_uses)

    def bears(self, amount_minor: int) -> bool:
        """Whether one more use of this amount fits."""
        money = self.left_minor is None or amount_minor <= self.left_minor
        return money and (self.left_uses is None or self.left_uses >= 1)

    def spend(self, amount_minor: int) -> Budget:
        """One use more. Raises BudgetSpent where it does not fit whole."""
        if not self.bears(amount_minor):
            raise BudgetSpent(
                campaign=self.code,
                wanted_minor=amount_minor,
                left_minor=-1 if self.left_minor is None else self.left_minor,
                left_uses=-1 if self.left_uses is None else self.left_uses,
            )
        return attrs.evolve(self, spent_minor=self.spent_minor + amount_minor, spent_uses=self.spent_uses + 1)

    def take_back(self, amount_minor: int) -> Budget:
        """One use less: the order did not come about."""
        return attrs.evolve(self, spent_minor=self.spent_minor - amount_minor, spent_uses=self.spent_uses - 1)


class BudgetMove(enum.Enum):
    """What an entry does to the budget."""

    RESERVED = "reserved"
    RETURNED = "returned"


@attrs.frozen
class BudgetEntry:
    """One order's draw on a campaign, or its return. Amounts and uses are positive for the one and negative for the other."""

    id: BudgetEntryId
    campaign_id: CampaignId
    order_id: OrderId
    move: BudgetMove
    amount_minor: int
    uses: int
    at: dt.datetime


def entry_for(
    campaign_id: CampaignId, order_id: OrderId, move: BudgetMove, amount_minor: int, at: dt.datetime, *, earlier: int
) -> BudgetEntry:
    """The order's next entry in this campaign, after `earlier` ones; two that count alike collide."""
    sign = 1 if move is BudgetMove.RESERVED else -1
    key = BudgetEntryId(derive(order_id, "budget", campaign_id, earlier))
    return BudgetEntry(key, campaign_id, order_id, move, sign * amount_minor, sign, at)
