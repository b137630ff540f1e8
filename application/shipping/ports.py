"""What shipping keeps so far: the freight rules of each channel."""

from __future__ import annotations

from typing import Any, Final, Protocol
from uuid import UUID

from houtai.application.catalog.ports import CatalogTx
from houtai.application.ports import Index, Reading, Records, Rows
from houtai.domain.catalog.channel import Channel
from houtai.domain.ids import ChannelId
from houtai.domain.shipping.freight import FreightRule, FreightRuleId

RULE_BY_CHANNEL: Index[FreightRule, UUID] = Index("channel_id", lambda rule: rule.channel_id)

FREIGHT_RULES: Records[FreightRuleId, FreightRule] = Records(
    "freight_rules", FreightRule, lambda rule: rule.id, (RULE_BY_CHANNEL,), reference=True
)

RECORDS: Final[tuple[Records[Any, Any], ...]] = (FREIGHT_RULES,)


class Rules(Protocol):
    """Freight rules to look up, in a transaction or in a snapshot alike."""

    def by(self, index: Index[FreightRule, UUID], *values: UUID) -> list[FreightRule]:
        """The rules found under any of the values."""


class FreightSource(Protocol):
    """What freight is reckoned from."""

    @property
    def freight_rules(self) -> Rules:
        """What delivery costs."""


class ShippingTx(CatalogTx, Protocol):
    """What shipping writes."""

    @property
    def freight_rules(self) -> Rows[FreightRuleId, FreightRule]:
        """What delivery costs, by channel and region."""


class ShippingViews(Protocol):
    """What queries of shipping read."""

    @property
    def channels(self) -> Reading[ChannelId, Channel]:
        """For the currency."""

    @property
    def freight_rules(self) -> Reading[FreightRuleId, FreightRule]:
        """What delivery costs, by channel and region."""
