"""Who pays for a discount: platform, merchant, supplier and channel, in percent and then in exact amounts (R-4)."""

from __future__ import annotations

import attrs

from houtai.domain import limits
from houtai.domain.money import allocate
from houtai.domain.refusal import InvalidValue

_percent = limits.between(0, 100)


@attrs.frozen
class Borne:
    """An amount by who bears it."""

    platform_minor: int = 0
    merchant_minor: int = 0
    supplier_minor: int = 0
    channel_minor: int = 0

    @property
    def total_minor(self) -> int:
        """All of it."""
        return self.platform_minor + self.merchant_minor + self.supplier_minor + self.channel_minor


@attrs.frozen
class BearerSplit:
    """Percentages that sum up to 100."""

    platform: int = attrs.field(validator=_percent)
    merchant: int = attrs.field(validator=_percent)
    supplier: int = attrs.field(validator=_percent)
    channel: int = attrs.field(validator=_percent)

    def __attrs_post_init__(self) -> None:
        if self.platform + self.merchant + self.supplier + self.channel != 100:
            raise InvalidValue(field="bearers", rule="percentages must sum up to 100")

    def of(self, amount_minor: int, *, merchant_goods: bool) -> Borne:
        """The amount by bearer, by R-2. On the house's own goods the merchant's part falls to the platform."""
        split = self if merchant_goods else attrs.evolve(self, platform=self.platform + self.merchant, merchant=0)
        return Borne(*allocate(amount_minor, [split.platform, split.merchant, split.supplier, split.channel]))


PLATFORM_PAYS = BearerSplit(platform=100, merchant=0, supplier=0, channel=0)
SELLER_PAYS = BearerSplit(platform=0, merchant=100, supplier=0, channel=0)  # the platform on its own goods
