"""What rewards are kept in: rules that people set, and what each order was granted under them."""

from __future__ import annotations

from typing import Any, Final, Protocol
from uuid import UUID

from houtai.application.orders.ports import OrdersTx, OrdersViews
from houtai.application.ports import Index, Reading, Records, Rows
from houtai.domain.rewards.grant import GrantId, OrderGrant
from houtai.domain.rewards.rule import RewardRule, RewardRuleId

RULE_BY_CODE: Final[Index[RewardRule, str]] = Index("code", lambda rule: rule.code, unique=True)
RULES_BY_STATE: Final[Index[RewardRule, str]] = Index("state", lambda rule: rule.state.value)
RULES_OF_CHANNEL: Final[Index[RewardRule, UUID]] = Index("channel_id", lambda rule: rule.channel_id)
REWARD_RULES: Final[Records[RewardRuleId, RewardRule]] = Records(
    "reward_rules", RewardRule, key=lambda rule: rule.id, indexes=(RULE_BY_CODE, RULES_BY_STATE, RULES_OF_CHANNEL), reference=True
)
GRANTS_OF_ORDER: Final[Index[OrderGrant, UUID]] = Index("order_id", lambda grant: grant.order_id)
GRANTS_OF_CUSTOMER: Final[Index[OrderGrant, UUID]] = Index("customer_id", lambda grant: grant.customer_id)
GRANTS: Final[Records[GrantId, OrderGrant]] = Records(
    "grants", OrderGrant, key=lambda grant: grant.id, indexes=(GRANTS_OF_ORDER, GRANTS_OF_CUSTOMER)
)
RECORDS: Final[tuple[Records[Any, Any], ...]] = (REWARD_RULES, GRANTS)


class RewardsTx(OrdersTx, Protocol):
    """What rewards write. Grants change only with their order locked."""

    @property
    def reward_rules(self) -> Rows[RewardRuleId, RewardRule]:
        """What orders are granted."""

    @property
    def grants(self) -> Rows[GrantId, OrderGrant]:
        """What each order was granted."""


class RewardsViews(OrdersViews, Protocol):
    """What queries about rewards read."""

    @property
    def reward_rules(self) -> Reading[RewardRuleId, RewardRule]:
        """By id, code or state."""

    @property
    def grants(self) -> Reading[GrantId, OrderGrant]:
        """By id, order or customer."""
